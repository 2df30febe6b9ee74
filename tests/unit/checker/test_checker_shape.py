"""What has the wrong shape is malformed, whoever sealed it, and later versions are unsupported."""

import hashlib
import os
from pathlib import Path

import pytest
from checker_certificates import (
    ERF,
    SQUARE,
    answer,
    ball_claim,
    canonical,
    certificate,
    changed,
    kernel_claim,
    proved,
    seal,
)

from certify.checker import check_file

TRIANGLE = [[1, 0], [0, 1], [1, 1]]
FOUR = [[1, 0], [0, 1], [1, 1], [1, -1]]
RESIDUAL = proved(ERF, TRIANGLE, bits=40)
NULL = certificate(kernel_claim(SQUARE, FOUR), {"kind": "null vector", "rows": [0, 1, 2, 3], "entries": "2 2 -1 -1"})
PAIRS = certificate(
    kernel_claim("serial(Dense(), Relu(), Dense())", [[1], [-2], [3], [-3]]),
    {"family": "antipodal pairs", "kind": "family", "rows": [0, 1, 2, 3], "coefficients": "3 -1"},
)
RANK = certificate(kernel_claim(SQUARE, FOUR), {"kind": "rank", "dimension": 3})
MODULAR = certificate(
    kernel_claim(SQUARE, TRIANGLE, verdict="positive definite", lower=None, upper="1e9"),
    {"kind": "modular", "modulus": "1fffffffffffffff", "bits": 40, "vector": "1 0 0"},
)
BALL = certificate(
    ball_claim([[2], [1, 2]], "0", "positive definite", "1e0", "1e0"),
    {
        "bits": 3,
        "factor": {"exponent": 0, "rows": ["1", "1 0"]},
        "kind": "residual",
        "shift": {"exponent": 0, "value": "1"},
        "vector": "1 -1",
    },
)


@pytest.mark.parametrize("good", [RESIDUAL, NULL, PAIRS, RANK, MODULAR, BALL])
def test_the_certificates_that_are_damaged_below_are_valid(tmp_path: Path, good: dict[str, object]) -> None:
    assert answer(tmp_path, good).status == "valid"


