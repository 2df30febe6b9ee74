"""What `network.kernel` returns, what it refuses, and that its float64 faces are rounded outward."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certify import InputError, stax
from certify.kernels import Enclosure

NET = stax.serial(stax.Dense(W_var=2, b_var="1/100"), stax.Erf(), stax.Dense())
ROWS = [[1, 2], [3, -1], ["1/3", "0.5"]]


def kernel(*arguments: Any, net: Any = NET, **options: Any) -> Any:
    return net.kernel(*arguments, **options)


ends = st.tuples(st.integers(-(2**80), 2**80), st.integers(0, 2**70), st.integers(-1300, 900)).map(
    lambda t: (t[0], t[0] + t[1], t[2])
)


@settings(deadline=None, max_examples=200)
@given(ends)
def test_the_float_faces_hold_the_exact_bounds(value: tuple[int, int, int]) -> None:
    low, high, exponent = value
    enclosure = Enclosure(((value,),), 53, "arb")
    exact_low, exact_high = Fraction(low) * Fraction(2) ** exponent, Fraction(high) * Fraction(2) ** exponent
    assert enclosure.lower_exact[0, 0] == exact_low
    assert enclosure.upper_exact[0, 0] == exact_high
    below, above = float(enclosure.lower[0, 0]), float(enclosure.upper[0, 0])
    assert Fraction(below) <= exact_low < Fraction(math.nextafter(below, math.inf))
    assert Fraction(math.nextafter(above, -math.inf)) < exact_high <= Fraction(above)
    middle, radius = Fraction(float(enclosure.mid[0, 0])), Fraction(float(enclosure.rad[0, 0]))
    assert middle - radius <= exact_low
    assert exact_high <= middle + radius
    assert (
        radius <= (exact_high - exact_low) / 2 * (1 + Fraction(1, 2**50)) + abs(middle) / 2**51 + Fraction(2) ** -1073
    )
    assert math.copysign(1, enclosure.rad[0, 0]) == 1


@settings(deadline=None, max_examples=100)
@given(ends, st.fractions(0, 1, max_denominator=1000))
def test_contains_is_exact_at_full_width(value: tuple[int, int, int], part: Fraction) -> None:
    enclosure = Enclosure(((value,),), 53, "arb")
    low, high = enclosure.lower_exact[0, 0], enclosure.upper_exact[0, 0]
    beyond = Fraction(2) ** -1400
    assert enclosure.contains(low + part * (high - low)).all()
    assert enclosure.contains([[high]]).all()
    assert not enclosure.contains(low - beyond).any()
    assert not enclosure.contains([high + beyond]).any()


def test_contains_takes_numbers_of_every_kind() -> None:
    found = kernel([[1, 0], [0, 1]], net=stax.serial(stax.Dense(W_var=2)))
    for value in (1, 1.0, "1", "1.0", "2/2", Fraction(1), Decimal(1), np.float64(1), np.int64(1), [[1, 0], [0, 1]]):
        assert found.contains(value)[0, 0]
        assert found.contains(value)[1, 1]
    for value in (float("nan"), float("inf"), -math.inf, np.float64("nan"), 2, "1.0000000000000000000000000001"):
        assert not found.contains(value).any()


def test_contains_refuses_what_does_not_fit(refused: Any) -> None:
    found = kernel(ROWS)
    with refused("(2,)", "(3, 3)"):
        found.contains([1, 2])
    with refused("value [0, 0]", "'x'"):
        found.contains("x")
    with refused("value [0, 0]"):
        found.contains(None)


def test_get_names_the_kernels_in_any_order() -> None:
    both = kernel(ROWS, get=("nngp", "ntk"))
    assert both._fields == ("nngp", "ntk")
    assert kernel(ROWS, get=["ntk"])._fields == ("ntk",)
    assert both.nngp.rows == kernel(ROWS, get="nngp").rows
    assert both.ntk.rows == kernel(ROWS).rows
    assert both.ntk.shape == (3, 3)
    assert kernel(ROWS, ROWS[:2]).shape == (3, 2)


def test_arithmetics_are_named_in_the_result() -> None:
    assert kernel(ROWS).arithmetic == kernel(ROWS, arithmetic="arb").arithmetic == "arb"
    assert kernel(ROWS, arithmetic="mpmath").arithmetic == "mpmath"
    assert kernel(ROWS, bits=90).bits == 90
    assert "Enclosure(shape=(3, 3), arithmetic='arb', bits=53" in repr(kernel(ROWS))


def test_the_matrix_is_exactly_symmetric_and_the_precision_of_flint_is_left_alone() -> None:
    before = flint.ctx.prec
    found = kernel(ROWS, bits=300)
    assert flint.ctx.prec == before
    assert all(found.rows[i][j] == found.rows[j][i] for i in range(3) for j in range(3))


@pytest.mark.parametrize(
    "options",
    [
        *({"get": value} for value in ("NTK", "", None, 5, (), ("ntk", "ntk"), ("ntk", "x"), ("ntk", None), [["ntk"]])),
        *({"bits": value} for value in (0, 1, -5, 1.5, "53", True, 65_537, 10**30, float("nan"))),
        *({"arithmetic": value} for value in ("flint", "", None, 3, ["arb"])),
        *({"normalize": value} for value in ("l2", "", None, 1, ["unit"])),
    ],
    ids=repr,
)
def test_options_that_mean_nothing_are_refused(options: dict[str, Any], refused: Any) -> None:
    (name, _), *_ = options.items()
    with refused(f"{name}="):
        kernel(ROWS, **options)


def test_points_that_do_not_fit_are_refused(refused: Any) -> None:
    with refused("2 and 3 columns"):
        kernel(ROWS, [[1, 2, 3]])
    with refused("row 1 of x1", "zero"):
        kernel([[1, 2], [0, 0]], normalize="unit")
    with refused("row 0 of x2", "zero"):
        kernel(ROWS, [[0, 0]], normalize="unit")


@pytest.mark.parametrize("arithmetic", ["arb", "mpmath"])
def test_values_beyond_reach_are_refused_quickly(arithmetic: str, refused: Any) -> None:
    towers = [
        stax.serial(stax.Dense(), stax.Exp(), stax.Dense(), stax.Exp(), stax.Dense()),
        stax.serial(stax.Dense(), stax.Exp(), stax.Dense()),
        stax.serial(stax.Dense(), stax.Monomial(100), stax.Dense(), stax.Monomial(200)),
    ]
    for net in towers:
        with refused("scale the points"):
            kernel([[1e9, 2.0]], net=net, arithmetic=arithmetic)


@pytest.mark.parametrize("arithmetic", ["arb", "mpmath"])
@pytest.mark.parametrize("distance", [1e5, 1e40, 1e150])
def test_values_too_small_to_write_down_are_enclosed_around_zero(arithmetic: str, distance: float) -> None:
    found = kernel(
        [[distance, 0], [0, 1]], net=stax.serial(stax.Dense(), stax.Rbf()), get="nngp", arithmetic=arithmetic
    )
    assert (found.lower_exact[0, 0], found.upper_exact[0, 0]) == (1, 1)
    assert -Fraction(1, 10**300) < found.lower_exact[0, 1] <= found.upper_exact[0, 1] < Fraction(1, 10**300)
    assert found.upper[0, 1] == 5e-324
    assert "radius" in repr(found)


def test_values_beyond_float64_are_there_exactly(refused: Any) -> None:
    found = kernel([[1e150, 0], [0, 1e-150]], net=stax.serial(stax.Dense(W_var=2), stax.Monomial(2)), get="nngp")
    square = Fraction(1e150) ** 2
    assert found.contains(3 * square**2)[0, 0]
    assert "beyond float64" in repr(found)
    with refused("lower_exact"):
        found.lower  # noqa: B018
    with refused("lower_exact"):
        found.mid  # noqa: B018


@pytest.mark.parametrize("bits", [2, 10, 53])
def test_few_bits_are_no_excuse_for_a_wide_diagonal(bits: int) -> None:
    """Written as powers, a Hermite polynomial cancels more digits than the guard holds, and variances are needed."""
    cancelling = stax.Polynomial([c / 10**41 for c in stax.Hermite(60).coefficients])
    for last in (stax.Erf(), stax.Gelu(), stax.Gaussian(), stax.Gabor(), stax.Sin(), stax.Relu()):
        net = stax.serial(stax.Dense(W_var=3), cancelling, stax.Dense(), last, stax.Dense())
        for name in ("nngp", "ntk"):
            found = kernel([[0.346, 0.822, 0.33], [0.3, -0.2, 1.1]], net=net, get=name, bits=bits)
            low, high = np.diag(found.lower_exact), np.diag(found.upper_exact)
            assert all(0 < a <= b <= a * (1 + Fraction(4, 2**bits)) for a, b in zip(low, high, strict=True))


def test_input_errors_are_value_errors() -> None:
    assert issubclass(InputError, ValueError)
