"""One set of points, one kernel: everything that can be seen to be wrong about a target there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certify.errors import InputError
from certify.kernels import Enclosure
from certify.stax import Network
from properties.audit.answers import Answer, Failure, Kind, Unsupported, Values
from properties.audit.comparison import COARSE, Comparison, EntryError, Truth, compare, disagreements
from properties.audit.signs import check_sign
from properties.audit.targets import Target

Rows = tuple[tuple[float, ...], ...]
ENCLOSURE_BITS = 64
MAX_STRIKES = 3


_SCALE_TWIN = {
    Kind.NAN: Kind.SCALE_NAN,
    Kind.INFINITY: Kind.SCALE_INFINITY,
    Kind.WRONG: Kind.SCALE_WRONG,
    Kind.IMPRECISE: Kind.SCALE_IMPRECISE,
}


@dataclass(frozen=True)
class Observation:
    """Something wrong at a call K(x1, x2); x2 is None where the function got None. `relative` orders observations of
    one kind: the error relative to sqrt(K_ii K_jj) where there is one. `limit`: the fault is the format's."""

    kind: Kind
    detail: str
    x1: Rows
    x2: Rows | None = None
    entry: EntryError | None = None
    relative: float = 0.0
    limit: bool = False

    @property
    def size(self) -> tuple[int, int, float, Rows]:
        """How much there is to read, for choosing the smallest example."""
        rows = self.x1 + (self.x2 or ())
        values = [value for row in rows for value in row]
        return sum(len(repr(value)) for value in values), len(rows), sum(map(abs, values)), rows


@dataclass
class Tally:
    """What was looked at: examples, calls, entries, and how much of it could not be decided."""

    examples: int = 0
    calls: int = 0
    entries: int = 0
    undecided: int = 0
    out_of_range: int = 0
    signs: int = 0
    signs_undecided: int = 0
    largest_ulps: float = 0.0
    unsupported: str | None = None
    undecided_reasons: dict[str, int] = field(default_factory=dict)


class Examiner:
    """Asks one target about one kernel of one network, and remembers every answer.

    After three hangs or deaths nothing more is asked: `given_up` says so.
    """

    def __init__(self, target: Target, network: Network, kernel: str, tolerance: Fraction) -> None:
        self.target, self.network, self.kernel, self.tolerance = target, network, kernel, tolerance
        self.tally = Tally()
        self.strikes = 0
        self._spelled = repr(network)
        self._answers: dict[tuple[Rows, Rows | None], Answer] = {}
        self._truths: dict[Rows, Truth | None] = {}

    @property
    def given_up(self) -> bool:
        return self.strikes >= MAX_STRIKES or self.tally.unsupported is not None

    def matrix(self, rows: Rows) -> list[Observation]:
        """K(x): finiteness, entries, symmetry, and the sign of lambda_min."""
        return self._matrix(rows, scaled=False, signs=True)

    def entries(self, rows: Rows) -> list[Observation]:
        """K(x) without a proof about lambda_min, which takes longer than all the rest."""
        return self._matrix(rows, scaled=False, signs=False)

    def scaled(self, rows: Rows) -> list[Observation]:
        """K(x) at points of extreme size: finiteness and entries, and only what is not wrong at the same points brought
        to ordinary size."""
        found = self._matrix(rows, scaled=True, signs=False)
        if not found:
            return []
        elsewhere = {_SCALE_TWIN.get(observation.kind) for observation in self.entries(_ordinary_size(rows))}
        return [observation for observation in found if observation.kind not in elsewhere]

    def _matrix(self, rows: Rows, *, scaled: bool, signs: bool) -> list[Observation]:
        found, values = self._values(rows, None)
        if values is None:
            return found
        truth = self._truth(rows)
        if truth is None:
            return found
        comparison = compare(values, truth, self.tolerance)
        self._count(comparison)
        found += _entry_observations(comparison, rows, None, scaled)
        if scaled:
            return found
        ulps = _ulps(truth, values)
        for i, j, one, other, size in disagreements(values.array, values.array.T, ulps, self.tolerance)[:1]:
            detail = f"K[{i}, {j}] = {one!r} but K[{j}, {i}] = {other!r}, {size:.3g} ulps apart"
            found.append(Observation(Kind.ASYMMETRY, detail, rows, relative=size))
        if signs and len(rows) > 1 and np.isfinite(values.array).all():
            found += self._sign(rows, values, truth, not comparison.errors)
        return found

    def permutation(self, rows: Rows) -> list[Observation]:
        """K of the points in reverse order must be K with its rows and columns reversed."""
        if len(rows) < 2:
            return []
        _, forth = self._values(rows, None)
        truth = self._truth(rows)
        if forth is None or truth is None:
            return []
        found, back = self._values(rows[::-1], None)
        if back is None:
            return found
        reversed_back = back.array[::-1, ::-1]
        ulps = _ulps(truth, forth)
        for i, j, one, other, size in disagreements(forth.array, reversed_back, ulps, self.tolerance)[:1]:
            detail = f"K[{i}, {j}] = {one!r}, and {other!r} with the points in reverse order, {size:.3g} ulps apart"
            found.append(Observation(Kind.PERMUTATION, detail, rows, relative=size))
        return found

    def blocks(self, rows: Rows) -> list[Observation]:
        """K(x1, x2) must be the block of K(x) that belongs to these rows, and K(x, x) must be K(x)."""
        _, whole = self._values(rows, None)
        truth = self._truth(rows)
        if whole is None or truth is None:
            return []
        found: list[Observation] = []
        half = len(rows) // 2
        for first, second in ((slice(0, half), slice(half, None)), (slice(None), slice(None))):
            x1, x2 = rows[first], rows[second]
            if not x1:
                continue
            failures, block = self._values(x1, x2)
            found += failures
            if block is None:
                continue
            found += _lost_entries(block, x1, x2)
            expected, ulps = whole.array[first, second], _ulps(truth, whole)[first, second]
            for i, j, one, other, size in disagreements(block.array, expected, ulps, self.tolerance)[:1]:
                detail = f"K(x1, x2)[{i}, {j}] = {one!r}, and {other!r} in K of all points, {size:.3g} ulps apart"
                found.append(Observation(Kind.BLOCKS, detail, x1, x2, relative=size))
        return found

    def _sign(self, rows: Rows, values: Values, truth: Truth, entries_are_right: bool) -> Iterator[Observation]:
        try:
            answer = check_sign(self.network, rows, self.kernel, values, truth, self.tolerance, entries_are_right)
        except np.linalg.LinAlgError:
            return
        self.tally.signs += answer.asked
        self.tally.signs_undecided += answer.asked and not answer.decided
        if answer.error is not None:
            error = answer.error
            yield Observation(Kind.SIGN, str(error), rows, relative=abs(error.claimed), limit=error.within_rounding)

    def _values(self, x1: Rows, x2: Rows | None) -> tuple[list[Observation], Values | None]:
        answer = self._ask(x1, x2)
        if isinstance(answer, Failure):
            return [Observation(answer.kind, answer.detail, x1, x2)], None
        return [], answer if isinstance(answer, Values) else None

    def _ask(self, x1: Rows, x2: Rows | None) -> Answer:
        key = (x1, x2)
        if key not in self._answers:
            if self.given_up:
                return Unsupported("given up")
            second = None if x2 is None else np.array(x2)
            answer = self.target.ask(self._spelled, self.kernel, np.array(x1), second)
            self.tally.calls += 1
            if isinstance(answer, Failure) and answer.kind in (Kind.HANGS, Kind.DIES):
                self.strikes += 1
            if isinstance(answer, Unsupported):
                self.tally.unsupported = answer.detail
            self._answers[key] = answer
        return self._answers[key]

    def _truth(self, rows: Rows) -> Truth | None:
        if rows not in self._truths:
            try:
                found = self.network.kernel(np.array(rows), get=self.kernel, bits=ENCLOSURE_BITS)
                assert isinstance(found, Enclosure)
                self._truths[rows] = Truth.of(found)
            except InputError as error:
                self._truths[rows] = None
                self.tally.undecided += len(rows) ** 2
                reasons = self.tally.undecided_reasons
                reasons[str(error)] = reasons.get(str(error), 0) + 1
        return self._truths[rows]

    def _count(self, comparison: Comparison) -> None:
        tally = self.tally
        tally.entries += comparison.entries
        tally.undecided += comparison.undecided
        tally.out_of_range += comparison.out_of_range
        tally.largest_ulps = max(tally.largest_ulps, comparison.largest_ulps)


