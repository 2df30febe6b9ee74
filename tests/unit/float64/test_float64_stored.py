"""Approximants kept on disk: what is read is what was built, or nothing."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest

from certify import stax
from certify.kernels.float64 import fresh_approximants, gram, stored
from certify.kernels.float64.approximants import ProfileApproximant
from certify.kernels.float64.profile import Profile

NETWORK = "serial(Dense(W_var=2), Relu(), Dense(W_var=2))"


def profile(network: str = NETWORK, columns: int = 3) -> Profile:
    return Profile(tuple(stax.parse(network).layers), columns, Fraction(1), "ntk")


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A folder of its own for the cache, nothing in memory; the list grows by one with every approximant built."""
    monkeypatch.setenv(stored.VARIABLE, str(tmp_path / "cache"))
    counted: list[object] = []
    build = gram.build_approximant

    def counting(function: Profile, bits: int) -> ProfileApproximant:
        counted.append(function)
        return build(function, bits)

    monkeypatch.setattr(gram, "build_approximant", counting)
    gram._approximant.cache_clear()
    yield counted
    gram._approximant.cache_clear()


def again() -> ProfileApproximant:
    """The approximant as a new process would find it."""
    gram._approximant.cache_clear()
    return gram.approximant_of(profile())


def only_file(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "cache").iterdir()
    return path


@pytest.mark.parametrize("network", [NETWORK, "serial(Dense(W_var=2), Erf(), Dense())"])
def test_what_is_read_is_what_was_built(network: str, builds: list[object]) -> None:
    first = gram.approximant_of(profile(network))
    gram._approximant.cache_clear()
    assert gram.approximant_of(profile(network)) == first
    assert len(builds) == 1


def test_another_network_dimension_or_program_is_another_key(
    builds: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    again()
    gram.approximant_of(profile(columns=4))
    gram.approximant_of(profile("serial(Dense(W_var=2), Abs(), Dense(W_var=2))"))
    assert len(builds) == 3
    monkeypatch.setattr(stored, "makers", lambda: "another version")
    again()
    assert len(builds) == 4


def test_damage_is_found_and_mended(tmp_path: Path, builds: list[object]) -> None:
    first = again()
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for place in range(0, len(whole), 397):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert again() == first
    for damaged in (b"", whole[: len(whole) // 2], b"null", b"[" * 100_000, b"\xff\xfe"):
        path.write_bytes(damaged)
        assert again() == first
    assert path.read_bytes() == whole


def test_a_sealed_file_of_another_function_is_refused(tmp_path: Path, builds: list[object]) -> None:
    first = again()
    path = only_file(tmp_path)
    document = json.loads(path.read_text())
    document["content"]["at_one"] = [(0.75).hex(), (2.0**-50).hex()]
    document["seal"] = stored._seal(document["key"], document["content"])
    path.write_text(json.dumps(document))
    assert again() == first
    assert len(builds) == 2


def test_a_verifier_reads_nothing_from_disk(builds: list[object]) -> None:
    again()
    with fresh_approximants():
        again()
    assert len(builds) == 2


def test_it_can_be_switched_off(tmp_path: Path, builds: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(stored.VARIABLE, "off")
    again()
    again()
    assert len(builds) == 2
    assert not (tmp_path / "cache").exists()


def test_a_folder_that_cannot_be_used_is_no_obstacle(
    tmp_path: Path, builds: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(stored.VARIABLE, str(tmp_path / "file" / "below"))
    assert again() == again()


def test_the_folder_follows_the_conventions_of_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(stored.VARIABLE)
    monkeypatch.setattr(stored.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert stored.cache_folder() == tmp_path / "ntk-certify"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert stored.cache_folder() == tmp_path / ".cache" / "ntk-certify"


def test_old_files_make_room(tmp_path: Path, builds: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "_MOST_FILES", 4)
    (tmp_path / "cache").mkdir()
    for k in range(4):
        old = tmp_path / "cache" / f"{k}.json"
        old.write_text("")
        os.utime(old, (k, k))
    again()
    kept = {path.name for path in (tmp_path / "cache").iterdir()}
    assert {"1.json", "2.json", "3.json"} < kept
    assert "0.json" not in kept


def test_writers_at_one_time_leave_a_whole_file(tmp_path: Path, builds: list[object]) -> None:
    made = again()
    path = tmp_path / "both.json"

    def write_often() -> None:
        for _ in range(100):
            stored._write(path, "key", made)

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write_often) for _ in range(2)]
        while not all(writer.done() for writer in writers):
            assert not path.exists() or stored._read(path, "key") == made
        for writer in writers:
            writer.result()
    assert stored._read(path, "key") == made
    assert [entry.suffix for entry in tmp_path.iterdir() if entry.is_file()] == [".json"]
