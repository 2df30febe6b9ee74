"""Enclosures at 128 bits against printed 40-digit values of fully connected networks, in both number systems."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certify import stax
from certify.kernels import Enclosure

FILE = json.loads((Path(__file__).parent / "data" / "dense.json").read_text())
CASES = FILE["cases"]
NAMES = [f"{case['act']}-{case['depth']}-{case['W_std']}-{case['b_std']}" for case in CASES]
SLACK = Fraction(1, 10**38)
every_case = pytest.mark.parametrize("number", range(len(CASES)), ids=NAMES)
both_systems = pytest.mark.parametrize("arithmetic", ["arb", "mpmath"])


def points(name: str) -> Any:
    stored = FILE["inputs"][name]
    return np.array([float.fromhex(text) for text in stored["hex"]]).reshape(stored["shape"])


@cache
def kernels(number: int, arithmetic: str, bits: int = 128) -> tuple[Enclosure, Enclosure]:
    """(NNGP, NTK) of a case; the standard deviations are the doubles that the file prints."""
    case = CASES[number]
    dense = f"Dense({case['W_std']!r}, {case['b_std']!r})".replace("(", "(None, ", 1)
    activation = case["act"] if case["act"].endswith(")") else f"{case['act']}()"
    hidden = f", {activation}, {dense}" * case["depth"]
    network = stax.parse(f"serial({dense}{hidden})")
    found: Any = network.kernel(points(case["inputs"]), get=("nngp", "ntk"), arithmetic=arithmetic, bits=bits)
    return found.nngp, found.ntk


def misses(enclosure: Enclosure, printed: list[list[str]]) -> list[tuple[int, int]]:
    """The entries whose enclosure does not meet the printed value with its slack."""
    low, high = enclosure.lower_exact, enclosure.upper_exact
    found = []
    for i, j in np.ndindex(enclosure.shape):
        value = Fraction(printed[i][j])
        slack = SLACK * abs(value)
        if high[i, j] < value - slack or value + slack < low[i, j]:
            found.append((i, j))
    return found


def disjoint(first: Enclosure, second: Enclosure) -> list[tuple[int, int]]:
    """The entries on which two enclosures of one matrix contradict each other."""
    apart = (first.upper_exact < second.lower_exact) | (second.upper_exact < first.lower_exact)
    return [(int(i), int(j)) for i, j in np.argwhere(apart)]


def squared_relative_widths(enclosure: Enclosure) -> Any:
    """(upper - lower)^2 / (K_ii K_jj), exactly; 0 / 0 is 0."""
    widths, least = enclosure.upper_exact - enclosure.lower_exact, np.diag(enclosure.lower_exact)
    return np.array(
        [
            [w * w / (least[i] * least[j]) if w else Fraction(0) for j, w in enumerate(row)]
            for i, row in enumerate(widths)
        ]
    )


def slipped(enclosure: Enclosure, i: int, j: int, part: Fraction) -> Enclosure:
    """The enclosure with both ends of one entry moved by that part of their size."""
    rows = [list(row) for row in enclosure.rows]
    low, high, exponent = rows[i][j]
    scale = 10**40
    moved = low * scale + round(low * part * scale), high * scale + round(high * part * scale)
    # Divide by the scale again by rounding to the nearest multiple of 2**(exponent - 140).
    rows[i][j] = (moved[0] * 2**140 // scale, -(-moved[1] * 2**140 // scale), exponent - 140)
    return Enclosure(tuple(map(tuple, rows)), enclosure.bits, enclosure.arithmetic)


@both_systems
@every_case
def test_every_printed_value_is_met_narrowly(number: int, arithmetic: str) -> None:
    nngp, ntk = kernels(number, arithmetic)
    assert misses(nngp, CASES[number]["ref_nngp"]) == []
    assert misses(ntk, CASES[number]["ref_ntk"]) == []
    assert squared_relative_widths(nngp).max() <= Fraction(1, 10**48)
    assert squared_relative_widths(ntk).max() <= Fraction(1, 10**48)


@every_case
def test_both_number_systems_overlap(number: int) -> None:
    for first, second in zip(kernels(number, "arb"), kernels(number, "mpmath"), strict=True):
        assert disjoint(first, second) == []


@both_systems
@pytest.mark.parametrize("number", range(1, len(CASES), 6), ids=NAMES[1::6])
def test_widths_shrink_with_precision(number: int, arithmetic: str) -> None:
    for coarse, fine in zip(kernels(number, arithmetic), kernels(number, arithmetic, 192), strict=True):
        assert disjoint(coarse, fine) == []
        assert squared_relative_widths(fine).max() <= squared_relative_widths(coarse).max() / 4**50


@both_systems
@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("number", range(0, len(CASES), 7), ids=NAMES[::7])
def test_a_slip_of_one_part_in_1e30_is_reported(number: int, arithmetic: str, position: int) -> None:
    true = kernels(number, arithmetic)[position]
    other = kernels(number, "mpmath" if arithmetic == "arb" else "arb")[position]
    printed = CASES[number]["ref_ntk" if position else "ref_nngp"]
    for entry in ((0, 0), (0, 1), (1, 0), (5, 6), (7, 2)):
        for part in (Fraction(1, 10**30), Fraction(-1, 10**30)):
            wrong = slipped(true, *entry, part)
            assert misses(wrong, printed) == [entry]
            assert disjoint(wrong, other) == [entry]
            assert disjoint(other, wrong) == [entry]
