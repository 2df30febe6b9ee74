"""Printed kernel values of the literature: entries and smallest eigenvalues, all digits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from certify import stax


def agrees(low: Fraction, high: Fraction, printed: str) -> bool:
    """[low, high] lies within one unit of the last printed digit."""
    unit = Fraction(1, 10 ** len(printed.partition(".")[2]))
    return Fraction(printed) - unit <= low <= high <= Fraction(printed) + unit


def entry_agrees(text: str, rows: Any, kernel: str, normalize: str, printed: str) -> bool:
    found: Any = stax.parse(text).kernel(rows, get=kernel, bits=160, normalize=normalize)
    return agrees(found.lower_exact[0, -1], found.upper_exact[0, -1], printed)


# Convention "Gram = <x, x'>": the first W_var is the number of columns.
FIGURE = "serial(Dense(b_var='0.01')" + ", Relu(), Dense(b_var='0.01')" * 3 + ")"
DEEP = "serial(Dense(W_var=3)" + ", Relu(), Dense(W_var=2)" * 2 + ")"
SHALLOW = "serial(Dense(W_var=3), Relu(), Dense(W_var=2))"
SHIFTED = "serial(Dense(W_var='2.1', b_var='0.3'), Relu(), Dense(b_var='0.5'))"
TWO_BIASES = "serial(Dense(b_var=1), Relu(), Dense(b_var=1), Relu(), Dense())"
SIXTY, REVERSED = [[1, 1, 0], [1, 0, 1]], [[1, -1, 0], [0, 1, -1]]

ENTRIES = [
    (FIGURE, [[1, 0]], "nngp", "unit", "0.08125"),
    (FIGURE, [[1, 0]], "ntk", "unit", "0.2825"),
    (FIGURE, [[1, 0], [1, 1]], "nngp", "unit", "0.0698672508194980328984493039298"),
    (FIGURE, [[1, 0], [1, 1]], "ntk", "unit", "0.169970509118600642995252743843"),
    (FIGURE, [[1, 0], [0, 1]], "nngp", "none", "0.0557602776028529952936561075564"),
    (FIGURE, [[1, 0], [0, 1]], "ntk", "none", "0.0927021101740239736028970244658"),
    (FIGURE, [[1, 0], [-1, 0]], "nngp", "none", "0.0480965897954615709114432450451"),
    (FIGURE, [[1, 0], [-1, 0]], "ntk", "none", "0.0643537701454649841724037960076"),
    (SHALLOW, SIXTY, "ntk", "unit", "0.942331114377562691422329915823"),
    (DEEP, SIXTY, "ntk", "unit", "1.3514795611234831630837342058"),
    (DEEP, REVERSED, "ntk", "unit", "0.343862246272726864452050904164"),
    (DEEP, [[3, 1, 2]], "ntk", "unit", "3"),
    (SHIFTED, [[1, 2, 0], [0, 1, 2]], "ntk", "unit", "1.0338797648710929221156147891"),
    (TWO_BIASES, [[1, 1, 1, 0, 0]], "ntk", "none", "2.2"),
]


@pytest.mark.parametrize(("text", "rows", "kernel", "normalize", "printed"), ENTRIES)
def test_a_printed_entry_is_enclosed(text: str, rows: Any, kernel: str, normalize: str, printed: str) -> None:
    assert entry_agrees(text, rows, kernel, normalize, printed)


def test_one_wrong_digit_is_seen() -> None:
    assert not entry_agrees(FIGURE, [[1, 0], [1, 1]], "ntk", "unit", "0.169970509118600642995252743845")
    assert not entry_agrees(DEEP, [[3, 1, 2]], "ntk", "unit", "5")


def smallest_agrees(text: str, rows: Any, kernel: str, normalize: str, printed: str) -> bool:
    """mpmath's eigsy at 60 digits on the midpoints of 230-bit enclosures, within one unit of the last digit."""
    found: Any = stax.parse(text).kernel(rows, get=kernel, bits=230, normalize=normalize)
    middle = (found.lower_exact + found.upper_exact) / 2
    with mpmath.workdps(60):
        matrix = [[mpmath.mpf(v.numerator) / v.denominator for v in row] for row in middle]
        value = min(mpmath.eigsy(mpmath.matrix(matrix), eigvals_only=True))
        unit = mpmath.mpf(10) ** -len(printed.partition(".")[2])
        return bool(abs(value - mpmath.mpf(printed)) <= unit)


