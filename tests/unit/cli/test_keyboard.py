"""At the keyboard: help with examples for every command, sections, colour on terminals only, and the next step."""

import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from certify.cli.main import COMMANDS, cli, main
from certify.cli.sections import SECTIONS

ESCAPE = "\x1b["


def help_of(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main([name, "--help"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_an_example_and_a_word_on_every_option(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(name, capsys)
    assert f"certify {name}" in text.split("Options:")[0].split("\n", 1)[1], "an example"
    for parameter in cli.commands[name].params:
        if parameter.param_type_name == "option":
            assert getattr(parameter, "help", None) or parameter.show_default, parameter.name  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_examples_are_of_options_that_exist(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    described = help_of(name, capsys).split("Options:")[0].replace("\\\n", " ")
    for line in re.findall(r"^ +(certify [a-z].*)$", described, re.MULTILINE):
        for part in line.split("&&"):
            words = shlex.split(part.split(">")[0].split("    ")[0] if '"' not in part else part)
            command = cli.commands[words[1]]
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= known, line


def test_every_command_is_in_a_section(capsys: pytest.CaptureFixture[str]) -> None:
    assert {name for names in SECTIONS.values() for name in names} <= set(cli.commands)
    assert len(COMMANDS) == len(cli.commands)
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert text.index("Prove and check:") < text.index("Look:") < text.index("Kernel libraries and CI:")
    assert "..." not in text.split("Options:")[1]


def test_there_is_no_colour_in_a_pipe_and_some_on_a_terminal(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "certify", "prove", "iris", "--rows", "3"]
    plain = subprocess.run(line, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ESCAPE not in plain.stdout + plain.stderr
    assert "--out FILE.cert" in plain.stdout
    assert ESCAPE in on_a_terminal(line, {"TERM": "xterm"})
    assert ESCAPE not in on_a_terminal(line, {"TERM": "xterm", "NO_COLOR": "1"})


def on_a_terminal(line: list[str], variables: dict[str, str]) -> str:
    master, slave = pty.openpty()
    environment = {**{key: value for key, value in os.environ.items() if key != "NO_COLOR"}, **variables}
    process = subprocess.Popen(line, stdout=slave, stderr=subprocess.DEVNULL, env=environment)
    os.close(slave)
    pieces = []
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(master)
    assert process.wait() == 0
    return b"".join(pieces).decode()


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for module, extra in (("jinja2", "report"), ("hypothesis", "audit")):
        monkeypatch.setattr(cli.commands["show"], "callback", lambda file, module=module: missing(module))
        assert main(["show", "x"]) == 2
        assert f"pip install 'ntk-certify[{extra}]'" in capsys.readouterr().err


def missing(module: str) -> int:
    raise ModuleNotFoundError(f"No module named {module!r}", name=f"{module}.inner")
