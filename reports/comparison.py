"""What the float64 answer is worth beside the proof, in words that claim no more than is known."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reports.claims import Claim
from reports.float64 import Float64View
from reports.numbers import as_text, grouped, round_down

SUSPICIOUS = 10


@dataclass(frozen=True)
class Comparison:
    """What a float64 user would conclude, how that stands beside the proof, and of which rows it is said."""

    headline: str
    sentence: str
    scope: str | None


def compare(claim: Claim, view: Float64View) -> Comparison:
    if view.smallest is None or view.noise is None:
        return Comparison(
            "Float64 has no answer",
            "An entry of the matrix lies beyond the range of float64, or numpy's eigenvalues are not finite.",
            _scope(view),
        )
    found, noise = view.smallest, view.noise
    return Comparison(_headline(view, found), _sentence(claim, view, found, noise), _scope(view))


def _headline(view: Float64View, found: float) -> str:
    subject = "Float64" if view.whole else "On these rows float64"
    if (found > 0) != view.cholesky:
        return f"{subject} contradicts itself"
    return f"{subject} would say: {'positive' if found > 0 else 'not positive'} definite"


def _at_odds(claim: Claim, view: Float64View, found: float, noise: float) -> bool:
    """Whether float64 lies further from the claim than its rounding can explain."""
    below = Fraction(0) if claim.lower is None else claim.lower
    value = Fraction(found)
    return view.whole and max(below - value, value - claim.upper) > SUSPICIOUS * Fraction(noise)


def _scope(view: Float64View) -> str | None:
    if view.whole:
        return None
    return f"of the first {grouped(view.rows)} of {grouped(view.n)} rows"


def _sentence(claim: Claim, view: Float64View, found: float, noise: float) -> str:
    if _at_odds(claim, view, found, noise):
        return "That is further from the claim than the rounding of float64 explains: check before believing."
    tell = {
        "positive definite": _beside_positive,
        "singular": _beside_singular,
        "negative": _beside_negative,
    }.get(claim.verdict)
    if tell is not None:
        return tell(claim, view, found, noise)
    return "Neither float64 nor the bounds reached so far decide the sign."


def _beside_positive(claim: Claim, view: Float64View, found: float, noise: float) -> str:
    of_part = "" if view.whole else " Every part of a positive definite matrix is positive definite too."
    if found <= 0:
        wrong = "The sign is wrong: the proof shows that every eigenvalue is positive."
        return f"{wrong}{of_part}{_how_far(claim, view, found)}"
    if found < noise:
        return (
            "The sign is right, but the number lies within float64's own rounding, so it is no evidence."
            f"{_how_far(claim, view, found)}"
        )
    failed = "" if view.cholesky else " Cholesky fails all the same."
    if not view.whole:
        return f"The sign agrees with the proof on the rows shown; float64 alone could not vouch for it.{failed}"
    return f"Here float64 agrees with the proof, though by itself it could not vouch for it.{failed}"


def _how_far(claim: Claim, view: Float64View, found: float) -> str:
    """The ratio of magnitudes, where both speak of the same matrix and differ greatly."""
    if not view.whole or not found:
        return ""
    ratio = abs(Fraction(found)) / claim.upper
    if ratio >= 10:
        return f" In magnitude it is at least {as_text(round_down(ratio, 2))} times too large."
    inverse = Fraction(0) if claim.lower is None else claim.lower / abs(Fraction(found))
    if inverse >= 10:
        return f" In magnitude it is at least {as_text(round_down(inverse, 2))} times too small."
    return ""


def _beside_singular(claim: Claim, view: Float64View, found: float, noise: float) -> str:
    if not view.whole:
        return (
            "The rows shown are only a part, and a part of a singular matrix may well be regular: this decides nothing."
        )
    if view.cholesky:
        return "Cholesky in float64 runs through without complaint on a matrix that is exactly singular."
    return "The true value is zero. What float64 finds is its own rounding; it cannot tell zero from small."


def _beside_negative(claim: Claim, view: Float64View, found: float, noise: float) -> str:
    if found < -noise:
        return "Here float64 agrees with the proof, though by itself it could not vouch for it."
    if found < 0:
        return "The sign is right, but the number lies within float64's own rounding, so it is no evidence."
    if not view.whole:
        return "The rows shown are only a part, which may be positive definite though the whole is not."
    return "The sign is wrong: the proof shows that an eigenvalue is negative."
