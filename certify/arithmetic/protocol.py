"""What a number system must offer so that a dual function is written once and evaluated in any of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any, Protocol, Self


class Number(Protocol):
    """An enclosure of one real number with the ring operations; every operation encloses the exact result."""

    def __add__(self, other: Self | int, /) -> Self: ...
    def __radd__(self, other: int, /) -> Self: ...
    def __sub__(self, other: Self | int, /) -> Self: ...
    def __rsub__(self, other: int, /) -> Self: ...
    def __mul__(self, other: Self | int, /) -> Self: ...
    def __rmul__(self, other: int, /) -> Self: ...
    def __truediv__(self, other: Self | int, /) -> Self: ...
    def __rtruediv__(self, other: int, /) -> Self: ...
    def __neg__(self) -> Self: ...


class Arithmetic(Protocol):
    """A rigorous number system at a fixed working precision.

    Claim: each function returns an enclosure of the exact value for every real number in its argument.
    Functions raise ArithmeticError instead of returning an unbounded answer.
    """

    bits: int
    pi: Any

    def active(self) -> AbstractContextManager[None]:
        """Context in which numbers of this system may be combined; restores any global precision afterwards."""

    def exact(self, value: Fraction | int) -> Any:
        """An enclosure of a rational number, a point where it is representable."""

    def sqrt(self, x: Any) -> Any:
        """Square root of a quantity known to be >= 0: the part of the enclosure below zero is cut off first."""

    def exp(self, x: Any) -> Any:
        """Exponential."""

    def log(self, x: Any) -> Any:
        """Natural logarithm of a positive number."""

    def cos(self, x: Any) -> Any:
        """Cosine."""

    def atan(self, x: Any) -> Any:
        """Arc tangent, in (-pi/2, pi/2)."""

    def at(self, bits: int) -> Arithmetic:
        """The same number system at another precision."""

    def rounded(self, x: Any) -> Any:
        """An enclosure of x at this precision, for a number of a higher one."""

    def up_to(self, bound: Any) -> Any:
        """An enclosure of every number of magnitude at most `bound` >= 0 (of all its values the largest)."""

    def polynomial(self, coefficients: Sequence[Any]) -> Callable[[Any], Any]:
        """The map x -> sum_k coefficients[k] x^k."""

    def linear_map(self, rows: Sequence[Sequence[Any]]) -> Callable[[Sequence[Any]], list[Any]]:
        """The map from a vector to the products of the rows with it."""

    def correlations(self, first: Sequence[Any], second: Sequence[Any], start: int, count: int) -> list[Any]:
        """sum_a first[a] second[a - d] for d = start..start + count - 1; what is outside of a sequence counts as 0."""

    def is_positive(self, x: Any) -> bool:
        """True only when every number in the enclosure is > 0; False decides nothing."""

    def is_within(self, x: Any, target: Any) -> bool:
        """True only when the radius of x is at most every number in `target`; False decides nothing."""

    def endpoints(self, x: Any) -> tuple[int, int, int]:
        """Integers (lo, hi, e) with lo * 2**e <= x <= hi * 2**e."""
