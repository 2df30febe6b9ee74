"""Whole proofs against what a user would otherwise run: ratios within one run, seconds in the table only."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

import flint
import mpmath
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import certify
from certify import stax
from certify.kernels import arithmetic_named, check_inputs
from certify.proofs.gram import GramBalls
from certify.spectrum.cholesky import TiledFactor, cholesky
from certify.spectrum.fixed_point import Dyadic, FixedPointBall
from certify.spectrum.residual import prove_lower

NETWORK = 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
THREE_RELU = stax.serial(*(3 * (stax.Dense(W_var=2), stax.Relu())), stax.Dense(W_var=2))

pytestmark = pytest.mark.skipif("not config.getoption('--benchmark-enable')", reason="benchmarks run in tox -e bench")


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "certify", *arguments], check=True, capture_output=True)


def seconds(benchmark: BenchmarkFixture) -> float:
    return float(benchmark.stats.stats.median)


def gram_ball(name: str, bits: int) -> FixedPointBall:
    """The Gram matrix of the default network on unit rows."""
    net = stax.parse(NETWORK)
    points = certify.load_points(name).drop_duplicates("unit").points
    return GramBalls(net.layers, check_inputs(points, None, "unit"), "ntk", arithmetic_named("arb")[1])(bits)


def arb_midpoints(ball: FixedPointBall) -> flint.arb_mat:
    """The midpoints, exactly, whatever the precision of Arb is."""
    entries = [flint.arb((int(entry), ball.exponent)) for entry in ball.mid.entries()]
    return flint.arb_mat(ball.n, ball.n, entries)


def test_proving_iris_is_faster_than_mpmath_eigenvalues(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    target = str(tmp_path / "iris.cert")
    benchmark.pedantic(run, args=("prove", "iris", "--normalize", "unit", "--out", target), rounds=5)
    gram = arb_midpoints(gram_ball("iris", 200))
    with mpmath.workdps(60):
        matrix = mpmath.matrix(gram.nrows(), gram.ncols())
        for i in range(gram.nrows()):
            for j in range(gram.ncols()):
                matrix[i, j] = mpmath.mpf(gram[i, j].str(60, radius=False))
        start = time.perf_counter()
        mpmath.mp.eigsy(matrix, eigvals_only=True)
        other = time.perf_counter() - start
    benchmark.extra_info["mpmath eigsy / whole process"] = other / seconds(benchmark)
    assert other >= 2 * seconds(benchmark)


def test_checking_iris(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    target = str(tmp_path / "iris.cert")
    run("prove", "iris", "--normalize", "unit", "--out", target)
    benchmark.pedantic(run, args=("check", target), rounds=3)


def test_proving_breast_cancer(benchmark: BenchmarkFixture) -> None:
    cert = benchmark.pedantic(certify.prove, args=(NETWORK, "breast_cancer"), kwargs={"normalize": "unit"}, rounds=3)
    assert cert.verdict == "positive definite"
    benchmark.extra_info["bits"] = cert.bits


def test_factor_and_residual_are_three_times_faster_than_arb_inverse(benchmark: BenchmarkFixture) -> None:
    """From the same entries, at the precision that the proof of breast_cancer climbs to."""
    cert = certify.prove(NETWORK, "breast_cancer", normalize="unit")
    bits = cert.bits
    ball = gram_ball("breast_cancer", bits)
    shift = Dyadic(int(cert.lambda_min.lower / 2 * 2**bits), -bits)

    def prove() -> None:
        factor = cholesky(ball, shift, -bits)
        assert isinstance(factor, TiledFactor)
        assert prove_lower(ball, shift, factor.matrix()) > 0

    benchmark.pedantic(prove, rounds=3)
    midpoints = arb_midpoints(ball)
    previous = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        others = []
        for _ in range(3):
            start = time.perf_counter()
            inverse = midpoints.inv(nonstop=True)
            others.append(time.perf_counter() - start)
    finally:
        flint.ctx.prec = previous
    assert inverse[0, 0].is_finite()
    other = statistics.median(others)
    benchmark.extra_info["bits"] = bits
    benchmark.extra_info["arb_mat.inv / factor and residual"] = other / seconds(benchmark)
    assert other >= 3 * seconds(benchmark)


def test_proving_digits_with_three_relu_layers_by_arb(benchmark: BenchmarkFixture) -> None:
    cert = benchmark.pedantic(certify.prove, args=(THREE_RELU, "digits"), kwargs={"arithmetic": "arb"}, rounds=1)
    assert cert.verdict == "positive definite"


def test_entries_at_128_bits(benchmark: BenchmarkFixture) -> None:
    benchmark.pedantic(gram_ball, args=("breast_cancer", 128), rounds=3)
