"""The regression gate: recorded claims are computed afresh, and whatever became worse is reported."""

from reports.gate.baseline import SHIPPED, read_baseline
from reports.gate.junit import junit_xml
from reports.gate.rendering import report_json, report_text, update_json, update_text
from reports.gate.running import GateReport, Outcome, run_gate
from reports.gate.updating import UpdateReport, update_baseline

__all__ = [
    "SHIPPED",
    "GateReport",
    "Outcome",
    "UpdateReport",
    "junit_xml",
    "read_baseline",
    "report_json",
    "report_text",
    "run_gate",
    "update_baseline",
    "update_json",
    "update_text",
]
