"""No bound on a smallest eigenvalue is wrong: random small matrices against exact elimination over the rationals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certify.spectrum import FixedPointBall, enclose_smallest_eigenvalue, smallest_eigenvalue

Matrix = list[list[Fraction]]


def eigenvalues_below(matrix: Matrix, bound: Fraction, inclusive: bool) -> bool:
    """Whether an eigenvalue < bound (<= bound if inclusive) exists, by exact elimination with diagonal pivots."""
    work = [[entry - (bound if i == j else 0) for j, entry in enumerate(row)] for i, row in enumerate(matrix)]
    while work:
        pivot = max(range(len(work)), key=lambda i: work[i][i])
        top = work[pivot][pivot]
        if top <= 0:
            return inclusive or any(any(row) for row in work)
        rest = [i for i in range(len(work)) if i != pivot]
        work = [[work[i][j] - work[i][pivot] * work[pivot][j] / top for j in rest] for i in rest]
    return False


def assert_enclosed(matrix: Matrix, lower: Fraction, upper: Fraction) -> None:
    assert not eigenvalues_below(matrix, lower, inclusive=False)
    assert eigenvalues_below(matrix, upper, inclusive=True)


def exact(array: np.ndarray) -> Matrix:
    return [[Fraction(float(entry)) for entry in row] for row in array]


@st.composite
def symmetric(draw: st.DrawFn) -> np.ndarray:
    """Matrices that are dense, nearly or exactly rank deficient, graded, or of wildly different exponents."""
    n = draw(st.integers(1, 4))
    kind = draw(st.sampled_from(["any", "gram", "graded", "wild"]))
    if kind == "gram":
        inner = draw(st.integers(1, 4))
        rows = np.array(draw(st.lists(st.integers(-4, 4), min_size=n * inner, max_size=n * inner)), dtype=float)
        array = rows.reshape(n, inner) @ rows.reshape(n, inner).T
        i = draw(st.integers(0, n - 1))
        array[i, i] += draw(st.sampled_from([0.0, 0.0, 2.0**-30, -(2.0**-30), 2.0**-45, -(2.0**-45)]))
        return array
    numbers = st.floats(-1e300, 1e300) if kind == "wild" else st.integers(-9, 9).map(float) | st.floats(-2.0, 2.0)
    array = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            scale = 2.0 ** (-25 * (i + j)) if kind == "graded" else 1.0
            array[i, j] = array[j, i] = scale * draw(numbers)
        if kind == "graded":
            array[i, i] = abs(array[i, i]) + 2.0 ** (-50 * i)
    return array


@settings(max_examples=150, deadline=None)
@given(symmetric(), st.sampled_from([1e-3, 1e-12, 0.5]))
def test_exactly_known_matrices(array: np.ndarray, rel_width: float) -> None:
    found = smallest_eigenvalue(array, rel_width=rel_width)
    assert_enclosed(exact(array), found.lower, found.upper)
    assert found.verdict != "undecided"
    assert (found.verdict == "singular") == (found.lower == found.upper == 0)
    assert (found.verdict == "positive definite") == (found.lower > 0)
    assert (found.verdict == "negative") == (found.upper < 0)


@settings(max_examples=100, deadline=None)
@given(symmetric(), st.data())
def test_every_member_of_a_ball(array: np.ndarray, data: st.DataObject) -> None:
    n = len(array)
    radii = np.zeros((n, n))
    members = [exact(array), exact(array)]
    for i in range(n):
        for j in range(i + 1):
            radii[i, j] = radii[j, i] = data.draw(st.sampled_from([0.0, 2.0**-40, 2.0**-8, 3.0]))
            for member in members:
                part = Fraction(data.draw(st.integers(-4, 4)), 4) * Fraction(float(radii[i, j]))
                member[i][j] += part
                if i != j:
                    member[j][i] += part
    found = smallest_eigenvalue(array, radii, max_bits=512)
    for member in members:
        assert_enclosed(member, found.lower, found.upper)


@settings(max_examples=60, deadline=None)
@given(symmetric(), st.integers(20, 140))
def test_every_limit_on_the_precision(array: np.ndarray, max_bits: int) -> None:
    found = smallest_eigenvalue(array, max_bits=max_bits)
    assert_enclosed(exact(array), found.lower, found.upper)


@pytest.mark.parametrize("offset", [-9, 9])
def test_a_proof_that_forgets_the_radii_is_caught(offset: int) -> None:
    """The planted bug: midpoints nine units off, radii of nine units (sound) or none (the bug)."""
    diagonal = 2**50 + 2**10
    matrix = [[Fraction(entry, 2**50) for entry in row] for row in ([diagonal, 2**50], [2**50, diagonal])]
    honest = FixedPointBall.from_integers([[diagonal + offset], [2**50, diagonal + offset]], -50)
    for radius, sound in ((9, True), (0, False)):
        ball = FixedPointBall(honest.mid, -50, (radius, radius))
        found = enclose_smallest_eigenvalue(
            lambda bits, ball=ball: ball, 2, rel_width=Fraction(1, 1000), max_bits=128, reserve=False
        )
        below = eigenvalues_below(matrix, found.lower, inclusive=False)
        reached = eigenvalues_below(matrix, found.upper, inclusive=True)
        assert (reached and not below) is sound
