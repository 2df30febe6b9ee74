"""The checker's waves against the library's, at random and extreme variances; its packed products and its limits."""

import random
from fractions import Fraction

import pytest

from certify.activations import SERIES, Pair, Relation
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.checker import limits
from certify.checker import wave_duals as duals
from certify.checker import wave_series as series
from certify.checker.activations import StripFunction
from certify.checker.answers import Unsupported
from certify.checker.budget import Budget
from certify.checker.dual_base import Covariance
from certify.checker.interval import ZERO, TooWide, from_fraction, to_fractions
from certify.checker.packed_products import correlations, digits_of, packed
from certify.checker.strip_duals import StripDuals, about_root
from certify.checker.wave_functions import WAVES
from certify.checker.wave_series import WaveSeries, squares

NAMES = sorted(WAVES)
RELATIONS = {
    (1, True): Relation.EQUAL,
    (1, False): Relation.PARALLEL,
    (-1, True): Relation.OPPOSITE,
    (-1, False): Relation.ANTIPARALLEL,
}
Ends = list[tuple[Fraction, Fraction]]


def checked(name: str, q1: Fraction, q2: Fraction, r: Fraction, bits: int, orientation: int = 0) -> Ends:
    dual = StripDuals(StripFunction(name), bits, Budget(None).charge)
    points = [dual.point(from_fraction(q, bits + 30)) for q in (q1, q2)]
    moments = Covariance(from_fraction(r, bits + 30), ZERO, ZERO, ZERO, orientation)
    return [to_fractions(value) for value in dual.pair(points[0], points[1], moments)]


def proved(
    name: str, q1: Fraction, q2: Fraction, r: Fraction, bits: int, relation: Relation = Relation.GENERIC
) -> Ends:
    number = ArbArithmetic(bits)
    with number.active():
        pair = Pair(number, number.exact(q1), number.exact(q2), number.exact(r), relation)
        found = [number.endpoints(value) for value in SERIES[name]().duals(number)(pair)]
    return [(low * Fraction(2) ** exponent, high * Fraction(2) ** exponent) for low, high, exponent in found]


def assert_overlap(first: Ends, second: Ends) -> None:
    for (low, high), (lower, upper) in zip(first, second, strict=True):
        assert low <= upper
        assert lower <= high


def test_the_checker_knows_the_waves_of_the_library() -> None:
    assert sorted(name for name, kind in SERIES.items() if kind.wave is not None) == NAMES
    for name, data in WAVES.items():
        wave = SERIES[name].wave
        assert wave is not None
        assert data[:10] == tuple(getattr(wave, field) for field in data._fields[:10])


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_overlap_at_random_pairs(name: str) -> None:
    chosen = random.Random(name)
    for k in range(24):
        q1, q2 = (Fraction(chosen.uniform(0.2, 90)) for _ in range(2))
        q2 = q1 if k % 3 == 0 else q2
        rho = chosen.choice((-1, 1)) * (1 - 10 ** chosen.uniform(-12, 0))
        r = Fraction(rho * float(q1) ** 0.5 * float(q2) ** 0.5)
        bits = chosen.choice((50, 100, 160))
        found = checked(name, q1, q2, r, bits)
        assert_overlap(found, proved(name, q1, q2, r, bits + 20))
        for (low, high), size in zip(found, (max(q1, q2), 1), strict=True):
            assert high - low < size * Fraction(1, 2 ** (bits - 16))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("orientation", "same"), RELATIONS)
def test_exact_relations_overlap(name: str, orientation: int, same: bool) -> None:
    q1 = Fraction(30)
    q2 = q1 if same else q1 / 4
    r = orientation * (q1 if same else q1 / 2)
    found = checked(name, q1, q2, r, 100, orientation)
    assert_overlap(found, proved(name, q1, q2, r, 120, RELATIONS[orientation, same]))
    assert_overlap(found, checked(name, q1, q2, r, 100))


@pytest.mark.parametrize("name", NAMES)
def test_a_point_with_itself(name: str) -> None:
    dual = StripDuals(StripFunction(name), 100, Budget(None).charge)
    point = dual.point(from_fraction(Fraction(40), 100))
    found = [to_fractions(x) for x in dual.pair(point, point, Covariance(point[0], ZERO, ZERO, ZERO, 1))]
    assert_overlap(found, proved(name, *[Fraction(40)] * 3, 120, Relation.EQUAL))
    assert dual.pair_seconds > 0


def test_points_one_unit_apart_and_right_angles() -> None:
    q, step = Fraction(30), Fraction(1, 2**52)
    for r in (q * (1 - step), -q * (1 - step), Fraction(0), step, -step):
        for name in NAMES:
            assert_overlap(checked(name, q, q, r, 100), proved(name, q, q, r, 120))


