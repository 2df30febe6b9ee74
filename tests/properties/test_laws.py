"""The registry of laws, their cases in files, and laws on kernels of others: a right one passes, wrong ones do not."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from certify import stax
from certify.points import Points, load_points
from certify.stax import Network
from properties.hunting import LawReport, hunt
from properties.laws import EVERYTHING, LAWS, Domain, Law, Outcome, Verdict, decode, encode, examine
from properties.laws.base import holds, undecided
from properties.laws.cases import NetworkCase
from properties.profiles import Profile
from properties.subjects import FloatSubject, IntervalSubject, KernelFailure, LibrarySubject, Scope

Array = NDArray[np.float64]

RELU = stax.serial(stax.Dense(W_var=2), stax.Relu(), stax.Dense())
FIXED = Domain(network=RELU, doubles=True, normalizations=("none",), kernels=("ntk",))
QUICK = Profile("quick", 25, reuse=False, shrink=False)


def test_laws_are_named_claimed_and_cited() -> None:
    assert len(LAWS) >= 40
    for name, law in LAWS.items():
        assert name == law.name
        assert name.islower()
        assert law.claim.endswith(".")
        assert law.claim[0].isupper()
        assert law.citation
        assert law.theme


def test_every_theme_of_the_issue_has_laws() -> None:
    themes = {law.theme for law in LAWS.values()}
    assert themes >= {"positivity", "singularity", "order", "invariance", "calculus", "arithmetic", "certificates"}
    assert themes >= {"finite_width", "polynomials", "spectra", "networks"}


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: law.name)
def test_cases_survive_a_file(law: Law) -> None:
    cases = law.cases(EVERYTHING)
    assert cases is not None

    @settings(max_examples=12, deadline=None, database=None, derandomize=True)
    @given(cases)
    def check(case: Any) -> None:
        text = json.dumps(encode(case))
        assert decode(json.loads(text)) == case

    check()


@pytest.mark.parametrize(
    "data", [None, [], {}, {"type": "NoCase"}, {"type": "DualCase"}, {"type": "NetworkCase", "network": 3}]
)
def test_other_json_is_no_case(data: Any) -> None:
    with pytest.raises(ValueError, match=r"case|fields"):
        decode(data)


def relu_kernel(x: Array, y: Array, *, sign: float = 1.0, factor: float = 2.0, clamp: float = 1.0) -> Array:
    """The NTK of RELU with angles by the half-angle formula, and three ways to get it wrong."""
    d = x.shape[1]
    u, v = (np.sqrt(factor / d) * z for z in (x, y))
    a, b = (np.linalg.norm(z, axis=1) for z in (u, v))
    p, s = np.outer(a, b), u @ v.T
    with np.errstate(divide="ignore", invalid="ignore"):
        left, right = u / a[:, None], v / b[:, None]
        apart = np.linalg.norm(left[:, None] - right[None], axis=2)
        along = np.linalg.norm(left[:, None] + right[None], axis=2)
    theta = np.where(p > 0, 2 * np.arctan2(apart, along), 0.0)
    if clamp < 1:
        theta = np.maximum(theta, np.arccos(clamp))
    slope = (np.pi - theta) / (2 * np.pi)
    return np.asarray((p * np.sin(theta) / (2 * np.pi) + s * slope) + sign * s * slope)


def failures(subject: FloatSubject, domain: Domain = FIXED) -> dict[str, LawReport]:
    reports = {name: hunt(law, subject, domain, profile=QUICK, campaign_seed=1) for name, law in LAWS.items()}
    return {name: report for name, report in reports.items() if report.failed}


class Careful:
    """This library's own midpoints, as a float kernel."""

    def __call__(self, network: Network, x: Array, y: Array, kernel: str) -> Array:
        found: Any = network.kernel(x, y, get=kernel)
        return np.asarray(found.mid)


@pytest.mark.parametrize(
    "text",
    [
        "serial(Dense(W_var=2), Relu(), Dense())",
        'serial(Dense(W_var=2, b_var="1/10"), Erf(), Dense(b_var=1))',
        "serial(Dense(), Monomial(2), Dense())",
    ],
)
def test_a_right_float_kernel_of_one_network_passes(text: str) -> None:
    subject = FloatSubject(Careful(), "careful", ulps=4, takes_network=False)
    assert failures(subject, Domain(network=stax.parse(text), doubles=True, normalizations=("none",))) == {}


def test_a_right_float_kernel_of_every_network_passes() -> None:
    assert failures(FloatSubject(Careful(), ulps=4), Domain(doubles=True, normalizations=("none",))) == {}


def test_a_right_relu_kernel_in_numpy_passes() -> None:
    assert failures(FloatSubject.of_pairs(relu_kernel, ulps=4096)) == {}


