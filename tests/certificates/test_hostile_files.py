"""Attacks that are too large, or too much of the file system, to be committed: nothing raises, nothing hangs."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

from corpus import HERE, load_cases
from forging import canonical, put, sealed, text_of

from certify.checker import Result, check_file
from certify.checker.limits import MAX_FILE_BYTES

VALID = [case.path for case in load_cases() if case.status == "valid"]


def check_text(folder: Path, text: str | bytes) -> Result:
    path = folder / "file.cert"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return check_file(path)


def announced(folder: Path) -> tuple[dict, Path]:
    """A certificate with its points beside it, and where it expects them."""
    document = json.loads((HERE / "valid/points-beside.cert").read_text())
    return document, folder / document["claim"]["points"]["file"]


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.cert"
    with path.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    assert (check_file(path).status, check_file(path).reason) == (
        "unsupported",
        f"the file is larger than {MAX_FILE_BYTES} bytes",
    )


def test_what_is_no_regular_file_is_malformed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero"), tmp_path / "missing", tmp_path / "a\0b"):
        answer = check_file(path)
        assert answer.status == "malformed"
        assert "the file cannot be read" in answer.reason


def test_no_file_stays_open(tmp_path: Path) -> None:
    opened = Path("/proc/self/fd")
    before = len(list(opened.iterdir()))
    for path in (HERE / "valid/points-beside.cert", tmp_path, HERE / "malformed/empty.cert"):
        check_file(path)
    assert len(list(opened.iterdir())) == before


def test_points_are_never_reached_through_a_link(tmp_path: Path) -> None:
    document, beside = announced(tmp_path)
    beside.symlink_to(HERE / "valid" / beside.name)
    answer = check_text(tmp_path, text_of(document))
    assert (answer.status, answer.reason) == ("malformed", "the file of points is a link")


def test_points_are_a_regular_file_of_limited_size(tmp_path: Path) -> None:
    document, beside = announced(tmp_path)
    beside.mkdir()
    assert "no regular file" in check_text(tmp_path, text_of(document)).reason
    beside.rmdir()
    os.mkfifo(beside)
    assert "no regular file" in check_text(tmp_path, text_of(document)).reason
    beside.unlink()
    with beside.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    assert check_text(tmp_path, text_of(document)).status == "unsupported"


def test_work_is_estimated_before_it_is_done(tmp_path: Path) -> None:
    """The answer comes before the first product."""
    size = 600
    document = json.loads((HERE / "valid/gram.cert").read_text())
    rows = [" ".join(["ff"] * (i + 1)) for i in range(size)]
    put("claim/gram", {"exponent": 0, "midpoints": rows, "radii": "1"})(document)
    put("proof/factor/rows", rows)(document)
    put("proof/vector", " ".join(["1"] * size))(document)
    path = tmp_path / "file.cert"
    path.write_text(text_of(document))
    answer = check_file(path, limit_seconds=1)
    assert answer.status == "unsupported"
    assert "verifying the factor brings the estimate to" in answer.reason


def _mutated(value: object, source: random.Random) -> object:
    """The value with one place inside it replaced by something else."""
    if isinstance(value, dict) and value and source.random() < 0.9:
        key = source.choice(sorted(value))
        return {**value, key: _mutated(value[key], source)}
    if isinstance(value, list) and value and source.random() < 0.9:
        index = source.randrange(len(value))
        return [*value[:index], _mutated(value[index], source), *value[index + 1 :]]
    if isinstance(value, str) and value and source.random() < 0.7:
        place = source.randrange(len(value))
        return value[:place] + source.choice('0123456789abcdef- e(),="[]/x') + value[place + source.randint(0, 1) :]
    if isinstance(value, int) and source.random() < 0.7:
        return value + source.choice((-1, 1, -60, 60, 10**6, -(10**6)))
    return source.choice((None, True, 0, -1, 2**70, "", "0", "-1", [], {}, [0], ["0"], {"a": 1}))


def test_random_changes_of_resealed_certificates_never_raise(tmp_path: Path) -> None:
    source = random.Random(7)
    for path in VALID:
        honest = json.loads(path.read_text())
        for _ in range(8):
            document = {key: value for key, value in honest.items() if key != "seal"}
            for _ in range(source.randint(1, 2)):
                document = _mutated(document, source)
                if not isinstance(document, dict):
                    document = honest
            answer = check_text(tmp_path, canonical(sealed(document)))
            assert answer.status in ("valid", "invalid", "malformed", "unsupported")
            assert "the checker failed" not in answer.reason, document
            assert "exhausts" not in answer.reason, document
