"""Duals without a closed form: spot values, a second derivation, two number systems, extreme variances, slips."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import gaussian_means as means
import mpmath
import pytest
from activation_definitions import definition
from flint import acb, arb, ctx
from mpmath import mpf

from certify import stax
from certify.activations import SERIES, Pair, Relation
from certify.activations.analytic import rule as rules
from certify.activations.analytic.strip import StripActivation
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import MpmathArithmetic
from certify.errors import BeyondReach

Bounds = tuple[Fraction, Fraction]
NAMES = sorted(SERIES)
CASES = [
    (Fraction(1, 2), Fraction(3, 4), Fraction(-3, 5)),
    (Fraction(2, 3), Fraction(2, 3), Fraction(1, 2)),
    (Fraction(1, 10), Fraction(3, 4), Fraction(1)),
    (Fraction(1, 2), Fraction(2, 3), Fraction(-1)),
    (Fraction(1, 2), Fraction(1, 2), Fraction(1)),
    (Fraction(1, 2), Fraction(1, 2), Fraction(-1)),
]
# MATH.md, at q1 = 3/5, q2 = 7/5, r = 1/3.
SPOTS = {
    "Tanh": ("0.1272085660579918059027999", "0.3873297987695087148691442"),
    "Sigmoid": ("0.2643837969027226198937561", "0.04330286333336877581537785"),
}


@pytest.fixture(autouse=True)
def _digits() -> Iterator[None]:
    with mpmath.workdps(means.DIGITS):
        yield


def evaluate(
    number: Any,
    activation: Any,
    q1: Fraction,
    q2: Fraction,
    r: Fraction,
    relation: Relation = Relation.GENERIC,
    *zeros: bool,
) -> list[Bounds]:
    with number.active():
        pair = Pair(number, number.exact(q1), number.exact(q2), number.exact(r), relation, *zeros)
        return [ends(number, value) for value in activation.duals(number)(pair)]


def ends(number: Any, value: Any) -> Bounds:
    low, high, exponent = number.endpoints(value)
    return low * Fraction(2) ** exponent, high * Fraction(2) ** exponent


@pytest.mark.parametrize("name", sorted(SPOTS))
def test_spot_values_lie_in_enclosures_at_128_bits(name: str) -> None:
    found = evaluate(ArbArithmetic(128), SERIES[name](), Fraction(3, 5), Fraction(7, 5), Fraction(1, 3))
    for (low, high), printed in zip(found, SPOTS[name], strict=True):
        ulp = Fraction(1, 10 ** len(printed.split(".")[1]))
        assert abs((low + high) / 2 - Fraction(printed)) <= ulp
        assert high - low < Fraction(1, 2**120)


@pytest.mark.parametrize("name", NAMES)
def test_duals_are_the_gaussian_means_that_they_claim_to_be(name: str) -> None:
    activation, number = SERIES[name](), ArbArithmetic(100)
    functions = definition(activation)
    for a, b, rho in CASES:
        for k, bounds in enumerate(evaluate(number, activation, a * a, b * b, a * b * rho)):
            if abs(rho) == 1:
                value, error = means.line(functions[k], functions[k], a * a, b * b, int(rho))
            else:
                value, error = means.mehler(functions[k], a * a, b * b, rho)
            assert error < 1e-10
            assert bounds[0] <= means.exact(value + error)
            assert means.exact(value - error) <= bounds[1]
            assert bounds[1] - bounds[0] < Fraction(1, 2**88)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_known_of_a_pair_gives_the_same_as_what_is_computed(name: str) -> None:
    activation, number = SERIES[name](), ArbArithmetic(80)
    for relation, a, b, sign in (
        (Relation.EQUAL, Fraction(1, 2), Fraction(1, 2), 1),
        (Relation.OPPOSITE, Fraction(1, 2), Fraction(1, 2), -1),
        (Relation.PARALLEL, Fraction(1, 2), Fraction(1, 3), 1),
        (Relation.ANTIPARALLEL, Fraction(1, 2), Fraction(1, 3), -1),
    ):
        pair = a * a, b * b, sign * a * b
        known, computed = (evaluate(number, activation, *pair, kind) for kind in (relation, Relation.GENERIC))
        for one, other in zip(known, computed, strict=True):
            assert max(one[0], other[0]) <= min(one[1], other[1])


@pytest.mark.parametrize("name", NAMES)
def test_intervals_of_mpmath_overlap_with_balls(name: str) -> None:
    activation = SERIES[name]()
    pair = Fraction(1, 9), Fraction(1, 16), Fraction(1, 20)
    for one, other in zip(
        *(evaluate(system(34), activation, *pair) for system in (ArbArithmetic, MpmathArithmetic)), strict=True
    ):
        assert max(one[0], other[0]) <= min(one[1], other[1])
        assert max(one[1] - one[0], other[1] - other[0]) < Fraction(1, 2**28)


@pytest.mark.parametrize("name", NAMES)
def test_enclosures_at_two_precisions_overlap(name: str) -> None:
    random_number = random.Random(name)
    for _ in range(4):
        a, b = (Fraction(random_number.randint(1, 9), 10) for _ in range(2))
        pair = a * a, b * b, a * b * Fraction(random_number.randint(-1000, 1000), 1000)
        coarse, fine = (evaluate(ArbArithmetic(bits), SERIES[name](), *pair) for bits in (30, 90))
        for (low, high), (lower, upper) in zip(coarse, fine, strict=True):
            assert low <= upper
            assert lower <= high
            assert upper - lower < high - low


@pytest.mark.parametrize("name", NAMES)
def test_tiny_variances_keep_their_relative_accuracy(name: str) -> None:
    activation, number = SERIES[name](), ArbArithmetic(60)
    q = Fraction(1, 10**300)
    _, slope = evaluate(number, activation, q, q, q / 3)
    with number.active():
        at_zero, slope_at_zero = (ends(number, value) for value in activation.at_zero(number))
    assert slope[0] <= slope_at_zero[1] ** 2 + Fraction(1, 10**100)
    assert slope_at_zero[0] ** 2 - Fraction(1, 10**100) <= slope[1]
    value = evaluate(number, activation, q, q, q / 3)[0]
    if at_zero == (0, 0):
        assert value[1] - value[0] < q / 2**50
        assert value[0] <= slope[1] * q / 3 * (1 + Fraction(1, 10**50))
        assert slope[0] * q / 3 * (1 - Fraction(1, 10**50)) <= value[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_variance_of_zero_makes_one_factor_constant(name: str) -> None:
    activation, number = SERIES[name](), ArbArithmetic(80)
    function, derivative = definition(activation)
    b = Fraction(2, 3)
    found = evaluate(number, activation, Fraction(0), b * b, Fraction(0), Relation.GENERIC, True, False)
    for (low, high), s in zip(found, (function, derivative), strict=True):
        value, error = means.line(lambda x, s=s: s(mpf(0)), s, Fraction(0), b * b)
        assert low <= means.exact(value + error)
        assert means.exact(value - error) <= high


@pytest.mark.parametrize("name", NAMES)
def test_the_bound_on_the_slope_holds_in_the_strip(name: str) -> None:
    """On rectangles that cover |Re z| <= 24, |Im z| <= strip, with s' by complex balls; beyond, s' is near 0 or 1."""
    kind = SERIES[name]
    assert issubclass(kind, StripActivation)
    slopes = {
        "Tanh": lambda z: z.sech() ** 2,
        "Sigmoid": lambda z: (z / 2).sech() ** 2 / 4,
        "Softplus": lambda z: 1 / (1 + (-z).exp()),
        "Swish": lambda z: 1 / (1 + (-z).exp()) + z * (z / 2).sech() ** 2 / 4,
        "Mish": lambda z: mish_slope(z),
        "Arctan": lambda z: 1 / (1 + z * z),
    }

    def below(low: Fraction, high: Fraction, floor: Fraction, roof: Fraction, depth: int) -> bool:
        z = acb(ball(low, high), ball(floor, roof))
        bound = abs(slopes[name](z))
        if bound <= kind.slope_bound:
            return True
        if not depth:
            return False
        middle, half = (low + high) / 2, (floor + roof) / 2
        return all(
            below(*xs, *ys, depth - 1) for xs in ((low, middle), (middle, high)) for ys in ((floor, half), (half, roof))
        )

    previous, ctx.prec = ctx.prec, 64
    try:
        for x in range(-24, 24, 2):
            assert below(Fraction(x), Fraction(x + 2), Fraction(0), kind.strip, 16)
    finally:
        ctx.prec = previous


def ball(low: Fraction, high: Fraction) -> Any:
    return (arb(low.numerator) / low.denominator).union(arb(high.numerator) / high.denominator)


def mish_slope(z: Any) -> Any:
    e = z.exp()
    w = 1 + e
    square = w * w + 1
    return 1 - 2 / square + z * 4 * w * e / (square * square)


@pytest.mark.parametrize(
    ("field", "change"), [("step", Fraction(7, 4)), ("terms", Fraction(1, 8)), ("last", Fraction(1, 3))]
)
def test_a_rule_that_is_too_coarse_gives_wide_enclosures_and_no_wrong_ones(
    field: str, change: Fraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from certify.activations.analytic import dual

    pair = Fraction(1), Fraction(1), Fraction(9, 10)
    right = evaluate(ArbArithmetic(60), stax.Tanh(), *pair)

    def coarse(*arguments: Any, **options: Any) -> rules.Rule:
        made = rules.rule_for(*arguments, **options)
        value = getattr(made, field) * change
        return replace(made, **{field: value if field == "step" else int(value)})

    monkeypatch.setattr(dual, "rule_for", coarse)
    for (low, high), (lower, upper) in zip(evaluate(ArbArithmetic(60), stax.Tanh(), *pair), right, strict=True):
        assert low <= upper
        assert lower <= high
        assert high - low > 2 * (upper - lower)


def test_a_planted_slip_in_the_values_is_seen_by_the_second_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = stax.Tanh.values
    monkeypatch.setattr(
        stax.Tanh, "values", lambda self, number, x: honest(self, number, x * number.exact(1 + Fraction(1, 10**9)))
    )
    value, error = means.mehler(mpmath.tanh, Fraction(1, 4), Fraction(1, 4), Fraction(1, 2))
    low, high = evaluate(ArbArithmetic(80), stax.Tanh(), Fraction(1, 4), Fraction(1, 4), Fraction(1, 8))[0]
    assert not (low <= means.exact(value + error) and means.exact(value - error) <= high)


def test_a_variance_beyond_reach_is_refused_in_one_sentence() -> None:
    with pytest.raises(BeyondReach, match=r"Arctan\(\) needs .* Hermite coefficients"):
        evaluate(ArbArithmetic(128), stax.Arctan(), Fraction(10**6), Fraction(10**6), Fraction(1))


def test_silu_is_another_name_of_swish() -> None:
    assert stax.parse("serial(Dense(), Silu())") == stax.serial(stax.Dense(), stax.Swish())
    assert stax.Silu is stax.Swish
