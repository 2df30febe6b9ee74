"""Estimates grow with every size they depend on and stay within sight of the truth."""

import time

import pytest
from checker_certificates import ERF, enclosed

from certify.checker.answers import Unsupported
from certify.checker.budget import (
    Budget,
    angle_seconds,
    division_seconds,
    elementary_seconds,
    move_seconds,
    operation_seconds,
    product_seconds,
    term_seconds,
)
from certify.checker.entries import level_seconds, pair_seconds
from certify.checker.gram import GramEnclosure
from certify.checker.networks import read_network
from certify.checker.points import Points
from certify.checker.proof_shape import Residual
from certify.checker.residual import estimate_residual


def test_charges_add_up_and_stop_at_the_limit() -> None:
    budget = Budget(10)
    budget.charge(4, "one")
    budget.charge(6, "two")
    with pytest.raises(
        Unsupported, match="three brings the estimate to 11 seconds, over the limit of 10; use --engine flint"
    ):
        budget.charge(1, "three")
    free = Budget(None)
    free.charge(1e300, "anything")
    assert free.spent == 1e300


COSTS = [product_seconds, division_seconds, operation_seconds, elementary_seconds]


@pytest.mark.parametrize("seconds", [*COSTS, angle_seconds, term_seconds, move_seconds])
def test_costs_of_arithmetic_grow_with_the_precision(seconds: object) -> None:
    assert callable(seconds)
    values = [seconds(bits) for bits in (64, 128, 1000, 2000, 4000, 65_536, 10**6)]
    assert values == sorted(values)
    assert values[0] > 0
    assert values[-1] > 100 * values[0]


def test_costs_of_entries_grow_with_layers_degrees_and_points() -> None:
    one, two = read_network(ERF), read_network("serial(Dense(), Erf(), Dense(), Gelu(), Dense())")
    assert 0 < pair_seconds(one, 160) < pair_seconds(two, 160) < pair_seconds(two, 1600)
    low, high = (read_network(f"serial(Dense(), Monomial({k}))") for k in (2, 200))
    assert pair_seconds(low, 160) < pair_seconds(high, 160)
    assert level_seconds(low, 100, 160) < level_seconds(high, 100, 160) < level_seconds(high, 1000, 160)


def proof(size: int, bits: int, exponent: int = 0) -> Residual:
    factor = tuple((1 << (bits - 1),) * (i + 1) for i in range(size))
    return Residual(bits, 1, exponent, factor, exponent, (1 << (bits - 1),) * size)


def estimate(size: int, bits: int, exponent: int = 0) -> float:
    budget = Budget(None)
    estimate_residual(proof(size, bits, exponent), size, budget)
    return budget.spent


def test_costs_of_the_residual_grow_with_size_bits_and_exponents() -> None:
    assert 0 < estimate(10, 100) < estimate(10, 1000)
    assert estimate(10, 100) < estimate(10, 100, 60_000)
    assert 6 < estimate(200, 100) / estimate(100, 100) < 9
    without = Budget(None)
    estimate_residual(Residual(100, 1, 0, None, 0, (1,) * 200), 200, without)
    assert 0 < without.spent < estimate(200, 100) / 2


def test_the_estimate_of_the_entries_is_within_a_factor_of_the_truth() -> None:
    rows = [[k, k * k % 17, k * k * k % 23] for k in range(1, 41)]
    start = time.perf_counter()
    gram = enclosed(ERF, rows, True, "ntk", 128)
    assert len(list(gram.matrix().rows)) == 40
    spent = time.perf_counter() - start
    assert spent / 100 < gram.budget.spent < spent * 30


def test_the_estimate_of_a_convolution_is_near_the_truth() -> None:
    text = (
        'serial(Conv(filter_shape=(3, 3), padding="SAME"), Relu(), Conv(filter_shape=(2, 2)), Relu(), '
        "GlobalAvgPool(), Dense())"
    )
    rows = tuple(tuple((5 * i + k * k) % 17 for k in range(36)) for i in range(8))
    start = time.process_time()
    gram = GramEnclosure(read_network(text), True, False, Points(rows, 1, 36, ""), 53, Budget(None), (6, 6, 1))
    assert len(list(gram.matrix().rows)) == 8
    spent = time.process_time() - start
    assert spent / 4 < gram.budget.spent < spent * 4
