"""Honest proofs of something else than what the claim says, and broken seals."""

from collections.abc import Iterator

from forging import Attack, after_sealing, change, invalid, put, replace, swap, word

from attacks.bounds import COMPARED, LOWER

ZERO_ROW = "no zero row is normalised"
SEAL = "the seal is the digest of the rest"
NETWORK = "claim/network"


def networks() -> Iterator[Attack]:
    what, edit = "The network has another activation.", replace(NETWORK, "Relu()", "Abs()")
    yield invalid("other-activation", "relu", LOWER, COMPARED, what, edit)
    what, edit = "The network has lost its activation.", replace(NETWORK, "Relu(), ", "")
    yield invalid("activation-dropped", "relu", LOWER, COMPARED, what, edit)
    for base, old, new in (
        ("elu", "Elu()", 'Elu(alpha="1001/1000")'),
        ("selu", "Selu()", "Elu()"),
        ("hard-tanh", "HardTanh()", "Relu6()"),
        ("gaussian-mixture", '[1, "-1/2"]', '[1, "-1/3"]'),
        ("sine-mixture", '[0, "1/3"]', '["1/3", 0]'),
        ("piecewise", 'offset="1/4"', 'offset="1/5"'),
        ("logistic", "Sigmoid()", "Sigmoid_like()"),
        ("softplus", "Softplus()", "Swish()"),
        ("tanh-far", "Tanh()", "Sigmoid()"),
        ("swish-far", "Swish()", "Softplus()"),
        ("softsign", "Softsign()", "Erf()"),
        ("twelve-points-softsign", "Softsign()", "Erf()"),
    ):
        what, edit = f"{old} is exchanged for {new}.", replace(NETWORK, old, new)
        yield invalid(f"other-activation-than-{base}", base, LOWER, COMPARED, what, edit)
    what, edit = "A slope of the activation is changed.", replace(NETWORK, "-1/5", "-1/6")
    yield invalid("slope-changed", "leaky-relu", LOWER, COMPARED, what, edit)
    what, edit = "A variance of weights is changed.", replace(NETWORK, "3/2", "4/3")
    yield invalid("weight-variance-changed", "erf", LOWER, COMPARED, what, edit)
    what, edit = "A variance of biases is changed.", replace(NETWORK, '1/10"', '1/11"')
    yield invalid("bias-variance-changed", "erf", LOWER, COMPARED, what, edit)
    what, edit = "The bias of the first layer is dropped.", replace(NETWORK, ', b_var="1/100"', "")
    yield invalid("bias-dropped", "erf", LOWER, COMPARED, what, edit)
    what, edit = "The network has one more layer.", replace(NETWORK, "Dense())", "Dense(), Dense())")
    yield invalid("layer-added", "relu", LOWER, COMPARED, what, edit)
    what, edit = "The network has one layer less.", replace(NETWORK, ", Erf()", "")
    yield invalid("last-layer-dropped", "deep", LOWER, COMPARED, what, edit)
    what = "The kernel is the other one."
    yield invalid("kernel-exchanged-to-nngp", "relu", LOWER, COMPARED, what, put("claim/kernel", "nngp"))
    yield invalid("kernel-exchanged-to-ntk", "relu-nngp-unit", LOWER, COMPARED, what, put("claim/kernel", "ntk"))
    what = "The points are said to be normalised."
    yield invalid("normalisation-added", "relu", LOWER, COMPARED, what, put("claim/normalize", "unit"))
    what = "The points are said to stand as they are."
    yield invalid("normalisation-dropped", "erf", LOWER, COMPARED, what, put("claim/normalize", "none"))


def points() -> Iterator[Attack]:
    rows = "claim/points/rows"
    what, edit = "Two points are swapped.", swap(f"{rows}/0", f"{rows}/2")
    yield invalid("points-swapped", "relu", LOWER, COMPARED, what, edit)
    what, edit = "One coordinate is changed by one unit.", word(f"{rows}/1", 0, lambda x: x + 1)
    yield invalid("coordinate-changed", "relu", LOWER, COMPARED, what, edit)
    what, edit = "One coordinate has the other sign.", word(f"{rows}/4", 2, lambda x: -x)
    yield invalid("coordinate-sign-flipped", "erf", LOWER, COMPARED, what, edit)
    what, edit = "All points are scaled by their denominator.", put("claim/points/denominator", "3")
    yield invalid("denominator-changed", "relu", LOWER, COMPARED, what, edit)
    what = "The points have one more column, of zeros, which changes <x, y> / d."
    edits = put("claim/points/columns", 3), change(rows, lambda texts: [f"{text} 0" for text in texts])
    yield invalid("column-of-zeros-added", "relu", LOWER, COMPARED, what, *edits)
    what, reason = "A zero row is to be normalised.", "row 2 is zero and cannot be normalised"
    yield invalid("zero-row-normalised", "erf", reason, ZERO_ROW, what, put(f"{rows}/2", "0 0 0"))
    what, reason = "Two equal points are zero rows to be normalised.", "row 0 is zero and cannot be normalised"
    yield invalid("zero-rows-normalised", "equal-points-unit", reason, ZERO_ROW, what, put(rows, ["0 0", "0 0"]))


def matrices() -> Iterator[Attack]:
    what, edit = "An entry of the given matrix is changed.", word("claim/gram/midpoints/2", 0, lambda x: 2 * x)
    yield invalid("gram-entry-changed", "gram", LOWER, COMPARED, what, edit)
    what, edit = "The radius is raised by one unit.", word("claim/gram/radii", 0, lambda x: x + 1)
    yield invalid("gram-radius-raised", "gram", LOWER, COMPARED, what, edit)
    what, edit = "One radius is raised by one unit.", word("claim/gram/radii/2", 0, lambda x: x + 1)
    yield invalid("gram-one-radius-raised", "gram-radii", LOWER, COMPARED, what, edit)
    what, edit = "The given matrix is doubled.", change("claim/gram/exponent", lambda e: e + 1)
    yield invalid("gram-exponent-raised", "gram", LOWER, COMPARED, what, edit)


def _other_digit(digest: str) -> str:
    return ("1" if digest[0] == "0" else "0") + digest[1:]


def seals() -> Iterator[Attack]:
    for name, what, edit in (
        ("seal-digit-changed", "One digit of the seal is changed.", change("seal", _other_digit)),
        ("seal-of-something-else", "The seal is the digest of something else.", put("seal", "ab" * 32)),
        ("label-changed-after-sealing", "A label is changed after sealing.", put("labels/producer", "someone")),
        ("bound-weakened-after-sealing", "A true, weaker bound is written in.", put("claim/lambda_min/lower", "1e-9")),
    ):
        yield Attack(name, "relu", "invalid", "the seal is not the digest", what, after_sealing(edit), SEAL)


def attacks() -> Iterator[Attack]:
    for part in (networks, points, matrices, seals):
        yield from part()
