"""Strategies for networks: Dense layers with exact variances, activations between them, biases where they may be."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from certify import stax
from certify.activations import Activation
from certify.programs import Layer
from certify.stax import Network
from properties.strategies.activations import GROWING, Kind, activations, polynomials
from properties.strategies.numbers import bias_variances, weight_variances


class Biases(Enum):
    """Where a network has biases.

    ANY leaves it to chance. FIRST: one in the first Dense, the others to chance. NOT_FIRST: none in the first Dense,
    the others to chance. NONE: nowhere. OUTPUT: in the last Dense and nowhere else.
    """

    ANY = "to chance"
    FIRST = "in the first Dense"
    NOT_FIRST = "not in the first Dense"
    NONE = "nowhere"
    OUTPUT = "in the last Dense only"


_MAYBE = st.one_of(st.just(Fraction(0)), bias_variances())
_NEVER = st.just(Fraction(0))
_ALWAYS = bias_variances()


def _bias(biases: Biases, position: int, last: int) -> SearchStrategy[Fraction]:
    if biases is Biases.NONE:
        return _NEVER
    if biases is Biases.OUTPUT:
        return _ALWAYS if position == last else _NEVER
    if position == 0 and biases is Biases.FIRST:
        return _ALWAYS
    if position == 0 and biases is Biases.NOT_FIRST:
        return _NEVER
    return _MAYBE


def dense(bias: SearchStrategy[Fraction] = _MAYBE) -> SearchStrategy[stax.Dense]:
    """Dense layers with small exact variances; shrinks to Dense()."""
    return st.builds(lambda w, b: stax.Dense(W_var=w, b_var=b), weight_variances(), bias)


def stack(
    hidden: Sequence[SearchStrategy[Activation]], *, biases: Biases = Biases.ANY, ends_in_dense: bool = True
) -> SearchStrategy[Network]:
    """Networks Dense, s_1, Dense, ..., s_L (, Dense) with s_l drawn from the l-th strategy."""
    last = len(hidden) if ends_in_dense else -1
    parts: list[SearchStrategy[Layer]] = []
    for position, activation in enumerate(hidden):
        parts += [dense(_bias(biases, position, last)), activation]
    if ends_in_dense:
        parts.append(dense(_bias(biases, last, last)))
    return st.tuples(*parts).map(lambda layers: stax.serial(*layers))


def networks(
    kind: Kind = Kind.ANY,
    *,
    depth: tuple[int, int] = (1, 2),
    biases: Biases = Biases.ANY,
    ends_in_dense: bool | None = True,
) -> SearchStrategy[Network]:
    """Networks whose hidden layers, `depth` of them, all belong to a class of activations.

    `ends_in_dense` None allows networks that end in an activation as well. At most one layer grows exponentially.
    Shrinks to one hidden layer: serial(Dense(), Relu(), Dense()) where the class has Relu.

    >>> networks(Kind.HOMOGENEOUS, biases=Biases.NONE)
    """
    options = []
    for hidden in range(depth[0], depth[1] + 1):
        tame = activations(kind, without=GROWING)
        # Only the first hidden layer may grow, and only where nothing after it grows again.
        layers = [activations(kind, without=() if hidden == 1 else GROWING)] + [tame] * (hidden - 1)
        for ending in (True, False) if ends_in_dense is None else (ends_in_dense,):
            options.append(stack(layers, biases=biases, ends_in_dense=ending))
    return st.one_of(options)


def strictly_positive_networks(*, biases: Biases, depth: tuple[int, int] = (1, 2)) -> SearchStrategy[Network]:
    """Networks that end in a Dense, one hidden layer continuous and no polynomial, the others not constant: the
    hypothesis of S0 on the network."""
    options = []
    for hidden in range(depth[0], depth[1] + 1):
        for position in range(hidden):
            others = [activations(Kind.ANY, without=(*GROWING, *_NO_THEOREM))] * hidden
            key = activations(Kind.CONTINUOUS, without=() if hidden == 1 else GROWING)
            options.append(stack([*others[:position], key, *others[position + 1 :]], biases=biases))
    return st.one_of(options)


_NO_THEOREM = ("Sign", "Step", "RectifiedMonomial(0)")


def polynomial_networks(
    *, depth: tuple[int, int] = (1, 2), degree: int = 3, biases: Biases = Biases.ANY
) -> SearchStrategy[Network]:
    """Networks of polynomial activations that end in a Dense, of total degree at most 9."""
    options = []
    for hidden in range(depth[0], depth[1] + 1):
        options.append(stack([polynomials(degree if hidden == 1 else min(degree, 3))] * hidden, biases=biases))
    return st.one_of(options)
