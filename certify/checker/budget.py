"""Estimated seconds, charged before work is done.

The estimates are arithmetic in the sizes of the problem, never a clock, so the same file gets the same answer on a
fast machine and on a slow one.  They were fitted to CPython's integers: schoolbook products of 30-bit digits up to
seventy digits, Karatsuba's beyond, quadratic division.
"""

from .answers import Unsupported


class Budget:
    """A limit on estimated seconds; None stands for no limit."""

    def __init__(self, limit_seconds: float | None) -> None:
        self.limit = limit_seconds
        self.spent = 0.0

    def charge(self, seconds: float, what: str) -> None:
        """Adds an estimate, and raises Unsupported where the sum would exceed the limit."""
        self.spent += seconds
        if self.limit is not None and self.spent > self.limit:
            raise Unsupported(
                f"{what} brings the estimate to {self.spent:.0f} seconds, over the limit of {self.limit:.0f}; "
                "use --engine flint, which is faster, or --no-limit"
            )


def product_seconds(bits: float) -> float:
    """Multiplying two integers of this many bits."""
    digits = bits / 30
    return 4e-8 + (1e-9 * digits**2 if digits < 70 else 4.9e-6 * (digits / 70) ** 1.585)


def division_seconds(bits: float) -> float:
    """Dividing, or taking a square root, at this many bits."""
    return 3e-7 + 3e-9 * (bits / 30) ** 2


def operation_seconds(bits: float) -> float:
    """One interval operation at a working precision."""
    return 4e-7 + 2 * product_seconds(bits)


def elementary_seconds(bits: float) -> float:
    """One arctangent or exponential, with the divisions and square roots around it, at a working precision."""
    return 8e-6 + (bits / 10) * (product_seconds(bits) + 1.5e-7) + 10 * division_seconds(bits)


def angle_seconds(bits: float) -> float:
    """The dual of a rectifier at one pair of positions in integers, with the tangent kernel's product."""
    return 2e-6 + (14 + bits / 17) * product_seconds(bits) + 3 * division_seconds(2 * bits)


def term_seconds(bits: float) -> float:
    """Adding one interval to a sum of many in integers."""
    return 5e-8 + 1e-10 * bits


def move_seconds(bits: float) -> float:
    """Bringing one entry to the common exponent of a sum, and a factor and a rounding."""
    return 3e-7 + 2 * product_seconds(bits)
