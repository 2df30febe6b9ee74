"""Bounds for float64 matrices at the edges of the format, with the answer known exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from exact_matrices import encloses, rational

from certify.spectrum.matrix import smallest_eigenvalue

ONE_UP = float(np.nextafter(1.0, 2.0))
ONE_DOWN = float(np.nextafter(1.0, 0.0))
CASES: dict[str, tuple[list[list[float]], str]] = {
    "one positive": ([[0.3]], "positive definite"),
    "one negative": ([[-5e-324]], "negative"),
    "one zero": ([[0.0]], "singular"),
    "one minus zero": ([[-0.0]], "singular"),
    "zero": ([[0.0, 0.0], [0.0, 0.0]], "singular"),
    "identity": ([[1.0, 0.0], [0.0, 1.0]], "positive definite"),
    "zero diagonal": ([[0.0, 1e-300], [1e-300, 0.0]], "negative"),
    "far apart": ([[1e300, 0.0], [0.0, 1e-300]], "positive definite"),
    "the whole range": ([[1.7e308, 0.0], [0.0, 5e-324]], "positive definite"),
    "far apart negative": ([[1e300, 0.0], [0.0, -1e-300]], "negative"),
    "far apart singular": ([[1e300, 0.0, 0.0], [0.0, 1e-300, 1e-300], [0.0, 1e-300, 1e-300]], "singular"),
    "ones": ([[1.0, 1.0], [1.0, 1.0]], "singular"),
    "ones but one ulp more": ([[1.0, 1.0], [1.0, ONE_UP]], "positive definite"),
    "ones but one ulp less": ([[1.0, 1.0], [1.0, ONE_DOWN]], "negative"),
    "coupled over 600 orders, doubles with a product above 1": ([[1e300, 1.0], [1.0, 1e-300]], "positive definite"),
    "coupled over 600 orders, indefinite": ([[1e300, ONE_UP], [ONE_UP, 1e-300]], "negative"),
    "a zero row": ([[1.0, 0.0, 2.0], [0.0, 0.0, 0.0], [2.0, 0.0, 5.0]], "singular"),
    "a zero row, indefinite": ([[1.0, 0.0, 2.0], [0.0, 0.0, 0.0], [2.0, 0.0, 3.0]], "negative"),
    "a zero row before a tiny negative": ([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 5.8e233]], "negative"),
    "graded": ([[1.0, 1e-9, 1e-19], [1e-9, 1e-17, 1e-28], [1e-19, 1e-28, 1e-36]], "positive definite"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_edges_of_float64_are_decided_and_enclosed(name: str) -> None:
    rows, verdict = CASES[name]
    found = smallest_eigenvalue(rows)
    assert found.verdict == verdict
    assert encloses(rational(rows), found.lower, found.upper)
    if verdict == "singular":
        assert found.lower == found.upper == 0
    else:
        nearer = min(abs(found.lower), abs(found.upper))
        assert found.upper - found.lower <= nearer / 1000


@pytest.mark.parametrize(("n", "verdict"), [(5, "positive definite"), (12, "positive definite"), (18, "negative")])
def test_hilbert_matrices_rounded_to_float64(n: int, verdict: str) -> None:
    array = 1.0 / (np.arange(n)[:, None] + np.arange(n)[None, :] + 1.0)
    found = smallest_eigenvalue(array)
    assert found.verdict == verdict
    assert encloses(rational(array.tolist()), found.lower, found.upper)


def test_a_singular_integer_gram_matrix_is_proved_singular() -> None:
    rows = np.random.default_rng(0).integers(-9, 10, (40, 25))
    found = smallest_eigenvalue(rows @ rows.T)
    assert found.verdict == "singular"
    assert found.singular is not None
    assert not (rows @ rows.T @ np.array([int(v) for v in found.singular.null_vector], dtype=object)).any()


def test_float64_and_proof_disagree_on_a_gram_matrix_of_floats() -> None:
    rows = np.random.default_rng(1).standard_normal((30, 20))
    array = rows @ rows.T
    array = np.minimum(array, array.T)
    found = smallest_eigenvalue(array)
    assert found.verdict == "negative"
    assert encloses(rational(array.tolist()), found.lower, found.upper)


def test_the_bounds_hold_for_every_corner_of_a_ball() -> None:
    rng = np.random.default_rng(2)
    mid = rng.standard_normal((4, 4))
    mid = mid @ mid.T
    mid = np.minimum(mid, mid.T)
    rad = np.full((4, 4), 2.0**-20)
    found = smallest_eigenvalue(mid, rad)
    for _ in range(40):
        signs = np.tril(rng.choice([-1.0, 1.0], (4, 4)))
        signs = signs + np.tril(signs, -1).T
        member = [
            [Fraction(float(m)) + Fraction(float(s)) / 2**20 for m, s in zip(x, y, strict=True)]
            for x, y in zip(mid, signs, strict=True)
        ]
        assert encloses(member, found.lower, found.upper)
    assert found.upper - found.lower < 10 * Fraction(4, 2**20)


def test_a_ball_around_a_singular_matrix_is_undecided() -> None:
    found = smallest_eigenvalue(np.ones((3, 3)), 2.0**-30)
    assert found.verdict == "undecided"
    assert -Fraction(1, 2**26) < found.lower < 0 < found.upper < Fraction(1, 2**26)


def test_half_given_as_a_float_and_half_as_its_rounding_meet_in_the_intersection() -> None:
    found = smallest_eigenvalue([[1.0, 0.1], [0.1 + 2e-9, 1.0]], 1e-9)
    assert found.verdict == "positive definite"
    assert found.lower <= Fraction(9, 10) - Fraction(1e-9) <= found.upper + Fraction(1, 10**15)


def test_one_entry_with_a_radius() -> None:
    found = smallest_eigenvalue([[1.0]], 0.25)
    assert (found.lower, found.upper, found.verdict) == (Fraction(3, 4), Fraction(5, 4), "positive definite")
    assert smallest_eigenvalue([[0.0]], 0.25).verdict == "undecided"


def test_the_climb_reports_its_progress() -> None:
    seen: list[tuple[int, str]] = []
    smallest_eigenvalue([[1e300, 0.0], [0.0, 1e-300]], progress=lambda bits, stage: seen.append((bits, stage)))
    assert seen[0] == (58, "float64 eigenvalues")
    assert seen[-1][1] == "proof"


def test_max_bits_limits_the_answer() -> None:
    found = smallest_eigenvalue([[1e300, 0.0], [0.0, 1e-300]], max_bits=500)
    assert found.verdict == "undecided"
    assert found.lower <= 0 < Fraction(1e-300) <= found.upper


@pytest.mark.parametrize("width", ["1e-20", Fraction(1, 10**20), 1e-20])
def test_the_width_may_be_any_number(width: Any) -> None:
    found = smallest_eigenvalue([[2.0, 1.0], [1.0, 3.0]], rel_width=width)
    assert found.upper - found.lower <= found.lower / 10**19


@pytest.mark.parametrize("width", [0, -1.0, "x", float("nan"), float("inf"), None])
def test_a_useless_width_is_refused(width: Any, refused: Any) -> None:
    with refused("rel_width"):
        smallest_eigenvalue([[1.0]], rel_width=width)


@pytest.mark.parametrize("bits", [0, -5, 2.5, True, "64"])
def test_a_useless_precision_is_refused(bits: Any, refused: Any) -> None:
    with refused("max_bits"):
        smallest_eigenvalue([[1.0]], max_bits=bits)


def test_a_matrix_that_is_none_is_refused(refused: Any) -> None:
    with refused("square"):
        smallest_eigenvalue([[1.0, 2.0]])
