"""Large points go into a file beside the certificate, and both verify together only."""

from pathlib import Path

import pytest

import certify
from certify.certificate import document
from certify.errors import InputError

NETWORK = "serial(Dense(), Relu(), Dense())"


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(document, "INLINE_CELLS", 3)
    cert = certify.prove(NETWORK, [[1, 0], [1, 2]])
    return cert.save(tmp_path / "a.cert")


def test_the_pair_of_files_verifies_and_loads(saved: Path) -> None:
    assert (saved.parent / "a.cert.points").is_file()
    assert certify.check(saved).valid
    assert certify.check(saved, engine="flint").valid
    points = certify.load(saved).points
    assert points is not None
    assert points.as_fractions() == ((1, 0), (1, 2))


def test_another_points_file_is_refused(saved: Path) -> None:
    beside = saved.parent / "a.cert.points"
    beside.write_text(beside.read_text().replace("1 2", "1 3"))
    assert certify.check(saved).status == "invalid"
    with pytest.raises(InputError, match="not the one"):
        certify.load(saved)


def test_a_missing_points_file_is_refused(saved: Path) -> None:
    (saved.parent / "a.cert.points").unlink()
    assert not certify.check(saved).valid
    with pytest.raises(InputError, match="cannot be read"):
        certify.load(saved)
