"""The last value on either side of every decision about text, limits and exact properties."""

import json
from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb, prod

import pytest

from certify.checker import command, limits
from certify.checker.activations import (
    Activation,
    ErrorFunction,
    Exponential,
    GaussianBump,
    Sinusoid,
    TwoSlopes,
    facts_of,
)
from certify.checker.answers import Invalid, Malformed, Result, Unsupported
from certify.checker.budget import Budget
from certify.checker.canonical import serialise
from certify.checker.counting import _sumset, check_rank, count_features
from certify.checker.exact_gram import ExactGram, _polynomial_of
from certify.checker.expressions import Call, Sequence, Word, names_called, parse_expression
from certify.checker.networks import read_network
from certify.checker.numerals import rational_from_claim
from certify.checker.points import Points
from certify.checker.relations import Relation
from certify.checker.spoken import harmless, result_in_words

ONE, NONE = Fraction(1), Fraction(0)


def points(rows: list[list[int]]) -> Points:
    return Points(tuple(map(tuple, rows)), 1, len(rows[0]), "")


def test_the_limits_are_those_of_the_format() -> None:
    """Which files are valid depends on them, so a change of one is a change of the format or of this engine."""
    assert {name: value for name, value in vars(limits).items() if name.isupper()} == {
        "MAX_NESTING": 50,
        "MAX_FUNCTION_CHARACTERS": 4000,
        "MAX_NUMBER_CHARACTERS": 5000,
        "MAX_DECIMAL_EXPONENT": 5000,
        "MAX_BINARY_EXPONENT": 65536,
        "MAX_FILE_BYTES": 268435456,
        "MAX_VALUES": 1000000,
        "MAX_POINTS": 200000,
        "MAX_COLUMNS": 100000,
        "MAX_LAYERS": 1000,
        "MAX_DEGREE": 1000,
        "MAX_WINDOW": 1000,
        "MAX_BRANCHES": 100,
        "MAX_DEPTH": 100,
        "MAX_POSITIONS": 10000,
        "MAX_TAPS": 1000000,
        "MAX_BITS": 65536,
        "MAX_ORDER": 16,
        "MAX_RATIO_BITS": 64,
        "MAX_COEFFICIENTS": 256,
        "MAX_BREAKPOINTS": 100,
        "MAX_NETWORK_CHARACTERS": 4194304,
        "MAX_MAGNITUDE": 4194304,
        "MAX_SERIES": 40000000,
        "MAX_NODES": 100000,
        "MAX_WAVES": 20000,
        "MAX_EXPONENTIAL_BITS": 24,
        "FIRST_GUARD": 32,
        "GUARD_PER_ACTIVATION": 4,
        "GUARD_GROWTH": 16,
        "DEFAULT_LIMIT_SECONDS": 600.0,
    }


@pytest.mark.parametrize(
    ("activation", "zero"),
    [
        (Sinusoid(NONE, ONE, NONE, False), True),
        (Sinusoid(NONE, ONE, NONE, True), True),
        (Sinusoid(NONE, ONE, ONE, True), True),
        (Sinusoid(NONE, NONE, ONE, True), True),
        (Sinusoid(ONE, NONE, NONE, False), True),
        (Sinusoid(ONE, NONE, NONE, True), False),
        (Sinusoid(ONE, NONE, ONE, True), False),
        (Sinusoid(ONE, NONE, ONE, False), False),
        (ErrorFunction(NONE, ONE, NONE), True),
        (ErrorFunction(NONE, ONE, ONE), False),
        (GaussianBump(NONE, ONE), True),
        (GaussianBump(ONE, NONE), False),
        (Exponential(NONE, ONE), True),
        (Exponential(ONE, NONE), False),
    ],
)
def test_a_vanishing_parameter_makes_a_constant(activation: Activation, zero: bool) -> None:
    facts = facts_of(activation)
    assert facts.constant
    assert facts.zero is facts.vanishes_at_zero is zero


def test_there_are_no_facts_about_anything_else() -> None:
    with pytest.raises(TypeError, match="no facts about"):
        facts_of("Relu()")  # type: ignore[arg-type]


