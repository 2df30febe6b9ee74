"""The whitened streaming proof: below the truth, and near to it where the plain one is not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import certify
from certify import stax
from certify.certificate.document import canonical, sealed_document
from certify.errors import InputError
from certify.kernels.float64.choice import block_grams
from certify.kernels.float64.remainders import sharp
from certify.points import load_points
from certify.proofs import pass_files
from certify.proofs.streaming import Question
from certify.proofs.whitened import guess_whitening, prove_whitened
from certify.spectrum.whitening.blocks import blocks_of
from certify.spectrum.whitening.neighbours import nearest_before
from certify.spectrum.whitening.row_sums import whitened_row_sums

RELU = stax.parse("serial(Dense(W_var=2), Relu(), Dense(W_var=2))")
BIASED = stax.parse("serial(Dense(W_var=2, b_var='1/10'), Relu(), Dense(W_var=2))")
DEEP = stax.parse("serial(Dense(W_var=2, b_var='1/10'), Relu(), Dense(), Gelu(), Dense(W_var=2))")
NETWORKS = {"relu": RELU, "biased": BIASED, "deep": DEEP, "erf": stax.parse("serial(Dense(), Erf(), Dense())")}


def clusters(count: int, apart: float, size: int = 4, columns: int = 16, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((count, columns)) / np.sqrt(columns)
    return np.repeat(centres, size, 0) + apart / np.sqrt(2 * columns) * rng.standard_normal((count * size, columns))


def truth(net: Any, rows: Any, **options: Any) -> Any:
    return certify.prove(net, rows, normalize="unit", arithmetic="arb", rel_width="1/100", **options).lambda_min


@pytest.mark.parametrize("net", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("kernel", ["ntk", "nngp"])
def test_it_lies_just_below_the_truth_and_two_engines_verify_it(net: Any, kernel: str, tmp_path: Path) -> None:
    rows = clusters(4, 0.1)
    found = certify.prove(net, rows, kernel=kernel, normalize="unit", method="streaming")
    exact = truth(net, rows, kernel=kernel)
    assert found.verdict == "positive definite"
    assert found.document["proof"]["kind"] == "whitened"
    assert exact.lower * Fraction(9, 10) <= found.lambda_min.lower <= exact.upper
    assert exact.lower <= found.lambda_min.upper
    path = found.save(tmp_path / "found.cert")
    for engine in ("python", "float"):
        answer = certify.check(path, engine=engine, data=rows, network=net)
        assert answer.valid, answer.reason


def test_near_duplicates_where_the_plain_bound_sees_little() -> None:
    rows = clusters(100, 1e-3, columns=32)
    found = certify.prove(RELU, rows, normalize="unit", method="streaming")
    plain = certify.prove(RELU, rows, normalize="unit", method="streaming", bound="plain")
    exact = certify.prove(RELU, rows, normalize="unit", arithmetic="float", rel_width="1/100").lambda_min
    assert exact.lower * Fraction(9, 10) <= found.lambda_min.lower <= exact.upper
    assert found.lambda_min.lower > plain.lambda_min.lower


@pytest.mark.slow
def test_the_share_of_the_truth_that_digits_reach(tmp_path: Path) -> None:
    found = certify.prove(RELU, "digits", normalize="unit", method="streaming")
    exact = certify.prove(RELU, "digits", normalize="unit", arithmetic="float", rel_width="1/100").lambda_min
    assert exact.upper * Fraction(8, 10) <= found.lambda_min.lower <= exact.upper
    assert certify.check(found.save(tmp_path / "digits.cert"), engine="float").valid


def test_many_blocks_give_what_one_does() -> None:
    rows = clusters(60, 0.2, columns=8)
    question = Question.of(RELU.layers, load_points(rows), "ntk", "unit")
    taken, n = sharp(question.profile, 6), len(rows)
    rng = np.random.default_rng(3)
    factor = sparse.csr_matrix(np.eye(n) + np.tril(rng.standard_normal((n, n)) * (rng.random((n, n)) < 0.03)))
    weights = rng.integers(1, 9, n).astype(float)
    directions = question.ways.high + question.ways.low

    def sums(size: int) -> Any:
        def kernel(sets: Any) -> Any:
            return block_grams(taken, question.points, question.ways, sets)

        return whitened_row_sums(kernel, blocks_of(directions, size), factor, weights, [1e-3, 2e-3])

    whole, parts = sums(1000), sums(50)
    entries = np.array([[float(question.profile(Fraction(1)).mid())]])
    assert entries > 0
    for one, other in ((whole.sums, parts.sums), (whole.diagonal * weights, parts.diagonal * weights)):
        assert (np.abs(one - other) <= whole.errors + parts.errors + 1e-12 * np.abs(one)).all()
    gram = block_grams(taken, question.points, question.ways, [np.arange(n)])(0, 0)
    matrix = np.array(gram.tile(slice(0, n), slice(0, n), gram.workspace()).mid)
    dense = factor.toarray()
    for k, shift in enumerate((1e-3, 2e-3)):
        expected = dense @ (matrix - shift * np.eye(n)) @ dense.T
        assert np.allclose(np.diag(expected), parts.diagonal[k], rtol=1e-9)
        np.fill_diagonal(expected, 0)
        assert np.allclose(np.abs(expected) @ weights, parts.sums[k], rtol=1e-9)


def degenerate(draw: Any) -> Any:
    n = draw(st.integers(1, 8))
    columns = draw(st.integers(1, 4))
    entry = st.integers(-3, 3)
    rows = draw(st.lists(st.lists(entry, min_size=columns, max_size=columns).filter(any), min_size=n, max_size=n))
    for _ in range(draw(st.integers(0, 2))):
        i, scale = draw(st.integers(0, n - 1)), draw(st.sampled_from([-2, -1, 1, 3]))
        rows.append([scale * value for value in rows[i]])
    return [[Fraction(v) + Fraction(draw(entry), 2 ** draw(st.sampled_from([3, 20, 40]))) for v in row] for row in rows]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.data())
def test_no_bound_is_above_the_truth_on_few_points(data: Any) -> None:
    rows = data.draw(st.composite(degenerate)())
    if not all(any(row) for row in rows):
        return
    net = data.draw(st.sampled_from([RELU, BIASED]))
    try:
        found = certify.prove(net, rows, normalize="unit", method="streaming", duplicates="keep")
    except InputError:
        return
    if found.verdict == "positive definite":
        exact = truth(net, rows, duplicates="keep")
        assert exact.lower is None or found.lambda_min.lower <= exact.upper
        assert exact.upper > 0


def singular_sets() -> dict[str, Any]:
    half = np.random.default_rng(4).integers(-5, 6, (5, 3))
    spread = np.random.default_rng(5).standard_normal((6, 4))
    return {
        "antipodal": np.concatenate([half, -half]),
        "equal": np.concatenate([spread, spread[:2]]),
        "parallel": np.concatenate([spread, 3 * spread[2:]]),
        "clusters": np.concatenate([spread, spread + 1e-9, spread]),
    }


@pytest.mark.parametrize("name", singular_sets())
def test_a_singular_matrix_never_gets_a_positive_bound(name: str) -> None:
    """More antipodal pairs than dimensions, or equal directions: the exact reasons are kept from the prover."""
    question = Question.of(RELU.layers, load_points(singular_sets()[name]), "ntk", "unit")
    say = lambda stage, done, total: None  # noqa: E731
    guess = guess_whitening(question.profile, question.ways, say)
    if guess is not None:
        files = pass_files.PassFile(None, "")
        assert prove_whitened(guess, question.points, question.ways, files, say) is None


def test_opposite_points_keep_their_odd_powers() -> None:
    half = np.random.default_rng(5).standard_normal((40, 12))
    rows = np.concatenate([half, -half])
    found = certify.prove(BIASED, rows, normalize="unit", method="streaming")
    exact = certify.prove(BIASED, rows, normalize="unit", arithmetic="arb", rel_width="1/100").lambda_min
    assert exact.lower / 2 <= found.lambda_min.lower <= exact.upper


@pytest.mark.parametrize("part", ["factor", "weights", "shift", "coefficients"])
def test_the_float_engine_believes_no_witness_that_shows_less(part: str, tmp_path: Path) -> None:
    found = certify.prove(RELU, clusters(6, 0.1), normalize="unit", method="streaming")
    document = dict(found.document)
    proof = dict(document["proof"])
    if part == "factor":
        proof["factor"] = {**proof["factor"], "rows": [row.lstrip("-") for row in proof["factor"]["rows"]]}
    elif part == "weights":
        proof["weights"] = " ".join(format(1 + (i % 2 << 30), "x") for i in range(24))
    elif part == "shift":
        proof["shift"] = {**proof["shift"], "exponent": proof["shift"]["exponent"] + 1}
    else:
        proof.update(coefficients="0 100000000000000", exponent=-40)
    path = tmp_path / "forged.cert"
    path.write_text(canonical(sealed_document(document["claim"], proof, document["labels"])), encoding="ascii")
    for engine in ("float", "python"):
        assert certify.check(path, engine=engine).status in ("invalid", "unsupported")


def test_an_interrupted_run_goes_on_and_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pass_files, "_SECONDS", -1.0)
    monkeypatch.setattr("certify.proofs.whitened.BLOCK", 64)
    rows, state = clusters(60, 1e-2, columns=24), tmp_path / "state"
    options: dict[str, Any] = {"normalize": "unit", "method": "streaming"}
    whole = certify.prove(RELU, rows, **options)

    def interrupt(at: str, done: int, total: int) -> None:
        if at.startswith("whitened pass") and 0.4 * total < done < total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        certify.prove(RELU, rows, resume=state, progress=interrupt, **options)
    assert np.load(state)["tops"][0] > 0
    assert certify.prove(RELU, rows, resume=state, **options).document == whole.document
    assert not state.exists()


def test_where_it_promises_nothing_the_theorem_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certify.proofs.proving.available_bytes", lambda: 1.0)
    smooth = stax.parse("serial(Dense(b_var=1), Erf(), Dense())")
    rows = 1 + np.random.default_rng(0).standard_normal((40, 2)) / 100
    vacuous = certify.prove(smooth, rows, normalize="unit", method="streaming")
    assert vacuous.verdict == "undecided"
    assert "crowded" in vacuous.reason
    found = certify.prove(smooth, rows, normalize="unit")
    assert (found.method, found.verdict) == ("theorem", "positive definite")


def test_neighbours_are_the_nearest_of_those_before() -> None:
    rows = np.random.default_rng(2).standard_normal((500, 6))
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    found = nearest_before(rows, [np.arange(500)], 5)
    rank = np.random.default_rng(500).permutation(500)
    for i in range(0, 500, 37):
        before = np.flatnonzero(rank < rank[i])
        expected = before[np.argsort(-np.abs(rows[before] @ rows[i]))[:5]]
        assert found[i][found[i] >= 0].tolist() == expected.tolist()


def test_an_unknown_bound_is_refused(refused: Any) -> None:
    with refused("bound='sharp'", "plain"):
        certify.prove(RELU, [[1, 2], [3, 4]], method="streaming", bound="sharp")
