"""Gram entries against an independent evaluation at 300 digits, close to and at every degenerate case."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import gcd
from typing import Any

import mpmath
import pytest
from checker_certificates import ERF, Rows, enclosed

from certify.checker.budget import Budget
from certify.checker.entries import Level
from certify.checker.exact_gram import ExactGram
from certify.checker.interval import Interval, TooWide
from certify.checker.networks import read_network
from certify.checker.points import Points
from certify.checker.relations import Inner, Relation, input_relation


@pytest.fixture(autouse=True)
def _many_digits() -> Iterator[None]:
    with mpmath.workdps(300):
        yield


def ends(x: Interval) -> tuple[Fraction, Fraction]:
    return x[0] * Fraction(2) ** x[2], x[1] * Fraction(2) ** x[2]


Dual = Callable[[Any, Any, Any], tuple[Any, Any]]


def _rectifier(a: int, b: int) -> Dual:
    """a min(x, 0) + b max(x, 0), by the arccosine kernels of degree 0 and 1 in rho."""

    def dual(p: Any, q: Any, r: Any) -> tuple[Any, Any]:
        size = mpmath.sqrt(p * q)
        rho = max(-1, min(1, r / size)) if size else mpmath.mpf(0)
        theta = mpmath.acos(rho)
        same = size * (mpmath.sqrt(1 - rho**2) + rho * (mpmath.pi - theta)) / (2 * mpmath.pi)
        cross = size * (mpmath.sqrt(1 - rho**2) - rho * theta) / (2 * mpmath.pi)
        slope = (a * a + b * b) * (mpmath.pi - theta) / (2 * mpmath.pi) + 2 * a * b * theta / (2 * mpmath.pi)
        return (a * a + b * b) * same - 2 * a * b * cross, slope

    return dual


def _erf(p: Any, q: Any, r: Any) -> tuple[Any, Any]:
    product = (1 + 2 * p) * (1 + 2 * q)
    return 2 / mpmath.pi * mpmath.asin(2 * r / mpmath.sqrt(product)), 4 / mpmath.pi / mpmath.sqrt(product - 4 * r * r)


def _sine(p: Any, q: Any, r: Any) -> tuple[Any, Any]:
    # exp(-1e300) takes mpmath seconds and is nothing beside the slack of the comparison.
    near, far = (mpmath.exp(x) if x > -(10**6) else mpmath.mpf(0) for x in (r - (p + q) / 2, -r - (p + q) / 2))
    return (near - far) / 2, (near + far) / 2


def _sign(p: Any, q: Any, r: Any) -> tuple[Any, Any]:
    if not p * q:
        return mpmath.mpf(0), mpmath.mpf(0)
    return 2 / mpmath.pi * mpmath.asin(max(-1, min(1, r / mpmath.sqrt(p * q)))), mpmath.mpf(0)


def _square(p: Any, q: Any, r: Any) -> tuple[Any, Any]:
    return p * q + 2 * r * r, 4 * r


def _gaussian(p: Any, q: Any, r: Any) -> tuple[Any, Any]:
    determinant = (1 + 2 * p) * (1 + 2 * q) - 4 * r * r
    return determinant ** mpmath.mpf(-0.5), 4 * r * determinant ** mpmath.mpf(-1.5)


DUALS: dict[str, Dual] = {
    "Relu()": _rectifier(0, 1),
    "Abs()": _rectifier(-1, 1),
    "LeakyRelu(-3)": _rectifier(-3, 1),
    "Erf()": _erf,
    "Sin()": _sine,
    "Sign()": _sign,
    "Monomial(2)": _square,
    "Gaussian()": _gaussian,
}


def reference(
    layers: list[tuple[Fraction, Fraction] | str], x: list[Fraction], y: list[Fraction], unit: bool, ntk: bool
) -> Any:
    """The recursion of the kernels in floating point with very many digits."""

    def number(value: Fraction) -> Any:
        return mpmath.mpf(value.numerator) / value.denominator

    moments = [number(sum(a * b for a, b in zip(*pair, strict=True))) for pair in ((x, x), (y, y), (x, y))]
    if unit:
        moments = [mpmath.mpf(1), mpmath.mpf(1), moments[2] / mpmath.sqrt(moments[0] * moments[1])]
    nngp = [value / len(x) for value in moments]
    tangent = mpmath.mpf(0)
    for layer in layers:
        if isinstance(layer, str):
            dual = DUALS[layer]
            p, q, r = nngp
            value, slope = dual(p, q, r)
            nngp, tangent = [dual(p, p, p)[0], dual(q, q, q)[0], value], tangent * slope
        else:
            weight, bias = map(number, layer)
            nngp = [weight * value + bias for value in nngp]
            tangent = weight * tangent + nngp[2]
    return tangent if ntk else nngp[2]


def text_of(layers: list[tuple[Fraction, Fraction] | str]) -> str:
    def number(value: Fraction) -> str:
        return str(value) if value.denominator == 1 else f'"{value}"'

    pieces: list[str] = []
    for layer in layers:
        if isinstance(layer, str):
            pieces.append(layer)
        else:
            values = [("W_var", layer[0], 1), ("b_var", layer[1], 0)]
            pieces.append("Dense(" + ", ".join(f"{k}={number(v)}" for k, v, d in values if v != d) + ")")
    return "serial(" + ", ".join(pieces) + ")"


ULP = 2**52
BIG = 10**150
PLAIN: Rows = [[3, 1], [-2, 5], [6, 2], [-3, -1], [-9, -3], [0, 0], [3, 1], [1, -3]]
CLOSE: Rows = [[ULP, ULP], [ULP + 1, ULP], [-ULP, -ULP - 1], [ULP, -ULP]]
HUGE: Rows = [[BIG, 2 * BIG], [3 * BIG, BIG], [2 * BIG, 4 * BIG], [-BIG, -2 * BIG]]
MIXED: Rows = [[10**150, 0], [1, 1], [0, 10**75]]
CASES: list[tuple[Rows, int, bool]] = [
    (PLAIN, 1, False),
    ([row for row in PLAIN if any(row)], 7, True),
    (CLOSE, ULP, False),
    (CLOSE, 1, True),
    (HUGE, 1, False),
    (HUGE, 1, True),
    (HUGE, BIG * BIG, False),
    (MIXED, 10**75, False),
]
B0, B1 = (Fraction(1), Fraction(0)), (Fraction(3, 2), Fraction(1, 10))


@pytest.mark.parametrize("activation", list(DUALS))
@pytest.mark.parametrize(
    ("rows", "denominator", "unit"),
    CASES,
    ids=["plain", "plain-unit", "ulp", "ulp-unit", "huge", "huge-unit", "tiny", "mixed"],
)
def test_entries_contain_the_reference_and_are_narrow(
    activation: str, rows: Rows, denominator: int, unit: bool
) -> None:
    bits = 60
    # Squares of norms of 1e150 cancel down to one: 600 digits, and some to spare.
    mpmath.mp.dps = 700 if max(map(max, rows)) > 10**100 else 300
    points = [[Fraction(value, denominator) for value in row] for row in rows]
    for layers in (
        [B0, activation, B0],
        [B1, activation, B1],
        [B0, activation, B0, activation],
        [B0, B1, activation, B0, B1],
        [B1, activation, B1, B1],
    ):
        for ntk in (True, False):
            gram = enclosed(text_of(layers), rows, unit, "ntk" if ntk else "nngp", bits, denominator)
            largest = [abs(reference(layers, x, x, unit, ntk)) for x in points]
            for i in range(len(rows)):
                for j in range(i + 1):
                    low, high = ends(gram.diagonal[i] if i == j else gram.entry(i, j))
                    value = reference(layers, points[i], points[j], unit, ntk)
                    scale = mpmath.sqrt(largest[i] * largest[j])
                    # The reference itself is off by its arccosine near 1, half of its digits at every layer.
                    slack = scale * mpmath.mpf(10) ** -60
                    first, last = (mpmath.mpf(end.numerator) / end.denominator for end in (low, high))
                    assert first - slack <= value <= last + slack, (layers, i, j)
                    assert last - first <= scale * mpmath.ldexp(1, 1 - bits), (layers, i, j)


def test_one_point_alone() -> None:
    gram = enclosed(ERF, [[3, 4]], True, "ntk", 80)
    low, high = ends(gram.diagonal[0])
    bias = Fraction(1, 100)
    value = reference(
        [(Fraction(2), bias), "Erf()", (Fraction(2), bias)],
        [Fraction(3), Fraction(4)],
        [Fraction(3), Fraction(4)],
        True,
        True,
    )
    assert mpmath.mpf(low.numerator) / low.denominator <= value <= mpmath.mpf(high.numerator) / high.denominator
    assert len(list(gram.matrix().rows)) == 1


def test_related_points_have_exactly_proportional_entries() -> None:
    gram = enclosed("serial(Dense(), Relu(), Dense(), Relu(), Dense())", [[3, 4], [6, 8]], False, "ntk", 100)
    one, two, pair = gram.diagonal[0], gram.diagonal[1], gram.entry(1, 0)
    for left, right in ((ends(one), ends(pair)), (ends(pair), ends(two))):
        assert 2 * left[0] <= right[1]
        assert right[0] <= 2 * left[1]


def test_zero_rows_have_exactly_zero_entries_where_the_network_vanishes() -> None:
    for activation in (
        "Relu()",
        "Erf()",
        "Sin()",
        "Sign()",
        "Gelu()",
        "Gabor()",
        "Monomial(3)",
        "RectifiedMonomial(2)",
    ):
        gram = enclosed(f"serial(Dense(), {activation}, Dense())", [[1, 2], [0, 0]], False, "ntk", 60)
        assert gram.diagonal[1][:2] == (0, 0)
        assert gram.entry(1, 0)[:2] == (0, 0)
    gram = enclosed("serial(Dense(), Step(), Dense())", [[1, 2], [0, 0], [0, 0]], False, "ntk", 60)
    assert ends(gram.entry(1, 0))[0] <= Fraction(1, 4) <= ends(gram.entry(1, 0))[1]
    assert ends(gram.diagonal[1])[0] <= Fraction(1, 4) <= ends(gram.diagonal[1])[1]
    assert ends(gram.entry(2, 1))[0] <= Fraction(1, 4) <= ends(gram.entry(2, 1))[1]


def test_an_ntk_that_ends_in_a_sign_is_zero() -> None:
    gram = enclosed("serial(Dense(), Sign())", [[1, 2], [2, 1]], False, "ntk", 60)
    assert [row.highs for row in gram.matrix().rows] == [[0], [0, 0]]


@pytest.mark.parametrize("activation", ["Relu()", "Abs()", "LeakyRelu(-3)", "Sign()", "Monomial(3)", "Erf()", "Cos()"])
def test_exactly_related_points_need_no_second_precision(activation: str) -> None:
    rows = [[3, 1], [9, 3], [-3, -1], [-9, -3], [3, 1]]
    for unit in (False, True):
        text = f"serial(Dense(), {activation}, Dense(), {activation}, Dense(), {activation}, Dense())"
        gram = enclosed(text, rows, unit, "ntk", 60)
        assert all(gram.entry(i, j) for i in range(5) for j in range(i))
        assert len(gram.levels) == 1


def test_what_cannot_be_enclosed_lies_within_cauchys_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object) -> Interval:
        raise TooWide("nothing is known")

    for scale in (1, 3, 5, 7, 100, 1000):
        gram = enclosed("serial(Dense(), Relu(), Dense())", [[scale, 1], [1, 3]], False, "ntk", 60)
        monkeypatch.setattr(Level, "entry", nothing)
        low, high = ends(gram.entry(1, 0))
        monkeypatch.undo()
        product = ends(gram.diagonal[0])[1] * ends(gram.diagonal[1])[1]
        assert low == -high
        assert product <= high**2 <= 16 * product
        truth = ends(gram.entry(1, 0))
        assert low <= truth[0] <= truth[1] <= high


def test_entries_wider_than_cauchys_bound_are_cut_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    gram = enclosed("serial(Dense(), Relu(), Dense())", [[3, 1], [1, 3]], False, "ntk", 60)
    monkeypatch.setattr(Level, "entry", lambda *_: (0, 1, 10**6))
    assert ends(gram.entry(1, 0))[1] <= 4 * ends(gram.diagonal[0])[1]


def test_stubborn_entries_climb_in_precision() -> None:
    """Two rectifier layers lose half the digits of nearly parallel points; more guard bits bring them back."""
    rows = [[2**200, 1], [2**200, 2]]
    gram = enclosed("serial(Dense(), Relu(), Dense(), Relu(), Dense())", rows, True, "ntk", 64)
    low, high = ends(gram.entry(1, 0))
    assert len(gram.levels) > 1
    assert (high - low) < low / 2**63


POLYNOMIALS = [
    "serial(Dense(), Monomial(2), Dense())",
    'serial(Dense(W_var="2/3", b_var="1/5"), Polynomial([1, "-1/2", 0, "1/4"]), Dense(W_var=3, b_var=1))',
    "serial(Dense(b_var=1), Hermite(4), Dense(), Monomial(3))",
    'serial(Dense(), Dense(b_var=2), ABRelu("3/2", "3/2"), Dense(), Hermite(3), Dense(b_var=1))',
    "serial(Dense(b_var=2))",
    "serial(Dense(), Monomial(0), Dense(b_var=1))",
]


@pytest.mark.parametrize("text", POLYNOMIALS)
@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
def test_rational_entries_lie_in_their_enclosures_after_one_common_scale(text: str, kernel: str) -> None:
    rows, denominator = [[3, -1, 2], [1, 1, 0], [0, 5, -7]], 6
    points = Points(tuple(map(tuple, rows)), denominator, 3, "")
    gram = enclosed(text, rows, False, kernel, 90, denominator)
    exact = ExactGram(read_network(text), kernel == "ntk", points, None, Budget(None))
    modulus = 10**9 + 7
    modular = ExactGram(read_network(text), kernel == "ntk", points, modulus, Budget(None))
    entries = {(i, j): exact.entry(i, j) for i in range(3) for j in range(i + 1)}
    scales = []
    for (i, j), value in entries.items():
        assert modular.entry(i, j) % modulus == value % modulus
        low, high = ends(gram.diagonal[i] if i == j else gram.entry(i, j))
        assert (low <= 0 <= high) if not value else low * value > 0
        if value:
            scales.append(sorted((low / value, high / value)))
    assert max(low for low, _ in scales) <= min(high for _, high in scales)
    assert gcd(*entries.values()) >= 1


def test_relations_of_inputs_are_exact() -> None:
    def relation(x: list[int], y: list[int], unit: bool) -> Relation:
        a, b, c = (sum(p * q for p, q in zip(*pair, strict=True)) for pair in ((x, x), (y, y), (x, y)))
        return input_relation(Inner(a, b, c), unit)

    big = 10**300
    assert relation([big, 1], [big, 1], False) == Relation.EQUAL
    assert relation([big, 1], [big, 2], False) == Relation.GENERIC
    assert relation([big, 1], [2 * big, 2], False) == Relation.PARALLEL
    assert relation([big, 1], [2 * big, 2], True) == Relation.EQUAL
    assert relation([big, 1], [-big, -1], False) == Relation.OPPOSITE
    assert relation([big, 1], [-2 * big, -2], False) == Relation.ANTIPARALLEL
    assert relation([big, 1], [-2 * big, -2], True) == Relation.OPPOSITE
    assert relation([0, 0], [0, 0], False) == Relation.EQUAL
    assert relation([0, 0], [0, 1], False) == Relation.GENERIC
