"""Whole proofs against what a user would otherwise run: ratios within one run, seconds in the table only."""

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

NETWORK = 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
THREE_RELU = stax.serial(*(3 * (stax.Dense(W_var=2), stax.Relu())), stax.Dense(W_var=2))

pytestmark = pytest.mark.skipif("not config.getoption('--benchmark-enable')", reason="benchmarks run in tox -e bench")


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "certify", *arguments], check=True, capture_output=True)


def seconds(benchmark: BenchmarkFixture) -> float:
    return float(benchmark.stats.stats.median)


def unit_gram(name: str, bits: int) -> flint.arb_mat:
    """The Gram matrix of the default network on unit rows as Arb midpoints."""
    net = stax.parse(NETWORK)
    points = certify.load_points(name).drop_duplicates("unit").points
    ball = GramBalls(net.layers, check_inputs(points, None, "unit"), "ntk", arithmetic_named("arb")[1])(bits)
    n = points.n
    scale = flint.arb(2) ** ball.exponent
    return flint.arb_mat(n, n, [flint.arb(int(entry)) * scale for entry in ball.mid.entries()])


def test_proving_iris_is_faster_than_mpmath_eigenvalues(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    target = str(tmp_path / "iris.cert")
    benchmark.pedantic(run, args=("prove", "iris", "--normalize", "unit", "--out", target), rounds=5)
    gram = unit_gram("iris", 200)
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


def test_proving_breast_cancer_is_three_times_faster_than_arb_inverse(benchmark: BenchmarkFixture) -> None:
    cert = benchmark.pedantic(certify.prove, args=(NETWORK, "breast_cancer"), kwargs={"normalize": "unit"}, rounds=1)
    assert cert.verdict == "positive definite"
    gram = unit_gram("breast_cancer", cert.bits)
    previous = flint.ctx.prec
    flint.ctx.prec = cert.bits
    try:
        start = time.perf_counter()
        gram.inv(nonstop=True)
        other = time.perf_counter() - start
    finally:
        flint.ctx.prec = previous
    benchmark.extra_info["bits"] = cert.bits
    benchmark.extra_info["arb_mat.inv / proof"] = other / seconds(benchmark)
    assert other >= 3 * seconds(benchmark)


def test_proving_digits_with_three_relu_layers_by_arb(benchmark: BenchmarkFixture) -> None:
    cert = benchmark.pedantic(certify.prove, args=(THREE_RELU, "digits"), kwargs={"arithmetic": "arb"}, rounds=1)
    assert cert.verdict == "positive definite"


def test_entries_at_128_bits(benchmark: BenchmarkFixture) -> None:
    benchmark.pedantic(unit_gram, args=("breast_cancer", 128), rounds=3)
