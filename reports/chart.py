"""Small charts as SVG: curves, points with proven intervals, bands, on linear or logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from reports.numbers import as_text, round_near

WIDTH, HEIGHT = 760.0, 400.0
LEFT, RIGHT, TOP, BOTTOM = 82.0, 18.0, 18.0, 56.0
MOST_TICKS = 8
LEAST_POWER, MOST_POWER = -300.0, 300.0
"""Logarithmic axes end where float64 does."""


@dataclass(frozen=True)
class Axis:
    """A labelled axis from `low` to `high`, logarithmic to base ten where `log` says so."""

    label: str
    low: float
    high: float
    log: bool = False

    @classmethod
    def around(cls, label: str, values: Sequence[float], *, log: bool = False) -> Axis:
        """The axis that shows all finite values (only positive ones where it is logarithmic), with a little room."""
        seen = [v for v in values if math.isfinite(v) and (v > 0 or not log)] or [1.0]
        low, high = min(seen), max(seen)
        if log:
            low, high = math.log10(low), math.log10(high)
        room = 0.04 * (high - low) or 0.5
        low, high = low - room, high + room
        if log:
            low, high = max(low, LEAST_POWER), min(high, MOST_POWER)
        return cls(label, 10**low, 10**high, True) if log else cls(label, low, high)

    def share(self, value: float) -> float:
        """0 at the low end, 1 at the high end; values beyond are held at the ends."""
        low, high = (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)
        if self.log:
            if value <= 0:
                return 0.0
            value = math.log10(value)
        return min(1.0, max(0.0, (value - low) / (high - low)))

    def ticks(self) -> list[tuple[float, str]]:
        """(value, label) at round numbers."""
        if self.log:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            step = max(1, math.ceil((last - first + 1) / MOST_TICKS))
            if last > first:
                return [(10.0**k, as_text(f"1e{k}")) for k in range(first, last + 1) if k % step == 0]
        span = self.high - self.low
        raw = span / MOST_TICKS
        power = 10.0 ** math.floor(math.log10(raw))
        step_size = next(m * power for m in (1, 2, 5, 10) if m * power >= raw)
        k = math.ceil(self.low / step_size)
        result = []
        while k * step_size <= self.high:
            result.append((k * step_size, as_text(round_near(k * step_size, 3)) if k else "0"))
            k += 1
        return result


_KEYS = {
    "line": '<line class="chart-line chart-{k}" x1="0" x2="22" y1="6" y2="6"{d}/>',
    "band": '<rect class="chart-band chart-{k}" width="22" height="12"/>',
    "dot": '<circle class="chart-dot chart-{k}" cx="11" cy="6" r="3.5"/>',
}
_SYMBOLS = {
    "circle": '<circle class="chart-mark chart-{k}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>',
    "square": '<path class="chart-mark chart-{k}" d="M{x:.1f} {y:.1f}m-4.5-4.5h9v9h-9z"/>',
    "diamond": '<path class="chart-mark chart-hollow chart-{k}" d="M{x:.1f} {y:.1f}m0-6l6 6l-6 6l-6-6z"/>',
    "triangle": '<path class="chart-mark chart-hollow chart-{k}" d="M{x:.1f} {y:.1f}m-5.5-4.5h11l-5.5 10z"/>',
}


def _symbol(x: float, y: float, kind: str, shape: str) -> Markup:
    return Markup(_SYMBOLS[shape].format(x=x, y=y, k=escape(kind)))


@dataclass
class Chart:
    """Marks on two axes, drawn in the order in which they are added; `description` is read out instead of the picture.

    `kind` of a mark is one of the classes of the style sheet: proved, float, noise, alarm.
    """

    x: Axis
    y: Axis
    description: str
    height: float = HEIGHT
    marks: list[Markup] = field(default_factory=list)
    keys: list[Markup] = field(default_factory=list)

    def _x(self, value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * self.x.share(value)

    def _y(self, value: float) -> float:
        return self.height - BOTTOM - (self.height - TOP - BOTTOM) * self.y.share(value)

    def line(self, points: Sequence[tuple[float, float]], kind: str, key: str = "", *, dashed: bool = False) -> None:
        """A curve through the points."""
        path = " ".join(f"{self._x(a):.1f},{self._y(b):.1f}" for a, b in points if math.isfinite(b))
        style = Markup(' stroke-dasharray="6 4"') if dashed else ""
        self.marks.append(Markup('<polyline class="chart-line chart-{}" points="{}"{}/>').format(kind, path, style))
        self._key(key, kind, "line", dashed)

    def band(self, points: Sequence[tuple[float, float, float]], kind: str, key: str = "") -> None:
        """The region between two curves, from (x, low, high)."""
        there = [f"{self._x(a):.1f},{self._y(high):.1f}" for a, _, high in points]
        back = [f"{self._x(a):.1f},{self._y(low):.1f}" for a, low, _ in reversed(points)]
        path = " ".join(there + back)
        self.marks.append(Markup('<polygon class="chart-band chart-{}" points="{}"/>').format(kind, path))
        self._key(key, kind, "band")

    def bars(self, points: Sequence[tuple[float, float, float]], kind: str, key: str = "") -> None:
        """Vertical intervals from (x, low, high); one that is too short to see becomes a dot."""
        for a, low, high in points:
            top, bottom = self._y(high), self._y(low)
            if bottom - top < 3:
                mark = Markup('<circle class="chart-dot chart-{}" cx="{:.1f}" cy="{:.1f}" r="3"/>')
                self.marks.append(mark.format(kind, self._x(a), (top + bottom) / 2))
            else:
                mark = Markup('<line class="chart-bar chart-{}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>')
                self.marks.append(mark.format(kind, self._x(a), self._x(a), top, bottom))
        self._key(key, kind, "dot")

    def points(self, points: Sequence[tuple[float, float]], kind: str, shape: str, key: str = "") -> None:
        """Marks of one shape: "circle", "square", "diamond" or "triangle" (its tip down)."""
        for a, b in points:
            self.marks.append(_symbol(self._x(a), self._y(b), kind, shape))
        self._key(key, kind, shape)

    def upright(self, low: float, high: float, kind: str, key: str = "") -> None:
        """A vertical stripe over [low, high], at least a line."""
        left, right = self._x(low), self._x(high)
        self.marks.append(
            Markup('<rect class="chart-stripe chart-{}" x="{:.1f}" y="{}" width="{:.1f}" height="{:.1f}"/>').format(
                kind, left - 1, TOP, max(right - left, 0) + 2, self.height - TOP - BOTTOM
            )
        )
        self._key(key, kind, "band")

    def level(self, value: float, kind: str, key: str = "") -> None:
        """A horizontal line."""
        self.line([(self.x.low, value), (self.x.high, value)], kind, key, dashed=True)

    def _key(self, key: str, kind: str, shape: str, dashed: bool = False) -> None:
        if not key:
            return
        if shape in _SYMBOLS:
            body = str(_symbol(11, 6, kind, shape))
        else:
            body = _KEYS[shape].format(k=escape(kind), d=' stroke-dasharray="6 4"' if dashed else "")
        self.keys.append(
            Markup(
                '<span class="key"><svg width="22" height="12" aria-hidden="true" focusable="false">{}</svg> {}</span>'
            ).format(Markup(body), key)
        )

    def __html__(self) -> Markup:
        """The figure as markup."""
        parts = [
            Markup(
                '<div class="chart-frame" tabindex="0" role="group" aria-label="figure">'
                '<svg class="chart" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">'
            ).format(WIDTH, self.height, self.description)
        ]
        floor = self.height - BOTTOM
        for value, label in self.y.ticks():
            place = self._y(value)
            parts.append(
                Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
                    LEFT, WIDTH - RIGHT, place, place
                )
            )
            parts.append(
                Markup('<text class="tick" x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
                    LEFT - 8, place + 4, label
                )
            )
        for value, label in self.x.ticks():
            parts.append(
                Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                    self._x(value), floor + 19, label
                )
            )
        parts += self.marks
        parts.append(
            Markup('<line class="axis-line" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
                LEFT, WIDTH - RIGHT, floor, floor
            )
        )
        parts.append(
            Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                (LEFT + WIDTH - RIGHT) / 2, self.height - 10, self.x.label
            )
        )
        parts.append(
            Markup(
                '<text class="tick" transform="translate(14 {:.1f}) rotate(-90)" text-anchor="middle">{}</text>'
            ).format((TOP + floor) / 2, self.y.label)
        )
        parts.append(Markup("</svg></div>"))
        if self.keys:
            parts.append(Markup('<p class="keys">{}</p>').format(Markup(" ").join(self.keys)))
        return Markup("").join(parts)
