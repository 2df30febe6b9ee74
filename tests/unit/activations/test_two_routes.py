"""Every activation by two routes: the library's enclosures, and quadrature over the plane, at random pairs."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermeval
from scipy import special

from certify import stax
from certify.activations import CATALOGUE, Pair
from certify.activations.exponential_linear import SELU_ALPHA, SELU_SCALE
from certify.arithmetic.arb_balls import ArbArithmetic

Function = Callable[[Any], Any]
BITS = 60
PAIRS = 3
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


def phi(x: Any) -> Any:
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def logistic(x: Any) -> Any:
    return special.expit(x)


def _mish_slope(x: Any) -> Any:
    t = np.tanh(np.logaddexp(0, x))
    return t + x * (1 - t * t) * logistic(x)


def _elu(scale: float, alpha: float) -> tuple[Function, Function]:
    return (
        lambda x: scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
        lambda x: scale * np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0))),
    )


def _inside(low: float, high: float) -> Function:
    return lambda x: ((x > low) & (x < high)) * 1.0


_LIKE = 1 / 2.4020563531719796
_FOURTH = [0, 0, 0, 0, 1 / np.sqrt(24)]
_THIRD = [0, 0, 0, 2 / np.sqrt(24) * 2]
ROUTES: dict[str, tuple[Any, Function, Function, tuple[float, ...]]] = {
    "ABRelu": (
        stax.ABRelu("1/2", -3),
        lambda x: np.where(x > 0, -3, 0.5) * x,
        lambda x: np.where(x > 0, -3, 0.5),
        (0,),
    ),
    "Abs": (stax.Abs(), np.abs, np.sign, (0,)),
    "Arctan": (stax.Arctan(), np.arctan, lambda x: 1 / (1 + x * x), ()),
    "Cos": (
        stax.Cos("1/2", "3/2", "1/4"),
        lambda x: np.cos(1.5 * x + 0.25) / 2,
        lambda x: -0.75 * np.sin(1.5 * x + 0.25),
        (),
    ),
    "Elu": (stax.Elu("1/3"), *_elu(1, 1 / 3), (0,)),
    "Erf": (
        stax.Erf(2, "1/2", "1/3"),
        lambda x: 2 * special.erf(x / 2) + 1 / 3,
        lambda x: 2 / np.sqrt(np.pi) * np.exp(-x * x / 4),
        (),
    ),
    "Exp": (stax.Exp(2, "-1/2"), lambda x: 2 * np.exp(-x / 2), lambda x: -np.exp(-x / 2), ()),
    "Gabor": (
        stax.Gabor(),
        lambda x: np.exp(-x * x) * np.sin(x),
        lambda x: np.exp(-x * x) * (np.cos(x) - 2 * x * np.sin(x)),
        (),
    ),
    "Gaussian": (
        stax.Gaussian(-2, "-1/2"),
        lambda x: -2 * np.exp(-x * x / 2),
        lambda x: 2 * x * np.exp(-x * x / 2),
        (),
    ),
    "GaussianMixture": (
        stax.GaussianMixture(["-1/2", 2], [-1, "-1/2"]),
        lambda x: -np.exp(-x * x) / 2 + 2 * np.exp(-x * x / 2),
        lambda x: x * np.exp(-x * x) - 2 * x * np.exp(-x * x / 2),
        (),
    ),
    "Gelu": (stax.Gelu(), lambda x: x * special.ndtr(x), lambda x: special.ndtr(x) + x * phi(x), ()),
    "HardTanh": (stax.HardTanh(), lambda x: np.clip(x, -1, 1), _inside(-1, 1), (-1, 1)),
    "Hermite": (stax.Hermite(4), lambda x: hermeval(x, _FOURTH), lambda x: hermeval(x, _THIRD), ()),
    "LeakyRelu": (
        stax.LeakyRelu("1/5"),
        lambda x: np.where(x > 0, x, x / 5),
        lambda x: np.where(x > 0, 1, 0.2),
        (0,),
    ),
    "Mish": (stax.Mish(), lambda x: x * np.tanh(np.logaddexp(0, x)), _mish_slope, ()),
    "Monomial": (stax.Monomial(3), lambda x: x**3, lambda x: 3 * x**2, ()),
    "PiecewiseLinear": (
        stax.PiecewiseLinear(["-1/2", 1], [2, "1/2", -1], "1/3"),
        lambda x: 1 / 3 + np.where(x < -0.5, 2 * x + 0.75, np.where(x < 1, x / 2, 1.5 - x)),
        lambda x: np.where(x < -0.5, 2, np.where(x < 1, 0.5, -1)),
        (-0.5, 1),
    ),
    "Polynomial": (stax.Polynomial([1, -1, "1/2"]), lambda x: 1 - x + x * x / 2, lambda x: x - 1, ()),
    "Rbf": (
        stax.Rbf("1/2"),
        lambda x: np.sqrt(2) * np.sin(x + np.pi / 4),
        lambda x: np.sqrt(2) * np.cos(x + np.pi / 4),
        (),
    ),
    "RectifiedMonomial": (
        stax.RectifiedMonomial(2),
        lambda x: np.maximum(x, 0) ** 2,
        lambda x: 2 * np.maximum(x, 0),
        (0,),
    ),
    "Relu": (stax.Relu(), lambda x: np.maximum(x, 0), lambda x: (x > 0) * 1.0, (0,)),
    "Relu6": (stax.Relu6(), lambda x: np.clip(x, 0, 6), _inside(0, 6), (0, 6)),
    "Selu": (stax.Selu(), *_elu(float(SELU_SCALE), float(SELU_ALPHA)), (0,)),
    "Sigmoid": (stax.Sigmoid(), logistic, lambda x: logistic(x) * logistic(-x), ()),
    "Sigmoid_like": (
        stax.Sigmoid_like(),
        lambda x: (special.erf(_LIKE * x) + 1) / 2,
        lambda x: _LIKE / np.sqrt(np.pi) * np.exp(-((_LIKE * x) ** 2)),
        (),
    ),
    "Sign": (stax.Sign(), np.sign, lambda x: 0 * x, (0,)),
    "Sin": (stax.Sin(2, "1/2", 1), lambda x: 2 * np.sin(x / 2 + 1), lambda x: np.cos(x / 2 + 1), ()),
    "SineMixture": (
        stax.SineMixture([1, -2], ["1/2", 2], [0, 1]),
        lambda x: np.sin(x / 2) - 2 * np.sin(2 * x + 1),
        lambda x: np.cos(x / 2) / 2 - 4 * np.cos(2 * x + 1),
        (),
    ),
    "Softplus": (stax.Softplus(), lambda x: np.logaddexp(0, x), logistic, ()),
    "Softsign": (stax.Softsign(), lambda x: x / (1 + np.abs(x)), lambda x: (1 + np.abs(x)) ** -2, (0,)),
    "Step": (stax.Step(), lambda x: np.heaviside(x, 0.5), lambda x: 0 * x, (0,)),
    "Swish": (
        stax.Swish(),
        lambda x: x * logistic(x),
        lambda x: logistic(x) + x * logistic(x) * logistic(-x),
        (),
    ),
    "Tanh": (stax.Tanh(), np.tanh, lambda x: 1 / np.cosh(x) ** 2, ()),
}


def line(knots: tuple[float, ...], middle: Any, scale: float, panels: int) -> tuple[Any, Any]:
    """Nodes and weights for the normal density around each `middle`, panels cut at the knots."""
    middle = np.atleast_1d(np.asarray(middle, dtype=float))
    edges = np.linspace(-9, 9, panels + 1) * scale + middle[:, None]
    cuts = np.clip(np.tile(np.asarray(knots, dtype=float), (len(middle), 1)), edges[:, :1], edges[:, -1:])
    edges = np.sort(np.concatenate([edges, cuts], axis=1), axis=1)
    half = np.diff(edges, axis=1)[:, :, None] / 2
    nodes = (edges[:, :-1, None] + half) + half * _NODES
    weights = half * _WEIGHTS * phi((nodes - middle[:, None, None]) / scale) / scale
    return nodes.reshape(len(middle), -1), weights.reshape(len(middle), -1)


def plane(f: Function, knots: tuple[float, ...], q1: float, q2: float, r: float, panels: int) -> float:
    """E f(u) f(v): u by its density, and v given u by its own."""
    (u,), (w,) = line(knots, 0.0, np.sqrt(q1), panels)
    v, weights = line(knots, r / q1 * u, float(np.sqrt(q2 - r * r / q1)), panels)
    return float(w * f(u) @ (weights * f(v)).sum(axis=1))


def draws(name: str) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Random variances, and covariances for correlations between -0.95 and 0.95."""
    draw = random.Random(name)
    pairs = []
    for _ in range(PAIRS):
        a, b = (Fraction(draw.randint(20, 110), 100) for _ in range(2))
        pairs.append((a * a, b * b, a * b * Fraction(draw.randint(-95, 95), 100)))
    return pairs


