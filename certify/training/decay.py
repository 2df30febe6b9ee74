"""How one mode is learned: gradient flow and gradient descent, with their operator Lipschitz bounds.

Least squares with loss |f - y|^2 / (2 N) in the kernel regime (Jacot, Gabriel and Hongler 2018, section 5): with
A = K / N,

    f_t(X) - y = p(A) (f_0(X) - y),    f_t(x) = f_0(x) + k_x' g(A) (y - f_0(X)) / N,    g(z) = (1 - p(z)) / z,

where p(z) = exp(-t z) for the flow at time t and p(z) = (1 - step z)^t after t steps of descent. For symmetric A, B
with spectra in [l, u] and |A - B| <= e, from exp(-tA) - exp(-tB) = int_0^t exp(-(t-s)A) (B - A) exp(-sB) ds and the
same sum for powers, with q = max(|1 - step l|, |1 - step u|):

    flow      |p(A) - p(B)| <= t exp(-t l) e           |g(A) - g(B)| <= min(t^2 / 2, 1 / l^2) e
    descent   |p(A) - p(B)| <= t step q^(t-1) e        |g(A) - g(B)| <= step^2 min(t^2 / 2, 1 / (1 - q)^2) e   (q < 1)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from flint import arb, fmpq

from certify.errors import InputError

Time = Fraction | None
"""A time >= 0, or None for the limit."""

MOST_STEPS = 10**30


def ball(value: Fraction) -> arb:
    """An enclosure of a rational at the precision in force."""
    return arb(fmpq(value.numerator, value.denominator))


@dataclass(frozen=True)
class Spectrum:
    """lower <= every eigenvalue of K / N and of its model <= upper, and |K - model| / N <= error."""

    lower: Fraction
    upper: Fraction
    error: Fraction


class Dynamics(Protocol):
    """p and g above for one eigenvalue z >= 0, and bounds on how far they move with the matrix."""

    def check_time(self, time: Time) -> None:
        """Raise InputError for a time that this dynamics has not."""

    def converges(self, spectrum: Spectrum) -> bool:
        """True only when the limit t -> infinity is proved to exist and to interpolate."""

    def remainder(self, z: arb, time: Time) -> arb:
        """p(z)."""

    def gain(self, z: arb, time: Time) -> arb:
        """g(z)."""

    def remainder_error(self, spectrum: Spectrum, time: Time) -> arb:
        """Upper bound of |p(A) - p(B)|."""

    def gain_error(self, spectrum: Spectrum, time: Time) -> arb:
        """Upper bound of |g(A) - g(B)|."""


@dataclass(frozen=True)
class Flow:
    """Gradient flow; times are real."""

    def check_time(self, time: Time) -> None:
        if time is not None and time < 0:
            raise InputError(f"the time {time} is negative: training starts at 0.")

    def converges(self, spectrum: Spectrum) -> bool:
        return spectrum.lower > 0

    def remainder(self, z: arb, time: Time) -> arb:
        return arb(0) if time is None else (-z * ball(time)).exp()

    def gain(self, z: arb, time: Time) -> arb:
        if time is None:
            return 1 / z
        if z == 0:
            return ball(time)
        return -(-z * ball(time)).expm1() / z

    def remainder_error(self, spectrum: Spectrum, time: Time) -> arb:
        if time is None:
            return arb(0)
        t = ball(time)
        lower = ball(max(spectrum.lower, Fraction(0)))
        return t * (-t * lower).exp() * ball(spectrum.error)

    def gain_error(self, spectrum: Spectrum, time: Time) -> arb:
        return ball(spectrum.error) * _least(time, ball(spectrum.lower) if spectrum.lower > 0 else None)


@dataclass(frozen=True)
class Descent:
    """Gradient descent with a constant step on the loss |f - y|^2 / (2 N); times are numbers of steps."""

    step: Fraction

    def __post_init__(self) -> None:
        if self.step <= 0:
            raise InputError(f"the step {self.step} of gradient descent is not positive: give a positive number.")

    def check_time(self, time: Time) -> None:
        if time is not None and (time < 0 or time.denominator != 1 or time > MOST_STEPS):
            raise InputError(f"{time} is no number of steps of gradient descent: give a whole number from 0 to 1e30.")

    def contraction(self, spectrum: Spectrum) -> Fraction:
        """q: an upper bound of |1 - step z| over the spectrum, at least 0."""
        lower = max(spectrum.lower, Fraction(0))
        return max(abs(1 - self.step * lower), abs(1 - self.step * spectrum.upper))

    def converges(self, spectrum: Spectrum) -> bool:
        return spectrum.lower > 0 and self.contraction(spectrum) < 1

    def remainder(self, z: arb, time: Time) -> arb:
        return arb(0) if time is None else (1 - ball(self.step) * z) ** int(time)

    def gain(self, z: arb, time: Time) -> arb:
        if time is None:
            return 1 / z
        if z == 0:
            return ball(self.step * time)
        base = ball(self.step) * z
        if base < 1 and time > 0:
            # 1 - (1 - x)^t without the cancellation at small x.
            return -(((-base).log1p() * int(time)).expm1()) / z
        return (1 - self.remainder(z, time)) / z

    def remainder_error(self, spectrum: Spectrum, time: Time) -> arb:
        if time is None or not time:
            return arb(0)
        q = ball(self.contraction(spectrum))
        return ball(time * self.step * spectrum.error) * q ** (int(time) - 1)

    def gain_error(self, spectrum: Spectrum, time: Time) -> arb:
        q = self.contraction(spectrum)
        slack = ball(1 - q) if q < 1 else None
        scale = ball(self.step * self.step * spectrum.error)
        if q > 1 and time is not None:
            scale = scale * ball(q) ** int(time)
        return scale * _least(time, slack)


def _least(time: Time, slack: arb | None) -> arb:
    """min(t^2 / 2, 1 / slack^2), an upper bound; slack None stands for none known."""
    quadratic = None if time is None else (ball(time * time) / 2).upper()
    bounded = None if slack is None else (1 / (slack * slack)).upper()
    known = [bound for bound in (quadratic, bounded) if bound is not None]
    if not known:
        raise ArithmeticError("the limit is not known to exist")
    return min(known)
