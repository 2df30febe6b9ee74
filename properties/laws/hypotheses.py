"""Hypotheses of the laws as predicates on networks, for kernels of one fixed network, and cases that meet them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from certify.activations import Activation, Parity
from certify.programs import Dense
from certify.stax import Network
from properties.laws.base import Domain
from properties.laws.cases import NetworkCase
from properties.strategies import SHAPES, TAME, Separation, points

Admits = Callable[[Network], bool]

_VANISHING = ("Sin", "Cos", "Rbf", "Exp")
"""Families with exp(-q) or exp(q) in the dual: at extreme points their entries need millions of binary places."""


def relevant(network: Network) -> list[Dense | Activation]:
    """The layers without Identity."""
    return [layer for layer in network.layers if isinstance(layer, (Dense, Activation))]


def hidden(network: Network) -> list[Activation]:
    return [layer for layer in network.layers if isinstance(layer, Activation)]


def biases(network: Network) -> list[bool]:
    """Whether each Dense has a bias."""
    return [bool(layer.b_var) for layer in network.layers if isinstance(layer, Dense)]


def ends_in_dense(network: Network) -> bool:
    return isinstance(relevant(network)[-1], Dense)


def has_first_bias(network: Network) -> bool:
    """Whether the preactivations of the first hidden layer contain a bias."""
    for layer in relevant(network):
        if isinstance(layer, Activation):
            return False
        if layer.b_var:
            return True
    return False


def homogeneity(network: Network) -> int | None:
    """k with f(c x) = c^k f(x) for c > 0, where symmetries show it: no bias, homogeneous activations of degree >= 1."""
    degree = 1
    if any(biases(network)):
        return None
    for activation in hidden(network):
        if not activation.homogeneity:
            return None
        degree *= activation.homogeneity
    return degree


def is_odd(network: Network) -> bool:
    return not any(biases(network)) and all(activation.parity is Parity.ODD for activation in hidden(network))


def is_even(network: Network) -> bool:
    """Whether f(-x) = f(x) because the first activation is even and no bias comes before it."""
    activations = hidden(network)
    return bool(activations) and activations[0].parity is Parity.EVEN and not has_first_bias(network)


def anything(network: Network) -> bool:
    return True


def strategy_of_networks(
    domain: Domain, networks: SearchStrategy[Network], admits: Admits
) -> SearchStrategy[Network] | None:
    """The networks that a law may be asked about in a domain; None where the fixed network breaks a hypothesis."""
    if domain.network is None:
        return networks
    return st.just(domain.network) if admits(domain.network) else None


def shapes_for(network: Network) -> Sequence[str]:
    """Shapes of point sets at which the network's entries stay within reach of exact rationals."""
    return TAME if any(type(layer).__name__ in _VANISHING for layer in network.layers) else tuple(SHAPES)


def columns_within(domain: Domain, wanted: tuple[int, int] | None) -> tuple[int, int] | None:
    """The numbers of columns that a law wants, as far as the domain has them; a domain with more columns throughout
    gives its own. None where it has too few."""
    if wanted is None:
        return domain.columns
    low = max(wanted[0], domain.columns[0])
    high = max(low, min(wanted[1], domain.columns[1]))
    return (low, high) if high <= domain.columns[1] else None


def gram_cases(
    domain: Domain,
    networks: SearchStrategy[Network],
    admits: Admits = anything,
    *,
    separation: Separation = Separation.DISTINCT,
    min_size: int = 1,
    max_size: int | None = None,
    columns: tuple[int, int] | None = None,
    shapes: Sequence[str] | None = None,
    normalizations: Sequence[str] = ("none", "unit"),
    kernels: Sequence[str] = ("ntk", "nngp"),
) -> SearchStrategy[NetworkCase] | None:
    """Gram matrices of such networks on points so separated (after normalisation, where the case is normalised)."""
    chosen = strategy_of_networks(domain, networks, admits)
    kept_kernels = [kernel for kernel in kernels if kernel in domain.kernels]
    kept_normalizations = [value for value in normalizations if value in domain.normalizations]
    kept_columns = columns_within(domain, columns)
    if chosen is None or kept_columns is None or not kept_kernels or not kept_normalizations:
        return None
    options: dict[str, Any] = {
        "max_size": min(max_size or domain.max_points, max(domain.max_points, min_size)),
        "columns": kept_columns,
        "doubles": domain.doubles,
    }
    # Lists are drawn short more often than not, and a single point says little: a larger least size evens that out.
    least_sizes = st.sampled_from([n for n in (min_size, min_size + 1, min_size + 2) if n <= options["max_size"]])

    @st.composite
    def build(draw: DrawFn) -> NetworkCase:
        network = draw(chosen)
        normalize = draw(st.sampled_from(kept_normalizations))
        wanted = separation.normalised if normalize == "unit" else separation
        least = draw(least_sizes)
        found = draw(points(**options, min_size=least, separation=wanted, shapes=tuple(shapes or shapes_for(network))))
        return NetworkCase(network, found, draw(st.sampled_from(kept_kernels)), normalize)

    return build()