@pytest.mark.parametrize(
    ("wrong", "law"),
    [
        ({"sign": -1.0}, "gram-matrices-are-positive-semidefinite"),
        ({"factor": 1.0}, "entries-meet-the-textbook"),
        ({"clamp": 1 - 1e-5}, "entries-meet-the-textbook"),
    ],
    ids=["one sign", "one factor", "one clamp"],
)
def test_a_wrong_relu_kernel_is_caught(wrong: dict[str, float], law: str) -> None:
    found = failures(FloatSubject.of_pairs(lambda x, y: relu_kernel(x, y, **wrong), ulps=4096))
    assert found[law].status == "violated"


def test_a_kernel_of_one_network_is_not_asked_about_others() -> None:
    subject = FloatSubject.of_pairs(relu_kernel)
    asked = {name for name, law in LAWS.items() if law.applies_to(subject, FIXED)}
    assert "parallel-rows-are-dependent" in asked
    assert "opposite-rows-are-dependent" not in asked  # Relu is neither even nor odd
    assert "synonyms-have-one-kernel" not in asked
    assert not any(LAWS[name].scope is not Scope.KERNEL for name in asked)
    report = hunt(LAWS["synonyms-have-one-kernel"], subject, FIXED, profile=QUICK, campaign_seed=0)
    assert report.status == "skipped"
    assert not report.failed


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x, y: np.full((len(x), len(y)), np.nan), "returned nan at entry"),
        (lambda x, y: np.zeros((1, 7)), "returned shape"),
        (lambda x, y: 1 / 0, "raised ZeroDivisionError"),
    ],
)
def test_a_kernel_that_fails_is_a_finding(function: Any, message: str) -> None:
    subject = FloatSubject.of_pairs(function, "theirs")
    outcome = examine(LAWS["kernels-are-symmetric"], subject, _cross_case())
    assert outcome.verdict is Verdict.VIOLATED
    assert message in outcome.detail
    with pytest.raises(KernelFailure):
        subject.enclose(RELU, load_points([[1.0]]))


def _cross_case() -> Any:
    from properties.laws.cases import CrossCase

    return CrossCase(NetworkCase(RELU, load_points([[1.0]])), load_points([[2.0]]))


def test_somebody_elses_bounds_can_be_examined() -> None:
    def bounds(network: Network, x: Points, y: Points, kernel: str) -> tuple[Any, Any]:
        found: Any = network.kernel(x, y, get=kernel)
        return found.lower_exact, found.upper_exact

    subject = IntervalSubject(bounds)
    domain = Domain(normalizations=("none",))
    report = hunt(LAWS["entries-meet-the-textbook"], subject, domain, profile=QUICK, campaign_seed=2)
    assert report.status == "holds"
    assert report.counts["holds"] == 25


def test_unit_rows_cannot_be_asked_of_a_float_kernel() -> None:
    with pytest.raises(ValueError, match="normalizations"):
        FloatSubject.of_pairs(relu_kernel).enclose(RELU, load_points([[1.0]]), normalize="unit")


def make(check: Any, cases: Any = None) -> Law:
    strategy = cases if cases is not None else st.builds(NetworkCase, st.just(RELU), st.just(load_points([[1]])))
    return Law("made", "made", "A claim.", "a source", Scope.LIBRARY, lambda domain: strategy, check)


def test_refused_input_is_undecided_and_a_crash_is_a_violation() -> None:
    from certify.errors import InputError

    def refuse(subject: Any, case: Any) -> Outcome:
        raise InputError("the kernel is too large.")

    def crash(subject: Any, case: Any) -> Outcome:
        raise ArithmeticError("no angle")

    case = NetworkCase(RELU, load_points([[1]]))
    refused = examine(make(refuse), LibrarySubject(), case)
    assert (refused.verdict, refused.detail) == (Verdict.UNDECIDED, "refused: the kernel is too large.")
    crashed = examine(make(crash), LibrarySubject(), case)
    assert (crashed.verdict, crashed.detail) == (Verdict.VIOLATED, "raised ArithmeticError: no angle")


def test_a_law_that_decides_too_little_has_failed() -> None:
    cases = st.integers(0, 9).map(lambda k: NetworkCase(RELU, load_points([[k]])))

    def lazy(subject: Any, case: NetworkCase) -> Outcome:
        return undecided("too hard") if case.points.rows[0][0] > 5 else holds()

    report = hunt(make(lazy, cases), profile=QUICK, campaign_seed=0)
    assert report.status == "undecided"
    assert report.failed
    assert report.reasons == {"too hard": report.counts["undecided"]}
    assert "undecided" in report.detail


def test_filtered_draws_are_counted_and_count_as_undecided() -> None:
    from hypothesis import assume

    def picky(k: int) -> NetworkCase:
        assume(k % 2)
        return NetworkCase(RELU, load_points([[k]]))

    report = hunt(make(lambda s, c: holds(), st.integers(0, 10**6).map(picky)), profile=QUICK, campaign_seed=3)
    assert report.filtered > 0
    assert report.status == "undecided"


def test_a_strategy_that_breaks_is_an_error() -> None:
    def broken(k: int) -> NetworkCase:
        raise RuntimeError("no such points")

    report = hunt(make(lambda s, c: holds(), st.integers().map(broken)), profile=QUICK, campaign_seed=0)
    assert report.status == "error"
    assert "no such points" in report.detail
