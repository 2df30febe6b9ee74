"""What is asked of an activation whose dual comes from a Hermite series or from waves."""

from __future__ import annotations

from abc import abstractmethod
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

from certify.activations.analytic.routes import StripDual
from certify.activations.base import Activation, Duals
from certify.activations.waves.wave import Wave
from certify.arithmetic.protocol import Arithmetic


class Values(NamedTuple):
    """s - s(0) and s' at x and at -x."""

    right: Any
    left: Any
    slope_right: Any
    slope_left: Any


class StripActivation(Activation):
    """An activation that is real on the real axis and analytic on the closed strip |Im z| <= `strip`.

    There |s'(z)| <= `slope_bound` exp(`growth` |Re z|); hence |s(z) - s(0)| <= slope_bound |z| exp(growth |Re z|).
    """

    strip: Fraction
    slope_bound: int
    growth: Fraction = Fraction(0)
    wave: ClassVar[Wave | None] = None
    """How it is made of waves, where that is known."""

    @property
    def is_dear_at_unequal_variances(self) -> bool:
        return self.wave is not None

    @abstractmethod
    def at_zero(self, number: Arithmetic) -> tuple[Any, Any]:
        """Enclosures of s(0) and s'(0)."""

    @abstractmethod
    def values(self, number: Arithmetic, x: Any) -> Values:
        """Enclosures for an enclosure of some x >= 0."""

    def duals(self, number: Arithmetic) -> Duals:
        return StripDual(self, number).evaluate

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"
