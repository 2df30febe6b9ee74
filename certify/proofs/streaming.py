"""The streaming proof put together: what to take away from the kernel, the passes, and both bounds."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.certificate import hexadecimal, integers
from certify.kernels import arithmetic_named, check_inputs
from certify.kernels.float64 import NoApproximant, over_tiles
from certify.kernels.float64.choice import common_profile, profile_gram
from certify.kernels.float64.composite import Workspace
from certify.kernels.float64.directions import Directions, directions
from certify.kernels.float64.gram import CompositeGram
from certify.kernels.float64.profile import Profile
from certify.kernels.float64.remainders import Remainder, sharp, soft
from certify.points import Points
from certify.programs import Layer
from certify.proofs.gram import GramBalls, Progress
from certify.proofs.pass_files import PassFile
from certify.spectrum import rayleigh_upper
from certify.spectrum.row_sums import absolute_row_sums

FloatArray = NDArray[np.float64]

_SAMPLE = 160
_SHARP = (4, 16, 64, 160)
_ORDER = 4
_SOFT = tuple(2**k for k in (10, 13, 16, 19, 22, 25))
_FINE = {4: (2, 3, 6, 8, 11), 16: (8, 11, 23, 32), 64: (32, 45, 96, 128), 160: (96, 128, 192, 256)}
_WEIGHT_BITS = 20
_NEIGHBOURS = 32
_UPPER_BITS = 96


@dataclass(frozen=True)
class StreamingBounds:
    """lower <= lambda_min <= upper, and the witness: what was taken away, the weights, a vector on a few rows.

    bits: precision at which a verifier with entries of its own reaches the lower bound.
    """

    lower: Fraction
    upper: Fraction
    bits: int
    taken: Remainder
    weights: tuple[int, ...]
    rows: tuple[int, ...]
    vector: tuple[int, ...]


def prove_by_streaming(
    layers: Sequence[Layer],
    points: Points,
    kernel: str,
    normalize: str,
    progress: Progress | None = None,
    resume: Path | None = None,
) -> StreamingBounds:
    """Bounds from weighted row sums of the kernel less a positive semidefinite part, in two passes over all pairs.

    The part is chosen by the row sums of a sample; the first pass has weights one, the second the row sums of the first
    (Collatz). lower may be negative: the method is vacuous where points are crowded and the kernel smooth. `resume`
    names a file for the state of the passes: a run that was interrupted goes on from there.

    Raises NoApproximant for points that are not all of one positive norm, and for kernels that float64 cannot hold.
    """
    say = progress or (lambda stage, done, total: None)
    profile = common_profile(layers, points, kernel, normalize)
    ways = directions(points.rows)
    chosen = _choose(profile, points, ways, _sample(points.n), say)
    if chosen is None:
        raise NoApproximant("no part of the kernel can be taken away and the rest approximated")
    gram = profile_gram(chosen, points, ways).probed()
    files = PassFile(resume, _key(points, chosen))
    weights = np.ones(points.n)
    best: tuple[float, FloatArray] | None = None
    sums = weights
    for number in range(2):
        say_pass = _pass_progress(say, number)
        sums = absolute_row_sums(gram, weights, files.state(number), files.saver(number), say_pass)
        bound = _bound(gram, sums, weights)
        if best is None or bound > best[0]:
            best = bound, weights
        if not sums.any():
            break
        spread = sums / weights
        weights = _rounded_weights(sums + 0.05 * float(spread.max()) * weights)
    files.remove()
    assert best is not None
    rows = _crowd(ways, int(np.argmax(sums)))
    upper, vector = _upper(layers, points, kernel, normalize, rows)
    return _with_room(best, upper, profile, chosen, points.n, rows, vector)


def bound_by_row_sums(gram: CompositeGram, weights: FloatArray) -> Fraction:
    """min_i (R_ii - sum_{j != i} |R_ij| x_j / x_i), rounded down: at most lambda_min(R) for weights x > 0."""
    return Fraction(_bound(gram, absolute_row_sums(gram, weights), weights))


def _bound(gram: CompositeGram, sums: FloatArray, weights: FloatArray) -> float:
    top, rad = gram.at_one
    worst = float((sums / weights).max())
    return (top - worst - rad) - (top + worst) * 2.0**-50


def upper_on_rows(
    layers: Sequence[Layer], points: Points, kernel: str, normalize: str, rows: Sequence[int], vector: Sequence[int]
) -> Fraction:
    """The Rayleigh quotient of a vector (not zero) on a principal part, which bounds lambda_min from above (Cauchy)."""
    inputs = check_inputs(points.take(list(rows)), None, normalize)
    return rayleigh_upper(GramBalls(layers, inputs, kernel, arithmetic_named("arb")[1])(_UPPER_BITS), vector)


def _pass_progress(say: Progress, number: int) -> Callable[[int, int], None]:
    return lambda done, total: say(f"pass {number + 1} of 2", done, total)


def _with_room(
    best: tuple[float, FloatArray],
    upper: Fraction,
    profile: Profile,
    chosen: Remainder,
    n: int,
    rows: tuple[int, ...],
    vector: tuple[int, ...],
) -> StreamingBounds:
    """Room for a verifier whose enclosures of F have radius 2^-bits F(1), taken 2^order times an entry."""
    bound, weights = best
    largest = 2 * float(profile.at_one.mid()) * n * 2.0**chosen.order * float(weights.max() / weights.min())
    wanted = max(abs(bound), 1e-300) / 4096
    bits = max(53, math.ceil(math.log2(largest / wanted)) + 2)
    lower = Fraction(bound) - Fraction(wanted)
    integers = () if (weights == 1).all() else tuple(int(weight) for weight in weights.tolist())
    return StreamingBounds(lower, upper + Fraction(wanted), bits, chosen, integers, rows, vector)


def _rounded_weights(weights: FloatArray) -> FloatArray:
    """Integers of at most 20 bits in about these ratios, none of them zero."""
    scaled = np.rint(weights * (2.0**_WEIGHT_BITS / float(weights.max())))
    return np.asarray(np.maximum(scaled, 1.0))


def _sample(n: int) -> list[int]:
    if n <= _SAMPLE:
        return list(range(n))
    return sorted(np.random.default_rng(n).choice(n, _SAMPLE, replace=False).tolist())


def _choose(
    profile: Profile, points: Points, ways: Directions, sample: Sequence[int], say: Progress
) -> Remainder | None:
    """The remainder with the best bound over the sample's rows: first coarsely, until it gets worse, then finely."""
    best: tuple[float, Remainder, int] | None = None
    step = 0
    for made, size in _coarse(profile):
        say("what to take away", step, len(_SHARP) + len(_SOFT))
        step += 1
        bound = _sample_bound(made, points, ways, sample)
        if bound is None:
            continue
        if best is None or bound > best[0]:
            best = bound, made(), size
        elif best[0] > 0:
            break
    if best is None:
        return None
    for size in _FINE.get(best[2], ()):
        bound = _sample_bound(partial(sharp, profile, size), points, ways, sample)
        if bound is not None and bound > best[0]:
            best = bound, sharp(profile, size), best[2]
    return best[1]


