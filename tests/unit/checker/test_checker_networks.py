"""Networks have one spelling; what else is written is malformed, and what is unknown is unsupported."""

from fractions import Fraction

import pytest

from certify.checker import limits
from certify.checker.activations import ErrorFunction, GaussianBump, PolynomialFunction, Sinusoid, TwoSlopes, facts_of
from certify.checker.answers import Malformed, Unsupported
from certify.checker.networks import Dense, read_network
from certify.checker.relations import Relation, follow, follow_zero

GOOD = [
    "serial(Dense())",
    'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))',
    "serial(Dense(), Dense(b_var=3), Identity(), Relu(), Identity(), Dense())",
    'serial(Dense(), Abs(), Dense(), LeakyRelu("1/5"), Dense(), ABRelu(-1, "2/3"), Dense(), Gelu(), Dense(), Gabor())',
    "serial(Dense(), Sign(), Dense(), Step(), Dense(), Sigmoid_like())",
    "serial(Dense(), Monomial(3), Dense(), RectifiedMonomial(0), Dense(), Hermite(1000))",
    'serial(Dense(), Polynomial([0, "-1/2", 7]), Dense(), Polynomial([0]))',
    "serial(Dense(), Erf(a=2, b=-3, c=4), Dense(), Erf(b=2), Dense(), Erf(c=1))",
    'serial(Dense(), Sin(b=2, c="1/3"), Dense(), Cos(a=0), Dense(), Rbf(), Dense(), Rbf(gamma=2))',
    'serial(Dense(), Gaussian(a=2, b="-1/2"), Dense(), Gaussian(), Dense(), Exp(), Dense(), Exp(a=2, b=3))',
]


@pytest.mark.parametrize("text", GOOD)
def test_canonical_texts_are_read(text: str) -> None:
    assert read_network(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "serial",
        "serial(",
        "serial()",
        "serial(Dense()",
        "serial(Dense()))",
        "serial(Dense()),",
        "serial(Dense() )",
        " serial(Dense())",
        "serial( Dense())",
        "serial(Dense(),Relu())",
        "serial(Dense(),  Relu())",
        "serial(Dense, Relu())",
        "serial(Dense(), Relu)",
        "serial(Dense(), 3)",
        "serial(Dense(), Relu(), Relu())",
        "serial(Dense(), Relu(), Identity(), Relu())",
        "serial(Relu(), Dense())",
        "serial(Identity(), Dense())",
        "serial(Identity())",
        "serial(serial(Dense()), Relu())",
        "serial(" * 2 + "Dense()" + ")" * 2,
        "serial(" * 1000 + "Dense()" + ")" * 1000,
        "Dense()",
        "Relu()",
        "serial(Dense(W_var=1))",
        "serial(Dense(b_var=0))",
        "serial(Dense(b_var=1, W_var=2))",
        "serial(Dense(W_var=2, W_var=2))",
        "serial(Dense(W_var=0))",
        "serial(Dense(W_var=-1))",
        'serial(Dense(b_var="-1/2"))',
        'serial(Dense(W_var="2/4"))',
        'serial(Dense(W_var="2/1"))',
        'serial(Dense(W_var="2"))',
        'serial(Dense(W_var="0.5"))',
        'serial(Dense(W_var="1/0"))',
        'serial(Dense(W_var="1/-2"))',
        'serial(Dense(W_var="+1/2"))',
        'serial(Dense(W_var=" 1/2"))',
        'serial(Dense(W_var="1e30000000"))',
        "serial(Dense(W_var='1/2'))",
        "serial(Dense(W_var=1e5))",
        "serial(Dense(W_var=0.5))",
        "serial(Dense(W_var=2**9))",
        "serial(Dense(W_var=+2))",
        "serial(Dense(W_var=02))",
        "serial(Dense(b_var=-0))",
        "serial(Dense(W_var=True))",
        "serial(Dense(W_var=None))",
        "serial(Dense(W_var=[2]))",
        "serial(Dense(W_var=))",
        "serial(Dense(W_var=W_var=2))",
        "serial(Dense(2))",
        "serial(Dense(W_std=2))",
        "serial(Dense(), Relu(1))",
        "serial(Dense(), Relu(a=1))",
        "serial(Dense(), LeakyRelu())",
        "serial(Dense(), LeakyRelu(alpha=1))",
        "serial(Dense(), ABRelu(1))",
        "serial(Dense(), ABRelu(1, 2, 3))",
        "serial(Dense(), Monomial(-1))",
        'serial(Dense(), Monomial("1/2"))',
        "serial(Dense(), Monomial(k=2))",
        "serial(Dense(), Polynomial([]))",
        "serial(Dense(), Polynomial([1, 0]))",
        "serial(Dense(), Polynomial([0, 0]))",
        "serial(Dense(), Polynomial(1, 2))",
        "serial(Dense(), Polynomial([1, [2]]))",
        "serial(Dense(), Polynomial([1,2]))",
        "serial(Dense(), Polynomial((1, 2)))",
        "serial(Dense(), Erf(1))",
        "serial(Dense(), Erf(b=2, a=3))",
        "serial(Dense(), Erf(a=1))",
        "serial(Dense(), Gaussian(b=1))",
        "serial(Dense(), Gaussian(b=-1))",
        "serial(Dense(), Rbf(gamma=-1))",
        "serial(Dense(), Rbf(2))",
        "serial(Dense(), Sigmoid_like(a=1))",
        "stax.serial(Dense())",
        "serial(Dense());",
        "serial(Dense())\n",
        "serial(Dense(), Polynomial(" + "[" * 1000 + "1" + "]" * 1000 + "))",
        "serial(Dense(W_var=" + "9" * 5001 + "))",
        'serial(Dense(W_var="1/' + "9" * 10**6 + '"))',
        "serial(lambda: 0)",
        "serial(__import__('os'))",
    ],
)
def test_other_texts_are_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_network(text)


