"""Strategies for activations: the catalogue with random exact parameters, sorted by what the theorems ask of them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from certify import stax
from certify.activations import Activation
from properties.strategies.numbers import gentle_rationals, nonzero_rationals, rationals

LARGEST_DEGREE = 4


class Kind(Enum):
    """Classes of activations, as hypotheses of theorems.

    ANY: the catalogue, zero and constant functions left out. CONTINUOUS: continuous and no polynomial (S0).
    NON_POLYNOMIAL: these and the discontinuous ones. POLYNOMIAL: of degree 1 and more. HOMOGENEOUS: s(c x) = c^k s(x)
    for c > 0, k >= 1. EVEN, ODD: that parity, no constants. PRICE: V' = dV/dr holds, that is no jumps. BOUNDED:
    bounded and not constant.
    """

    ANY = "any"
    CONTINUOUS = "continuous and no polynomial"
    NON_POLYNOMIAL = "no polynomial"
    POLYNOMIAL = "polynomial"
    HOMOGENEOUS = "positively homogeneous"
    EVEN = "even"
    ODD = "odd"
    PRICE = "without jumps"
    BOUNDED = "bounded"


def _slopes() -> SearchStrategy[tuple[Fraction, Fraction]]:
    """Slopes (a, b) of a min(x, 0) + b max(x, 0) with a != b: a kink."""
    return st.builds(lambda b, gap: (b - gap, b), rationals(4), nonzero_rationals(4))


def _polynomials(degree: int = LARGEST_DEGREE) -> SearchStrategy[Activation]:
    """c_0 + ... + c_p x^p of degree 1 to `degree`, some coefficients zero."""
    return st.builds(
        lambda head, last: stax.Polynomial([*head, last]),
        st.lists(rationals(4), min_size=1, max_size=degree),
        nonzero_rationals(4),
    )


def _gaussians(a: Fraction, b: Fraction, gap: int) -> Activation:
    """Two terms with weights a and b."""
    return stax.GaussianMixture([a, b], [-1 - gap, -1])


def _sines(a: Fraction, b: Fraction, phase: int) -> Activation:
    """Two terms with weights a and b."""
    return stax.SineMixture([a, b], [Fraction(1, 2), 2], [phase, 0])


FAMILIES: dict[str, SearchStrategy[Activation]] = {
    "Relu": st.just(stax.Relu()),
    "Erf": st.builds(stax.Erf, gentle_rationals(), gentle_rationals(), st.sampled_from((0, 0, 1, Fraction(-1, 2)))),
    "Abs": st.just(stax.Abs()),
    "Gelu": st.just(stax.Gelu()),
    "LeakyRelu": st.sampled_from([stax.LeakyRelu(Fraction(p, q)) for p, q in ((1, 10), (1, 2), (-1, 3), (2, 1))]),
    "ABRelu": _slopes().map(lambda slopes: stax.ABRelu(*slopes)),
    "Sin": st.builds(stax.Sin, gentle_rationals(), gentle_rationals(), st.sampled_from((0, 0, 1, Fraction(-1, 2)))),
    "Cos": st.builds(stax.Cos, gentle_rationals(), gentle_rationals(), st.sampled_from((0, 0, 1, Fraction(-1, 2)))),
    "Rbf": st.builds(stax.Rbf, gentle_rationals().map(abs)),
    "Gaussian": st.builds(stax.Gaussian, gentle_rationals(), gentle_rationals().map(lambda b: -abs(b))),
    "Gabor": st.just(stax.Gabor()),
    "GaussianMixture": st.builds(_gaussians, gentle_rationals(), gentle_rationals(), st.sampled_from((1, 2))),
    "SineMixture": st.builds(_sines, gentle_rationals(), gentle_rationals(), st.sampled_from((0, 0, 1))),
    "Sigmoid_like": st.just(stax.Sigmoid_like()),
    "Exp": st.builds(stax.Exp, gentle_rationals(), st.sampled_from((Fraction(1, 2), Fraction(-1, 4), Fraction(1)))),
    "RectifiedMonomial": st.integers(1, 3).map(stax.RectifiedMonomial),
    "Sign": st.just(stax.Sign()),
    "Step": st.just(stax.Step()),
    "RectifiedMonomial(0)": st.just(stax.RectifiedMonomial(0)),
    "Monomial": st.sampled_from((2, 3, 4, 1)).map(stax.Monomial),
    "Polynomial": _polynomials(),
    "Hermite": st.sampled_from((2, 3, 4, 1)).map(stax.Hermite),
}
"""Every family of the catalogue with random exact parameters, the best known first; none draws a constant function."""


def _pieces() -> SearchStrategy[Activation]:
    """One or two kinks."""
    return st.builds(
        lambda place, gap, first, bends, offset: stax.PiecewiseLinear(
            [place, place + abs(gap)][: len(bends)],
            [sum(bends[:k], first) for k in range(len(bends) + 1)],
            offset,
        ),
        rationals(4),
        nonzero_rationals(4),
        rationals(4),
        st.lists(nonzero_rationals(4), min_size=1, max_size=2),
        rationals(4),
    )


NUMERICAL: dict[str, SearchStrategy[Activation]] = {
    **{cls.__name__: st.just(cls()) for cls in (stax.Tanh, stax.Sigmoid, stax.Softplus, stax.Swish, stax.Mish)},
    "Elu": nonzero_rationals(4).map(lambda alpha: stax.Elu(abs(alpha))),
    **{cls.__name__: st.just(cls()) for cls in (stax.Selu, stax.HardTanh, stax.Relu6, stax.Arctan, stax.Softsign)},
    "PiecewiseLinear": _pieces(),
    "Elementwise": st.sampled_from(
        ("x*tanh(x)", "sin(x)+x/3", "sqrt(1+x**2)", "1/(2+cos(x))", "softplus(2*x)-x", "x**2*exp(-x**2)")
    ).map(stax.Elementwise),
}
"""Families whose duals take a series or Owen's function: laws about single duals draw them, those about whole
matrices would take too long."""

JUMPS = ("Sign", "Step", "RectifiedMonomial(0)")
POLYNOMIALS = ("Monomial", "Polynomial", "Hermite")
GROWING = ("Exp",)
"""Families that grow exponentially: at most one of them in a network, or numbers leave every computer's range."""

