"""Finite differences as evidence: found, re-decided by the checker's own arithmetic, refused for polynomials."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
from mpmath import mpf

import certify
from certify import stax
from certify.activations.expressions.evaluation import RealAlgebra, evaluate
from certify.activations.expressions.reading import read_expression
from certify.activations.expressions.tree import spelled
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.checker.answers import Malformed, Unsupported
from certify.checker.interval import to_fractions
from certify.checker.user_functions import difference_at, range_of, read_function, value_at
from certify.theory import positivity
from certify.theory.differences import find_difference

BIASED = 'serial(Dense(b_var=1), Elementwise("{}"), Dense())'
SMOOTH = [
    *("tanh(x)", "x*tanh(log(1+exp(x)))", "sin(x)", "exp(-x^2)", "softplus(x)", "x*sigmoid(x)", "sqrt(1+x^2)"),
    *("1/(2+cos(x))", "arctan(x-1/2)", "exp(x/2)-x^3", "log(1+x^2)", "x/(1+exp(-x))", "tanh(-2*x)*(-x)", "x^7"),
]


@pytest.mark.parametrize("text", SMOOTH)
def test_the_checker_reads_and_evaluates_what_the_library_does(text: str) -> None:
    tree = read_expression(text)
    part = read_function(spelled(tree))
    number = ArbArithmetic(120)
    for x in (Fraction(0), Fraction(1, 3), Fraction(-7, 2), Fraction(40), Fraction(-33, 7)):
        with number.active():
            value = evaluate(tree, RealAlgebra(number), number.exact(x), number.exact(1))[0]
            low, high, exponent = number.endpoints(value)
        mine = to_fractions(value_at(part, x, 120))
        scale = Fraction(2) ** exponent
        assert mine[0] <= high * scale
        assert low * scale <= mine[1]
        assert mine[1] - mine[0] < Fraction(1, 2**90) * (1 + abs(mine[1]))


def test_differences_agree_with_those_of_mpmath() -> None:
    part = read_function("tanh(x)")
    with mpmath.workdps(60):
        for order in (1, 2, 7, 30):
            start, step = Fraction(-order, 2) + Fraction(1, 8), Fraction(1)
            total = mpmath.fsum(
                (-1) ** (order - k)
                * mpmath.binomial(order, k)
                * mpmath.tanh(mpf(start.numerator) / start.denominator + k)
                for k in range(order + 1)
            )
            low, high = to_fractions(difference_at(part, order, start, step, 200))
            assert low <= Fraction(str(total)) + Fraction(1, 10**40)
            assert Fraction(str(total)) - Fraction(1, 10**40) <= high


def test_functions_that_are_no_polynomials_have_differences_and_polynomials_have_none() -> None:
    for text in SMOOTH[:-1]:
        for order in (1, 2, 40):
            assert find_difference(read_expression(text), order) is not None, (text, order)
    for text, degree in (("x^7", 7), ("(x+1)^3-x^3", 2), ("x-x", 0), ("2", 0), ("(1+x)*(1-x)+x*x", 0)):
        tree = read_expression(text)
        assert find_difference(tree, degree + 1) is None
        assert degree == 0 or find_difference(tree, degree) is not None
    assert find_difference(read_expression("tanh(x)"), 0) is None


def test_the_theorem_takes_differences_of_thousands_of_points() -> None:
    found = find_difference(read_expression("tanh(x)"), 1796)
    assert found is not None
    assert found.order == 1796


def test_polynomials_of_low_degree_are_refused_in_any_spelling(tmp_path: Path) -> None:
    points = [[k, k * k - 3] for k in range(6)]
    for text in ("x^4", "(x^2+1)^2-x", "x*x*x-2", "x"):
        assert positivity(BIASED.format(text), points).verdict == "undecided"
    assert positivity(BIASED.format("x^5"), points).verdict == "positive definite"


def test_a_certificate_by_differences_is_decided_again_and_names_what_it_rests_on(tmp_path: Path) -> None:
    for data, text in (("iris", "x*tanh(log(1+exp(x)))"), ([[1, 2], [2, 1], [0, 1]], "1/(2+sin(x))")):
        cert = certify.prove(BIASED.format(text), data, method="theorem")
        assert cert.verdict == "positive definite"
        assert "difference of order" in cert.reason
        assert cert.assumptions
        saved = cert.save(tmp_path / "x.cert")
        assert certify.check(saved).status == "unsupported"
        accepted = certify.check(saved, accept_assumptions=True)
        assert accepted.valid
        assert "at most the stated bound" in accepted.assumptions[0]


def test_a_callable_has_no_evidence() -> None:
    net = stax.serial(stax.Dense(b_var=1), stax.Elementwise(lambda z: z.sin(), strip=1, slope=2), stax.Dense())
    assert positivity(net, [[1], [2], [4]]).verdict == "undecided"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1/(1+exp(-x))", 0, 1),
        ("2+sin(x)", 1, 3),
        ("tanh(x)**2", 0, 1),
        ("exp(-x**2)", 0, 1),
        ("sqrt(1+x**2)", 1, None),
        ("log(1+exp(x))", 0, None),
        ("-softplus(x)", None, 0),
        ("3/(1+x**2)", 0, 3),
    ],
)
def test_ranges_hold_all_values(text: str, low: Any, high: Any) -> None:
    found = range_of(read_function(text))
    assert (found.low, found.high) == (low, high)
    part = read_function(text)
    for k in range(-12, 13):
        value = to_fractions(value_at(part, Fraction(k, 2), 80))
        assert low is None or value[1] >= low
        assert high is None or value[0] <= high
        assert not (found.nonzero and value == (0, 0))


@pytest.mark.parametrize("text", ["1/x", "1/sin(x)", "log(x)", "sqrt(x-1)", "1/(x**2-1)", "log(sin(x)+1)", "1/tanh(x)"])
def test_functions_that_may_jump_are_not_taken(text: str) -> None:
    with pytest.raises(Unsupported, match="cannot be shown to be continuous"):
        range_of(read_function(text))


@pytest.mark.parametrize(
    "text", ["", "x x", "x+", "tnah(x)", "sin x", "x**y", "x***2", "1.5*x", "(x", "x)", "exp()", "--x"]
)
def test_texts_that_are_no_expressions_are_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_function(text)
