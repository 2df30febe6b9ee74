"""The one place where a proof is put together, and the facade to the checker."""

from certify.proofs.checking import Verification, check
from certify.proofs.given_matrix import prove_matrix
from certify.proofs.proving import prove
from certify.proofs.spectra import Spectrum, spectrum
from certify.proofs.summary import summarise

__all__ = ["Spectrum", "Verification", "check", "prove", "prove_matrix", "spectrum", "summarise"]
