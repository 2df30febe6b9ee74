"""Bounds and verdicts beyond what is shown, or that do not belong together."""

from collections.abc import Iterator

from forging import Attack, Edit, change, invalid, one_unit, put, swap

COMPARED = "bounds follow from the proof"
FITTING = "verdict, bounds and kind of proof fit"
LOWER, UPPER = "the claimed lower bound is not proved", "the claimed upper bound is not proved"
AT = "claim/lambda_min"


def _bounds(lower: str | None, upper: str) -> Edit:
    return put(AT, {"lower": lower, "upper": upper})


def _verdict(verdict: str) -> Edit:
    return put("claim/verdict", verdict)


def _negated(text: str) -> str:
    return text[1:] if text.startswith("-") else "-" + text


def by_one_unit() -> Iterator[Attack]:
    higher = change(f"{AT}/lower", lambda text: one_unit(text, 1))
    deeper = change(f"{AT}/upper", lambda text: one_unit(text, -1))
    softsign = ("softsign", "twelve-points-softsign")
    for base in ("relu", "erf", "gram", "gram-radii", "gram-negative", "nearly-parallel", *softsign):
        what = "The lower bound is one unit of its last digit too high."
        yield invalid(f"lower-one-unit-too-high-{base}", base, LOWER, COMPARED, what, higher)
    for base in ("relu", "erf", "modular", "gram", "gram-radii", "gram-negative", "nearly-parallel", *softsign):
        what = "The upper bound is one unit of its last digit too low."
        yield invalid(f"upper-one-unit-too-low-{base}", base, UPPER, COMPARED, what, deeper)


def beyond() -> Iterator[Attack]:
    what = "The lower bound has the other sign."
    edit = change(f"{AT}/lower", _negated)
    yield invalid("lower-sign-flipped", "relu", "needs a positive lower bound", FITTING, what, edit)
    what, edit = "The upper bound has the other sign.", change(f"{AT}/upper", _negated)
    yield invalid("upper-sign-flipped", "relu", "exceeds the claimed upper bound", FITTING, what, edit)
    what, edit = "The two bounds are exchanged.", swap(f"{AT}/lower", f"{AT}/upper")
    yield invalid("bounds-exchanged", "relu", "exceeds the claimed upper bound", FITTING, what, edit)
    what = "Both bounds are moved up together."
    yield invalid("both-bounds-too-high", "relu", LOWER, COMPARED, what, _bounds("1e2", "1e3"))
    what = "Both bounds are moved down together."
    yield invalid("both-bounds-too-low", "relu", UPPER, COMPARED, what, _bounds("1e-9", "1e-8"))
    what, edit = "A lower bound of zero is to show positivity.", put(f"{AT}/lower", "0")
    yield invalid("lower-zero", "relu", "needs a positive lower bound", FITTING, what, edit)
    what, edit = "A residual proof is to show positivity without a number.", put(f"{AT}/lower", None)
    yield invalid("lower-missing", "relu", "goes with a lower bound, and none is claimed", FITTING, what, edit)
    what, edit = "Elimination modulo an integer is to bound the eigenvalue.", put(f"{AT}/lower", "1e-99")
    yield invalid("modular-with-lower-bound", "modular", "without a lower bound", FITTING, what, edit)


def verdicts() -> Iterator[Attack]:
    zero, reason = _bounds("0", "0"), "a singular matrix has both bounds zero"
    what = "The verdict is exchanged and the bounds are kept."
    yield invalid("singular-instead-of-positive", "relu", reason, FITTING, what, _verdict("singular"))
    what = "A regular matrix is called singular with both bounds zero and an honest factor."
    yield invalid("singular-with-honest-factor", "relu", UPPER, COMPARED, what, _verdict("singular"), zero)
    what = "Elimination modulo an integer is to show singularity."
    proved = "shows regularity, not singularity"
    yield invalid("singular-by-elimination", "modular", proved, FITTING, what, _verdict("singular"), zero)
    what = "A singular claim states a negative lower bound."
    yield invalid("singular-lower-negative", "parallel-rows", reason, FITTING, what, put(f"{AT}/lower", "-1e-9"))
    what = "A singular claim states a positive upper bound."
    yield invalid("singular-upper-positive", "rank", reason, FITTING, what, put(f"{AT}/upper", "1e-9"))
    what = "A singular claim leaves the lower bound out."
    yield invalid("singular-lower-missing", "rank", reason, FITTING, what, put(f"{AT}/lower", None))
    for base in ("parallel-rows", "rank", "null-vector"):
        edits = _verdict("positive definite"), _bounds("1e-9", "1e9")
        reason, what = "shows singularity, not 'positive definite'", "A proof of singularity is to show positivity."
        yield invalid(f"positive-definite-by-{base}", base, reason, FITTING, what, *edits)
    reason, what = "needs a negative upper bound", "A positive definite matrix is called negative."
    yield invalid("negative-instead-of-positive", "gram", reason, FITTING, what, _verdict("negative"))
    what = "A smallest eigenvalue that may be zero, by the bounds, is called negative."
    yield invalid("negative-with-upper-zero", "gram-negative", reason, FITTING, what, put(f"{AT}/upper", "0"))
    reason = "only a residual proof speaks about a user's matrix"
    proof = put("proof", {"family": "equal points", "kind": "family", "rows": [0, 1]})
    what = "A theorem about kernels is applied to a user's matrix."
    yield invalid("gram-by-family", "gram-singular", reason, FITTING, what, proof)
    proof = put("proof", {"bits": 53, "kind": "modular", "modulus": "7", "vector": "1 1 1"})
    what = "Elimination is offered for a matrix that need not be positive semidefinite."
    yield invalid("gram-by-elimination", "gram", reason, FITTING, what, put(f"{AT}/lower", None), proof)


def attacks() -> Iterator[Attack]:
    yield from by_one_unit()
    yield from beyond()
    yield from verdicts()
