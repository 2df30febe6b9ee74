"""Early stopping, proved: a union of time intervals that contains every global minimiser of a held-out loss.

H(t) = |f_t(X*) - y*|^2 / (2 M) along the gradient flow. Branch and bound over u = log t: on a box of half-width a
around c the vector F(u) = f_t(X*) - y* lies within a^2/2 sup|F''| of its tangent, which bounds |F| from below, and a
sign of <F, F'> excludes minimisers. Both ends of the time axis are decided by signs of H' (see `ends`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_mat

from certify.spectrum.fixed_point import floor_log2, scaled
from certify.training.decay import ball
from certify.training.ends import decided_beginning, decided_end
from certify.training.trajectory import Trajectory, norm, root

FIRST_RATIO = 4
FINEST = 22
MOST_BOXES = 4000


@dataclass(frozen=True)
class EarlyStopping:
    """Every t >= 0 at which H is globally minimal lies in one of `intervals`.

    at_infinity: True where the infimum is the limit t -> infinity and no finite time attains it, False where the limit
    lies above the minimum, None where that stays open (the last interval then has no end). lower <= inf H <= upper.
    """

    intervals: tuple[tuple[Fraction, Fraction | None], ...]
    at_infinity: bool | None
    lower: Fraction
    upper: Fraction

    @property
    def verdict(self) -> str:
        """In words: "stop early", "no finite time" or "undecided"."""
        if self.at_infinity is False:
            return "stop early"
        return "no finite time" if self.at_infinity and not self.intervals else "undecided"


@dataclass(frozen=True)
class _Bounds:
    """On one box: |F|^2 is at least `lower`; at the centre at most `centre`; whether <F, F'> has one strict sign."""

    lower: arb
    centre: arb
    monotone: bool


class _Search:
    def __init__(self, trajectory: Trajectory, targets: Sequence[Fraction]) -> None:
        assert trajectory.weighted is not None
        self.trajectory = trajectory
        self.targets = [ball(value) for value in targets]
        self.modes = trajectory.modes
        scale = [1 / (mode * trajectory.n) for mode in self.modes]
        rows = [
            [entry * factor for entry, factor in zip(row, scale, strict=True)] for row in trajectory.weighted.tolist()
        ]
        self.matrix = arb_mat(rows)
        self.sizes = arb_mat([[arb(entry.abs_upper()) for entry in row] for row in rows])
        self.lowest = ball(trajectory.spectrum.lower)
        self.tangent_scale = [
            size * trajectory.target_norm * ball(trajectory.spectrum.error) / trajectory.n
            for size in trajectory.cross_norms
        ]

    def bounds(self, boxes: Sequence[tuple[Fraction, Fraction]]) -> list[_Bounds]:
        """Bounds on each of the boxes of times [early, late], 0 < early < late."""
        values, tangents, curvatures = [], [], []
        shapes = []
        for early, late in boxes:
            centre = (early + late) / 2
            half = (ball(late / centre)).log().max((ball(centre / early)).log())
            shapes.append((ball(late), arb(half.upper())))
            span = ball(early).union(ball(late))
            at = [mode * ball(centre) for mode in self.modes]
            values.append([-(-x).expm1() for x in at])
            tangents.append([x * (-x).exp() for x in at])
            curvatures.append([_curvature(mode * span) for mode in self.modes])
        value = (self.matrix * arb_mat(values).transpose()).tolist()
        tangent = (self.matrix * arb_mat(tangents).transpose()).tolist()
        curvature = (self.sizes * arb_mat(curvatures).transpose()).tolist()
        return [self._box(k, shape, value, tangent, curvature) for k, shape in enumerate(shapes)]

    def _box(
        self,
        k: int,
        shape: tuple[arb, arb],
        value: list[list[arb]],
        tangent: list[list[arb]],
        curvature: list[list[arb]],
    ) -> _Bounds:
        late, half = shape
        error = self.trajectory.held_out_radii(None)
        square = arb(min((late * late).upper(), (1 / (self.lowest * self.lowest)).upper()))
        f = [row[k] - y for row, y in zip(value, self.targets, strict=True)]
        slope = [row[k] for row in tangent]
        bend = [row[k] for row in curvature]
        slope_error = [scale * square for scale in self.tangent_scale]
        remainder = [half * half / 2 * b + e for b, e in zip(bend, error, strict=True)]
        a = sum((s * s for s in slope), arb(0))
        b = sum((x * s for x, s in zip(f, slope, strict=True)), arb(0))
        c = sum((x * x for x in f), arb(0))
        lowest = _lowest_on_segment(a, b, c, half)
        nearest = root(arb(lowest.lower()).max(arb(0))) - norm(remainder)
        lower = nearest * nearest if nearest > 0 else arb(0)
        deviation = arb(0)
        for x, s, w, r, e in zip(f, slope, bend, remainder, slope_error, strict=True):
            first = half * abs(s) + r
            second = half * w + e
            deviation += first * abs(s) + abs(x) * second + first * second
        centre_norm = arb((root(c) + norm(error)).upper())
        return _Bounds(arb(lower.lower()), centre_norm * centre_norm, bool(abs(b) > deviation))


