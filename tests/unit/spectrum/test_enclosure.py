"""The climb ends with bounds as narrow as asked, at the precision that this needs, and with a witness to repeat."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import flint
import mpmath
import pytest
from exact_matrices import Matrix, encloses, hilbert, make_ball_of, rational, with_spectrum

from certify.spectrum import enclosure as module
from certify.spectrum.enclosure import EigenvalueEnclosure, enclose_smallest_eigenvalue
from certify.spectrum.fixed_point import BallMaker, FixedPointBall

THOUSANDTH = Fraction(1, 1000)
TINY = Fraction(1, 10**40)

SPECTRA = {
    "well conditioned": [1, 2, 3, 4, 5],
    "just within float64": [Fraction(1, 10**6), 1, 2],
    "beyond float64's factor": [Fraction(1, 10**12), 1, 2, 3],
    "beyond float64": [Fraction(1, 10**18), 1, 2, 3],
    "forty orders": [TINY, Fraction(1, 10**20), 1, 3],
    "tiny cluster": [TINY, TINY, TINY * Fraction(1001, 1000), 1, 2, 3],
    "multiple": [5, 5, 5, 5],
    "graded": [Fraction(1, 10 ** (6 * k)) for k in range(8)],
    "negative": [-3, 1, 2],
    "slightly negative": [-Fraction(1, 10**25), Fraction(1, 10**25), 1, 2],
    "all negative": [-1, -2, -3],
    "negative cluster": [-TINY, -TINY, 0, 1],
    "huge": [10**300, 10**301, 10**310],
    "minute": [Fraction(1, 10**310), Fraction(1, 10**300)],
    "single": [Fraction(1, 3)],
    "single negative": [Fraction(-1, 3)],
}


def enclose(maker: BallMaker, n: int, rel_width: Fraction = THOUSANDTH, max_bits: int = 1024) -> EigenvalueEnclosure:
    return enclose_smallest_eigenvalue(maker, n, rel_width=rel_width, max_bits=max_bits)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", SPECTRA)
def test_the_planted_eigenvalue_is_enclosed_as_narrowly_as_asked(name: str, seed: int) -> None:
    spectrum = SPECTRA[name]
    matrix = with_spectrum(spectrum, seed)
    found = enclose(make_ball_of(matrix), len(spectrum))
    least = min(spectrum)
    assert found.lower <= least <= found.upper
    assert found.is_within(THOUSANDTH)
    assert found.verdict == ("positive definite" if least > 0 else "negative")
    assert encloses(matrix, found.lower, found.upper)


@pytest.mark.parametrize("digits", [1, 6, 15, 30, 60])
def test_any_width_is_reached(digits: int) -> None:
    width = Fraction(1, 10**digits)
    found = enclose(make_ball_of(with_spectrum([Fraction(1, 3), Fraction(1, 2), 1, 7])), 4, width)
    assert found.lower <= Fraction(1, 3) <= found.upper
    assert found.is_within(width)


def test_a_width_above_one_still_decides_the_sign() -> None:
    found = enclose(make_ball_of(with_spectrum([Fraction(1, 10**20), 1, 2])), 3, Fraction(10**6))
    assert found.verdict == "positive definite"
    assert found.is_within(Fraction(10**6))


@pytest.mark.parametrize(("n", "digits"), [(2, 40), (10, 60), (20, 90), (30, 120)])
def test_hilbert_matrices_agree_with_high_precision(n: int, digits: int) -> None:
    found = enclose(make_ball_of(hilbert(n)), n, Fraction(1, 10**12))
    with mpmath.workdps(digits):
        matrix = mpmath.matrix(n, n)
        for i in range(n):
            for j in range(n):
                matrix[i, j] = mpmath.mpf(1) / (i + j + 1)
        value = mpmath.eigsy(matrix, eigvals_only=True)[0]
        mantissa, exponent = value.man_exp
    reference = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    assert found.is_within(Fraction(1, 10**12))
    assert found.lower < reference < found.upper


def test_one_ball_and_one_eigensolver_call_suffice_where_float64_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    maker = make_ball_of(with_spectrum([1, 2, 3, 4]))
    monkeypatch.setattr(module, "bracket_fixed_point", None)
    enclose(lambda bits: calls.append(bits) or maker(bits), 4)  # type: ignore[func-returns-value]
    assert calls == [58]


def test_the_climb_asks_for_what_is_missing_and_solves_no_eigenproblem_on_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []
    solvers: list[int] = []
    original = module.float_guess
    monkeypatch.setattr(module, "float_guess", lambda array: solvers.append(len(array)) or original(array))  # type: ignore[func-returns-value]
    maker = make_ball_of(with_spectrum([Fraction(1, 10**60), 1, 2, 3]))
    found = enclose(lambda bits: calls.append(bits) or maker(bits), 4, Fraction(1, 10**50))  # type: ignore[func-returns-value]
    assert found.is_within(Fraction(1, 10**50))
    assert len(calls) <= 5
    assert 365 < calls[-1] < 390
    assert solvers == [4]


def test_max_bits_is_never_exceeded_and_both_bounds_come_back() -> None:
    calls: list[int] = []
    maker = make_ball_of(with_spectrum([Fraction(1, 10**60), 1, 2, 3]))
    found = enclose(lambda bits: calls.append(bits) or maker(bits), 4, max_bits=150)  # type: ignore[func-returns-value]
    assert max(calls) == 150
    assert found.verdict == "undecided"
    assert -Fraction(1, 10**40) < found.lower <= 0 < Fraction(1, 10**60) < found.upper < Fraction(1, 10**40)


@pytest.mark.parametrize("spectrum", [[0, 1, 2], [0, 0, 0, 5], [0], [0, 0], [0, Fraction(1, 10**30), 1]])
def test_a_singular_matrix_stays_undecided_between_bounds_at_the_last_precision(spectrum: list[Fraction]) -> None:
    found = enclose(
        make_ball_of(with_spectrum(spectrum)) if any(spectrum) else zero_maker(len(spectrum)),
        len(spectrum),
        max_bits=256,
    )
    assert found.verdict == "undecided"
    assert -Fraction(1, 2**230) < found.lower <= 0 <= found.upper < Fraction(1, 2**230)


def zero_maker(n: int) -> BallMaker:
    return lambda bits: FixedPointBall.from_endpoints([[(0, 0, 0)] * (i + 1) for i in range(n)], bits)


def test_a_radius_that_no_precision_shrinks_stops_the_climb() -> None:
    calls: list[int] = []
    matrix = with_spectrum([Fraction(1, 10**9), 1, 2, 3])
    maker = make_ball_of(matrix)

    def make(bits: int) -> FixedPointBall:
        calls.append(bits)
        ball = maker(bits)
        wide = 2 ** max(-20 - ball.exponent, 0)
        return FixedPointBall(ball.mid, ball.exponent, tuple(r + wide for r in ball.radius_row_sums))

    found = enclose(make, 4)
    assert len(calls) <= 3
    assert found.verdict == "undecided"
    assert found.lower < -Fraction(1, 2**21)
    assert Fraction(1, 2**21) < found.upper
    assert found.upper - found.lower < 4 * Fraction(1, 2**20)
    assert encloses(matrix, found.lower, found.upper)


def test_a_decided_sign_within_a_wide_radius_keeps_the_narrowest_bounds() -> None:
    matrix = with_spectrum([1, 2, 3])
    maker = make_ball_of(matrix)

    def make(bits: int) -> FixedPointBall:
        ball = maker(bits)
        wide = 2 ** (-4 - ball.exponent)
        return FixedPointBall(ball.mid, ball.exponent, (wide,) * 3)

    found = enclose(make, 3)
    assert found.verdict == "positive definite"
    assert Fraction(90, 100) < found.lower < Fraction(15, 16)
    assert Fraction(17, 16) <= found.upper < Fraction(110, 100)


def test_a_ball_of_another_order_is_refused() -> None:
    with pytest.raises(ArithmeticError, match="order"):
        enclose(make_ball_of(rational([[1]])), 2)


# The reserve is measured by the largest diagonal entry, which bounds every entry of a kernel.
KERNEL_LIKE = [name for name, spectrum in SPECTRA.items() if max(spectrum) > -min(spectrum)]


@pytest.mark.parametrize(("name", "reserve"), [(n, True) for n in KERNEL_LIKE] + [(n, False) for n in SPECTRA])
def test_another_verifier_can_repeat_the_proof_from_the_witness(name: str, reserve: bool) -> None:
    """Each entry known to 2**-bits of the largest diagonal entry and placed as badly as that allows (or exactly)."""
    spectrum = SPECTRA[name]
    matrix = with_spectrum(spectrum)
    found = enclose_smallest_eigenvalue(
        make_ball_of(matrix), len(spectrum), rel_width=THOUSANDTH, max_bits=512, reserve=reserve
    )
    largest = max(row[i] for i, row in enumerate(matrix))
    radius = largest / 2**found.bits if reserve else Fraction(0)
    lower, upper = verify_from_witness(matrix, radius, found, Random(1))
    assert found.lower <= lower
    assert upper <= found.upper


def verify_from_witness(
    matrix: Matrix, radius: Fraction, found: EigenvalueEnclosure, random: Random
) -> tuple[Fraction, Fraction]:
    """Both bounds of the witness over intervals of the given radius, each moved by up to the radius off its entry."""
    n = len(matrix)
    unit = Fraction(2) ** found.factor.exponent
    low = [[int(found.factor.matrix[i, j]) * unit if j <= i else Fraction(0) for j in range(n)] for i in range(n)]
    sums = [Fraction(0)] * n
    form = Fraction(0)
    for i in range(n):
        for j in range(n):
            middle = matrix[i][j] + random.choice([-1, 1]) * radius
            product = sum((low[i][k] * low[j][k] for k in range(n)), Fraction(0))
            sums[i] += abs(middle - (found.shift.fraction() if i == j else 0) - product) + radius
            weight = found.vector[i] * found.vector[j]
            form += weight * middle + abs(weight) * radius
    return found.shift.fraction() - max(sums), form / sum(v * v for v in found.vector)


def test_the_factor_has_no_more_bits_than_the_width_needs() -> None:
    found = enclose(make_ball_of(with_spectrum([Fraction(1, 10**30), 1, 2, 3])), 4)
    bits = max(int(entry.bit_length()) for entry in found.factor.matrix.entries())
    assert bits < 100 + 10 + 12
    assert max(abs(v).bit_length() for v in found.vector) < 75
    assert found.bits < 100 + 10 + 16


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [(1, 2, "positive definite"), (-2, -1, "negative"), (0, 1, "undecided"), (-1, 0, "undecided"), (0, 0, "undecided")],
)
def test_a_bound_of_zero_decides_nothing(lower: int, upper: int, verdict: str) -> None:
    found = enclose(make_ball_of(rational([[1]])), 1)
    changed = replace(found, lower=Fraction(lower), upper=Fraction(upper))
    assert changed.verdict == verdict
    assert changed.is_within(Fraction(1)) == (verdict != "undecided")


def test_flint_threads_and_precision_are_left_as_they_were() -> None:
    before = flint.ctx.threads, flint.ctx.prec
    enclose(make_ball_of(with_spectrum([TINY, 1, 2])), 3)
    assert (flint.ctx.threads, flint.ctx.prec) == before
