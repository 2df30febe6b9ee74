"""The checker's dual of softsign, from a mixture of error functions, against the prover's integral over an angle, and
each step of its proof against numbers at many digits."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from mpmath import mpf

from certify.activations import Pair, Relation
from certify.activations.softsign import SoftsignDual as ByAngle
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.checker import softsign_duals
from certify.checker.answers import Unsupported
from certify.checker.budget import Budget
from certify.checker.dual_base import Covariance
from certify.checker.interval import ZERO, Interval, TooWide, from_fraction
from certify.checker.softsign_duals import Engine, SoftsignDual, direct_seconds, panel_nodes
from certify.checker.softsign_grid import build_grid
from certify.checker.softsign_means import LOST, NEAR, Means, terms_for

BITS = 90
FREE = Budget(None).charge
Ends = tuple[Fraction, Fraction]

VARIANCES = [
    (Fraction(2), Fraction(2)),
    (Fraction(1, 10**6), Fraction(1, 10**6)),
    (Fraction(10**6), Fraction(10**6)),
    (Fraction(1, 10**6), Fraction(10**6)),
    (Fraction(25, 49), Fraction(16)),
    (Fraction(1, 10**150), Fraction(4)),
    (Fraction(10**12), Fraction(1, 9)),
]
CORRELATIONS = [
    Fraction(3, 5),
    Fraction(-99, 100),
    Fraction(0),
    1 - Fraction(1, 10**12),
    -1 + Fraction(1, 10**12),
    1 - Fraction(1, 2**53),
    Fraction(1, 10**20),
]


def ends(x: Any) -> Ends:
    return x[0] * Fraction(2) ** x[2], x[1] * Fraction(2) ** x[2]


def overlap(a: Ends, b: Ends) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def rational(value: Any) -> Fraction:
    sign, mantissa, exponent, _ = value._mpf_
    return (-1) ** sign * int(mantissa) * Fraction(2) ** int(exponent)


def covariance(q1: Fraction, q2: Fraction, r: Fraction, orientation: int = 0) -> Covariance:
    return Covariance(from_fraction(r, BITS), from_fraction(q1 * q2 - r * r, BITS), ZERO, ZERO, orientation)


def checked(q1: Fraction, q2: Fraction, r: Fraction, orientation: int = 0) -> list[Ends]:
    dual = SoftsignDual(BITS, FREE)
    points = [dual.point(from_fraction(q, BITS)) for q in (q1, q2)]
    return [ends(x) for x in dual.pair(*points, covariance(q1, q2, r, orientation))]


def by_angle(q1: Fraction, q2: Fraction, r: Fraction, relation: Relation = Relation.GENERIC) -> list[Ends]:
    number = ArbArithmetic(BITS)
    with number.active():
        gap = number.exact(q1 * q2 - r * r)
        pair = Pair(number, number.exact(q1), number.exact(q2), number.exact(r), relation, discriminant=gap)
        return [ends(number.endpoints(value)) for value in ByAngle(number).evaluate(pair)]


def length(q1: Fraction, q2: Fraction) -> Fraction:
    """sqrt(q1 q2), too low by a relative 10^-60."""
    with mpmath.workdps(60):
        return rational(mpmath.sqrt(mpf(q1.numerator) / q1.denominator * q2.numerator / q2.denominator)) * (
            1 - Fraction(1, 10**55)
        )


def hard_pairs(default: bool) -> list[tuple[Fraction, Fraction, Fraction]]:
    """One pair of variances with some of the correlations; by default a third of all."""
    return [
        (*variances, rho)
        for i, variances in enumerate(VARIANCES[:5])
        for j, rho in enumerate(CORRELATIONS)
        if ((i + j) % 3 == 0) == default
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("q1", "q2", "rho"), hard_pairs(False))
def test_the_mixture_and_the_angle_agree_everywhere(q1: Fraction, q2: Fraction, rho: Fraction) -> None:
    test_the_mixture_and_the_angle_agree(q1, q2, rho)


@pytest.mark.parametrize(("q1", "q2", "rho"), hard_pairs(True))
def test_the_mixture_and_the_angle_agree(q1: Fraction, q2: Fraction, rho: Fraction) -> None:
    r = length(q1, q2) * rho
    found, other = checked(q1, q2, r), by_angle(q1, q2, r)
    assert all(overlap(a, b) for a, b in zip(found, other, strict=True))
    assert found[1][1] - found[1][0] < Fraction(1, 2**40)


@pytest.mark.parametrize(("q1", "q2"), VARIANCES)
def test_both_orders_of_a_pair_agree(q1: Fraction, q2: Fraction) -> None:
    for rho in CORRELATIONS:
        r = length(q1, q2) * rho
        assert all(overlap(a, b) for a, b in zip(checked(q1, q2, r), checked(q2, q1, r), strict=True))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("q", [Fraction(1, 10**9), Fraction(51, 100), Fraction(10**8)])
def test_one_variable_is_its_own_mean(q: Fraction, sign: int) -> None:
    with mpmath.workdps(40):
        c = mpmath.sqrt(mpf(q.numerator) / q.denominator)
        cuts = [0, *(k / c for k in (mpf(1) / 8, 1, 8) if k / c < 12), 1, 4, 14]
        cuts = sorted(set(cuts))
        density = mpmath.sqrt(2 / mpmath.pi)
        value = density * mpmath.quad(lambda x: (c * x / (1 + c * x)) ** 2 * mpmath.exp(-x * x / 2), cuts)
        slope = density * mpmath.quad(lambda x: (1 + c * x) ** -4 * mpmath.exp(-x * x / 2), cuts)
    found = checked(q, q, sign * q, sign)
    for (low, high), true in zip(found, (sign * rational(value), rational(slope)), strict=True):
        slack = abs(true) / 10**25
        assert low - slack <= true <= high + slack
        assert high - low < abs(true) / 2**50


def test_a_slip_in_the_mixture_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    q, r = Fraction(2), Fraction(6, 5)
    other = by_angle(q, q, r)
    real = Engine(BITS)
    for field in ("slopes", "values"):
        table = list(getattr(real.grid, field))
        table[real.grid.half] += 1 << (real.fine - 50)
        engine = Engine(BITS)
        engine.grid = real.grid._replace(**{field: tuple(table)})
        monkeypatch.setattr(softsign_duals, "engine_at", lambda _, engine=engine: engine)
        agree = [overlap(a, b) for a, b in zip(checked(q, q, r), other, strict=True)]
        assert agree == [field == "slopes", field == "values"]


def test_weights_of_the_mixture_have_closed_forms() -> None:
    grid = build_grid(64)
    with mpmath.workdps(90):
        for j in range(-grid.half, grid.half + 1, 9):
            t = mpmath.exp(2 * j * mpf(grid.step.numerator) / grid.step.denominator) / mpmath.sqrt(2)
            if t > 12:
                break
            bell = mpmath.exp(t * t) * mpmath.erfc(t)
            value = 2 * t * t * (1 / (mpmath.sqrt(mpmath.pi) * t) - bell)
            slope = 2 * t * t * ((1 + 2 * t * t) * bell - 2 * t / mpmath.sqrt(mpmath.pi))
            for found, true in ((grid.values, value), (grid.slopes, slope)):
                assert abs(found[j + grid.half] - true * 2**grid.fine) < 11 * 2 ** (grid.fine - grid.bits)
    total = 2 * grid.step * sum(grid.slopes) / 2**grid.fine
    # s'(0) = 1.
    assert abs(total - 1) < Fraction(500, 2**grid.bits)


@pytest.mark.parametrize("c", ["1e-12", "0.0156", "0.01563", "0.9999", "1", "3.3", "77", "1e9"])
def test_means_over_one_normal_variable(c: str) -> None:
    means = Means(build_grid(64))
    scale = 2**means.fine
    place = int(Fraction(c) * scale)
    with mpmath.workdps(40):
        x = mpf(place) / scale
        cuts = sorted({mpf(0), mpf(1), mpf(4), mpf(13), *(k / x for k in (mpf(1) / 8, 1, 8, 64) if k / x < 13)})
        true = mpmath.sqrt(2 / mpmath.pi) * mpmath.quad(lambda y: mpmath.exp(-y * y / 2) / (1 + x * y) ** 2, cuts)
        assert abs(means.at(place, means.terms) - true * scale) < LOST * 2 ** (means.fine - 64)
        few = means.at(place, 5)
        assert place >> (means.fine - NEAR) == 0 or abs(few - true * scale) < scale * 14 / 16**5 + 2**means.fine / 2**40


def test_terms_left_out_are_few_enough() -> None:
    for bits in range(-8, 300, 7):
        terms = terms_for(bits)
        assert terms == 1 or 2 * (terms + 2) * Fraction(1, 16**terms) < Fraction(1, 2**bits)


def test_polynomials_take_over_and_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    dual = SoftsignDual(BITS, FREE)
    q = Fraction(51, 100)
    point = dual.point(from_fraction(q, BITS))
    draw = random.Random(1)
    places = [
        q * Fraction(draw.choice((-1, 1)) * draw.randint(*span), 1000)
        for span in ((0, 860), (870, 960))
        for _ in range(40)
    ]
    found = [[ends(x) for x in dual.pair(point, point, covariance(q, q, r))] for r in places]
    assert len(dual.panels) == 2
    monkeypatch.setattr(softsign_duals, "_PATIENCE", 10**6)
    plain = SoftsignDual(BITS, FREE)
    for r, one in zip(places, found, strict=True):
        two = [ends(x) for x in plain.pair(point, point, covariance(q, q, r))]
        assert all(overlap(a, b) for a, b in zip(one, two, strict=True))
    assert not plain.panels
    assert max(one[1][1] - one[1][0] for one in found) < Fraction(1, 2**66)
    # A polynomial of too low a degree is caught.
    monkeypatch.setattr(softsign_duals, "_PATIENCE", 0)
    monkeypatch.setattr(softsign_duals, "panel_nodes", lambda _: 20)
    coarse = SoftsignDual(BITS, FREE)
    wrong = [ends(x) for x in coarse.pair(point, point, covariance(q, q, places[0]))]
    assert not overlap(wrong[1], found[0][1])


def test_the_ellipse_of_a_polynomial_lies_in_the_disc() -> None:
    """|sigma^2 - 1| <= 1 on the ellipse with foci 1/2 and 1, as a quartic in the cosine of its parameter."""
    rho = Fraction(15, 4)
    long, short = (rho + 1 / rho) / 8, (rho - 1 / rho) / 8
    steps = 4000
    for k in range(-steps, steps):
        low, high = Fraction(k, steps), Fraction(k + 1, steps)
        # |sigma|^2 = c^2/16 + 3/2 long c + const grows with c where it matters; the real part by both ends.
        size = [c * c / 16 + Fraction(3, 2) * long * c + Fraction(9, 16) + short**2 for c in (low, high)]
        least = -Fraction(12) * long  # the vertex lies beyond -1
        assert least < -1
        real = [
            (long**2 + short**2) * c * c + Fraction(3, 2) * long * c + Fraction(9, 16) - short**2 for c in (low, high)
        ]
        vertex = -Fraction(3, 4) * long / (long**2 + short**2)
        bottom = min(real) - (Fraction(1, steps**2) if low <= vertex <= high else 0)
        assert max(size) ** 2 <= 2 * bottom


def test_wide_variances_give_wide_and_true_bounds() -> None:
    dual = SoftsignDual(BITS, FREE)
    low, high, exponent = from_fraction(Fraction(2), 30)
    wide: Interval = ((low << 40) - 1, (high << 40) + 1, exponent - 40)
    moments = covariance(Fraction(2), Fraction(2), Fraction(1))
    found = [ends(x) for x in dual.pair(wide, wide, moments)]
    narrow = checked(Fraction(2), Fraction(2), Fraction(1))
    assert all(a[0] < b[0] and b[1] < a[1] for a, b in zip(found, narrow, strict=True))
    with pytest.raises(TooWide, match="cannot be told from zero"):
        dual.pair((0, 1, -5), wide, moments)
    assert dual.at_zero(wide, ZERO, False) == ZERO


def test_one_ulp_apart_is_no_special_case() -> None:
    q = Fraction(2)
    exact = checked(q, q, q, 1)
    for places in (53, 80, 300):
        near = checked(q, q, q - Fraction(1, 2**places))
        # |dV/dr| <= 1 and |dV'/dr| <= 4.
        for (low, high), limit, change in zip(near, exact, (1, 4), strict=True):
            assert low <= limit[1] + change * Fraction(1, 2**places)
            assert limit[0] - change * Fraction(1, 2**places) <= high


def test_costs_are_charged_before_the_work() -> None:
    dual = SoftsignDual(BITS, Budget(600).charge)
    large = dual.point(from_fraction(Fraction(10**400), BITS))
    with pytest.raises(Unsupported, match="the mixture of a Softsign brings"):
        dual.pair(large, large, covariance(Fraction(10**400), Fraction(10**400), Fraction(1)))
    with pytest.raises(Unsupported, match="too large for the precision"):
        build_grid(1000)
    dual = SoftsignDual(BITS, FREE)
    assert dual.pair_seconds == 0
    for _ in range(3):
        dual.point(from_fraction(Fraction(2), BITS))
    alone = dual.pair_seconds
    dual.point(from_fraction(Fraction(3), BITS))
    assert alone < direct_seconds(BITS - 10) / 4 < dual.pair_seconds < direct_seconds(BITS + 16)
    assert 3.75 ** -panel_nodes(100) < 2.0**-103
