"""Whitened streaming proofs that show less than is claimed, or whose row sums are not below the diagonal."""

from collections.abc import Iterator

from forging import Attack, change, drop, invalid, malformed, numbers, one_unit, put, unsupported, word, words

from attacks.bounds import COMPARED, FITTING, LOWER, UPPER

ABOVE = "of the whitened matrix is not below its diagonal entry"
DOMINATED = "row sums of the whitened matrix"


def witnesses() -> Iterator[Attack]:
    higher = change("claim/lambda_min/lower", lambda text: one_unit(text, 1))
    deeper = change("claim/lambda_min/upper", lambda text: one_unit(text, -1))
    for base in ("whitened", "whitened-soft", "whitened-raw"):
        what = "The lower bound is one unit of its last digit too high."
        yield invalid(f"lower-one-unit-too-high-{base}", base, LOWER, COMPARED, what, higher)
        what = "The upper bound is one unit of its last digit too low."
        yield invalid(f"upper-one-unit-too-low-{base}", base, UPPER, COMPARED, what, deeper)
    what, edit = "The shift lies above the smallest eigenvalue.", word("proof/shift/value", 0, lambda x: x + x // 16)
    yield invalid("whitened-shift-raised", "whitened", ABOVE, DOMINATED, what, edit)
    what, edit = "The shift is doubled by its exponent.", change("proof/shift/exponent", lambda e: e + 1)
    yield invalid("whitened-shift-doubled", "whitened", ABOVE, DOMINATED, what, edit)
    what, edit = "The shift is lower than the claim.", word("proof/shift/value", 0, lambda x: x - x // 16)
    yield invalid("whitened-shift-lowered", "whitened", LOWER, COMPARED, what, edit)
    what, edit = "An entry of the factor has the other sign.", word("proof/factor/rows/1", 0, lambda x: -x)
    yield invalid("whitened-factor-sign", "whitened", ABOVE, DOMINATED, what, edit)
    what, edit = "A row of the factor is zero.", put("proof/factor/rows/2", "0")
    yield invalid("whitened-factor-zero-row", "whitened", "the row sum 2 " + ABOVE, DOMINATED, what, edit)
    what = "A row of the factor is that of another point, which makes the factor singular."
    edits = put("proof/factor/rows/2", "1"), put("proof/factor/columns/2", "5"), put("proof/factor/rows/5", "1")
    yield invalid(
        "whitened-factor-singular", "whitened", ABOVE, DOMINATED, what, *edits, put("proof/factor/columns/5", "5")
    )
    what, edit = "The entries of a row of the factor stand in other columns.", put("proof/factor/columns/1", "1 2 3 5")
    yield invalid("whitened-factor-columns", "whitened", ABOVE, DOMINATED, what, edit)
    what, edit = "Enclosures of 12 bits cost more than there is.", put("proof/bits", 12)
    yield invalid("whitened-bits-few", "whitened", "bound is not proved", COMPARED, what, edit)
    what = "A coefficient takes more away than the kernel has."
    edit = put("proof/coefficients", words([0, 1 << 60]))
    yield invalid("whitened-coefficient-raised", "whitened", ABOVE, DOMINATED, what, edit)
    what, edit = "The order is higher, so that more is taken away.", put("proof/order", 6)
    yield invalid("whitened-order-raised", "whitened-soft", ABOVE, DOMINATED, what, edit)
    what, edit = (
        "The ratio is nearer to one, so that more is taken away.",
        put("proof/ratio", {"denominator": "20", "numerator": "1f"}),
    )
    yield invalid("whitened-ratio-changed", "whitened-soft", ABOVE, DOMINATED, what, edit)
    what, edit = "One weight is far too small.", word("proof/weights", 0, lambda x: x * 2**60)
    yield invalid("whitened-weight-raised", "whitened-soft", ABOVE, DOMINATED, what, edit)
    what, edit = "The vector lies on other rows.", put("proof/rows", [0, 2])
    yield invalid("whitened-rows-changed", "whitened-soft", UPPER, COMPARED, what, edit)
    what, edit = "The vector is zero.", change("proof/vector", lambda text: words([0 for _ in numbers(text)]))
    reason = "the vector for the upper bound is zero"
    yield invalid("whitened-vector-zero", "whitened", reason, "", what, edit)


def subjects() -> Iterator[Attack]:
    what, edit = "The points are not normalised, and of different norms.", put("claim/normalize", "none")
    yield invalid("whitened-norms-differ", "whitened", "not all of one norm", "", what, edit)
    what = "Two points are equal, so the matrix is singular; the proof is that of other points."
    edit = put("claim/points/rows/1", "8 1 0")
    yield invalid("whitened-equal-points", "whitened", ABOVE, DOMINATED, what, edit)
    what, edit = (
        "Two points are opposite under an even kernel with no odd part left.",
        put("claim/points/rows/1", "-8 -1 0"),
    )
    yield invalid("whitened-opposite-points", "whitened-soft", ABOVE, DOMINATED, what, edit)
    what, edit = "No lower bound is claimed.", put("claim/lambda_min/lower", None)
    reason = "goes with a lower bound, and none is claimed"
    yield invalid("whitened-without-lower", "whitened", reason, FITTING, what, edit)
    what = "The proof is said to show singularity."
    both = put("claim/verdict", "singular"), put("claim/lambda_min", {"lower": "0", "upper": "0"})
    yield invalid("whitened-singular", "whitened", UPPER, COMPARED, what, *both)


def shapes() -> Iterator[Attack]:
    reason = "the indices of row 1 of the factor do not increase within"
    for name, columns in (
        ("twice", "0 1 1 5"),
        ("falling", "0 2 1 5"),
        ("outside", "0 1 2 6"),
        ("negative", "-1 1 2 5"),
    ):
        what, edit = f"The indices of a row of the factor: {name}.", put("proof/factor/columns/1", columns)
        yield malformed(f"whitened-columns-{name}", "whitened", reason, "", what, edit)
    what, edit = "An entry of the factor is missing.", put("proof/factor/rows/1", "1 2 3")
    yield malformed("whitened-entry-missing", "whitened", "row 1 of the factor holds 3 numbers", "", what, edit)
    what, edit = "A row of the factor is missing.", drop("proof/factor/rows/5")
    reason = "the factor is not made of two lists of 6 rows"
    yield malformed("whitened-row-missing", "whitened", reason, "", what, edit)
    what, edit = "The columns are missing.", put("proof/factor/columns", None)
    yield malformed("whitened-columns-missing", "whitened", reason, "", what, edit)
    what, edit = (
        "A row of the factor is longer than the matrix is wide.",
        put("proof/factor/columns/1", "0 1 2 3 4 5 6"),
    )
    yield malformed("whitened-row-long", "whitened", "row 1 of the factor is longer", "", what, edit)
    what, edit = "A row of the factor is a number.", put("proof/factor/columns/1", 1)
    yield malformed("whitened-row-number", "whitened", "row 1 of the factor is not a string", "", what, edit)
    what, edit = "The exponent of the factor is beyond the format.", put("proof/factor/exponent", 70_000)
    yield malformed(
        "whitened-exponent-large", "whitened", "binary exponent beyond", "limit: binary exponents", what, edit
    )
    what, edit = "There is no shift.", drop("proof/shift")
    yield malformed("whitened-shift-missing", "whitened", "exactly the keys", "exact keys", what, edit)
    what, edit = "A weight is zero.", word("proof/weights", 2, lambda x: 0)
    yield malformed("whitened-weight-zero", "whitened-soft", "a weight is not positive", "", what, edit)
    what, edit = "The order is 17.", put("proof/order", 17)
    reason = "the order or the ratio of the proof is beyond this engine"
    yield unsupported("whitened-order-17", "whitened-soft", reason, "limit: order", what, edit)


def attacks() -> Iterator[Attack]:
    for part in (witnesses, subjects, shapes):
        yield from part()
