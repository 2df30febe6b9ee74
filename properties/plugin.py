"""A pytest plugin: a kernel function under a mark becomes a suite of tests.

    import pytest

    @pytest.mark.certify_kernel("serial(Dense(W_var=2), Relu(), Dense())")
    def my_relu_ntk(x1, x2):                    # the kernel itself, in your CI: x2 may be None
        return mylibrary.relu_ntk(x1, x2)

pytest then collects ``my_relu_ntk::entries-are-right``, ``my_relu_ntk::is-symmetric``, ... and a test for every law
that speaks of this network. Each compares the function with proven enclosures of the kernel, hunts for points where it
is wrong, and fails with the smallest example. Keywords of the mark: kernel="ntk" | "nngp", examples=50, seed=0,
tolerance=4096 (ulps of sqrt(K_ii K_jj)), columns=None (a fixed dimension), data=() (more points, such as "digits"),
known=None (a file of known failures, relative to the test file). A function may have several marks.

Nothing heavy is imported before a mark is met, since pytest loads this in every project where the package is installed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from properties.audit.suite import KernelSuite

MARK = "certify_kernel"


class StaleKnownFailure(UserWarning):
    """An entry of a known-failures file to which nothing answers any more."""


class KernelFault(Exception):
    """The kernel under test is wrong; the message is the whole report."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known, also where marks are strict."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(network, kernel='ntk', examples=50, seed=0, tolerance=4096, columns=None, data=(), known=None): "
        "test the function (x1, x2) -> matrix as the kernel of this network (ntk-certify)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> list[pytest.Collector] | None:
    """A function under the mark is collected as a suite, whatever its name."""
    marks = _marks(obj)
    if not marks:
        return None
    if not isinstance(collector, pytest.Module):
        raise pytest.Collector.CollectError(f"{name} stands in a class: put the kernel under {MARK} into the module.")
    suites: list[pytest.Collector] = []
    for number, mark in enumerate(marks):
        title = name if number == 0 else f"{name}-{number + 1}"
        suites.append(KernelCollector.from_parent(collector, name=title, function=obj, mark=mark))
    return suites


def _marks(obj: object) -> list[pytest.Mark]:
    if not callable(obj) or isinstance(obj, type):
        return []
    found = getattr(obj, "pytestmark", [])
    # Marks nearest to the function come first in the list, and last in the file.
    return [mark for mark in found if getattr(mark, "name", None) == MARK][::-1] if isinstance(found, list) else []


class KernelCollector(pytest.Collector):
    """The tests of one kernel function under one mark."""

    def __init__(self, *, function: Any, mark: pytest.Mark, **rest: Any) -> None:
        super().__init__(**rest)
        self.function, self.mark = function, mark
        self.warned = False

    def collect(self) -> Iterable[pytest.Item]:
        suite = self._suite()
        for test in suite.tests:
            yield KernelItem.from_parent(self, name=test, suite=suite)

    def _suite(self) -> KernelSuite:
        from properties.audit.suite import KernelSuite

        options = dict(self.mark.kwargs)
        if options.get("known") is not None:
            options["known"] = self.path.parent / Path(options["known"])
        try:
            return KernelSuite.of(self.function, *self.mark.args, **options)
        except (TypeError, ValueError) as error:
            raise self.CollectError(f"{MARK} of {self.name}: {error}") from None


class KernelItem(pytest.Item):
    """One test of a suite."""

    def __init__(self, *, suite: KernelSuite, **rest: Any) -> None:
        super().__init__(**rest)
        self.suite = suite

    def runtest(self) -> None:
        failure = self.suite.run(self.name)
        for entry in self._stale():
            warnings.warn(StaleKnownFailure(f"{entry} is stale, nothing answers to it: remove it."), stacklevel=1)
        if failure is not None:
            raise KernelFault(failure)

    def _stale(self) -> Iterator[str]:
        assert isinstance(self.parent, KernelCollector)
        if self.suite.known and not self.parent.warned:
            self.parent.warned = True
            yield from map(str, self.suite.report.stale)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, KernelFault):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        assert isinstance(self.parent, KernelCollector)
        code = getattr(self.parent.function, "__code__", None)
        return self.path, None if code is None else code.co_firstlineno - 1, f"{self.parent.name} {self.name}"
