"""Cases in which symmetries of the network make a known vector a null vector of every Gram matrix.

A relation f(y; W) = c f(x; W) between network functions that holds for all parameters W holds for the gradients too, so
the same vector annihilates NNGP and NTK.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from certify.activations import Rectifier
from certify.points import Points
from certify.stax import Network
from properties.laws.base import Domain
from properties.laws.cases import NetworkCase, NullCase
from properties.laws.hypotheses import (
    Admits,
    biases,
    columns_within,
    has_first_bias,
    hidden,
    homogeneity,
    is_even,
    is_odd,
    relevant,
    strategy_of_networks,
)
from properties.strategies import FAMILIES, Biases, Kind, activations, networks, points, stack
from properties.strategies.activations import JUMPS
from properties.strategies.numbers import ALL_DENOMINATORS, DYADIC_DENOMINATORS
from properties.strategies.transforms import points_of_rows

Rows = list[list[Fraction]]
Plan = tuple[Rows, list[Fraction]]
"""Related rows and their null vector."""

_SHAPES = ("grid", "sphere", "clustered", "doubles")
_ODD = networks(Kind.ODD, biases=Biases.NONE, ends_in_dense=None)
_EVEN = st.one_of(
    stack([activations(Kind.EVEN)], biases=Biases.NOT_FIRST),
    stack([activations(Kind.EVEN), activations(Kind.ANY, without=["Exp"])], biases=Biases.NOT_FIRST),
)
_HOMOGENEOUS = networks(Kind.HOMOGENEOUS, biases=Biases.NONE)
_DEGREE_ZERO = stack(
    [st.one_of([FAMILIES[name] for name in JUMPS]), activations(Kind.ANY, without=["Exp"])], biases=Biases.NOT_FIRST
)


def factors(domain: Domain) -> SearchStrategy[Fraction]:
    """Positive factors other than 1 that keep doubles doubles where they must be."""
    kept = DYADIC_DENOMINATORS if domain.doubles else ALL_DENOMINATORS
    return st.sampled_from([Fraction(p, q) for p in (3, 2, 5, 1) for q in kept if p != q])


def _null_cases(
    domain: Domain,
    networks: SearchStrategy[Network],
    admits: Admits,
    plan: Callable[[DrawFn, Network, Points, str], Plan],
    *,
    bases: int = 1,
    columns: tuple[int, int] = (1, 3),
    unit: bool = False,
) -> SearchStrategy[NullCase] | None:
    """Cases of `plan`, with up to two rows of other points after the related ones."""
    chosen = strategy_of_networks(domain, networks, admits)
    kept_columns = columns_within(domain, columns)
    normalizations = [value for value in domain.normalizations if value == "none" or unit]
    if chosen is None or kept_columns is None or not normalizations:
        return None
    low, high = kept_columns
    # Multiples of doubles are doubles only where the mantissas leave room.
    shapes = _SHAPES[:-1] if domain.doubles else _SHAPES

    @st.composite
    def build(draw: DrawFn) -> NullCase:
        network = draw(chosen)
        normalize = draw(st.sampled_from(normalizations))
        d = draw(st.integers(low, high))
        most = bases + (2 if normalize == "none" else 0)
        drawn = draw(points(min_size=bases, max_size=most, columns=d, shapes=shapes, doubles=domain.doubles))
        rows, vector = plan(draw, network, drawn.take(range(bases)), normalize)
        others = [list(row) for row in drawn.as_fractions()[bases:]]
        case = NetworkCase(network, points_of_rows(rows + others), draw(st.sampled_from(domain.kernels)), normalize)
        return NullCase(case, (*vector, *[Fraction(0)] * len(others)))

    return build()


def _row(points: Points) -> list[Fraction]:
    """The first row, or the first unit vector in place of zero."""
    row = list(points.as_fractions()[0])
    return row if any(row) else [Fraction(1), *row[1:]]


def parallel_rows(domain: Domain) -> SearchStrategy[NullCase] | None:
    """x and c x, c > 0, under a positively homogeneous network without any bias: f(c x) = c^k f(x)."""

    def plan(draw: DrawFn, network: Network, base: Points, normalize: str) -> Plan:
        x, c = _row(base), draw(factors(domain))
        degree = homogeneity(network) or 1
        return [x, [c * value for value in x]], [c**degree, Fraction(-1)]

    return _null_cases(domain, _HOMOGENEOUS, lambda net: homogeneity(net) is not None, plan)


def parallel_rows_of_degree_zero(domain: Domain) -> SearchStrategy[NullCase] | None:
    """x and c x, c > 0, where the first activation is a sign or a step without a bias before it: f(c x) = f(x)."""

    def plan(draw: DrawFn, network: Network, base: Points, normalize: str) -> Plan:
        x, c = _row(base), draw(factors(domain))
        return [x, [c * value for value in x]], [Fraction(1), Fraction(-1)]

    def admits(network: Network) -> bool:
        return bool(hidden(network)) and hidden(network)[0].homogeneity == 0 and not has_first_bias(network)

    return _null_cases(domain, _DEGREE_ZERO, admits, plan)


def opposite_rows(domain: Domain) -> SearchStrategy[NullCase] | None:
    """x and -x (after normalisation): f(-x) = f(x) where the first activation is even without a bias before it, f(-x)
    = -f(x) where all activations are odd and there is no bias."""

    def plan(draw: DrawFn, network: Network, base: Points, normalize: str) -> Plan:
        x = _row(base)
        c = draw(factors(domain)) if normalize == "unit" else Fraction(1)
        return [x, [-c * value for value in x]], [Fraction(1), Fraction(-1 if is_even(network) else 1)]

    either = st.one_of(_EVEN, _ODD)
    return _null_cases(domain, either, lambda net: is_even(net) or is_odd(net), plan, unit=True)


def three_parallel_rows(domain: Domain) -> SearchStrategy[NullCase] | None:
    """c_1 x, c_2 x, c_3 x under a positively homogeneous network with a bias in its last Dense only: f(c x) = c^k g + b
    has two dimensions."""

    def degree_of(network: Network) -> int | None:
        layers = relevant(network)
        if not biases(network) or any(biases(network)[:-1]) or not hidden(network):
            return None
        degree = 1
        for activation in hidden(network):
            degree *= activation.homogeneity or 0
        return degree if degree and layers[-1] not in hidden(network) else None

    def plan(draw: DrawFn, network: Network, base: Points, normalize: str) -> Plan:
        x, degree = _row(base), degree_of(network) or 1
        c = [
            Fraction(1),
            Fraction(draw(st.sampled_from((2, 3, 5)))),
            draw(st.sampled_from((Fraction(1, 2), Fraction(4)))),
        ]
        p = [value**degree for value in c]
        return [[value * entry for entry in x] for value in c], [p[1] - p[2], p[2] - p[0], p[0] - p[1]]

    homogeneous = networks(Kind.HOMOGENEOUS, biases=Biases.OUTPUT)
    return _null_cases(domain, homogeneous, lambda net: degree_of(net) is not None, plan)


def antipodal_pairs(domain: Domain) -> SearchStrategy[NullCase] | None:
    """Pairs x_k, -c_k x_k with sum_k a_k x_k = 0 under one hidden layer of rectifiers without a first bias: s(t) -
    s(-c t)/c is linear. A bias of the output cancels where all c_k = 1."""

    def admits(network: Network) -> bool:
        activations_found = hidden(network)
        one = len(activations_found) == 1 and isinstance(activations_found[0], Rectifier)
        return one and not has_first_bias(network) and len(biases(network)) == 2

    def plan(draw: DrawFn, network: Network, base: Points, normalize: str) -> Plan:
        a, b = draw(st.sampled_from((1, 2, -1))), draw(st.sampled_from((1, 2, -1)))
        x, y = (list(row) for row in base.as_fractions())
        third = [-(a * u + b * v) for u, v in zip(x, y, strict=True)]
        stretch = Fraction(1) if any(biases(network)) else Fraction(draw(st.sampled_from((1, 2, 4))))
        rows: Rows = []
        vector: list[Fraction] = []
        for weight, row in ((a, x), (b, y), (1, third)):
            rows += [row, [-stretch * value for value in row]]
            vector += [Fraction(weight), -weight / stretch]
        return rows, vector

    kinks = st.one_of([FAMILIES[name] for name in ("Relu", "LeakyRelu", "ABRelu", "Abs")])
    one_layer = stack([kinks], biases=Biases.NOT_FIRST)
    return _null_cases(domain, one_layer, admits, plan, bases=2, columns=(2, 3))


def zero_row(domain: Domain) -> SearchStrategy[NullCase] | None:
    """The point 0 where every activation vanishes at 0 and there is no bias: f(0) = 0."""

    def admits(network: Network) -> bool:
        return not any(biases(network)) and all(activation.vanishes_at_zero for activation in hidden(network))

    def plan(draw: DrawFn, network: Network, base: Points, normalize: str) -> Plan:
        # The other row says what is small beside zero.
        return [[Fraction(0)] * base.columns, _row(base)], [Fraction(1), Fraction(0)]

    vanishing = st.one_of(
        networks(Kind.ODD, biases=Biases.NONE),
        networks(Kind.HOMOGENEOUS, biases=Biases.NONE),
        stack([FAMILIES["Gelu"]], biases=Biases.NONE),
    )
    return _null_cases(domain, vanishing, admits, plan)


FAMILY_CASES = (
    parallel_rows,
    parallel_rows_of_degree_zero,
    opposite_rows,
    three_parallel_rows,
    antipodal_pairs,
    zero_row,
)
