"""Networks that an audit of a library tries by itself: every activation, shallow and deep, with and without biases."""

from __future__ import annotations

SHALLOW, DEEP = 1, 3

_ACTIVATIONS = (
    "Relu()",
    'LeakyRelu("1/10")',
    'ABRelu(-1, "1/2")',
    "Abs()",
    "Erf()",
    "Sigmoid_like()",
    "Gelu()",
    "Sin()",
    "Cos()",
    "Rbf()",
    "Gaussian()",
    "Exp()",
    "Gabor()",
    "Sign()",
    "RectifiedMonomial(0)",
    "RectifiedMonomial(1)",
    "RectifiedMonomial(2)",
    "Monomial(3)",
    'Polynomial([1, -1, "1/2"])',
)
_GROWING = ("Exp()", "RectifiedMonomial(2)", "Monomial(3)", 'Polynomial([1, -1, "1/2"])')
"""Three layers of these reach numbers that no format holds, at points of ordinary size."""


def dense_network(activation: str, depth: int, *, weight: str = "", bias: str = "") -> str:
    """`depth` hidden layers of one activation, with the same Dense before, between and after."""
    dense = f"Dense({', '.join(part for part in (weight, bias) if part)})"
    return f"serial({dense}, {', '.join(f'{activation}, {dense}' for _ in range(depth))})"


def _networks() -> tuple[str, ...]:
    names = []
    for activation in _ACTIVATIONS:
        names.append(dense_network(activation, SHALLOW))
        if activation in _GROWING:
            names.append(dense_network(activation, SHALLOW, bias='b_var="1/4"'))
        else:
            names.append(dense_network(activation, DEEP, weight="W_var=4" if activation == "Sign()" else ""))
            names.append(dense_network(activation, DEEP, bias='b_var="1/4"'))
    return tuple(names)


CATALOGUE = _networks()
"""Canonical spellings. All variances are squares of short binary fractions, so that W_std and b_std are exact."""

RELU_NETWORKS = tuple(
    f"serial(Dense(), {', '.join('Relu(), Dense(W_var=2)' for _ in range(depth))})" for depth in (1, 2, 3)
)
"""ReLU networks that keep the variance (He initialisation)."""
