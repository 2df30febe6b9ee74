"""Sums over many entries in integers at one common exponent: exact, with one rounding at the end.

Entries are brought to the lowest exponent among them, which loses nothing.  Where the exponents lie so far apart that
the integers would be long, the functions answer None and the caller adds interval by interval.
"""

from collections.abc import Callable
from operator import itemgetter, neg
from typing import NamedTuple

from .interval import Interval
from .traverse import Rows, Taps

Entries = list[Interval]
FINER = 16
"""Bits beyond the working precision that sums and products inside a layer keep."""


class Aligned(NamedTuple):
    """Entry k lies in [lows[k], highs[k]] 2**exponent."""

    lows: list[int]
    highs: list[int]
    exponent: int

    def entries(self) -> Entries:
        """The same as intervals."""
        exponent = self.exponent
        return [(a, b, exponent) for a, b in zip(self.lows, self.highs, strict=True)]


def aligned(entries: Entries, bits: int) -> Aligned | None:
    """The entries at one exponent, exactly; None where exponents differ by more than about twice the precision."""
    exponents = {x[2] for x in entries}
    if len(exponents) > 1:
        exponents = {x[2] for x in entries if x[0] or x[1]}
    lowest = min(exponents, default=0)
    if max(exponents, default=0) - lowest > 2 * bits + 64:
        return None
    if len(exponents) == 1:
        # Zeros may have another exponent, which does not matter.
        return Aligned([x[0] for x in entries], [x[1] for x in entries], lowest)
    return Aligned(
        [a << (e - lowest) if a else 0 for a, _, e in entries],
        [b << (e - lowest) if b else 0 for _, b, e in entries],
        lowest,
    )


def _lengthened(terms: Aligned, bits: int) -> Aligned:
    """The same numbers, every one that is not zero with so many bits that rounding to units keeps `bits` of them."""
    sizes = map(max, map(neg, terms.lows), terms.highs)
    shortest = min(filter(None, sizes), default=0).bit_length()
    extra = bits + FINER - shortest
    if extra <= 0 or not shortest:
        return terms
    return Aligned([a << extra for a in terms.lows], [b << extra for b in terms.highs], terms.exponent - extra)


def scaled(terms: Aligned, factor: Interval, bits: int) -> Aligned:
    """All terms times one number that is not negative."""
    low, high, exponent = factor
    assert low >= 0
    if low == high == 1:
        return terms._replace(exponent=terms.exponent + exponent)
    terms = _lengthened(terms, bits)
    # Cutting as many bits as the factor has keeps the length of the terms.
    cut = high.bit_length()
    lows = [(a * low if a >= 0 else a * high) >> cut for a in terms.lows]
    highs = [-((-b * high if b >= 0 else -b * low) >> cut) for b in terms.highs]
    return Aligned(lows, highs, terms.exponent + exponent + cut)


def added(one: Entries, two: Entries, bits: int) -> Entries | None:
    """The sums of corresponding entries, exactly."""
    first, second = aligned(one, bits), aligned(two, bits)
    if first is None or second is None or abs(first.exponent - second.exponent) > 2 * bits + 64:
        return None
    exponent = min(first.exponent, second.exponent)
    left, right = first.exponent - exponent, second.exponent - exponent
    lows = [(a << left) + (c << right) for a, c in zip(first.lows, second.lows, strict=True)]
    highs = [(b << left) + (d << right) for b, d in zip(first.highs, second.highs, strict=True)]
    return Aligned(lows, highs, exponent).entries()


def tapped(parts: list[Entries], columns: int, taps: Taps, share: Interval, bits: int) -> Entries | None:
    """share sum_t S[p_t, q_t] for all pairs of output places, over the taps t that lie inside, and over the parts."""
    whole = aligned([x for part in parts for x in part], bits)
    if whole is None:
        return None
    lows, highs = (_tap_sums(values, len(parts), columns, taps) for values in (whole.lows, whole.highs))
    return scaled(Aligned(lows, highs, whole.exponent), share, bits).entries()


def _tap_sums(values: list[int], parts: int, columns: int, taps: Taps) -> list[int]:
    # Beyond the edge there is a zero at the end of every line.
    picks = [_picker([columns if q is None else q for q in column]) for column in zip(*taps, strict=True)]
    count = len(values) // columns
    lines = [[*values[k * columns : (k + 1) * columns], 0] for k in range(count)]
    rows = count // parts
    # An output row adds the same choice of a line as often as a tap lies on it: made once.
    chosen = [[pick(line) for pick in picks] if any(line) else None for line in lines]
    found: list[int] = []
    for at in taps:
        terms = [
            choices[t]
            for t, p in enumerate(at)
            if p is not None
            for part in range(parts)
            if (choices := chosen[part * rows + p]) is not None
        ]
        found.extend(map(sum, zip(*terms, strict=True)) if terms else [0] * len(taps))
    return found


def _picker(places: list[int]) -> Callable[[list[int]], tuple[int, ...]]:
    """The values at these places of a line."""
    if len(places) == 1:
        (only,) = places
        return lambda line: (line[only],)
    return itemgetter(*places)


def pooled(entries: Entries, columns: int, rows: Rows, factor: Interval, bits: int) -> Entries | None:
    """factor sum_(k in row, l in other) S_kl for all pairs of rows; the shares in the rows are not looked at."""
    whole = aligned(entries, bits)
    if whole is None:
        return None
    lows, highs = (_row_sums(values, columns, rows) for values in (whole.lows, whole.highs))
    return scaled(Aligned(lows, highs, whole.exponent), factor, bits).entries()


def _row_sums(values: list[int], columns: int, rows: Rows) -> list[int]:
    found: list[int] = []
    for row in rows:
        lines = [values[k * columns : (k + 1) * columns] for k, _ in row]
        line = list(map(sum, zip(*lines, strict=True))) if lines else [0] * columns
        found.extend([sum([line[k] for k, _ in other]) for other in rows])
    return found
