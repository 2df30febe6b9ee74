"""Duals from waves: the other route, a third derivation, relations, extremes, and slips that must not go unnoticed."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from certify.activations import SERIES, Pair, Relation
from certify.activations.analytic.dual import HermiteDual
from certify.activations.waves import spectrum as spectra
from certify.activations.waves.dual import WaveDual
from certify.activations.waves.lattice import leakage, spacing
from certify.activations.waves.wave import Amplitudes
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import MpmathArithmetic
from certify.errors import BeyondReach

Bounds = tuple[Fraction, Fraction]
NAMES = sorted(name for name, kind in SERIES.items() if kind.wave is not None)
BITS = 64
# E s(u) s(v) and E s'(u) s'(v) at (q1, q2, r): the trapezoidal rule over the plane in mpmath, at 45 digits.
SPOTS = {
    "Sigmoid": (
        ((28, 40, -12), "0.197007533669080707330283292499719", "0.00458769417706528688766905188987387"),
        ((61, 20, 34), "0.422597683339086043123309949064994", "0.00909466538522270315241523476632145"),
    ),
    "Softplus": (
        ((28, 40, -12), "3.16780906350308386496854160921745", "0.197007533669080707330283292499719"),
        ((61, 20, 34), "17.2535230337227520812745845502382", "0.422597683339086043123309949064994"),
    ),
    "Swish": (
        ((28, 40, -12), "2.22755622942068759482930354917081", "0.187057097162786603685317456247401"),
        ((61, 20, 34), "16.761709133754846714444236781952", "0.483820313608462758057134042762174"),
    ),
    "Tanh": (
        ((28, 40, -12), "-0.22757067370203035894039840124732", "0.0198158952270462396354924326478405"),
        ((61, 20, 34), "0.794777226953791085700767311800427", "0.0567365994254169830988149014959122"),
    ),
    "Mish": (
        ((28, 40, -12), "2.32818984926877512299795208542284", "0.19110040120679376379396293217554"),
        ((61, 20, 34), "16.9641328828850344402655716540608", "0.484618900644283124971011574220168"),
    ),
}


def ends(number: Any, value: Any) -> Bounds:
    low, high, exponent = number.endpoints(value)
    return low * Fraction(2) ** exponent, high * Fraction(2) ** exponent


def pair_of(
    number: Any, q1: Fraction, q2: Fraction, r: Fraction, relation: Relation = Relation.GENERIC, *zeros: bool
) -> Pair:
    return Pair(number, number.exact(q1), number.exact(q2), number.exact(r), relation, *zeros)


def by_waves(
    name: str, q1: Any, q2: Any, r: Any, relation: Relation = Relation.GENERIC, bits: int = BITS, wave: Any = None
) -> list[Bounds]:
    number = ArbArithmetic(bits)
    with number.active():
        dual = WaveDual(SERIES[name].wave if wave is None else wave, name, number)
        found = dual.evaluate(pair_of(number, Fraction(q1), Fraction(q2), Fraction(r), relation))
        return [ends(number, value) for value in found]


def by_hermite(name: str, q1: Fraction, q2: Fraction, r: Fraction, bits: int = BITS) -> list[Bounds]:
    number = ArbArithmetic(bits)
    with number.active():
        found = HermiteDual(SERIES[name](), number).evaluate(pair_of(number, q1, q2, r))
        return [ends(number, value) for value in found]


def by_library(
    name: str, q1: Any, q2: Any, r: Any, relation: Relation = Relation.GENERIC, *zeros: bool, bits: int = BITS
) -> list[Bounds]:
    number = ArbArithmetic(bits)
    with number.active():
        found = SERIES[name]().duals(number)(pair_of(number, Fraction(q1), Fraction(q2), Fraction(r), relation, *zeros))
        return [ends(number, value) for value in found]


def overlap(first: list[Bounds], second: list[Bounds]) -> bool:
    return all(a <= d and c <= b for (a, b), (c, d) in zip(first, second, strict=True))


def width(bounds: list[Bounds]) -> Fraction:
    return max(high - low for low, high in bounds)


def random_pairs(count: int, largest: float) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Variances and covariances, among them strongly correlated ones."""
    chosen = random.Random(count)
    found = []
    for k in range(count):
        q1, q2 = (Fraction(chosen.uniform(0.3, largest)) for _ in range(2))
        q2 = q1 if k % 3 == 0 else q2
        rho = chosen.choice((-1, 1)) * (1 - 10 ** chosen.uniform(-9, 0)) if k % 2 else chosen.uniform(-1, 1)
        found.append((q1, q2, Fraction(rho * float(q1) ** 0.5 * float(q2) ** 0.5)))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_waves_and_hermite_series_agree(name: str) -> None:
    for q1, q2, r in random_pairs(8, 4 if name == "Tanh" else 6):
        waves, series = by_waves(name, q1, q2, r), by_hermite(name, q1, q2, r)
        assert overlap(waves, series), (q1, q2, r)
        assert width(waves) < Fraction(1, 2**55)


