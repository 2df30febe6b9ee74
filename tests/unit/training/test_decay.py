"""How far flow and descent move when the matrix moves: the operator Lipschitz bounds, on pairs of matrices."""

from fractions import Fraction
from typing import Any

import pytest
from flint import arb
from mpmath import mp, mpf

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.errors import InputError
from certify.training.answer import Interval
from certify.training.decay import Descent, Flow, Spectrum
from certify.training.training import interval

PAIRS = [
    ([[2, 1], [1, 2]], [[2, 1], [1, Fraction(201, 100)]]),
    ([[1, 0], [0, Fraction(1, 1000)]], [[1, Fraction(1, 2000)], [Fraction(1, 2000), Fraction(1, 500)]]),
    (
        [[Fraction(1, 10), 0], [0, Fraction(1, 10)]],
        [[Fraction(1, 10), Fraction(1, 50)], [Fraction(1, 50), Fraction(1, 10)]],
    ),
]


def real(value: Any) -> Any:
    value = Fraction(value)
    return mpf(value.numerator) / value.denominator


def of(rows: Any) -> Any:
    return mp.matrix([[real(v) for v in row] for row in rows])


def applied(matrix: Any, function: Any) -> Any:
    values, vectors = mp.eigsy(matrix)
    return vectors * mp.diag([function(v) for v in values]) * vectors.T


def norm(matrix: Any) -> Any:
    return max(abs(v) for v in mp.eigsy((matrix + matrix.T) / 2, eigvals_only=True))


def spectrum_of(a: Any, b: Any) -> Spectrum:
    values = [*mp.eigsy(a, eigvals_only=True), *mp.eigsy(b, eigvals_only=True)]
    error = Fraction(str(mp.nstr(norm(a - b) * (1 + mpf(10) ** -12), 20)))
    return Spectrum(
        Fraction(str(mp.nstr(min(values) * (1 - mpf(10) ** -12), 20))),
        Fraction(str(mp.nstr(max(values) * (1 + mpf(10) ** -12), 20))),
        error,
    )


def upper(ball: arb) -> Any:
    return real(interval(ball).upper)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("time", [Fraction(0), Fraction(1, 10), Fraction(3), Fraction(100), None])
@pytest.mark.parametrize("dynamics", [Flow(), Descent(Fraction(1, 4)), Descent(Fraction(9, 10))])
def test_the_bounds_hold(pair: Any, time: Fraction | None, dynamics: Flow | Descent) -> None:
    if isinstance(dynamics, Descent) and time is not None and time.denominator != 1:
        time = Fraction(1)
    with mp.workdps(50), ArbArithmetic(128).active():
        a, b = of(pair[0]), of(pair[1])
        spectrum = spectrum_of(a, b)
        if time is None and not dynamics.converges(spectrum):
            pytest.skip("no limit")

        def remainder(z: Any) -> Any:
            if time is None:
                return mpf(0)
            return mp.exp(-z * real(time)) if isinstance(dynamics, Flow) else (1 - real(dynamics.step) * z) ** int(time)

        def gain(z: Any) -> Any:
            return (1 - remainder(z)) / z

        slack = mpf(10) ** -30
        assert (
            norm(applied(a, remainder) - applied(b, remainder))
            <= upper(dynamics.remainder_error(spectrum, time)) + slack
        )
        assert norm(applied(a, gain) - applied(b, gain)) <= upper(dynamics.gain_error(spectrum, time)) + slack
        for z in (mpf(1) / 1000, mpf(1) / 2, mpf(3)):
            exact = arb(str(mp.nstr(z, 40)))
            found: Interval = interval(dynamics.remainder(exact, time))
            assert real(found.lower) - slack <= remainder(z) <= real(found.upper) + slack
            found = interval(dynamics.gain(exact, time))
            assert real(found.lower) - slack <= gain(z) <= real(found.upper) + slack


def test_a_mode_that_is_not_learned_still_grows_linearly() -> None:
    with ArbArithmetic(64).active():
        assert Flow().gain(arb(0), Fraction(7)) == 7
        assert Descent(Fraction(1, 2)).gain(arb(0), Fraction(6)) == 3


@pytest.mark.parametrize("time", [Fraction(-1), Fraction(1, 2), Fraction(10**31)])
def test_numbers_of_steps_are_whole(time: Fraction) -> None:
    with pytest.raises(InputError, match="no number of steps"):
        Descent(Fraction(1)).check_time(time)


def test_times_and_steps_have_a_sign() -> None:
    with pytest.raises(InputError, match="negative"):
        Flow().check_time(Fraction(-1, 3))
    with pytest.raises(InputError, match="not positive"):
        Descent(Fraction(0))
