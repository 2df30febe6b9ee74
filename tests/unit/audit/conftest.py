"""What tests of the audit share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from stranger_kernels import NETWORK

from certify.cli.auditing import audit_command
from certify.cli.main import cli
from properties.audit import AuditReport, FunctionTarget, audit
from properties.audit.running import check_options
from properties.audit.worker import Source, Worker

Audit = Callable[..., AuditReport]


@pytest.fixture
def audited() -> Audit:
    """Audits a function of this process as the NTK of one hidden ReLU layer."""

    def run(function: Callable[..., object], network: str = NETWORK, **options: int) -> AuditReport:
        effort = check_options(**{"examples": 30, **options})
        return audit(FunctionTarget(function, function.__name__), [network], "ntk", (), effort)

    return run


@pytest.fixture
def worker() -> Iterator[Callable[..., Worker]]:
    """Starts a worker on a function of `stranger_kernels`, and ends it after the test."""
    started: list[Worker] = []

    def start(function: str, **options: float) -> Worker:
        made = Worker(Source("stranger_kernels", function), **options)
        started.append(made)
        return made

    yield start
    for made in started:
        made.close()


@pytest.fixture(autouse=True)
def _command_is_registered() -> None:
    if audit_command.name not in cli.commands:
        cli.add_command(audit_command)
