"""Small problems with true claims whose proofs go in one pass over the pairs of points."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from documents import BARE, BIASED, proved, tightened
from forging import Document, numbers, words

from certify.kernels.float64.choice import common_profile
from certify.kernels.float64.remainders import soft
from certify.points import load_points
from certify.stax import parse


def streaming() -> Iterator[tuple[str, Document]]:
    corners: list[list[Any]] = [[2, 1, 0], [0, 2, 1], [-1, 0, 2], [1, -2, 2], [2, 2, -2]]
    relu = "serial(Dense(W_var=2), Relu(), Dense(W_var=2))"
    found = proved(relu, corners, "streaming", normalize="unit", method="streaming", bound="plain")
    found["proof"]["weights"] = None
    yield "streaming", tightened(found)
    yield (
        "streaming-one-point",
        proved(BIASED.format("Relu()"), [[1, 2, 3]], "streaming", method="streaming", bound="plain"),
    )
    cube: list[list[Any]] = [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [-1, 1, 1, 1]]
    raw = proved(BIASED.format("Relu()"), cube, "streaming", method="streaming", bound="plain", kernel="nngp")
    yield "streaming-raw", raw
    weighted = proved(relu, corners, "streaming", normalize="unit", method="streaming", bound="plain")
    weighted["proof"].update(weights="9 8 7 6 a", rows=[3, 4], vector="2 1")
    yield "streaming-weighted", tightened(weighted)
    soft = proved(relu, corners, "streaming", normalize="unit", method="streaming", bound="plain")
    soft["proof"].update(coefficients="", order=3, ratio={"denominator": "8", "numerator": "5"}, weights=None)
    yield "streaming-soft", tightened(soft)


def _softly_whitened(found: Document) -> Document:
    """The same claim, shown by another remainder, a dense factor and weights that are not all one."""
    document = copy.deepcopy(found)
    points = load_points([numbers(row) for row in document["claim"]["points"]["rows"]])
    profile = common_profile(parse(document["claim"]["network"]).layers, points, "ntk", "unit")
    rest = soft(profile, 2, 8)
    unit = np.array([[float(value) for value in row] for row in points.rows])
    unit /= np.linalg.norm(unit, axis=1)[:, None]
    rho = np.clip(unit @ unit.T, -1, 1)
    np.fill_diagonal(rho, 1)
    matrix = np.array([[float(rest(Fraction(value)).mid()) for value in row] for row in rho.tolist()])
    shift = int(2**40 * np.linalg.eigvalsh(matrix)[0]) * 7 // 8
    factor = np.linalg.inv(np.linalg.cholesky(matrix - np.ldexp(shift, -40) * np.eye(points.n)))
    document["proof"].update(coefficients="", order=2, ratio={"denominator": "8", "numerator": "7"})
    document["proof"].update(
        weights="a 9 b a c 8", rows=[0, 1], vector="1 -1", shift={"exponent": -40, "value": words([shift])}
    )
    document["proof"]["factor"] = {
        "columns": [words(list(range(i + 1))) for i in range(points.n)],
        "exponent": -16,
        "rows": [words([round(value * 2**16) for value in row[: i + 1]]) for i, row in enumerate(factor.tolist())],
    }
    return tightened(document)


def whitened() -> Iterator[tuple[str, Document]]:
    near: list[list[Any]] = [[8, 1, 0], [8, 0, 1], [0, 3, 4], [-1, 3, 4], [5, -9, 0], [5, -9, 2]]
    options = {"method": "streaming", "bound": "whitened"}
    found = proved(BARE.format("Relu()"), near, "whitened", normalize="unit", **options)
    yield "whitened", found
    yield "whitened-soft", _softly_whitened(found)
    cube: list[list[Any]] = [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [-1, 1, 1, 1]]
    yield "whitened-raw", proved(BIASED.format("Gelu()"), cube, "whitened", kernel="nngp", **options)
