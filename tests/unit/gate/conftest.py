"""A small recorded baseline: one claim for every way in which the library answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.gate import update_baseline

ERF = 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
REQUESTS: dict[str, dict[str, Any]] = {
    "dense": {"data": "generic.csv", "network": ERF, "normalize": "unit"},
    "modular": {"data": "crowd.csv", "network": ERF.replace("Erf()", "Monomial(9)"), "max_bits": 53},
    "singular": {"data": "generic.csv", "network": "serial(Dense(), Dense())"},
    "undecided": {"data": "crowd.csv", "network": ERF, "method": "dense", "max_bits": 53},
}
DATA = {
    "generic.csv": "x,y\n1,2\n-1/3,0.5\n2,-1\n",
    "crowd.csv": "x,y\n" + "".join(f"{k}/1000,{k * k % 7}/1000\n" for k in range(1, 9)),
}

Editor = Callable[[str, Callable[[dict[str, Any]], None]], None]


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small baseline, recorded once; not to be written to."""
    folder = tmp_path_factory.mktemp("recorded")
    for name, text in DATA.items():
        (folder / name).write_text(text, encoding="ascii")
    for name, request in REQUESTS.items():
        (folder / f"{name}.json").write_text(json.dumps({"request": request}), encoding="ascii")
    assert not update_baseline(folder).refused
    methods = {name: json.loads((folder / f"{name}.json").read_text())["expected"]["method"] for name in REQUESTS}
    assert methods == {
        "dense": "dense",
        "modular": "modular rank",
        "singular": "dimension count",
        "undecided": "dense",
    }
    return folder


@pytest.fixture
def baseline(recorded: Path, tmp_path: Path) -> Path:
    """A copy of the small baseline."""
    return Path(shutil.copytree(recorded, tmp_path / "baseline"))


@pytest.fixture
def edit(baseline: Path) -> Editor:
    """Changes one JSON file of the baseline in place."""

    def editor(name: str, change: Callable[[dict[str, Any]], None]) -> None:
        path = baseline / f"{name}.json"
        document = json.loads(path.read_text(encoding="ascii"))
        change(document)
        path.write_text(json.dumps(document), encoding="ascii")

    return editor


@pytest.fixture
def contents() -> Callable[[Path], dict[str, bytes]]:
    """All files below a folder with their bytes."""

    def reader(folder: Path) -> dict[str, bytes]:
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    return reader
