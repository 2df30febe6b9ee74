"""A baseline that cannot be used gets exit code 2 and one sentence that names the file, the key or the claim."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certify.cli import main

Damage = Callable[[Path], object]


def setting(name: str, part: str | None, **values: Any) -> Damage:
    """Writes values into one object of a file of the baseline; None removes the key."""

    def damage(folder: Path) -> None:
        path = folder / f"{name}.json"
        document = json.loads(path.read_text(encoding="ascii"))
        target = document if part is None else document[part]
        for key, value in values.items():
            if value is None:
                del target[key]
            else:
                target[key] = value
        path.write_text(json.dumps(document), encoding="ascii")

    return damage


def text(name: str, content: str | bytes) -> Damage:
    return lambda folder: (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def emptied(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


CASES: list[tuple[str, Damage, list[str]]] = [
    ("empty", emptied, ["is empty", "--update"]),
    ("index only", lambda folder: [p.unlink() for p in folder.glob("*.json") if p.stem != "baseline"], ["is empty"]),
    ("no index", lambda folder: (folder / "baseline.json").unlink(), ["baseline.json", "--update"]),
    ("claim missing", lambda folder: (folder / "dense.json").unlink(), ["'dense'", "missing"]),
    ("data missing", lambda folder: (folder / "crowd.csv").unlink(), ["'crowd.csv'", "missing"]),
    ("data changed", text("crowd.csv", "1,2\n3,4\n"), ["'crowd.csv'", "not what was recorded"]),
    ("claim not listed", text("new.json", '{"request": {"data": "iris", "network": "x"}}'), ["'new'", "not recorded"]),
    (
        "copied claim",
        lambda folder: shutil.copy(folder / "dense.json", folder / "copy.json"),
        ["'copy'", "not recorded"],
    ),
    ("nothing expected", setting("dense", None, expected=None), ["'dense'", "not recorded"]),
    ("no JSON", text("dense.json", '{"request": '), ["dense.json", "damaged"]),
    ("cut off", text("baseline.json", ""), ["baseline.json", "damaged"]),
    ("no text", text("dense.json", b"\xff\xfe\x00"), ["dense.json", "damaged"]),
    ("no object", text("dense.json", "[1]"), ["dense.json", "no JSON object"]),
    ("nested", text("dense.json", "[" * 100_000), ["dense.json", "damaged"]),
    ("key twice", text("dense.json", '{"request": 1, "request": 2}'), ["dense.json", "'request'", "twice"]),
    ("too large", text("dense.json", " " * 1_000_001), ["dense.json", "1000000 bytes"]),
    ("bare float", text("dense.json", '{"request": {"rel_width": 0.001}}'), ["dense.json", "0.001", "quotes"]),
    ("not a number", text("dense.json", '{"request": {"rows": NaN}}'), ["dense.json", "NaN"]),
    ("a folder", lambda folder: (folder / "sub.json").mkdir(), ["sub.json", "cannot be read"]),
    ("claim name", text("a b.json", "{}"), ["a b.json", "letters"]),
    ("unknown key", setting("dense", None, expectd={}), ["'dense'", "'expectd'", "did you mean 'expected'"]),
    ("unknown request", setting("dense", "request", kernal="ntk"), ["'dense'", "'kernal'", "did you mean 'kernel'"]),
    ("unknown result", setting("dense", "expected", seconds=1), ["'dense'", "'seconds'", "known are"]),
    ("unknown slack", setting("baseline", "slack", bit=1), ["'bit'", "did you mean 'bits'"]),
    ("unknown index", setting("baseline", None, extra=1), ["baseline.json", "'extra'"]),
    ("no request", setting("dense", None, request=None), ["'dense'", "lacks", "'request'"]),
    ("no network", setting("dense", "request", network=None), ["'dense'", "lacks", "'network'"]),
    ("no verdict", setting("dense", "expected", verdict=None), ["'dense'", "lacks", "'verdict'"]),
    ("verdict", setting("dense", "expected", verdict="regular"), ["'regular'", "'singular'"]),
    ("rows", setting("dense", "request", rows="5"), ["'rows'", "whole number"]),
    ("bits", setting("dense", "expected", bits=-1), ["'bits'", "whole number"]),
    ("truth", setting("dense", "request", max_bits=True), ["'max_bits'", "whole number"]),
    ("network", setting("dense", "request", network=7), ["'network'", "text"]),
    ("line break", setting("dense", "request", network="a\nb"), ["'network'", "printable"]),
    ("bounds", setting("dense", "expected", lambda_min={"lower": "2", "upper": "1"}), ["'dense'", "2", "above 1"]),
    ("bound", setting("dense", "expected", lambda_min={"lower": "x", "upper": "1"}), ["'lower'", "'x'"]),
    ("huge", setting("dense", "expected", lambda_min={"lower": None, "upper": "1e9999999"}), ["exponent"]),
    ("slack", setting("baseline", "slack", width="-1/2"), ["'width'", "at least 0"]),
    ("own slack", setting("dense", None, slack=3), ["'slack'", "braces"]),
    ("format", setting("baseline", None, version=2), ["baseline.json", "format"]),
    ("list", setting("baseline", None, claims=["../x"]), ["'claims'", "names"]),
    ("radius alone", setting("dense", "request", radius="r.npy"), ["'radius'", "without 'gram'"]),
    ("gram and data", setting("dense", "request", gram="g.npy"), ["'gram'", "'data'"]),
    ("absolute", setting("dense", "request", data="/tmp/a.csv"), ["/tmp/a.csv", "relative"]),
]


@pytest.mark.parametrize(("damage", "parts"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_baseline_that_cannot_be_used_is_refused_in_one_sentence(
    baseline: Path, capsys: pytest.CaptureFixture[str], damage: Damage, parts: list[str]
) -> None:
    damage(baseline)
    assert main(["gate", "--baseline", str(baseline), "--json"]) == 2
    refusal_names(capsys, parts)


def refusal_names(capsys: pytest.CaptureFixture[str], parts: list[str]) -> None:
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert output.err.startswith("certify: ")
    assert output.err.endswith(".\n")
    assert ". " not in output.err
    for part in parts:
        assert part in output.err


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["--baseline", "{base}/missing"], ["missing", "no directory"]),
        (["--baseline", "{base}/dense.json"], ["no directory"]),
        (["--baseline", "{base}", "--junit", "{base}/no/such/gate.xml"], ["cannot be written"]),
        (["--baseline", "{base}", "--junit", "{base}"], ["directory"]),
        (["--baseline", "{base}", "--update", "--junit", "gate.xml"], ["--update", "--junit"]),
    ],
)
def test_bad_usage_is_refused_before_any_work(
    baseline: Path,
    contents: Callable[[Path], dict[str, bytes]],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    parts: list[str],
) -> None:
    before = contents(baseline)
    assert main(["gate", *(argument.format(base=baseline) for argument in arguments)]) == 2
    refusal_names(capsys, parts)
    assert contents(baseline) == before


@pytest.mark.parametrize("damage", ["unknown request", "no JSON", "data missing", "empty", "too large"])
def test_update_refuses_what_it_cannot_read_and_writes_nothing(
    baseline: Path,
    contents: Callable[[Path], dict[str, bytes]],
    capsys: pytest.CaptureFixture[str],
    damage: str,
) -> None:
    (_, plant, parts) = next(case for case in CASES if case[0] == damage)
    plant(baseline)
    before = contents(baseline)
    assert main(["gate", "--baseline", str(baseline), "--update"]) == 2
    refusal_names(capsys, parts)
    assert contents(baseline) == before
