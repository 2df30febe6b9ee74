"""Rows about whole proofs: dense proofs and their checks, a large one with its memory, exact products."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from measuring import Row
from scipy.linalg import cholesky
from splitting import random_matrix, split_product

import certify
from certify import stax
from certify.proofs.float_engine import check_in_float64
from certify.spectrum.float_bounds import FloatMatrix
from certify.spectrum.float_dense import enclose_in_float

COLUMNS = 64
THREE_RELU = stax.parse(f"serial({'Dense(W_var=2), Relu(), ' * 3}Dense(W_var=2))")
TWO_GELU = f"serial({'Dense(W_var=2), Gelu(), ' * 2}Dense(W_var=2))"
DIGITS_SECONDS = 90.0
LARGE_GIB = 12.0

InTurns = Callable[[Callable[[], Any], Callable[[], Any], int], tuple[float, float]]

LARGE = """
import json, resource, sys, time
import numpy as np
import certify
n = int(sys.argv[1])
x = np.random.default_rng(1).standard_normal((n, 64))
start = time.perf_counter()
certificate = certify.prove("serial(Dense(W_var=2), Relu(), Dense(W_var=2))", x, normalize="unit", method="dense")
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps([certificate.verdict, seconds, peak]))
"""
CHOLESKY = """
import sys, time
import numpy as np
from scipy.linalg import cholesky
n = int(sys.argv[1])
x = np.random.default_rng(1).standard_normal((n, 64)).astype(np.float64)
a = np.asfortranarray(x @ x.T)
a[np.diag_indices(n)] += n
start = time.perf_counter()
cholesky(a, lower=True, overwrite_a=True, check_finite=False)
print(time.perf_counter() - start)
"""


def dense(n: int, in_turns: InTurns) -> Iterator[Row]:
    """To a relative width of 1e-6, from the matrix and from the points, and the check of the certificate."""
    rows = np.random.default_rng(1).standard_normal((n, COLUMNS))
    points = certify.load_points(rows)
    gram = FloatMatrix(np.array(THREE_RELU.kernel(points, arithmetic="float", normalize="unit").mid), np.zeros(n))
    width = Fraction(1, 10**6)
    name = f"lambda_min to 1e-6, n = {n}"
    pair = in_turns(lambda: enclose_in_float(gram, width), lambda: np.linalg.eigvalsh(gram.mid), 3)
    yield Row(f"{name}, of the Gram matrix / numpy eigvalsh", *pair, 0.5, 0.25)

    def prove() -> Any:
        return certify.prove(THREE_RELU, points, normalize="unit", arithmetic="float", rel_width=width)

    pair = in_turns(prove, lambda: np.linalg.eigvalsh(gram.mid), 3)
    yield Row(f"{name}, from points to certificate / numpy eigvalsh", *pair, 0.7, 0.35)
    pair = in_turns(lambda: enclose_in_float(gram, width), lambda: cholesky(gram.mid, lower=True), 2)
    yield Row(f"{name} / scipy cholesky", *pair, None, None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dense.cert"
        prove().save(path)
        assert check_in_float64(path).valid
        pair = in_turns(lambda: check_in_float64(path), prove, 2)
    yield Row(f"{name}: check with --engine float / prove", *pair, 1.0, 0.7)


def digits() -> Iterator[Row]:
    """A whole process, as a user runs it; its seconds are recorded beside the limit and gate nothing."""
    command = [
        sys.executable,
        "-m",
        "certify",
        "prove",
        "digits",
        "--network",
        TWO_GELU,
        "--normalize",
        "unit",
        "--json",
    ]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    yield Row(
        f"digits, n = {found['n']}, two GELU layers, process / limit", found["seconds"], DIGITS_SECONDS, None, 0.5
    )


def large(n: int) -> Iterator[Row]:
    """One ReLU layer, dense, in processes of their own: time against a bare factor, and the peak of memory."""
    bare, threads = _bare_cholesky(n)
    verdict, seconds, peak = json.loads(_run(LARGE, n))
    assert verdict == "positive definite"
    yield Row(f"dense proof, n = {n}, ReLU / scipy cholesky{threads}", seconds, bare, 6.0, 4.0)
    # What a process takes whatever n is counts as well.
    limit = LARGE_GIB * (n / 20_000) ** 2 + 0.3
    yield Row(f"dense proof, n = {n}: peak memory / 12 GiB (n / 20000)^2", peak, limit, 1.0, 0.7, "GiB")


def _bare_cholesky(n: int) -> tuple[float, str]:
    """Its seconds, and what to say of its threads: some builds of OpenBLAS die of this size with more than one."""
    try:
        return float(_run(CHOLESKY, n)), ""
    except subprocess.CalledProcessError:
        return float(_run(CHOLESKY, n, OPENBLAS_NUM_THREADS="1")), " on one thread (on two OpenBLAS dies)"


def _run(program: str, n: int, **variables: str) -> str:
    command, environment = [sys.executable, "-c", program, str(n)], os.environ | variables
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def exact_products(orders: list[int], in_turns: InTurns) -> Iterator[Row]:
    """FLINT, which the exact proof uses, against error-free splitting over BLAS."""
    for order in orders:
        for bits in (53, 128):
            a, b = random_matrix(order, bits, 1), random_matrix(order, bits, 2)
            assert a * b == split_product(a, b, bits)
            pair = in_turns(lambda a=a, b=b: a * b, lambda a=a, b=b, bits=bits: split_product(a, b, bits), 1)  # type: ignore[misc]
            yield Row(f"exact product, n = {order}, {bits} bits: FLINT / splitting over BLAS", *pair, 1.0, None)
