"""Price's theorem: the derivative dual is dV/dr, tested by the mean value theorem, with enclosures on both sides.

(V(r + h) - V(r - h)) / (2 h) = V'(xi) for some xi between; so the quotient of enclosures meets V' enclosed on all of
[r - h, r + h]. Near correlation +-1 too, where the two are as different as their singularities.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from activation_definitions import activations
from flint import arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from certify import stax
from certify.activations import Pair
from certify.activations.pair import Pair as PairType
from certify.arithmetic.arb_balls import ArbArithmetic

JUMPS = (stax.Sign, stax.Step)
variances = st.one_of(
    st.just(Fraction(1)),
    st.fractions(Fraction(1, 100), 4, max_denominator=100),
    st.sampled_from([Fraction(10) ** 12, Fraction(1, 10**12)]),
)
correlations = st.one_of(
    st.fractions(-1, 1, max_denominator=50),
    st.sampled_from([s - s * Fraction(1, 10**k) for s in (1, -1) for k in (4, 9)]),
)


def has_jump(activation: Any) -> bool:
    return isinstance(activation, JUMPS) or (isinstance(activation, stax.RectifiedMonomial) and not activation.degree)


def mean_value(activation: Any, q1: Fraction, q2: Fraction, r: Fraction, h: Fraction) -> tuple[Any, Any]:
    """(difference quotient of V, V' on [r - h, r + h]) as balls."""
    number = ArbArithmetic(400)
    with number.active():
        duals = activation.duals(number)

        def pair(covariance: Any) -> PairType:
            return Pair(number, number.exact(q1), number.exact(q2), covariance)

        below, above = number.exact(r - h), number.exact(r + h)
        quotient = (duals(pair(above))[0] - duals(pair(below))[0]) / number.exact(2 * h)
        return quotient, duals(pair(below.union(above)))[1]


@settings(deadline=None, max_examples=150)
@given(activations, variances, variances, correlations)
def test_the_derivative_dual_is_the_derivative_of_the_dual(
    activation: Any, q1: Fraction, q2: Fraction, rho: Fraction
) -> None:
    assume(abs(rho) < 1 and not has_jump(activation))
    # A rational below sqrt(q1 q2), exact where q1 = q2.
    r = rho * min(q1, q2)
    h = min(q1, q2) * (1 - abs(rho)) / 2**70
    quotient, slope = mean_value(activation, q1, q2, r, h)
    assert quotient.is_finite()
    assert quotient.overlaps(slope)
    # Cauchy-Schwarz: |V'(q1, q2, r)|^2 <= V'(q1, q1, q1) V'(q2, q2, q2).
    largest = [mean_value(activation, q, q, q - h, h)[1] for q in (q1, q2)]
    scale = (largest[0] * largest[1]).upper().sqrt() + arb(2) ** -150
    assert quotient.rad() + slope.rad() <= scale * arb(2) ** -20


@settings(deadline=None, max_examples=20)
@given(st.sampled_from([stax.Erf(), stax.Gelu(), stax.Gabor(), stax.Relu(), stax.RectifiedMonomial(3)]))
def test_a_derivative_dual_wrong_by_a_millionth_is_seen(activation: Any) -> None:
    quotient, slope = mean_value(activation, Fraction(1), Fraction(2), Fraction(1, 2), Fraction(1, 2**70))
    assert quotient.overlaps(slope)
    assert not quotient.overlaps(slope * (1 + arb(10) ** -6))


@settings(deadline=None, max_examples=20)
@given(st.sampled_from([stax.Sign(), stax.Step(), stax.RectifiedMonomial(0)]), correlations)
def test_jumps_have_a_derivative_dual_of_exactly_zero(activation: Any, rho: Fraction) -> None:
    assume(abs(rho) < 1)
    quotient, slope = mean_value(activation, Fraction(1), Fraction(1), rho, (1 - abs(rho)) / 2**70)
    assert slope == 0
    assert quotient > 0
