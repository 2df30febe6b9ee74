"""Every degenerate family is found under its exact hypotheses, and with one of them dropped the matrix is regular."""

from __future__ import annotations

from typing import Any

import pytest
from spectra import CLEAR, SINGULAR, assert_proof_is_true, decide, smallest

from certify import stax

both_kernels = pytest.mark.parametrize("kernel", ["ntk", "nngp"])

PAIR = [[1, 2], [2, 4]]
APART = [[1, 2], [2, 3]]
OPPOSITE = [[1, 2], [-1, -2]]
SCALED = [[1, 2], [-3, -6]]
HEXAGON = [[1, -1, 0], [1, 0, -1], [0, 1, -1], [-1, 1, 0], [-1, 0, 1], [0, -1, 1]]
SCALED_HEXAGON = [[1, -1, 0], [1, 0, -1], [0, 1, -1], [-2, 2, 0], [-3, 0, 3], [0, -1, 1]]
TWO_OPPOSITE = [[1, 2], [-1, -2], [3, 1], [-3, -1]]

# Network, points, normalisation, name of the family.
FOUND: list[tuple[str, Any, str, str]] = [
    ("Dense(b_var=1), Gelu(), Dense(b_var=1)", [[1, 2], [3, 1], [1, 2]], "none", "equal points"),
    ("Dense(b_var=1), Gelu(), Dense(b_var=1)", PAIR, "unit", "equal points"),
    ("Dense(), Gelu(), Dense()", [[1, 2], [0, 0]], "none", "zero row"),
    ("Dense(), Relu(), Dense(), Sin(), Dense(), Hermite(3)", [[1, 2], [0, 0]], "none", "zero row"),
    ("Dense(), Relu(), Dense()", PAIR, "none", "parallel rows"),
    ("Dense(), LeakyRelu(2), Dense(), RectifiedMonomial(3), Dense(), Abs()", PAIR, "none", "parallel rows"),
    ("Dense(), Dense(), ABRelu(2, -1), Identity(), Dense()", PAIR, "none", "parallel rows"),
    ("Dense(), Sign(), Dense(b_var=1), Gelu(), Dense(b_var=2)", PAIR, "none", "parallel rows"),
    ("Dense(), Relu(), Dense(), Step(), Dense(b_var=1), Erf()", PAIR, "none", "parallel rows"),
    ("Dense(), RectifiedMonomial(0), Dense(b_var=1)", PAIR, "none", "parallel rows"),
    ("Dense(), Relu(), Dense(b_var=1)", [[1, 2], [2, 4], [5, 10]], "none", "three parallel rows"),
    ("Dense(), RectifiedMonomial(2), Dense(), Relu(), Dense(b_var=1)", [[1], [2], [3]], "none", "three parallel rows"),
    ("Dense(), Relu(), Dense(b_var=1)", [[1, 2], [2, 4], [1, 1], [3, 3]], "none", "two parallel pairs"),
    ("Dense(), Abs(), Dense(b_var=1), Gelu(), Dense(b_var=1)", OPPOSITE, "none", "opposite rows"),
    ("Dense(), Cos(), Dense(b_var=1), Gelu(), Dense(b_var=1)", OPPOSITE, "none", "opposite rows"),
    ("Dense(), Gaussian(), Dense(b_var=1), Relu()", SCALED, "unit", "opposite rows"),
    ("Dense(), Dense(), ABRelu(-2, 2), Dense(b_var=1)", SCALED, "unit", "opposite rows"),
    ("Dense(), Erf(), Dense(), Sin(2, 3), Dense()", OPPOSITE, "none", "opposite rows"),
    ("Dense(), Gabor(), Dense(), Sign(), Dense()", SCALED, "unit", "opposite rows"),
    ("Dense(), Erf(), Dense(), Gaussian(), Dense(b_var=1), Exp()", OPPOSITE, "none", "opposite rows"),
    ("Dense(), Abs(), Dense(), Relu(), Dense()", SCALED, "none", "opposite rows"),
    ("Dense(), Sign(), Dense(), Cos(), Dense(b_var=1)", SCALED, "none", "opposite rows"),
    ("Dense(), Abs(), Dense(), Step(), Dense(b_var=1)", SCALED, "none", "opposite rows"),
    ("Dense(), Relu(), Dense()", HEXAGON, "none", "antipodal pairs"),
    ("Dense(), Relu()", HEXAGON, "unit", "antipodal pairs"),
    ("Dense(), ABRelu(2, -5), Identity(), Dense(b_var=1)", HEXAGON, "none", "antipodal pairs"),
    ('Dense(), LeakyRelu("1/5"), Dense(b_var=1)', SCALED_HEXAGON, "unit", "antipodal pairs"),
    ("Dense(), Gelu(), Dense(b_var=1)", HEXAGON, "none", "antipodal pairs"),
    ("Dense(), Softplus()", SCALED_HEXAGON, "unit", "antipodal pairs"),
    ("Dense(), Swish(), Dense()", HEXAGON, "none", "antipodal pairs"),
    ('Dense(), LeakyRelu("1/5"), Dense()', SCALED_HEXAGON, "none", "antipodal pairs"),
    (
        "Dense(), Relu(), Dense(b_var=1)",
        [[1, 0], [0, 1], [1, 1], [-1, 0], [0, -1], [-1, -1]],
        "none",
        "antipodal pairs",
    ),
    ("Dense(), Erf(), Dense(b_var=1)", TWO_OPPOSITE, "none", "two opposite pairs"),
    ("Dense(), Sigmoid_like(), Dense(b_var=1)", TWO_OPPOSITE, "unit", "two opposite pairs"),
    ("Dense(), Sin(), Dense(), Erf(1, 2, 3), Dense(), Dense(b_var=1)", TWO_OPPOSITE, "none", "two opposite pairs"),
    ("Dense(), Step(), Dense(b_var=1)", TWO_OPPOSITE, "none", "two opposite pairs"),
    ("Dense(), RectifiedMonomial(0), Dense()", TWO_OPPOSITE, "none", "two opposite pairs"),
    ("Dense(), Erf(0, 1, 2), Dense(b_var=1), Relu(), Dense()", APART, "none", "constant function"),
    ("Dense(b_var=1), ABRelu(0, 0), Dense()", APART, "none", "zero kernel"),
]

