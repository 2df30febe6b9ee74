"""Networks as programs: every layer as the instructions that it stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from certify.activations import Activation
from certify.errors import InputError
from certify.programs import writing
from certify.programs.batches import BatchNorm
from certify.programs.branches import FanInConcat, FanInProd, FanInSum, FanOut, Parallel
from certify.programs.grids import pool_rows, windows
from certify.programs.images import (
    AvgPool,
    Conv,
    Flatten,
    GlobalAvgPool,
    GlobalSelfAttention,
    GlobalSumPool,
    LayerNorm,
    SumPool,
)
from certify.programs.language import Input, MatMul, Matrix, Program
from certify.programs.layers import Dense, Identity, Parametrization
from certify.programs.sequences import RNN, Transformer
from certify.programs.writing import Vector

Grid = tuple[int, ...]


@dataclass(frozen=True)
class Signal:
    """What flows between layers: equally wide parts side by side, over a grid of positions, perhaps flattened.

    Nonlinearities act on the parts before these are joined, which is the same.
    """

    parts: tuple[Vector, ...]
    grid: Grid
    flat: bool = False

    @property
    def vector(self) -> Vector:
        joined = self.parts[0] if len(self.parts) == 1 else writing.concat(self.parts)
        return writing.flatten(joined) if self.flat else joined

    @property
    def positions(self) -> int:
        return 1 if self.flat else math.prod(self.grid)

    def after(self, vector: Vector, grid: Grid | None = None) -> Signal:
        """A new vector in place of this one."""
        return Signal((vector,), (() if self.flat else self.grid) if grid is None else grid)


def program_of(layers: Sequence[object], grid: Grid, parametrization: str) -> Program:
    """The program of a network on points with these positions: () for plain vectors, (T,) or (H, W).

    Raises InputError where the layers do not fit each other or the points.
    """
    writer = _Writer()
    outcome = writer.through(layers, [Signal((writing.vector_input(math.prod(grid)),), grid)])
    if len(outcome) > 1:
        raise InputError(f"the network ends with {len(outcome)} branches: join them with FanInSum() or the like.")
    (end,) = outcome
    if end.positions > 1 or end.flat or len(end.parts) > 1:
        left = "several parts" if end.positions == 1 else f"{end.positions} positions"
        raise InputError(f"the network leaves {left}: end it with GlobalAvgPool() or Flatten(), then Dense().")
    whole = [layer for layer in layers if isinstance(layer, (RNN, Transformer))]
    if whole and sum(not isinstance(layer, (Identity, Parametrization)) for layer in layers) > 1:
        raise InputError(f"{whole[0]} is a whole network, readout included: use it alone.")
    return writing.program(end.vector, parametrization)


def _is_data(vector: Vector) -> bool:
    """Whether no matrix lies between the data and this vector, whose width is then that of the data."""
    while not isinstance(vector.instruction, MatMul):
        if isinstance(vector.instruction, Input):
            return True
        if not vector.reads:
            return False
        vector = vector.reads[0]
    return False


class _Writer:
    """Layers turned into vectors, with names for their weights in order."""

    def __init__(self) -> None:
        self.layers = 0

    def through(self, layers: Sequence[object], signals: list[Signal]) -> list[Signal]:
        for layer in layers:
            signals = self._layer(layer, signals)
        return signals

    def _layer(self, layer: object, signals: list[Signal]) -> list[Signal]:
        if isinstance(layer, Parallel):
            if len(layer.branches) != len(signals):
                raise InputError(
                    f"parallel has {len(layer.branches)} branches and gets {len(signals)} inputs: put "
                    f"FanOut({len(layer.branches)}) before it."
                )
            results = [self.through(branch, [signal]) for branch, signal in zip(layer.branches, signals, strict=True)]
            if any(len(result) > 1 for result in results):
                raise InputError("a branch of parallel ends in several branches: join them inside it.")
            return [result[0] for result in results]
        if isinstance(layer, (FanInSum, FanInProd, FanInConcat)):
            return [self._join(layer, signals)]
        if len(signals) > 1:
            raise InputError(f"{layer} gets {len(signals)} inputs: join the branches with FanInSum() before it.")
        if isinstance(layer, FanOut):
            return signals * layer.num
        return [self._single(layer, signals[0])]

    def _join(self, layer: object, signals: list[Signal]) -> Signal:
        if len(signals) < 2:
            raise InputError(f"{layer} has nothing to join: put FanOut(2) and parallel(...) before it.")
        if len({(signal.grid, signal.flat) for signal in signals}) > 1:
            raise InputError(f"{layer} joins branches of different shapes: bring them to one shape first.")
        if any(_is_data(part) for signal in signals for part in signal.parts):
            raise InputError(f"{layer} joins the data themselves with wide vectors: put a Dense() on that branch.")
        if isinstance(layer, FanInConcat):
            return replace(signals[0], parts=tuple(part for signal in signals for part in signal.parts))
        if any(signal.flat or len(signal.parts) > 1 for signal in signals):
            raise InputError(f"{layer} joins branches that end in Flatten or FanInConcat: end each with a Dense().")
        vectors = [signal.vector for signal in signals]
        if isinstance(layer, FanInProd):
            return signals[0].after(writing.multiply(*vectors))
        return signals[0].after(writing.combine(*((1, vector) for vector in vectors)))

    def _matrix(self, letter: str, variance: Fraction) -> Matrix:
        return Matrix(f"{letter}{self.layers}", variance)

    def _biased(self, vector: Vector, variance: Fraction) -> Vector:
        return vector + writing.noise(f"b{self.layers}", variance) if variance else vector

    def _single(self, layer: object, signal: Signal) -> Signal:
        self.layers += 1
        match layer:
            case Identity() | Parametrization():
                return signal
            case BatchNorm():
                raise InputError(
                    "BatchNorm ties the points of a batch together and is no program of one point: its kernel is that "
                    "of a chain Dense(), BatchNorm(), Relu(), ..., Dense(), by net.kernel."
                )
            case Activation():
                return replace(signal, parts=tuple(writing.apply(layer, part) for part in signal.parts))
            case Dense(W_var=weight, b_var=bias):
                vector = writing.matmul(self._matrix("W", weight), signal.vector)
                return signal.after(self._biased(vector, bias))
            case Conv(filter_shape=window, strides=strides, padding=padding, W_var=weight, b_var=bias):
                grid, taps = windows(self._image(layer, signal), window, strides, padding, layer)
                vector = writing.matmul(self._matrix("W", weight), signal.vector, taps)
                return signal.after(self._biased(vector, bias), grid)
            case AvgPool() | SumPool():
                grid, taps = windows(
                    self._image(layer, signal), layer.window_shape, layer.strides, layer.padding, layer
                )
                rows = pool_rows(taps, layer.averages)
                return Signal(tuple(writing.mix(rows, part) for part in signal.parts), grid)
            case GlobalAvgPool() | GlobalSumPool():
                return self._pooled(layer, signal)
            case Flatten():
                return signal if not signal.grid else replace(signal, flat=True)
            case LayerNorm(eps=eps):
                if signal.flat or len(signal.parts) > 1:
                    raise InputError("LayerNorm follows Flatten or FanInConcat: put a Dense() between the two.")
                return signal.after(writing.normalise(signal.vector, eps))
            case GlobalSelfAttention():
                return self._attention(layer, signal)
            case RNN():
                return self._recurrent(layer, signal)
            case Transformer():
                return self._transformer(layer, signal)
        raise InputError(f"{layer!r} is no layer that a network can hold.")

    def _image(self, layer: object, signal: Signal) -> tuple[int, int]:
        if signal.flat or len(signal.grid) != 2:
            raise InputError(f"{layer} needs an image: put it before pools and Flatten, with points of shape HxWxC.")
        return signal.grid[0], signal.grid[1]

    def _sequence(self, name: str, signal: Signal) -> int:
        if self.layers != 1 or signal.flat or len(signal.grid) != 1:
            raise InputError(f"{name} is a whole network on sequences: use it alone, with points of shape TxC.")
        return signal.grid[0]

    def _pooled(self, layer: object, signal: Signal) -> Signal:
        if signal.flat or not signal.grid:
            raise InputError(f"{layer} finds no positions to pool: give the points a shape, or leave it out.")
        count = signal.positions
        weight = Fraction(1, count) if isinstance(layer, GlobalAvgPool) else Fraction(1)
        rows = (tuple((p, weight) for p in range(count)),)
        return Signal(tuple(writing.mix(rows, part) for part in signal.parts), ())

    def _attention(self, layer: GlobalSelfAttention, signal: Signal) -> Signal:
        if len(signal.parts) > 1:
            raise InputError("GlobalSelfAttention follows FanInConcat: put a Dense() between the two.")
        if signal.flat or not signal.grid:
            raise InputError("GlobalSelfAttention finds no positions: give the points a shape such as 8x8.")
        values = writing.matmul(self._matrix("V", layer.value_var), signal.vector)
        heads = writing.attend(values, signal.vector, layer.scale)
        return signal.after(self._biased(writing.matmul(self._matrix("O", layer.out_var), heads), layer.b_var))

    def _recurrent(self, layer: RNN, signal: Signal) -> Signal:
        """Every step a vector of its own; U and W are used at each of them."""
        length = self._sequence("RNN", signal)
        U, W, v = Matrix("U", layer.U_var), Matrix("W", layer.W_var), Matrix("v", layer.v_var)
        bias = writing.noise("b", layer.b_var)
        states: list[Vector] = []
        for t in range(length):
            h = writing.matmul(U, writing.pick(t, signal.vector))
            if layer.b_var:
                h = h + bias
            if states:
                h = h + writing.matmul(W, states[-1])
            states.append(writing.apply(layer.activation, h))
        share = Fraction(1, length)
        read = writing.combine(*((share, s) for s in states)) if layer.readout == "average" else states[-1]
        return signal.after(writing.matmul(v, read), ())

    def _transformer(self, layer: Transformer, signal: Signal) -> Signal:
        length = self._sequence("Transformer", signal)
        x = signal.vector
        for block in range(1, layer.depth + 1):
            k = writing.matmul(Matrix(f"U{block}", layer.U_var), x)
            z = writing.normalise(writing.attend(k, k) + k)
            g = writing.matmul(Matrix(f"W{block},1", layer.W_var), z)
            h = writing.matmul(Matrix(f"W{block},2", layer.W_var), writing.apply(layer.activation, g))
            x = writing.normalise(h + z)
        mean = writing.mix((tuple((p, Fraction(1, length)) for p in range(length)),), x)
        return signal.after(writing.matmul(Matrix("v", layer.v_var), mean), ())
