"""Every kind of fault is found, named, and shown by an example that a person can read; right kernels pass."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import stranger_kernels as kernels
from conftest import Audit, audit_afresh

from certify import stax
from properties.audit import AuditReport, Finding, FunctionTarget, Kind, audit
from properties.audit.answers import values_of
from properties.audit.comparison import Truth
from properties.audit.running import check_options
from properties.audit.signs import check_sign

CASES = [
    (kernels.wrong_sign, {Kind.WRONG}),
    (kernels.wrong_factor, {Kind.WRONG}),
    (kernels.wrong_clamp, {Kind.WRONG}),
    (kernels.naive, {Kind.IMPRECISE}),
    (kernels.not_symmetric, {Kind.ASYMMETRY}),
    (kernels.order_dependent, {Kind.PERMUTATION}),
    (kernels.forgets_x2, {Kind.BLOCKS}),
    (kernels.jittered, {Kind.SIGN}),
    (kernels.not_a_number, {Kind.NAN}),
    (kernels.infinite, {Kind.INFINITY}),
    (kernels.squares_first, {Kind.SCALE_INFINITY, Kind.SCALE_WRONG}),
    (kernels.raising, {Kind.RAISES}),
    (kernels.flat, {Kind.SHAPE}),
    (kernels.nothing, {Kind.TYPE}),
]


def finding(report: AuditReport, kind: Kind) -> Finding:
    return next(found for found in report.findings if found.kind is kind)


@pytest.mark.parametrize(("function", "kinds"), CASES, ids=[function.__name__ for function, _ in CASES])
def test_a_fault_is_found_and_shown_small(audited: Audit, function: Callable[..., object], kinds: set[Kind]) -> None:
    report = audited(function)
    assert kinds <= {found.kind for found in report.failures}
    for kind in kinds:
        shown = finding(report, kind).smallest
        assert len(shown.x1) + len(shown.x2 or ()) <= 3
        assert len(shown.x1[0]) <= 3
        assert shown.detail


def test_right_kernels_pass(audited: Audit) -> None:
    for function in (kernels.relu, kernels.talkative):
        report = audited(function)
        assert report.failures == ()
        tally = report.networks[0].tally
        assert tally.entries > 100
        assert tally.undecided == tally.signs_undecided == 0
        assert tally.largest_ulps < 16


def test_single_precision_is_judged_as_what_it_is(audited: Audit) -> None:
    assert audited(kernels.single_precision).failures == ()


def test_the_tolerance_decides(audited: Audit) -> None:
    assert Kind.IMPRECISE in {found.kind for found in audited(kernels.naive).findings}
    tolerant = audited(kernels.naive, tolerance=2**30)
    assert {found.kind for found in tolerant.findings} <= {
        Kind.SIGN,
        Kind.SCALE_INFINITY,
        Kind.SCALE_WRONG,
        Kind.SCALE_IMPRECISE,
    }


def test_the_same_seed_gives_the_same_report(audited: Audit) -> None:
    first = audit_afresh(kernels.wrong_clamp)
    assert first == audited(kernels.wrong_clamp)
    assert first.networks != audit_afresh(kernels.wrong_clamp, seed=1).networks


def test_a_wrong_factor_is_shown_by_one_point_and_measured(audited: Audit) -> None:
    shown = finding(audited(kernels.wrong_factor), Kind.WRONG).smallest
    assert shown.x1 == ((1.0,),)
    assert shown.entry is not None
    # K(1, 1) = 2, and half of T V' = 1 is missing.
    assert (shown.entry.value, shown.entry.proved, shown.entry.relative) == (1.5, 2.0, 0.25)


def test_a_sign_that_no_double_can_know_is_a_limit_and_no_fault(audited: Audit) -> None:
    report = audited(kernels.relu)
    assert [(found.kind, found.limit) for found in report.findings] == [(Kind.SIGN, True)]


def test_a_sign_that_wrong_entries_have_spoilt_is_a_fault(audited: Audit) -> None:
    def deflated(x1: np.ndarray, x2: np.ndarray | None = None) -> np.ndarray:
        return kernels.relu(x1, x2) - (1e-8 * np.eye(len(x1)) if x2 is None else 0)

    shown = finding(audited(deflated), Kind.SIGN)
    assert not shown.limit
    assert shown.counts


@pytest.mark.parametrize(("shift", "within"), [(1e-15, True), (1e-8, False)])
def test_only_a_small_error_of_the_sign_is_a_limit(shift: float, within: bool) -> None:
    points = ((1.0, 1.0), (1.0 + 2.0**-52, 1.0))
    network = stax.parse(kernels.NETWORK)
    enclosure = network.kernel(np.array(points))
    values = values_of(enclosure.mid - shift * np.eye(2), "float64")
    answer = check_sign(network, points, "ntk", values, Truth.of(enclosure), Fraction(4096), entries_are_right=False)
    assert answer.decided
    assert answer.error is not None
    assert answer.error.within_rounding is within


def test_extreme_scales_are_asked_in_the_shortest_audit(audited: Audit) -> None:
    kinds = {found.kind for found in audited(kernels.squares_first, examples=1).findings}
    assert kinds >= {Kind.SCALE_INFINITY, Kind.SCALE_WRONG}


def test_a_function_cannot_change_the_points() -> None:
    points = np.array([[1.0, 2.0]])
    FunctionTarget(kernels.talkative).ask(kernels.NETWORK, "ntk", points, points)
    assert points.tolist() == [[1.0, 2.0]]


def test_faults_at_every_size_are_no_matter_of_scale(audited: Audit) -> None:
    def always_nan(x1: np.ndarray, x2: np.ndarray | None = None) -> np.ndarray:
        return kernels.relu(x1, x2) * np.nan

    assert {found.kind for found in audited(always_nan).findings} == {Kind.NAN}


def test_an_interruption_keeps_what_was_found() -> None:
    calls = []

    def interrupted(x1: np.ndarray, x2: np.ndarray | None = None) -> np.ndarray:
        calls.append(1)
        if len(calls) > first_calls:
            raise KeyboardInterrupt
        return kernels.wrong_factor(x1, x2)

    first_calls = audit_afresh(kernels.wrong_factor).networks[0].tally.calls
    effort = check_options(examples=15)
    report = audit(FunctionTarget(interrupted), [kernels.NETWORK, "serial(Dense())"], "ntk", (), effort)
    assert report.interrupted
    assert [one.network for one in report.networks] == [kernels.NETWORK]
    assert Kind.WRONG in {found.kind for found in report.failures}


def test_a_fault_of_scale_is_told_beside_one_of_ordinary_size(audited: Audit) -> None:
    def clipped(x1: np.ndarray, x2: np.ndarray | None = None) -> np.ndarray:
        return np.maximum(kernels.relu(x1, x2), 1e-11)

    assert {found.kind for found in audited(clipped).failures} >= {Kind.WRONG, Kind.SCALE_WRONG}


def test_a_fixed_dimension_is_kept(audited: Audit) -> None:
    def five_columns(x1: np.ndarray, x2: np.ndarray | None = None) -> np.ndarray:
        if x1.shape[1] != 5:
            raise ValueError(f"5 columns are due, not {x1.shape[1]}")
        return kernels.relu(x1, x2)

    assert audited(five_columns, columns=5).failures == ()
    assert Kind.RAISES in {found.kind for found in audited(five_columns).failures}


def test_growing_kernels_are_not_blamed_for_overflow(audited: Audit) -> None:
    def cube(x1: np.ndarray, x2: np.ndarray | None = None) -> np.ndarray:
        # NTK of serial(Dense(), Monomial(3), Dense()): V = 9 q1 q2 r + 6 r^3, V' = 9 q1 q2 + 18 r^2, S = r.
        x2 = x1 if x2 is None else x2
        d = x1.shape[1]
        product, r = np.outer((x1**2).sum(1), (x2**2).sum(1)) / d**2, x1 @ x2.T / d
        return r * (9 * product + 18 * r**2) + 9 * product * r + 6 * r**3

    assert audited(cube, "serial(Dense(), Monomial(3), Dense())").failures == ()
