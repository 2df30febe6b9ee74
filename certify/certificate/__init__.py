"""Certificates: what is claimed, and the file that holds it."""

from certify.certificate.certificate import Bounds, Certificate, load
from certify.certificate.decimals import decimal_above, decimal_below, readable, spoken_bounds
from certify.certificate.document import hexadecimal, integers, points_field, sealed_document
from certify.certificate.files import require_writable, write_whole

__all__ = [
    "Bounds",
    "Certificate",
    "decimal_above",
    "decimal_below",
    "hexadecimal",
    "integers",
    "load",
    "points_field",
    "readable",
    "require_writable",
    "sealed_document",
    "spoken_bounds",
    "write_whole",
]
