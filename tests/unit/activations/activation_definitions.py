"""Every activation as a plain function with its derivative, written from its name, not from the library's formulas."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
from hypothesis import strategies as st
from mpmath import mp, mpf

from certify import stax

Function = Callable[[Any], Any]


def real(value: Fraction) -> Any:
    return mpf(value.numerator) / value.denominator


def phi(x: Any) -> Any:
    return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mp.pi)


def definition(activation: Any) -> tuple[Function, Function]:
    """(s, s') at the current precision of mpmath; s' is the classical derivative away from kinks and jumps."""
    match activation:
        case stax.Relu():
            return piecewise(mpf(0), mpf(1))
        case stax.Abs():
            return piecewise(mpf(-1), mpf(1))
        case stax.LeakyRelu(alpha=alpha):
            return piecewise(real(alpha), mpf(1))
        case stax.ABRelu(a=a, b=b):
            return piecewise(real(a), real(b))
        case stax.Sign():
            return mpmath.sign, lambda x: mpf(0)
        case stax.Step():
            return lambda x: (mpmath.sign(x) + 1) / 2, lambda x: mpf(0)
        case stax.RectifiedMonomial(degree=k):
            return (
                lambda x: x**k if x >= 0 else mpf(0),
                lambda x: k * x ** (k - 1) if x >= 0 and k else mpf(0),
            )
        case stax.Monomial(degree=k):
            return polynomial([mpf(0)] * k + [mpf(1)])
        case stax.Polynomial(coef=coef):
            return polynomial([real(c) for c in coef])
        case stax.Hermite(degree=k):
            return hermite(k), (lambda x: mpmath.sqrt(k) * hermite(k - 1)(x)) if k else (lambda x: mpf(0))
        case stax.Cos(a=a, b=b, c=c):
            a, b, c = map(real, (a, b, c))
            return lambda x: a * mpmath.cos(b * x + c), lambda x: -a * b * mpmath.sin(b * x + c)
        case stax.Sin(a=a, b=b, c=c):
            a, b, c = map(real, (a, b, c))
            return lambda x: a * mpmath.sin(b * x + c), lambda x: a * b * mpmath.cos(b * x + c)
        case stax.Rbf(gamma=gamma):
            rate, amplitude, shift = mpmath.sqrt(2 * real(gamma)), mpmath.sqrt(2), mp.pi / 4
            return (
                lambda x: amplitude * mpmath.sin(rate * x + shift),
                lambda x: amplitude * rate * mpmath.cos(rate * x + shift),
            )
        case stax.Erf(a=a, b=b, c=c):
            return error_function(real(a), real(b), real(c))
        case stax.Sigmoid_like():
            return error_function(mpf(1) / 2, 1 / mpf("2.4020563531719796"), mpf(1) / 2)
        case stax.Gelu():
            return lambda x: x * mpmath.ncdf(x), lambda x: mpmath.ncdf(x) + x * phi(x)
        case stax.Exp(a=a, b=b):
            a, b = real(a), real(b)
            return lambda x: a * mpmath.exp(b * x), lambda x: a * b * mpmath.exp(b * x)
        case stax.Gaussian(a=a, b=b):
            a, b = real(a), real(b)
            return lambda x: a * mpmath.exp(b * x * x), lambda x: 2 * a * b * x * mpmath.exp(b * x * x)
        case stax.GaussianMixture(a=weights, b=rates):
            pairs = [(real(a), real(b)) for a, b in zip(weights, rates, strict=True)]
            return (
                lambda x: mpmath.fsum(a * mpmath.exp(b * x * x) for a, b in pairs),
                lambda x: mpmath.fsum(2 * a * b * x * mpmath.exp(b * x * x) for a, b in pairs),
            )
        case stax.SineMixture(a=weights, b=rates, c=phases):
            triples = [tuple(map(real, term)) for term in zip(weights, rates, phases, strict=True)]
            return (
                lambda x: mpmath.fsum(a * mpmath.sin(b * x + c) for a, b, c in triples),
                lambda x: mpmath.fsum(a * b * mpmath.cos(b * x + c) for a, b, c in triples),
            )
        case stax.Gabor():
            return (
                lambda x: mpmath.exp(-x * x) * mpmath.sin(x),
                lambda x: mpmath.exp(-x * x) * (mpmath.cos(x) - 2 * x * mpmath.sin(x)),
            )
        case stax.Tanh():
            return mpmath.tanh, lambda x: mpmath.sech(x) ** 2
        case stax.Sigmoid():
            return logistic, lambda x: logistic(x) * logistic(-x)
        case stax.Softplus():
            return lambda x: mpmath.log1p(mpmath.exp(x)), logistic
        case stax.Swish():
            return lambda x: x * logistic(x), lambda x: logistic(x) * (1 + x * logistic(-x))
        case stax.Mish():
            return mish, lambda x: mpmath.diff(mish, x)
        case stax.Softsign():
            return lambda x: x / (1 + abs(x)), lambda x: (1 + abs(x)) ** -2
        case stax.Arctan():
            return mpmath.atan, lambda x: 1 / (1 + x * x)
    raise AssertionError(f"no definition of {activation!r}")


def logistic(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def mish(x: Any) -> Any:
    return x * mpmath.tanh(mpmath.log1p(mpmath.exp(x)))


def piecewise(left: Any, right: Any) -> tuple[Function, Function]:
    return lambda x: (left if x < 0 else right) * x, lambda x: left if x < 0 else right


def polynomial(c: list[Any]) -> tuple[Function, Function]:
    slopes = [k * value for k, value in enumerate(c)][1:]
    return lambda x: horner(c, x), lambda x: horner(slopes, x)


def horner(c: list[Any], x: Any) -> Any:
    total = mpf(0)
    for value in c[::-1]:
        total = total * x + value
    return total


def hermite(k: int) -> Function:
    """He_k / sqrt(k!) by the three-term recurrence."""

    def value(x: Any) -> Any:
        previous, current = mpf(0), mpf(1)
        for j in range(k):
            previous, current = current, (x * current - mpmath.sqrt(j) * previous) / mpmath.sqrt(j + 1)
        return current

    return value


def error_function(a: Any, b: Any, c: Any) -> tuple[Function, Function]:
    scale = 2 * a * b / mpmath.sqrt(mp.pi)
    return lambda x: a * mpmath.erf(b * x) + c, lambda x: scale * mpmath.exp(-b * b * x * x)


def fractions(low: int, high: int) -> st.SearchStrategy[Fraction]:
    return st.builds(Fraction, st.integers(8 * low, 8 * high), st.sampled_from([1, 3, 5, 8])).filter(
        lambda value: low <= value <= high
    )


small = fractions(-2, 2)
angular = st.one_of(
    st.sampled_from([stax.Relu(), stax.Abs(), stax.Sign(), stax.Step(), stax.LeakyRelu(0), stax.ABRelu(0, 0)]),
    st.builds(stax.LeakyRelu, small),
    st.builds(stax.ABRelu, small, small),
    st.builds(stax.RectifiedMonomial, st.integers(0, 7)),
)
polynomials = st.one_of(
    st.builds(stax.Monomial, st.integers(0, 6)),
    st.builds(stax.Hermite, st.integers(0, 8)),
    st.builds(stax.Polynomial, st.lists(small, max_size=6)),
)
smooth = st.one_of(
    st.sampled_from([stax.Gelu(), stax.Gabor(), stax.Sigmoid_like()]),
    st.builds(stax.Erf, small, small, small),
    st.builds(stax.Sin, small, small, small),
    st.builds(stax.Cos, small, small, small),
    st.builds(stax.Rbf, fractions(0, 2)),
    st.builds(stax.Gaussian, small, fractions(-2, 0)),
    st.builds(stax.Exp, small, fractions(-1, 1)),
)
activations = st.one_of(angular, polynomials, smooth)

SPECIMENS: list[Any] = [
    *(stax.Relu(), stax.Abs(), stax.Sign(), stax.Step(), stax.LeakyRelu("1/5"), stax.ABRelu("1/2", -3)),
    *(stax.ABRelu(2, 2), stax.ABRelu(-2, 2), stax.ABRelu(0, 0), *map(stax.RectifiedMonomial, range(6))),
    *(stax.Erf(), stax.Erf(2, "1/2", "1/3"), stax.Erf(-1, 1, 0), stax.Erf(0, 1, 2), stax.Erf(1, 0, 0)),
    *(stax.Sigmoid_like(), stax.Gelu(), stax.Sin(), stax.Sin(2, "1/2", 1), stax.Sin(c=-1), stax.Sin(0), stax.Sin(b=0)),
    *(stax.Cos(), stax.Cos("1/2", "3/2", "1/4"), stax.Cos(b=0, c=1), stax.Rbf(), stax.Rbf("1/2"), stax.Rbf(0)),
    *(stax.Gaussian(), stax.Gaussian(-2, "-1/2"), stax.Gaussian(b=0), stax.Exp(), stax.Exp(2, "-1/2"), stax.Exp(b=0)),
    *(
        stax.GaussianMixture([1, -1], [-2, -1]),
        stax.GaussianMixture(["1/2"], [0]),
        stax.GaussianMixture([1, 2], [-1, 0]),
    ),
    *(stax.SineMixture([1, "-1/2"], ["1/2", 2]), stax.SineMixture([1, 2], [1, 2], [1, "1/3"])),
    *(stax.SineMixture([1, 1], [1, 2], [1, -1]), stax.SineMixture([3], [1], ["1/4"])),
    *(stax.Gabor(), *map(stax.Monomial, range(5)), *map(stax.Hermite, range(5))),
    *(stax.Polynomial([]), stax.Polynomial([3]), stax.Polynomial([0, 1, 0, 2]), stax.Polynomial([1, -1, "1/2"])),
]
"""One or more of each family of the catalogue, with the parameters at which its symmetries change."""