@pytest.mark.parametrize("name", NAMES)
def test_one_variance_is_zero(name: str) -> None:
    dual = StripDuals(StripFunction(name), 80, Budget(None).charge)
    zero, point = dual.point(ZERO), dual.point(from_fraction(Fraction(30), 80))
    number = ArbArithmetic(100)
    with number.active():
        pair = Pair(number, number.exact(0), number.exact(30), number.exact(0), Relation.GENERIC, True, False)
        low, high, exponent = number.endpoints(SERIES[name]().duals(number)(pair)[0])
    truth = [(low * Fraction(2) ** exponent, high * Fraction(2) ** exponent)]
    for first, second in ((zero, point), (point, zero)):
        assert_overlap([to_fractions(dual.at_zero(first, second, False))], truth)
    assert_overlap(
        [to_fractions(dual.at_zero(zero, zero, True))], [to_fractions(dual.hermite.at_zero(zero, zero, True))]
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_small_variance_beside_a_large_one(name: str) -> None:
    q2 = Fraction(30)
    for q1, r in (
        (Fraction(1, 16), Fraction(1)),
        (Fraction(1, 10**9), Fraction(1, 10**5)),
        (Fraction(1, 10**150),) * 2,
    ):
        assert_overlap(checked(name, q1, q2, r, 80), proved(name, q1, q2, r, 100))
        assert_overlap(checked(name, q2, q1, r, 80), proved(name, q1, q2, r, 100))


@pytest.mark.parametrize("slip", ["leak", "amplitude", "squares", "lags"])
def test_a_slip_is_noticed(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    q1, q2, r = Fraction(20), Fraction(30), Fraction(24)
    truth = proved("Tanh", q1, q2, r, 120)
    if slip == "leak":
        spacing = series.choose_spacing
        monkeypatch.setattr(duals, "choose_spacing", lambda *others: 2 * spacing(*others))
        find = WaveSeries._find_errors

        def without(self: WaveSeries, *others: object) -> None:
            find(self, *others)  # type: ignore[arg-type]
            self.leak = ZERO

        monkeypatch.setattr(WaveSeries, "_find_errors", without)
    elif slip == "amplitude":
        wrong = WAVES["Tanh"]._replace(turns=Fraction(1, 2) + Fraction(1, 2**60))
        monkeypatch.setitem(WAVES, "Tanh", wrong)
    elif slip == "squares":
        monkeypatch.setattr(
            duals, "squares", lambda first, ratio, growth, *others: squares(first, ratio, ratio, *others)
        )
    else:
        plain = correlations
        monkeypatch.setattr(duals, "correlations", lambda x, y, lags, bound: plain(x, [*y[1:], 0], lags, bound))
    with pytest.raises(AssertionError):
        assert_overlap(checked("Tanh", q1, q2, r, 100), truth)


def test_packed_products_are_sums_of_products() -> None:
    chosen = random.Random(3)
    for n, lags in ((1, 1), (1, 3), (4, 2), (7, 7), (7, 13), (20, 5)):
        first, second = ([chosen.randint(-(2**40), 2**40) for _ in range(n)] for _ in range(2))
        bound = sum(map(abs, first)) * sum(map(abs, second))
        differences, sums = correlations(first, second, lags, bound)
        assert differences == [
            sum(first[a] * second[a - d] for a in range(n) if 0 <= a - d < n) for d in range(-lags, lags + 1)
        ]
        # Sums of indices up to lags - 1, of both sequences cut to `lags`.
        assert sums == [sum(first[a] * second[s - a] for a in range(n) if 0 <= s - a < n) for s in range(lags)]
    assert digits_of(packed([-5, 127, -127, 0], 1), 1, 1, 3) == [127, -127, 0]


def test_squares_stay_within_their_bound() -> None:
    bits = 60
    for base in (Fraction(99, 100), Fraction(1, 3), Fraction(1)):
        first, ratio, growth = (from_fraction(base**k, 70) for k in (1, 3, 2))
        found, width = squares(first, ratio, growth, 40, bits)
        for a, power in enumerate(found):
            assert abs(power - base ** ((a + 1) ** 2) * 2**bits) <= width * (a + 1) ** 2


def test_what_is_too_large_is_refused() -> None:
    q = Fraction(10**9)
    with pytest.raises(Unsupported, match="too large for the waves"):
        checked("Tanh", q, q, q, 100, 1)
    with pytest.raises(Unsupported, match="too large"):
        checked("Swish", Fraction(10**300), Fraction(10**300), Fraction(0), 100)
    dual = duals.WaveDual(WAVES["Tanh"], 100, Budget(None).charge)
    with pytest.raises(Unsupported, match="too far apart"):
        dual._setting(1e-9, 10.0)
    with pytest.raises(TooWide, match="too coarse"):
        WaveSeries(WAVES["Tanh"], Fraction(3), from_fraction(Fraction(1, 100), 80), 80)


def test_roots_for_choosing_are_floats() -> None:
    assert about_root(from_fraction(Fraction(9), 100)) == 3.0
    assert about_root(from_fraction(Fraction(1, 10**300), 100)) == 0.0
    assert about_root((1, 1, 10_000)) == float("inf")
    assert limits.MAX_WAVES > 1000
