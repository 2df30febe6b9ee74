"""Exact proofs that prove nothing: elimination modulo an integer, null vectors, dimension counts."""

from collections.abc import Iterator

from forging import Attack, change, drop, invalid, malformed, put, replace, word

REGULAR = "elimination meets invertible pivots"
RATIONAL = "the Gram matrix is rational"
VANISHES = "the null vector's quadratic form vanishes"
COUNTED = "the dimension count"
NETWORK, ROWS = "claim/network", "claim/points/rows"


def eliminations() -> Iterator[Attack]:
    reason = "meets a column without an invertible pivot"
    # Row 0 is (1, 0) over 10**12, so its entry is a power of ten times small factors.
    what = "The modulus divides an entry and the determinant."
    yield invalid("modulus-two", "modular", reason, REGULAR, what, put("proof/modulus", "2"))
    yield invalid("modulus-five", "modular", reason, REGULAR, what, put("proof/modulus", "5"))
    what = "The modulus is composite and shares a factor with every pivot of one column."
    yield invalid("modulus-composite", "modular", reason, REGULAR, what, word("proof/modulus", 0, lambda m: 10 * m))
    what = "The matrix is singular: two points are equal."
    yield invalid("modular-equal-points", "modular", reason, REGULAR, what, change(ROWS, lambda r: [r[0], r[0], r[2]]))
    what = "The matrix is singular: three features cannot tell four points apart."
    edits = change(ROWS, lambda rows: [*rows, "1 1"]), put("proof/vector", "0 1 0 0")
    yield invalid("modular-beyond-the-rank", "modular", reason, REGULAR, what, *edits)
    what, reason = "The network is not polynomial.", "an activation is not a polynomial"
    edit = replace(NETWORK, "Monomial(2)", "RectifiedMonomial(2)")
    yield invalid("modular-rectified", "modular", reason, "", what, edit)
    what, reason = "Unit points under a bias have no rational Gram matrix.", "the network has a bias"
    edit = replace(NETWORK, "Dense())", "Dense(b_var=1))")
    yield invalid("modular-unit-with-bias", "modular-unit", reason, RATIONAL, what, edit)
    what, reason = "Unit points under two degrees have no rational Gram matrix.", "is not homogeneous"
    edit = replace(NETWORK, "Monomial(3)", "Polynomial([0, 1, 0, 1])")
    yield invalid("modular-unit-inhomogeneous", "modular-unit", reason, RATIONAL, what, edit)
    for value in ("1", "0", "-7"):
        what, name = f"The modulus is {value}.", value.replace("-", "minus-")
        edit = put("proof/modulus", value)
        yield malformed(f"modulus-{name}", "modular", "the modulus is less than 2", "", what, edit)


