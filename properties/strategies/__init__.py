"""Hypothesis strategies for exact points, activations, networks, and matrices with a known spectrum.

    from hypothesis import given
    from properties.strategies import Biases, Kind, networks, non_proportional_points

    @given(networks(Kind.HOMOGENEOUS, biases=Biases.NONE), non_proportional_points(max_size=5, doubles=True))
    def test_my_kernel(net, points): ...

All values are exact, compose with `st.one_of`, `flatmap` and the like, and shrink to the smallest case that a person
would write: one hidden layer, few points, small integers. `st.from_type(Network)` works where this package is
installed.
"""

from properties.strategies.activations import FAMILIES, NUMERICAL, Kind, activations, numerical_activations, polynomials
from properties.strategies.clouds import SHAPES, TAME
from properties.strategies.floats import as_float64
from properties.strategies.matrices import (
    BallMatrix,
    cayley,
    householder,
    orthogonal_matrices,
    planted_matrices,
    rotations,
    signed_permutations,
)
from properties.strategies.networks import (
    Biases,
    dense,
    networks,
    polynomial_networks,
    stack,
    strictly_positive_networks,
)
from properties.strategies.numbers import nonzero_rationals, positive_rationals, rationals
from properties.strategies.points import distinct_points, non_proportional_points, points, tame_points
from properties.strategies.separation import Separation
from properties.strategies.shaped import Shaped, shaped_networks, shaped_rows

__all__ = [
    "FAMILIES",
    "NUMERICAL",
    "SHAPES",
    "TAME",
    "BallMatrix",
    "Biases",
    "Kind",
    "Separation",
    "Shaped",
    "activations",
    "as_float64",
    "cayley",
    "dense",
    "distinct_points",
    "householder",
    "networks",
    "non_proportional_points",
    "nonzero_rationals",
    "numerical_activations",
    "orthogonal_matrices",
    "planted_matrices",
    "points",
    "polynomial_networks",
    "polynomials",
    "positive_rationals",
    "rationals",
    "rotations",
    "shaped_networks",
    "shaped_rows",
    "signed_permutations",
    "stack",
    "strictly_positive_networks",
    "tame_points",
]
