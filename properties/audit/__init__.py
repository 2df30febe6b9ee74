"""Audits of other people's kernels: every entry against a proven enclosure, and a hunt for points where it is wrong.

    from properties.audit import audit, open_target

    report = audit(open_target("neural-tangents"), ["serial(Dense(), Relu(), Dense())"], data=["digits"])
    report.failures, report.networks[0].tally

In a test of one's own, `require_kernel(my_ntk, "serial(Dense(), Relu(), Dense())")` asserts everything at once;
`properties.plugin` makes a pytest suite of it. What is imported here is imported when it is asked for: the worker
process must start quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from properties.audit.answers import Kind
    from properties.audit.findings import Finding
    from properties.audit.known import KnownFailure, read_known
    from properties.audit.rendering import report_json, report_text
    from properties.audit.running import AuditReport, audit
    from properties.audit.suite import require_kernel
    from properties.audit.targets import FunctionTarget, open_target

_HOMES = {
    "AuditReport": "running",
    "Finding": "findings",
    "FunctionTarget": "targets",
    "Kind": "answers",
    "KnownFailure": "known",
    "audit": "running",
    "open_target": "targets",
    "read_known": "known",
    "report_json": "rendering",
    "report_text": "rendering",
    "require_kernel": "suite",
}

__all__ = [
    "AuditReport",
    "Finding",
    "FunctionTarget",
    "Kind",
    "KnownFailure",
    "audit",
    "open_target",
    "read_known",
    "report_json",
    "report_text",
    "require_kernel",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"properties.audit.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'properties.audit' has no attribute {name!r}")
