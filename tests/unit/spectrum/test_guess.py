"""Guessed eigenvectors are good enough for the widths that are asked for, over forty orders of magnitude."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from exact_matrices import make_ball_of, with_spectrum

from certify.spectrum.cholesky import TiledFactor, cholesky
from certify.spectrum.fixed_point import Dyadic
from certify.spectrum.guess import float_guess, refine_vector, round_vector, vector_bits
from certify.spectrum.residual import rayleigh_midpoint

SPECTRA = {
    "graded": [Fraction(1, 10**k) for k in (0, 4, 8, 12, 20, 30, 40)],
    "small cluster": [Fraction(1, 10**40)] * 3 + [Fraction(10001, 10**44), 1, 2, 3],
    "one large": [Fraction(10**20), 1, 1, 1, 1, Fraction(1, 10**20), Fraction(2, 10**20)],
    "multiple": [3, 3, 3, 3, 3, 3, 3],
    "single": [7],
}


@pytest.mark.parametrize("name", SPECTRA)
def test_inverse_iteration_finds_the_smallest_eigenvalue(name: str) -> None:
    spectrum = SPECTRA[name]
    ball = make_ball_of(with_spectrum(spectrum))(220)
    factor = cholesky(ball, Dyadic(0, 0), ball.magnitude // 2 - 220)
    assert isinstance(factor, TiledFactor)
    start = [1] + [0] * (len(spectrum) - 1)
    vector = refine_vector(factor, start, 1e-6)
    quotient = rayleigh_midpoint(ball, vector)
    assert abs(quotient / min(spectrum) - 1) < Fraction(1, 10**5)


@pytest.mark.parametrize("name", SPECTRA)
def test_rounding_the_vector_keeps_the_quotient_within_the_width(name: str) -> None:
    spectrum = SPECTRA[name]
    ball = make_ball_of(with_spectrum(spectrum))(220)
    factor = cholesky(ball, Dyadic(0, 0), ball.magnitude // 2 - 220)
    assert isinstance(factor, TiledFactor)
    width = Fraction(min(spectrum), 1000)
    vector = refine_vector(factor, [1] * len(spectrum), 1e-6)
    bits = vector_bits(width, ball.n, ball.magnitude)
    rounded = round_vector(vector, bits)
    assert max(abs(entry) for entry in rounded).bit_length() <= bits + 1
    assert rayleigh_midpoint(ball, rounded) - rayleigh_midpoint(ball, vector) < width / 8


def test_a_short_vector_is_not_rounded() -> None:
    assert round_vector([3, -4], 10) == [3, -4]
    assert round_vector([12, -20], 3) == [3, -5]


def test_float64_knows_its_noise() -> None:
    guess = float_guess(np.diag([0.75, 0.5, 0.25]))
    assert guess is not None
    assert guess.value == 0.25
    assert np.abs(guess.vector).tolist() == [0.0, 0.0, 1.0]
    assert 0 < guess.noise < 1e-14


def test_a_matrix_that_lapack_refuses_has_no_guess() -> None:
    assert float_guess(np.full((3, 3), np.nan)) is None