# One hypothesis dropped from each.
REFUSED: list[tuple[str, Any, str, str]] = [
    ("Dense(b_var=1), Gelu(), Dense(b_var=1)", [[1, 2], [3, 1], [1, "2.001"]], "none", "points nearly equal"),
    ("Dense(b_var=1), Gelu(), Dense(b_var=1)", PAIR, "none", "parallel, not normalised"),
    ("Dense(), Gelu(), Dense(b_var=1)", [[1, 2], [0, 0]], "none", "zero row with an output bias"),
    ("Dense(), Cos(), Dense()", [[1, 2], [0, 0]], "none", "zero row, s(0) = 1"),
    ("Dense(), Step(), Dense()", [[1, 2], [0, 0]], "none", "zero row, Step(0) = 1/2"),
    ("Dense(), Relu(), Dense(b_var=1)", PAIR, "none", "parallel with an output bias"),
    ("Dense(b_var=1), Relu(), Dense()", PAIR, "none", "parallel with a first bias"),
    ("Dense(), Relu(), Dense(b_var=1), Relu(), Dense()", PAIR, "none", "parallel with a hidden bias"),
    ("Dense(), Relu(), Dense(), Gelu(), Dense()", PAIR, "none", "parallel, Gelu is not homogeneous"),
    ("Dense(b_var=1), Sign(), Dense()", PAIR, "none", "sign with a first bias"),
    ("Dense(), Relu(), Dense(b_var=1), Step(), Dense()", PAIR, "none", "a bias before the step"),
    ("Dense(), Relu(), Dense(b_var=1), Relu(), Dense()", [[1, 2], [2, 4], [5, 10]], "none", "three, hidden bias"),
    ("Dense(b_var=1), Relu(), Dense(b_var=1)", [[1, 2], [2, 4], [5, 10]], "none", "three, first bias"),
    ("Dense(b_var=1), Abs(), Dense()", OPPOSITE, "none", "even with a first bias"),
    ("Dense(), Erf(), Dense(b_var=1)", OPPOSITE, "none", "odd with an output bias"),
    ("Dense(), Erf(), Dense(b_var=1), Erf(), Dense()", OPPOSITE, "none", "odd with a hidden bias"),
    ("Dense(), Erf(c=1), Dense()", OPPOSITE, "none", "odd up to a constant"),
    ("Dense(), Cos(c=1), Dense()", OPPOSITE, "none", "a cosine with a phase"),
    ("Dense(), Relu(), Dense()", OPPOSITE, "none", "neither even nor odd"),
    ("Dense(), Erf(), Dense()", SCALED, "none", "opposite but not normalised, not homogeneous"),
    ("Dense(), Abs(), Dense(b_var=1)", SCALED, "none", "scaled opposites with a bias"),
    ("Dense(), Relu(), Dense(), Relu(), Dense()", HEXAGON, "none", "two hidden layers"),
    ('Dense(b_var="1/100"), Relu(), Dense()', HEXAGON, "none", "antipodal with a first bias"),
    ("Dense(), Exp(), Dense()", HEXAGON, "none", "antipodal, the odd part is not linear"),
    ("Dense(), Relu(), Dense(b_var=1)", SCALED_HEXAGON, "none", "scaled opposites with an output bias"),
    ("Dense(), Gelu(), Dense()", SCALED_HEXAGON, "none", "scaled opposites, not homogeneous"),
    ("Dense(), Mish(), Dense()", HEXAGON, "none", "antipodal, the odd part is not linear"),
    ("Dense(), Relu(), Dense()", [[1, 2], [-1, -2], [2, 1], [-2, -1]], "none", "independent representatives"),
    ("Dense(), Erf(), Dense(b_var=1)", [*OPPOSITE, [3, 1]], "none", "one opposite pair"),
    ("Dense(b_var=1), Erf(), Dense(b_var=1)", TWO_OPPOSITE, "none", "two opposite pairs, first bias"),
    ("Dense(), Erf(c=1), Dense(), Erf(), Dense()", TWO_OPPOSITE, "none", "a constant in a hidden layer"),
    ("Dense(), Gelu(), Dense(b_var=1)", TWO_OPPOSITE, "none", "two opposite pairs, Gelu"),
    (
        "Dense(), Relu(), Dense(b_var=1), Relu(), Dense()",
        [[1, 2], [2, 4], [1, 1], [3, 3]],
        "none",
        "pairs, hidden bias",
    ),
    ("Dense(b_var=1), Monomial(1), Dense()", [[1, 0], [1, 1], [1, 2]], "unit", "only the raw rows lie on a line"),
    ("Dense(), Polynomial([1, 1]), Dense()", [[1, 0], [1, 1], [1, 2]], "unit", "only the raw rows lie on a line"),
]


