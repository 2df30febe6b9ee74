"""The network that a proof is about, at its start: drawn from a seed, or read from a user's weights."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from certify.empirical import Architecture, FiniteNetwork
from certify.errors import InputError
from certify.points import Points

MOST_POINTS = 20_000
MOST_PARAMETERS = 2_000_000
LARGEST = 10**300
Weights = Sequence[Any] | str | Path | None


def check_whole(value: Any, name: str, least: int) -> None:
    """Raises InputError unless the value is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise InputError(f"{name}={value!r} cannot be used: give a whole number of at least {least}.")


def check_trainable(points: Points, targets: Sequence[Fraction]) -> None:
    """Raises InputError for numbers that training in float64 cannot hold."""
    largest = max(abs(v) for row in points.rows for v in row)
    for what, value in (("a feature", Fraction(largest, points.denominator)), ("a target", max(map(abs, targets)))):
        if value > LARGEST:
            raise InputError(f"{what} of {points.name} is beyond 1e300, where float64 cannot train: scale the data.")


def start_network(architecture: Architecture, points: Points, seed: int, weights: Weights) -> FiniteNetwork:
    """The network of these weights, or of those that the seed draws. Raises InputError for weights that do not fit."""
    if points.n > MOST_POINTS:
        raise InputError(f"there are {points.n} points: at most {MOST_POINTS} are taken; use --rows to take fewer.")
    count = architecture.parameters(points.columns)
    if count > MOST_PARAMETERS:
        raise InputError(
            f"the network has {count} parameters: at most {MOST_PARAMETERS} are taken; use smaller widths."
        )
    check_whole(seed, "seed", 0)
    if weights is None:
        return FiniteNetwork.of_floats(architecture, architecture.start(points.columns, seed))
    layers = _read_weights(weights)
    fan_ins = (points.columns, *architecture.widths[:-1])
    wanted = [(n, fan_in + architecture.bias) for n, fan_in in zip(architecture.widths, fan_ins, strict=True)]
    found = [layer.shape for layer in layers]
    if found != wanted:
        have, need = (" ".join(map(str, shapes)) or "none" for shapes in (found, wanted))
        raise InputError(
            f"the weights have shapes {have} where {need} are needed: give one matrix a layer, biases in its last "
            "column."
        )
    return FiniteNetwork.of_floats(architecture, layers)


def _read_weights(weights: Sequence[Any] | str | Path) -> list[NDArray[np.float64]]:
    try:
        if isinstance(weights, (str, Path)):
            with np.load(weights, allow_pickle=False) as archive:
                return [_matrix(archive[name]) for name in archive.files]
        return [_matrix(layer) for layer in weights]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, EOFError, OverflowError, BadZipFile):
        raise InputError("the weights cannot be read: give an .npz file or one matrix of numbers a layer.") from None


def _matrix(layer: Any) -> NDArray[np.float64]:
    array = np.asarray(layer)
    if np.iscomplexobj(array):
        raise ValueError("complex weights")
    return np.atleast_2d(array.astype(np.float64))
