"""A user's own function: what is read, what is proved of it, what is refused, and what its certificates say."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import gaussian_means as means
import mpmath
import pytest
from flint import acb, arb, ctx

import certify
from certify import stax
from certify.activations.expressions.balls import BallAlgebra
from certify.activations.expressions.evaluation import evaluate
from certify.activations.expressions.reading import read_expression
from certify.activations.expressions.strip import find_strip
from certify.activations.expressions.tree import exactly_at_zero, parity_of, spelled
from certify.cli import main
from certify.errors import InputError
from certify.kernels import Enclosure

POINTS = [["1/2", "1/3"], [0, "3/5"], ["-1/2", "1/2"]]
SAME: list[tuple[str, Any]] = [
    ("tanh(x)", stax.Tanh()),
    ("x*tanh(log(1+exp(x)))", stax.Mish()),
    ("1/(1+exp(-x))", stax.Sigmoid()),
    ("softplus(x)", stax.Softplus()),
    ("x*sigmoid(x)", stax.Swish()),
    ("arctan(x)", stax.Arctan()),
    ("sin(x+1)/2", stax.Sin("1/2", 1, 1)),
    ("exp(-x^2)", stax.Gaussian()),
    ("exp(-x^2)*sin(x)", stax.Gabor()),
    ("2*exp(-x/2)", stax.Exp(2, "-1/2")),
    ("1-x+x^4/2", stax.Polynomial([1, -1, 0, 0, "1/2"])),
]
OTHERS = [
    *("sqrt(1+x^2)", "log(1+x^2)", "x^2*tanh(x)", "1/(2+sin(x))", "tanh(x)/(2+cos(x))", "exp(sqrt(1+x^2)/2)"),
    *(
        "exp(-softplus(x))",
        "tanh(2*x-1/3)",
        "exp(-exp(x))",
        "x/sqrt(1+x^2)",
        "tanh(sin(x))",
        "sin(x)/(1+x^2)",
        "x",
        "3",
    ),
]


def kernel(activation: Any, get: str) -> Enclosure:
    network = stax.serial(stax.Dense(W_var=1, b_var="1/10"), activation, stax.Dense())
    found = network.kernel(POINTS, get=get, bits=40)
    assert isinstance(found, Enclosure)
    return found


@pytest.mark.parametrize(("text", "known"), SAME, ids=lambda v: str(v))
def test_an_expression_has_the_kernel_of_the_activation_that_it_spells(text: str, known: Any) -> None:
    for get in ("nngp", "ntk"):
        mine, other = kernel(stax.Elementwise(text), get), kernel(known, get)
        assert (mine.lower_exact <= other.upper_exact).all()
        assert (other.lower_exact <= mine.upper_exact).all()
        assert (mine.upper_exact - mine.lower_exact < Fraction(1, 2**30)).all()


def test_a_slip_in_an_expression_is_seen() -> None:
    mine, other = kernel(stax.Elementwise("tanh(x*1.000001)"), "nngp"), kernel(stax.Tanh(), "nngp")
    assert not (mine.lower_exact <= other.upper_exact).all()


def test_means_of_expressions_without_a_name_agree_with_a_second_derivation() -> None:
    q1, q2, rho = Fraction(1, 4), Fraction(4, 9), Fraction(-1, 2)
    with mpmath.workdps(means.DIGITS):
        for text, f in (
            ("sqrt(1+x^2)", lambda x: mpmath.sqrt(1 + x * x)),
            ("x^2*tanh(x)", lambda x: x * x * mpmath.tanh(x)),
            ("exp(-exp(x))", lambda x: mpmath.exp(-mpmath.exp(x))),
            ("tanh(sin(x))", lambda x: mpmath.tanh(mpmath.sin(x))),
        ):
            value, error = means.mehler(f, q1, q2, rho)
            bounds = direct(stax.Elementwise(text), q1, q2, rho / 3)
            assert bounds[0] <= means.exact(value + error)
            assert means.exact(value - error) <= bounds[1]


def direct(activation: Any, q1: Fraction, q2: Fraction, r: Fraction) -> tuple[Fraction, Fraction]:
    from certify.activations import Pair
    from certify.arithmetic.arb_balls import ArbArithmetic

    number = ArbArithmetic(80)
    with number.active():
        pair = Pair(number, number.exact(q1), number.exact(q2), number.exact(r))
        low, high, exponent = number.endpoints(activation.duals(number)(pair)[0])
    return low * Fraction(2) ** exponent, high * Fraction(2) ** exponent


@pytest.mark.parametrize("text", [text for text, _ in SAME] + OTHERS)
def test_the_bound_on_the_slope_holds_at_points_near_and_far(text: str) -> None:
    tree = read_expression(text)
    strip = find_strip(tree)
    draw = random.Random(text)
    previous, ctx.prec = ctx.prec, 400
    try:
        for _ in range(60):
            size = draw.choice([1, 5, 20, 100, 150])
            x = Fraction(draw.randint(-(10**6), 10**6) * size, 10**6)
            y = strip.width * Fraction(draw.randint(-(10**4), 10**4), 10**4)
            z = acb(arb(x.numerator) / x.denominator, arb(y.numerator) / y.denominator)
            slope = evaluate(tree, BallAlgebra(), z, acb(1))[1]
            if slope is not None:
                bound = strip.slope * (arb(strip.growth.numerator) / strip.growth.denominator * abs(z.real)).exp()
                assert slope.abs_lower() <= bound
    finally:
        ctx.prec = previous


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (" x * tanh( log(1+exp(x)) )", "x*tanh(log(1+exp(x)))"),
        ("(x)+(1)", "x+1"),
        ("x-(1-x)", "x-(1-x)"),
        ("-x^2", "-x**2"),
        ("(-x)**2", "(-x)**2"),
        ("0.5*x", "(1/2)*x"),
        ("x**-2+1", "1/x**2+1"),
        ("x/2/3", "x/2/3"),
        ("(x+1)*(x-1)", "(x+1)*(x-1)"),
        ("+x", "x"),
    ],
)
def test_one_spelling_that_reads_back(text: str, canonical: str) -> None:
    tree = read_expression(text)
    assert spelled(tree) == canonical
    assert read_expression(canonical) == tree


def test_equal_functions_are_equal_values_in_networks() -> None:
    one, other = stax.Elementwise("tanh( x )"), stax.Elementwise("tanh(x)", strip="1/2")
    assert one == other
    assert hash(one) == hash(other)
    net = stax.parse('serial(Dense(), Elementwise("x^2*tanh(x)"), Dense())')
    assert stax.parse(repr(net)) == net


def test_symmetries_and_values_at_zero_are_claimed_only_where_they_hold() -> None:
    for text, parity, value in (
        ("x*tanh(x)", 1, 0),
        ("sin(x)^3", -1, 0),
        ("cos(x)", 1, 1),
        ("exp(x)", 0, 1),
        ("sigmoid(x)", 0, Fraction(1, 2)),
        ("cos(x-1)", 0, None),
        ("tanh(x)*exp(-x^2)", -1, 0),
        ("sqrt(4+x^2)", 1, None),
    ):
        tree = read_expression(text)
        assert (parity_of(tree), exactly_at_zero(tree)) == (parity, value)


BAD = [
    ("1/x", "is not analytic at every real number: .* near x = 0"),
    ("log(x-3)", "is not analytic at every real number"),
    ("sqrt(x)", "branch point near x = 0"),
    ("tanh(x)/(x-2)", "near x = 2"),
    ("exp(x^2)", "grows too fast for a Gaussian mean"),
    ("exp(exp(x))", "grows too fast"),
    ("x-x", "cannot be told from a constant"),
    ("sin(x)^2+cos(x)^2", "cannot be told from a constant"),
    ("sin(x^2)", "growth for large"),
    ("tnah(x)", "column 1 of the function has the unknown name 'tnah': did you mean tanh"),
    ("x^2 + y", "column 7 of the function has the unknown name 'y'"),
    ("__import__('os').system('x')", "column 1 of the function"),
    ("x.real", "column 1 of the function holds 'x.real'"),
    ("tanh(x", "not readable near column 5"),
    ("x+^2", "not readable near column 3"),
    ("x**0.5", "column 4 of the function has a power"),
    ("x**1000", "power"),
    ("tanh", "tanh without its one argument"),
    ("tanh(x, x)", "tanh without its one argument"),
    ("", "not readable"),
    ("(" * 60 + "x" + ")" * 60, "nested too deep"),
    ("x" + "+x" * 600, "at most 1000 are read"),
    ("True", "column 1 of the function holds 'True'"),
    ("[x]", "column 1"),
]


@pytest.mark.parametrize(("text", "part"), BAD, ids=[text[:20] for text, _ in BAD])
def test_bad_functions_get_one_sentence_and_exit_code_two(
    text: str, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match=part):
        stax.Elementwise(text)
    assert main(["prove", "iris", "--network", f'serial(Dense(), Elementwise("{text}"), Dense())']) == 2
    printed = capsys.readouterr()
    assert len(printed.err.strip().splitlines()) == 1
    assert not printed.out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"f": "tanh(x)", "strip": 2}, r"cannot be shown to be analytic for \|Im z\| <= 2"),
        ({"f": "tanh(x)", "strip": 0}, "must lie between"),
        ({"f": "tanh(x)", "slope": 2}, "are for callables"),
        ({"f": lambda z: z.tanh()}, "needs strip= and slope="),
        ({"f": lambda z: z.tanh(), "strip": 2, "slope": 200}, "near z = .* within strip=2"),
        ({"f": lambda z: z.tanh(), "strip": 1, "slope": "1/2"}, "farther from its value at 0"),
        ({"f": lambda z: z.exp(), "strip": 1, "slope": 20}, "farther from its value at 0"),
        ({"f": lambda z: z * 1j, "strip": 1, "slope": 20}, "is not real"),
        ({"f": lambda z: 3, "strip": 1, "slope": 20}, "gives int"),
        ({"f": lambda z: z.nonsense(), "strip": 1, "slope": 20}, "failed on the ball"),
        ({"f": 3}, "f of Elementwise is 3"),
        ({}, "f of Elementwise is None"),
    ],
)
def test_what_a_user_states_is_tried(arguments: dict[str, Any], part: str) -> None:
    with pytest.raises(InputError, match=part):
        stax.Elementwise(**arguments)


def test_a_callable_has_the_kernel_of_its_function() -> None:
    mine = stax.Elementwise(lambda z: z.tanh(), strip="5/4", slope=200, name="mine")
    assert repr(mine) == 'Elementwise(name="mine", slope=200, strip="5/4")'
    for get in ("nngp", "ntk"):
        one, other = kernel(mine, get), kernel(stax.Tanh(), get)
        assert (one.lower_exact <= other.upper_exact).all()
        assert (other.lower_exact <= one.upper_exact).all()
    grown = stax.Elementwise(lambda z: z * z * z, strip=2, slope=60, growth="1/2", name="cube")
    one, other = kernel(grown, "ntk"), kernel(stax.Monomial(3), "ntk")
    assert (one.lower_exact <= other.upper_exact).all()
    assert (other.lower_exact <= one.upper_exact).all()


def test_certificates_name_the_entries_and_what_the_user_stated(tmp_path: Path) -> None:
    text = stax.serial(stax.Dense(b_var=1), stax.Elementwise("x/2+sin(x)"), stax.Dense())
    stated = stax.serial(
        stax.Dense(b_var=1), stax.Elementwise(lambda z: z.sin(), strip=3, slope=11, name="mine"), stax.Dense()
    )
    for net, count in ((text, 1), (stated, 2)):
        cert = certify.prove(net, POINTS)
        assert cert.verdict == "positive definite"
        assert cert.lambda_min.lower is not None
        assert len(cert.assumptions) == count
        saved = cert.save(tmp_path / "x.cert")
        refused = certify.check(saved)
        assert (refused.valid, refused.status) == (False, "unsupported")
        assert certify.check(saved, accept_assumptions=True).valid
    assert "mine" in cert.assumptions[1]
    assert "|Im z| <= 3" in cert.assumptions[1]


def test_bounds_of_a_users_function_are_those_of_the_activation_that_it_spells() -> None:
    mine, other = (
        certify.prove(stax.serial(stax.Dense(b_var=1), activation, stax.Dense()), POINTS)
        for activation in (stax.Elementwise("sin(x)"), stax.Sin())
    )
    assert mine.lambda_min.lower is not None
    assert other.lambda_min.lower is not None
    assert mine.lambda_min.lower <= other.lambda_min.upper
    assert other.lambda_min.lower <= mine.lambda_min.upper
