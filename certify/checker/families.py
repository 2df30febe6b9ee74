"""Degenerate rows: exact theorems that make the Gram matrix singular, decided on the raw rational rows."""

from operator import mul

from .activations import TwoSlopes, facts_of, flat, linear_odd_part, odd_about_a_constant
from .answers import Invalid
from .networks import Dense, Network
from .points import Points
from .proof_shape import Family
from .relations import Relation, follow, input_relation

_ALIGNED = (Relation.EQUAL, Relation.PARALLEL)
_OPPOSED = (Relation.OPPOSITE, Relation.ANTIPARALLEL)


def _raw_relation(points: Points, i: int, j: int) -> Relation:
    """How two rows are related as rows; zero rows only to each other."""
    return input_relation(points.inner(i, j), False)


def _check_pair(network: Network, unit: bool, points: Points, proof: Family) -> None:
    """A pair whose random functions stay related up to the output: equal, parallel and opposite rows."""
    i, j = proof.rows
    raw, start = _raw_relation(points, i, j), input_relation(points.inner(i, j), unit)
    fits = {
        "equal points": start == Relation.EQUAL,
        "parallel rows": raw in _ALIGNED,
        "opposite rows": raw in _OPPOSED,
    }[proof.name]
    if not fits:
        raise Invalid(f"rows {i} and {j} are no {proof.name}")
    if follow(network, start)[1] == Relation.GENERIC:
        raise Invalid(f"the network does not keep rows {i} and {j} related up to its output")


def _diagonal_vanishes(network: Network, ntk: bool, zero: bool) -> bool:
    """Whether the diagonal entry of a point is zero; `zero` says whether its row is.

    NNGP: the value at the point is almost surely zero.  NTK: a Dense layer adds the variance after it, and an
    activation multiplies what came before by its derivative dual.
    """
    tangent = zero
    for layer in network.layers:
        if isinstance(layer, Dense):
            zero = zero and not layer.bias
            tangent = tangent and zero
        else:
            facts = facts_of(layer)
            zero = facts.zero or (zero and facts.vanishes_at_zero)
            tangent = tangent or flat(layer)
    return tangent if ntk else zero


def _check_zero_row(network: Network, ntk: bool, unit: bool, points: Points, proof: Family) -> None:
    """A zero row with a diagonal entry of zero."""
    (i,) = proof.rows
    if unit or any(points.rows[i]):
        raise Invalid(f"row {i} is not zero, or is normalised")
    if not _diagonal_vanishes(network, ntk, True):
        raise Invalid("the kernel is not zero at a zero row")


def _check_zero_kernel(network: Network, ntk: bool) -> None:
    """A kernel that is zero at every point."""
    if not _diagonal_vanishes(network, ntk, False):
        raise Invalid("the kernel does not vanish identically")


def _check_constant(network: Network) -> None:
    """A network whose random function does not depend on its input: any two rows are dependent."""
    if follow(network, Relation.GENERIC)[1] != Relation.EQUAL:
        raise Invalid("the network is not a constant function")


def _check_two_opposite_pairs(network: Network, unit: bool, points: Points, proof: Family) -> None:
    """Pairs x, -x and y, -y where f(x) + f(-x) is the same random number for all x, so that the sums cancel.

    The layers are odd without bias up to one that adds a constant (a bias, or an activation that is odd about a
    constant), and only Dense layers come after it.
    """
    for i, j in (proof.rows[:2], proof.rows[2:]):
        if input_relation(points.inner(i, j), unit) != Relation.OPPOSITE:
            raise Invalid(f"rows {i} and {j} are no opposite rows")
    odd = True
    for layer in network.layers:
        if isinstance(layer, Dense):
            odd = odd and not layer.bias
        elif not (odd and odd_about_a_constant(layer)):
            raise Invalid("the network is not odd about a constant")
        else:
            odd = facts_of(layer).parity == -1


def _check_rays(network: Network, points: Points, proof: Family) -> None:
    """Three rows on one ray, or two on each of two: f(c x) = c^k g(x) + b with one random b.

    So functions on a ray are combinations of one g and of b, and the rows are more than these.  All activations are
    positively homogeneous, and only the last Dense layer, with nothing after it, may have a bias.
    """
    rows = proof.rows
    pairs = [rows[:2], rows[1:]] if len(rows) == 3 else [rows[:2], rows[2:]]
    for i, j in pairs:
        if _raw_relation(points, i, j) not in _ALIGNED or not any(points.rows[i]):
            raise Invalid(f"rows {i} and {j} are not positive multiples of one row")
    if any(isinstance(layer, Dense) and layer.bias for layer in network.layers[:-1]):
        raise Invalid("a layer before the last has a bias")
    if any(facts_of(activation).degree is None for activation in network.activations):
        raise Invalid("an activation is not positively homogeneous")


def _check_antipodal(network: Network, unit: bool, points: Points, proof: Family) -> None:
    """Pairs x, -c x with dependent representatives under one layer without a first bias.

    s(t) - s(-t) is linear in t, so f(x) - f(-x) is linear in x for every parameter, where an output bias cancels, and
    a dependence of the representatives is one of the differences; so is f(x) - f(-c x) / c for two slopes and no bias.
    Raw rows decide under unit normalisation too, where lengths only rescale the coefficients and opposite points are
    exact opposites.
    """
    layers = network.layers
    one_hidden = (
        len(layers) in (2, 3) and [isinstance(layer, Dense) for layer in layers] == [True, False, True][: len(layers)]
    )
    first = layers[0]
    if not one_hidden or not linear_odd_part(network.activations[0]):
        raise Invalid("antipodal pairs need one hidden layer with a linear odd part")
    assert isinstance(first, Dense)
    if first.bias:
        raise Invalid("antipodal pairs need a first layer without bias")
    pairs = list(zip(proof.rows[::2], proof.rows[1::2], strict=True))
    relations = [_raw_relation(points, i, j) for i, j in pairs]
    if not all(relation in _OPPOSED for relation in relations):
        raise Invalid("a pair of rows is not opposite")
    exact = unit or all(relation == Relation.OPPOSITE for relation in relations)
    homogeneous = isinstance(network.activations[0], TwoSlopes)
    if not exact and (not homogeneous or any(isinstance(layer, Dense) and layer.bias for layer in layers)):
        raise Invalid("scaled opposites need two slopes and a network without any bias")
    if not any(proof.coefficients):
        raise Invalid("all coefficients of the dependence are zero")
    for column in zip(*(points.rows[i] for i, _ in pairs), strict=True):
        if sum(map(mul, proof.coefficients, column)):
            raise Invalid("the stated combination of representatives is not zero")


def check_family(network: Network, ntk: bool, unit: bool, points: Points, proof: Family) -> None:
    """Raises Invalid unless the rows and the network satisfy the hypotheses of the family, exactly.

    Everything follows from identities between random functions over the same parameters, which hold for gradients as
    well: the claim is true for the NNGP and for the NTK.
    """
    if proof.name == "zero row":
        _check_zero_row(network, ntk, unit, points, proof)
    elif proof.name == "zero kernel":
        _check_zero_kernel(network, ntk)
    elif proof.name == "constant function":
        _check_constant(network)
    elif proof.name == "two opposite pairs":
        _check_two_opposite_pairs(network, unit, points, proof)
    elif proof.name in ("three parallel rows", "two parallel pairs"):
        _check_rays(network, points, proof)
    elif proof.name == "antipodal pairs":
        _check_antipodal(network, unit, points, proof)
    else:
        _check_pair(network, unit, points, proof)
