"""The sharper streaming proof: truncate the kernel, whiten the rest with nearest neighbours, and bound by row sums.

What is left of the kernel when a positive semidefinite part is taken away has small entries between points that are
not near, and a sparse congruence makes it almost diagonal (a sparse approximate inverse factor, Kolotilina and Yeremin
1993). How much to take away, the factor, the shift and the weights are guesses; `whitened_row_sums` proves the bound.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.certificate import hexadecimal, integers
from certify.kernels.float64.choice import block_grams
from certify.kernels.float64.directions import Directions
from certify.kernels.float64.profile import Profile
from certify.kernels.float64.remainders import Remainder
from certify.kernels.float64.values import ProfileValues
from certify.points import Points
from certify.proofs.gram import Progress
from certify.proofs.pass_files import PassFile
from certify.proofs.streaming import StreamingBounds, rounded_weights, streaming_field
from certify.spectrum import Dyadic
from certify.spectrum.whitening.blocks import BLOCK, blocks_of
from certify.spectrum.whitening.candidates import Candidate, candidates
from certify.spectrum.whitening.factor import SparseFactor
from certify.spectrum.whitening.neighbours import nearest_before
from certify.spectrum.whitening.row_sums import WhitenedSums, whitened_row_sums
from certify.spectrum.whitening.search import Cloud, Whitening, find_candidate, whiten

FloatArray = NDArray[np.float64]

NEIGHBOURS = 20
MOST_PASSES = 3
_SHIFTS = (1.018, 1.012, 1.008, 1.004, 1.0, 0.99, 0.98, 0.96, 0.93, 0.9)
_AT = _SHIFTS.index(1.0)
_SHIFT_BITS = 30
_MARGIN = 2.0**-12
"""Room for another engine's rounding."""
_LESS = 2
"""How many candidates further a second attempt goes."""
_OPPOSITE = -0.9


@dataclass(frozen=True)
class Whitened:
    """A proved bound lambda_min > shift, and what proves it."""

    shift: Dyadic
    taken: Remainder
    factor: SparseFactor
    weights: FloatArray
    sums: WhitenedSums
    growth: float
    tightest: int

    @property
    def lower(self) -> Fraction:
        return self.shift.fraction()


@dataclass(frozen=True)
class Guess:
    """A whitening that promises a bound, before anything is proved."""

    cloud: Cloud
    options: Sequence[Candidate]
    position: int
    made: Whitening


def guess_whitening(profile: Profile, ways: Directions, say: Progress) -> Guess | None:
    """What looks best without a proof; None where nothing seems to be bounded."""
    rows = ways.high + ways.low
    blocks = blocks_of(rows, BLOCK)
    neighbours = nearest_before(rows, blocks, NEIGHBOURS, lambda done, total: say("neighbours", done, total))
    cloud = Cloud(rows, blocks, neighbours, ProfileValues(profile))
    guesses = []
    for odd in _parities(rows, neighbours):
        options = candidates(profile, odd)
        found = find_candidate(cloud, options, lambda done, total: say("what to take away", done, total))
        if found is None:
            continue
        made = whiten(cloud, options[found[0]], found[1])
        if made is not None:
            guesses.append(Guess(cloud, options, found[0], made))
    return max(guesses, key=lambda guess: guess.made.shift, default=None)


def _parities(rows: FloatArray, neighbours: NDArray[np.intp]) -> tuple[int | None, ...]:
    """How many odd powers to take away at most: a few alternatives only where points are nearly opposite."""
    nearest = neighbours[:, 0]
    known = np.flatnonzero(nearest >= 0)
    products = np.einsum("ij,ij->i", rows[known], rows[nearest[known]])
    return (None, 0, 2) if (products < _OPPOSITE).any() else (None,)


def prove_whitened(guess: Guess, points: Points, ways: Directions, files: PassFile, say: Progress) -> Whitened | None:
    """The bound of a guess, or of one that takes more away where the first pass shows that too little was; None where
    three passes show nothing."""
    made: Whitening | None = guess.made
    position, left = guess.position, MOST_PASSES
    while made is not None and left:
        found, left = _attempt(guess.cloud, made, points, ways, files, say, left)
        if found is not None:
            return found
        position += _LESS
        made = whiten(guess.cloud, guess.options[position], None) if position < len(guess.options) else None
    return None


