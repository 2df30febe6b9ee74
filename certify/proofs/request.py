"""A question about one Gram matrix, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify import __version__
from certify.certificate import points_field
from certify.points import Points
from certify.programs import Layer
from certify.proofs.witness import significant_digits
from certify.stax import Network


@dataclass(frozen=True)
class Request:
    """A question about one Gram matrix, checked: what `prove` was asked."""

    network: Network
    points: Points
    kernel: str
    normalize: str
    arithmetic: str
    rel_width: Fraction
    max_bits: int
    method: str
    data: Mapping[str, Any]
    shape: tuple[int, ...] | None = None

    @property
    def layers(self) -> Sequence[Layer]:
        return self.network.layers

    @property
    def digits(self) -> int:
        """Significant digits of the bounds: four more than the requested width shows."""
        return significant_digits(self.rel_width)

    def claim(self, verdict: str, bounds: Mapping[str, str | None]) -> dict[str, Any]:
        shape = {} if self.shape is None else {"shape": list(self.shape)}
        return {
            **shape,
            "kernel": self.kernel,
            "lambda_min": dict(bounds),
            "network": repr(self.network),
            "normalize": self.normalize,
            "points": points_field(self.points),
            "verdict": verdict,
        }

    def labels(self, method: str, arithmetic: str, reason: str) -> dict[str, Any]:
        return {
            "arithmetic": arithmetic,
            "data": dict(self.data),
            "method": method,
            "producer": f"ntk-certify {__version__}",
            "reason": reason,
        }
