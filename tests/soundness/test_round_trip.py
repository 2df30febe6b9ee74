"""What the prover makes, both engines verify: every verdict, every method, on points chosen to be hard."""

from fractions import Fraction
from math import nextafter
from pathlib import Path

import pytest

import certify

CROWD = [[0.5, 0.25], [nextafter(0.5, 1), 0.25], [-0.5, -0.25], [1.0, 0.5], [0.0, 3.0]]
SCALES = [[1e150, 1.0], [1e-150, 2e-150], [-1e150, 3.0]]
OPPOSITE = [[1, 2], [-1, -2], [3, 1], [-3, -1]]
HEXAGON = [[2, 0], [1, 2], [-1, 2], [-2, 0], [-1, -2], [1, -2]]
LINE = [[1, 2], [2, 4], [3, 6]]
BIAS = 'b_var="1/100"'

CASES = {
    "erf, points one ulp apart": (f"serial(Dense({BIAS}), Erf(), Dense())", CROWD, "none", "positive definite"),
    "relu, points one ulp apart": (f"serial(Dense({BIAS}), Relu(), Dense(), Relu(), Dense())", CROWD, "unit", None),
    "gelu at 1e150 and 1e-150": (f"serial(Dense({BIAS}), Gelu(), Dense())", SCALES, "none", "positive definite"),
    "sign at 1e150, unit rows": (f"serial(Dense({BIAS}), Sign(), Dense())", SCALES, "unit", "positive definite"),
    "one point": ("serial(Dense(), Relu(), Dense())", [[3, 4]], "none", "positive definite"),
    "one zero point": ("serial(Dense(), Relu(), Dense())", [[0, 0]], "none", "singular"),
    "one zero point under cosine": ("serial(Dense(), Cos(), Dense())", [[0, 0]], "none", "positive definite"),
    "parallel rows": ("serial(Dense(), Relu(), Dense())", LINE[:2], "none", "singular"),
    "two parallel rows, output bias": (
        f"serial(Dense(), Relu(), Dense({BIAS}))",
        LINE[:2],
        "none",
        "positive definite",
    ),
    "three parallel rows, output bias": (f"serial(Dense(), Relu(), Dense({BIAS}))", LINE, "none", "singular"),
    "two parallel pairs, output bias": (
        f"serial(Dense(), Relu(), Dense({BIAS}))",
        [*LINE[:2], [1, -1], [3, -3]],
        "none",
        "singular",
    ),
    "opposite rows, even": (f"serial(Dense(), Cos(), Dense({BIAS}))", OPPOSITE[:2], "none", "singular"),
    "opposite rows, odd": ("serial(Dense(), Erf(), Dense())", OPPOSITE[:2], "none", "singular"),
    "opposite rows, odd, output bias": (
        f"serial(Dense(), Erf(), Dense({BIAS}))",
        OPPOSITE[:2],
        "none",
        "positive definite",
    ),
    "two opposite pairs, output bias": (f"serial(Dense(), Erf(), Dense({BIAS}))", OPPOSITE, "none", "singular"),
    "two opposite pairs, sigmoid-like": ("serial(Dense(), Sigmoid_like(), Dense())", OPPOSITE, "unit", "singular"),
    "two opposite pairs, rectified power zero": (
        "serial(Dense(), RectifiedMonomial(0), Dense())",
        OPPOSITE,
        "none",
        "singular",
    ),
    "two opposite pairs, one more layer": (
        f"serial(Dense(), Erf(), Dense({BIAS}), Gelu(), Dense())",
        OPPOSITE,
        "none",
        "positive definite",
    ),
    "antipodal pairs": ("serial(Dense(), Relu(), Dense())", HEXAGON, "none", "singular"),
    "antipodal pairs, two layers": (
        "serial(Dense(), Relu(), Dense(), Relu(), Dense())",
        HEXAGON,
        "none",
        "positive definite",
    ),
    "constant": ("serial(Dense(), Gaussian(b=0), Dense())", CROWD, "none", "singular"),
    "derivative dual of zero at the end": ("serial(Dense(), Sign())", [[1, 2]], "none", "singular"),
    "more points than monomials": ("serial(Dense(), Monomial(2), Dense())", OPPOSITE, "none", "singular"),
    "null vector of a square": (
        "serial(Dense(), Monomial(2), Dense())",
        [[1, 0], [0, 1], [1, 1]],
        "none",
        "positive definite",
    ),
    "null vector in three dimensions": (
        "serial(Dense(), Monomial(2), Dense())",
        [[1, 0, 0], [0, 1, 0], [1, 1, 0], [1, -1, 0], [0, 0, 1]],
        "unit",
        "singular",
    ),
}


