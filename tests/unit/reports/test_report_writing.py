"""One page, whole or not at all, under a name that any file system takes; a damaged certificate is bad input."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certify.certificate import Certificate
from certify.errors import InputError
from reports import write_page
from reports.page import safe_stem

Edit = Callable[..., Certificate]


def test_one_file_is_written_into_a_new_folder(certificates: dict[str, Certificate], tmp_path: Path) -> None:
    target = write_page(certificates["comfortable"], tmp_path / "a" / "b", name="square")
    assert target == tmp_path / "a" / "b" / "square.html"
    assert [entry.name for entry in target.parent.iterdir()] == ["square.html"]
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_without_a_name_data_and_verdict_name_the_page(certificates: dict[str, Certificate], tmp_path: Path) -> None:
    assert write_page(certificates["positive"], tmp_path).name == "iris-positive-definite.html"
    assert write_page(certificates["negative"], tmp_path).name == "matrix-negative.html"


def test_a_page_replaces_an_older_one(certificates: dict[str, Certificate], tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("old")
    write_page(certificates["comfortable"], tmp_path, name="x")
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.html"]
    assert (tmp_path / "x.html").read_text(encoding="utf-8") != "old"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "a/b",
        "a\\b",
        "..",
        ".",
        " ",
        "\0",
        "<b>",
        "con",
        "NUL",
        "x" * 500,
        "ünï",
        "a\nb",
        ".hidden",
        "\ud800",
    ],
)
def test_any_name_stays_in_the_folder(certificates: dict[str, Certificate], tmp_path: Path, name: str) -> None:
    target = write_page(certificates["comfortable"], tmp_path / "pages", name=name)
    assert target.parent == tmp_path / "pages"
    assert target.is_file()
    stem = target.name.removesuffix(".html")
    assert stem.isascii()
    assert all(c.isalnum() or c in "._-" for c in stem)
    assert not stem.startswith((".", "-"))
    assert len(stem) < 120


def test_names_that_were_changed_stay_apart() -> None:
    names = ["a b", "a/b", "a-b", "a\tb", "x" * 200, "x" * 201, "ü", "ö", "con", "CON"]
    assert len({safe_stem(name) for name in names}) == len(names)
    assert safe_stem("iris-v1.2_b") == "iris-v1.2_b"


def test_a_folder_that_is_a_file_is_refused(certificates: dict[str, Certificate], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError):
            write_page(certificates["comfortable"], folder)
    assert (tmp_path / "file").read_text() == "kept"


def test_a_failed_write_leaves_nothing(
    certificates: dict[str, Certificate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "x.html").write_text("old")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        write_page(certificates["comfortable"], tmp_path / "new" / "deep", name="x")
    with pytest.raises(InputError, match="No space left"):
        write_page(certificates["comfortable"], tmp_path / "old", name="x")
    assert [entry.name for entry in tmp_path.iterdir()] == ["old"]
    assert [entry.name for entry in (tmp_path / "old").iterdir()] == ["x.html"]
    assert (tmp_path / "old" / "x.html").read_text() == "old"


def test_an_error_while_the_page_is_made_leaves_nothing(
    certificates: dict[str, Certificate], edit: Edit, tmp_path: Path
) -> None:
    with pytest.raises(InputError):
        write_page(edit(certificates["comfortable"], claim={"verdict": "splendid"}), tmp_path / "pages")
    assert list(tmp_path.iterdir()) == []


DAMAGED: dict[str, dict[str, Any]] = {
    "unknown verdict": {"verdict": "splendid"},
    "bounds missing": {"lambda_min": {}},
    "bound is a float": {"lambda_min": {"lower": 0.5, "upper": "1e0"}},
    "bound is no decimal": {"lambda_min": {"lower": "nan", "upper": "1e0"}},
    "bound is a bomb": {"lambda_min": {"lower": "1e30000000", "upper": "1e30000001"}},
    "bound is endless": {"lambda_min": {"lower": "1" * 100_000 + "e0", "upper": "1" * 100_001 + "e0"}},
    "bounds crossed": {"lambda_min": {"lower": "2e0", "upper": "1e0"}},
    "points missing": {"points": {}},
    "points are no integers": {"points": {"columns": 1, "denominator": "1", "rows": ["zz"]}},
    "points of other columns": {"points": {"columns": 3, "denominator": "1", "rows": ["1 2", "3 4"]}},
    "points of ragged rows": {"points": {"columns": 2, "denominator": "1", "rows": ["1 2", "3"]}},
    "denominator zero": {"points": {"columns": 1, "denominator": "0", "rows": ["1"]}},
    "no points at all": {"points": {"columns": 1, "denominator": "1", "rows": []}},
    "network is a number": {"network": 7},
    "network is unknown": {"network": "serial(Dense(), Magic(), Dense())"},
    "matrix of another shape": {"gram": {"exponent": 0, "midpoints": ["1 2", "3"], "radii": "0"}},
    "matrix exponent is a bomb": {"gram": {"exponent": -(10**9), "midpoints": ["1"], "radii": "0"}},
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_claim_is_bad_input(
    certificates: dict[str, Certificate], edit: Edit, tmp_path: Path, damage: str
) -> None:
    with pytest.raises(InputError) as caught:
        write_page(edit(certificates["comfortable"], claim=DAMAGED[damage]), tmp_path / "pages")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "proof",
    [
        {"kind": "residual", "shift": {"exponent": 10**9, "value": "1"}},
        {"kind": "residual", "shift": {"exponent": 0, "value": "0x1"}},
        {"kind": "family"},
        {"kind": "family", "family": "equal points", "rows": "01x"},
        {"kind": "null vector", "rows": [0, 1], "entries": "1"},
        {"kind": "null vector", "rows": [0], "entries": 5},
        ["kind"],
    ],
)
def test_a_damaged_proof_is_bad_input(
    certificates: dict[str, Certificate], edit: Edit, tmp_path: Path, proof: Any
) -> None:
    broken = edit(certificates["comfortable"])
    document = {**broken.document, "proof": proof}
    with pytest.raises(InputError):
        write_page(Certificate(document), tmp_path / "pages")
    assert list(tmp_path.iterdir()) == []
