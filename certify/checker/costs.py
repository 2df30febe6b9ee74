"""How many interval operations and duals an entry of a network with positions costs, without computing it."""

from fractions import Fraction
from typing import Any

from .duals import pair_operations
from .shaped_layers import Recurrent
from .traverse import Rows, Signal, Taps, Walker


class CostWalker(Walker[int]):
    """Values are numbers of positions. `operations` are interval operations, `duals` evaluations of elementary
    functions, and `activations` the activations met, for guard bits."""

    def __init__(self) -> None:
        self.operations = 0
        self.duals = 0
        self.depth = 0
        self.activations: list[Any] = []

    def matrix(self, signal: Signal[int], weight: Fraction, bias: Fraction, taps: Taps | None) -> int:
        self.layer += 1
        before = signal.parts[0]
        if taps is not None:
            self.operations += 2 * len(taps) ** 2 * (len(taps[0]) * len(signal.parts) + 4)
            return len(taps)
        self.operations += 8 * len(signal.parts) * (before if signal.flat else before**2)
        return 1 if signal.flat else before

    def activation(self, value: int, activation: Any) -> int:
        self.activations.append(activation)
        self.depth += 1
        self.operations += value**2 * (12 + pair_operations(activation))
        self.duals += value**2
        return value

    def mixed(self, value: int, rows: Rows) -> int:
        terms = sum(map(len, rows))
        self.operations += 4 * terms * (value + len(rows))
        return len(rows)

    def attention(self, value: int, keys: int, scale: Fraction, residual: bool) -> int:
        self.depth += 1
        self.operations += 8 * value**3
        return value

    def normed(self, value: int, eps: Fraction) -> int:
        self.depth += 1
        self.operations += 3 * value**2
        return value

    def summed(self, values: list[int]) -> int:
        self.operations += 4 * len(values) * values[0] ** 2
        return values[0]

    def product(self, values: list[int]) -> int:
        self.operations += 4 * len(values) * values[0] ** 2
        return values[0]

    def recurrence(self, value: int, layer: Recurrent) -> int:
        self.layer += 2
        self.activations.append(layer.activation)
        self.depth += value
        self.operations += value**2 * (20 + pair_operations(layer.activation))
        self.duals += value**2
        return value
