"""Values of a kernel profile in float64 at arrays of correlations, for guesses: no error is bounded here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certify.kernels.float64.approximants import MIDDLE, Approximant, ProfileApproximant
from certify.kernels.float64.gram import approximant_of
from certify.kernels.float64.polynomials import FloatArray
from certify.kernels.float64.profile import Profile
from certify.kernels.float64.remainders import Remainder

Indices = NDArray[np.intp]

_BORDER = float(MIDDLE)
_NEAR = 1e-3
"""Pairs with 1 - |rho| below this get it from the difference of the points."""
_FEW = 1 << 16


@dataclass(frozen=True)
class Taken:
    """What is taken away from a profile: the order, the ratio and the coefficients of a remainder."""

    order: int
    ratio: Fraction
    coefficients: FloatArray

    @staticmethod
    def of(made: Remainder) -> Taken:
        return Taken(made.order, made.ratio, np.ldexp(np.array([float(a) for a in made.coefficients]), made.exponent))


@dataclass(frozen=True)
class Pairs:
    """Correlations of pairs of points and 1 - |rho|, with its digits where the points are nearly parallel."""

    rho: FloatArray
    gaps: FloatArray

    @staticmethod
    def between(directions: FloatArray, first: Indices, second: Indices) -> Pairs:
        """All pairs of some points with some others."""
        x, y = directions[first], directions[second]
        rho = np.clip(x @ y.T, -1.0, 1.0)
        gaps = 1.0 - np.abs(rho)
        i, j = np.nonzero(gaps < _NEAR)
        for start in range(0, len(i), _FEW):
            a, b = i[start : start + _FEW], j[start : start + _FEW]
            apart = x[a] - np.where(rho[a, b] < 0, -1.0, 1.0)[:, None] * y[b]
            gaps[a, b] = np.einsum("ij,ij->i", apart, apart) / 2
        return Pairs(rho, gaps)

    @staticmethod
    def within(directions: FloatArray, members: Indices) -> Pairs:
        """All pairs within each of many sets of the same size, a row of `members` each."""
        rows = directions[members]
        rho = np.clip(rows @ rows.transpose(0, 2, 1), -1.0, 1.0)
        gaps = 1.0 - np.abs(rho)
        part, i, j = np.nonzero(gaps < _NEAR)
        for start in range(0, len(part), _FEW):
            here = slice(start, start + _FEW)
            p, a, b = part[here], i[here], j[here]
            apart = rows[p, a] - np.where(rho[p, a, b] < 0, -1.0, 1.0)[:, None] * rows[p, b]
            gaps[p, a, b] = np.einsum("ij,ij->i", apart, apart) / 2
        return Pairs(rho, gaps)


class ProfileValues:
    """F and its remainders about as exactly as float64 holds them, at correlations and their complements.

    Arrays `rho` come with `gaps`, 1 - |rho|, which keep their digits where points are nearly parallel. Raises
    NoApproximant where the profile has no approximant.
    """

    def __init__(self, profile: Profile) -> None:
        self.approximant = approximant_of(profile)

    @property
    def at_one(self) -> float:
        """F(1)."""
        return float(np.ldexp(self.approximant.at_one[0], self.approximant.exponent))

    def kernel(self, rho: FloatArray, gaps: FloatArray) -> FloatArray:
        """F(rho)."""
        return _values(self.approximant, rho, gaps)

    def remainders(self, rho: FloatArray, gaps: FloatArray, kernel: FloatArray, taken: Taken) -> FloatArray:
        """R(rho), where F(rho) is known already."""
        result = kernel.copy()
        for k in range(1, taken.order + 1):
            factor, less = float(taken.ratio**k), float(1 - taken.ratio**k)
            scaled = _values(self.approximant, factor * rho, less + factor * gaps)
            result += (-1) ** k * math.comb(taken.order, k) * scaled
        if len(taken.coefficients):
            result -= _polynomial(taken.coefficients, rho)
        return result


def _polynomial(coefficients: FloatArray, x: FloatArray) -> FloatArray:
    """Horner's rule, in x squared where every other coefficient is zero."""
    coefficients = np.trim_zeros(coefficients, "b")
    if len(coefficients) < 2:
        return np.full_like(x, coefficients[0] if len(coefficients) else 0.0)
    shortest = 3
    even, odd = coefficients[0::2], coefficients[1::2]
    if len(np.trim_zeros(odd, "b")) < shortest:
        square = x * x
        result = _horner(even, square)
        for k, value in enumerate(np.trim_zeros(odd, "b").tolist()):
            result += value * x * square**k
        return result
    return _horner(coefficients, x)


def _horner(coefficients: FloatArray, x: FloatArray) -> FloatArray:
    result = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1].tolist():
        result *= x
        result += c
    return result


def _values(approximant: ProfileApproximant, rho: FloatArray, gaps: FloatArray) -> FloatArray:
    scale = 2.0**approximant.exponent
    if approximant.whole is not None:
        return _evaluate(approximant.whole, rho) * scale
    assert approximant.middle is not None
    result = np.empty_like(rho)
    inner = gaps >= 1 - _BORDER
    result[inner] = _evaluate(approximant.middle, rho[inner])
    for parts, side in ((approximant.positive, ~inner & (rho > 0)), (approximant.negative, ~inner & (rho <= 0))):
        places = np.flatnonzero(side)
        v = gaps.ravel()[places]
        for part in parts:
            here = v >= part.gaps[0] if part is not parts[-1] else np.ones(len(v), dtype=bool)
            u = v[here]
            for _ in range(part.roots):
                u = np.sqrt(u)
            result.ravel()[places[here]] = _evaluate(part, u)
            places, v = places[~here], v[~here]
    return result * scale


def _evaluate(part: Approximant, x: FloatArray) -> FloatArray:
    out = np.empty_like(x)
    return part.polynomial.evaluate(x.copy(), out)
