"""Families of degenerate rows: accepted where the stated reason holds, refused where it does not."""

from pathlib import Path

import mpmath
import pytest
from checker_certificates import (
    ERF,
    RELU,
    SQUARE,
    Json,
    answer,
    certificate,
    enclosed,
    kernel_claim,
    symmetric,
)

FOUR = [[1, 0], [0, 1], [1, 1], [1, -1]]
HEXAGON_LIKE = [[2, 0], [-2, 0], [1, 3], [-1, -3], [5, 1], [-5, -1]]


def family(name: str, rows: list[int], coefficients: str | None = None) -> Json:
    proof: Json = {"family": name, "kind": "family", "rows": rows}
    return proof if coefficients is None else {**proof, "coefficients": coefficients}


B0, B1 = "Dense()", "Dense(b_var=1)"
FAMILIES = [
    # network, rows, unit, proof, valid
    (ERF, [[1, 2], [3, 1], [1, 2]], False, family("equal points", [0, 2]), True),
    (ERF, [[1, 2], [3, 1], [1, 2]], False, family("equal points", [2, 0]), True),
    (ERF, [[1, 2], [3, 1], [2, 4]], False, family("equal points", [0, 2]), False),
    (ERF, [[1, 2], [3, 1], [2, 4]], True, family("equal points", [0, 2]), True),
    (ERF, [[1, 2], [3, 1], [-2, -4]], True, family("equal points", [0, 2]), False),
    (ERF, [[1, 2], [3, 1], [2, 4]], True, family("equal points", [0, 1]), False),
    (ERF, [[0, 0], [0, 0]], False, family("equal points", [0, 1]), True),
    (f"serial({B0}, Erf(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), True),
    (f"serial({B0}, Erf(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [0]), False),
    (f"serial({B0}, Erf(c=1), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (f"serial({B0}, Cos(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (f"serial({B0}, Step(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (f"serial({B0}, Sign(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), True),
    (f"serial({B0}, Hermite(3), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), True),
    (f"serial({B0}, Hermite(2), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (f"serial({B1}, Erf(), {B0})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (f"serial({B0}, Erf(), {B1})", [[1, 2], [0, 0]], False, family("zero row", [1]), False),
    (RELU, [[1, 2], [3, 1], [2, 4]], False, family("parallel rows", [0, 2]), True),
    (RELU, [[1, 2], [3, 1], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (RELU, [[1, 2], [3, 1], [-2, -4]], False, family("parallel rows", [0, 2]), False),
    (RELU, [[1, 2], [3, 1], [2, 4]], False, family("opposite rows", [0, 2]), False),
    (f"serial({B0}, Relu(), {B1})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (f"serial({B1}, Relu(), {B0})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (f"serial({B0}, Erf(), {B0})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (f"serial({B0}, Polynomial([0, 1, 1]), {B0})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (f"serial({B0}, Sign(), {B1}, Erf(), {B1})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), True),
    (f"serial({B0}, Step(), {B1}, Gelu())", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), True),
    (f"serial({B1}, Sign(), {B1})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), False),
    (f"serial({B0}, RectifiedMonomial(3), {B0})", [[1, 2], [2, 4]], False, family("parallel rows", [0, 1]), True),
    (f"serial({B0}, Relu(), {B1})", [[1], [2], [3]], False, family("three parallel rows", [0, 1, 2]), True),
    (
        f"serial({B0}, Abs(), {B0}, Relu(), {B1})",
        [[1], [2], [3]],
        False,
        family("three parallel rows", [2, 1, 0]),
        True,
    ),
    (
        f"serial({B0}, Relu(), {B1}, Relu(), {B0})",
        [[1], [2], [3]],
        False,
        family("three parallel rows", [0, 1, 2]),
        False,
    ),
    (f"serial({B1}, Relu(), {B0})", [[1], [2], [3]], False, family("three parallel rows", [0, 1, 2]), False),
    (f"serial({B0}, Erf(), {B1})", [[1], [2], [3]], False, family("three parallel rows", [0, 1, 2]), False),
    (f"serial({B0}, Relu(), {B1}, Relu())", [[1], [2], [3]], False, family("three parallel rows", [0, 1, 2]), False),
    (f"serial({B0}, Relu(), {B1})", [[1], [2], [-3]], False, family("three parallel rows", [0, 1, 2]), False),
    (f"serial({B0}, Relu(), {B1})", [[0], [0], [0]], False, family("three parallel rows", [0, 1, 2]), False),
    (f"serial({B0}, Cos(), {B1}, Gelu(), {B1})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), True),
    (f"serial({B1}, Cos(), {B0})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Cos(c=1), {B0})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Cos(), {B0})", [[1, 2], [-2, -4]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Cos(), {B0})", [[1, 2], [-2, -4]], True, family("opposite rows", [0, 1]), True),
    (f"serial({B0}, Erf(), {B0})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), True),
    (f"serial({B0}, Erf(), {B1})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Erf(), {B0}, Gaussian(), {B1})", [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), True),
    (RELU, [[1, 2], [-1, -2]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Monomial(2), {B0})", [[1, 2], [-3, -6]], False, family("opposite rows", [0, 1]), True),
    (f"serial({B0}, Monomial(3), {B0})", [[1, 2], [-3, -6]], False, family("opposite rows", [0, 1]), True),
    (f"serial({B0}, Monomial(3), {B1})", [[1, 2], [-3, -6]], False, family("opposite rows", [0, 1]), False),
    (f"serial({B0}, Sign(), {B0}, Gabor(), {B0})", [[1, 2], [-3, -6]], False, family("opposite rows", [0, 1]), True),
    (RELU, HEXAGON_LIKE, False, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"), True),
    (RELU, HEXAGON_LIKE, True, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"), True),
    (RELU, HEXAGON_LIKE, False, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 7"), False),
    (RELU, HEXAGON_LIKE, False, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "0 0 0"), False),
    (RELU, HEXAGON_LIKE, False, family("antipodal pairs", [0, 2, 1, 3, 4, 5], "-e -2 6"), False),
    (f"serial({B0}, Abs(), {B1})", HEXAGON_LIKE, False, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"), True),
    (f"serial({B0}, Relu())", HEXAGON_LIKE, False, family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"), True),
    (
        f"serial({B1}, Relu(), {B0})",
        HEXAGON_LIKE,
        False,
        family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"),
        False,
    ),
    (
        f"serial({B0}, Mish(), {B0})",
        HEXAGON_LIKE,
        False,
        family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B0}, Relu(), {B0})",
        HEXAGON_LIKE,
        False,
        family("antipodal pairs", [0, 1, 2, 3, 4, 5], "-e -2 6"),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[1, 0], [2, 0], [0, 3], [0, 7]],
        False,
        family("two parallel pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[1, 0], [2, 0], [0, 3], [1, 7]],
        False,
        family("two parallel pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[1, 0], [2, 0], [0, 3], [0, 7]],
        False,
        family("two parallel pairs", [0, 2, 1, 3]),
        False,
    ),
    (
        f"serial({B1}, Relu(), {B1})",
        [[1, 0], [2, 0], [0, 3], [0, 7]],
        False,
        family("two parallel pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Gelu(), {B1})",
        [[1, 0], [2, 0], [0, 3], [0, 7]],
        False,
        family("two parallel pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[0, 0], [0, 0], [0, 3], [0, 7]],
        False,
        family("two parallel pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B1}, Polynomial([2]), {B1}, Relu(), {B1})",
        [[1], [5]],
        False,
        family("constant function", [0, 1]),
        True,
    ),
    (f"serial({B1}, Erf(b=0, c=1), {B1})", [[1], [5]], False, family("constant function", [0, 1]), True),
    (f"serial({B1}, Relu(), {B1})", [[1], [5]], False, family("constant function", [0, 1]), False),
    (f"serial({B1}, ABRelu(0, 0), {B0})", [[1], [5]], False, family("zero kernel", [1]), True),
    (f"serial({B1}, ABRelu(0, 0), {B1})", [[1], [5]], False, family("zero kernel", [1]), False),
    (f"serial({B1}, Relu(), {B0})", [[0], [5]], False, family("zero kernel", [0]), False),
    (
        f"serial({B0}, Erf(), {B1})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Erf(c=1), {B0})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Step(), {B1})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Sin(), {B0}, Erf(c=1), {B1})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        True,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Polynomial([1, 0, 0, 2]))",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Erf(c=1), {B0}, Erf(), {B0})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Erf(), {B1}, Erf(), {B0})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B1}, Erf(), {B0})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B0})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Erf(), {B1})",
        [[1, 2], [-2, -4], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 1, 2, 3]),
        False,
    ),
    (
        f"serial({B0}, Erf(), {B1})",
        [[1, 2], [-2, -4], [3, 1], [-3, -1]],
        True,
        family("two opposite pairs", [0, 1, 2, 3]),
        True,
    ),
    (
        f"serial({B0}, Erf(), {B1})",
        [[1, 2], [-1, -2], [3, 1], [-3, -1]],
        False,
        family("two opposite pairs", [0, 2, 1, 3]),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B0})",
        [[1], [-2], [3], [-3]],
        False,
        family("antipodal pairs", [0, 1, 2, 3], "3 -1"),
        True,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[1], [-2], [3], [-3]],
        False,
        family("antipodal pairs", [0, 1, 2, 3], "3 -1"),
        False,
    ),
    (
        f"serial({B0}, Relu(), {B1})",
        [[1], [-2], [3], [-3]],
        True,
        family("antipodal pairs", [0, 1, 2, 3], "3 -1"),
        True,
    ),
]


@pytest.mark.parametrize(("network", "rows", "unit", "proof", "valid"), FAMILIES)
def test_families_of_degenerate_rows(
    tmp_path: Path, network: str, rows: list[list[int]], unit: bool, proof: Json, valid: bool
) -> None:
    for kernel in ("ntk", "nngp"):
        result = answer(tmp_path, certificate(kernel_claim(network, rows, unit=unit, kernel=kernel), proof))
        assert result.status == ("valid" if valid else "invalid"), result.reason


def test_kernels_that_vanish_for_one_kernel_only(tmp_path: Path) -> None:
    """A jump at the end, or a value at zero, leaves the NNGP alone and makes the NTK (or its entry) zero."""
    rows = [[1, 2], [0, 0]]
    for network, proof in (
        (f"serial({B1}, Sign())", family("zero kernel", [0])),
        (f"serial({B0}, Relu(), {B1}, Step())", family("zero kernel", [0])),
        (f"serial({B0}, RectifiedMonomial(0))", family("zero kernel", [1])),
        (f"serial({B0}, Cos())", family("zero row", [1])),
    ):
        for kernel, status in (("ntk", "valid"), ("nngp", "invalid")):
            claim = kernel_claim(network, rows, kernel=kernel)
            assert answer(tmp_path, certificate(claim, proof)).status == status
    for network in (f"serial({B1}, Sign(), {B0})", f"serial({B0}, Relu())", f"serial({B0}, RectifiedMonomial(1))"):
        assert (
            answer(tmp_path, certificate(kernel_claim(network, rows), family("zero kernel", [0]))).status == "invalid"
        )


def test_stated_families_are_singular_by_their_determinants() -> None:
    """The enclosures of the Gram determinants of all accepted examples hold zero, to many digits."""
    for network, rows, unit, proof, valid in FAMILIES:
        if not valid:
            continue
        for kernel in ("ntk", "nngp"):
            gram = enclosed(network, rows, unit, kernel, 150)
            if all(height is None for height in gram.heights):
                continue
            lows, highs = symmetric(list(gram.matrix().rows))
            chosen = proof["rows"]
            with mpmath.workprec(400):
                scale = mpmath.mpf(max(map(max, highs)))
                part = mpmath.matrix(
                    [[mpmath.mpf(lows[i][j] + highs[i][j]) / 2 / scale for j in chosen] for i in chosen]
                )
                assert abs(mpmath.eigsy(part, eigvals_only=True)[0]) < mpmath.mpf(2) ** -130, (network, proof)


def test_proofs_of_singularity_do_not_prove_positivity(tmp_path: Path) -> None:
    claim = kernel_claim(SQUARE, [*FOUR, [2, 3]], verdict="positive definite", lower="1e-9", upper="1e0")
    for proof in ({"kind": "rank", "dimension": 3}, family("equal points", [0, 1])):
        assert answer(tmp_path, certificate(claim, proof)).status == "invalid"
