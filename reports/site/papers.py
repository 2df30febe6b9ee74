"""The page of a paper: each claim with its status, its figure, its numbers and the command that reproduces them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.chart import Axis, Chart
from reports.site.pages import Card, Page, counted

# What a status means; the word itself is the mark on the page.
STATUSES = {
    "certified": "what the paper says is proved here in the instances shown",
    "enclosed": "the numbers of the paper lie in enclosures, every rounding accounted for",
    "differs": "the printed statement is not what holds; an enclosure or a certificate shows the difference",
    "open": "not decided here: constants are not explicit, or the setting is out of reach",
    "failed": "this version does not find what is recorded: a regression",
}
TONES = {"certified": "proved", "enclosed": "enclosed", "differs": "alarm", "open": "label", "failed": "alarm"}


def paper_page(paper: Mapping[str, Any], path: str, shown: str, linked: frozenset[str]) -> Page:
    """The page; `linked` names the certificates that have pages in this site."""
    claims = [
        {
            **claim,
            "tone": TONES[claim["status"]],
            "chart": draw(claim["figure"]),
            "drawn": _drawn(claim["figure"]),
            "links": [name for name in claim.get("certificates", ()) if name in linked],
        }
        for claim in paper["claims"]
    ]
    counts = {status: sum(claim["status"] == status for claim in claims) for status in STATUSES}
    said = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    card = Card(
        "papers",
        f"{paper['key']}. {paper['authors']} ({paper['year']})",
        f"{paper['title']}: {counted(len(claims), 'claim')}, {said}",
        path,
        "alarm" if counts["failed"] else "proved",
    )
    context = {"paper": paper, "claims": claims, "counts": counts, "statuses": STATUSES, "tones": TONES, "shown": shown}
    return Page(path, "site/paper.html", context, card)


def _drawn(figure: Mapping[str, Any] | None) -> list[tuple[str, ...]]:
    """The numbers of the figure as text: the series, x, and y or its two ends."""
    if figure is None:
        return []
    return [
        (str(one["label"]), f"{float(point[0]):.6g}", " to ".join(f"{float(value):.6g}" for value in point[1:]))
        for one in figure["series"]
        for point in one["points"]
    ]


def draw(figure: Mapping[str, Any] | None) -> Chart | None:
    """A figure from its data: axes, and series of lines, points or intervals."""
    if figure is None:
        return None
    series = figure["series"]
    xs = [float(point[0]) for one in series for point in one["points"]]
    ys = [float(value) for one in series for point in one["points"] for value in point[1:]]
    chart = Chart(
        Axis.around(str(figure["x"]), xs, log=bool(figure.get("log_x"))),
        Axis.around(str(figure["y"]), ys, log=bool(figure.get("log_y"))),
        str(figure["description"]),
        height=340,
    )
    for one in series:
        kind, key = str(one["kind"]), str(one["label"])
        points = [tuple(float(value) for value in point) for point in one["points"]]
        if one["shape"] == "line":
            chart.line([(p[0], p[1]) for p in points], kind, key)
        elif one["shape"] == "dashed":
            chart.line([(p[0], p[1]) for p in points], kind, key, dashed=True)
        elif one["shape"] == "band":
            chart.band([(p[0], p[1], p[2]) for p in points], kind, key)
        elif one["shape"] == "intervals":
            chart.bars([(p[0], p[1], p[2]) for p in points], kind, key)
        else:
            chart.points([(p[0], p[1]) for p in points], kind, str(one["shape"]), key)
    return chart
