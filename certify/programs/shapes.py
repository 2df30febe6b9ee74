"""How the points of a data set are laid out for a network: which positions it sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certify.activations import Activation
from certify.errors import InputError
from certify.points import Points
from certify.programs.batches import BatchNorm
from certify.programs.branches import Parallel
from certify.programs.images import AvgPool, Conv, Flatten, GlobalAvgPool, GlobalSelfAttention, GlobalSumPool, SumPool
from certify.programs.layers import Dense, Identity, Parametrization
from certify.programs.networks import Grid
from certify.programs.sequences import RNN, Transformer

IMAGE = (Conv, AvgPool, SumPool)
SEQUENCE = (RNN, Transformer)
ANYWHERE = (GlobalSelfAttention, GlobalAvgPool, GlobalSumPool, Flatten)


def all_layers(layers: Sequence[object]) -> Iterator[object]:
    """Every layer, those of branches included."""
    for layer in layers:
        if isinstance(layer, Parallel):
            for branch in layer.branches:
                yield from all_layers(branch)
        else:
            yield layer


def is_plain(layers: Sequence[object]) -> bool:
    """Whether the network is a chain of Dense layers and activations, which the recursion for such networks takes."""
    return all(isinstance(layer, (Dense, Identity, Activation)) for layer in layers)


def require_chain(layers: Sequence[object]) -> None:
    """Raises InputError unless the network is a chain of Dense layers and activations, usually parametrised."""
    for layer in layers:
        if not isinstance(layer, (Dense, Identity, Activation)):
            raise InputError(
                f"{layer} is beyond this computation: it takes chains of Dense layers and activations, in the usual "
                "parametrization."
            )


def parametrization_of(layers: Sequence[object]) -> str:
    """What a network is parametrised by, "ntk" or "s4", as stated or usual."""
    stated = [layer.name for layer in layers if isinstance(layer, Parametrization)]
    return stated[0] if stated else default_parametrization(layers)


def default_parametrization(layers: Sequence[object]) -> str:
    """What a network is parametrised by unless it says so: the networks of Tensor Programs II are as there."""
    return "s4" if any(isinstance(layer, (*SEQUENCE, BatchNorm)) for layer in all_layers(layers)) else "ntk"


def grid_of(layers: Sequence[object], points: Points) -> Grid:
    """The positions of a point as the network reads it: () for a plain vector, (T,) or (H, W).

    Points of rank 3 or 4 and a stated shape decide; else a shape that the data set declares. Raises InputError where
    the network needs positions and the points have none that fit.
    """
    found = list(all_layers(layers))
    image = next((layer for layer in found if isinstance(layer, IMAGE)), None)
    sequence = next((layer for layer in found if isinstance(layer, SEQUENCE)), None)
    anywhere = next((layer for layer in found if isinstance(layer, ANYWHERE)), None)
    asking = image or sequence or anywhere
    if asking is None:
        return ()
    ranks = (3,) if image else (2,) if sequence else (2, 3)
    wanted = {(3,): "HxWxC such as 8x8x1", (2,): "TxC such as 8x8", (2, 3): "TxC such as 8x8"}[ranks]
    if points.shape is not None:
        if len(points.shape) not in ranks:
            spelled = "x".join(map(str, points.shape))
            raise InputError(f"{asking} needs points of shape {wanted}, and {points.name} has {spelled}: use --shape.")
        return points.shape[:-1]
    for rank in ranks:
        for shape in points.declared_shapes:
            if len(shape) == rank:
                return shape[:-1]
    if isinstance(asking, Flatten):
        return ()
    raise InputError(f"{asking} needs points with positions, and {points.name} has plain rows: give --shape {wanted}.")