DAMAGE = [
    (RESIDUAL, "format", "something"),
    (RESIDUAL, "format", ...),
    (RESIDUAL, "format", 1),
    (RESIDUAL, "version", ...),
    (RESIDUAL, "version", True),
    (RESIDUAL, "version", "1"),
    (RESIDUAL, "version", None),
    (RESIDUAL, "labels", ...),
    (RESIDUAL, "labels", []),
    (RESIDUAL, "labels", {"a": True}),
    (RESIDUAL, "labels", {"a": [1]}),
    (RESIDUAL, "labels", {"a": {"b": {"c": 1}}}),
    (RESIDUAL, "labels", {"a": {"b": False}}),
    (RESIDUAL, "extra", 1),
    (RESIDUAL, "claim", ...),
    (RESIDUAL, "claim", []),
    (RESIDUAL, "claim.extra", 1),
    (RESIDUAL, "claim.kernel", "NTK"),
    (RESIDUAL, "claim.kernel", None),
    (RESIDUAL, "claim.normalize", "l2"),
    (RESIDUAL, "claim.verdict", "negative"),
    (RESIDUAL, "claim.verdict", "undecided"),
    (RESIDUAL, "claim.verdict", ...),
    (RESIDUAL, "claim.network", 5),
    (RESIDUAL, "claim.network", "serial(Dense(), Relu(),Dense())"),
    (RESIDUAL, "claim.lambda_min", None),
    (RESIDUAL, "claim.lambda_min.lower", 1),
    (RESIDUAL, "claim.lambda_min.lower", "0.5"),
    (RESIDUAL, "claim.lambda_min.upper", None),
    (RESIDUAL, "claim.lambda_min.upper", "1"),
    (RESIDUAL, "claim.lambda_min.middle", "1e0"),
    (RESIDUAL, "claim.points", None),
    (RESIDUAL, "claim.points.columns", 0),
    (RESIDUAL, "claim.points.columns", -2),
    (RESIDUAL, "claim.points.columns", True),
    (RESIDUAL, "claim.points.columns", "2"),
    (RESIDUAL, "claim.points.columns", 3),
    (RESIDUAL, "claim.points.denominator", "0"),
    (RESIDUAL, "claim.points.denominator", "-1"),
    (RESIDUAL, "claim.points.denominator", 1),
    (RESIDUAL, "claim.points.denominator", "0x1"),
    (RESIDUAL, "claim.points.rows", []),
    (RESIDUAL, "claim.points.rows", "1 0"),
    (RESIDUAL, "claim.points.rows", {"0": "1 0"}),
    (RESIDUAL, "claim.points.rows.0", "1"),
    (RESIDUAL, "claim.points.rows.0", "1 0 0"),
    (RESIDUAL, "claim.points.rows.0", "1  0"),
    (RESIDUAL, "claim.points.rows.0", ["1", "0"]),
    (RESIDUAL, "claim.points.rows.0", "nan 0"),
    (RESIDUAL, "claim.points.rows.0", "1.5 0"),
    (RESIDUAL, "claim.points.rows.0", "-0 1"),
    (RESIDUAL, "claim.points.file", "x"),
    (RESIDUAL, "claim.gram", {}),
    (RESIDUAL, "proof", None),
    (RESIDUAL, "proof", {}),
    (RESIDUAL, "proof.kind", 3),
    (RESIDUAL, "proof.extra", 1),
    (RESIDUAL, "proof.bits", 0),
    (RESIDUAL, "proof.bits", -1),
    (RESIDUAL, "proof.bits", True),
    (RESIDUAL, "proof.bits", "40"),
    (RESIDUAL, "proof.bits", ...),
    (RESIDUAL, "proof.shift", "1"),
    (RESIDUAL, "proof.shift.value", 1),
    (RESIDUAL, "proof.shift.value", "F"),
    (RESIDUAL, "proof.shift.exponent", "0"),
    (RESIDUAL, "proof.shift.exponent", False),
    (RESIDUAL, "proof.factor", []),
    (RESIDUAL, "proof.factor", ...),
    (RESIDUAL, "proof.factor.rows", ["1", "1 1"]),
    (RESIDUAL, "proof.factor.rows", ["1", "1 1", "1 1"]),
    (RESIDUAL, "proof.factor.rows", ["1 1 1", "1 1 1", "1 1 1"]),
    (RESIDUAL, "proof.factor.rows", ["1", "1 1", "1 1 1", "1 1 1 1"]),
    (RESIDUAL, "proof.factor.rows", [1, 2, 3]),
    (RESIDUAL, "proof.factor.exponent", None),
    (RESIDUAL, "proof.vector", "1 1"),
    (RESIDUAL, "proof.vector", "1 1 1 1"),
    (RESIDUAL, "proof.vector", [1, 1, 1]),
    (RESIDUAL, "proof.vector", ""),
    (NULL, "proof.rows", []),
    (NULL, "proof.rows", [0, 1, 2, 4]),
    (NULL, "proof.rows", [-1, 1, 2, 3]),
    (NULL, "proof.rows", [0, 2, 1, 3]),
    (NULL, "proof.rows", [0, 1, 1, 3]),
    (NULL, "proof.rows", [False, True, 2, 3]),
    (NULL, "proof.rows", "0 1 2 3"),
    (NULL, "proof.rows", [0, 1, 2]),
    (NULL, "proof.entries", "2 2 -1"),
    (NULL, "proof.entries", 2),
    (PAIRS, "proof.rows", [0, 1, 2]),
    (PAIRS, "proof.rows", [0, 1, 1, 0]),
    (PAIRS, "proof.coefficients", ...),
    (PAIRS, "proof.coefficients", "3"),
    (PAIRS, "proof.family", 3),
    (PAIRS, "proof.family", "equal points"),
    (RANK, "proof.dimension", -1),
    (RANK, "proof.dimension", True),
    (RANK, "proof.dimension", "3"),
    (MODULAR, "proof.modulus", "1"),
    (MODULAR, "proof.modulus", "0"),
    (MODULAR, "proof.modulus", "-7"),
    (MODULAR, "proof.modulus", 7),
    (BALL, "claim.gram.midpoints", []),
    (BALL, "claim.gram.midpoints", ["2", "1"]),
    (BALL, "claim.gram.midpoints", ["2 1", "1 2"]),
    (BALL, "claim.gram.radii", "-1"),
    (BALL, "claim.gram.radii", 1),
    (BALL, "claim.gram.radii", ["0", "0 -1"]),
    (BALL, "claim.gram.radii", ["0"]),
    (BALL, "claim.gram.radii", ["0", "0"]),
    (BALL, "claim.gram.exponent", "0"),
    (BALL, "claim.kernel", "ntk"),
    (BALL, "claim.verdict", "indefinite"),
]


@pytest.mark.parametrize(("good", "path", "value"), DAMAGE)
def test_damaged_shapes_are_malformed(tmp_path: Path, good: dict[str, object], path: str, value: object) -> None:
    result = answer(tmp_path, changed(good, path, value))
    assert result.status == "malformed", result.reason
    assert result.reason
    assert "\n" not in result.reason
    assert "checker failed" not in result.reason


