"""The one place where a proof is put together, and the facade to the checker."""

from certify.proofs.checking import Verification, check
from certify.proofs.given_matrix import prove_matrix
from certify.proofs.proving import prove
from certify.proofs.summary import summarise

__all__ = ["Verification", "check", "prove", "prove_matrix", "summarise"]