def null_vectors() -> Iterator[Attack]:
    base, reason = "null-vector-by-hand", "the quadratic form of the null vector is not zero"
    what, edit = "One entry of the null vector is off by one.", word("proof/entries", 2, lambda x: x + 1)
    yield invalid("null-entry-changed", base, reason, VANISHES, what, edit)
    what, edit = "One entry of the null vector has the other sign.", word("proof/entries", 0, lambda x: -x)
    yield invalid("null-sign-flipped", base, reason, VANISHES, what, edit)
    what, edit = "Two entries of the null vector are swapped.", put("proof/entries", "1 -2 -2 1")
    yield invalid("null-entries-swapped", base, reason, VANISHES, what, edit)
    what, edit = (
        "The null vector leaves one of its rows out.",
        put("proof", {"entries": "-2 1 -2", "kind": "null vector", "rows": [0, 1, 2]}),
    )
    yield invalid("null-row-left-out", base, reason, VANISHES, what, edit)
    what, edit = "The null vector is applied to another network.", replace(NETWORK, "Dense()", "Dense(b_var=1)")
    yield invalid("null-other-network", base, reason, VANISHES, what, edit)
    what, edit = "One point lies off the conic that made the vector.", put(f"{ROWS}/3", "1 3")
    yield invalid("null-other-points", base, reason, VANISHES, what, edit)
    what, edit = "The null vector is zero.", put("proof/entries", "0 0 0 0")
    yield invalid("null-zero", base, "the null vector is zero", VANISHES, what, edit)
    what, edit = "The network is not polynomial.", replace(NETWORK, "Monomial(2)", "Abs()")
    yield invalid("null-not-polynomial", base, "an activation is not a polynomial", VANISHES, what, edit)
    what, edit = "The null vector is meant for points that are not normalised.", put("claim/normalize", "unit")
    edits = edit, replace(NETWORK, "Monomial(2)", "Polynomial([0, 0, 1, 1])")
    yield invalid("null-unit-inhomogeneous", base, "is not homogeneous", f"{VANISHES}; {RATIONAL}", what, *edits)
    for name, rows, reason in (
        ("outside", [0, 1, 2, 4], "holds an index outside 0..3"),
        ("negative", [-1, 0, 1, 2], "holds an index outside 0..3"),
        ("repeated", [0, 1, 1, 2], "holds an index twice"),
        ("unsorted", [0, 2, 1, 3], "the rows of the null vector do not increase"),
        ("none", [], "is not a list of row indices"),
        ("boolean", [False, True, 2, 3], "an index in the rows of the null vector is not an integer"),
    ):
        what = f"The rows of the null vector are {rows}."
        check = "integers are no booleans or strings" if name == "boolean" else ""
        yield malformed(f"null-rows-{name}", base, reason, check, what, put("proof/rows", rows))


def counts() -> Iterator[Attack]:
    for name, value in (("low", 2), ("high", 4)):
        what, reason = (
            f"The stated dimension is one too {name}.",
            "the dimension count is 3, another number than the one stated",
        )
        yield invalid(f"dimension-too-{name}", "rank", reason, COUNTED, what, put("proof/dimension", value))
    reason = "reaches the number of points, so it proves nothing"
    what = "There are as many points as features."
    yield invalid("dimension-reached", "rank", reason, COUNTED, what, drop(f"{ROWS}/3"))
    what = "One point has as many features: a constant."
    yield invalid("dimension-reached-by-a-constant", "rank-constant", reason, COUNTED, what, drop(f"{ROWS}/1"))
    what = "The features that three of the columns share are not counted."
    edits = put("proof/dimension", 17), *[drop(f"{ROWS}/{k}") for k in range(21, 17, -1)]
    yield invalid("dimension-of-fewer-products", "rank-cubic", reason, COUNTED, what, *edits)
    what, edit = "A bias adds features.", replace(NETWORK, "Dense()", "Dense(b_var=1)")
    yield invalid("dimension-with-bias", "rank", reason, COUNTED, what, edit)
    what, edit = "A larger degree adds features.", replace(NETWORK, "Monomial(2)", "Monomial(3)")
    yield invalid("dimension-of-a-larger-degree", "rank", reason, COUNTED, what, edit)
    what, edit = "A row with more nonzero columns adds features.", put(f"{ROWS}/6", "1 1 1")
    yield invalid("dimension-of-fuller-rows", "rank-sparse", reason, COUNTED, what, edit)
    what, edit = "Off the sphere, lower degrees count as well.", put("claim/normalize", "none")
    yield invalid("dimension-off-the-sphere", "rank-unit", reason, COUNTED, what, edit)
    what, reason = "The network is not polynomial.", "cannot be counted: an activation is not a polynomial"
    yield invalid("dimension-not-polynomial", "rank", reason, COUNTED, what, replace(NETWORK, "Monomial(2)", "Relu()"))
    what = "The stated dimension is negative."
    yield malformed("dimension-negative", "rank", "the dimension is negative", "", what, put("proof/dimension", -1))


def attacks() -> Iterator[Attack]:
    yield from eliminations()
    yield from null_vectors()
    yield from counts()
