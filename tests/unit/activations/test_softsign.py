"""The dual of softsign: closed cases and quadrature at many digits, every precision, bounds that are not vacuous."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb
from mpmath import mpf

import certify
from certify import stax
from certify.activations import Pair, Relation, softsign_angle, softsign_panels, softsign_radius
from certify.activations.softsign import SoftsignDual
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import MpmathArithmetic
from certify.errors import InputError
from certify.kernels.facade import enclose_kernel

NET = 'serial(Dense(W_var=2, b_var="1/100"), Softsign(), Dense(W_var=2))'
POINTS = [[1, 2], [3, -1], [0, 1], [-2, -5]]
PAIRS = [
    (Fraction(2), Fraction(2), Fraction(3, 2)),
    (Fraction(1, 2), Fraction(3), Fraction(-1)),
    (Fraction(25), Fraction(9), Fraction(7)),
    (Fraction(1, 100), Fraction(4), Fraction(1, 10)),
]


def dual(bits: int, q1: Any, q2: Any, r: Any, *rest: Any) -> list[tuple[Fraction, Fraction]]:
    number = ArbArithmetic(bits)
    with number.active():
        pair = Pair(number, number.exact(q1), number.exact(q2), number.exact(r), *rest)
        ends = [number.endpoints(value) for value in SoftsignDual(number).evaluate(pair)]
    return [(low * Fraction(2) ** exponent, high * Fraction(2) ** exponent) for low, high, exponent in ends]


def holds(bounds: tuple[Fraction, Fraction], value: Any) -> bool:
    """Whether a number known to 35 digits may lie in the bounds."""
    sign, mantissa, exponent, _ = value._mpf_
    exact = (-1) ** sign * int(mantissa) * Fraction(2) ** int(exponent)
    slack = abs(exact) / 10**35
    return bounds[0] - slack <= exact <= bounds[1] + slack


def s(x: Any) -> Any:
    return x / (1 + abs(x))


def slope(x: Any) -> Any:
    return (1 + abs(x)) ** -2


def mean(f: Any) -> Any:
    """E f(x) for even f, to 40 digits."""
    with mpmath.workdps(45):
        return 2 * mpmath.quad(lambda x: f(x) * mpmath.npdf(x), [0, mpf(1) / 8, 1, 3, 8, 16])


def inside(inner: list[tuple[Fraction, Fraction]], outer: list[tuple[Fraction, Fraction]]) -> bool:
    return all(a[0] <= b[1] and b[0] <= a[1] for a, b in zip(inner, outer, strict=True))


@pytest.mark.parametrize("bits", [20, 64, 128])
@pytest.mark.parametrize(("q1", "q2"), [(2, 2), (1, 9), (9, Fraction(1, 16)), (Fraction(1, 10**4), 4)])
def test_correlations_one_and_minus_one_and_zero_and_a_zero_variance(bits: int, q1: Any, q2: Any) -> None:
    with mpmath.workdps(45):
        a, b = (mpmath.sqrt(mpf(Fraction(q).numerator) / Fraction(q).denominator) for q in (q1, q2))
        value, change = mean(lambda x: s(a * x) * s(b * x)), mean(lambda x: slope(a * x) * slope(b * x))
        one, two = mean(lambda x: slope(a * x)), mean(lambda x: slope(b * x))
        r = Fraction(str(mpmath.nstr(a * b, 12)))
        product, opposite = one * two, -value
    same = q1 == q2
    for relation, sign in (
        (Relation.EQUAL if same else Relation.PARALLEL, 1),
        (Relation.OPPOSITE if same else Relation.ANTIPARALLEL, -1),
    ):
        found = dual(bits, q1, q2, sign * r, relation)
        assert holds(found[0], value if sign == 1 else opposite)
        assert holds(found[1], change)
        assert all(high - low < Fraction(2) ** (12 - bits) for low, high in found)
    found = dual(bits, q1, q2, 0)
    assert holds(found[0], mpf(0))
    assert holds(found[1], product)
    found = dual(bits, 0, q2, 0, Relation.GENERIC, True, False)
    assert found[0] == (0, 0)
    assert holds(found[1], two)
    assert holds(dual(bits, 0, 0, 0, Relation.GENERIC, True, True)[1], mpf(1))


@pytest.mark.parametrize(("q1", "q2", "r"), PAIRS)
def test_precisions_agree_and_get_narrow(q1: Fraction, q2: Fraction, r: Fraction) -> None:
    fine = dual(170, q1, q2, r)
    for bits in (2, 8, 20, 53, 64, 128):
        found = dual(bits, q1, q2, r)
        assert inside(fine, found)
        assert all(high - low < Fraction(2) ** (10 - bits) for low, high in found)


@pytest.mark.parametrize(("q1", "q2", "r"), PAIRS)
def test_the_derivative_dual_is_the_derivative(q1: Fraction, q2: Fraction, r: Fraction) -> None:
    step = Fraction(1, 2**50)
    (above, _), (below, _) = dual(170, q1, q2, r + step), dual(170, q1, q2, r - step)
    _, (low, high) = dual(170, q1, q2, r)
    # The central difference is off by V''' step^2 / 6.
    slack = step
    assert (above[0] - below[1]) / (2 * step) - slack <= high
    assert low <= (above[1] - below[0]) / (2 * step) + slack


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("places", [20, 60, 100, 400])
def test_correlations_next_to_one_go_over_into_one(places: int, sign: int) -> None:
    q, gap = Fraction(2), Fraction(1, 2**places)
    at_one = dual(128, q, q, sign * q, Relation.EQUAL if sign == 1 else Relation.OPPOSITE)
    near = dual(128, q, q, sign * (q - gap))
    # |dV/dr| <= 1, and |dV'/dr| <= 4: what is proved of softsign in the module.
    for bounds, limit, change in zip(near, at_one, (1, 4), strict=True):
        assert bounds[0] <= limit[1] + change * gap
        assert limit[0] - change * gap <= bounds[1]
        assert bounds[1] - bounds[0] < Fraction(1, 2**40)


@pytest.mark.parametrize("scale", [Fraction(1, 10**300), Fraction(10**4), Fraction(10**12), Fraction(10) ** 60])
def test_variances_of_any_size(scale: Fraction) -> None:
    (low, high), (slope_low, slope_high) = dual(64, scale, scale, scale / 3)
    if scale < 1:
        assert abs(low / (scale / 3) - 1) < Fraction(1, 10**12)
        assert abs(high / (scale / 3) - 1) < Fraction(1, 10**12)
        assert 1 - slope_low < Fraction(1, 10**12)
        return
    with mpmath.workdps(30):
        # The dual of sign.
        limit = float(2 / mpmath.pi * mpmath.asin(mpf(1) / 3))
    assert low <= limit
    assert high >= limit - 20 / float(scale) ** 0.5 - 1e-15
    assert slope_low <= 1e-3
    assert slope_high >= 0


def test_the_plane_at_twenty_digits() -> None:
    q1, q2, r = Fraction(1, 2), Fraction(3), Fraction(1)
    with mpmath.workdps(24):
        c1, c2, theta = mpmath.sqrt(mpf(1) / 2), mpmath.sqrt(3), mpmath.acos(1 / mpmath.sqrt(mpf(3) / 2))

        def part(f: Any, length: Any) -> Any:
            return mpmath.quad(
                lambda psi: mpmath.quad(
                    lambda x: (
                        x * mpmath.exp(-x * x / 2) * f(c1 * x * mpmath.sin(psi)) * f(c2 * x * mpmath.sin(length - psi))
                    ),
                    [0, 1, 4, 11],
                ),
                [0, length / 2, length],
                maxdegree=5,
            )

        value = (part(s, mpmath.pi - theta) - part(s, theta)) / mpmath.pi
        low, high = dual(100, q1, q2, r)[0]
        assert abs(mpf(low.numerator) / low.denominator - value) < mpf(10) ** -17
        assert high - low < Fraction(1, 10**25)


def test_few_nodes_give_wide_bounds_and_a_forgotten_slit_a_wrong_one(monkeypatch: pytest.MonkeyPatch) -> None:
    true = dual(150, *PAIRS[0])
    monkeypatch.setattr(softsign_angle, "_nodes_for", lambda *_: 14)
    softsign_angle._rule.cache_clear()
    found = dual(100, *PAIRS[0])
    assert inside(true, found)
    assert found[1][1] - found[1][0] > Fraction(1, 2**60)
    monkeypatch.setattr(softsign_angle, "slit_bound", lambda *_: arb(2) ** -200)
    softsign_angle._rule.cache_clear()
    wrong = dual(100, *PAIRS[0])
    assert not inside(true, wrong)
    softsign_angle._rule.cache_clear()


@pytest.mark.parametrize(("a", "b"), [("1/3", "2"), ("1/3", "3/8"), ("5", "1/100")])
def test_both_routes_over_the_radius_agree_and_a_coarse_one_is_caught(a: str, b: str) -> None:
    number = ArbArithmetic(64 + softsign_radius.GUARD_BITS)
    with number.active():
        one, two = number.exact(Fraction(a)), number.exact(Fraction(b))
        radius = softsign_radius.Radius(64)
        fast, direct = radius._by_fractions(one, two), radius.direct(one, two)
        assert all(x.overlaps(y) for x, y in zip(fast, direct, strict=True))
        assert all(x.rad() < arb(2) ** -66 for x in (*fast, *direct))
        coarse = softsign_radius.Radius(8)
        assert all(x.overlaps(y) for x, y in zip(coarse.direct(one, two), direct, strict=True))
        nodes = radius.direct_nodes
        nodes.rows = [(r, w * (1 + arb(2) ** -60)) for r, w in nodes.rows]
        assert not any(x.overlaps(y) for x, y in zip(fast, radius.direct(one, two), strict=True))


def test_wide_balls_hold_what_they_should() -> None:
    number = ArbArithmetic(64)
    with number.active():
        q, wide = arb(2), arb(2, "0.001")
        answers = SoftsignDual(number)
        ball = answers.evaluate(Pair(number, wide, q, arb("1.5", "0.001")))
        for change in ("-0.001", "0", "0.001"):
            for turn in ("-0.001", "0.001"):
                point = answers.evaluate(Pair(number, arb(2) + arb(change), q, arb("1.5") + arb(turn)))
                assert all(x.overlaps(y) for x, y in zip(ball, point, strict=True))


def test_mpmath_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="Softsign is known in Arb balls only"):
        stax.Softsign().duals(MpmathArithmetic(53))


def test_float64_falls_back_to_balls() -> None:
    layers = stax.parse(NET).layers
    found, balls = (
        enclose_kernel(layers, POINTS, None, normalize="unit", arithmetic=arithmetic) for arithmetic in ("float", "arb")
    )
    assert (found.lower <= balls.upper).all()
    assert (balls.lower <= found.upper).all()


def test_polynomials_in_the_angle_take_over_and_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    number = ArbArithmetic(64)
    q = Fraction(51, 100)
    places = [q * Fraction(sign * k, 1000) for k in (*range(0, 700, 35), *range(730, 910, 9)) for sign in (1, -1)]

    def all_of(dual: SoftsignDual) -> list[tuple[Any, Any]]:
        with number.active():
            return [dual.evaluate(Pair(number, number.exact(q), number.exact(q), number.exact(r))) for r in places]

    dual = SoftsignDual(number)
    found = all_of(dual)
    assert len(dual.panels.made) == 2
    monkeypatch.setattr(softsign_panels, "_PATIENCE", 10**6)
    plain = all_of(SoftsignDual(number))
    assert all(a.overlaps(b) for one, two in zip(found, plain, strict=True) for a, b in zip(one, two, strict=True))
    assert all(a.rad() < arb(2) ** -56 for one in found for a in one)
    # A bound for a larger ellipse than there is lets too few nodes pass.
    monkeypatch.setattr(softsign_panels, "_PATIENCE", 0)
    monkeypatch.setattr(softsign_panels, "RATIO", arb(50))
    monkeypatch.setattr(softsign_panels, "_BITS_PER_NODE", 5.0)
    wrong = all_of(SoftsignDual(number))
    assert not all(a.overlaps(b) for one, two in zip(wrong, plain, strict=True) for a, b in zip(one, two, strict=True))


def test_the_ellipse_of_the_angle_lies_where_the_cosine_is_at_most_one() -> None:
    low = arb.pi() / 4
    ratio = softsign_panels.RATIO
    long, short = low * (ratio + 1 / ratio) / 4, low * (ratio - 1 / ratio) / 4
    count = 800
    for k in range(count):
        turn = arb.pi() * arb(2 * k + 1, 1) / (2 * count)
        x, y = 3 * low / 2 + long * turn.cos(), short * turn.sin()
        assert y.sinh() < x.sin()


def test_certificates_rest_on_nothing() -> None:
    for method in ("auto", "theorem"):
        cert = certify.prove(NET, POINTS, method=method)
        assert cert.verdict == "positive definite"
        assert cert.assumptions == ()
    assert "bounded and not constant" in cert.reason


def test_the_checker_takes_them(tmp_path: Any) -> None:
    for method, rows, network in (
        ("auto", POINTS, NET),
        ("theorem", POINTS, NET),
        ("auto", [[1, 2], [0, 1], [-1, -2]], "serial(Dense(), Softsign(), Dense())"),
    ):
        saved = certify.prove(network, rows, method=method).save(tmp_path / "x.cert")
        assert certify.check(saved).status == "valid"
