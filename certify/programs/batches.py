"""Batch normalisation, which ties the points of one call together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from certify.activations import Relu
from certify.arithmetic.rationals import exact_parameter
from certify.errors import InputError
from certify.programs.layers import Dense, Identity, Parametrization


@dataclass(frozen=True, repr=False)
class BatchNorm:
    """Every coordinate minus its mean over the batch, divided by its standard deviation over the batch, without scale
    and shift. The points of one call are the batch. It stands between a Dense and a Relu; eps is 0, as in Tensor
    Programs II (Yang 2020, Appendix E.4)."""

    def __init__(self, eps: object = 0) -> None:
        if exact_parameter(eps, "eps of BatchNorm"):
            raise InputError(f"eps of BatchNorm is {eps!r}: kernels are known for eps=0 only.")

    def __repr__(self) -> str:
        return "BatchNorm()"


@dataclass(frozen=True)
class BatchChain:
    """Variances of the weights before each BatchNorm and Relu, and the last Dense."""

    weights: tuple[Fraction, ...]
    last: Dense


def has_batch_norm(layers: Sequence[object]) -> bool:
    return any(isinstance(layer, BatchNorm) for layer in layers)


def batch_chain(layers: Sequence[object]) -> BatchChain:
    """The parts of Dense, BatchNorm, Relu, ..., Dense. Raises InputError for any other order.

    Biases before a BatchNorm are taken off again by it, and have no gradient.
    """
    kept = [layer for layer in layers if not isinstance(layer, (Identity, Parametrization))]
    weights = []
    for start in range(0, len(kept) - 1, 3):
        block = kept[start : start + 3]
        if len(block) < 3 or not (
            isinstance(block[0], Dense) and isinstance(block[1], BatchNorm) and isinstance(block[2], Relu)
        ):
            raise InputError(
                "a network with BatchNorm is a chain serial(Dense(), BatchNorm(), Relu(), ..., Dense()): repeat these "
                "three layers and end with a Dense()."
            )
        weights.append(block[0].W_var)
    last = kept[-1]
    if len(kept) % 3 != 1 or not isinstance(last, Dense):
        raise InputError("a network with BatchNorm has no Dense() at its end: add one.")
    return BatchChain(tuple(weights), last)
