"""Attacks on proofs by the positivity theorem: each hypothesis broken, each number changed."""

from collections.abc import Iterator

from forging import Attack, change, invalid, malformed, put, replace, unsupported

from attacks.bounds import COMPARED, FITTING, UPPER

HYPOTHESES = "hypotheses of the positivity theorem"
NETWORK = "claim/network"
ROWS = "claim/points/rows"


def hypotheses() -> Iterator[Attack]:
    apart = "two points are equal, or proportional without a bias"
    for name, base, reason, what, edit in (
        ("equal-points", "theorem", apart, "Two points are equal.", put(f"{ROWS}/1", "1 0 2")),
        ("opposite-points", "theorem-unbiased", apart, "Two points are opposite.", put(f"{ROWS}/1", "-1 0 -2")),
        ("multiple-point", "theorem-unbiased", apart, "A point is a multiple.", put(f"{ROWS}/1", "3 0 6")),
        ("zero-point", "theorem-unbiased", apart, "A point is zero.", put(f"{ROWS}/1", "0 0 0")),
        (
            "multiple-normalised",
            "theorem-unit",
            apart,
            "Two points have one direction, and there is a bias.",
            put(f"{ROWS}/1", "3 0 6"),
        ),
        (
            "no-last-dense",
            "theorem",
            "needs a network that ends in a Dense layer",
            "The network ends in its activation.",
            change(NETWORK, lambda text: text[: text.rindex(", Dense")] + ")"),
        ),
        (
            "low-degree",
            "theorem",
            "polynomial of too low a degree",
            "The activation is a polynomial of degree N - 2.",
            replace(NETWORK, "Erf()", "Monomial(3)"),
        ),
        (
            "linear",
            "theorem",
            "polynomial of too low a degree",
            "The two slopes of the activation are one.",
            replace(NETWORK, "Erf()", "ABRelu(2, 2)"),
        ),
        (
            "constant",
            "theorem",
            "needs activations that are not constant",
            "The activation is constant.",
            replace(NETWORK, "Erf()", "Erf(b=0, c=1)"),
        ),
        (
            "another-activation",
            "theorem",
            "an activation that the network does not have",
            "The theorem is applied to a third activation.",
            put("proof/activation", 1),
        ),
    ):
        yield invalid(f"theorem-{name}", base, reason, HYPOTHESES, what, edit)
    what = "The polynomial of two activations is named in place of the other."
    reason = "polynomial of too low a degree"
    yield invalid("theorem-wrong-activation", "theorem-two", reason, HYPOTHESES, what, put("proof/activation", 1))
    what = "The other activation of two is constant."
    reason = "needs activations that are not constant"
    edit = replace(NETWORK, "Monomial(3)", "Erf(b=0, c=1)")
    yield invalid("theorem-other-constant", "theorem-two", reason, HYPOTHESES, what, edit)


def numbers() -> Iterator[Attack]:
    what = "The upper bound is below the diagonal entry."
    yield invalid("theorem-upper-too-low", "theorem", UPPER, COMPARED, what, put("claim/lambda_min/upper", "1e-1"))
    what = "A lower bound is claimed."
    reason = "positive definite, without a lower bound"
    yield invalid("theorem-lower", "theorem", reason, FITTING, what, put("claim/lambda_min/lower", "1e-9"))
    what, reason = "The matrix is said to be singular.", "a singular matrix has both bounds zero"
    yield invalid("theorem-singular", "theorem", reason, FITTING, what, put("claim/verdict", "singular"))
    for name, path, value, reason in (
        ("row-outside", "proof/row", 99, "the row"),
        ("row-negative", "proof/row", -1, "the row"),
        ("activation-negative", "proof/activation", -1, "the index of the activation is negative"),
    ):
        yield malformed(f"theorem-{name}", "theorem", reason, "", f"{path} is {value}.", put(path, value))
    reason = "asks for more than 65536 bits"
    yield unsupported("theorem-bits", "theorem", reason, "limit: bits", "65 537 bits.", put("proof/bits", 65_537))


DIFFERENCES = "proof/differences"
OWN = "theorem-own-function"
EVIDENCE = HYPOTHESES


def differences() -> Iterator[Attack]:
    zero = "a difference of a user's function cannot be told from zero"
    for name, reason, what, edits in (
        ("vanishing", zero, "A step of zero.", (put(f"{DIFFERENCES}/0/step", "0"),)),
        ("polynomial", zero, "A cubic for the first function.", (replace(NETWORK, "x*tanh(log(1+exp(x)))", "x**3"),)),
        ("rough", zero, "A precision of one bit.", (put(f"{DIFFERENCES}/0/bits", 1),)),
        (
            "order",
            "polynomial of too low a degree",
            "A difference of a lower order.",
            (put(f"{DIFFERENCES}/0/order", 2),),
        ),
        (
            "constant",
            "needs activations that are not constant",
            "No difference of the second function.",
            (change(DIFFERENCES, lambda found: found[:1]),),
        ),
        (
            "stranger",
            "an activation that the network does not have",
            "A difference of a third function.",
            (put(f"{DIFFERENCES}/1/activation", 2),),
        ),
        (
            "known",
            "that is no user's function",
            "A difference of a known activation.",
            (replace(NETWORK, 'Elementwise("1/(2+sin(x))")', "Erf()"),),
        ),
    ):
        yield invalid(f"difference-{name}", OWN, reason, EVIDENCE, what, *edits)
    for name, function, reason in (
        ("pole", "1/(x-1)", "a divisor may be zero"),
        ("logarithm", "log(x**2)", "a logarithm of what may not be positive"),
        ("root", "sqrt(x)", "a root of what may be negative"),
    ):
        edit = replace(NETWORK, "1/(2+sin(x))", function)
        yield unsupported(f"difference-{name}", OWN, reason, EVIDENCE, f"The second function is {function}.", edit)
    for name, path, value, reason, check in (
        ("none", DIFFERENCES, [], "not a list of at least one", ""),
        ("order-zero", f"{DIFFERENCES}/0/order", 0, "an order below 1", ""),
        ("exponent", f"{DIFFERENCES}/0/exponent", 70_000, "a binary exponent beyond", "limit: binary exponents"),
        (
            "start",
            f"{DIFFERENCES}/0/start",
            "0x1",
            "is not a hexadecimal integer",
            "one spelling for hexadecimal integers",
        ),
    ):
        yield malformed(f"difference-{name}", OWN, reason, check, f"{path} is {value}.", put(path, value))


def attacks() -> Iterator[Attack]:
    yield from hypotheses()
    yield from numbers()
    yield from differences()
