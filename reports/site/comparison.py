"""The picture of float64 against proof: numpy's smallest eigenvalue over the proved one."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reports.cases.rows import Row
from reports.chart import Axis, Chart


def comparison_chart(rows: Sequence[Row]) -> Chart | None:
    """Sizes of numpy's numbers over the proved ones, both logarithmic; none where the proof gives zero or no number."""
    known = [(float(Fraction(row.upper)), row.smallest) for row in rows if row.lower and row.verdict != "singular"]
    known = [(truth, found) for truth, found in known if truth > 0 and found != 0]
    if not known:
        return None
    truths = [truth for truth, _ in known]
    both = [*truths, *(abs(found) for _, found in known)]
    chart = Chart(
        Axis.around("the smallest eigenvalue, proved", truths, log=True),
        Axis.around("what numpy says, in size", both, log=True),
        "The smallest eigenvalue by numpy against the proved one: on the diagonal down to about 1e-15, then flat and "
        "mostly negative, while the truth goes on to fall.",
    )
    ends = (chart.x.low, chart.x.high)
    chart.line([(end, end) for end in ends], "proved", "the truth", dashed=True)
    chart.points([(t, f) for t, f in known if f > 0], "float", "circle", "numpy, positive")
    chart.points([(t, -f) for t, f in known if f < 0], "float", "triangle", "numpy, negative: the wrong sign")
    return chart