HEXAGON = [[1, -1, 0], [1, 0, -1], [0, 1, -1], [-1, 1, 0], [-1, 0, 1], [0, -1, 1]]
CORNER = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]

EIGENVALUES = [
    (
        "serial(Dense(W_var=2, b_var='0.01'), Relu(), Dense(W_var=2, b_var='0.01'))",
        *([[1, 2], [2, 4]], "ntk", "none", "0.062909857183650405195"),
    ),
    (DEEP, HEXAGON, "ntk", "unit", "0.6664554841146967311988659"),
    (
        "serial(Dense(W_var=3, b_var='0.01'), Relu(), Dense(W_var=2, b_var='0.01'))",
        *(HEXAGON, "ntk", "unit", "0.06152764258428136516498736"),
    ),
    (
        "serial(Dense(W_var=2), Monomial(2), Dense())",
        *([[1, 0], [0, 1], [1, 1]], "ntk", "none", "2.90033112945850060552663038611"),
    ),
    (SHALLOW, CORNER, "nngp", "unit", "0.128855845168213212629788325883"),
    (DEEP, CORNER, "nngp", "unit", "0.149578684724977749312034779532"),
    (f"serial({DEEP}, Relu(), Dense(W_var=2))", CORNER, "nngp", "unit", "0.145966089299314552640332894622"),
    (SHALLOW, CORNER, "ntk", "unit", "0.449024232272579300106599553668"),
    (DEEP, CORNER, "ntk", "unit", "1.00151451180270184669937527382"),
    (f"serial({DEEP}, Relu(), Dense(W_var=2))", CORNER, "ntk", "unit", "1.60251673958810367038619755212"),
]


@pytest.mark.parametrize(("text", "rows", "kernel", "normalize", "printed"), EIGENVALUES)
def test_a_printed_smallest_eigenvalue_is_that_of_the_midpoints(
    text: str, rows: Any, kernel: str, normalize: str, printed: str
) -> None:
    assert smallest_agrees(text, rows, kernel, normalize, printed)
    assert not smallest_agrees(text, rows, kernel, normalize, str(Fraction(printed) * 2 // 1) + ".00")


def test_the_pair_bound_of_four_unit_vectors() -> None:
    found: Any = stax.parse(SHALLOW).kernel(CORNER, bits=160, normalize="unit")
    low, high = found.lower_exact, found.upper_exact
    pairs = [(i, j) for i in range(4) for j in range(i)]
    least = min((low[i, i] + low[j, j] - 2 * high[i, j]) / 2 for i, j in pairs)
    most = min((high[i, i] + high[j, j] - 2 * low[i, j]) / 2 for i, j in pairs)
    assert agrees(least, most, "0.936529631775301519705275070205")


def test_parallel_rows_with_an_output_bias_have_determinant_one_hundredth_and_none_at_three() -> None:
    net = stax.parse("serial(Dense(W_var=2), Relu(), Dense(b_var='1/100'))")
    k = net.kernel([[1, 0], [2, 0], [3, 0]], get="nngp", bits=160)
    low, high = k.lower_exact, k.upper_exact  # type: ignore[union-attr]
    middle = (low + high) / 2
    two = middle[0, 0] * middle[1, 1] - middle[0, 1] ** 2
    assert abs(two - Fraction(1, 200)) < Fraction(1, 10**40)
    matrix = [[middle[i, j] for j in range(3)] for i in range(3)]
    (a, b, c), (d, e, f), (g, h, i) = matrix
    assert abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)) < Fraction(1, 10**40)


def test_the_ntk_minus_the_nngp_is_indefinite_where_the_network_ends_in_an_activation() -> None:
    rows = [[3, 1], [1, 3], [-1, 2], [-3, 0], [-1, -2], [2, -2]]
    differences = []
    for text in ("serial(Dense(W_var=2), Relu())", "serial(Dense(W_var=2), Relu(), Dense())"):
        found: Any = stax.parse(text).kernel(rows, get=("ntk", "nngp"), normalize="unit")
        differences.append(np.linalg.eigvalsh(found.ntk.mid - found.nngp.mid).min())
    assert differences[0] < -0.1
    assert differences[1] > -1e-12
