"""A target in a process of its own can do what it likes."""

import math
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from stranger_kernels import relu

from properties.audit.answers import Answer, Failure, Kind, Values
from properties.audit.targets import open_target
from properties.audit.worker import Source, TargetError, Worker

Start = Callable[..., Worker]
TWO = np.array([[1.0, 2.0], [3.0, -1.0]])
THREE = np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 1.0]])


def ask(worker: Worker, x1: np.ndarray = TWO, x2: np.ndarray | None = None) -> Answer:
    return worker.ask("serial(Dense())", "ntk", x1, x2)


def test_numbers_travel_bit_by_bit(worker: Start) -> None:
    odd = np.array([[-0.0, 5e-324], [1.7976931348623157e308, math.pi]])
    for x1, x2, expected in ((odd, None, odd), (TWO, odd, odd), (np.asfortranarray(odd), None, odd)):
        answer = ask(worker("echo"), x1, x2)
        assert isinstance(answer, Values)
        assert answer.array.tobytes() == expected.tobytes()


def test_prints_and_damaged_arguments_change_nothing(worker: Start) -> None:
    started = worker("talkative")
    for _ in range(2):
        answer = ask(started)
        assert isinstance(answer, Values)
        assert np.array_equal(answer.array, relu(TWO))
    assert started.starts == 1


def test_the_format_is_reported(worker: Start) -> None:
    answer = ask(worker("single_precision"))
    assert isinstance(answer, Values)
    assert answer.form.name == "float32"


@pytest.mark.parametrize(
    ("function", "kind", "said"),
    [
        ("raising", Kind.RAISES, "ValueError: no kernel today"),
        ("leaving", Kind.RAISES, "SystemExit: bye"),
        ("flat", Kind.SHAPE, "shape (4,) was returned, (2, 2) is due"),
        ("complex_numbers", Kind.TYPE, "complex128"),
        ("nothing", Kind.TYPE, "NoneType"),
        ("ragged", Kind.TYPE, "list"),
    ],
)
def test_every_failure_has_a_name(worker: Start, function: str, kind: Kind, said: str) -> None:
    answer = ask(worker(function))
    assert isinstance(answer, Failure)
    assert answer.kind is kind
    assert said in answer.detail
    assert "\n" not in answer.detail


def test_a_hang_is_named_and_a_fresh_process_goes_on(worker: Start) -> None:
    started = worker("hanging", call_seconds=0.3)
    assert ask(started, THREE) == Failure(Kind.HANGS, "no answer within 0.3 seconds")
    started.call_seconds = 10
    assert isinstance(ask(started), Values)
    assert started.starts == 2


def test_a_death_is_named_and_a_fresh_process_goes_on(worker: Start) -> None:
    started = worker("dying")
    assert ask(started, THREE) == Failure(Kind.DIES, "the call ended its process (exit code 3, saying 'out of luck')")
    assert isinstance(ask(started), Values)


def test_a_signal_is_named(worker: Start) -> None:
    started = worker("relu")
    assert isinstance(ask(started), Values)
    assert started._child is not None
    started._child.process.send_signal(signal.SIGSEGV)
    answer = ask(started)
    assert isinstance(answer, Failure)
    assert f"signal {signal.SIGSEGV.value}" in answer.detail


def test_closing_ends_the_process(worker: Start) -> None:
    started = worker("relu")
    started.start()
    assert started._child is not None
    process = started._child.process
    started.close()
    assert process.returncode is not None


@pytest.mark.parametrize(
    ("module", "function", "said"),
    [
        ("no_such_module_anywhere", "kernel", "No module named"),
        ("stranger_kernels", "no_such_function", "no_such_function"),
        ("stranger_kernels", "no_function", "cannot be called"),
        ("missing/file.py", "kernel", "missing/file.py"),
    ],
)
def test_what_does_not_import_says_why(module: str, function: str, said: str) -> None:
    with pytest.raises(TargetError, match=said):
        Worker(Source(module, function)).start()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import time; time.sleep(60)", "more than 1 seconds"),
        ("import os; os._exit(7)", "exit code 7"),
        ("raise SystemExit('no')", "SystemExit: no"),
        ("def broken(:", "SyntaxError"),
    ],
)
def test_a_module_that_misbehaves_on_import(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text)
    with pytest.raises(TargetError, match=said):
        Worker(Source(str(path), "kernel"), start_seconds=1 if "sleep" in text else 60).start()


def test_a_target_is_found_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "local_kernels.py").write_text("class Box:\n    def kernel(x1, x2):\n        return x1 @ x1.T\n")
    monkeypatch.chdir(tmp_path)
    for text in ("local_kernels:Box.kernel", f"{tmp_path}/local_kernels.py:Box.kernel"):
        target = open_target(text)
        answer = target.ask("serial(Dense())", "ntk", TWO, None)
        target.close()
        assert isinstance(answer, Values)
        assert np.array_equal(answer.array, TWO @ TWO.T)


def test_a_package_called_properties_of_the_stranger_is_his_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "properties.py").write_text("def kernel(x1, x2):\n    return x1 @ x1.T\n")
    monkeypatch.chdir(tmp_path)
    target = open_target("properties:kernel")
    answer = target.ask("serial(Dense())", "ntk", TWO, None)
    target.close()
    assert isinstance(answer, Values)
