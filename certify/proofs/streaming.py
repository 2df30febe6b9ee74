"""The streaming proof put together: what to take away from the kernel, the passes, and both bounds."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.certificate import hexadecimal, integers
from certify.kernels import arithmetic_named, check_inputs
from certify.kernels.float64 import NoApproximant
from certify.kernels.float64.choice import common_profile, directions_of, profile_gram
from certify.kernels.float64.directions import Directions
from certify.kernels.float64.gram import CompositeGram
from certify.kernels.float64.profile import Profile
from certify.kernels.float64.remainders import Remainder, sharp, soft
from certify.kernels.float64.values import Pairs, ProfileValues, Taken
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
_COLUMNS = 4096
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


@dataclass(frozen=True)
class Question:
    """Points of one norm, the kernel as a function of their correlation, and their directions."""

    layers: Sequence[Layer]
    points: Points
    kernel: str
    normalize: str
    profile: Profile
    ways: Directions

    @staticmethod
    def of(layers: Sequence[Layer], points: Points, kernel: str, normalize: str) -> Question:
        """Raises NoApproximant for points that are not all of one positive norm, and for networks without a profile."""
        profile = common_profile(layers, points, kernel, normalize)
        return Question(layers, points, kernel, normalize, profile, directions_of(points))

    @property
    def key(self) -> str:
        """What a saved pass must have been about."""
        parts = (repr(self.profile.layers), self.profile.kernel, str(self.profile.square))
        return hashlib.sha256(repr((self.points.content_sha256(), *parts)).encode()).hexdigest()

    def upper(self, row: int) -> tuple[Fraction, tuple[int, ...], tuple[int, ...]]:
        """An upper bound from the points around one, with their rows and the vector that gives it."""
        rows = crowd(self.ways, row)
        upper, vector = upper_with_vector(self.layers, self.points, self.kernel, self.normalize, rows)
        return upper, rows, vector


@dataclass(frozen=True)
class Plan:
    """What the plain bound takes away, and what that promises on a sample of the points."""

    taken: Remainder
    promise: float


def prove_plainly(question: Question, plan: Plan, files: PassFile, say: Progress) -> StreamingBounds:
    """Bounds from weighted row sums of the kernel less a positive semidefinite part, in two passes over all pairs.

    The first pass has weights one, the second the row sums of the first (Collatz). lower may be negative: the method is
    vacuous where points are crowded and the kernel smooth. Raises NoApproximant for kernels that float64 cannot hold.
    """
    points, ways, chosen = question.points, question.ways, plan.taken
    gram = profile_gram(chosen, points, ways).probed()
    name = _name(chosen)
    weights = np.ones(points.n)
    best: tuple[float, FloatArray] | None = None
    sums = weights
    for number in range(2):
        say_pass = _pass_progress(say, number)
        pass_name = f"{name}:{number}"
        sums = absolute_row_sums(gram, weights, files.state(pass_name), files.saver(pass_name), say_pass)
        bound = _bound(gram, sums, weights)
        if best is None or bound > best[0]:
            best = bound, weights
        if not sums.any():
            break
        spread = sums / weights
        weights = rounded_weights(sums + 0.05 * float(spread.max()) * weights)
    assert best is not None
    upper, rows, vector = question.upper(int(np.argmax(sums)))
    return _with_room(best, upper, question.profile, chosen, points.n, rows, vector)


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


def rounded_weights(weights: FloatArray) -> FloatArray:
    """Integers of at most 20 bits in about these ratios, none of them zero."""
    scaled = np.rint(weights * (2.0**_WEIGHT_BITS / float(weights.max())))
    return np.asarray(np.maximum(scaled, 1.0))


def _sample(n: int) -> list[int]:
    if n <= _SAMPLE:
        return list(range(n))
    return sorted(np.random.default_rng(n).choice(n, _SAMPLE, replace=False).tolist())


def plan_plain(question: Question, say: Progress) -> Plan | None:
    """The remainder with the best bound over a sample of rows: first coarsely, until it gets worse, then finely; None
    where none can be made."""
    values = ProfileValues(question.profile)
    rows = _sample(question.points.n)
    best: tuple[float, Remainder, int] | None = None
    step = 0
    for make, size in _coarse(question.profile):
        say("what to take away", step, len(_SHARP) + len(_SOFT))
        step += 1
        made = _made(make)
        if made is None:
            continue
        bound = _sample_bound(values, made, question.ways, rows)
        if best is None or bound > best[0]:
            best = bound, made, size
        elif best[0] > 0:
            break
    if best is None:
        return None
    for size in _FINE.get(best[2], ()):
        made = _made(partial(sharp, question.profile, size))
        bound = -math.inf if made is None else _sample_bound(values, made, question.ways, rows)
        if made is not None and bound > best[0]:
            best = bound, made, best[2]
    return Plan(best[1], best[0])


def _coarse(profile: Profile) -> Iterator[tuple[Callable[[], Remainder], int]]:
    for count in _SHARP:
        yield partial(sharp, profile, count), count
    for scale in _SOFT:
        yield partial(soft, profile, _ORDER, scale), scale


def _made(make: Callable[[], Remainder]) -> Remainder | None:
    try:
        return make()
    except (NoApproximant, ArithmeticError):
        return None


def _sample_bound(values: ProfileValues, made: Remainder, ways: Directions, rows: Sequence[int]) -> float:
    """About the plain bound over these rows of the remainder."""
    directions = ways.high + ways.low
    taken = Taken.of(made)
    sums = np.zeros(len(rows))
    for left in range(0, len(directions), _COLUMNS):
        pairs = Pairs.between(directions, np.array(rows), np.arange(left, min(left + _COLUMNS, len(directions))))
        entries = values.remainders(pairs.rho, pairs.gaps, values.kernel(pairs.rho, pairs.gaps), taken)
        sums += np.abs(entries).sum(axis=1)
    one = np.ones(1)
    top = float(values.remainders(one, 0 * one, values.kernel(one, 0 * one), taken)[0])
    # Every row holds its own diagonal entry once.
    return 2 * top - float(sums.max())


def crowd(ways: Directions, worst: int) -> tuple[int, ...]:
    """The point of the largest row sum and those nearest to it or to its opposite."""
    near = np.abs(ways.high @ ways.high[worst])
    near[worst] = np.inf
    count = min(_NEIGHBOURS, len(near))
    return tuple(sorted(np.argpartition(-near, count - 1)[:count].tolist()))


def upper_with_vector(
    layers: Sequence[Layer], points: Points, kernel: str, normalize: str, rows: Sequence[int]
) -> tuple[Fraction, tuple[int, ...]]:
    """An upper bound from a principal part, with the vector that gives it."""
    part = check_inputs(points.take(list(rows)), None, normalize)
    array, _ = GramBalls(layers, part, kernel, arithmetic_named("arb")[1])(_UPPER_BITS).float64
    vector = tuple(int(v) for v in np.rint(np.ldexp(np.linalg.eigh(array)[1][:, 0], 40)).tolist())
    return upper_on_rows(layers, points, kernel, normalize, rows, vector), vector


def _name(chosen: Remainder) -> str:
    """Names what is taken away."""
    taken = (chosen.order, chosen.ratio, chosen.coefficients, chosen.exponent)
    return hashlib.sha256(repr(taken).encode()).hexdigest()


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
