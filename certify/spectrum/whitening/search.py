"""The parameters of a whitened bound, found by trial on one block of the points: guesses, which the proof verifies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from certify.kernels.float64 import NoApproximant
from certify.kernels.float64.values import Pairs, ProfileValues, Taken
from certify.spectrum.whitening.blocks import blocks_of
from certify.spectrum.whitening.candidates import Candidate
from certify.spectrum.whitening.factor import (
    SparseFactor,
    SparseRows,
    assembled,
    chunks,
    smallest_of_parts,
    summed,
    whitening_rows,
    without_missing,
)

FloatArray = NDArray[np.float64]
Indices = NDArray[np.intp]

BELOW = 0.98
"""The shift for which the factor whitens, as a part of the smallest eigenvalue of all parts."""
ROOM, ROOM_OF_SAMPLE = 0.94, 0.85
"""A candidate is good where the Perron root stays below this, over all points or over a sample."""
_SAMPLE = 1024
_LATER, _SAME = 3, 0.997
_WITNESSES = 48
_POWER_STEPS = 24
_NOISE = 1e-13
"""Eigenvalues of parts below this, as a part of F(1), are rounding."""


@dataclass(frozen=True)
class Whitening:
    """A factor for a candidate: what it whitens, the shift, weights for the row sums (1 where none are known), and the
    point whose neighbourhood has the smallest eigenvalue."""

    candidate: Candidate
    factor: SparseFactor
    shift: float
    weights: FloatArray
    tightest: int


@dataclass(frozen=True)
class Cloud:
    """Points as directions in float64, their blocks and the neighbours of each."""

    directions: FloatArray
    blocks: Sequence[Indices]
    neighbours: Indices
    values: ProfileValues

    @property
    def n(self) -> int:
        return len(self.directions)

    def remainders(self, points: Indices, taken: Taken) -> Iterator[tuple[Indices, Indices, FloatArray]]:
        """What is left of the kernel on neighbourhoods of these points, run by run: positions among the points,
        their neighbours (-1 for none) and themselves in the last place, and a matrix for each, where the rows of
        missing members are those of a multiple of I."""
        for places, neighbours in chunks(self.neighbours, points, self.directions.shape[1]):
            members = np.concatenate([neighbours, points[places, None]], axis=1)
            pairs = Pairs.within(self.directions, members)
            kernel = self.values.kernel(pairs.rho, pairs.gaps)
            matrices = self.values.remainders(pairs.rho, pairs.gaps, kernel, taken)
            yield places, members, without_missing(matrices, members)

    def smallest(self, points: Indices, taken: Taken) -> tuple[float, int]:
        """The smallest eigenvalue of the parts of these points, and the point of that part."""
        smallest, where = np.inf, 0
        for places, _, matrices in self.remainders(points, taken):
            least = smallest_of_parts(matrices)
            if float(least.min()) < smallest:
                smallest, where = float(least.min()), int(points[places[int(np.argmin(least))]])
        return smallest, where

    def rows(self, points: Indices, taken: Taken, shift: float) -> list[SparseRows] | None:
        """The rows of the factor for these points and a shift; None where a part less the shift is not positive."""
        made: list[SparseRows] = []
        for places, members, matrices in self.remainders(points, taken):
            rows = whitening_rows(matrices, shift)
            if rows is None:
                return None
            made.append(SparseRows(places, members, rows))
        return made

    def is_noise(self, smallest: float) -> bool:
        """Whether an eigenvalue of a part is no more than rounding."""
        return not smallest > _NOISE * self.values.at_one


class Verdict(Enum):
    """What a candidate takes away: too little to be bounded, so much that float64 sees nothing left, or neither."""

    TOO_LITTLE = -1
    GOOD = 0
    TOO_MUCH = 1


def find_candidate(
    cloud: Cloud, options: Sequence[Candidate], say: Callable[[int, int], None] = lambda done, total: None
) -> tuple[int, FloatArray | None] | None:
    """The first of the options that seems to be bounded, with weights where they are known; None where none seems so.

    Method: bisection over the options, each judged on a sample of the points with their neighbours: by the Perron root
    of |B - I| inside, and by the row sums with what the rest adds extrapolated.
    """
    sample = _Sample(cloud)
    low, high = -1, len(options)
    found: tuple[int, FloatArray] | None = None
    steps = len(options).bit_length()
    for step in range(steps + 1):
        if high - low <= 1:
            break
        say(step, steps)
        middle = (low + high) // 2
        verdict, weights = sample.judge(options[middle])
        if verdict is Verdict.TOO_LITTLE:
            low = middle
            continue
        high = middle
        if weights is not None:
            found = middle, weights
    if found is None:
        return None
    if sample.rest is not None:
        position = _without_risk(cloud, options, found[0], sample.inside)
        return position, None
    return found


def _without_risk(cloud: Cloud, options: Sequence[Candidate], position: int, points: Indices) -> int:
    """A later option that costs next to nothing: it saves a pass where the sample was too optimistic."""
    start, _ = cloud.smallest(points, options[position].taken)
    for later in range(position + 1, min(position + _LATER, len(options) - 1) + 1):
        if cloud.smallest(points, options[later].taken)[0] < _SAME * start:
            break
        position = later
    return position


def whiten(cloud: Cloud, candidate: Candidate, weights: FloatArray | None) -> Whitening | None:
    """The factor for a candidate; None where a part less its shift is not positive definite in float64."""
    taken, everything = candidate.taken, np.arange(cloud.n)
    smallest, tightest = cloud.smallest(everything, taken)
    made = None if cloud.is_noise(smallest) else cloud.rows(everything, taken, BELOW * smallest)
    if made is None:
        return None
    weights = np.ones(cloud.n) if weights is None else weights
    return Whitening(candidate, assembled(cloud.n, made), BELOW * smallest, weights, tightest)


class _Sample:
    """Some points of one block with all that their rows of the factor reach, and others that stand for the rest."""

    def __init__(self, cloud: Cloud) -> None:
        rng = np.random.default_rng(cloud.n)
        self.cloud = cloud
        everything = np.arange(cloud.n)
        if cloud.n <= 2 * _SAMPLE:
            self.inside = everything
        else:
            block = cloud.blocks[len(cloud.blocks) // 2]
            self.inside = block[blocks_of(cloud.directions[block], _SAMPLE)[0]]
        self.block = self._between(self.inside, self.inside)
        others = np.setdiff1d(everything, self.inside)
        self.rest: _Between | None = None
        if len(others):
            self.outside = np.sort(rng.choice(others, min(len(others), _SAMPLE), replace=False))
            self.share = len(others) / len(self.outside)
            self.witnesses = np.sort(rng.choice(len(self.inside), min(len(self.inside), _WITNESSES), replace=False))
            self.rest = self._between(self.inside[self.witnesses], self.outside)

    def _between(self, first: Indices, second: Indices) -> _Between:
        return _Between(self.cloud, self._reach(first), self._reach(second))

    def _reach(self, points: Indices) -> Indices:
        members = np.unique(np.concatenate([self.cloud.neighbours[points].ravel(), points]))
        return members[members >= 0]

    def judge(self, candidate: Candidate) -> tuple[Verdict, FloatArray | None]:
        """Whether the candidate seems to be bounded, and then weights for the points inside."""
        try:
            taken = candidate.taken
        except (NoApproximant, ArithmeticError):
            return Verdict.TOO_MUCH, None
        points = self.inside if self.rest is None else np.concatenate([self.inside, self.outside])
        smallest, _ = self.cloud.smallest(points, taken)
        inside = None if self.cloud.is_noise(smallest) else self.cloud.rows(self.inside, taken, BELOW * smallest)
        if inside is None:
            return Verdict.TOO_MUCH, None
        shift = BELOW * smallest
        rows = summed(inside, self.block.first, len(self.inside))
        sizes = np.abs(self._whitened(self.block, rows, rows, taken, shift))
        np.fill_diagonal(sizes, 0.0)
        if self.rest is None:
            return _judged(_perron(sizes, ROOM))
        outside = self.cloud.rows(self.outside, taken, shift)
        if outside is None:
            return Verdict.TOO_MUCH, None
        some = rows[self.witnesses][:, np.searchsorted(self.block.first, self.rest.first)]
        others = summed(outside, self.rest.second, len(self.outside))
        far = np.abs(self._whitened(self.rest, some, others, taken, shift)).sum(axis=1)
        sums = sizes[self.witnesses].sum(axis=1) + self.share * far
        # Were the entries |B_ij| = a_i a_j, this would be the Perron root.
        if float((sums**2).mean()) > ROOM_OF_SAMPLE * float(sums.mean()):
            return Verdict.TOO_LITTLE, None
        return _judged(_perron(sizes, ROOM_OF_SAMPLE))

    def _whitened(
        self, between: _Between, left: sparse.csr_matrix, right: sparse.csr_matrix, taken: Taken, shift: float
    ) -> FloatArray:
        """W (R - shift I) W' for some rows of W."""
        matrix = self.cloud.values.remainders(between.pairs.rho, between.pairs.gaps, between.kernel, taken)
        matrix[between.first[:, None] == between.second] -= shift
        result: FloatArray = right @ np.ascontiguousarray((left @ matrix).T)
        return result.T


class _Between:
    """Correlations and kernel of two sets of points."""

    def __init__(self, cloud: Cloud, first: Indices, second: Indices) -> None:
        self.first, self.second = first, second
        self.pairs = Pairs.between(cloud.directions, first, second)
        self.kernel = cloud.values.kernel(self.pairs.rho, self.pairs.gaps)


def _judged(weights: FloatArray | None) -> tuple[Verdict, FloatArray | None]:
    return (Verdict.TOO_LITTLE if weights is None else Verdict.GOOD), weights


def _perron(sizes: FloatArray, room: float) -> FloatArray | None:
    """Weights x with sizes x < room x; None where the power iteration finds none."""
    x = np.ones(len(sizes))
    for _ in range(_POWER_STEPS):
        y = sizes @ x
        ratios = y / x
        if float(ratios.max()) < room:
            return x
        if float(ratios.min()) > room:
            return None
        x = y / float(y.max()) + 0.02
    return None