def _slipped(name: str, slip: str) -> Any:
    """The wave of an activation with one thing wrong by about 2^-40, or by one unit where it is a bound."""
    wave = SERIES[name].wave
    if slip in ("line", "mean", "bend"):
        return replace(wave, **{slip: getattr(wave, slip) + Fraction(1, 2**40)})
    if slip == "turns":
        return replace(wave, turns=wave.turns + Fraction(1, 2**40))

    def amplitudes(self: Any, number: Any, frequency: Any) -> Amplitudes:
        factor = number.exact(1 + Fraction(1, 2**40))
        return Amplitudes(*(None if x is None else factor * x for x in wave.amplitudes(number, frequency)))

    kind = type("Slipped", (type(wave),), {"amplitudes": amplitudes})
    return kind(**{field: getattr(wave, field) for field in wave.__dataclass_fields__})


@pytest.mark.parametrize(
    ("name", "slip"),
    [(name, slip) for name in NAMES for slip in ("amplitude", "line")]
    + [("Tanh", "turns"), ("Sigmoid", "mean"), ("Softplus", "bend"), ("Swish", "bend")],
)
def test_a_slip_of_the_waves_is_noticed(name: str, slip: str) -> None:
    q1, q2, r = Fraction(2), Fraction(5, 2), Fraction(2)
    assert not overlap(by_waves(name, q1, q2, r, wave=_slipped(name, slip)), by_hermite(name, q1, q2, r))


@pytest.mark.parametrize("name", NAMES)
def test_a_coarser_lattice_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half the spacing's error bound: the leakage left out."""
    monkeypatch.setattr(spectra, "leakage", lambda number, *others: number.exact(0))
    monkeypatch.setattr("certify.activations.waves.dual.spacing", lambda *others: 2 * spacing(*others))
    q1, q2, r = Fraction(2), Fraction(5, 2), Fraction(2)
    assert not overlap(by_waves(name, q1, q2, r), by_hermite(name, q1, q2, r))


@pytest.mark.parametrize("name", NAMES)
def test_spot_values_at_large_variances(name: str) -> None:
    for (q1, q2, r), *values in SPOTS[name]:
        found = by_library(name, q1, q2, r, bits=128)
        for (low, high), text in zip(found, values, strict=True):
            value, step = Fraction(text), Fraction(1, 10**31)
            assert low - step <= value <= high + step
            assert high - low < Fraction(1, 2**115)


@pytest.mark.parametrize("name", NAMES)
def test_waves_add_up_to_the_activation(name: str) -> None:
    """|W_L(x) - W(x)| <= M exp(-decay (L - |x|)) on |x| <= L, in value and slope."""
    wave, number, half_period = SERIES[name].wave, ArbArithmetic(150), Fraction(20)
    with number.active():
        line, mean = number.exact(wave.line), number.exact(wave.mean)
        for x in (Fraction(1, 7), Fraction(-5), Fraction(13), Fraction(-19)):
            value = mean + line * number.exact(x) + number.exact(wave.bend * half_period / 2)
            slope = line
            for k in range(1, 401, 2):
                frequency = k * number.pi / number.exact(half_period)
                sine, cosine, size = wave.amplitudes(number, frequency)
                angle = frequency * number.exact(x)
                c, s = number.cos(angle), number.cos(angle - number.pi / 2)
                part = 2 / number.exact(half_period)
                for amplitude, here, bent in ((sine, s, c), (cosine, c, -s)):
                    if amplitude is not None:
                        assert not number.is_positive(
                            number.up_to(amplitude) * number.up_to(amplitude) - 2 * size * size
                        )
                        value = value + part * amplitude * here
                        slope = slope + part * frequency * amplitude * bent
            left = number.exp(-number.exact(wave.decay * (half_period - abs(x))))
            v = SERIES[name]().values(number, number.exact(abs(x)))
            at_zero = SERIES[name]().at_zero(number)[0]
            truth = at_zero + (v.right if x > 0 else v.left), v.slope_right if x > 0 else v.slope_left
            bounds = wave.bound(number, number.exact(half_period)), wave.slope_bound(number, number.exact(half_period))
            for found, exact, bound in zip((value, slope), truth, bounds, strict=True):
                # What the harmonics from 401 on add is far below exp(-30).
                room = bound * left + number.exp(number.exact(-30))
                off = found - exact
                assert not number.is_positive(off - room)
                assert not number.is_positive(-off - room)


@pytest.mark.parametrize("name", NAMES)
def test_relations_hold_what_nearly_equal_points_do(name: str) -> None:
    q, tiny = Fraction(30), Fraction(1, 2**52)
    equal = by_library(name, q, q, q, Relation.EQUAL)
    assert overlap(equal, by_library(name, q, q, q))
    assert overlap(by_library(name, q, q, -q, Relation.OPPOSITE), by_library(name, q, q, -q))
    parallel = by_library(name, q, q / 4, q / 2, Relation.PARALLEL)
    assert overlap(parallel, by_library(name, q, q / 4, q / 2))
    opposed = by_library(name, q, q / 4, -q / 2, Relation.ANTIPARALLEL)
    assert overlap(opposed, by_library(name, q, q / 4, -q / 2))
    near = by_library(name, q, q * (1 + tiny), q * (1 + tiny / 2))
    assert abs(near[0][0] - equal[0][0]) < q * 2**-48
    assert width(near) < q * Fraction(1, 2**56)
    slightly = by_library(name, q, q, q * (1 - tiny))
    assert slightly[0][0] <= equal[0][1]


