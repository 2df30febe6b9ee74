"""Exact labels of the random vectors in a network: equal labels mean equal vectors, for all parameters.

Two positions with the same patch, blank rows, repeated points: their values are equal almost surely and the angle
between them is exactly zero, which no enclosure could tell.  Labels are numbers given to descriptions of how a vector
is made; zero is the label of the vector that is exactly zero.
"""

from collections.abc import Hashable
from fractions import Fraction
from typing import Any

from .activations import facts_of
from .answers import Invalid
from .shaped_layers import Recurrent
from .traverse import Rows, Signal, Taps, Walker

Labels = tuple[int, ...]


class LabelWalker(Walker[Labels]):
    """One point on its way; `met` collects the labels at every activation, norm and attention, in order."""

    def __init__(self, numbers: dict[Hashable, int]) -> None:
        self.numbers = numbers
        self.met: list[Labels] = []
        self.steps = 0

    def _label(self, *description: Hashable) -> int:
        return self.numbers.setdefault(description, len(self.numbers) + 1)

    def _step(self) -> int:
        self.steps += 1
        return self.steps

    def matrix(self, signal: Signal[Labels], weight: Fraction, bias: Fraction, taps: Taps | None) -> Labels:
        self.layer += 1
        number = self.layer

        def applied(*below: Hashable) -> int:
            return self._label("matrix", number, *below) if bias or any(map(_not_zero, below)) else 0

        parts = signal.parts
        if taps is not None:
            return tuple(applied(*(0 if k is None else part[k] for part in parts for k in at)) for at in taps)
        if signal.flat:
            return (applied(*(label for part in parts for label in part)),)
        return tuple(applied(*column) for column in zip(*parts, strict=True))

    def activation(self, value: Labels, activation: Any) -> Labels:
        self.met.append(value)
        step, facts = self._step(), facts_of(activation)
        if facts.zero:
            return (0,) * len(value)
        return tuple(
            0 if not label and facts.vanishes_at_zero else self._label("activation", step, label) for label in value
        )

    def mixed(self, value: Labels, rows: Rows) -> Labels:
        step = self._step()
        found = []
        for row in rows:
            kept = sorted((value[k], share) for k, share in row if value[k])
            found.append(self._label("mix", step, *kept) if kept else 0)
        return tuple(found)

    def attention(self, value: Labels, keys: Labels, scale: Fraction, residual: bool) -> Labels:
        self.met.append(keys)
        step = self._step()
        if not any(value):
            return (0,) * len(value)
        others = tuple(sorted(zip(keys, value, strict=True)))
        return tuple(self._label("attend", step, k, v, others) for k, v in zip(keys, value, strict=True))

    def normed(self, value: Labels, eps: Fraction) -> Labels:
        if not eps and not all(value):
            raise Invalid("a norm without eps meets a vector that is zero")
        self.met.append(value)
        step = self._step()
        return tuple(self._label("norm", step, label) if label else 0 for label in value)

    def summed(self, values: list[Labels]) -> Labels:
        step = self._step()
        return tuple(self._label("sum", step, *column) if any(column) else 0 for column in zip(*values, strict=True))

    def product(self, values: list[Labels]) -> Labels:
        step = self._step()
        return tuple(
            self._label("product", step, *column) if all(column) else 0 for column in zip(*values, strict=True)
        )

    def recurrence(self, value: Labels, layer: Recurrent) -> Labels:
        self.layer += 2
        step, facts = self._step(), facts_of(layer.activation)
        inside: list[int] = []
        states: list[int] = []
        for label in value:
            below = (label, states[-1] if states else 0)
            inside.append(self._label("recurrent", step, *below) if layer.bias or any(below) else 0)
            dead = facts.zero or (not inside[-1] and facts.vanishes_at_zero)
            states.append(0 if dead else self._label("state", step, inside[-1]))
        self.met.append(tuple(inside))
        return tuple(states)


def _not_zero(label: Hashable) -> bool:
    return label != 0
