"""Pages of a site that stem from JSON documents: what each one is called, where it lies, what the index says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.chart import Axis, Chart
from reports.frame import Frame
from reports.page import safe_stem
from reports.site.sources import Document


@dataclass(frozen=True)
class Card:
    """What the index says of a page: `tone` is "proved", "alarm", "float" or "claim", a mark's class."""

    section: str
    title: str
    sentence: str
    href: str
    tone: str


@dataclass(frozen=True)
class Page:
    """A page to be rendered: its path in the site, its template and what the template needs."""

    path: str
    template: str
    context: Mapping[str, Any]
    card: Card | None


SECTIONS = {
    "papers": "The papers",
    "theorems": "Theorems for Coq",
    "audits": "Other libraries",
    "campaigns": "Laws",
    "gates": "The gate",
    "benchmarks": "Benchmarks",
}


def frame_for(section: str) -> Frame:
    return Frame("../index.html", SECTIONS[section], f"../index.html#{section}")


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def pages_of(document: Document, taken: set[str], linked: frozenset[str]) -> list[Page]:
    """The pages of a document; `linked` names the certificates with pages. Whatever is wrong in the document raises
    KeyError, TypeError, ValueError or AttributeError."""
    if document.kind == "reproductions":
        return list(_papers(document, taken, linked))
    return list(_MAKERS[document.kind](document, taken))


def free_path(folder: str, name: str, taken: set[str]) -> str:
    """A path for a page of that name that no page has yet."""
    stem, count = safe_stem(name), 2
    path = f"{folder}/{stem}.html"
    while path in taken:
        path, count = f"{folder}/{stem}-{count}.html", count + 1
    taken.add(path)
    return path


def _campaign(document: Document, taken: set[str]) -> Iterator[Page]:
    result = document.content
    laws = [dict(law) for law in result["laws"]]
    failed = [law for law in laws if law["status"] not in ("holds", "passed")]
    path = free_path("campaigns", document.source.path.stem, taken)
    cases = sum(int(law["examples"]) for law in laws)
    found = f"{len(failed)} of {counted(len(laws), 'law')} failed" if failed else f"{counted(len(laws), 'law')} hold"
    card = Card(
        "campaigns",
        found,
        f"{cases} drawn cases, {result['proofs']} Gram matrices proved, seed {result['seed']}",
        path,
        "alarm" if failed else "claim",
    )
    context = {"result": result, "failed": failed, "cases": cases, "shown": document.source.shown}
    yield Page(path, "site/campaign.html", context, card)


def _audit(document: Document, taken: set[str]) -> Iterator[Page]:
    report = document.content
    name = str(report["library"] or report["target"])
    defects = [one for one in report["findings"] if one["severity"] == "defect" and one["known"] is None]
    known = [one for one in report["findings"] if one["known"] is not None]
    limits = [one for one in report["findings"] if one["severity"] == "limit" and one["known"] is None]
    kinds = list(dict.fromkeys(str(one["kind"]) for one in [*defects, *known]))
    path = free_path("audits", document.source.path.stem, taken)
    entries = sum(int(one["entries"]) for one in report["networks"])
    found = counted(len(defects), "new finding") if defects else "nothing new found"
    sentence = (
        f"{found}, {len(known)} known before; {counted(len(report['networks']), 'network')}, {entries} entries compared"
    )
    card = Card("audits", name, sentence, path, "alarm" if defects else "claim")
    context = {
        "report": report,
        "name": name,
        "groups": [(k, [one for one in [*defects, *known] if one["kind"] == k]) for k in kinds],
        "defects": defects,
        "known": len(known),
        "meanings": dict(report.get("meanings", {})),
        "limits": limits,
        "entries": entries,
        "shown": document.source.shown,
    }
    yield Page(path, "site/audit.html", context, card)


def _gate(document: Document, taken: set[str]) -> Iterator[Page]:
    report = document.content
    worse = [one for one in report["results"] if one["status"] == "regression"]
    path = free_path("gates", document.source.path.stem, taken)
    found = counted(len(worse), "regression") if worse else "nothing became worse"
    card = Card("gates", found, f"{report['claims']} recorded claims proved again", path, "alarm" if worse else "claim")
    yield Page(path, "site/gate.html", {"report": report, "worse": worse, "shown": document.source.shown}, card)


