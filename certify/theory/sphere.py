"""Eigenvalues of dot-product kernels on the sphere under the uniform probability measure.

For K(x, y) = sum_p kappa_p <x, y>^p on S^(d-1) in R^d the spherical harmonics of degree k have the eigenvalue
sum_p kappa_p w(p, k), with D = d - 1 and for p >= k, p - k even (Murray et al. 2022, whose measure is the surface),

    w(p, k) = Gamma(d/2) p! Gamma((p-k+1)/2) / (sqrt(pi) 2^k (p-k)! Gamma((p-k+1)/2 + k + D/2)).

The trace of <x, y>^p is 1 = sum_k N(d, k) w(p, k) over the dimensions N(d, k), so w(p, k) <= 1 / N(d, k): what the
coefficients from P on contribute lies between 0 and their sum over N(d, k).
"""

from __future__ import annotations

from math import comb

from flint import arb

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.errors import InputError
from certify.kernels.enclosure import dyadic
from certify.theory.power_series import Bounds, PowerSeries

BITS = 160


def harmonics(dimension: int, degree: int) -> int:
    """N(d, k), the number of independent spherical harmonics of degree k in R^d."""
    lower = comb(dimension + degree - 3, degree - 2) if degree > 1 else 0
    return comb(dimension + degree - 1, degree) - lower


def _checked(dimension: int, count: int) -> None:
    for name, value, least in (("dimension", dimension, 2), ("count", count, 1)):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 10_000:
            raise InputError(f"{name} is {value!r}: give a whole number from {least} to 10000.")


def sphere_eigenvalues(series: PowerSeries, dimension: int, count: int, kernel: str = "ntk") -> tuple[Bounds, ...]:
    """Enclosures of the eigenvalues of the harmonics of degree 0..count-1 on the sphere in R^dimension.

    Raises InputError for a network with a bias before its first activation, whose series is not one in <x, y>.
    """
    _checked(dimension, count)
    if series.offset:
        raise InputError("the first layer has a bias, so the series is not one in <x, y>: leave the bias out.")
    coefficients = series.ntk if kernel == "ntk" else series.nngp
    tail = series.tail[1 if kernel == "ntk" else 0][1]
    number = ArbArithmetic(BITS)
    found: list[Bounds] = []
    with number.active():
        half = arb(dimension) / 2
        constant = half.gamma() / arb.pi().sqrt()
        for k in range(count):
            total = arb(0)
            for p in range(k, len(coefficients), 2):
                low, high = coefficients[p]
                if not high:
                    continue
                kappa = number.exact(low).union(number.exact(high))
                x = arb(p - k + 1) / 2
                above, below = arb(p + 1).lgamma() + x.lgamma(), arb(p - k + 1).lgamma()
                ratio = above - below - (x + k + half - arb(1) / 2).lgamma()
                total = total + kappa * (constant * ratio.exp() / arb(2) ** k)
            low_end, high_end, exponent = number.endpoints(total)
            found.append(
                (dyadic(max(low_end, 0), exponent), dyadic(high_end, exponent) + tail / harmonics(dimension, k))
            )
    return tuple(found)


def relu_sphere_eigenvalue(dimension: int, degree: int) -> Bounds:
    """The eigenvalue of serial(Dense(), Relu(), Dense(W_var=2)), NTK, without the 1/d, in closed form.

    lambda_k = 2 (a_k^2 + (k b_(k-1)^2 + (k + d - 2) b_(k+1)^2) / (2 k + d - 2)), where a_k = sqrt(d) Gamma(d/2) /
    (4 Gamma((3-k)/2) Gamma((d+k+1)/2)) and b_k = Gamma(d/2) / (2 Gamma(1-k/2) Gamma((d+k)/2)) are eigenvalues of
    hemisphere transforms (Karhadkar, Murray and Montufar, arXiv 2405.14630).
    """
    _checked(dimension, degree + 1)
    number = ArbArithmetic(BITS)
    with number.active():
        d = arb(dimension)
        gamma = (d / 2).gamma()

        def a(k: int) -> arb:
            return d.sqrt() * gamma / 4 * (arb(3 - k) / 2).rgamma() / ((d + k + 1) / 2).gamma()

        def b(k: int) -> arb:
            return gamma / 2 * (1 - arb(k) / 2).rgamma() / ((d + k) / 2).gamma()

        lower = degree * b(degree - 1) ** 2 if degree else arb(0)
        upper = (degree + dimension - 2) * b(degree + 1) ** 2
        mixed = (lower + upper) / (2 * degree + dimension - 2) if 2 * degree + dimension > 2 else b(1) ** 2
        low, high, exponent = number.endpoints(2 * (a(degree) ** 2 + mixed))
        return dyadic(max(low, 0), exponent), dyadic(high, exponent)