def find_early_stopping(trajectory: Trajectory, targets: Sequence[Fraction]) -> EarlyStopping | None:
    """Where the held-out loss of the flow is globally minimal, or None where the smallest eigenvalue is not separated
    from zero or an end of the time axis stays open."""
    if not trajectory.limit_exists or trajectory.weighted is None:
        return None
    start = decided_beginning(trajectory, targets)
    end = decided_end(trajectory, targets)
    if start is None or end is None:
        return None
    search = _Search(trajectory, targets)
    scale = 2 * len(targets)
    best = arb(arb(trajectory.held_out_loss(None, search.targets).upper()) * scale)
    at_zero = sum((y * y for y in search.targets), arb(0))
    if start.increasing:
        best = min(best, at_zero.upper())
    boxes = _first_boxes(start.time, end.time)
    kept: list[tuple[Fraction, Fraction]] = []
    lows: list[arb] = []
    for _ in range(FINEST):
        found = search.bounds(boxes)
        best = min([best, *(entry.centre.upper() for entry in found)])
        alive = [
            (box, entry)
            for box, entry in zip(boxes, found, strict=True)
            if not entry.monotone and not entry.lower > best
        ]
        kept, lows = [box for box, _ in alive], [entry.lower for _, entry in alive]
        if not kept or len(kept) > MOST_BOXES:
            break
        boxes = [half for box in kept for half in _halves(box)]
    limit = arb(trajectory.held_out_loss(None, search.targets) * scale)
    candidates = list(lows)
    at_infinity: bool | None = False
    if end.decreasing and not limit > best:
        at_infinity = True if not kept else None
        candidates.append(arb(limit.lower()))
    intervals: list[tuple[Fraction, Fraction | None]] = [*_merged(kept)]
    if start.increasing and not at_zero > best:
        intervals.insert(0, (Fraction(0), Fraction(0)))
        candidates.append(arb(at_zero.lower()))
    if at_infinity and intervals:
        at_infinity = None
    lower = min(candidates, default=arb(best))
    return EarlyStopping(
        tuple(intervals), at_infinity, _fraction(arb(lower.lower()) / scale, -1), _fraction(arb(best) / scale, 1)
    )


def _curvature(x: arb) -> arb:
    """Upper bound of |d^2/du^2 (1 - exp(-tau))| = |tau - tau^2| exp(-tau), tau = exp(u), over an interval of tau."""
    return arb(((x - x * x) * (-x).exp()).abs_upper())


def _lowest_on_segment(a: arb, b: arb, c: arb, half: arb) -> arb:
    """A lower bound of a s^2 + 2 b s + c over |s| <= half, for a >= 0."""
    if b > a * half or b < -a * half:
        return c - 2 * half * abs(b) + a * half * half
    return c - b * b / a if a > 0 else c - 2 * half * abs(b)


def _first_boxes(early: Fraction, late: Fraction) -> list[tuple[Fraction, Fraction]]:
    boxes = []
    while early < late:
        after = min(early * Fraction(FIRST_RATIO + 1, FIRST_RATIO), late)
        after = min(_short(after), late)
        boxes.append((early, after))
        early = after
    return boxes


def _halves(box: tuple[Fraction, Fraction]) -> list[tuple[Fraction, Fraction]]:
    middle = (box[0] + box[1]) / 2
    return [(box[0], middle), (middle, box[1])]


def _short(value: Fraction) -> Fraction:
    unit = scaled(1, floor_log2(value) - 8)
    return -((-value) // unit) * unit


def _merged(boxes: list[tuple[Fraction, Fraction]]) -> list[tuple[Fraction, Fraction]]:
    merged: list[tuple[Fraction, Fraction]] = []
    for early, late in sorted(boxes):
        if merged and merged[-1][1] == early:
            merged[-1] = (merged[-1][0], late)
        else:
            merged.append((early, late))
    return merged


def _fraction(value: arb, side: int) -> Fraction:
    """An end point of the ball as an exact number."""
    mantissa, exponent = (arb(value.lower()) if side < 0 else arb(value.upper())).man_exp()
    return scaled(int(mantissa), int(exponent))
