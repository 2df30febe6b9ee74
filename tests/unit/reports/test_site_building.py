"""A site of a folder: an index, a page for whatever is there, and a plain word about whatever could not be used."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from certify import prove
from certify.certificate import Certificate
from certify.cli.main import main
from certify.errors import InputError
from reports.site import build_site

Reader = Callable[[str], Any]
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
RELU = "serial(Dense(), Relu(), Dense())"
LAW = {
    "name": EVIL,
    "theme": "t",
    "claim": EVIL,
    "citation": EVIL,
    "status": "holds",
    "detail": "",
    "examples": 3,
    "holds": 3,
    "proofs": 1,
    "falsifying": None,
    "replay": None,
}
CAMPAIGN = {
    "laws": [LAW],
    "nearest": [],
    "profile": "dev",
    "totals": {},
    "seed": 1,
    "proofs": 1,
    "interrupted": False,
    "not_run": [],
    "examples": 3,
    "version": EVIL,
}
GATE = {
    "baseline": "b",
    "claims": 1,
    "regressions": 0,
    "improved": 0,
    "passed": True,
    "results": [{"claim": EVIL, "status": "passed", "differences": [], "command": EVIL}],
}
SEEN = {"detail": EVIL, "example": {"x1": [[1.0]], "x2": None}, "entry": None}
FINDING = {
    "network": EVIL,
    "kernel": "ntk",
    "kind": EVIL,
    "severity": "defect",
    "known": None,
    "examples": 1,
    "worst": SEEN,
    **SEEN,
}
TALLY = {"network": EVIL, "examples": 1, "entries": 1, "undecided": 0, "largest_ulps": "inf"}
AUDIT = {
    "target": EVIL,
    "library": None,
    "kernel": "ntk",
    "version": "1",
    "seed": 1,
    "examples": 1,
    "tolerance": 4096.0,
    "interrupted": False,
    "networks": [TALLY],
    "findings": [FINDING],
    "skipped": [],
}
BENCHMARK = {
    "rows": [{"name": EVIL, "ours": 1.0, "other": 2.0, "must": 0.4, "aim": None, "unit": "s", "ratio": 0.5}],
    "clock": "seconds",
}
THEOREMS = {"theorems": [{"name": EVIL, "says": EVIL, "axioms": [EVIL, {"a": EVIL}]}], "coq": "8.16"}
CLAIM = {
    "key": "k",
    "title": EVIL,
    "place": EVIL,
    "says": EVIL,
    "found": EVIL,
    "status": "differs",
    "how": EVIL,
    "command": EVIL,
    "table": {"caption": EVIL, "columns": [EVIL], "rows": [[EVIL]]},
    "figure": {
        "x": EVIL,
        "y": EVIL,
        "log_x": False,
        "log_y": False,
        "description": EVIL,
        "caption": EVIL,
        "series": [{"kind": "proved", "label": EVIL, "shape": "line", "points": [[0, 1], [1, 2]]}],
    },
}
PAPERS = {
    "format": "ntk-certify reproductions",
    "papers": [
        {"key": "S9", "title": EVIL, "authors": EVIL, "year": 1, "arxiv": EVIL, "summary": EVIL, "claims": [CLAIM]}
    ],
}
DOCUMENTS = {
    "campaign": CAMPAIGN, "gate": GATE, "audit": AUDIT, "benchmark": BENCHMARK, "theorems": THEOREMS, "papers": PAPERS,
}  # fmt: skip


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates good and bad, and a document of every kind with markup in every name."""
    folder = tmp_path_factory.mktemp("evidence")
    prove(RELU, [[1, 2], [3, 5]]).save(folder / "good.cert")
    named = f"{EVIL}.csv".replace("/", "_")
    (folder / named).write_text("a,b\n1,2\n3,4\n")
    prove(RELU, str(folder / named)).save(folder / f"{EVIL.replace('/', '_')}.cert")
    prove("serial(Dense(), Dense())", [[1, 2], [3, 5], [1, 1]]).save(folder / "flat.cert")
    text = (folder / "good.cert").read_text()
    (folder / "truncated.cert").write_text(text[:200])
    (folder / "forged.cert").write_text(text.replace('"positive definite"', '"singular"'))
    (folder / "sub").mkdir()
    (folder / "sub" / "good.cert").write_text(text)
    (folder / "unknown.json").write_text('{"what": "is this"}')
    (folder / "broken.json").write_text("{")
    (folder / "half.json").write_text(json.dumps({"laws": [1], "nearest": 0, "profile": 0, "totals": 0}))
    (folder / "claim.json").write_text(json.dumps({"request": {}, "expected": {}}))
    for name, document in DOCUMENTS.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="module")
