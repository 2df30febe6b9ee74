"""Sums and rectifiers in integers: every answer holds the exact value, and is no wider than interval by interval."""

from __future__ import annotations

import random
from fractions import Fraction
from math import isqrt

import mpmath
import pytest

from certify.checker.activations import TwoSlopes
from certify.checker.angle_duals import TwoSlopesDual
from certify.checker.fixed_angles import TwoSlopesMany, fixed_angle, lengths_of
from certify.checker.fixed_sums import Aligned, added, aligned, pooled, scaled, tapped
from certify.checker.interval import Interval, add, from_fraction, multiply, to_fractions
from certify.checker.stations import Side, dual_entry
from certify.checker.traverse import Taps, grid_places


def holds(x: Interval, value: Fraction) -> bool:
    low, high = to_fractions(x)
    return low <= value <= high


def width(x: Interval) -> Fraction:
    low, high = to_fractions(x)
    return high - low


@pytest.mark.parametrize("bits", [40, 77, 109, 256, 700])
def test_the_angle_is_within_ten_ulps(bits: int) -> None:
    """At random places, beside every cell of the table, and where sine and cosine meet."""
    choose = random.Random(bits)
    one = 1 << bits
    places = [choose.randrange(-one + 1, one) for _ in range(300)]
    places += [one - (one >> k) for k in range(1, bits - 2)] + [0, 1, -1, isqrt(one * one // 2)]
    places += [(2 * k + 1) * (one >> 9) + near for k in range(182) for near in (-1, 0, 1)]
    with mpmath.workprec(4 * bits):
        for c in (sign * place for place in places for sign in (1, -1)):
            found = fixed_angle(c, isqrt(one * one - c * c), bits)
            assert abs(mpmath.mpf(found) - mpmath.acos(mpmath.mpf(c) / one) * one) < 10


SLOPES = [
    ("0", "1"),
    ("-1", "1"),
    ("1/100", "1"),
    ("1", "-1/3"),
    ("0", "1000001/7"),
    ("-1/1024", "0"),
    ("999/1000", "1"),
]


def drawn(choose: random.Random, bits: int, size: int) -> tuple[Fraction, Fraction, Fraction]:
    """Two variances and a covariance of this size, from nearly opposite to nearly parallel."""
    q1, q2 = (Fraction(choose.randrange(1, 1 << 20), 1 << choose.randrange(20)) * Fraction(4) ** size for _ in "12")
    gap = Fraction(1, 1 << choose.choice([0, 1, 3, 10, bits // 4, bits // 2, bits - 6]))
    near = choose.choice([-1, 1]) * (1 - gap) if choose.random() < 0.7 else Fraction(choose.randrange(-99, 100), 100)
    length = Fraction(isqrt(q1.numerator * q2.denominator * q2.numerator * q1.denominator << 600) or 1, 1 << 300)
    return q1, q2, near * length / (q1.denominator * q2.denominator)


@pytest.mark.parametrize("slopes", SLOPES)
@pytest.mark.parametrize("bits", [24, 60, 93, 300])
def test_rectifiers_hold_what_a_finer_evaluation_finds(slopes: tuple[str, str], bits: int) -> None:
    """Each interval meets the one of the general formulas at four times the precision, and lies near it."""
    a, b = map(Fraction, slopes)
    many, exact = TwoSlopesMany(a, b, bits), TwoSlopesDual(TwoSlopes(a, b), 4 * bits + 64)
    usual = TwoSlopesDual(TwoSlopes(a, b), bits)
    choose = random.Random(f"{slopes} {bits}")
    covered = 0
    for _ in range(120):
        q1, q2, r = drawn(choose, bits, choose.choice([0, 0, 3, -400, 400]))
        sides = [from_fraction(q, bits) for q in (q1, q2)]
        one, two = (lengths_of([side], bits) for side in sides)
        assert one is not None
        assert two is not None
        (found,) = many.line(one, 0, two, [from_fraction(r, bits)])
        if found is None:
            continue
        covered += 1
        fine = [Side(from_fraction(q, 4 * bits + 64), None, k + 1) for k, q in enumerate((q1, q2))]
        truth = dual_entry(exact, True, *fine, from_fraction(r, 4 * bits + 64), 4 * bits + 64)
        rough = dual_entry(usual, True, Side(sides[0], None, 1), Side(sides[1], None, 2), from_fraction(r, bits), bits)
        for mine, true, other, size in zip(found, truth, rough, (q1 * q2, Fraction(1)), strict=True):
            low, high = to_fractions(mine)
            least, most = to_fractions(true)
            assert low <= least
            assert most <= high
            # Against the values at r = sqrt(q1 q2).
            excess = max(high - low - Fraction(3, 2) * width(other), Fraction(0))
            assert (excess * 2 ** (bits + 8)) ** 2 <= ((a * a + b * b) / 2) ** 2 * size
    assert covered > 60


def test_what_cannot_be_told_apart_is_left_to_the_general_formulas() -> None:
    """Parallel points, variances that may be zero, covariances as wide as the variances."""
    many = TwoSlopesMany(Fraction(0), Fraction(1), 60)
    ends = lengths_of([(1, 1, 0), (0, 1, 0), (1, 3, 0)], 60)
    assert ends is not None
    assert ends.losses[1] is None
    assert ends.losses[2] is None
    assert many.line(ends, 0, ends, [(1, 1, 0)] * 3) == [None] * 3
    assert many.line(ends, 0, ends, [(-1, 1, 0)] * 3) == [None] * 3
    assert many.line(ends, 1, ends, [(0, 0, 0)] * 3) == [None] * 3
    assert many.line(ends, 0, ends, [(0, 0, 0)] * 3)[0] is not None
    assert lengths_of([(0, 0, 0)], 60) is None
    assert lengths_of([(1, 1, 0), (1, 1, 200)], 60) is None


def entries(choose: random.Random, count: int, bits: int, spread: int) -> list[Interval]:
    found: list[Interval] = []
    for _ in range(count):
        low = choose.randrange(-(1 << bits), 1 << bits) if choose.random() < 0.8 else 0
        found.append((low, low + choose.choice([0, 0, 1, 5]), choose.randrange(-spread, spread + 1)))
    return found


def by_taps(parts: list[list[Interval]], columns: int, taps: Taps, share: Fraction, end: int) -> list[Fraction]:
    """The sums at one end of all intervals, exactly."""
    return [
        share
        * sum(
            to_fractions(part[p * columns + q])[end]
            for p, q in zip(at, other, strict=True)
            if p is not None and q is not None
            for part in parts
        )
        for at in taps
        for other in taps
    ]


@pytest.mark.parametrize("padding", ["SAME", "VALID", "CIRCULAR"])
@pytest.mark.parametrize("window", [(1, 1), (2, 2), (3, 1), (2, 3)])
def test_sums_over_taps_are_exact_but_for_one_rounding(padding: str, window: tuple[int, int]) -> None:
    choose = random.Random(f"{padding} {window}")
    _, taps = (
        grid_places((2, 3), window, (1, 1), padding)
        if padding != "VALID"
        else grid_places((3, 3), window, (1, 1), padding)
    )
    columns = 6 if padding != "VALID" else 9
    for spread in (0, 7, 60):
        parts = [entries(choose, columns * columns, 40, spread) for _ in range(choose.choice([1, 2]))]
        share = Fraction(1, choose.choice([1, 3, 9]))
        made = tapped(parts, columns, taps, from_fraction(share, 60), 44)
        assert made is not None
        least, most = (by_taps(parts, columns, taps, share, end) for end in (0, 1))
        for x, low, high in zip(made, least, most, strict=True):
            assert to_fractions(x)[0] <= low
            assert high <= to_fractions(x)[1]
            assert width(x) <= high - low + max(abs(low), abs(high)) / 2**40


def test_sums_far_apart_are_left_to_intervals() -> None:
    assert aligned([(1, 1, 0), (1, 1, 1000)], 50) is None
    assert aligned([(1, 1, 0), (0, 0, 10**9)], 50) == Aligned([1, 0], [1, 0], 0)
    assert aligned([], 50) == Aligned([], [], 0)
    assert added([(1, 1, 0)], [(1, 1, 1000)], 50) is None
    assert tapped([[(1, 1, 0), (1, 1, 10**6)] * 2], 2, ((0,), (1,)), (1, 1, 0), 50) is None
    assert pooled([(1, 1, 0), (1, 1, 10**6)], 1, (((0, Fraction(1)),),), (1, 1, 0), 50) is None


def test_a_factor_rounds_outward_for_either_sign() -> None:
    third = from_fraction(Fraction(1, 3), 20)
    found = scaled(Aligned([-5, 2, -3, 0], [-4, 7, 4, 0], 3), third, 20).entries()
    for x, (low, high) in zip(found, [(-40, -32), (16, 56), (-24, 32), (0, 0)], strict=True):
        assert to_fractions(x)[0] <= Fraction(low, 3)
        assert Fraction(high, 3) <= to_fractions(x)[1]
        assert width(x) <= Fraction(high - low, 3) + Fraction(max(-low, high), 2**18)
    assert scaled(Aligned([1], [2], 0), (1, 1, -1), 20) == Aligned([1], [2], -1)


def test_sums_and_pools_agree_with_intervals() -> None:
    choose = random.Random(5)
    one, two = (entries(choose, 9, 40, 5) for _ in "12")
    both = added(one, two, 60)
    assert both is not None
    for x, a, b in zip(both, one, two, strict=True):
        assert to_fractions(x) == to_fractions(add(a, b, 500))
    rows = (tuple((k, Fraction(1, 3)) for k in range(3)), ((1, Fraction(1, 3)),))
    ninth = from_fraction(Fraction(1, 9), 60)
    made = pooled(one, 3, rows, ninth, 60)
    assert made is not None
    for x, (row, other) in zip(made, [(r, o) for r in rows for o in rows], strict=True):
        total: Interval = (0, 0, 0)
        for k, _ in row:
            for place, _ in other:
                total = add(total, one[3 * k + place], 500)
        low, high = to_fractions(multiply(total, ninth, 500))
        assert to_fractions(x)[0] <= low + Fraction(1, 2**70)
        assert high - Fraction(1, 2**70) <= to_fractions(x)[1]
