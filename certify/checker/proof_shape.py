"""The proofs that format version 1 knows, as values of the right shape."""

from dataclasses import dataclass
from typing import Any

from . import limits
from .answers import Malformed, Unsupported
from .fields import require_integer, require_object, require_string, row_indices, triangle
from .numerals import binary_exponent, integer_from_hex, integers_from_hex


@dataclass(frozen=True)
class Residual:
    """A shift s = shift 2**shift_exponent, a factor L (times 2**factor_exponent) of what remains, and a vector.

    `factor` is None where the certificate leaves it to the engine to find one.
    """

    bits: int
    shift: int
    shift_exponent: int
    factor: tuple[tuple[int, ...], ...] | None
    factor_exponent: int
    vector: tuple[int, ...]


@dataclass(frozen=True)
class Modular:
    """A modulus in which the determinant of the rational Gram matrix is a unit, and a vector for the upper bound."""

    modulus: int
    bits: int
    vector: tuple[int, ...]


@dataclass(frozen=True)
class NullVector:
    """A vector on a few rows whose quadratic form with the rational Gram matrix vanishes exactly."""

    rows: tuple[int, ...]
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Rank:
    """The dimension of a space of features that holds every row of a square root of the Gram matrix."""

    dimension: int


@dataclass(frozen=True)
class Family:
    """Rows that an exact theorem shows to be dependent; coefficients only where the family needs them."""

    name: str
    rows: tuple[int, ...]
    coefficients: tuple[int, ...]


@dataclass(frozen=True)
class Theorem:
    """The positivity theorem: which activation is no polynomial, and a row whose diagonal entry bounds from above."""

    activation: int
    bits: int
    row: int


Proof = Residual | Modular | NullVector | Rank | Family | Theorem

# How many rows a family takes; None where it takes pairs, any number of them.
ROWS_OF_FAMILY: dict[str, int | None] = {
    "equal points": 2,
    "zero row": 1,
    "zero kernel": 1,
    "constant function": 2,
    "parallel rows": 2,
    "three parallel rows": 3,
    "two parallel pairs": 4,
    "opposite rows": 2,
    "two opposite pairs": 4,
    "antipodal pairs": None,
}


def _bits(value: Any) -> int:
    bits = require_integer(value, "bits")
    if bits < 1:
        raise Malformed("bits is not positive")
    if bits > limits.MAX_BITS:
        raise Unsupported(f"the proof asks for more than {limits.MAX_BITS} bits")
    return bits


def _vector(value: Any, size: int, where: str) -> tuple[int, ...]:
    return integers_from_hex(require_string(value, where), size, where)


def _residual(value: dict[str, Any], size: int) -> Residual:
    content = require_object(value, {"bits", "factor", "kind", "shift", "vector"}, "the proof")
    shift = require_object(content["shift"], {"exponent", "value"}, "the shift")
    factor: tuple[tuple[int, ...], ...] | None = None
    factor_exponent = 0
    if content["factor"] is not None:
        part = require_object(content["factor"], {"exponent", "rows"}, "the factor")
        factor_exponent = binary_exponent(
            require_integer(part["exponent"], "the exponent of the factor"), "the exponent of the factor"
        )
        factor = triangle(part["rows"], size, "the factor")
    return Residual(
        _bits(content["bits"]),
        integer_from_hex(require_string(shift["value"], "the shift"), "the shift"),
        binary_exponent(require_integer(shift["exponent"], "the exponent of the shift"), "the exponent of the shift"),
        factor,
        factor_exponent,
        _vector(content["vector"], size, "the vector"),
    )


def _modular(value: dict[str, Any], size: int) -> Modular:
    content = require_object(value, {"bits", "kind", "modulus", "vector"}, "the proof")
    modulus = integer_from_hex(require_string(content["modulus"], "the modulus"), "the modulus")
    if modulus < 2:
        raise Malformed("the modulus is less than 2")
    return Modular(modulus, _bits(content["bits"]), _vector(content["vector"], size, "the vector"))


def _null_vector(value: dict[str, Any], size: int) -> NullVector:
    content = require_object(value, {"entries", "kind", "rows"}, "the proof")
    rows = row_indices(content["rows"], size, "the rows of the null vector")
    if list(rows) != sorted(rows):
        raise Malformed("the rows of the null vector do not increase")
    return NullVector(rows, _vector(content["entries"], len(rows), "the null vector"))


def _rank(value: dict[str, Any]) -> Rank:
    content = require_object(value, {"dimension", "kind"}, "the proof")
    dimension = require_integer(content["dimension"], "the dimension")
    if dimension < 0:
        raise Malformed("the dimension is negative")
    return Rank(dimension)


def _family(value: dict[str, Any], size: int) -> Family:
    name = require_string(value.get("family"), "the family")
    if name not in ROWS_OF_FAMILY:
        raise Unsupported(f"this engine does not know the family {name[:60]!r}")
    keys = {"family", "kind", "rows"} | ({"coefficients"} if name == "antipodal pairs" else set())
    content = require_object(value, keys, "the proof")
    rows = row_indices(content["rows"], size, "the rows of the family")
    wanted = ROWS_OF_FAMILY[name]
    if len(rows) != (2 * (len(rows) // 2) if wanted is None else wanted):
        raise Malformed(f"the family {name!r} does not take {len(rows)} rows")
    if name != "antipodal pairs":
        return Family(name, rows, ())
    return Family(name, rows, _vector(content["coefficients"], len(rows) // 2, "the coefficients"))


def _theorem(value: dict[str, Any], size: int) -> Theorem:
    content = require_object(value, {"activation", "bits", "kind", "row"}, "the proof")
    activation = require_integer(content["activation"], "the activation")
    if activation < 0:
        raise Malformed("the index of the activation is negative")
    (row,) = row_indices([content["row"]], size, "the row")
    return Theorem(activation, _bits(content["bits"]), row)


def read_proof(value: Any, size: int) -> Proof:
    """The proof of a claim about `size` points; an unknown kind of proof is unsupported."""
    if not isinstance(value, dict):
        raise Malformed("the proof is not an object")
    kind = require_string(value.get("kind"), "the kind of proof")
    if kind == "residual":
        return _residual(value, size)
    if kind == "modular":
        return _modular(value, size)
    if kind == "null vector":
        return _null_vector(value, size)
    if kind == "rank":
        return _rank(value)
    if kind == "family":
        return _family(value, size)
    if kind == "theorem":
        return _theorem(value, size)
    raise Unsupported(f"this engine does not know proofs of kind {kind[:60]!r}")
