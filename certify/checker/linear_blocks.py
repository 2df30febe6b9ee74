"""The Dense layers between two activations, as one affine map of both kernels.

A Dense layer maps the NNGP S to W S + b and the NTK T to W T + (W S + b).  A block of them maps
S to weight S + bias and T to weight T + inflow S + constant.  Before the first layer S is the mean product <x, y> / d
and T is zero.
"""

from typing import NamedTuple

from .interval import ONE, ZERO, Interval, add, from_fraction, multiply
from .networks import Dense, Network


class Block(NamedTuple):
    """Enclosures of the four coefficients of a block; every one of them is not negative."""

    weight: Interval
    bias: Interval
    inflow: Interval
    constant: Interval


_EMPTY = Block(ONE, ZERO, ZERO, ZERO)


def _extend(block: Block, layer: Dense, bits: int) -> Block:
    weight, bias = from_fraction(layer.weight, bits), from_fraction(layer.bias, bits)
    new_weight = multiply(weight, block.weight, bits)
    new_bias = add(multiply(weight, block.bias, bits), bias, bits)
    return Block(
        new_weight,
        new_bias,
        add(multiply(weight, block.inflow, bits), new_weight, bits),
        add(multiply(weight, block.constant, bits), new_bias, bits),
    )


def blocks_of(network: Network, bits: int) -> tuple[Block | None, ...]:
    """The block before every activation, and the one after the last; None for a block without layers."""
    blocks: list[Block | None] = []
    current: Block | None = None
    for layer in network.layers:
        if isinstance(layer, Dense):
            current = _extend(current or _EMPTY, layer, bits)
        else:
            blocks.append(current)
            current = None
    blocks.append(current)
    return tuple(blocks)


def apply_block(block: Block | None, nngp: Interval, ntk: Interval, bits: int) -> tuple[Interval, Interval]:
    """The two kernels after a block."""
    if block is None:
        return nngp, ntk
    new_nngp = add(multiply(block.weight, nngp, bits), block.bias, bits)
    inflow = add(multiply(block.inflow, nngp, bits), block.constant, bits)
    return new_nngp, add(multiply(block.weight, ntk, bits), inflow, bits)
