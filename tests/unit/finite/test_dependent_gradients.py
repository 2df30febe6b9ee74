"""Singular for an exact reason: the rank of the rational Jacobian, found here by elimination with fractions."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import certify
from certify.empirical import FiniteNetwork, parse_finite
from certify.empirical.dependent_gradients import FewLive, NullGradients, find_dependence
from certify.points import Points, load_points

SLOPES = {"Relu()": (Fraction(0), Fraction(1)), 'LeakyRelu("1/3")': (Fraction(1, 3), Fraction(1))}

RELU = "serial(Dense(2), Relu(), Dense(1))"


def gradient(network: FiniteNetwork, slopes: tuple[Fraction, Fraction], x: Any) -> list[Fraction]:
    """The derivatives by all weights, layer by layer."""
    unit, bias = Fraction(2) ** network.exponent, network.architecture.bias
    weights = [[[w * unit for w in row] for row in layer] for layer in network.layers]
    inputs, steep = [list(x)], []
    for layer in weights[:-1]:
        below = inputs[-1] + [Fraction(1)] * bias
        values = [sum(w * v for w, v in zip(row, below, strict=True)) for row in layer]
        if not all(values):
            raise ZeroDivisionError("a unit at its kink")
        steep.append([slopes[value > 0] for value in values])
        inputs.append([s * v for s, v in zip(steep[-1], values, strict=True)])
    derivatives = [[Fraction(1)]]
    for layer, slope in zip(weights[:0:-1], steep[::-1], strict=True):
        above = derivatives[-1]
        derivatives.append(
            [s * sum(g * row[j] for g, row in zip(above, layer, strict=True)) for j, s in enumerate(slope)]
        )
    blocks = zip(inputs, derivatives[::-1], strict=True)
    return [g * z for below, outer in blocks for g in outer for z in [*below, *[Fraction(1)] * bias]]


def rank(rows: list[list[Fraction]]) -> int:
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0])):
        place = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if place is None:
            continue
        rows[found], rows[place] = rows[place], rows[found]
        for i in range(found + 1, len(rows)):
            if share := rows[i][column] / rows[found][column]:
                rows[i] = [a - share * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


def drawn(seed: int) -> tuple[FiniteNetwork, Points, str]:
    draw = np.random.default_rng(seed)
    text = list(SLOPES)[seed % 2]
    bias = ", b_var=1" if seed % 3 else ""
    hidden = "".join(f"Dense({draw.integers(1, 5)}{bias}), {text}, " for _ in range(draw.integers(1, 3)))
    architecture = parse_finite(f"serial({hidden}Dense(1{bias}))")
    points = load_points(np.round(draw.standard_normal((int(draw.integers(1, 9)), 2)), 2).tolist())
    return FiniteNetwork.of_floats(architecture, architecture.start(2, seed)), points, text


def test_the_verdict_is_that_of_the_rank() -> None:
    singular = 0
    for seed in range(60):
        network, points, text = drawn(seed)
        found = find_dependence(network, points)
        try:
            jacobian = [gradient(network, SLOPES[text], row) for row in points.as_fractions()]
        except ZeroDivisionError:
            assert found is None
            continue
        full = rank(jacobian) == points.n
        assert (found is None) == full, seed
        singular += not full
        if isinstance(found, FewLive):
            assert found.count == sum(any(column) for column in zip(*jacobian, strict=True)) or found.count < points.n
            assert rank(jacobian) <= found.count
        if isinstance(found, NullGradients):
            assert any(found.entries)
            for column in zip(*(jacobian[i] for i in found.rows), strict=True):
                assert sum(v * g for v, g in zip(found.entries, column, strict=True)) == 0
    assert 15 <= singular <= 55


def test_certificates_of_all_three_reasons_check(tmp_path: Path) -> None:
    rows = [[k, k + 1 + k * k % 3] for k in range(10)]
    weights = [[["0.5", -1, "0.25"], [1, "0.75", "-0.5"]], [[1, -1, "0.125"]]]
    floats = [[[float(v) for v in row] for row in layer] for layer in weights]
    network = "serial(Dense(2, b_var=1), Relu(), Dense(1, b_var=1))"
    few = certify.prove_finite(network, rows[:8], weights=floats)
    alike = certify.prove_finite(network, rows[:5], weights=floats)
    blind = certify.prove_finite("serial(Dense(3), Tanh(), Dense(1))", [[k, 0, 0] for k in range(1, 9)])
    point = certify.prove_finite(
        "serial(Dense(2), Relu(), Dense(1))", [[1, 1], [1, -2]], weights=[-np.eye(2), [[1, 1]]]
    )
    for number, certificate in enumerate((few, alike, blind, point)):
        assert (certificate.verdict, certificate.lambda_min) == ("singular", (0, 0))
        assert certify.check(certificate.save(tmp_path / f"{number}.cert")).valid
    assert "5 parameters matter" in few.reason
    assert "gradients at" in alike.reason
    assert "matter" in blind.reason
    assert "the gradient at point 1" in point.reason


@pytest.mark.parametrize("rows", [[[1, -1], [2, 3]], [[0, 0], [1, 2]]])
def test_a_unit_exactly_at_its_kink_decides_nothing(rows: Any) -> None:
    architecture = parse_finite("serial(Dense(1), Relu(), Dense(1))")
    network = FiniteNetwork.of_floats(architecture, [np.ones((1, 2)), np.ones((1, 1))])
    assert find_dependence(network, load_points(rows)) is None


def test_memorising_with_dead_units_says_why() -> None:
    dead = [-np.ones((9, 2)), np.ones((1, 9))]
    rows = [[k, k * k] for k in range(1, 10)]
    found = certify.memorise("serial(Dense(9), Relu(), Dense(1))", rows, y=list(range(9)), weights=dead, tries=1)
    assert found.verdict == "singular"
    assert "distance" not in found.claim