@pytest.mark.parametrize(
    "text",
    [
        "serial(Dense(), Maxout(), Dense())",
        'serial(ConvLocal(filter_shape=(3, 3), padding="SAME"), Relu(), Flatten(), Dense())',
        'LSTM(readout="last", activation=Erf())',
        "serial(Dense(), relu())",
        'serial(Dense(), Elementwise("tanh(x)", strip=1), Dense())',
        "serial(Dense(), Relu(), Dense(), temperature=2)",
    ],
)
def test_well_formed_texts_with_unknown_names_are_unsupported(text: str) -> None:
    with pytest.raises(Unsupported):
        read_network(text)


def test_no_proper_prefix_of_a_network_is_one() -> None:
    for text in GOOD:
        for length in range(len(text)):
            with pytest.raises((Malformed, Unsupported)):
                read_network(text[:length])


def test_long_networks_and_high_degrees() -> None:
    layers = limits.MAX_LAYERS
    text = "serial(" + ", ".join(["Dense()"] * layers) + ")"
    assert len(read_network(text).layers) == layers
    for longer in (
        "serial(" + ", ".join(["Dense()"] * (layers + 1)) + ")",
        "serial(Dense(), " + ", ".join(["Identity()"] * layers) + ")",
        "serial(Dense(), Monomial(1001))",
        "serial(Dense(), RectifiedMonomial(1001))",
        "serial(Dense(), Hermite(" + "9" * 4000 + "))",
        "serial(Dense(), Polynomial([" + ", ".join(["1"] * 1002) + "]))",
        "serial(Dense(" + " " * limits.MAX_NETWORK_CHARACTERS + "))",
    ):
        with pytest.raises(Unsupported):
            read_network(longer)
    assert read_network("serial(Dense(), Polynomial([" + ", ".join(["1"] * 1001) + "]))")


def test_shorthands_mean_their_families() -> None:
    network = read_network(
        'serial(Dense(W_var=2, b_var="1/3"), Relu(), Dense(), Abs(), Dense(), LeakyRelu("1/5"), Dense(), '
        "Sigmoid_like(), Dense(), Monomial(2), Dense(), Gaussian(), Dense(), Cos(b=2, c=3))"
    )
    assert network.layers[0] == Dense(Fraction(2), Fraction(1, 3))
    assert network.activations == (
        TwoSlopes(Fraction(0), Fraction(1)),
        TwoSlopes(Fraction(-1), Fraction(1)),
        TwoSlopes(Fraction(1, 5), Fraction(1)),
        ErrorFunction(Fraction(1, 2), 1 / Fraction("2.4020563531719796"), Fraction(1, 2)),
        PolynomialFunction((Fraction(0), Fraction(0), Fraction(1))),
        GaussianBump(Fraction(1), Fraction(1)),
        Sinusoid(Fraction(1), Fraction(2), Fraction(3), True),
    )


