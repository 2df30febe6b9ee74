"""Files are written whole or not at all."""

from pathlib import Path

import pytest

from certify.certificate import write_whole
from certify.errors import InputError


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.cert"
    write_whole(target, "first")
    write_whole(target, "second")
    assert target.read_text() == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["a.cert"]


def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.cert"
    write_whole(target, "first")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(InputError, match="No space left"):
        write_whole(target, "second")
    assert target.read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["a.cert"]


@pytest.mark.parametrize("path", ["missing/a.cert", "."])
def test_a_place_that_cannot_hold_a_file_is_named(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="the output"):
        write_whole(tmp_path / path, "text")