def built(evidence: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    build_site([evidence], out)
    return out


def test_there_is_a_page_for_everything_that_could_be_used(built: Path) -> None:
    folders = {entry.name: len(list(entry.glob("*.html"))) for entry in built.iterdir() if entry.is_dir()}
    assert folders == {
        "certificates": 4, "campaigns": 1, "gates": 1, "audits": 1, "benchmarks": 2, "theorems": 1, "papers": 1,
    }  # fmt: skip


def test_what_could_not_be_used_is_named_with_its_reason(evidence: Path, built: Path, page: Reader) -> None:
    text = page((built / "index.html").read_text()).text
    for name, status in (
        ("truncated.cert", "malformed"),
        ("forged.cert", "invalid"),
        ("unknown.json", "unknown"),
        ("broken.json", "malformed"),
        ("half.json", "malformed"),
    ):
        assert f"{name}{status}" in text
    assert "claim.json" not in text


def test_names_with_markup_are_text_on_every_page(built: Path, page: Reader) -> None:
    pages = sorted(built.rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        read = page(path.read_text(encoding="utf-8"))
        assert read.faults == [], path
        assert not {"script", "img"} & set(read.tags) - ({"img"} if "certificates" in path.parts else set()), path
        assert not any(name.startswith("on") for _, name, _ in read.attributes), path
    seen = [path.name for path in pages if EVIL[:10] in page(path.read_text()).text]
    assert len(seen) >= 7


def test_every_link_leads_somewhere(built: Path) -> None:
    for path in built.rglob("*.html"):
        reader = Links()
        reader.feed(path.read_text(encoding="utf-8"))
        for href in reader.links:
            target, _, anchor = href.partition("#")
            other = path if not target else (path.parent / unquote(target)).resolve()
            assert other.is_file(), (path, href)
            assert other.is_relative_to(built.resolve())
            if anchor:
                assert f'id="{anchor}"' in other.read_text(encoding="utf-8"), (path, href)


def test_the_copies_of_certificates_verify(built: Path) -> None:
    copies = sorted(built.rglob("*.cert"))
    assert len(copies) == 4
    assert main(["check", *map(str, copies)]) == 0


def test_no_page_is_large_or_reaches_outside(built: Path) -> None:
    for path in built.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert len(text) < 1_500_000
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in text


def test_the_exit_code_is_that_of_the_worst_file(
    evidence: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(evidence), "--out", str(tmp_path / "site")]) == 2
    captured = capsys.readouterr()
    assert captured.out.strip() == str(tmp_path / "site" / "index.html")
    assert "forged.cert" in captured.err


def test_a_folder_without_evidence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        build_site([tmp_path], tmp_path / "out")
    with pytest.raises(InputError):
        build_site([tmp_path / "absent"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_site_inside_its_own_source_does_not_feed_on_itself(tmp_path: Path) -> None:
    prove(RELU, [[1, 2], [3, 5]]).save(tmp_path / "good.cert")
    for _ in range(2):
        assert len(build_site([tmp_path], tmp_path / "site").entries) == 1


def test_numpy_stands_beside_the_proof(built: Path, page: Reader) -> None:
    text = page((built / "index.html").read_text()).text
    assert "Float64 against proof" in text
    assert "flat" in text


def test_one_certificate_in_a_frame_says_how_it_was_checked(built: Path, page: Reader) -> None:
    text = page((built / "certificates" / "good.html").read_text()).text
    assert "Checked when this page was written" in text
    assert "(python engine)" in text


class Links(HTMLParser):
    """The targets of all links."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value or "" for name, value in attrs if name == "href"]


def test_matrices_and_numbers_of_any_size_get_pages(certificates: dict[str, Certificate], tmp_path: Path) -> None:
    for name in ("matrix", "huge", "single", "negative"):
        certificates[name].save(tmp_path / f"{name}.cert")
    site = build_site([tmp_path], tmp_path / "site")
    assert {entry.name for entry in site.entries if entry.page} == {"matrix", "huge", "single", "negative"}
    assert site.problems == ()


def test_a_theorem_that_coq_refused_is_not_called_accepted(tmp_path: Path, page: Reader) -> None:
    theorem = {
        "name": "iris, 10 rows",
        "network": RELU,
        "kernel": "ntk",
        "normalize": "unit",
        "n": 10,
        "claim": "1 <= 2",
        "integers": "binary",
        "axioms": ["classic"],
        "accepted": True,
        "axioms_as_stated": True,
    }
    theorems = [theorem, {**theorem, "axioms_as_stated": False}, {**theorem, "accepted": False}]
    report = {"coq": "8.16.1", "library": {"files": ["Forms.v"], "seconds": 9.0}, "theorems": theorems, "planted": []}
    (tmp_path / "theorems.json").write_text(json.dumps(report))
    build_site([tmp_path], tmp_path / "site")
    first, *others = sorted((tmp_path / "site" / "theorems").iterdir(), key=lambda path: len(path.name))
    assert "accepted by Coq" in page(first.read_text()).text
    assert len(others) == 2
    for other in others:
        assert "not accepted as stated" in page(other.read_text()).text
    index = page((tmp_path / "site" / "index.html").read_text()).text
    assert index.count("NOT accepted as stated") == 2