@pytest.mark.parametrize("version", [0, 3, 10**30, -1])
def test_other_versions_are_unsupported_whatever_else_they_hold(tmp_path: Path, version: int) -> None:
    assert answer(tmp_path, changed(RANK, "version", version)).status == "unsupported"
    later = {"format": "ntk-certificate", "version": version, "news": []}
    assert answer(tmp_path, canonical(later)).status == "unsupported"


def test_unknown_kinds_of_proof_are_unsupported(tmp_path: Path) -> None:
    assert answer(tmp_path, changed(RANK, "proof.kind", "rumour")).status == "unsupported"
    assert answer(tmp_path, changed(PAIRS, "proof.family", "four parallel rows")).status == "unsupported"
    assert (
        answer(tmp_path, changed(RESIDUAL, "claim.network", "serial(Dense(), Maxout(), Dense())")).status
        == "unsupported"
    )


def test_seals(tmp_path: Path) -> None:
    wrong = {**RESIDUAL, "seal": "0" * 64}
    result = answer(tmp_path, wrong)
    assert (result.status, "seal" in result.reason) == ("invalid", True)
    relabelled = {**RESIDUAL, "labels": {"name": "iris"}}
    assert answer(tmp_path, relabelled).status == "invalid"
    assert answer(tmp_path, seal(relabelled)).status == "valid"
    for text in ("0" * 63, "0" * 65, "G" * 64, "A" * 64, 7, None):
        assert answer(tmp_path, {**RESIDUAL, "seal": text}).status == "malformed"


def test_the_bytes_must_be_canonical(tmp_path: Path) -> None:
    text = canonical(RESIDUAL)
    for other in (
        text[:-1],
        text + "\n",
        " " + text,
        text.replace(":", ": ", 1),
        text.replace("\n", "\r\n"),
        "\ufeff" + text,
        text.replace("ntk-certificate", "ntk\\u002dcertificate"),
        text[:-2],
        text[1:],
        text.replace('"version":1', '"version":1.0'),
        text.replace('"version":1', '"version":01'),
        text.replace('{"claim"', '{"version":1,"claim"'),
        "null\n",
        "[]\n",
        "{}\n",
        '"ntk-certificate"\n',
    ):
        assert answer(tmp_path, other.encode()).status == "malformed"


def test_labels_are_carried_and_never_trusted(tmp_path: Path) -> None:
    labels = {"name": "iris\u001b[31m", "rows": 150, "by": {"tool": "x", "none": None}}
    result = answer(tmp_path, certificate(RANK["claim"], RANK["proof"], labels))
    assert result.status == "valid"
    assert result.labels == labels


@pytest.mark.parametrize(
    "name",
    [
        "../some.points",
        "/etc/hostname",
        "a/b",
        ".hidden",
        "",
        "a b",
        "a\u0000b",
        "é",
        "..",
        "c:\\x",
        "x" * 256,
        5,
        None,
    ],
)
def test_points_files_have_plain_names(tmp_path: Path, name: object) -> None:
    points = {"columns": 2, "count": 3, "file": name, "sha256": "0" * 64}
    assert answer(tmp_path, changed(RESIDUAL, "claim.points", points)).status == "malformed"


@pytest.mark.parametrize(
    ("key", "value"),
    [("count", 0), ("count", -1), ("count", True), ("columns", 0), ("sha256", "0"), ("sha256", None), ("extra", 1)],
)
def test_points_files_are_announced_properly(tmp_path: Path, key: str, value: object) -> None:
    points = {"columns": 2, "count": 3, "file": "x", "sha256": "0" * 64, key: value}
    assert answer(tmp_path, changed(RESIDUAL, "claim.points", points)).status == "malformed"


def test_missing_and_unreadable_files_are_malformed(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path / "none", tmp_path, pipe, "/dev/null", "/dev/zero", "", "a\0b", tmp_path / ("x" * 5000)):
        result = check_file(path)
        assert result.status == "malformed"
        assert result.claim is None
    assert check_file(None).status == "malformed"  # type: ignore[arg-type]
    assert check_file(os.fsencode(tmp_path / "none")).status == "malformed"  # type: ignore[arg-type]
    (tmp_path / "empty").write_bytes(b"")
    assert check_file(tmp_path / "empty").status == "malformed"


def test_a_certificate_may_be_reached_through_a_link_but_its_points_not(tmp_path: Path) -> None:
    (tmp_path / "real.cert").write_text(canonical(RANK))
    (tmp_path / "link.cert").symlink_to(tmp_path / "real.cert")
    assert check_file(tmp_path / "link.cert").status == "valid"


def test_points_digests_name_the_points_only(tmp_path: Path) -> None:
    points = RANK["claim"]["points"]
    text = canonical({"denominator": points["denominator"], "rows": points["rows"]})
    assert answer(tmp_path, RANK).points_sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert answer(tmp_path, NULL).points_sha256 == answer(tmp_path, RANK).points_sha256
