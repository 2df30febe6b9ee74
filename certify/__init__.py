"""Proofs about Neural Tangent Kernel matrices: enclosed entries, a certified smallest eigenvalue, and certificates
that a small program checks.

Networks are written with `certify.stax`, points are read by `load_points`, `prove` returns a certificate, `check`
verifies a file.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from certify import stax
    from certify.certificate import Certificate, load
    from certify.errors import InputError
    from certify.finite import memorise, promise, prove_descent, prove_finite
    from certify.kernels import Enclosure, program_kernel
    from certify.points import Points, load_points
    from certify.proofs import check, prove
    from certify.spectrum import smallest_eigenvalue
    from certify.training import train

_HOMES = {
    "Certificate": "certify.certificate",
    "Enclosure": "certify.kernels",
    "InputError": "certify.errors",
    "Points": "certify.points",
    "check": "certify.proofs",
    "load": "certify.certificate",
    "load_points": "certify.points",
    "program_kernel": "certify.kernels",
    "memorise": "certify.finite",
    "promise": "certify.finite",
    "prove": "certify.proofs",
    "prove_descent": "certify.finite",
    "prove_finite": "certify.finite",
    "smallest_eigenvalue": "certify.spectrum",
    "train": "certify.training",
}

__all__ = [
    "Certificate",
    "Enclosure",
    "InputError",
    "Points",
    "__version__",
    "check",
    "load",
    "load_points",
    "memorise",
    "program_kernel",
    "promise",
    "prove",
    "prove_descent",
    "prove_finite",
    "smallest_eigenvalue",
    "stax",
    "train",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that `import certify` stays quick."""
    if name == "stax":
        return import_module("certify.stax")
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'certify' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