_SMOOTH_PARITY: dict[Kind, list[SearchStrategy[Activation]]] = {
    Kind.EVEN: [
        FAMILIES["Abs"],
        nonzero_rationals(4).map(lambda a: stax.ABRelu(-a, a)),
        st.builds(stax.Cos, gentle_rationals(), gentle_rationals()),
        FAMILIES["Gaussian"],
        st.sampled_from((2, 4)).map(stax.Monomial),
        st.sampled_from((2, 4)).map(stax.Hermite),
    ],
    Kind.ODD: [
        st.builds(stax.Erf, gentle_rationals(), gentle_rationals()),
        st.builds(stax.Sin, gentle_rationals(), gentle_rationals()),
        FAMILIES["Gabor"],
        FAMILIES["Sign"],
        st.sampled_from((1, 3)).map(stax.Monomial),
        st.sampled_from((1, 3)).map(stax.Hermite),
    ],
}

_NAMES: dict[Kind, tuple[str, ...]] = {
    Kind.ANY: tuple(FAMILIES),
    Kind.CONTINUOUS: tuple(name for name in FAMILIES if name not in JUMPS + POLYNOMIALS),
    Kind.NON_POLYNOMIAL: tuple(name for name in FAMILIES if name not in POLYNOMIALS),
    Kind.POLYNOMIAL: POLYNOMIALS,
    Kind.HOMOGENEOUS: ("Relu", "Abs", "LeakyRelu", "ABRelu", "RectifiedMonomial", "Monomial"),
    Kind.PRICE: tuple(name for name in FAMILIES if name not in JUMPS),
    Kind.BOUNDED: (
        *("Erf", "Sin", "Cos", "Rbf", "Gaussian", "Gabor", "GaussianMixture", "SineMixture", "Sigmoid_like"),
    ),
}


def activations(kind: Kind = Kind.ANY, *, without: Iterable[str] = ()) -> SearchStrategy[Activation]:
    """Activations of a class, families named in `without` left out. Shrinks to the first family: Relu where it is one.

    >>> activations(Kind.CONTINUOUS, without=["Exp"])
    """
    if kind in _SMOOTH_PARITY:
        return st.one_of(_SMOOTH_PARITY[kind])
    excluded = frozenset(without)
    return st.one_of([FAMILIES[name] for name in _NAMES[kind] if name not in excluded])


def numerical_activations() -> SearchStrategy[Activation]:
    """Activations without a dual in elementary functions."""
    return st.one_of(list(NUMERICAL.values()))


def polynomials(largest_degree: int = LARGEST_DEGREE) -> SearchStrategy[Activation]:
    """Polynomial activations of degree 1 to `largest_degree`: monomials, Hermite polynomials, general ones."""
    # Degree 1 is the least interesting, and integers are drawn small more often than not.
    degrees = st.sampled_from([*range(2, largest_degree + 1), 1])
    return st.one_of(degrees.map(stax.Monomial), degrees.map(stax.Hermite), _polynomials(largest_degree))
