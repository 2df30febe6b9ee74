"""Tiles on Dask workers: the same bits whatever their number, and whoever of them dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import certify
from certify import stax
from certify.arithmetic.environment import BrokenEnvironment
from certify.cli.main import main
from certify.cli.workers import cluster_client
from certify.errors import InputError
from certify.kernels.float64 import dask_tiles, float_gram, tiles_on
from certify.kernels.float64.executors import InThreads
from certify.proofs.float_dense import float_matrix
from certify.spectrum import blocked
from certify.spectrum.float_bounds import FloatMatrix, prove_lower_float
from certify.spectrum.float_dense import enclose_in_float, factor_in_float
from certify.spectrum.row_sums import absolute_row_sums
from properties.campaign import run_campaign
from properties.laws import LAWS

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")

NETWORK = "serial(Dense(W_var=2), Relu(), Dense(W_var=2))"
DIFFERENT = "serial(Dense(W_var=2, b_var=1), Erf(), Dense(), Gelu(), Dense(W_var=2))"


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with cluster_client(2, None) as made:
        yield made


def rows(n: int, columns: int = 6) -> np.ndarray[Any, Any]:
    return np.asarray(np.random.default_rng(n).standard_normal((n, columns)))


def row_sums(network: str, points: Any, normalize: str) -> np.ndarray[Any, Any]:
    gram = float_gram(stax.parse(network).layers, points, None, "ntk", normalize)
    return absolute_row_sums(gram.probed(), np.ones(points.n))


@pytest.mark.parametrize(("network", "normalize"), [(NETWORK, "unit"), (DIFFERENT, "none")])
def test_row_sums_and_entries_are_the_same_bits(client: Any, network: str, normalize: str) -> None:
    points = certify.load_points(rows(700))
    net = stax.parse(network)
    here = row_sums(network, points, normalize), net.kernel(points, arithmetic="float", normalize=normalize)
    with tiles_on(dask_tiles.DaskTiles(client)):
        there = row_sums(network, points, normalize), net.kernel(points, arithmetic="float", normalize=normalize)
    assert np.array_equal(here[0], there[0])
    assert here[1] == there[1]


def test_a_worker_killed_in_the_middle_costs_its_tiles_only(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    points = certify.load_points(rows(2500))
    monkeypatch.setattr(dask_tiles, "PAIRS_A_TASK", 2**17)
    before = set(client.run(os.getpid).values())
    gram = float_gram(stax.parse(NETWORK).layers, points, None, "ntk", "unit")
    expected = absolute_row_sums(gram, np.ones(points.n))
    victims: list[int] = []

    def progress(done: int, total: int) -> None:
        if not victims and done > total / 4:
            victims.append(min(before))
            os.kill(victims[0], signal.SIGKILL)

    with tiles_on(dask_tiles.DaskTiles(client)):
        found = absolute_row_sums(gram, np.ones(points.n), progress=progress)
    assert victims
    assert np.array_equal(found, expected)
    client.wait_for_workers(2)
    assert victims[0] not in client.run(os.getpid).values()


def test_an_exception_on_a_worker_comes_home(client: Any) -> None:
    executor = dask_tiles.DaskTiles(client)
    with pytest.raises(ZeroDivisionError):
        list(executor.each(divmod, [(1, 1), (1, 0)]))
    assert dict(executor.each(divmod, [(7, k) for k in range(1, 20)])) == {(7, k): divmod(7, k) for k in range(1, 20)}


def test_a_worker_of_another_version_proves_nothing(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    executor = dask_tiles.DaskTiles(client)
    monkeypatch.setattr(executor, "version", "another")
    with pytest.raises(InputError, match="another version"):
        list(executor.each(divmod, [(1, 1)]))


def test_certificates_are_the_same_bytes(client: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "points.npy", rows(520))
    address = client.scheduler.address
    for name, options in (("here", ()), ("there", ("--scheduler", address))):
        target = str(tmp_path / f"{name}.cert")
        common = ["--network", NETWORK, "--normalize", "unit", "--arithmetic", "float", "--out", target, "--quiet"]
        assert main(["prove", str(tmp_path / "points.npy"), *common, *options]) == 0
    assert (tmp_path / "here.cert").read_bytes() == (tmp_path / "there.cert").read_bytes()


def test_a_campaign_on_workers_finds_what_it_finds_here(client: Any) -> None:
    common: dict[str, Any] = {"examples": 3, "seed": 1, "laws": list(LAWS)[:2], "folder": None}
    here, there = run_campaign(**common), run_campaign(**common, client=client)
    counts = [{report.law: report.counts for report in result.reports} for result in (here, there)]
    assert counts[0] == counts[1]


def test_factor_and_residual_in_blocks(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocked, "LARGE", 300)
    monkeypatch.setattr(blocked, "BLOCK", 128)
    points, width = certify.load_points(rows(430, 20)), Fraction(1, 1000)
    gram = float_gram(stax.parse(NETWORK).layers, points, None, "ntk", "unit")
    matrix = float_matrix(gram)
    with tiles_on(dask_tiles.DaskTiles(client)):
        found = [enclose_in_float(matrix, width) for _ in range(2)]
    truth = np.linalg.eigvalsh(matrix.mid)[0]
    for bounds in found:
        assert bounds is not None
        assert bounds.lower < truth < bounds.upper
        assert bounds.upper - bounds.lower < width * bounds.lower
    assert found[0].lower == found[1].lower
    assert np.array_equal(np.tril(found[0].factor), np.tril(found[1].factor))
    with tiles_on(dask_tiles.DaskTiles(client)):
        assert factor_in_float(matrix.mid, 2 * truth, np.empty_like(matrix.mid)) is None


def test_a_product_wrong_on_a_worker_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocked, "LARGE", 100)
    monkeypatch.setattr(blocked, "BLOCK", 64)

    class Faulty(InThreads):
        def each(self, function: Any, arguments: Any) -> Any:
            for item in arguments:
                item = (*item[:4], item[4] + 1e-3 * (item[0] == 64 and item[1] == 0), *item[5:])
                yield item, function(*item)

    matrix = FloatMatrix(np.eye(150) * 3 + 0.1, np.zeros(150))
    factor = np.tril(np.linalg.cholesky(matrix.mid - np.eye(150)))
    assert prove_lower_float(matrix, 1.0, factor) > 0.99
    with tiles_on(Faulty()), pytest.raises(BrokenEnvironment):
        prove_lower_float(matrix, 1.0, factor)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--workers", "2", "--scheduler", "tcp://127.0.0.1:9"], "do not go together"),
        (["--scheduler", "nonsense://x"], "no Dask scheduler answers"),
    ],
)
def test_bad_options_are_one_sentence(options: list[str], part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "iris", *options]) == 2
    error = capsys.readouterr().err
    assert part in error
    assert error.count("\n") == 1


def test_without_dask_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("certify.cli.workers.import_module", missing)
    assert main(["prove", "iris", "--workers", "2"]) == 2
    error = capsys.readouterr().err
    assert "pip install 'ntk-certify[distributed]'" in error
    assert error.count("\n") == 1
