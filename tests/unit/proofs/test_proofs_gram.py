"""At which precision entries are enclosed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certify.kernels import arithmetic_named, check_inputs
from certify.points import load_points
from certify.proofs.gram import FIRST_BITS, GramBalls
from certify.stax import parse

ROWS = [[1, 2], [3, -1], ["1/2", 5]]


@pytest.mark.parametrize(
    ("activation", "normalize", "rows", "bits"),
    [
        ("Tanh()", "none", ROWS, 58),
        ("Mish()", "none", ROWS, 58),
        ("Softsign()", "none", ROWS, 58),
        ("Tanh()", "unit", ROWS, FIRST_BITS),
        ("Softsign()", "unit", ROWS, FIRST_BITS),
        ("Tanh()", "none", [[1, 2], [2, 1]], FIRST_BITS),
        ("Gelu()", "none", ROWS, FIRST_BITS),
        ("Erf()", "none", ROWS, FIRST_BITS),
    ],
)
def test_entries_that_are_dear_take_no_more_bits_than_asked(
    activation: str, normalize: str, rows: list[list[int | str]], bits: int
) -> None:
    network = parse(f"serial(Dense(), {activation}, Dense())")
    inputs = check_inputs(load_points(rows), None, normalize)
    balls = GramBalls(network.layers, inputs, "ntk", arithmetic_named("arb")[1])
    balls(58)
    assert balls.bits == bits
    coarse = balls.rows
    balls(140)
    assert balls.bits == 140
    for row, finer in zip(coarse, balls.rows, strict=True):
        for (low, high, e), (lower, higher, f) in zip(row, finer, strict=True):
            # Both enclose one number.
            assert low * Fraction(2) ** e <= higher * Fraction(2) ** f
            assert lower * Fraction(2) ** f <= high * Fraction(2) ** e
