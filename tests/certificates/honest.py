"""Small problems with true claims: every kind of proof, every activation, and the corners of the format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documents import BARE, BIASED, family, finite, given, proved, stated, with_sidecar
from forging import Document, change, numbers, words
from honest_shaped import shaped
from honest_streaming import streaming, whitened

TWICE = "serial(Dense(), {0}, Dense(b_var=1), {0}, Dense())"
SQUARES = BARE.format("Monomial(2)")

PLANE: list[list[Any]] = [["1/2", 1], [1, "9/4"], [3, -1], [-1, "1/4"]]
SPACE: list[list[Any]] = [[1, 0, 2], [0, "1/3", -1], [2, 1, 0], [-1, 1, 1], ["1/7", 2, "-3/5"]]
RAYS: list[list[Any]] = [[1, 2], [2, 4], [-1, -2], [-3, -6], [1, -1], [0, 1]]
FAR: list[list[Any]] = [["9/2", 7], [-8, "5/2"], [3, 6], [7, -9], ["9/2", "36/5"]]
WITH_ZERO: list[list[Any]] = [[0, 0], [1, 2], [-2, 1], [3, 3]]
CIRCLE: list[list[Any]] = [
    [1, 0],
    [0, 1],
    ["3/5", "4/5"],
    ["-5/13", "12/13"],
    ["8/17", "-15/17"],
    ["-7/25", "-24/25"],
]

# Every activation, each on one of two clouds, with one of two kernels, biased or not, normalised or not.
ACTIVATIONS: dict[str, tuple[str, str, list[list[Any]], dict[str, str]]] = {
    "relu": ("Relu()", BARE, PLANE, {}),
    "relu-nngp-unit": ("Relu()", BIASED, SPACE, {"kernel": "nngp", "normalize": "unit"}),
    "leaky-relu": ('LeakyRelu("-1/5")', BIASED, PLANE, {}),
    "abrelu": ('ABRelu("-1/2", 2)', BARE, SPACE, {"normalize": "unit"}),
    "abs": ("Abs()", BIASED, SPACE, {"kernel": "nngp"}),
    "erf": ("Erf()", BIASED, SPACE, {"normalize": "unit"}),
    "erf-scaled": ('Erf(a=2, b="1/2", c=3)', BARE, PLANE, {"kernel": "nngp"}),
    "sigmoid": ("Sigmoid_like()", BARE, SPACE, {"normalize": "unit"}),
    "gelu": ("Gelu()", BIASED, PLANE, {}),
    "gelu-unit": ("Gelu()", BARE, SPACE, {"kernel": "nngp", "normalize": "unit"}),
    "sine": ("Sin()", BIASED, PLANE, {}),
    "sine-phase": ('Sin(a=2, b="1/2", c="7/3")', BARE, SPACE, {"normalize": "unit"}),
    "cosine": ('Cos(b="3/2", c=-1)', BIASED, SPACE, {"kernel": "nngp"}),
    "rbf": ('Rbf(gamma="1/2")', BARE, PLANE, {"normalize": "unit"}),
    "gaussian": ('Gaussian(a=3, b="-1/4")', BIASED, SPACE, {}),
    "exponential": ('Exp(a=2, b="-1/2")', BARE, PLANE, {}),
    "gabor": ("Gabor()", BIASED, SPACE, {"normalize": "unit"}),
    "sign": ("Sign()", BIASED, PLANE, {}),
    "step": ("Step()", BARE, SPACE, {"normalize": "unit"}),
    "rectified-0": ("RectifiedMonomial(0)", BIASED, PLANE, {}),
    "rectified-1": ("RectifiedMonomial(1)", BARE, SPACE, {"kernel": "nngp"}),
    "rectified-3": ("RectifiedMonomial(3)", BIASED, SPACE, {"normalize": "unit"}),
    "monomial-3": ("Monomial(3)", BARE, PLANE, {}),
    "polynomial": ('Polynomial([1, "1/2", 0, "-1/3"])', BIASED, SPACE, {"normalize": "unit"}),
    "hermite-3": ("Hermite(3)", BIASED, PLANE, {}),
    "hermite-4": ("Hermite(4)", BARE, PLANE, {"kernel": "nngp", "normalize": "unit"}),
    "linear-slopes": ("ABRelu(2, 2)", BIASED, [[1, 2], [3, -1]], {}),
    "tanh": ("Tanh()", BIASED, PLANE, {"normalize": "unit"}),
    "logistic": ("Sigmoid()", BIASED, SPACE, {"normalize": "unit"}),
    "softplus": ("Softplus()", BARE, PLANE, {"kernel": "nngp", "normalize": "unit"}),
    "swish": ("Swish()", BIASED, PLANE, {"normalize": "unit"}),
    "mish": ("Mish()", BARE, SPACE, {"kernel": "nngp", "normalize": "unit"}),
    "tanh-far": ("Tanh()", BIASED, FAR, {}),
    "logistic-far": ("Sigmoid()", BIASED, FAR, {"kernel": "nngp"}),
    "swish-far": ("Swish()", BIASED, FAR, {}),
    "mish-far": ("Mish()", BIASED, FAR, {}),
    "softplus-far": ("Softplus()", BARE, [[0, 0], *FAR], {"kernel": "nngp"}),
    "elu": ("Elu()", BIASED, PLANE, {}),
    "gaussian-mixture": ('GaussianMixture([1, "-1/2"], [-2, "-1/3"])', BIASED, PLANE, {}),
    "sine-mixture": ('SineMixture([2, -1], ["1/2", 1], [0, "1/3"])', BARE, SPACE, {"normalize": "unit"}),
    "selu": ("Selu()", BARE, SPACE, {"kernel": "nngp", "normalize": "unit"}),
    "hard-tanh": ("HardTanh()", BIASED, SPACE, {}),
    "relu-6": ("Relu6()", BARE, PLANE, {}),
    "piecewise": (
        'PiecewiseLinear([-1, "1/2", 2], [1, "-1/3", 0, 2], offset="1/4")',
        BIASED,
        PLANE,
        {"kernel": "nngp"},
    ),
    "arctan": ("Arctan()", BIASED, SPACE, {"normalize": "unit"}),
    "softsign": ("Softsign()", BIASED, PLANE, {}),
    "softsign-unit": ("Softsign()", BARE, SPACE, {"kernel": "nngp", "normalize": "unit"}),
}


def _residual() -> Iterator[tuple[str, Document]]:
    for name, (activation, network, rows, options) in ACTIVATIONS.items():
        yield name, proved(network.format(activation), rows, **options)
    yield "deep", proved("serial(Dense(W_var=2), Relu(), Dense(W_var=2), Relu(), Dense(W_var=2), Erf())", SPACE)
    yield (
        "dense-after-dense",
        proved('serial(Dense(W_var=2), Dense(b_var="1/2"), Relu(), Dense(), Dense(W_var=3, b_var=1))', PLANE),
    )
    for name in ("Gelu", "Gaussian", "Gabor", "Rbf", "Softsign"):
        yield f"deep-{name.lower()}", proved(TWICE.format(f"{name}()"), PLANE)
    yield "no-activation", proved("serial(Dense(b_var=1), Identity(), Dense(W_var=2))", [[1, 2], [3, -1], [0, 1]])
    yield "one-point", proved(BARE.format("Erf()"), [[1, 2, 3]])
    cloud = [[i * i % 11, i * i * i % 13, i] for i in range(1, 13)]
    yield "twelve-points", proved(BIASED.format("Erf()"), cloud, normalize="unit")
    yield "twelve-points-softsign", proved(BIASED.format("Softsign()"), cloud, normalize="unit")
    yield "nearly-parallel-softsign", proved(BIASED.format("Softsign()"), [[1, 0], [1, "1e-12"], [0, 1]])
    yield "norms-1e150", proved(BARE.format("Relu()"), [[f"{x}e150" for x in row] for row in ((1, 2), (3, -1))])
    yield "norms-1e-150", proved(BARE.format("Gelu()"), [[f"{x}e-150" for x in row] for row in ((1, 2), (3, -1))])
    yield "norms-mixed", proved(BIASED.format("Relu()"), [["1e9", 0], [0, "1e-9"], [1, 1]])
    near = [[1, 0], [1, "1e-40"], [0, 1]]
    yield "nearly-parallel", proved(BARE.format("Relu()"), near)
    yield "nearly-parallel-unit", proved(BIASED.format("Erf()"), near, normalize="unit")
    yield "nearly-parallel-deep", proved(TWICE.format("Sign()"), near[:2], kernel="nngp")
    # Rows that are exactly related, until a bias or an activation ends the relation.
    yield "rays-under-bias", proved(BIASED.format("Relu()"), RAYS)
    yield "rays-until-bias-relu", proved(TWICE.format("Relu()"), [*RAYS[:2], *RAYS[4:]])
    yield "rays-until-bias-erf", proved(TWICE.format("Erf()"), RAYS)
    yield "rays-until-bias-sine", proved(TWICE.format("Sin()"), RAYS, normalize="none")
    yield "rays-until-bias-abs", proved(TWICE.format('ABRelu(-2, "1/2")'), [RAYS[0], RAYS[3], RAYS[4]])
    rays_deep = "serial(Dense(), Monomial(3), Dense(), {0}, Dense(), {0}, Dense(b_var=1), Erf(), Dense())"
    yield "rays-until-late-bias", proved(rays_deep.format("Relu()"), [RAYS[0], RAYS[1], RAYS[3]])
    yield "rays-until-late-bias-odd", proved(rays_deep.format("ABRelu(2, 2)"), [RAYS[0], RAYS[1], RAYS[3]])
    yield "rays-smooth", proved(BARE.format("Gelu()"), [RAYS[0], RAYS[1], RAYS[3], RAYS[4]])
    yield "rays-rectified", proved(TWICE.format("RectifiedMonomial(2)"), [RAYS[0], RAYS[2], RAYS[4]], normalize="unit")
    # A zero row: nothing is almost surely zero behind a bias or an activation that does not vanish there.
    yield "zero-row-biased", proved(BIASED.format("Relu()"), WITH_ZERO)
    for activation in ("Step()", "RectifiedMonomial(0)", "Cos()", "Exp()", "Hermite(2)", "Gaussian()"):
        name = activation.partition("(")[0].lower()
        yield f"zero-row-{name}", proved(BARE.format(activation), WITH_ZERO[:3])
    yield "zero-row-until-bias", proved(TWICE.format("Gabor()"), WITH_ZERO)
    unreduced = proved(BARE.format("Erf()"), PLANE)
    for edit in (
        change("claim/points/denominator", lambda text: words([6 * int(text, 16)])),
        change("claim/points/rows", lambda rows: [words([6 * x for x in numbers(row)]) for row in rows]),
    ):
        edit(unreduced)
    yield "unreduced-denominator", unreduced
    labelled = proved(BARE.format("Erf()"), PLANE[:2])
    labelled["labels"] = {
        "": "the empty key",
        'quo"te\\': 'tab\t newline\n quote" backslash\\ slash/ delete\x7f bell\x07 accent\xe9 astral\U0001f600',
        "data": {"markup": "<b>&amp;</b>", "nothing": None, "rows": -(10**40)},
        "lone surrogate": "\ud83d",
        "long": 10**4200,
    }
    yield "labels-of-all-sorts", labelled
    zero = stated(
        "serial(Dense(), Sign())",
        [[1, 0], [0, 1]],
        {
            "bits": 53,
            "factor": {"exponent": 0, "rows": ["0", "0 0"]},
            "kind": "residual",
            "shift": {"exponent": 0, "value": "0"},
            "vector": "0 1",
        },
    )
    yield "singular-by-residual", zero


def _rational() -> Iterator[tuple[str, Document]]:
    """Proofs about the rational Gram matrix, and dimension counts."""
    tiny = [[1, 0], [1, f"1/{10**12}"], [0, 1]]
    yield "modular", proved(SQUARES, tiny, "modular", max_bits=53)
    yield "modular-unit", proved(BARE.format("Monomial(3)"), [*tiny, [1, 1]], "modular", normalize="unit", max_bits=53)
    mixed = 'serial(Dense(W_var="1/2", b_var=2), Polynomial([1, "-1/2", 3]), Dense(), Hermite(2))'
    yield "modular-deep", proved(mixed, tiny, "modular", kernel="nngp", max_bits=53)
    yield "modular-hermite", proved(BIASED.format("Hermite(3)"), tiny, "modular", max_bits=53)
    conic = 'serial(Dense(b_var="1/3"), Polynomial([0, 1, "1/2"]), Dense(W_var=2))'
    yield "null-vector", proved(conic, CIRCLE, "null vector")
    yield "null-vector-nngp", proved(BIASED.format("Hermite(2)"), CIRCLE, "null vector", kernel="nngp")
    plain = [[0, 1], [1, 0], [1, 1], [1, 2]]
    yield (
        "null-vector-by-hand",
        stated(SQUARES, plain, {"entries": "-2 1 -2 1", "kind": "null vector", "rows": [0, 1, 2, 3]}),
    )
    yield (
        "null-vector-unit",
        stated(
            BARE.format("ABRelu(3, 3)"),
            plain,
            {"entries": "1 1 -1", "kind": "null vector", "rows": [0, 1, 2]},
            normalize="unit",
        ),
    )
    yield "rank", proved(SQUARES, [[1, 2], [1, 3], [3, -1], [4, 5]], "rank")
    yield (
        "rank-unit",
        proved(BARE.format("Polynomial([0, 1, 1, 1])"), [[1, k, 0] for k in range(8)], "rank", normalize="unit"),
    )
    sparse = [[1, 0, 0], [2, 0, 0], [0, 1, 0], [0, 3, 0], [0, 0, 1], [0, 0, 5], [0, 0, 0]]
    yield "rank-sparse", stated(BARE.format("Hermite(3)"), sparse, {"dimension": 6, "kind": "rank"})
    yield (
        "rank-linear",
        stated("serial(Dense(b_var=1), Dense())", [[k, k + 1] for k in range(4)], {"dimension": 3, "kind": "rank"}),
    )
    cubic = [[1, k, k * k % 7, k**3 % 11 + 1] for k in range(22)]
    yield "rank-cubic", stated(BARE.format("Monomial(3)"), cubic, {"dimension": 20, "kind": "rank"})
    yield "rank-constant", stated(BARE.format("Monomial(0)"), [[1], [2]], {"dimension": 1, "kind": "rank"})


def _theorem() -> Iterator[tuple[str, Document]]:
    rows: list[list[Any]] = [[1, 0, 2], [0, 1, -1], [2, 1, 0], [-1, 1, 1], [1, 2, -3]]
    theorem = {"kind": "theorem", "method": "theorem"}
    yield "theorem", proved(BIASED.format("Erf()"), rows, **theorem)
    yield "theorem-unbiased", proved(BARE.format("Relu()"), rows, kernel="nngp", **theorem)
    yield "theorem-softsign", proved(BIASED.format("Softsign()"), rows, **theorem)
    yield "theorem-unit", proved(BIASED.format("Sign()"), rows, normalize="unit", **theorem)
    yield "theorem-polynomial", proved(BARE.format("Polynomial([1, 0, 0, 0, 1])"), rows, **theorem)
    two = "serial(Dense(b_var=1), Sin(), Dense(), Monomial(3), Dense())"
    yield "theorem-two", proved(two, [*rows, [0, 0, 0], [2, 4, -6]], **theorem)
    yield (
        "theorem-later",
        proved(two.replace("Sin(), Dense(), Monomial(3)", "Monomial(3), Dense(), Gelu()"), rows, **theorem),
    )
    mine = 'serial(Dense(b_var=1), Elementwise("x*tanh(log(1+exp(x)))"), Dense(), Elementwise("1/(2+sin(x))"), Dense())'
    yield "theorem-own-function", proved(mine, rows, **theorem)
    yield "theorem-one-point", proved(BARE.format("Monomial(1)"), [[3, 4]], **theorem)


def _families() -> Iterator[tuple[str, Document]]:
    relu, erf = BARE.format("Relu()"), BARE.format("Erf()")
    yield "equal-points-of-one", family("equal points", erf, [[1], [1]], [0, 1])
    yield "equal-points", family("equal points", BIASED.format("Erf()"), [[1, 2], [0, 1], [1, 2]], [0, 2])
    yield (
        "equal-points-unit",
        family("equal points", BIASED.format("Erf()"), [[1, 2], [2, 4]], [0, 1], normalize="unit", kernel="nngp"),
    )
    yield "zero-row", family("zero row", erf, [[1, 2], [0, 0]], [1])
    yield "parallel-rows", family("parallel rows", relu, [[1, 2], [0, 1], [3, 6]], [0, 2])
    yield (
        "parallel-rows-step",
        family("parallel rows", BIASED.format("Step()").replace(', b_var="1/100"', ""), RAYS, [0, 1]),
    )
    yield "opposite-rows-odd", family("opposite rows", erf, [[1, 2], [-1, -2]], [0, 1])
    even = "serial(Dense(), Cos(), Dense(b_var=1))"
    yield "opposite-rows-even", family("opposite rows", even, [[1, 2], [-1, -2]], [1, 0])
    yield "opposite-rows-scaled", family("opposite rows", BARE.format("Abs()"), [[1, 2], [-3, -6]], [0, 1])
    yield "opposite-rows-sign", family("opposite rows", BARE.format("Sign()"), [[1, 2], [-3, -6]], [0, 1])
    yield (
        "opposite-rows-unit",
        family("opposite rows", BARE.format("Gabor()"), [[1, 2], [-3, -6]], [0, 1], normalize="unit"),
    )
    last = "serial(Dense(), Relu(), Dense(b_var=1))"
    yield "three-parallel-rows", family("three parallel rows", last, [[1, 2], [2, 4], [0, 1], [3, 6]], [0, 1, 3])
    two_rays = [[1, 2], [2, 4], [0, 1], [0, 5]]
    yield "two-parallel-pairs", family("two parallel pairs", last, two_rays, [0, 1, 2, 3])
    two_lines = [[1, 2], [-1, -2], [0, 1], [0, -1]]
    yield "two-opposite-pairs", family("two opposite pairs", last.replace("Relu", "Erf"), two_lines, [0, 1, 2, 3])
    shifted = BARE.format("Erf(c=1)")
    scaled = [[1, 2], [-2, -4], [0, 3], [0, -1]]
    yield "two-opposite-pairs-unit", family("two opposite pairs", shifted, scaled, [0, 1, 2, 3], normalize="unit")
    yield "two-opposite-pairs-step", family("two opposite pairs", BARE.format("Step()"), two_lines, [0, 1, 3, 2])
    cubic = "serial(Dense(), Sin(), Dense(), Polynomial([1, -1, 0, 2]), Dense(), Dense(b_var=1))"
    yield "two-opposite-pairs-deep", family("two opposite pairs", cubic, two_lines, [0, 1, 2, 3], kernel="nngp")
    yield "zero-row-of-a-step", family("zero row", "serial(Dense(), Step())", [[1, 2], [0, 0]], [1])
    yield "zero-kernel", family("zero kernel", "serial(Dense(b_var=1), Sign())", [[1, 2], [3, 4]], [0])
    nothing = "serial(Dense(b_var=1), Erf(), Dense(), Polynomial([0]), Dense())"
    yield "zero-kernel-nngp", family("zero kernel", nothing, [[1, 2], [3, 4]], [1], kernel="nngp")
    for name, activation in (("power", "Monomial(0)"), ("sine", "Sin(b=0, c=1)"), ("erf", "Erf(a=0, c=2)")):
        constant = f"serial(Dense(), {activation}, Dense(b_var=1), Relu(), Dense())"
        yield f"constant-{name}", family("constant function", constant, [[1, 2], [3, 4]], [0, 1])
    pairs = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]
    yield "antipodal-pairs", family("antipodal pairs", last, pairs, [0, 1, 2, 3, 4, 5], coefficients="1 1 -1")
    for name in ("Gelu", "Softplus", "Swish"):
        smooth = f"serial(Dense(), {name}(), Dense(b_var=1))"
        hexagon = family("antipodal pairs", smooth, pairs, [0, 1, 2, 3, 4, 5], coefficients="1 1 -1")
        yield f"antipodal-pairs-{name.lower()}", hexagon
    independent = [[*row, 0] for row in pairs] + [[0, 0, 1], [0, 0, -1]]
    yield (
        "antipodal-pairs-with-a-zero",
        family("antipodal pairs", last, independent, list(range(8)), coefficients="1 1 -1 0"),
    )
    scaled = [[1, 0], [-2, 0], [0, 1], [0, -3], [-1, -1], [1, 1]]
    yield (
        "antipodal-pairs-scaled",
        family("antipodal pairs", BARE.format("LeakyRelu(5)"), scaled, [0, 1, 2, 3, 5, 4], coefficients="2 2 -2"),
    )
    yield (
        "antipodal-pairs-unit",
        family("antipodal pairs", last, scaled, [0, 1, 2, 3, 4, 5], coefficients="1 1 1", normalize="unit"),
    )


def _given() -> Iterator[tuple[str, Document]]:
    matrix = [[2.0, -1.0, 0.25], [-1.0, 3.0, 0.5], [0.25, 0.5, 1.0]]
    yield "gram", given(matrix, 2.0**-20)
    yield "gram-radii", given(matrix, [[2.0**-20, 2.0**-18, 0.0], [2.0**-18, 0.0, 2.0**-22], [0.0, 2.0**-22, 0.125]])
    yield "gram-negative", given([[1.0, 2.0], [2.0, 1.0]], 2.0**-10)
    # 64 I = 32 I + L L' + E with L = 2 (3 0; 0 3) and E = -4 I, every exponent positive and the factor's the smallest.
    coarse = given([[64.0, 0.0], [0.0, 64.0]])
    coarse["claim"]["gram"].update(exponent=4, midpoints=["4", "0 4"])
    coarse["claim"]["lambda_min"] = {"lower": "28e0", "upper": "64e0"}
    coarse["proof"].update(
        factor={"exponent": 1, "rows": ["3", "0 3"]}, shift={"exponent": 5, "value": "1"}, vector="1 0"
    )
    coarse["proof"]["bits"] = 1
    yield "gram-of-large-exponents", coarse
    singular = given([[1.0, 0.5], [0.5, 1.0]])
    singular["claim"]["gram"]["midpoints"] = ["4", "6 9"]
    singular["claim"]["lambda_min"] = {"lower": "0", "upper": "0"}
    singular["claim"]["verdict"] = "singular"
    singular["claim"]["gram"]["exponent"] = 4
    singular["proof"].update(
        factor={"exponent": 2, "rows": ["2", "3 0"]}, shift={"exponent": 0, "value": "0"}, vector="3 -2"
    )
    yield "gram-singular", singular


def _finite() -> Iterator[tuple[str, Document]]:
    yield "finite", finite("Tanh()", 0, PLANE)
    yield "finite-sigmoid", finite("Sigmoid()", 1, PLANE)
    yield "finite-relu", finite("Relu()", 0, [[1, 2], [3, -1], [-2, "1/3"]])
    yield "finite-leaky", finite('LeakyRelu("1/7")', 1, PLANE)
    many = [[i, i * i % 7] for i in range(1, 15)]
    yield "finite-few", finite("Tanh()", 0, many)
    above: list[list[Any]] = [[i, i + 1 + i * i % 3] for i in range(10)]
    yield "finite-dead-unit", finite("Relu()", 0, above)
    yield "finite-alike", finite("Relu()", 0, above[:4])
    yield "finite-alike-leaky", finite('LeakyRelu("1/7")', 0, above[2:6])
    yield "finite-alike-deep", finite('LeakyRelu("1/7")', 1, above[2:6])
    yield "finite-zero-column", finite("Tanh()", 0, [[i, 0] for i in range(1, 12)])
    yield "memorised", finite("Tanh()", 0, PLANE, ["1/2", "-1/3", 1, 0])
    yield "memorised-deep", finite("Sigmoid()", 1, PLANE, ["1/2", "-1/3", 1, 0])
    yield "memorised-relu", finite("Relu()", 0, [[1, 2], [3, -1], [-2, "1/3"]], ["1/2", 1, "-1/3"])


def problems() -> dict[str, Document]:
    """Every honest document by name."""
    parts = (_residual, _rational, _theorem, _families, _given, shaped, _finite, streaming, whitened)
    return {name: document for part in parts for name, document in part()}


def problems_with_sidecar() -> dict[str, tuple[Document, bytes]]:
    """Honest documents whose points lie in a file beside them, and that file."""
    erf = BARE.format("Erf()")
    return {
        name: with_sidecar(proved(erf, rows, normalize="unit"), f"{name}.points.json")
        for name, rows in (("one-point-beside", PLANE[:1]), ("points-beside", PLANE))
    }