def _benchmarks(document: Document, taken: set[str]) -> Iterator[Page]:
    rows = [dict(row) for row in document.content["rows"]]
    for row in rows:
        row["path"] = free_path("benchmarks", str(row["name"]), taken)
        row["standing"] = _standing(row)
    over = sum(row["standing"] == "over" for row in rows)
    overview = free_path("benchmarks", "all", taken)
    ratios = [row for row in rows if isinstance(row["must"], int | float) and row["must"]]
    for row in rows:
        row["number"] = next((k for k, other in enumerate(ratios, 1) if other is row), None)
    context = {"rows": rows, "content": document.content, "chart": _ratios(ratios), "shown": document.source.shown}
    told = "all within what is demanded" if not over else f"{over} above what is demanded"
    card = Card("benchmarks", "Speed and width", f"{counted(len(rows), 'measurement')}, {told}", overview, "float")
    yield Page(overview, "site/benchmarks.html", context, card)
    for row in rows:
        inner = {"row": row, "content": document.content, "overview": overview.partition("/")[2]}
        yield Page(row["path"], "site/benchmark.html", inner, None)


def _standing(row: Mapping[str, Any]) -> str:
    if row["must"] is None:
        return "no demand"
    if row["ratio"] > row["must"]:
        return "over"
    return "aim" if row["aim"] is not None and row["ratio"] <= row["aim"] else "must"


def _ratios(rows: list[dict[str, Any]]) -> Chart:
    """Every ratio over what is demanded of it, in order."""
    values = [(float(k), row["ratio"] / row["must"]) for k, row in enumerate(rows, 1)]
    chart = Chart(
        Axis("measurement, numbered as in the table", 0.0, len(rows) + 1.0),
        Axis.around("measured over demanded", [1.0, *(v for _, v in values)], log=True),
        "Every measured ratio over the ratio that is demanded; below one is within the demand.",
        height=300,
    )
    chart.level(1.0, "noise", "what is demanded")
    chart.bars([(k, v, v) for k, v in values if v <= 1], "proved", "within")
    chart.points([(k, v) for k, v in values if v > 1], "float", "triangle", "above")
    return chart


# What the head of a theorem's page says; the page lists the other keys.
_SAID = ("name", "theorem", "claim", "says", "statement", "network", "kernel", "normalize", "n", "accepted")


def _theorems(document: Document, taken: set[str]) -> Iterator[Page]:
    """A page a theorem; a report may lack any key but the name."""
    for theorem in document.content["theorems"]:
        name = str(theorem.get("name") or theorem.get("theorem"))
        about = ""
        if theorem.get("network"):
            unit = " unit" if theorem.get("normalize") == "unit" else ""
            about = (
                f"{str(theorem.get('kernel', '')).upper()} of {theorem['network']} on {theorem.get('n')}{unit} points"
            )
        said = str(theorem.get("claim") or theorem.get("says") or theorem.get("statement") or "")
        whole = theorem.get("accepted", True) is True and theorem.get("axioms_as_stated", True) is True
        title = f"{name}, {theorem['integers']} integers" if theorem.get("integers") else name
        path = free_path("theorems", title, taken)
        sentence = ". ".join(part for part in (said, about) if part)
        if not whole:
            sentence = f"NOT accepted as stated. {sentence}"
        context = {
            "name": title,
            "said": said,
            "about": about,
            "refused": not whole,
            "rest": {key: value for key, value in theorem.items() if key not in _SAID},
            "common": {key: value for key, value in document.content.items() if key != "theorems"},
            "shown": document.source.shown,
        }
        card = Card("theorems", title, sentence[:400], path, "proved" if whole else "alarm")
        yield Page(path, "site/theorem.html", context, card)


def _papers(document: Document, taken: set[str], linked: frozenset[str]) -> Iterator[Page]:
    from reports.site.papers import paper_page

    for paper in document.content["papers"]:
        path = free_path("papers", str(paper["key"]).lower(), taken)
        yield paper_page(paper, path, document.source.shown, linked)


_MAKERS: Mapping[str, Callable[[Document, set[str]], Iterator[Page]]] = {
    "campaign": _campaign,
    "audit": _audit,
    "gate": _gate,
    "benchmark": _benchmarks,
    "theorems": _theorems,
}
