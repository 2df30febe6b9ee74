"""What Hypothesis learns at its start-up, through its entry point: `st.from_type(Network)` and its like work.

Nothing heavy is imported before a type is resolved, since every user of Hypothesis in the same environment pays for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Register strategies for `Points`, `Network`, `Dense` and `Activation`."""
    # Not above: Hypothesis calls this while it is being imported, and whoever imports this module first starts that.
    from hypothesis import strategies as st

    from certify.activations import Activation
    from certify.points import Points
    from certify.programs import Dense
    from certify.stax import Network

    st.register_type_strategy(Points, _points)
    st.register_type_strategy(Network, _networks)
    st.register_type_strategy(Dense, _dense)
    st.register_type_strategy(Activation, _activations)


def _points(_: type) -> SearchStrategy[Any]:
    from properties.strategies.points import points

    return points()


def _networks(_: type) -> SearchStrategy[Any]:
    from properties.strategies.networks import networks

    return networks(ends_in_dense=None)


def _dense(_: type) -> SearchStrategy[Any]:
    from properties.strategies.networks import dense

    return dense()


def _activations(_: type) -> SearchStrategy[Any]:
    from properties.strategies.activations import activations

    return activations()
