"""The report of the gate as JUnit XML, the format that continuous integration services read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from reports.gate.recomputing import Failure
from reports.gate.running import GateReport, Outcome

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: GateReport) -> str:
    """A test suite with one case a claim: a regression is a failure, a crash of the library an error.

    No case states a time, so that the same findings give the same bytes.
    """
    crashed = sum(_crashed(outcome) for outcome in report.outcomes)
    counts = {
        "tests": str(len(report.outcomes)),
        "failures": str(len(report.regressions) - crashed),
        "errors": str(crashed),
        "skipped": "0",
    }
    root = ElementTree.Element("testsuites", {"name": "certify gate", **counts})
    suite = ElementTree.SubElement(root, "testsuite", {"name": "certify gate", **counts})
    for outcome in report.outcomes:
        case = ElementTree.SubElement(suite, "testcase", {"classname": "certify.gate", "name": outcome.claim.name})
        if not outcome.passed:
            lines = [str(difference) for difference in outcome.differences]
            tag = "error" if _crashed(outcome) else "failure"
            message = ", ".join(difference.what for difference in outcome.differences)
            finding = ElementTree.SubElement(case, tag, {"message": message, "type": "regression"})
            finding.text = _printable("\n".join([*lines, f"reproduce: {outcome.command}"]))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _crashed(outcome: Outcome) -> bool:
    return isinstance(outcome.found, Failure) and not outcome.found.refused


def _printable(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _NOT_XML.sub("?", text)