def test_angles_that_are_exact_are_known_for_proportional_points() -> None:
    assert [relation.orientation for relation in Relation] == [0, 1, 1, -1, -1]


@pytest.mark.parametrize("code", [0x7F, 0xD800, 0xDFFF, 0xFFFF, 0x10000, 0x10001, 0x10FFFF])
def test_characters_are_escaped_as_json_escapes_them(code: int) -> None:
    character = chr(code)
    assert serialise({character: character}).rstrip("\n") == json.dumps({character: character}, separators=(",", ":"))


@pytest.mark.parametrize("text", ["f(=1)", "a=1", "f([a=1])", "f(a[1])", "f((a=1))", "f(a=b=1)", "=1"])
def test_marks_out_of_place_are_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        parse_expression(text)


def test_an_empty_string_is_read() -> None:
    assert parse_expression('f("")') == Call("f", (("", ""),))


def test_the_longest_and_deepest_expressions_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    depth = limits.MAX_NESTING
    assert parse_expression("f(" * depth + ")" * depth)
    with pytest.raises(Malformed, match="nested deeper"):
        parse_expression("f(" * (depth + 1) + ")" * (depth + 1))
    monkeypatch.setattr(limits, "MAX_NETWORK_CHARACTERS", 8)
    assert parse_expression("f(12345)")
    with pytest.raises(Unsupported, match="longer than 8"):
        parse_expression("f(123456)")


def test_names_are_found_at_every_depth() -> None:
    tree = Call("f", (("", Sequence((Call("g", (("k", Call("h", ())),)), Word("w")))), ("", Call("i", ()))))
    assert sorted(names_called(tree)) == ["f", "g", "h", "i"]


def test_ratios_are_read_to_their_end_and_unknown_names_come_first() -> None:
    with pytest.raises(Malformed, match="neither an integer nor a ratio"):
        read_network('serial(Dense(W_var="1/2x"))')
    with pytest.raises(Unsupported, match="does not know the layer 'Parallel'"):
        read_network("Parallel(serial(Dense()))")


def test_exponents_of_any_length_are_refused_before_they_are_read() -> None:
    for digits in ("5001", "9" * 8, "9" * 9, "9" * 4500):
        with pytest.raises(Malformed, match="decimal exponent beyond 5000"):
            rational_from_claim(f"1e{digits}", "the bound")
    assert rational_from_claim("-7e0", "the bound") == -7


def test_only_polynomials_have_a_rational_gram_matrix() -> None:
    for layer in (TwoSlopes(NONE, ONE), ErrorFunction(ONE, ONE, NONE), "Relu()"):
        with pytest.raises(Invalid, match="not a polynomial"):
            _polynomial_of(layer)
    assert _polynomial_of(TwoSlopes(ONE, ONE)).coefficients == (0, 1)


@pytest.mark.parametrize("kernel_is_ntk", [False, True])
def test_equal_rows_have_equal_rational_entries_at_any_depth(kernel_is_ntk: bool) -> None:
    network = read_network(
        "serial(Dense(b_var=1), Monomial(2), Dense(), Polynomial([1, 0, 1, 2]), Dense(b_var=2), Hermite(3))"
    )
    gram = ExactGram(network, kernel_is_ntk, points([[1, 2], [3, -1], [1, 2]]), None, Budget(None))
    assert gram.entry(2, 0) == gram.entry(0, 0) == gram.entry(2, 2) != gram.entry(1, 1)


def test_degrees_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_DEGREE", 10)
    assert _sumset(0b100, (0, 5)) == 1 << 10 | 1
    assert _sumset(0, (3,)) == 0
    assert _sumset(0, (0, 3)) == 1
    assert _sumset(0b110, ()) == 0
    for exponents in ((6,), (0, 6), (6, 0)):
        with pytest.raises(Unsupported, match="degrees beyond 10"):
            _sumset(0b100, exponents)


