"""What tests of the audit share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from stranger_kernels import NETWORK

from properties.audit import AuditReport, FunctionTarget, audit
from properties.audit.running import check_options
from properties.audit.worker import Source, Worker

Audit = Callable[..., AuditReport]


def audit_afresh(function: Callable[..., object], network: str = NETWORK, **options: int) -> AuditReport:
    """The audit of a function of this process as the NTK of one hidden ReLU layer."""
    effort = check_options(**{"examples": 15, **options})
    return audit(FunctionTarget(function, function.__name__), [network], "ntk", (), effort)


@pytest.fixture(scope="session")
def audited() -> Audit:
    """`audit_afresh`, remembered."""
    return cache(audit_afresh)


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
