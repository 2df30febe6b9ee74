"""How a network with positions is walked; what happens on the way is left to three walkers.

The layers are resolved into few primitives (matrices, fixed mixing of positions, attention, norms, sums, products), the
same for exact labels, for costs and for the kernels of a pair of points.  A signal is what flows between layers:
values of the walker's own kind, side by side as channels, over a grid of positions, perhaps flattened.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Any, Generic, TypeVar

from . import limits
from .activations import Activation
from .answers import Invalid, Unsupported
from .networks import Dense
from .shaped_layers import (
    Attending,
    Blocks,
    Branches,
    Convolution,
    Flattening,
    Fork,
    GlobalPooling,
    Join,
    Norming,
    Pooling,
    Recurrent,
    Size,
)

Value = TypeVar("Value")
Taps = tuple[tuple[int | None, ...], ...]
Rows = tuple[tuple[tuple[int, Fraction], ...], ...]


@dataclass(frozen=True)
class Signal(Generic[Value]):
    """Values side by side, each over all positions of the grid."""

    parts: tuple[Value, ...]
    grid: tuple[int, ...]
    flat: bool = False

    @property
    def positions(self) -> int:
        return prod(self.grid)


def axis_places(size: int, window: int, stride: int, padding: str) -> list[list[int | None]]:
    """For every output place of an axis the input places under the taps, None for zeros beyond the edge.

    Without padding a window that does not fit has no place.  Otherwise there are ceil(size / stride) places, and what
    hangs over the edges is split evenly, the larger half at the end; a circular axis wraps around.
    """
    if padding == "VALID":
        return [[place * stride + t for t in range(window)] for place in range((size - window) // stride + 1)]
    count = (size + stride - 1) // stride
    ahead = max((count - 1) * stride + window - size, 0) // 2
    found: list[list[int | None]] = []
    for place in range(count):
        inside = [place * stride + t - ahead for t in range(window)]
        if padding == "CIRCULAR":
            found.append([k % size for k in inside])
        else:
            found.append([k if 0 <= k < size else None for k in inside])
    return found


def grid_places(grid: tuple[int, ...], window: Size, strides: Size, padding: str) -> tuple[Size, Taps]:
    """The grid after a window, and under each of its positions the positions of the taps, row by row."""
    if len(grid) != 2:
        raise Invalid("a convolution or a pool needs points of height, width and channels")
    down = axis_places(grid[0], window[0], strides[0], padding)
    across = axis_places(grid[1], window[1], strides[1], padding)
    if not down or not across:
        raise Invalid("a window is larger than the image")
    taps = tuple(
        tuple(None if y is None or x is None else y * grid[1] + x for y in vertical for x in horizontal)
        for vertical in down
        for horizontal in across
    )
    if len(taps) > limits.MAX_POSITIONS or len(taps) * len(taps[0]) > limits.MAX_TAPS:
        raise Unsupported("a convolution or a pool has more positions than this engine handles")
    return (len(down), len(across)), taps


class Walker(ABC, Generic[Value]):
    """The primitives.  `layer` numbers matrices in the order in which they are met; the same in every walker."""

    layer = 0

    @abstractmethod
    def matrix(self, signal: Signal[Value], weight: Fraction, bias: Fraction, taps: Taps | None) -> Value:
        """Fresh weights on all parts; with taps a convolution; all positions at once where the signal is flat."""

    @abstractmethod
    def activation(self, value: Value, activation: Any) -> Value: ...

    @abstractmethod
    def mixed(self, value: Value, rows: Rows) -> Value:
        """Fixed linear combinations of positions."""

    @abstractmethod
    def attention(self, value: Value, keys: Value, scale: Fraction, residual: bool) -> Value:
        """softmax(scale keys . keys) value, plus value itself where `residual`."""

    @abstractmethod
    def normed(self, value: Value, eps: Fraction) -> Value: ...

    @abstractmethod
    def summed(self, values: list[Value]) -> Value: ...

    @abstractmethod
    def product(self, values: list[Value]) -> Value: ...

    @abstractmethod
    def recurrence(self, value: Value, layer: Recurrent) -> Value:
        """The states of a recurrent network at all times."""

    def walk(self, layers: tuple[Any, ...], start: Signal[Value]) -> Value:
        """The value at the output, which has one position and one part."""
        signals = self._through(layers, [start])
        if len(signals) != 1:
            raise Invalid("the network ends in several branches")
        (signal,) = signals
        if len(signal.parts) > 1 or signal.positions > 1:
            raise Invalid("the network ends with several positions or parts: a Dense layer has to join them")
        return signal.parts[0]

    def _through(self, layers: tuple[Any, ...], signals: list[Signal[Value]]) -> list[Signal[Value]]:
        for layer in layers:
            if isinstance(layer, Branches):
                if len(layer.branches) != len(signals):
                    raise Invalid("parallel has another number of branches than what comes in")
                ends = [self._through(b, [s]) for b, s in zip(layer.branches, signals, strict=True)]
                if any(len(end) != 1 for end in ends):
                    raise Invalid("a branch ends in several branches")
                signals = [end[0] for end in ends]
            elif isinstance(layer, Join):
                signals = [self._joined(layer, signals)]
            elif len(signals) != 1:
                raise Invalid("a layer comes after branches that are not joined")
            elif isinstance(layer, Fork):
                signals = signals * layer.count
            else:
                signals = [self._single(layer, signals[0])]
        return signals

    def _joined(self, layer: Join, signals: list[Signal[Value]]) -> Signal[Value]:
        first = signals[0]
        if len(signals) < 2 or any((s.grid, s.flat) != (first.grid, first.flat) for s in signals):
            raise Invalid("branches that are joined must be several, of one shape")
        if layer.kind == "channels":
            return replace(first, parts=tuple(part for signal in signals for part in signal.parts))
        if any(len(signal.parts) > 1 for signal in signals) or first.flat:
            raise Unsupported("this engine joins no branches that end in FanInConcat or Flatten")
        values = [signal.parts[0] for signal in signals]
        return replace(first, parts=(self.summed(values) if layer.kind == "sum" else self.product(values),))

    def _one(self, signal: Signal[Value]) -> Value:
        if len(signal.parts) > 1 or signal.flat:
            raise Unsupported("this engine knows no norm and no attention after FanInConcat or Flatten")
        return signal.parts[0]

    def _single(self, layer: Any, signal: Signal[Value]) -> Signal[Value]:
        if isinstance(layer, Activation):
            return replace(signal, parts=tuple(self.activation(part, layer) for part in signal.parts))
        match layer:
            case Dense(weight, bias):
                grid = () if signal.flat else signal.grid
                return Signal((self.matrix(signal, weight, bias, None),), grid)
            case Convolution(window, strides, padding, weight, bias):
                if signal.flat:
                    raise Invalid("a convolution after Flatten")
                image, taps = grid_places(signal.grid, window, strides, padding)
                return Signal((self.matrix(signal, weight, bias, taps),), image)
            case Pooling(mean, window, strides, padding):
                image, taps = grid_places(signal.grid, window, strides, padding)
                share = Fraction(1, len(taps[0])) if mean else Fraction(1)
                rows = tuple(tuple((k, share) for k in at if k is not None) for at in taps)
                if signal.flat:
                    raise Invalid("a pool after Flatten")
                return Signal(tuple(self.mixed(part, rows) for part in signal.parts), image)
            case GlobalPooling(mean):
                return self._pooled(signal, mean)
            case Flattening():
                return replace(signal, flat=bool(signal.grid))
            case Norming(eps):
                return replace(signal, parts=(self.normed(self._one(signal), eps),))
            case Attending(scale, value, out, bias):
                self._one(signal)
                if not signal.grid:
                    raise Invalid("attention needs points with positions")
                keys = signal.parts[0]
                heads = self.attention(self.matrix(signal, value, Fraction(0), None), keys, scale, False)
                return replace(signal, parts=(self.matrix(replace(signal, parts=(heads,)), out, bias, None),))
            case Recurrent():
                return self._recurrent(layer, signal)
            case Blocks():
                return self._blocks(layer, signal)
        raise Unsupported(f"this engine does not know {type(layer).__name__}")

    def _pooled(self, signal: Signal[Value], mean: bool) -> Signal[Value]:
        if signal.flat or not signal.grid:
            raise Invalid("a global pool needs points with positions")
        share = Fraction(1, signal.positions) if mean else Fraction(1)
        rows = (tuple((k, share) for k in range(signal.positions)),)
        return Signal(tuple(self.mixed(part, rows) for part in signal.parts), ())

    def _recurrent(self, layer: Recurrent, signal: Signal[Value]) -> Signal[Value]:
        if self.layer or len(signal.grid) != 1:
            raise Invalid("RNN is a whole network, on sequences")
        states = self.recurrence(self._one(signal), layer)
        length = signal.positions
        average = tuple((t, Fraction(1, length)) for t in range(length))
        read = self.mixed(states, (average if layer.readout == "average" else ((length - 1, Fraction(1)),),))
        return Signal((self.matrix(Signal((read,), ()), layer.leaving, Fraction(0), None),), ())

    def _blocks(self, layer: Blocks, signal: Signal[Value]) -> Signal[Value]:
        if self.layer or len(signal.grid) != 1:
            raise Invalid("Transformer is a whole network, on sequences")
        zero = Fraction(0)
        for _ in range(layer.depth):
            keys = self.matrix(signal, layer.keys, zero, None)
            z = self.normed(self.attention(keys, keys, Fraction(1), True), zero)
            g = self.matrix(replace(signal, parts=(z,)), layer.inner, zero, None)
            s = self.activation(g, layer.activation)
            h = self.matrix(replace(signal, parts=(s,)), layer.inner, zero, None)
            signal = replace(signal, parts=(self.normed(self.summed([h, z]), zero),))
        return Signal((self.matrix(self._pooled(signal, True), layer.leaving, zero, None),), ())
