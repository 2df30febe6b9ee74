"""Streaming proofs that show less than is claimed, or take away what is no semidefinite part."""

from collections.abc import Iterator

from forging import Attack, change, invalid, malformed, numbers, one_unit, put, unsupported, word, words

from attacks.bounds import COMPARED, FITTING, LOWER, UPPER


def witnesses() -> Iterator[Attack]:
    higher = change("claim/lambda_min/lower", lambda text: one_unit(text, 1))
    deeper = change("claim/lambda_min/upper", lambda text: one_unit(text, -1))
    for base in ("streaming", "streaming-soft", "streaming-weighted", "streaming-raw"):
        what = "The lower bound is one unit of its last digit too high."
        yield invalid(f"lower-one-unit-too-high-{base}", base, LOWER, COMPARED, what, higher)
        what = "The upper bound is one unit of its last digit too low."
        yield invalid(f"upper-one-unit-too-low-{base}", base, UPPER, COMPARED, what, deeper)
    what = "A coefficient is larger than that of the kernel, which the row sums pay for."
    edit = word("proof/coefficients", 2, lambda x: 8 * x)
    yield invalid("streaming-coefficient-raised", "streaming", LOWER, COMPARED, what, edit)
    what, edit = "All coefficients are left out.", put("proof/coefficients", "")
    yield invalid("streaming-coefficients-dropped", "streaming", LOWER, COMPARED, what, edit)
    what, edit = "The coefficients are doubled by their exponent.", change("proof/exponent", lambda e: e + 1)
    yield invalid("streaming-exponent-raised", "streaming", LOWER, COMPARED, what, edit)
    what, edit = "Two weights are exchanged.", change("proof/weights", lambda text: words(numbers(text)[::-1]))
    yield invalid("streaming-weights-reversed", "streaming-weighted", LOWER, COMPARED, what, edit)
    what, edit = "The order is one less.", change("proof/order", lambda m: m - 1)
    yield invalid("streaming-order-lowered", "streaming-soft", "bound is not proved", COMPARED, what, edit)
    what, edit = "The ratio is another one.", put("proof/ratio", {"denominator": "7", "numerator": "6"})
    yield invalid("streaming-ratio-changed", "streaming-soft", LOWER, COMPARED, what, edit)
    what, edit = "The vector lies on other rows.", put("proof/rows", [0, 2])
    yield invalid("streaming-rows-changed", "streaming-weighted", UPPER, COMPARED, what, edit)
    what, edit = "The vector is zero.", change("proof/vector", lambda text: words([0 for _ in numbers(text)]))
    reason = "the vector for the upper bound is zero"
    yield invalid("streaming-vector-zero", "streaming", reason, "", what, edit)


def subjects() -> Iterator[Attack]:
    what = "The points are not normalised, and of different norms."
    reason, edit = "not all of one norm", put("claim/normalize", "none")
    yield invalid("streaming-norms-differ", "streaming", reason, "", what, edit)
    what, edit = "The only point is zero.", put("claim/points/rows", ["0 0 0"])
    reason = "the points are zero"
    yield invalid("streaming-zero-point", "streaming-one-point", reason, "", what, edit)
    what, edit = "No lower bound is claimed.", put("claim/lambda_min/lower", None)
    reason = "goes with a lower bound, and none is claimed"
    yield invalid("streaming-without-lower", "streaming", reason, FITTING, what, edit)


def shapes() -> Iterator[Attack]:
    what, edit = "A coefficient is negative.", word("proof/coefficients", 1, lambda x: -x)
    yield malformed("streaming-coefficient-negative", "streaming", "a coefficient is negative", "", what, edit)
    for name, value in (("zero", 0), ("negative", -1)):
        what, edit = f"A weight is {name}.", word("proof/weights", 2, lambda x, value=value: value)
        yield malformed(f"streaming-weight-{name}", "streaming-weighted", "a weight is not positive", "", what, edit)
    reason = "the ratio does not lie between 0 and 1"
    for name, numerator in (("zero", "0"), ("one", "8"), ("negative", "-1")):
        what, edit = f"The ratio is {name}.", put("proof/ratio", {"denominator": "8", "numerator": numerator})
        yield malformed(f"streaming-ratio-{name}", "streaming-soft", reason, "", what, edit)
    what, edit = "The order is negative.", put("proof/order", -2)
    yield malformed("streaming-order-negative", "streaming-soft", "the order is negative", "", what, edit)
    what, edit = "The vector lies on a row twice.", put("proof/rows", [1, 1])
    yield malformed("streaming-row-twice", "streaming-weighted", "holds an index twice", "", what, edit)
    what, edit = "A weight is missing.", change("proof/weights", lambda text: words(numbers(text)[1:]))
    yield malformed("streaming-weight-missing", "streaming-weighted", "the weights", "", what, edit)
    what, edit = "The order is 17.", put("proof/order", 17)
    reason = "the order or the ratio of the proof is beyond this engine"
    yield unsupported("streaming-order-17", "streaming-soft", reason, "limit: order", what, edit)
    what = "The denominator of the ratio has 65 bits."
    edit = put("proof/ratio", {"denominator": "1" + 16 * "0", "numerator": "1"})
    yield unsupported("streaming-ratio-65-bits", "streaming-soft", reason, "limit: ratio", what, edit)
    what, edit = "There are 257 coefficients.", put("proof/coefficients", words([0] * 257))
    reason = "takes more than 256 coefficients"
    yield unsupported("streaming-coefficients-257", "streaming", reason, "limit: coefficients", what, edit)


def attacks() -> Iterator[Attack]:
    for part in (witnesses, subjects, shapes):
        yield from part()
