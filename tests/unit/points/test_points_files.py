"""Which file is meant, what is in it, and what is wrong with it."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

from certify.points import load_points

Refused = Callable[..., AbstractContextManager[None]]

ARRAY = np.array([[0.1, 2.0], [3.0, -4.5]])


def test_npy_holds_the_doubles_that_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, ARRAY)
    points = load_points(path)
    assert points == load_points(str(path)) == load_points(ARRAY)
    assert points.source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert points.name == "x.npy"


def test_npy_of_rank_4_keeps_its_shape(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(24.0).reshape(2, 2, 2, 3))
    assert load_points(tmp_path / "x.npy", rows=1).shape == (2, 2, 3)


def test_npz_with_one_array_needs_no_name(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "one.npz", features=ARRAY)
    assert load_points(tmp_path / "one.npz") == load_points(ARRAY)


def test_npz_with_several_arrays_needs_a_name(tmp_path: Path, refused: Refused) -> None:
    path = tmp_path / "two.npz"
    np.savez(path, features=ARRAY, labels=ARRAY[:1])
    points = load_points(f"{path}:labels")
    assert points == load_points(ARRAY[:1])
    assert points.name == "two.npz:labels"
    with refused("two.npz", "2 arrays", "'features', 'labels'", "FILE.npz:NAME"):
        load_points(path)
    with refused("no array 'feature'", "did you mean 'features'"):
        load_points(f"{path}:feature")
    with refused("no array '%'", "'features', 'labels'"):
        load_points(f"{path}:%")


class Bomb:
    """Would write a file when unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path(self.path),)  # type: ignore[return-value]


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_pickles_are_never_loaded(tmp_path: Path, refused: Refused, suffix: str) -> None:
    trace = tmp_path / "trace"
    objects = np.array([[Bomb(str(trace))]], dtype=object)
    path = tmp_path / f"x{suffix}"
    if suffix == ".npy":
        np.save(path, objects, allow_pickle=True)
    else:
        np.savez(path, a=objects, allow_pickle=True)
    with refused("pickled objects are never loaded"):
        load_points(path if suffix == ".npy" else f"{path}:a")
    path.write_bytes(pickle.dumps(Bomb(str(trace))))
    with refused("pickled objects are never loaded"):
        load_points(path)
    assert not trace.exists()


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npz(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


HUGE_HEADER = npy(ARRAY).replace(b"(2, 2), }    ", b"(2, 2000000), }")


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("x.npy", b"", ("x.npy", "cannot be read")),
        ("x.npy", b"1,2\n3,4\n", ("cannot be read",)),
        ("x.npy", npy(ARRAY)[:-3], ("cannot be read",)),
        ("x.npy", HUGE_HEADER, ("cannot be read",)),
        ("x.npy", npz({"a.npy": npy(ARRAY)}), (".npz",)),
        ("x.npy", npy(np.array([[1j]])), ("complex numbers",)),
        ("x.npy", npy(np.array([["1"]])), ("text",)),
        ("x.npy", npy(np.array([[True]])), ("truth values",)),
        ("x.npy", npy(np.zeros((1, 1), [("a", "f8")])), ("records",)),
        ("x.npy", npy(np.array([1.0, 2.0])), ("one-dimensional",)),
        ("x.npy", npy(np.array([[1.0, np.nan]])), ("x.npy, row 1, column 2", "nan")),
        ("x.npy", npy(np.empty((0, 2))), ("0x2",)),
        ("x.npz", npy(ARRAY), (".npy",)),
        ("x.npz", b"PK\x03\x04", ("cannot be read",)),
        ("x.npz", npz({}), ("no array",)),
        ("x.npz", npz({"a.npy": npy(ARRAY)[:-3]}), ("'a'", "cannot be read")),
        ("x.npz", npz({"a.txt": b"hello"}), ("'a.txt'", "no array")),
        ("x.npz", npz({"a.npy": npy(ARRAY)}).replace(b"\x9a\x99", b"\x9b\x99"), ("'a'", "cannot be read")),
        ("x.txt", b"1,2\n", ("x.txt", ".csv, .npy or .npz")),
        ("x", b"1,2\n", (".csv, .npy or .npz",)),
        ("x.csv.gz", b"", (".csv, .npy or .npz",)),
    ],
)
def test_bad_files_are_refused(
    tmp_path: Path, refused: Refused, name: str, content: bytes, parts: tuple[str, ...]
) -> None:
    (tmp_path / name).write_bytes(content)
    with refused(*parts):
        load_points(tmp_path / name)


def test_missing_files_directories_and_pipes(tmp_path: Path, refused: Refused) -> None:
    with refused("missing.csv", "does not exist"):
        load_points(tmp_path / "missing.csv")
    (tmp_path / "folder.csv").mkdir()
    with refused("folder.csv", "is a directory"):
        load_points(tmp_path / "folder.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    with refused("pipe.csv", "no regular file"):
        load_points(tmp_path / "pipe.csv")
    (tmp_path / "file").touch()
    with refused("cannot be read"):
        load_points(f"{tmp_path}/" + "x" * 300 + ".csv")
    with refused("no file name"):
        load_points("a\0b.csv")
    with refused("bytes"):
        load_points(b"iris.csv")


def test_a_file_that_may_not_be_read(tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text("1,2\n")

    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", denied)
    with refused("x.csv", "Permission denied"):
        load_points(tmp_path / "x.csv")


def test_unknown_bundled_names_suggest_the_nearest(refused: Refused) -> None:
    with refused("'irsi'", "did you mean 'iris'"):
        load_points("irsi")
    with refused("'breast-cancer'", "did you mean 'breast_cancer'"):
        load_points("breast-cancer")
    with refused("'zebra'", "iris, wine, breast_cancer, digits"):
        load_points("zebra")
    with refused("''"):
        load_points("")


def test_a_suffix_in_capitals_is_read(tmp_path: Path) -> None:
    (tmp_path / "X.CSV").write_text("1,2\n")
    assert load_points(tmp_path / "X.CSV").rows == ((1, 2),)
