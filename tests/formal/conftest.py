"""Coq, its library compiled once, and certificates to export."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from coq_runs import missing, run_coqc

import certify
from certify.formal import export_coq, write_library

REQUIRED = "CERTIFY_REQUIRE_COQ"

Compile = Callable[[Path], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the compiled library; skips where there is no Coq, fails there if Coq is required."""
    reason = missing()
    if reason is not None:
        if os.environ.get(REQUIRED):
            pytest.fail(f"Coq is required here, and {reason}")
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("coq") / "library"
    for path in write_library(folder):
        answer = run_coqc(path, folder)
        assert answer.returncode == 0, f"{path.name}: {answer.stderr}"
    return folder


@pytest.fixture
def compiled(library: Path) -> Compile:
    """Runs coqc on a file that imports the library."""
    return lambda path: run_coqc(path, library)


@pytest.fixture
def exported(tmp_path: Path) -> Callable[..., Path]:
    """Proves a claim and writes its theorem, importing the library; gives the path."""

    def export(network: str, points: object, integers: str = "binary", **options: object) -> Path:
        certificate = certify.prove(network, points, **options)  # type: ignore[arg-type]
        path = tmp_path / "theorem.v"
        path.write_text(export_coq(certificate, integers=integers, standalone=False).text)
        return path

    return export
