"""Every example of the documentation and of the README runs: Python prompts, and the lines after `$` in a shell.

The blocks of one page run in order, in one folder and one Python session. Blocks marked `text` are not run.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Lines of the README that install or test the project itself, or that take a while.
NOT_HERE = ("python3 -m venv", "certify train")


def run_shell(line: str, folder: Path) -> None:
    tools = folder / "bin"
    if not tools.exists():
        tools.mkdir()
        (tools / "certify").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m certify "$@"\n')
        (tools / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        for tool in tools.iterdir():
            tool.chmod(0o755)
        (folder / "certify").symlink_to(ROOT / "certify")
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"$ {line}\n{done.stdout}{done.stderr}"


def run_python(code: str, page: str, names: dict[str, object]) -> None:
    if ">>>" not in code:
        exec(compile(code, page, "exec"), names)
        return
    example = doctest.DocTestParser().get_doctest(code, names, page, page, 0)
    output: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(example, out=output.append, clear_globs=False)
    names.update(example.globs)
    assert not runner.failures, "".join(output)


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": page.stem}
    for language, code in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "console":
            for line in code.replace("\\\n", "").splitlines():
                if line.startswith("$ ") and not any(part in line for part in NOT_HERE):
                    run_shell(line[2:], tmp_path)
        elif language == "python" and "certify_kernel" not in code:
            run_python(code, page.name, names)