@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
@pytest.mark.parametrize("name", CASES)
def test_both_engines_verify_what_is_proved(name: str, kernel: str, tmp_path: Path) -> None:
    network, points, normalize, verdict = CASES[name]
    if name == "derivative dual of zero at the end" and kernel == "nngp":
        verdict = "positive definite"
    cert = certify.prove(network, points, kernel=kernel, normalize=normalize)
    assert cert.verdict == verdict or verdict is None
    assert cert.verdict != "undecided"
    target = cert.save(tmp_path / "a.cert")
    for engine in ("python", "flint"):
        answer = certify.check(target, engine=engine, data=points, network=network)
        assert answer.valid, (engine, answer.reason)


def test_positivity_without_a_number(tmp_path: Path) -> None:
    near = [[1, 0], [1, Fraction(1, 10**400)], [0, 1]]
    cert = certify.prove("serial(Dense(), Monomial(2), Dense())", near, max_bits=128)
    assert cert.verdict == "positive definite"
    assert cert.lambda_min.lower is None
    for engine in ("python", "flint"):
        assert certify.check(cert.save(tmp_path / "a.cert"), engine=engine).valid


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = [
        certify.prove("serial(Dense(), Erf(), Dense())", CROWD, normalize="unit").save(tmp_path / f"{k}.cert")
        for k in range(2)
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_claim_about_other_data_or_another_network_is_invalid(tmp_path: Path) -> None:
    target = certify.prove("serial(Dense(), Relu(), Dense())", HEXAGON[:3]).save(tmp_path / "a.cert")
    assert certify.check(target, data=HEXAGON[:3]).valid
    assert certify.check(target, data=HEXAGON[:2]).status == "invalid"
    assert certify.check(target, network="serial(Dense(), Erf(), Dense())").status == "invalid"


def test_a_lower_bound_one_unit_too_high_is_refused_by_both_engines(tmp_path: Path) -> None:
    from certify.certificate import Certificate, sealed_document

    cert = certify.prove("serial(Dense(), Erf(), Dense())", HEXAGON[:3], rel_width="1e-6")
    claim = {**cert.claim, "lambda_min": {**cert.claim["lambda_min"], "lower": cert.claim["lambda_min"]["upper"]}}
    target = Certificate(sealed_document(claim, cert.document["proof"], cert.labels)).save(tmp_path / "a.cert")
    for engine in ("python", "flint"):
        answer = certify.check(target, engine=engine)
        assert answer.status == "invalid"
        assert "lower bound" in answer.reason


def test_given_matrices(tmp_path: Path) -> None:
    from certify.proofs import prove_matrix

    for matrix, radius, verdict in (
        ([[2.0, 1.0], [1.0, 2.0]], 1e-9, "positive definite"),
        ([[1.0, 2.0], [2.0, 1.0]], [[0.0, 1e-9], [1e-9, 0.25]], "negative"),
    ):
        cert = prove_matrix(matrix, radius)
        assert cert.verdict == verdict
        target = cert.save(tmp_path / "a.cert")
        assert certify.check(target).status == "unsupported"
        answer = certify.check(target, accept_assumptions=True)
        assert answer.valid, answer.reason
        assert answer.assumptions
