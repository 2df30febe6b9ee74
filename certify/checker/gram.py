"""The Gram matrix of a claim as integer enclosures with one common exponent, row by row.

An entry is evaluated with a few guard bits beyond the certificate's precision p, and again with twice as many while it
is wider than 2^-p sqrt(K_ii K_jj); the narrowest enclosure stands, however wide.  What is summed later are integers, so
everything after this module is exact.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from . import limits
from .answers import Unsupported
from .budget import Budget
from .entries import ChainSource, Level
from .input_moments import Rows
from .interval import ZERO, Interval, TooWide, to_fixed, top
from .networks import Network
from .points import Points
from .position_entries import PositionSource
from .relations import Inner, input_relation


class FixedRow(NamedTuple):
    """Lower triangular row i: entry (i, j) lies in [lows[j], highs[j]] 2**exponent of the matrix, j = 0..i."""

    lows: list[int]
    highs: list[int]


class FixedMatrix(NamedTuple):
    """A symmetric interval matrix of this size; `rows` can be walked once."""

    size: int
    exponent: int
    rows: Iterator[FixedRow]


class EntryLevel(Protocol):
    """Entries at one working precision, with estimates of the time of one and of the Hermite series in it."""

    @property
    def pair_seconds(self) -> float: ...

    @property
    def series_seconds(self) -> float: ...

    def diagonal(self, i: int) -> Interval: ...

    def pair(self, i: int, j: int) -> Interval: ...


def _width_exponent(x: Interval) -> int | None:
    """A power of two at least the width of x; None for a width of zero."""
    width = x[1] - x[0]
    return width.bit_length() + x[2] if width else None


def _precisions(bits: int, activations: int) -> list[int]:
    """The working precisions to try: a guard that depends on the depth, doubled while it stays below the last one."""
    guards = [limits.FIRST_GUARD + limits.GUARD_PER_ACTIVATION * activations]
    while guards[-1] * 2 <= limits.GUARD_GROWTH * (bits + 64):
        guards.append(guards[-1] * 2)
    return [bits + guard for guard in guards]


class GramEnclosure:
    """Entries of one Gram matrix at the certificate's precision `bits`."""

    def __init__(
        self,
        network: Network,
        ntk: bool,
        unit: bool,
        points: Points,
        bits: int,
        budget: Budget,
        shape: tuple[int, ...] | None = None,
        rows: Rows | None = None,
    ) -> None:
        """`rows` may stand in for those of the points of a chain, the same up to one common factor."""
        self.bits, self.budget = bits, budget
        self.size = len(points.rows)
        self.source: ChainSource | PositionSource
        if network.shaped is None:
            self.source = ChainSource(network, ntk, unit, points, rows)
        else:
            self.source = PositionSource(network, ntk, unit, points, shape)
        self.precisions = _precisions(bits, self.source.depth)
        self.source.charge(points, self.precisions[0], budget)
        self.levels: list[EntryLevel] = []
        self.heights: list[int | None] = []
        # The first precision that is worth trying, for every point.
        self.starts = [0] * self.size
        self.diagonal = [self._diagonal_entry(i) for i in range(self.size)]
        pairs = self.size * (self.size - 1) / 2
        if self.size > 1 and (seconds := self._level(0).series_seconds):
            self.budget.charge(pairs * seconds, "the Hermite series of all entries")
        known = [height for height in self.heights if height is not None]
        self.exponent = min(known) - bits - 8 if known else 0
        if known and max(known) - min(known) > limits.MAX_BITS:
            raise Unsupported(f"diagonal entries differ by more than a factor of 2**{limits.MAX_BITS}")

    def _level(self, index: int) -> EntryLevel:
        """The level of this index; levels beyond the first are charged when they are first needed."""
        while len(self.levels) <= index:
            bits = self.precisions[len(self.levels)]
            if self.levels:
                self.budget.charge(self.source.level_seconds(bits), "a higher precision")
            self.levels.append(self.source.level(bits, self.budget.charge))
        return self.levels[index]

    def _diagonal_entry(self, i: int) -> Interval:
        if self.source.dead(i):
            self.heights.append(None)
            return ZERO
        best: Interval | None = None
        for index in range(len(self.precisions)):
            level = self._level(index)
            if index:
                self.budget.charge(level.pair_seconds, "a diagonal entry at a higher precision")
            try:
                best = level.diagonal(i)
            except TooWide:
                continue
            width = _width_exponent(best)
            self.starts[i] = index
            if best[0] > 0 and (width is None or width <= best[0].bit_length() - 1 + best[2] - self.bits):
                break
        if best is not None and not (best[0] or best[1]):
            # Exactly zero though the value is not: the NTK of a network that ends in a sign or step.
            self.heights.append(None)
            return ZERO
        if best is None or best[1] <= 0:
            raise Unsupported(f"diagonal entry {i} cannot be enclosed at the highest precision")
        self.heights.append(max(best[0], 1).bit_length() - 1 + best[2])
        return best

    def entry(self, i: int, j: int) -> Interval:
        """The narrowest enclosure of entry (i, j), i != j, that the precisions give."""
        return self._narrowest(i, j, lambda level: level.pair(i, j))

    def enclose(self, i: int, j: int, inner: Inner) -> Interval:
        """The kernel of a chain at two vectors of the norms of points i and j with this inner product."""
        start = input_relation(inner, self.rows.unit)

        def evaluate(level: EntryLevel) -> Interval:
            assert isinstance(level, Level)
            return level.entry(i, j, inner, start)

        return self._narrowest(i, j, evaluate)

    @property
    def rows(self) -> Rows:
        """The rows of the points of a chain."""
        assert isinstance(self.source, ChainSource)
        return self.source.task.rows

    def _narrowest(self, i: int, j: int, evaluate: Callable[[EntryLevel], Interval]) -> Interval:
        high, low = self.heights[i], self.heights[j]
        if high is None or low is None:
            # A zero on the diagonal of a positive semidefinite matrix makes its row zero.
            return ZERO
        wanted = ((high + low) >> 1) - self.bits
        best: Interval | None = None
        best_width: int | None = None
        for index in range(max(self.starts[i], self.starts[j]), len(self.precisions)):
            level = self._level(index)
            if index:
                self.budget.charge(level.pair_seconds, "an entry at a higher precision")
            try:
                found = evaluate(level)
            except TooWide:
                continue
            width = _width_exponent(found)
            if width is None or width <= wanted:
                return found
            if best_width is None or width < best_width:
                best, best_width = found, width
        # Where nothing better is known: Cauchy's |K_ij| <= sqrt(K_ii K_jj) for a positive semidefinite matrix.
        ceiling = (top(self.diagonal[i]) + top(self.diagonal[j]) + 1) >> 1
        return best if best is not None and top(best) <= ceiling else (-1, 1, ceiling)

    def _rows(self) -> Iterator[FixedRow]:
        for i in range(self.size):
            row = FixedRow([], [])
            for j in range(i + 1):
                low, high = to_fixed(self.diagonal[i] if i == j else self.entry(i, j), self.exponent)
                row.lows.append(low)
                row.highs.append(high)
            yield row

    def matrix(self) -> FixedMatrix:
        """The whole matrix, lower triangle, computed as it is walked."""
        return FixedMatrix(self.size, self.exponent, self._rows())