def _attempt(
    cloud: Cloud, made: Whitening, points: Points, ways: Directions, files: PassFile, say: Progress, left: int
) -> tuple[Whitened | None, int]:
    """The bound of one whitening in at most so many passes, and how many passes are left."""
    taken = made.candidate.make()
    shifts = [_rounded(made.shift * part) for part in _SHIFTS]
    weights = rounded_weights(made.weights)
    identity = _digest(taken, made, shifts)
    kernel = partial(block_grams, taken, points, ways)
    values = [float(shift.fraction()) for shift in shifts]
    while left:
        left -= 1
        name = f"{identity}:{left}"
        report = _reporter(say, f"whitened pass {MOST_PASSES - left} of at most {MOST_PASSES}")
        matrix = made.factor.matrix
        state, save = files.state(name), files.saver(name)
        sums = whitened_row_sums(kernel, cloud.blocks, matrix, weights, values, state, save, report)
        growth = sums.growth(weights)
        good = np.flatnonzero(growth < 1 - _MARGIN)
        if good.size:
            k = int(good[0])
            shown = WhitenedSums(sums.sums[k : k + 1], sums.diagonal[k : k + 1], sums.errors)
            found = Whitened(shifts[k], taken, made.factor, weights, shown, float(growth[k]), made.tightest)
            return found, left
        with np.errstate(all="ignore"):
            image = sums.sums[_AT] / sums.diagonal[_AT]
        if not np.isfinite(image).all() or float(np.sqrt(((image / weights) ** 2).mean())) > 1.0:
            break
        weights = rounded_weights(image + 0.05 * float(image.max()))
    return None, left


def _reporter(say: Progress, stage: str) -> Callable[[int, int], None]:
    return lambda done, total: say(stage, done, total)


def _rounded(value: float) -> Dyadic:
    mantissa, exponent = math.frexp(value)
    return Dyadic(round(math.ldexp(mantissa, _SHIFT_BITS)), exponent - _SHIFT_BITS)


def _digest(taken: Remainder, made: Whitening, shifts: Sequence[Dyadic]) -> str:
    """What a saved pass must have been about."""
    content = hashlib.sha256(repr((taken.order, taken.ratio, taken.coefficients, taken.exponent, shifts)).encode())
    for array in (made.factor.matrix.data, made.factor.matrix.indices, made.factor.matrix.indptr):
        content.update(np.ascontiguousarray(array).tobytes())
    return content.hexdigest()


def with_room(found: Whitened, upper: Fraction, rows: tuple[int, ...], vector: tuple[int, ...]) -> StreamingBounds:
    """The bounds with room for a verifier whose enclosures of the entries have a radius of its own.

    A radius r costs n r of the bound, and moves a row sum of the whitened matrix by r (|W| 1)_i 1'|W|'x at most.
    """
    n, taken = len(found.weights), found.taken
    wanted = found.lower / 4096
    absolute = abs(found.factor.matrix)
    per_row = np.asarray(absolute.sum(axis=1)).ravel() * float((absolute.T @ found.weights).sum())
    spare = (1 - found.growth) / 4 * float((found.sums.diagonal[0] * found.weights / per_row).min())
    radius = min(float(wanted) / n, spare)
    bits = max(53, math.ceil(math.log2(2 * float(taken.profile.at_one.mid()) * 2.0**taken.order / radius)) + 2)
    weights = () if (found.weights == found.weights[0]).all() else tuple(int(x) for x in found.weights.tolist())
    return StreamingBounds(found.lower - wanted, upper, bits, taken, weights, rows, vector)


def whitened_field(found: Whitened, bounds: StreamingBounds) -> dict[str, Any]:
    """The witness in a certificate."""
    matrix, exponent = found.factor.matrix, found.factor.exponent
    values = np.rint(np.ldexp(matrix.data, -exponent)).astype(np.int64)
    rows = [slice(a, b) for a, b in pairwise(matrix.indptr.tolist())]
    # Row by row: a list of all the numbers would take more memory than the proof.
    factor = {
        "columns": [integers(matrix.indices[row].tolist()) for row in rows],
        "exponent": exponent,
        "rows": [integers(values[row].tolist()) for row in rows],
    }
    shift = {"exponent": found.shift.exponent, "value": hexadecimal(found.shift.value)}
    return {**streaming_field(bounds), "factor": factor, "kind": "whitened", "shift": shift}
