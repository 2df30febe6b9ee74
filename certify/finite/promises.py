"""What the limit promises a finite network, by theorems with explicit constants only.

One hidden layer of n independent units and a bounded activation |s| <= c: the gradients by the output weights alone
give the empirical tangent kernel the part (w / n) sum_u phi_u phi_u', phi_u = (s(preactivation of unit u at x_i))_i,
whose mean is w V with V_ij = E[s s] the dual. Each summand is positive semidefinite with norm at most w N c^2 / n, so
the matrix Chernoff bound (J. Tropp, User-friendly tail bounds for sums of random matrices, 2012, Theorem 1.1) gives for
0 <= d < 1

    P[ lambda_min(K) < (1 - d) w lambda_min(V) ] <= N (exp(-d) / (1 - d)^(1 - d))^(n lambda_min(V) / (N c^2)).

lambda_min(V) is certified. Theorems without explicit constants are named, and nothing is computed from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb

from certify.activations import Activation, Cos, Erf, Rbf, Sigmoid_like, Sign, Sin, Step
from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.rationals import exact_rational
from certify.errors import InputError
from certify.programs import Dense
from certify.proofs import prove
from certify.spectrum.fixed_point import scaled
from certify.stax import Network, parse, serial
from certify.training.decay import ball

BITS = 128
WITHOUT_CONSTANTS = (
    "Du, Zhai, Poczos and Singh (2019): width of the order N^6 / lambda_min^4, one hidden ReLU layer; the order only",
    "Nguyen, Mondelli and Montufar (2021): one layer of width of the order N, up to logarithms; the order only",
    "Bombari, Amani and Mondelli (2022): N parameters up to logarithms, smooth activations; the order only",
    "Karhadkar, Murray and Montufar (2024): width by the separation of the points; universal constants unspecified",
)


@dataclass(frozen=True)
class Promise:
    """What holds for random networks of one hidden layer on given points.

    eigenvalue: a proven lower bound of lambda_min(V). bound: c with |s| <= c. width: a number of units with which
    lambda_min(K) >= floor holds with a probability of at least 1 - failure; None where the eigenvalue is not separated
    from zero. probability: lower bound for the width that was asked about, or None. silent: theorems without constants.
    """

    n: int
    eigenvalue: Fraction
    bound: Fraction
    floor: Fraction
    failure: Fraction
    width: int | None
    asked: int | None
    probability: Fraction | None
    silent: tuple[str, ...] = WITHOUT_CONSTANTS


def promise(
    net: Network | str,
    x: Any,
    width: int | None = None,
    *,
    share: Any = "1/2",
    failure: Any = "1/100",
    normalize: str = "none",
    rows: int | None = None,
) -> Promise:
    """With what probability a random network of this width has lambda_min(K) >= (1 - d) w lambda_min(V), where 1 - d is
    `share`, and which width makes the probability of failure at most `failure`.

    Claim: K is the empirical tangent kernel in the 'ntk' parametrisation of serial(Dense, s, Dense) with n hidden units
    on the exact points, s bounded. Raises InputError for other networks and numbers out of range.
    """
    network = parse(net) if isinstance(net, str) else net
    hidden, activation, output = _parts(network)
    bound = _bound(activation)
    keep, most = exact_rational(share, "share"), exact_rational(failure, "failure")
    if not 0 < keep < 1 or not 0 < most < 1:
        raise InputError(f"share={share} and failure={failure} must lie between 0 and 1.")
    if width is not None and (isinstance(width, bool) or not isinstance(width, int) or width < 1):
        raise InputError(f"width={width!r} is no number of units: give a positive whole number.")
    certificate = prove(serial(hidden, activation), x, "nngp", normalize, rows=rows)
    n = certificate.n
    lower = certificate.lambda_min.lower
    eigenvalue = max(lower, Fraction(0)) if lower is not None else Fraction(0)
    floor = keep * output.W_var * eigenvalue
    if not eigenvalue:
        return Promise(n, eigenvalue, bound, floor, most, None, width, None if width is None else Fraction(0))
    with ArbArithmetic(BITS).active():
        d = ball(1 - keep)
        # -log of the base, positive.
        decay = d + (1 - d) * (1 - d).log()
        unit = decay * ball(eigenvalue / (n * bound * bound))
        needed = int((arb(((arb(n) / ball(most)).log() / unit).upper())).ceil().unique_fmpz() or 0)
        probability = None
        if width is not None:
            chance = arb((1 - n * (-unit * width).exp()).lower())
            mantissa, exponent = chance.man_exp()
            probability = max(scaled(int(mantissa), int(exponent)), Fraction(0))
    return Promise(n, eigenvalue, bound, floor, most, needed, width, probability)


def _parts(network: Network) -> tuple[Dense, Activation, Dense]:
    layers = network.layers
    if len(layers) == 3:
        first, middle, last = layers
        if isinstance(first, Dense) and isinstance(middle, Activation) and isinstance(last, Dense):
            return first, middle, last
    raise InputError(f"the network {network!r} does not have one hidden layer: give serial(Dense(), s, Dense()).")


def _bound(activation: Activation) -> Fraction:
    """A number that |s| never exceeds."""
    if isinstance(activation, Erf):
        return abs(activation.a) + abs(activation.c)
    if isinstance(activation, (Sin, Cos)):
        return abs(activation.a)
    if isinstance(activation, Rbf):
        return Fraction(3, 2)
    if isinstance(activation, (Sign, Step, Sigmoid_like)):
        return Fraction(1)
    raise InputError(
        f"{activation} is not known to be bounded: no theorem here has explicit constants for it, so it is refused."
    )