@pytest.mark.parametrize(
    ("network", "degrees", "rows"),
    [
        ("serial(Dense(), Monomial(3), Dense())", {3}, [[k, k + 1, k * k, 1] for k in range(1, 30)]),
        ("serial(Dense(b_var=1), Monomial(3), Dense())", {0, 1, 2, 3}, [[k, 0, 1] for k in range(1, 30)]),
        (
            "serial(Dense(), Polynomial([1, 0, 0, 0, 2]), Dense())",
            {0, 4},
            [[k % 2, (k + 1) % 2, k % 3, k % 5] for k in range(60)],
        ),
        ("serial(Dense(), Hermite(4), Dense())", {0, 2, 4}, [[k, 0, 0] for k in range(3)] + [[0, 1, 2]] * 30),
    ],
)
def test_features_are_counted_as_by_listing_them(network: str, degrees: set[int], rows: list[list[int]]) -> None:
    columns = range(len(rows[0]))
    products = {
        columns_used
        for degree in degrees
        for columns_used in combinations_with_replacement(columns, degree)
        if any(prod(row[c] for c in columns_used) for row in rows)
    }
    assert count_features(read_network(network), False, points(rows), Budget(None)) == len(products) < len(rows)


def test_as_many_features_as_points_prove_nothing() -> None:
    constant, linear = "serial(Dense(), Monomial(0), Dense())", "serial(Dense(), Dense())"
    assert count_features(read_network(constant), False, points([[1]]), Budget(None)) is None
    assert count_features(read_network(constant), False, points([[1], [2]]), Budget(None)) == 1
    assert count_features(read_network(linear), False, points([[1, 2], [3, 4]]), Budget(None)) is None
    assert count_features(read_network(linear), False, points([[1, 2], [3, 4], [5, 6]]), Budget(None)) == 2
    with pytest.raises(Invalid, match="proves nothing"):
        check_rank(read_network(constant), False, points([[1]]), 1, Budget(None))
    many = [[k + 1, k * k + 1, 7 - k, 3] for k in range(comb(6, 3))]
    assert count_features(read_network("serial(Dense(), Monomial(3))"), False, points(many), Budget(None)) is None


def test_only_valid_answers_rest_on_assumptions() -> None:
    refused = Result("invalid", "a reason", assumptions=("something",))
    assert command.settle(refused, False) == refused
    accepted = Result("valid", "a reason", assumptions=("something",))
    assert command.settle(accepted, False).status == "unsupported"
    assert command.settle(accepted, True) == accepted


def test_names_of_files_are_shortened_beyond_ten_thousand_characters(capsys: pytest.CaptureFixture[str]) -> None:
    for length, shown in ((10_000, 10_000), (10_001, 9_980 + len("... (10001 characters)"))):
        assert command.main(["--json", "x" * length]) == 2
        assert len(json.loads(capsys.readouterr().out)["file"]) == shown


def test_text_is_shortened_and_escaped_at_its_limit() -> None:
    assert harmless("a" * 400) == "a" * 400
    assert harmless("a" * 401) == "a" * 380 + "... (401 characters)"
    assert harmless(" ~\\\x7f\x1f") == " ~\\\\\\x7f\\x1f"


def words(labels: dict[str, object]) -> list[str]:
    lines = result_in_words("file", Result("valid", "", labels=labels)).splitlines()
    return lines[lines.index("  labels (unverified):") + 1 : -1] if labels else []


def test_labels_are_named_shortened_and_cut() -> None:
    assert words({"a": 1, "b": {"c": 2**999, "d": 2**1000}}) == [
        "    a = 1",
        f"    b.c = {2**999}",
        "    b.d = a long integer",
    ]
    assert words({"n" * 80: "x"}) == [f"    {'n' * 80} = x"]
    assert words({"n" * 81: "x"}) == [f"    {'n' * 60}... (81 characters) = x"]
    assert words({str(k): k for k in range(40)}) == [f"    {k} = {k}" for k in range(40)]
    assert words({str(k): k for k in range(42)}) == [f"    {k} = {k}" for k in range(40)] + ["    ... and 2 more"]