@both_kernels
@pytest.mark.parametrize(("text", "rows", "normalize", "family"), FOUND, ids=lambda v: v if isinstance(v, str) else "")
def test_a_degenerate_family_is_found(text: str, rows: Any, normalize: str, family: str, kernel: str) -> None:
    net = stax.parse(f"serial({text})")
    proof = decide(net, rows, kernel, normalize)
    assert isinstance(proof, SINGULAR)
    # A network that ends in a jump has no NTK at all, and says so first.
    assert getattr(proof, "family", None) in (family, "zero kernel")
    assert_proof_is_true(net, rows, kernel, normalize, proof)


@both_kernels
@pytest.mark.parametrize(("text", "rows", "normalize", "why"), REFUSED, ids=lambda v: v if isinstance(v, str) else "")
def test_without_one_hypothesis_nothing_is_claimed(text: str, rows: Any, normalize: str, why: str, kernel: str) -> None:
    net = stax.parse(f"serial({text})")
    assert decide(net, rows, kernel, normalize) is None, why
    assert smallest(net, rows, kernel, normalize) > CLEAR


@both_kernels
def test_the_tables_hold_under_permutation_and_more_points(kernel: str) -> None:
    for text, rows, normalize, _ in FOUND:
        net = stax.parse(f"serial({text})")
        columns = len(rows[0])
        more = [[7, *([1] * (columns - 1))], *rows[::-1]]
        proof = decide(net, more, kernel, normalize)
        assert isinstance(proof, SINGULAR)
        assert_proof_is_true(net, more, kernel, normalize, proof)


def test_the_null_vector_of_the_hexagon() -> None:
    proof = decide(stax.serial(stax.Dense(W_var=3), stax.Relu(), stax.Dense(W_var=2)), HEXAGON, "ntk", "unit")
    assert proof.family == "antipodal pairs"
    pairs = [proof.rows[k : k + 2] for k in range(0, len(proof.rows), 2)]
    signs = {i: value for (i, _), value in zip(pairs, proof.coefficients, strict=True)}
    assert [signs[0], signs[1], signs[2]] in ([1, -1, 1], [-1, 1, -1])
    assert all(j == i + 3 for i, j in pairs)
