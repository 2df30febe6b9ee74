"""Predictions and losses along the training of an infinitely wide network, enclosed, from a proven eigenbasis.

Everything is computed for the model Q D Q' (see `eigenbasis`) and widened by what the difference K - Q D Q' can do.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat

from certify.spectrum.fixed_point import scaled
from certify.training.decay import Dynamics, Spectrum, Time, ball
from certify.training.eigenbasis import Eigenbasis

Vector = list[Any]


def widened(value: arb, radius: arb) -> arb:
    """The ball grown by an upper bound of |radius|."""
    return value + arb(0, radius.abs_upper())


def norm(vector: Sequence[arb]) -> arb:
    """The 2-norm."""
    return root(sum((entry * entry for entry in vector), arb(0)))


def root(value: arb) -> arb:
    """The square root of a number that is not negative, whatever its ball says."""
    if value >= 0:
        return value.sqrt()
    return arb(0).union(arb(arb(value.upper()).max(arb(0))).sqrt())


def column(vector: Sequence[arb]) -> Any:
    return arb_mat(len(vector), 1, list(vector))


class Trajectory:
    """f_t on the training points (N of them) and on others (M), for f_0 = 0.

    basis: of the kernel matrix K of the training points. targets: y. cross: M rows of N enclosures k_x. To be used
    inside one precision of arb, the one that the basis has.
    """

    def __init__(
        self,
        basis: Eigenbasis,
        targets: Sequence[Fraction],
        cross: Sequence[Sequence[arb]],
        dynamics: Dynamics,
    ) -> None:
        self.basis, self.dynamics, self.n = basis, dynamics, basis.n
        self.spectrum = Spectrum(basis.smallest / self.n, basis.largest / self.n, basis.error / self.n)
        self.targets = [ball(value) for value in targets]
        self.defect = ball(basis.defect)
        self.vectors = arb_mat(basis.vectors) * ball(scaled(1, -basis.bits))
        self.transposed = self.vectors.transpose()
        self.modes = [ball(scaled(value, basis.exponent) / self.n) for value in basis.values]
        self.coefficients = self.rotated(self.targets)
        self.target_norm = norm(self.targets)
        self.cross_norms = [norm(row) for row in cross]
        self.cross = [self.rotated(row) for row in cross]
        self.weighted = (
            arb_mat([[k * c for k, c in zip(row, self.coefficients, strict=True)] for row in self.cross])
            if cross
            else None
        )

    def rotated(self, vector: Sequence[arb]) -> Vector:
        """Q'v = (I + H) V'v, the part H V'v as a radius."""
        product = (self.transposed * column(vector)).entries()
        radius = self.defect * norm(product)
        return [widened(entry, radius) for entry in product]

    def unrotated(self, vector: Sequence[arb]) -> Vector:
        """Q v = V v + V H v with |V| <= sqrt(1 + defect)."""
        radius = (1 + self.defect) * self.defect * norm(vector)
        return [widened(entry, radius) for entry in (self.vectors * column(vector)).entries()]

    @property
    def limit_exists(self) -> bool:
        """Whether the limit t -> infinity is proved to exist and to fit every target."""
        return self.dynamics.converges(self.spectrum)

    def remainders(self, time: Time) -> Vector:
        """p of every mode."""
        return [self.dynamics.remainder(mode, time) for mode in self.modes]

    def predictions(self, time: Time) -> Vector:
        """f_t on the training points."""
        if time is None:
            return list(self.targets)
        rest = [c * p for c, p in zip(self.coefficients, self.remainders(time), strict=True)]
        radius = self.dynamics.remainder_error(self.spectrum, time) * self.target_norm
        learned = self.unrotated([c - r for c, r in zip(self.coefficients, rest, strict=True)])
        return [widened(entry, radius) for entry in learned]

    def residual_norm(self, time: Time) -> arb:
        """|f_t(X) - y|_2, from the modes: Q changes no norm."""
        if time is None:
            return arb(0)
        rest = [c * p for c, p in zip(self.coefficients, self.remainders(time), strict=True)]
        return _at_least_zero(norm(rest), self.dynamics.remainder_error(self.spectrum, time) * self.target_norm)

    def loss(self, time: Time) -> arb:
        """|f_t(X) - y|^2 / (2 N)."""
        residual = self.residual_norm(time)
        return residual * residual / (2 * self.n)

    def held_out(self, time: Time) -> Vector:
        """f_t on the other points."""
        if self.weighted is None:
            return []
        gains = [self.dynamics.gain(mode, time) for mode in self.modes]
        values = (self.weighted * column(gains) / self.n).entries()
        return [widened(value, radius) for value, radius in zip(values, self.held_out_radii(time), strict=True)]

    def held_out_radii(self, time: Time) -> Vector:
        """How far f_t of the other points moves at most from the model to K."""
        factor = self.dynamics.gain_error(self.spectrum, time) * self.target_norm / self.n
        return [size * factor for size in self.cross_norms]

    def held_out_loss(self, time: Time, targets: Sequence[arb]) -> arb:
        """|f_t(X*) - y*|^2 / (2 M)."""
        errors = [f - y for f, y in zip(self.held_out(time), targets, strict=True)]
        return sum((e * e for e in errors), arb(0)) / (2 * len(errors))


def _at_least_zero(value: arb, radius: arb) -> arb:
    """The part >= 0 of the widened ball, for a quantity that is a norm."""
    wide = widened(value, radius)
    if wide >= 0:
        return wide
    return arb(0).union(wide.upper())
