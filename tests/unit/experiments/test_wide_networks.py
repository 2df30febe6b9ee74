"""Finite networks in numpy: their kernels are those of their gradients, and they have the proven limit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from certify import InputError, stax
from certify.cli import main
from certify.spectrum.threads import blas_threads
from reports.experiments import limits
from reports.experiments.pyramids import Pyramid, collapse, prove, pyramids
from reports.experiments.slopes import log_log_slope
from reports.experiments.store import Store
from reports.experiments.wide_networks import LIMIT, WideNetwork, circle


def test_the_kernel_is_that_of_the_gradients() -> None:
    network = WideNetwork(2, 7, (1, 2))
    x = circle(5, start=0.1)
    gradients = []
    for parameters in (*network.weights, *network.biases):
        for index in np.ndindex(parameters.shape):
            value = parameters[index]
            ends = []
            for step in (1e-6, -1e-6):
                parameters[index] = value + step
                ends.append(network(x))
            parameters[index] = value
            scale = 1.0 / np.sqrt(parameters.shape[1]) if parameters.ndim == 2 else 1.0
            assert scale > 0
            gradients.append((ends[0] - ends[1]) / 2e-6)
    matrix = np.array(gradients)
    assert np.allclose(matrix.T @ matrix, network.kernel(x), rtol=1e-6, atol=1e-8)


def test_descent_follows_the_gradient() -> None:
    x, y = circle(4), np.array([1.0, -1.0, 0.5, 0.0])
    network = WideNetwork(2, 40, (3, 1))
    before = network(x)
    kernel = network.kernel(x)
    network.train(x, y, 1, rate=1e-5)
    predicted = before - 1e-5 * kernel @ (before - y) / 4
    assert np.allclose(network(x), predicted, rtol=0, atol=1e-9)
    sizes: list[float] = []
    network.train(x, y, 60, watch=lambda step: sizes.append(float(np.linalg.norm(network(x) - y))))
    assert sizes[-1] < sizes[0] / 2


def test_the_circle_values_of_the_limit_lie_in_their_enclosures() -> None:
    """T_4 at the angles 0, pi/4, pi/2 and pi, to thirty digits; (1, 1) is normalised to pi/4."""
    limit: Any = stax.parse(LIMIT)
    values = {
        (1, 0): "0.2825",
        (1, 1): "0.169970509118600642995252743843",
        (0, 1): "0.0927021101740239736028970244658",
        (-1, 0): "0.0643537701454649841724037960076",
    }
    for point, digits in values.items():
        kernel = limit.kernel([[1, 0]], [list(point)], normalize="unit")
        assert kernel.contains([[digits]]).all()


def test_slopes_and_their_intervals() -> None:
    x = [10.0, 20.0, 40.0, 80.0]
    exact = log_log_slope(x, [3 * v**-0.5 for v in x])
    assert exact.low <= -0.5 + 1e-12
    assert exact.high >= -0.5 - 1e-12
    assert abs(exact.factor - 3) < 1e-9
    noisy = log_log_slope(x, [1.0, 0.9, 0.4, 0.3])
    assert noisy.low < noisy.exponent < noisy.high


def test_a_store_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    store = Store(path)
    assert store.get("a", lambda: [1, 2]) == [1, 2]
    again = Store(path)
    forbidden: Callable[[], Any] = lambda: pytest.fail("it was computed again")  # noqa: E731
    assert again.get("a", forbidden) == [1, 2]
    path.write_text("{")
    with pytest.raises(InputError, match="remove it"):
        Store(path)


def test_what_is_missing_is_computed_side_by_side_and_kept_in_order(tmp_path: Path) -> None:
    store = Store(tmp_path / "results.json")
    assert store.get("b", lambda: 2) == 2
    told: list[str] = []
    jobs: dict[str, Callable[[], Any]] = {key: partial(len, key * number) for number, key in enumerate("abcd", 1)}
    assert store.fill(jobs, told.append) == [1, 2, 3, 4]
    assert sorted(told) == ["a", "c", "d"]
    assert Store(tmp_path / "results.json").values == {"a": 1, "b": 2, "c": 3, "d": 4}


def test_pyramids_collapse_by_rank_below_as_many_parameters_as_points() -> None:
    few, enough = Pyramid(30, 4, (4, 2), "Tanh()", 0), Pyramid(30, 8, (8, 8), "Tanh()", 0)
    assert few.parameters == 26
    assert prove(few) == {"verdict": "singular", "lower": 0.0, "upper": 0.0}
    found = prove(enough)
    assert found["verdict"] == "positive definite"
    assert 0 < found["lower"] <= found["upper"]
    sweep = pyramids((50,), 1)
    assert all(p.widths[0] * p.widths[1] >= p.points for p in sweep)
    assert {p.parameters < p.points for p in collapse()} == {True, False}


@pytest.mark.parametrize("name", ["pyramids", "training"])
def test_the_small_experiments_make_a_page(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiments", name, "--size", "small", "--out", str(tmp_path)]) == 0
    assert str(tmp_path / f"{name}.html") in capsys.readouterr().out
    text = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
    assert text.count('<svg class="chart"') >= 4
    assert "nan" not in text.lower().split()
    first = sorted(tmp_path.glob("*.json"))[0].read_bytes()
    assert main(["experiments", name, "--size", "small", "--out", str(tmp_path), "--quiet"]) == 0
    assert sorted(tmp_path.glob("*.json"))[0].read_bytes() == first


def deviations(width: int, networks: int, steps: int) -> Any:
    """(f - mean) / deviation of trained networks at one point of the circle, by the prediction for infinite width."""
    band = limits.predicted_band(steps)
    place = 17
    with blas_threads(1), ThreadPoolExecutor(2) as pool:
        runs = pool.map(lambda seed: limits.trained_function(width, seed, steps), range(1000, 1000 + networks))
        values = np.array([run[place] for run in runs])
    return (values - band["mean"][place]) / band["deviation"][place]


def as_often_as_they_should(z: Any, half_width: float) -> bool:
    """Whether |z| <= half_width happens as often as for normal numbers, by a binomial test at one per cent."""
    probability = 2 * stats.norm.cdf(half_width) - 1
    return bool(stats.binomtest(int((abs(z) <= half_width).sum()), len(z), probability).pvalue > 0.01)


@pytest.mark.parametrize(
    ("width", "networks"), [(200, 200), pytest.param(4000, 64, marks=pytest.mark.slow)], ids=["200", "4000"]
)
def test_finite_networks_fall_into_the_predicted_band_as_often_as_they_should(width: int, networks: int) -> None:
    """Bands of 80 and 50 per cent; with half or twice the predicted spread, or a mean off by one, they are refused."""
    z = deviations(width, networks, 8)
    assert as_often_as_they_should(z, limits.BAND)
    assert as_often_as_they_should(z, 0.6744897501960817)
    for wrong in (z / 2, z * 2, z + 1, z - 1):
        assert not as_often_as_they_should(wrong, limits.BAND)


@pytest.mark.slow
def test_measured_slopes_contain_minus_one_half() -> None:
    """Distance from the limit and movement of the units; the kernel moves by less."""
    widths, networks = [64, 128, 256, 512, 1024], 24
    limit = limits.limit_kernel()
    distances = [[limits.deviation(width, seed, limit) for seed in range(networks)] for width in widths]
    moved = [[limits.movement(width, seed, 5) for seed in range(networks)] for width in widths]
    measured = {"distance": distances, **{k: [[v[k] for v in row] for row in moved] for k in ("units", "kernel")}}
    slopes = {}
    for what, rows in measured.items():
        means = [float(np.sqrt(np.mean(np.square(row)))) for row in rows]
        slopes[what] = log_log_slope([float(w) for w in widths], means)
        assert slopes[what].high - slopes[what].low < 0.6
    assert slopes["distance"].low <= -0.5 <= slopes["distance"].high
    assert slopes["units"].low <= -0.5 <= slopes["units"].high
    assert slopes["kernel"].low <= -0.5
    assert slopes["kernel"].exponent < slopes["units"].exponent
