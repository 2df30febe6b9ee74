"""The papers' claims come out as they are recorded, and a claim whose proof breaks says so."""

import json
from pathlib import Path
from typing import Any

import pytest

import reports.papers.reproducing as reproducing
from certify.cli.main import main
from certify.errors import InputError
from reports.papers import PAPERS, reproduce
from reports.papers.claim import STATUSES
from reports.site import build_site

DIFFERS = {("S2", "bias"), ("S2", "ratio"), ("S2", "recursion")}
OPEN = {("S1", "components"), ("S3", "order"), ("S4", "convergence")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("papers")
    reproduce(out=out, report=lambda line: None)
    return out


@pytest.fixture(scope="module")
def document(folder: Path) -> Any:
    return json.loads((folder / "papers.json").read_text())


def test_every_claim_of_the_five_papers_has_the_status_that_is_recorded(document: Any) -> None:
    assert [paper["key"] for paper in document["papers"]] == list(PAPERS)
    found = {(paper["key"], claim["key"]): claim["status"] for paper in document["papers"] for claim in paper["claims"]}
    assert {key for key, status in found.items() if status == "differs"} == DIFFERS
    assert {key for key, status in found.items() if status == "open"} == OPEN
    assert set(found.values()) <= set(STATUSES) - {"failed"}


def test_every_claim_names_the_command_that_reproduces_it(document: Any) -> None:
    for paper in document["papers"]:
        for claim in paper["claims"]:
            assert claim["command"].splitlines()[0] == f"certify reproduce {paper['key']} --claim {claim['key']}"
            assert claim["table"]["rows"]


def test_every_certificate_that_a_claim_names_was_written_and_verifies(folder: Path, document: Any) -> None:
    named = {name for paper in document["papers"] for claim in paper["claims"] for name in claim["certificates"]}
    assert named <= {path.stem for path in folder.glob("*.cert")}
    assert len(named) > 20
    assert main(["check", *(str(folder / f"{name}.cert") for name in sorted(named))]) == 0


def test_the_site_has_a_page_for_every_paper_with_every_claim(folder: Path, document: Any, tmp_path: Path) -> None:
    site = build_site([folder / "papers.json", folder / "s0-squares-16.cert"], tmp_path)
    for paper in document["papers"]:
        text = (tmp_path / "papers" / f"{paper['key'].lower()}.html").read_text()
        for claim in paper["claims"]:
            assert f'id="{claim["key"]}"' in text
            assert f"certify reproduce {paper['key']} --claim {claim['key']}" in text
        assert len(text) < 1_500_000
    assert '<a href="../certificates/s0-squares-16.html">' in (tmp_path / "papers" / "s0.html").read_text()
    assert site.problems == ()


def test_a_certificate_that_does_not_verify_fails_the_claim(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Refused:
        valid = False

    monkeypatch.setattr(reproducing, "check", lambda path, engine: Refused())
    assert main(["reproduce", "S0", "--claim", "antipodal", "--quiet"]) == 1
    assert "failed" in capsys.readouterr().out


def test_unknown_papers_and_claims_are_bad_input() -> None:
    with pytest.raises(InputError, match="S9"):
        reproduce(["S9"])
    with pytest.raises(InputError, match="nonsense"):
        reproduce(["S0"], "nonsense")


def test_one_claim_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "s2", "--claim", "ratio", "--json", "--quiet"]) == 0
    (paper,) = json.loads(capsys.readouterr().out)["papers"]
    assert [claim["key"] for claim in paper["claims"]] == ["ratio"]