@pytest.mark.parametrize("name", NAMES)
def test_one_variance_may_be_zero_or_small(name: str) -> None:
    """V(0, q, 0) = s(0) E s(v), the limit of uncorrelated pairs."""
    q = Fraction(30)
    zero = by_library(name, 0, q, 0, Relation.GENERIC, True, False)
    small = by_library(name, Fraction(1, 16), q, 0)
    assert abs(zero[0][0] - small[0][0]) < q / 2**5
    assert width(zero) < q * Fraction(1, 2**50)
    both = by_library(name, 0, 0, 0, Relation.GENERIC, True, True)
    assert overlap(both, by_library(name, Fraction(1, 10**150), Fraction(1, 10**150), 0)) or width(both) > 0


def test_nearly_uncorrelated_pairs_have_a_sign() -> None:
    """A covariance far below the variances: V is nearly a multiple of it."""
    q1, q2 = Fraction(1, 16), Fraction(30)
    r = Fraction(1, 10**9)
    (low, high), _ = by_library("Tanh", q1, q2, r)
    assert low > 0
    assert high - low < low / 2**20


@pytest.mark.parametrize("name", NAMES)
def test_a_small_variance_beside_a_large_one(name: str) -> None:
    """A short Hermite series serves it; waves, where they still reach, say the same."""
    q1, q2, r = Fraction(1, 16), Fraction(30), Fraction(1)
    assert overlap(by_library(name, q1, q2, r), by_waves(name, q1, q2, r))
    tiny = Fraction(1, 10**150)
    value, slope = by_library(name, tiny, q2, tiny)
    zero = by_library(name, 0, q2, 0, Relation.GENERIC, True, False)
    assert abs(value[0] - zero[0][0]) < Fraction(1, 2**40)
    assert abs(slope[0] - zero[1][0]) < Fraction(1, 2**40)


@pytest.mark.parametrize("name", NAMES)
def test_huge_variances_work_or_are_refused_in_one_sentence(name: str) -> None:
    # Points at a right angle stay cheap; a point with itself takes waves as many as sqrt(q).
    q, huge = Fraction(10**5), Fraction(10**150)
    assert width(by_library(name, q, q, 0)) < q / 2**40
    with pytest.raises(BeyondReach, match="variance"):
        by_library(name, huge, huge, 0)
    with pytest.raises(BeyondReach, match="too many"):
        by_library(name, Fraction(10**150), Fraction(10**150), Fraction(10**150), Relation.EQUAL)


def test_two_arithmetics_overlap() -> None:
    q1, q2, r = Fraction(12), Fraction(9), Fraction(7)
    for name in NAMES:
        number = MpmathArithmetic(40)
        with number.active():
            found = WaveDual(SERIES[name].wave, name, number).evaluate(pair_of(number, q1, q2, r))
            bounds = [ends(number, value) for value in found]
        assert overlap(bounds, by_waves(name, q1, q2, r))
        assert width(bounds) < Fraction(1, 2**28)


def test_a_lattice_that_is_too_coarse_is_an_error() -> None:
    number = ArbArithmetic(64)
    with number.active():
        root = number.exact(Fraction(1, 2))
        with pytest.raises(ArithmeticError, match="too coarse"):
            leakage(number, Fraction(3), Fraction(2), root, 0.5)
        with pytest.raises(ArithmeticError, match="too coarse"):
            leakage(number, Fraction(1, 10), Fraction(2), root, 0.75)


def test_the_bound_on_leakage_is_attained_in_size() -> None:
    """With few nats the error of waves is visible, and below its bound: E (W_L - W)^2 by quadrature."""
    wave, q, half_period = SERIES["Tanh"].wave, 2.0, 6.0
    with mpmath.workdps(30):

        def gap(x: Any) -> Any:
            folded = mpmath.fsum((-1) ** m * mpmath.tanh(x - m * half_period) for m in range(-40, 41))
            return folded - mpmath.tanh(x)

        density = lambda x: mpmath.exp(-x * x / (2 * q)) / mpmath.sqrt(2 * mpmath.pi * q)  # noqa: E731
        mean = mpmath.quad(lambda x: abs(gap(x)) * density(x), [-30, -6, 0, 6, 30])
        best = min(mpmath.exp(-y * half_period + y * y * q / 2) for y in (mpmath.mpf(k) / 10 for k in range(4, 21)))
        number = ArbArithmetic(60)
        with number.active():
            bound = float(ends(number, wave.bound(number, number.exact(6)))[0])
        assert best / 100 < mean < 2 * bound * best
