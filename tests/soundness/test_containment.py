"""A sample of `tox -e containment`, and whether it would see an entry outside."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import containment
import numpy as np
import pytest

from certify.kernels.float_enclosure import FloatEnclosure


@pytest.mark.parametrize("number", [0, 4, 7, 8, 17])
def test_no_entry_lies_outside_and_errors_come_near_their_radius(number: int) -> None:
    answer = containment.unit(number, copies=1)
    assert answer.misses == []
    assert answer.float64.outside == answer.rounded.outside == 0
    assert answer.float64.total > 400
    assert answer.float64.quantile(1.0) >= containment.LEAST_WORST


def test_a_radius_that_is_too_small_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    original = FloatEnclosure.__init__

    def shrunk(self: FloatEnclosure, mid: Any, rad: Any, bits: int) -> None:
        original(self, mid, rad / 64, bits)

    monkeypatch.setattr(FloatEnclosure, "__init__", shrunk)
    answer = containment.unit(7, copies=1)
    assert answer.float64.outside > 0
    assert answer.misses


@pytest.mark.parametrize(("low", "high", "exponent"), [(3, 5, 0), (-5, -3, 4), (2**130, 2**130 + 7, -128), (0, 0, -9)])
@pytest.mark.parametrize("mid", [0.0, 4.0, -1e-30, 1e30, 4.000000000000001, -math.pi])
def test_distances_and_misses_are_exact(low: int, high: int, exponent: int, mid: float) -> None:
    scale = Fraction(2) ** exponent
    gap = max(low * scale - Fraction(mid), Fraction(mid) - high * scale, Fraction(0))
    found = containment.distance(low, high, exponent, mid)
    assert abs(Fraction(found) - gap) <= gap * Fraction(1, 2**52)
    assert not containment.beyond(low, high, exponent, mid, np.nextafter(float(gap), math.inf))
    assert not gap or containment.beyond(low, high, exponent, mid, float(gap) * 0.999)


def test_what_was_done_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "state"
    state, answer = containment.State(path), containment.unit(0, copies=1)
    state.add(0, answer)
    with path.open("a") as stream:
        stream.write('{"unit": 1, "tall')
    again = containment.State(path)
    assert list(again.done) == [0]
    assert np.array_equal(again.done[0].float64.counts, answer.float64.counts)
    assert again.done[0].rounded.total == answer.rounded.total
