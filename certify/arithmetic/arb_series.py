"""Power series in one variable with ball coefficients: Taylor coefficients of a dual from its own formula."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flint import arb, arb_series, ctx

from certify.arithmetic.arb_balls import ArbArithmetic


class SeriesArithmetic(ArbArithmetic):
    """Ring operations, square root, exponential, cosine and arc tangent of truncated power series.

    A number is an `arb_series` or a ball. Claim: coefficients below `terms` of a result enclose those of the function
    composed. What needs more than that (comparisons at a distance from 0, bounds) raises ArithmeticError.
    """

    def __init__(self, bits: int, terms: int) -> None:
        self.terms = terms
        super().__init__(bits)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Sets flint's precision and number of terms, and gives both back."""
        previous, ctx.cap = ctx.cap, self.terms
        try:
            with super().active():
                yield
        finally:
            ctx.cap = previous

    @property
    def variable(self) -> arb_series:
        """The series x. Call inside `active()`."""
        return arb_series([0, 1])

    def coefficients(self, x: Any) -> list[arb]:
        """All coefficients below `terms`. Raises ArithmeticError where one is not finite or not known."""
        if isinstance(x, arb):
            return [x] + [arb(0)] * (self.terms - 1)
        found = [x[k] for k in range(self.terms)]
        if x.prec < self.terms or not all(value.is_finite() for value in found):
            raise ArithmeticError("a power series is not known as far as asked")
        return found

    def sqrt(self, x: Any) -> Any:
        return super().sqrt(x) if isinstance(x, arb) else x.sqrt()

    def exp(self, x: Any) -> Any:
        return super().exp(x) if isinstance(x, arb) else x.exp()

    def cos(self, x: Any) -> Any:
        return super().cos(x) if isinstance(x, arb) else x.cos()

    def atan(self, x: Any) -> Any:
        return super().atan(x) if isinstance(x, arb) else x.atan()

    def is_positive(self, x: Any) -> bool:
        """Of the constant coefficient: near 0 the function is positive."""
        return super().is_positive(x if isinstance(x, arb) else x[0])

    def endpoints(self, x: Any) -> tuple[int, int, int]:
        if isinstance(x, arb):
            return super().endpoints(x)
        raise ArithmeticError("a power series has no end points")
