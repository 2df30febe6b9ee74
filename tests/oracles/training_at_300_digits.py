"""Training on iris by mpmath at 300 digits: its own kernel, its own eigenvectors and linear solver, no enclosures.

Running this file writes data/training_iris.json; it takes minutes.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mp, mpf

from certify import stax
from certify.points import load_points_and_target
from tests.oracles.plain_recursion import entry, real

DIGITS = 300
NETWORK = 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
TIMES = ("1", "100", "2000000000", "inf")
FILE = Path(__file__).parent / "data" / "training_iris.json"


def split() -> tuple[list[tuple[Fraction, ...]], list[Fraction], list[tuple[Fraction, ...]], list[Fraction]]:
    """Every fifth of the distinct unit rows for testing, two thirds of the others for training."""
    points, targets = load_points_and_target("iris", target="target")
    assert targets is not None
    distinct = points.drop_duplicates("unit")
    rows = distinct.points.as_fractions()
    y = [targets[i] for i in distinct.kept]
    test = [i for i in range(len(rows)) if i % 10 == 0]
    train = [i for i in range(len(rows)) if i % 10 and i % 3]
    return [rows[i] for i in train], [y[i] for i in train], [rows[i] for i in test], [y[i] for i in test]


def main() -> None:
    mp.dps = DIGITS
    net = stax.parse(NETWORK)
    x, y, others, _ = split()
    n = len(x)
    gram = mp.zeros(n)
    for i in range(n):
        for j in range(i + 1):
            gram[i, j] = gram[j, i] = entry(net, x[i], x[j], True)[1]
    cross = mp.matrix([[entry(net, a, b, True)[1] for b in x] for a in others])
    targets = mp.matrix([real(value) for value in y])
    values, vectors = mp.eigsy(gram)
    part = vectors.T * targets
    result: dict[str, Any] = {"smallest": mpmath.nstr(min(values), 60), "times": {}}
    for text in TIMES:
        if text == "inf":
            weights = mp.lu_solve(gram, targets)
            residual = targets - gram * weights
        else:
            decay = [mpmath.exp(-mpf(text) * value / n) for value in values]
            weights = vectors * mp.matrix([(1 - d) / v * p for d, v, p in zip(decay, values, part, strict=True)])
            residual = vectors * mp.matrix([d * p for d, p in zip(decay, part, strict=True)])
        loss = sum(entry_ * entry_ for entry_ in residual) / (2 * n)
        result["times"][text] = {
            "loss": mpmath.nstr(loss, 60),
            "held_out": [mpmath.nstr(value, 60) for value in cross * weights],
        }
    FILE.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
