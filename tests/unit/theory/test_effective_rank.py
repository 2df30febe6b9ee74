"""Effective ranks enclosed, and the bounds of the paper on certified spectra."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest

import certify
from certify import stax
from certify.errors import InputError
from certify.spectrum import FixedPointBall
from certify.theory import effective_rank, power_series

NETWORK = "serial(Dense(), Relu(), Dense())"
POINTS = certify.load_points("iris").take(range(0, 150, 6))


def enclosed(low: list[list[Fraction]], high: list[list[Fraction]]) -> FixedPointBall:
    """A ball that holds every symmetric matrix between two."""
    places = 90
    ends = [
        [(low[i][j] * 2**places // 1, -(-high[i][j] * 2**places // 1), -places) for j in range(i + 1)]
        for i in range(len(low))
    ]
    return FixedPointBall.from_endpoints([[(int(a), int(b), e) for a, b, e in row] for row in ends], 100)


def parts() -> tuple[FixedPointBall, FixedPointBall, FixedPointBall, FixedPointBall]:
    """X X', the NTK, the NTK less its constant, and the inner layer's part of it, for unit rows."""
    net = stax.parse(NETWORK)
    inner = stax.parse("serial(Dense())").kernel(POINTS, bits=80, normalize="unit")
    ntk, nngp = net.kernel(POINTS, get=("ntk", "nngp"), bits=80, normalize="unit")  # type: ignore[misc]
    constant = power_series(NETWORK, 2, columns=POINTS.columns).ntk[0]
    n = POINTS.n
    grid = [(i, j) for i in range(n) for j in range(n)]

    def matrix(low: dict[tuple[int, int], Fraction], high: dict[tuple[int, int], Fraction]) -> FixedPointBall:
        return enclosed(
            [[low[i, j] for j in range(n)] for i in range(n)], [[high[i, j] for j in range(n)] for i in range(n)]
        )

    lows, highs = ({at: k[at] for at in grid} for k in (ntk.lower_exact, ntk.upper_exact))
    below, above = ({at: k[at] for at in grid} for k in (nngp.lower_exact, nngp.upper_exact))
    return (
        matrix({at: inner.lower_exact[at] for at in grid}, {at: inner.upper_exact[at] for at in grid}),  # type: ignore[union-attr]
        matrix(lows, highs),
        matrix({at: lows[at] - constant[1] for at in grid}, {at: highs[at] - constant[0] for at in grid}),
        matrix({at: lows[at] - above[at] for at in grid}, {at: highs[at] - below[at] for at in grid}),
    )


def test_the_three_bounds_hold_on_certified_spectra() -> None:
    points, whole, centred, inner = map(effective_rank, parts())
    series = power_series(NETWORK, 40, columns=POINTS.columns)
    first, second = series.effective_rank(), series.centred_ratio()
    assert first is not None
    assert second is not None
    for low, high in (points, whole, centred, inner):
        assert high >= 1
        assert high - low < Fraction(1, 10**9)
    assert whole[0] <= first
    assert centred[0] <= points[1] * second
    assert Fraction(1, 4) <= inner[1] / points[0]
    assert inner[0] / points[1] <= 4


def test_effective_ranks_of_small_matrices() -> None:
    low, high = effective_rank(FixedPointBall(flint.fmpz_mat([[2, 0], [0, 1]]), 0, (0, 0)))
    assert low <= Fraction(3, 2) <= high
    wide = effective_rank(FixedPointBall(flint.fmpz_mat([[200, 0], [0, 100]]), 0, (1, 1)))
    assert wide[0] < low
    assert high < wide[1]
    with pytest.raises(InputError, match="may be zero"):
        effective_rank(FixedPointBall(flint.fmpz_mat([[0]]), 0, (0,)))
