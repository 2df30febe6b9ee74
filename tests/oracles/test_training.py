"""Training on iris beside its evaluation at 300 digits (`training_at_300_digits`), kept in data/training_iris.json."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import certify
import certify.points
import certify.training.training as module
from certify.training.eigenbasis import prove_eigenbasis
from certify.training.float64 import float64_moments

DATA = json.loads((Path(__file__).parent / "data" / "training_iris.json").read_text(encoding="utf-8"))
NETWORK = 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
TIMES = ("1", "100", "2000000000", "inf")
SLACK = Fraction(1, 10**55)


def trained(**options: Any) -> Any:
    points, targets = certify.points.load_points_and_target("iris", target="target")
    assert targets is not None
    distinct = points.drop_duplicates("unit")
    rows = [[*x, targets[i]] for x, i in zip(distinct.points.as_fractions(), distinct.kept, strict=True)]
    train = [row for i, row in enumerate(rows) if i % 10 and i % 3]
    test = [row for i, row in enumerate(rows) if not i % 10]
    return certify.train(NETWORK, train, 4, holdout=test, normalize="unit", **options)


def within(lower: Fraction, upper: Fraction, text: str) -> bool:
    value = Fraction(text)
    return lower - SLACK * max(1, abs(value)) <= value <= upper + SLACK * max(1, abs(value))


def agrees(moment: Any, expected: Any) -> bool:
    pairs = zip(moment.held_out.lower_exact[0], moment.held_out.upper_exact[0], expected["held_out"], strict=True)
    return within(*moment.loss, expected["loss"]) and all(within(low, high, text) for low, high, text in pairs)


@pytest.fixture(scope="module")
def training() -> Any:
    return trained(times=TIMES)


def test_every_prediction_holds_the_digits_of_the_oracle(training: Any) -> None:
    for moment, time in zip(training.moments, TIMES, strict=True):
        assert agrees(moment, DATA["times"][time])
        assert moment.held_out.rad.max() <= 1e-9 * abs(moment.held_out.mid).max()
    assert within(*(bound * training.n for bound in training.components[-1].rate), DATA["smallest"])


def test_float64_is_right_early_and_nonsense_in_the_limit(training: Any) -> None:
    digits = [f.correct_digits(m) for f, m in zip(float64_moments(training), training.moments, strict=True)]
    assert digits[0] >= 12
    assert digits[-1] == 0


def test_few_bits_give_wide_enclosures_that_hold() -> None:
    training = trained(times=TIMES, max_bits=80)
    assert training.undecided
    assert len(training.moments) == 3
    for moment, time in zip(training.moments, TIMES, strict=False):
        assert agrees(moment, DATA["times"][time])


def test_without_the_bounds_of_the_eigenbasis_they_would_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(ball: Any, start: Any = None) -> Any:
        basis = prove_eigenbasis(ball, start)
        return None if basis is None else replace(basis, error=Fraction(0), defect=Fraction(0))

    monkeypatch.setattr(module, "prove_eigenbasis", careless)
    training = trained(times=TIMES[2:3], max_bits=80)
    assert not agrees(training.moments[0], DATA["times"][TIMES[2]])