def _ulps(truth: Truth, values: Values) -> NDArray[np.object_]:
    result = np.empty((truth.n, truth.n), dtype=object)
    for i, j in np.ndindex(result.shape):
        result[i, j] = truth.ulp(i, j, values.form)
    return result


def _entry_observations(comparison: Comparison, x1: Rows, x2: Rows | None, scaled: bool) -> list[Observation]:
    found = []
    for places, kind in ((comparison.nans, Kind.NAN), (comparison.infinities, Kind.INFINITY)):
        if places:
            i, j = places[0]
            name = "not a number" if kind is Kind.NAN else "infinite"
            detail = f"K[{i}, {j}] is {name}, and {len(places)} of {comparison.entries} entries are"
            found.append(Observation(_SCALE_TWIN[kind] if scaled else kind, detail, x1, x2))
    for coarse, kind in ((True, Kind.WRONG), (False, Kind.IMPRECISE)):
        errors = [error for error in comparison.errors if (error.relative >= COARSE) is coarse]
        if errors:
            worst = max(errors, key=lambda error: error.relative)
            named = _SCALE_TWIN[kind] if scaled else kind
            found.append(Observation(named, entry_sentence(worst), x1, x2, worst, worst.relative))
    return found


def _ordinary_size(rows: Rows) -> Rows:
    """Each row times a power of two, exactly, so that its largest coordinate lies in [1, 2)."""
    exponents = [math.frexp(max(map(abs, row)))[1] - 1 for row in rows]
    return tuple(
        tuple(math.ldexp(value, -exponent) for value in row) for row, exponent in zip(rows, exponents, strict=True)
    )


def _lost_entries(block: Values, x1: Rows, x2: Rows) -> list[Observation]:
    nans = np.argwhere(np.isnan(block.array))
    if not len(nans):
        return []
    i, j = (int(k) for k in nans[0])
    return [Observation(Kind.NAN, f"K(x1, x2)[{i}, {j}] is not a number", x1, x2)]


def entry_sentence(error: EntryError) -> str:
    """What was returned, what is proved, and the distance in both units."""
    if math.isinf(error.relative):
        return f"K[{error.i}, {error.j}] = {error.value!r}, proved 0 exactly, since K_ii K_jj = 0"
    return (
        f"K[{error.i}, {error.j}] = {error.value!r}, proved {error.proved!r}: off by {error.ulps:.3g} ulps, "
        f"{error.relative:.3g} of sqrt(K_ii K_jj)"
    )
