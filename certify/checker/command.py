"""The command line of the checker: one answer for each file, and one exit code for all of them."""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from . import limits
from .answers import Result, Status
from .canonical import serialise
from .engine import check_file
from .spoken import harmless, result_in_words

EXIT_CODES: dict[Status, int] = {"valid": 0, "invalid": 1, "malformed": 2, "unsupported": 3}
_WORST_FIRST = (2, 1, 3, 0)


def settle(result: Result, accept_assumptions: bool) -> Result:
    """The answer once it is known whether the caller accepts assumptions."""
    if result.status == "valid" and result.assumptions and not accept_assumptions:
        reason = f"resting on assumptions not accepted: {'; '.join(result.assumptions)}"
        return replace(result, status="unsupported", reason=reason)
    return result


def exit_code(results: Sequence[Result]) -> int:
    """The worst answer of all: malformed, invalid, unsupported, valid."""
    codes = {EXIT_CODES[result.status] for result in results}
    return next((code for code in _WORST_FIRST if code in codes), 2)


def as_json(name: str, result: Result) -> dict[str, object]:
    """One result as JSON values."""
    return {
        "file": name,
        "status": result.status,
        "valid": result.valid,
        "reason": result.reason,
        "claim": result.claim,
        "labels": result.labels,
        "assumptions": list(result.assumptions),
        "points_sha256": result.points_sha256,
        "engine": result.engine,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m certify.checker",
        description="Verifies certificates about the smallest eigenvalue of Neural Tangent Kernel matrices, "
        "with nothing but the Python standard library.",
        epilog="Exit codes: 0 every file is valid, 1 a proof is invalid, 2 a file is malformed or missing, "
        "3 a file is unsupported.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a certificate")
    parser.add_argument("--json", action="store_true", help="print one JSON object, or a list for several files")
    parser.add_argument(
        "--no-limit",
        action="store_true",
        help=f"work even where the estimate exceeds {limits.DEFAULT_LIMIT_SECONDS:.0f} seconds",
    )
    parser.add_argument(
        "--accept-assumptions", action="store_true", help="accept claims that rest on assumptions, which are named"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks the files named on the command line and returns the exit code."""
    options = _parser().parse_args(arguments)
    limit = None if options.no_limit else limits.DEFAULT_LIMIT_SECONDS
    results: list[Result] = []
    for name in options.files:
        result = settle(check_file(name, limit_seconds=limit), options.accept_assumptions)
        results.append(result)
        if not options.json:
            print(result_in_words(name, result), flush=True)
    if options.json:
        answers = [as_json(harmless(name, 10_000), result) for name, result in zip(options.files, results, strict=True)]
        print(serialise(answers[0] if len(answers) == 1 else answers))
    return exit_code(results)
