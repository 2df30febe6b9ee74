"""How many interval operations and duals an entry of a network with positions costs, without computing it."""

from fractions import Fraction
from typing import Any

from .activations import TwoSlopes
from .duals import pair_operations
from .shaped_layers import Recurrent
from .traverse import Rows, Signal, Taps, Walker


class CostWalker(Walker[int]):
    """Values are numbers of positions. `operations` are interval operations, `terms` integers added to sums, `moves`
    entries brought to one exponent and back, `duals` evaluations of elementary functions, `angles` those of rectifiers
    in integers, and `activations` the activations met, for guard bits."""

    def __init__(self) -> None:
        self.operations = self.terms = self.moves = 0
        self.duals = self.angles = 0
        self.depth = 0
        self.activations: list[Any] = []

    def matrix(self, signal: Signal[int], weight: Fraction, bias: Fraction, taps: Taps | None) -> int:
        self.layer += 1
        before = signal.parts[0]
        if taps is not None:
            self.terms += 2 * len(taps) ** 2 * len(taps[0]) * len(signal.parts)
            self.moves += 4 * len(taps) ** 2
            return len(taps)
        self.operations += 8 * len(signal.parts) * (before if signal.flat else before**2)
        return 1 if signal.flat else before

    def activation(self, value: int, activation: Any) -> int:
        self.activations.append(activation)
        self.depth += 1
        if isinstance(activation, TwoSlopes):
            self.angles += value**2
        else:
            self.operations += value**2 * (12 + pair_operations(activation))
            self.duals += value**2
        return value

    def mixed(self, value: int, rows: Rows) -> int:
        kept = sum(map(len, rows))
        if len({share for row in rows for _, share in row}) == 1:
            self.terms += 2 * kept * (value + len(rows))
            self.moves += 2 * (value**2 + len(rows) ** 2)
        else:
            self.operations += 4 * kept * (value + len(rows))
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