FACTS = [
    # text, vanishes at zero, parity, degree
    ("Relu()", True, 0, 1),
    ("Abs()", True, 1, 1),
    ("ABRelu(2, -2)", True, 1, 1),
    ("LeakyRelu(1)", True, -1, 1),
    ("LeakyRelu(-1)", True, 1, 1),
    ("Sign()", True, -1, 0),
    ("Step()", False, 0, 0),
    ("RectifiedMonomial(0)", False, 0, 0),
    ("RectifiedMonomial(2)", True, 0, 2),
    ("Monomial(2)", True, 1, 2),
    ("Monomial(3)", True, -1, 3),
    ("Polynomial([0, 1, 0, 2])", True, -1, None),
    ("Polynomial([1, 0, 2])", False, 1, None),
    ("Polynomial([0, 1, 2])", True, 0, None),
    ("Polynomial([0, 0, 5])", True, 1, 2),
    ("Hermite(1)", True, -1, 1),
    ("Hermite(2)", False, 1, None),
    ("Hermite(3)", True, -1, None),
    ("Erf()", True, -1, None),
    ("Erf(c=1)", False, 0, None),
    ("Sin()", True, -1, None),
    ("Sin(c=1)", False, 0, None),
    ("Cos()", False, 1, None),
    ("Cos(c=1)", False, 0, None),
    ("Rbf()", False, 0, None),
    ("Gaussian()", False, 1, None),
    ("Exp()", False, 0, None),
    ("Gelu()", True, 0, None),
    ("Gabor()", True, -1, None),
    ("Sigmoid_like()", False, 0, None),
]


@pytest.mark.parametrize(("text", "vanishes", "parity", "degree"), FACTS)
def test_exact_facts_about_activations(text: str, vanishes: bool, parity: int, degree: int | None) -> None:
    facts = facts_of(read_network(f"serial(Dense(), {text})").activations[0])
    assert (facts.constant, facts.zero) == (False, False)
    assert (facts.vanishes_at_zero, facts.parity, facts.degree) == (vanishes, parity, degree)


def outcome(text: str, start: Relation) -> Relation:
    return follow(read_network(text), start)[1]


def test_relations_travel_as_the_theorems_say() -> None:
    generic, equal, parallel, opposite, antiparallel = Relation
    for relation in Relation:
        assert outcome("serial(Dense(), Polynomial([2]), Dense(b_var=1))", relation) == equal
        assert outcome("serial(Dense(b_var=1))", relation) == (equal if relation == equal else generic)
        assert outcome("serial(Dense(), Dense())", relation) == relation
    table = {
        "Relu()": (generic, equal, parallel, generic, generic),
        "Abs()": (generic, equal, parallel, equal, parallel),
        "Monomial(2)": (generic, equal, parallel, equal, parallel),
        "Monomial(3)": (generic, equal, parallel, opposite, antiparallel),
        "LeakyRelu(1)": (generic, equal, parallel, opposite, antiparallel),
        "Sign()": (generic, equal, equal, opposite, opposite),
        "Step()": (generic, equal, equal, generic, generic),
        "RectifiedMonomial(0)": (generic, equal, equal, generic, generic),
        "Erf()": (generic, equal, generic, opposite, generic),
        "Cos()": (generic, equal, generic, equal, generic),
        "Gelu()": (generic, equal, generic, generic, generic),
        "Polynomial([0, 1, 0, 1])": (generic, equal, generic, opposite, generic),
    }
    for text, outcomes in table.items():
        assert tuple(outcome(f"serial(Dense(), {text})", relation) for relation in Relation) == outcomes


def test_zero_values_travel_until_a_bias_or_a_value_at_zero() -> None:
    network = read_network("serial(Dense(), Erf(), Dense(), Cos(), Dense(), Relu(), Dense(b_var=1))")
    assert follow_zero(network, True) == ((True, True, False), False)
    assert follow_zero(network, False) == ((False, False, False), False)
    assert follow_zero(read_network("serial(Dense(b_var=1), ABRelu(0, 0), Dense())"), False) == ((False,), True)
