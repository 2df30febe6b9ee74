"""`certify --version` names what the numbers depend on."""

import platform
from importlib.metadata import version

import pytest

from certify.cli.main import main


def test_versions_that_matter_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("certify ")
    assert f"Python {platform.python_version()}" in lines
    assert f"python-flint {version('python-flint')}" in lines
