"""exp, atan, cos, sqrt and pi: two independent evaluations and four times the precision agree on every enclosure."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from number_systems import SYSTEMS, both_systems, ends, hull, overlap, precisions, rationals

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.mpmath_intervals import MpmathArithmetic

FUNCTIONS = ["exp", "atan", "cos", "sqrt"]
functions = pytest.mark.parametrize("function", FUNCTIONS)
Ends = tuple[Fraction, Fraction]


def enclose(system: Any, bits: int, function: str, q: Fraction) -> Ends:
    arithmetic = system(bits)
    with arithmetic.active():
        return ends(arithmetic, getattr(arithmetic, function)(arithmetic.exact(q)))


def defined(function: str, q: Fraction) -> bool:
    return abs(q) < 2**19 if function == "exp" else q >= 0 if function == "sqrt" else True


@functions
@settings(deadline=None, max_examples=150)
@given(precisions, rationals)
@example(128, Fraction(0))
@example(128, Fraction(1))
@example(64, Fraction(10) ** 150)
@example(64, Fraction(1, 10**150))
@example(64, -Fraction(1, 10**150))
@example(2, Fraction(11, 7))
@example(53, Fraction(884279719003555, 562949953421312))  # the double next to pi/2
@example(53, Fraction(884279719003555, 281474976710656))  # and next to pi
@example(400, Fraction(1, 2**201))  # about where atan changes its method
@example(400, Fraction(1, 2**203))
def test_both_systems_and_four_times_the_precision_agree(function: str, bits: int, q: Fraction) -> None:
    assume(defined(function, q))
    coarse = [enclose(system, bits, function, q) for system in SYSTEMS]
    fine = [enclose(system, 4 * bits, function, q) for system in SYSTEMS]
    assert overlap(*coarse, *fine)  # the truth lies in all four


@settings(deadline=None, max_examples=60)
@given(precisions)
def test_pi_of_both_systems_and_of_four_times_the_precision_agree(bits: int) -> None:
    enclosures = []
    for system in SYSTEMS:
        for arithmetic in (system(bits), system(4 * bits)):
            with arithmetic.active():
                enclosures.append(ends(arithmetic, arithmetic.pi))
    assert overlap(*enclosures)
    for low, high in enclosures:
        assert low < high


@functions
@both_systems
@pytest.mark.parametrize("q", [Fraction(1, 4), Fraction(3, 2), Fraction(12)])  # two bits each: exact at every precision
def test_the_width_shrinks_with_the_precision(q: Fraction, function: str, system: Any) -> None:
    for bits in (2, 3, 10, 53, 128, 256, 400, 1000):
        low, high = enclose(system, bits, function, q)
        assert high - low <= max(abs(low), abs(high)) * Fraction(8, 2**bits)


@functions
@settings(deadline=None, max_examples=150)
@given(precisions, rationals)
@example(53, Fraction(884279719003555, 562949953421312))
@example(10, Fraction(1, 2**500))
def test_an_interval_around_a_point_is_a_few_units_in_the_last_place_wide(
    function: str, bits: int, q: Fraction
) -> None:
    assume(defined(function, q))
    arithmetic = MpmathArithmetic(bits)
    point = arithmetic.exact(q)
    point = type(point)(point.lo, point.lo, bits)
    low, high = ends(arithmetic, getattr(arithmetic, function)(point))
    assert high - low <= 2 * Fraction(2, 2**bits) * max(abs(low), abs(high))


@pytest.mark.parametrize("function", [*FUNCTIONS, "pi"])
@both_systems
@pytest.mark.parametrize("sign", [1, -1])
def test_an_error_of_one_part_in_1e30_is_seen_at_128_bits(function: str, system: Any, sign: int) -> None:
    class Perturbed(system):  # type: ignore[misc]
        def endpoints(self, x: Any) -> tuple[int, int, int]:
            low, high, exponent = super().endpoints(x)
            nudge = 10**30 + sign
            return low * nudge // 10**30, -(-high * nudge // 10**30), exponent

    other = MpmathArithmetic if system is ArbArithmetic else ArbArithmetic
    q = Fraction(5, 7)
    if function == "pi":
        right, wrong = (ends(kind(128), kind(128).pi) for kind in (other, Perturbed))
        assert overlap(right, ends(system(128), system(128).pi))
    else:
        right, wrong = (enclose(kind, 128, function, q) for kind in (other, Perturbed))
        assert overlap(right, enclose(system, 128, function, q))
    assert not overlap(right, wrong)


@both_systems
def test_known_values_at_zero_are_exact(system: Any) -> None:
    for bits in (2, 53, 200):
        assert enclose(system, bits, "exp", Fraction(0)) == (1, 1)
        assert enclose(system, bits, "cos", Fraction(0)) == (1, 1)
        assert enclose(system, bits, "atan", Fraction(0)) == (0, 0)


@pytest.mark.parametrize("sign", [1, -1])
def test_exponents_reach_a_million_bits(sign: int) -> None:
    exponent = sign * 2**20
    value = Fraction(2**exponent) if sign > 0 else Fraction(1, 2**-exponent)
    results = []
    for system in SYSTEMS:
        arithmetic = system(64)
        with arithmetic.active():
            x = arithmetic.exact(value)
            log = arithmetic.exact(Fraction(7 * exponent, 10))  # about exponent * ln 2
            shown = {"sqrt": arithmetic.sqrt(x), "exp": arithmetic.exp(log), "atan": arithmetic.atan(x), "+": x + 1}
            results.append({name: arithmetic.endpoints(number) for name, number in shown.items()})
            assert ends(arithmetic, x / x) == (1, 1)
            assert ends(arithmetic, x * arithmetic.exp(-log))[0] > 0
    low, high, shift = results[1]["sqrt"]
    assert low == high == 1
    assert shift == exponent // 2
    for name in results[0]:
        (a, b, e), (c, d, f) = (result[name] for result in results)
        e, f = e - min(e, f), f - min(e, f)
        assert a << e <= d << f, name
        assert c << f <= b << e, name
        assert 0 < a <= b, name


@both_systems
@pytest.mark.parametrize("bits", [2, 53, 300])
def test_exp_far_to_the_left_is_a_tiny_enclosure_and_far_to_the_right_an_error(system: Any, bits: int) -> None:
    arithmetic = system(bits)
    with arithmetic.active():
        far = arithmetic.exact(Fraction(10) ** 300)
        nearly_one = arithmetic.exp(-far) + 1
        assert ends(arithmetic, nearly_one)[1] >= 1
        assert ends(arithmetic, nearly_one)[1] - ends(arithmetic, nearly_one)[0] <= Fraction(4, 2**bits)
        with pytest.raises(ArithmeticError):
            arithmetic.exp(far)


@both_systems
@settings(deadline=None, max_examples=100)
@given(precisions, rationals, rationals, st.integers(-40, 40))
@example(53, Fraction(0), Fraction(3), 1)
@example(53, Fraction(-3), Fraction(3), 0)
@example(53, Fraction(4), Fraction(1, 2), 6)
@example(53, Fraction(10) ** 40, Fraction(10) ** 40 + 3, 0)
def test_a_wide_argument_gives_an_enclosure_of_every_member_s_value(
    system: Any, bits: int, a: Fraction, b: Fraction, turns: int
) -> None:
    arithmetic, finer = system(bits), system(300)
    near_an_extreme = min(max(turns * Fraction(355, 113), min(a, b)), max(a, b))
    for function in FUNCTIONS:
        if not (defined(function, a) and defined(function, b)):
            continue
        with arithmetic.active():
            value = ends(arithmetic, getattr(arithmetic, function)(hull(arithmetic, a, b)))
        for member in (a, b, (a + 2 * b) / 3, near_an_extreme):
            with finer.active():
                truth = ends(finer, getattr(finer, function)(finer.exact(member)))
            assert overlap(value, truth), function
