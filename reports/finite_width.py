"""A page that puts proven kernels beside finite networks: `python -m reports.finite_width DIR`.

For each architecture the proven limit of one NTK entry, and the mean over seeds of the empirical NTK of finite networks
with its band of two standard errors, at growing widths, and the power of the width with which the error falls. Nothing
about the finite networks is proved.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from certify import stax
from certify.programs import program_of
from properties.oracles.transformer import transformer_ntk
from reports.chart import Axis, Chart
from reports.experiments.slopes import log_log_slope

WIDTHS = (32, 64, 128, 256, 512)
SEEDS = 24
ARCHITECTURES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("RNN(U_var=2, b_var='1/5')", (4, 3)),
    ("Transformer(depth=2, U_var=3, W_var=2)", (2, 3)),
    (
        "serial(Conv(None, (2, 2), padding='SAME'), Relu(), Conv(None, (2, 2)), Relu(), GlobalAvgPool(), Dense())",
        (3, 3, 1),
    ),
    ("serial(Dense(), FanOut(2), parallel(serial(Relu(), Dense()), Identity()), FanInSum(), Relu(), Dense())", (4,)),
)


@dataclass(frozen=True)
class Row:
    """One width: the mean of the empirical entry, its standard error, and the relative error of the whole matrix."""

    width: int
    mean: float
    error: float
    deviation: float


@dataclass(frozen=True)
class Study:
    """One architecture: its spelling, the proven bounds of entry (0, 0), what finite networks say, and a remark."""

    network: str
    lower: float
    upper: float
    rows: tuple[Row, ...]
    remark: str


def study(network: str, shape: tuple[int, ...], widths: Sequence[int] = WIDTHS, seeds: int = SEEDS) -> Study:
    """Run finite networks on two fixed points of this shape."""
    points = np.round(np.random.default_rng(11).standard_normal((2, *shape)), 2)
    net = stax.parse(network)
    kernel: Any = net.kernel(points, get="ntk")
    program = program_of(net.layers, shape[:-1], net.parametrization)
    rows = []
    for width in widths:
        found = program.simulate(points, width, seeds)
        deviation = float(np.linalg.norm(found.ntk - kernel.mid) / np.linalg.norm(kernel.mid))
        rows.append(Row(width, float(found.ntk[0, 0]), float(found.ntk_error[0, 0]), deviation))
    return Study(repr(net), float(kernel.lower[0, 0]), float(kernel.upper[0, 0]), tuple(rows), _remark(network, points))


def _remark(network: str, points: Any) -> str:
    """What the public code for the transformer would say, which has vu**2 for vu in its backward pass."""
    layer: Any = stax.parse(network).layers[0]
    if type(layer).__name__ != "Transformer":
        return ""
    public = transformer_ntk(points, layer.depth, float(layer.U_var), float(layer.W_var), power=2)
    return f"The public code, with vu**2 for vu going backward, would give {public[0, 0]:.4f}."


def figures(one: Study) -> str:
    """Two charts: the bands of the mean around the proven value, and the error of one network against the width."""
    widths = [float(row.width) for row in one.rows]
    ends = [value for row in one.rows for value in (row.mean - 2 * row.error, row.mean + 2 * row.error)]
    bands = Chart(
        Axis.around("width", widths, log=True),
        Axis.around("NTK of a point with itself", [*ends, one.lower, one.upper]),
        "Means of finite networks with two standard errors around the proven value",
    )
    bands.band([(row.width, row.mean - 2 * row.error, row.mean + 2 * row.error) for row in one.rows], "float", "mean")
    bands.level((one.lower + one.upper) / 2, "proved", "proved")
    errors = [row.error for row in one.rows]
    falling = Chart(
        Axis.around("width", widths, log=True),
        Axis.around("standard error", errors, log=True),
        "The standard error of the mean against the width",
    )
    falling.line(list(zip(widths, errors, strict=True)), "float", "standard error")
    middle = errors[0] * widths[0] ** 0.5
    falling.line([(width, middle * width**-0.5) for width in widths], "proved", "width^(-1/2)", dashed=True)
    return str(bands.__html__()) + str(falling.__html__())


def exponent(one: Study) -> str:
    """The fitted power of the width with which the standard error falls, one half in the limit."""
    if len(one.rows) < 3:
        return ""
    found = log_log_slope([float(row.width) for row in one.rows], [row.error for row in one.rows])
    return (
        f"The standard error falls like width^({found.exponent:.2f}), between {found.low:.2f} and {found.high:.2f} at "
        "95 per cent."
    )


def page_of(studies: Sequence[Study]) -> str:
    """The page, one table an architecture."""
    parts = [
        "<!doctype html><meta charset='utf-8'><title>Kernels and finite networks</title>",
        "<style>body{font-family:sans-serif;max-width:50em;margin:2em auto}",
        "td,th{padding:.2em 1em;text-align:right}.chart{width:100%}.chart-line{fill:none;stroke-width:2}",
        ".chart-band{opacity:.3}.chart-proved{stroke:#1a7f37}.chart-float{stroke:#0969da;fill:#0969da}",
        "polyline.chart-float{fill:none}.grid,.axis-line{stroke:#ccc}.tick{font-size:13px}</style>",
        "<h1>Kernels and finite networks</h1><p>Bounds are proven; finite networks are not, and are shown with two "
        "standard errors of their mean.</p>",
    ]
    for one in studies:
        parts.append(f"<h2><code>{html.escape(one.network)}</code></h2>")
        parts.append(
            f"<p>NTK of a point with itself: between {one.lower!r} and {one.upper!r}. {html.escape(one.remark)}</p>"
        )
        parts.append("<table><tr><th>width</th><th>mean</th><th>two errors</th><th>inside</th><th>deviation</th></tr>")
        for row in one.rows:
            inside = "yes" if abs(row.mean - one.lower) <= 2 * row.error else "no"
            parts.append(
                f"<tr><td>{row.width}</td><td>{row.mean:.4f}</td><td>{2 * row.error:.4f}</td><td>{inside}</td>"
                f"<td>{row.deviation:.2%}</td></tr>"
            )
        parts.append(f"</table><p>{exponent(one)}</p>{figures(one)}")
    return "\n".join(parts) + "\n"


def write_finite_width(folder: Path, widths: Sequence[int] = WIDTHS, seeds: int = SEEDS) -> Path:
    """Write `finite-width.html` into a folder, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "finite-width.html"
    target.write_text(page_of([study(*one, widths, seeds) for one in ARCHITECTURES]), encoding="utf-8")
    return target


if __name__ == "__main__":
    print(write_finite_width(Path(sys.argv[1] if len(sys.argv) > 1 else "report")))