def enclose(activation: Any, q1: Fraction, q2: Fraction, r: Fraction) -> list[tuple[Fraction, Fraction]]:
    number = ArbArithmetic(BITS)
    with number.active():
        pair = Pair(number, number.exact(q1), number.exact(q2), number.exact(r))
        ends = [number.endpoints(value) for value in activation.duals(number)(pair)]
    return [(low * Fraction(2) ** exponent, high * Fraction(2) ** exponent) for low, high, exponent in ends]


def agree(name: str, stretch: float = 1.0) -> bool:
    """Whether both routes agree at every pair; the second is of s(stretch x)."""
    activation, value, slope, knots = ROUTES[name]
    places = tuple(knot / stretch for knot in knots)
    for q1, q2, r in draws(name):
        for f, (low, high) in zip((value, slope), enclose(activation, q1, q2, r), strict=True):
            g = (lambda x, f=f: f(stretch * x)) if stretch != 1.0 else f
            fine, coarse = (plane(g, places, float(q1), float(q2), float(r), panels) for panels in (14, 9))
            error = abs(fine - coarse) + 1e-12 * (1 + abs(fine))
            assert error < 1e-8 * (1 + abs(fine))
            if not (low <= Fraction(fine + error) and Fraction(fine - error) <= high):
                return False
    return True


def test_every_activation_has_a_second_route() -> None:
    assert ROUTES.keys() == CATALOGUE.keys()


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_two_routes_overlap_at_random_pairs_and_a_slip_in_one_is_caught(name: str) -> None:
    assert agree(name)
    # Functions of degree zero do not see a stretch.
    assert name in ("Sign", "Step") or not agree(name, 1 + 1e-5)


@pytest.mark.parametrize("name", ["Sign", "Step"])
def test_a_slip_in_a_jump_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    activation, value, slope, knots = ROUTES[name]
    monkeypatch.setitem(ROUTES, name, (activation, lambda x: value(x - 1e-3), slope, (1e-3, *knots)))
    assert not agree(name)
