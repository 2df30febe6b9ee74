"""What counts as a regression: exact arithmetic on recorded and present answers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from reports.gate.claims import Result, Slack
from reports.gate.comparison import compare
from reports.gate.recomputing import Failure

RECORDED = Result("positive definite", "1.000", "1.004", "dense", "arb", "a factor at 53 bits", 53, 7, "valid")
WITHOUT_NUMBER = replace(RECORDED, lower=None, upper="1e-17", method="modular rank")
SINGULAR = Result(
    "singular", "0", "0", "symmetry", "exact", "equal points (rows 0, 2, counted from 0)", None, 7, "valid"
)
UNDECIDED = replace(RECORDED, verdict="undecided", lower="-6e-16", upper="1e-16", checker=None)
SLACK = Slack(bits=16, bounds=Fraction(1, 100), width=Fraction(1, 2))


def named(expected: Result, found: Result | Failure, slack: Slack = SLACK) -> list[str]:
    return [difference.what for difference in compare(expected, found, slack)]


@pytest.mark.parametrize("result", [RECORDED, WITHOUT_NUMBER, SINGULAR, UNDECIDED])
def test_an_unchanged_answer_is_no_regression(result: Result) -> None:
    assert compare(result, result, Slack(0, Fraction(0), Fraction(0))) == ()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"verdict": "undecided"}, ["verdict"]),
        ({"points": 6}, ["points"]),
        ({"method": "streaming"}, ["method"]),
        ({"arithmetic": "mpmath"}, ["arithmetic"]),
        ({"reason": "a guess at 53 bits"}, ["reason"]),
        ({"checker": "invalid: the residual is too large"}, ["checker"]),
        ({"checker": "unsupported"}, ["checker"]),
        ({"bits": 70}, ["bits"]),
        ({"lower": "1.0041", "upper": "1.005"}, ["enclosure"]),
        ({"lower": "0.9", "upper": "0.9999"}, ["enclosure"]),
        ({"lower": "0.98", "upper": "1.001"}, ["lower bound", "width"]),
        ({"lower": "1.003", "upper": "1.02"}, ["upper bound", "width"]),
        ({"lower": "0.998"}, []),
        ({"lower": "0.9979"}, ["width"]),
        ({"lower": None}, ["lower bound"]),
    ],
)
def test_each_kind_of_regression_is_named(change: dict[str, Any], what: list[str]) -> None:
    assert named(RECORDED, replace(RECORDED, **change)) == what


@pytest.mark.parametrize(
    "change",
    [
        {"lower": "1.001"},
        {"upper": "1.001"},
        {"lower": "1.002", "upper": "1.002"},
        {"bits": 20},
        {"bits": 69},
        {"reason": "a factor at 999 bits"},
    ],
)
def test_a_better_answer_or_one_within_the_slack_is_no_regression(change: dict[str, Any]) -> None:
    assert named(RECORDED, replace(RECORDED, **change)) == []


def test_a_bound_may_move_by_the_slack_and_not_by_a_hair_more() -> None:
    recorded = replace(RECORDED, lower="99", upper="100")
    slack = Slack(0, Fraction(1, 100), Fraction(10**9))
    assert named(recorded, replace(recorded, lower="98", upper="101"), slack) == []
    assert named(recorded, replace(recorded, lower="97." + 30 * "9"), slack) == ["lower bound"]
    assert named(recorded, replace(recorded, upper="101." + 30 * "0" + "1"), slack) == ["upper bound"]


def test_slack_is_measured_by_the_larger_bound_where_the_enclosure_holds_zero() -> None:
    assert named(UNDECIDED, replace(UNDECIDED, upper="1.06e-16")) == []
    assert named(UNDECIDED, replace(UNDECIDED, upper="1.07e-16")) == ["upper bound"]


def test_positivity_without_a_number_contradicts_singularity_and_meets_any_positive_enclosure() -> None:
    assert "enclosure" in named(WITHOUT_NUMBER, replace(SINGULAR, bits=53))
    assert "enclosure" in named(SINGULAR, WITHOUT_NUMBER)
    assert named(WITHOUT_NUMBER, replace(WITHOUT_NUMBER, lower="1e-20")) == []
    assert named(WITHOUT_NUMBER, replace(WITHOUT_NUMBER, lower="2e-17", upper="3e-17")) == ["enclosure"]
    assert named(WITHOUT_NUMBER, replace(WITHOUT_NUMBER, upper="1.1e-17")) == ["upper bound"]


def test_touching_enclosures_meet() -> None:
    assert "enclosure" not in named(RECORDED, replace(RECORDED, lower="1.004", upper="1.008"))


def test_refusals_and_crashes_say_what_the_library_said() -> None:
    (difference,) = compare(RECORDED, Failure("crashed", "ZeroDivisionError: division by zero"), SLACK)
    assert str(difference) == "crashed: was positive definite, is ZeroDivisionError: division by zero"


def test_a_difference_reads_what_was_and_what_is() -> None:
    (difference,) = compare(RECORDED, replace(RECORDED, bits=96), SLACK)
    assert str(difference) == "bits: was 53, is 96 (the slack is 16)"
