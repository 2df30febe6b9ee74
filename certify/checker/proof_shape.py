"""The proofs that format version 1 knows, as values of the right shape."""

from dataclasses import dataclass
from typing import Any

from . import limits
from .answers import Malformed, Unsupported
from .fields import require_integer, require_object, require_string, row_indices, sparse_rows, triangle
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
class Parameters:
    """Fewer parameters than points: a finite network's empirical tangent kernel has no more rank than parameters."""

    count: int


@dataclass(frozen=True)
class Family:
    """Rows that an exact theorem shows to be dependent; coefficients only where the family needs them."""

    name: str
    rows: tuple[int, ...]
    coefficients: tuple[int, ...]


@dataclass(frozen=True)
class Streaming:
    """What is taken from the kernel F at points of one norm, leaving R, whose rows are summed with weights.

    R(rho) = sum_k (-1)^k binomial(order, k) F((numerator/denominator)^k rho) - sum_p coefficients[p] 2^exponent rho^p.
    `weights` is empty for weights 1; `rows` and `vector` give the upper bound.
    """

    bits: int
    order: int
    numerator: int
    denominator: int
    coefficients: tuple[int, ...]
    exponent: int
    weights: tuple[int, ...]
    rows: tuple[int, ...]
    vector: tuple[int, ...]


@dataclass(frozen=True)
class Whitened:
    """A shift s = shift 2**shift_exponent and a sparse factor W, a row of column indices and of values each (times
    2**factor_exponent), that make W (R - s I) W' dominated by its diagonal, R being what is left of the kernel."""

    taken: Streaming
    shift: int
    shift_exponent: int
    columns: tuple[tuple[int, ...], ...]
    values: tuple[tuple[int, ...], ...]
    factor_exponent: int


@dataclass(frozen=True)
class Difference:
    """A difference of some order of one of the activations that does not vanish, at `bits` bits.

    From start 2**exponent in steps of step 2**exponent.
    """

    activation: int
    order: int
    start: int
    step: int
    exponent: int
    bits: int


@dataclass(frozen=True)
class Theorem:
    """The positivity theorem: which activation is no polynomial, and a row whose diagonal entry bounds from above.

    `differences` shows of users' functions that they are no polynomials of low degree.
    """

    activation: int
    bits: int
    row: int
    differences: tuple[Difference, ...] = ()


Proof = Residual | Modular | NullVector | Rank | Parameters | Family | Streaming | Whitened | Theorem

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


def _shift(value: Any) -> tuple[int, int]:
    shift = require_object(value, {"exponent", "value"}, "the shift")
    return (
        integer_from_hex(require_string(shift["value"], "the shift"), "the shift"),
        binary_exponent(require_integer(shift["exponent"], "the exponent of the shift"), "the exponent of the shift"),
    )


def _residual(value: dict[str, Any], size: int) -> Residual:
    content = require_object(value, {"bits", "factor", "kind", "shift", "vector"}, "the proof")
    shift, shift_exponent = _shift(content["shift"])
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
        shift,
        shift_exponent,
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


STREAMING = {"bits", "coefficients", "exponent", "kind", "order", "ratio", "rows", "vector", "weights"}


def _streaming(value: dict[str, Any], size: int) -> Streaming:
    content = require_object(value, STREAMING, "the proof")
    order = require_integer(content["order"], "the order")
    ratio = require_object(content["ratio"], {"denominator", "numerator"}, "the ratio")
    numerator, denominator = (
        integer_from_hex(require_string(ratio[part], f"the {part} of the ratio"), f"the {part} of the ratio")
        for part in ("numerator", "denominator")
    )
    if order < 0 or not 0 < numerator < denominator:
        raise Malformed("the order is negative, or the ratio does not lie between 0 and 1")
    if order > limits.MAX_ORDER or denominator.bit_length() > limits.MAX_RATIO_BITS:
        raise Unsupported("the order or the ratio of the proof is beyond this engine")
    text = require_string(content["coefficients"], "the coefficients")
    count = len(text.split(" ")) if text else 0
    if count > limits.MAX_COEFFICIENTS:
        raise Unsupported(f"the proof takes more than {limits.MAX_COEFFICIENTS} coefficients")
    coefficients = integers_from_hex(text, count, "the coefficients") if count else ()
    if any(coefficient < 0 for coefficient in coefficients):
        raise Malformed("a coefficient is negative")
    exponent = binary_exponent(require_integer(content["exponent"], "the exponent"), "the exponent")
    weights = () if content["weights"] is None else _vector(content["weights"], size, "the weights")
    if any(weight <= 0 for weight in weights):
        raise Malformed("a weight is not positive")
    rows = row_indices(content["rows"], size, "the rows of the vector")
    vector = _vector(content["vector"], len(rows), "the vector")
    return Streaming(
        _bits(content["bits"]), order, numerator, denominator, coefficients, exponent, weights, rows, vector
    )


def _whitened(value: dict[str, Any], size: int) -> Whitened:
    content = require_object(value, STREAMING | {"factor", "shift"}, "the proof")
    taken = _streaming({key: content[key] for key in STREAMING}, size)
    shift, shift_exponent = _shift(content["shift"])
    part = require_object(content["factor"], {"columns", "exponent", "rows"}, "the factor")
    columns, values = sparse_rows(part["columns"], part["rows"], size, "the factor")
    exponent = require_integer(part["exponent"], "the exponent of the factor")
    exponent = binary_exponent(exponent, "the exponent of the factor")
    return Whitened(taken, shift, shift_exponent, columns, values, exponent)


def _theorem(value: dict[str, Any], size: int) -> Theorem:
    given = {"differences"} & value.keys()
    content = require_object(value, {"activation", "bits", "kind", "row"} | given, "the proof")
    activation = require_integer(content["activation"], "the activation")
    if activation < 0:
        raise Malformed("the index of the activation is negative")
    (row,) = row_indices([content["row"]], size, "the row")
    stated = content["differences"] if given else []
    if not isinstance(stated, list) or (given and not stated):
        raise Malformed("the differences are not a list of at least one")
    return Theorem(activation, _bits(content["bits"]), row, tuple([_difference(item) for item in stated]))


def _difference(value: Any) -> Difference:
    content = require_object(
        value, {"activation", "bits", "exponent", "order", "start", "step"}, "a difference of an activation"
    )
    activation = require_integer(content["activation"], "the activation of a difference")
    order = require_integer(content["order"], "the order of a difference")
    if activation < 0 or order < 1:
        raise Malformed("a difference has a negative activation or an order below 1")
    exponent = binary_exponent(
        require_integer(content["exponent"], "the exponent of a difference"), "the exponent of a difference"
    )
    start, step = (
        integer_from_hex(require_string(content[key], f"the {key} of a difference"), f"the {key} of a difference")
        for key in ("start", "step")
    )
    return Difference(activation, order, start, step, exponent, _bits(content["bits"]))


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
    if kind == "parameters":
        content = require_object(value, {"count", "kind"}, "the proof")
        return Parameters(require_integer(content["count"], "the number of parameters"))
    if kind == "streaming":
        return _streaming(value, size)
    if kind == "whitened":
        return _whitened(value, size)
    if kind == "family":
        return _family(value, size)
    if kind == "theorem":
        return _theorem(value, size)
    raise Unsupported(f"this engine does not know proofs of kind {kind[:60]!r}")
