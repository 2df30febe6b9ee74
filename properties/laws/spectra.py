"""Smallest eigenvalues of matrices whose spectrum is known exactly."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import certify
from properties.intervals import Interval
from properties.laws.base import Domain, Outcome, holds, law, undecided, violated
from properties.laws.proving import decimal_log
from properties.strategies import BallMatrix, planted_matrices
from properties.subjects import Scope, Subject


def _enclose(ball: BallMatrix) -> tuple[Interval, str]:
    midpoints = [[float(value) for value in row] for row in ball.midpoints]
    radii = [[float(value) for value in row] for row in ball.radii]
    found = certify.smallest_eigenvalue(midpoints, radii)
    return Interval(found.lower, found.upper), found.verdict


def _planted(domain: Domain) -> SearchStrategy[BallMatrix] | None:
    return st.one_of(planted_matrices(), planted_matrices(exact=True, singular=True))


@law(citation="A = Q diag(spectrum) Q', Q orthogonal", cases=_planted, scope=Scope.LIBRARY)
def planted_eigenvalues_are_enclosed(subject: Subject, ball: BallMatrix) -> Outcome:
    """The bounds hold the planted smallest eigenvalue, and for a matrix known exactly the verdict is its sign."""
    found, verdict = _enclose(ball)
    planted = ball.spectrum[0]
    if not found.holds(planted):
        return violated(f"the smallest eigenvalue {planted} is not in {found}")
    signs = {"positive definite": planted > 0, "negative": planted < 0, "singular": planted == 0}
    if verdict in signs and not signs[verdict]:
        return violated(f"the smallest eigenvalue {planted} is called {verdict}")
    if verdict == "undecided" and not any(map(any, ball.radii)):
        return undecided(f"the exactly known matrix with smallest eigenvalue {planted} stays undecided")
    size = max(map(abs, ball.spectrum))
    return holds(widening=decimal_log(found.width / size)) if size and found.width else holds()


def _widened(domain: Domain) -> SearchStrategy[BallMatrix] | None:
    """Balls whose radii on the diagonal leave room around the planted matrix."""

    def widen(ball: BallMatrix, places: int) -> BallMatrix:
        more = Fraction(float(max(map(abs, ball.spectrum)) + 1) / 2**places)
        radii = tuple(
            tuple(Fraction(float(value + more)) if i == j else value for j, value in enumerate(row))
            for i, row in enumerate(ball.radii)
        )
        return BallMatrix(ball.midpoints, radii, ball.inside, ball.spectrum)

    return st.builds(widen, planted_matrices(), st.sampled_from((4, 10, 30, 45)))


@law(citation="A + t I has the eigenvalues of A moved by t", cases=_widened, scope=Scope.LIBRARY)
def bounds_hold_for_every_matrix_in_the_ball(subject: Subject, ball: BallMatrix) -> Outcome:
    """The bounds hold the smallest eigenvalue of the planted matrix moved by as much as the diagonal radii allow, up
    and down."""
    room = min(ball.radii[i][i] - abs(ball.inside[i][i] - ball.midpoints[i][i]) for i in range(ball.n))
    found, _ = _enclose(ball)
    for moved in (ball.spectrum[0] - room, ball.spectrum[0] + room):
        if not found.holds(moved):
            return violated(f"the ball holds a matrix with smallest eigenvalue {float(moved)}, not in {found}")
    return holds()
