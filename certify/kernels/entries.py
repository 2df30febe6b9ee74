"""Entries of NNGP and NTK matrices, each enclosed to a stated width.

An entry is evaluated with a few guard bits; where its enclosure is wider than asked (points one ulp apart, deep
contracting networks), it alone is evaluated again with more. Since exact relations are carried apart, the loss of
digits near correlation +-1 is a factor, not a square root at every layer, and more bits always help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from certify.arithmetic.protocol import Arithmetic
from certify.errors import InputError
from certify.kernels.climbing import climb
from certify.kernels.enclosure import MAX_EXPONENT
from certify.kernels.inputs import InputProducts
from certify.kernels.recursion import Recursion, Trace
from certify.programs import Layer

GUARD_BITS = 24
ESCALATIONS = 7
TOO_LARGE = (
    "an entry of the kernel cannot be enclosed, since an intermediate value is too large: scale the points or the "
    "variances of the network down."
)


class EntryEvaluator:
    """Entries over given inner products, radius at most 2**-bits sqrt(K_ii K_jj) wherever that can be reached.

    The numbers returned belong to `arithmetic(working bits)`; every one of them is a true enclosure whatever its width.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        inputs: InputProducts,
        kernels: Sequence[str],
        bits: int,
        arithmetic: Callable[[int], Arithmetic],
    ) -> None:
        self.layers, self.inputs, self.bits, self.make = tuple(layers), inputs, bits, arithmetic
        self.selection = tuple({"nngp": 0, "ntk": 1}[kernel] for kernel in kernels)
        guard = GUARD_BITS + 2 * len(self.layers)
        self.levels: list[_Level] = []
        self.guards = [guard] + [guard + (bits + 64 + 4 * len(self.layers)) * 2**k // 2 for k in range(ESCALATIONS)]

    def level(self, k: int) -> _Level:
        while len(self.levels) <= k:
            number = self.make(self.bits + self.guards[len(self.levels)])
            self.levels.append(_Level(Recursion(self.layers, self.inputs, number), self.inputs))
        return self.levels[k]

    def diagonal(self, norms: Sequence[int]) -> list[tuple[Any, ...]]:
        """The diagonal entries, one of each kernel, of points of the given norms (times the common denominator).

        Each is fit to be a yardstick: exactly zero, or positive with a radius of at most a sixteenth of it, wherever
        that can be reached. Raises InputError beyond 2**(2**20) and below 2**-(2**20), where integers and decimals of
        such a size would fill the memory.
        """
        base = self.level(0)
        sixteenth, within = base.number.exact(Fraction(1, 16)), base.number.is_within

        def narrow(entry: tuple[Any, ...]) -> bool:
            return all(within(value, value * sixteenth) for value in entry)

        with base.number.active():
            result = [self._climb(partial(_Level.diagonal, norm=norm), narrow) for norm in norms]
        for i, entry in enumerate(result):
            for value in entry:
                _, high, exponent = base.number.endpoints(value)
                size = exponent + high.bit_length()
                if high and abs(size) > MAX_EXPONENT:
                    found = f"above 2**{MAX_EXPONENT}" if size > 0 else f"below 2**-{MAX_EXPONENT}"
                    raise InputError(
                        f"the kernel at point {i} is {found}: scale the points or the variances of the network."
                    )
        return result

    def rows(self) -> Iterator[list[tuple[Any, ...]]]:
        """Row after row, each entry a tuple over the kernels: full rows, or the lower triangle (j <= i) of a
        symmetric matrix."""
        base = self.level(0)
        number = base.number
        with number.active():
            scale = number.exact(1) / (1 << self.bits)
            left = [[number.sqrt(value) * scale for value in entry] for entry in self.diagonal(self.inputs.norms1)]
            right = [[number.sqrt(value) for value in entry] for entry in self.diagonal(self.inputs.norms2)]
        for i in range(len(self.inputs.norms1)):
            with number.active():
                columns = range(i + 1 if self.inputs.symmetric else len(self.inputs.norms2))
                row = [self._entry(base, i, j, left[i], right[j]) for j in columns]
            yield row

    def entry(self, i: int, j: int) -> tuple[Any, ...]:
        """One entry of each kernel, of the same widths as those of `rows`."""
        base = self.level(0)
        number = base.number
        with number.active():
            scale = number.exact(1) / (1 << self.bits)
            left, right = (
                [number.sqrt(value) for value in self.diagonal([norm])[0]]
                for norm in (self.inputs.norms1[i], self.inputs.norms2[j])
            )
            return self._entry(base, i, j, [value * scale for value in left], right)

    def _entry(self, base: _Level, i: int, j: int, left: Sequence[Any], right: Sequence[Any]) -> tuple[Any, ...]:
        within = base.number.is_within

        def narrow(entry: tuple[Any, ...]) -> bool:
            return all(within(value, a * b) for value, a, b in zip(entry, left, right, strict=True))

        if len(self.selection) == 1:
            # Nearly every entry of nearly every matrix ends here.
            try:
                value = base.entry(i, j)[self.selection[0]]
                if within(value, left[0] * right[0]):
                    return (value,)
            except ArithmeticError:
                pass
        return self._climb(lambda level: level.entry(i, j), narrow)

    def _climb(
        self, evaluate: Callable[[_Level], tuple[Any, Any]], narrow: Callable[[tuple[Any, ...]], bool]
    ) -> tuple[Any, ...]:
        """The first narrow enclosure as precision grows, or the last finite one; the base level's number is active."""
        return climb(map(self.level, range(len(self.guards))), evaluate, narrow, self.selection, TOO_LARGE)


class _Level:
    """The recursion at one working precision with what it needs of every point."""

    def __init__(self, recursion: Recursion, inputs: InputProducts) -> None:
        self.recursion, self.inputs, self.number = recursion, inputs, recursion.number
        self.traces: dict[int, Trace] = {}
        self.inverse_norms: dict[int, Any] = {}

    def trace(self, norm: int) -> Trace:
        key = 1 if self.inputs.normalised else norm
        if key not in self.traces:
            self.traces[key] = self.recursion.trace(norm)
        return self.traces[key]

    def diagonal(self, norm: int) -> tuple[Any, Any]:
        trace = self.trace(norm)
        return trace.nngp, trace.ntk

    def inverse_norm(self, norm: int) -> Any:
        if norm not in self.inverse_norms:
            self.inverse_norms[norm] = 1 / self.number.sqrt(self.number.exact(norm))
        return self.inverse_norms[norm]

    def entry(self, i: int, j: int) -> tuple[Any, Any]:
        a, b = self.inputs.norms1[i], self.inputs.norms2[j]
        if self.inputs.symmetric and i == j:
            return self.diagonal(a)
        x = self.trace(a)
        inverse = (self.inverse_norm(a), self.inverse_norm(b)) if self.inputs.normalised else None
        return self.recursion.entry(i, j, x, self.trace(b), inverse)