def _coarse(profile: Profile) -> Iterator[tuple[Callable[[], Remainder], int]]:
    for count in _SHARP:
        yield partial(sharp, profile, count), count
    for scale in _SOFT:
        yield partial(soft, profile, _ORDER, scale), scale


def _sample_bound(
    make: Callable[[], Remainder], points: Points, ways: Directions, sample: Sequence[int]
) -> float | None:
    try:
        gram = profile_gram(make(), points, ways, list(sample))
    except (NoApproximant, ArithmeticError):
        return None
    sums = np.zeros(len(sample))
    parts: list[tuple[slice, FloatArray]] = []

    def work(rows: slice, columns: slice, space: Workspace) -> None:
        parts.append((rows, np.abs(gram.tile(rows, columns, space).mid).sum(axis=1)))

    over_tiles(gram.plan, gram.workspace, work)
    for rows, part in parts:
        sums[rows] += part
    # Every row holds its own diagonal entry once.
    return 2 * gram.at_one[0] - float(sums.max())


def _crowd(ways: Directions, worst: int) -> tuple[int, ...]:
    """The point of the largest row sum and those nearest to it or to its opposite."""
    near = np.abs(ways.high @ ways.high[worst])
    near[worst] = np.inf
    count = min(_NEIGHBOURS, len(near))
    return tuple(sorted(np.argpartition(-near, count - 1)[:count].tolist()))


def _upper(
    layers: Sequence[Layer], points: Points, kernel: str, normalize: str, rows: Sequence[int]
) -> tuple[Fraction, tuple[int, ...]]:
    """An upper bound from a principal part, with the vector that gives it."""
    part = check_inputs(points.take(list(rows)), None, normalize)
    array, _ = GramBalls(layers, part, kernel, arithmetic_named("arb")[1])(_UPPER_BITS).float64
    vector = tuple(int(v) for v in np.rint(np.ldexp(np.linalg.eigh(array)[1][:, 0], 40)).tolist())
    return upper_on_rows(layers, points, kernel, normalize, rows, vector), vector


def _key(points: Points, chosen: Remainder) -> str:
    """What a saved pass must have been about."""
    parts = (points.content_sha256(), repr(chosen.profile.layers), chosen.profile.kernel, str(chosen.profile.square))
    taken = (chosen.order, chosen.ratio, chosen.coefficients, chosen.exponent)
    return hashlib.sha256(repr((parts, taken)).encode()).hexdigest()


def streaming_field(found: StreamingBounds) -> dict[str, Any]:
    """The witness in a certificate."""
    taken = found.taken
    return {
        "bits": found.bits,
        "coefficients": integers(taken.coefficients),
        "exponent": taken.exponent,
        "kind": "streaming",
        "order": taken.order,
        "ratio": {"denominator": hexadecimal(taken.ratio.denominator), "numerator": hexadecimal(taken.ratio.numerator)},
        "rows": list(found.rows),
        "vector": integers(found.vector),
        "weights": integers(found.weights) if found.weights else None,
    }
