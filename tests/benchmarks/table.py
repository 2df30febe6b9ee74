"""Writes the benchmark table: `python tests/benchmarks/table.py FOLDER [--quick] [--cpu] [--large N] [--jax PYTHON]`.

JSON, Markdown and a plot of cost against the number of points. Exit code 1 where a ratio exceeds what it must not.
`--jax PYTHON` is an interpreter with neural-tangents installed, for the row that needs it.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from competitors import erf_ntk, gelu_ntk, relu_ntk, unit
from curves import exponent as power
from curves import measured, plot
from measuring import Row
from measuring import in_turns as measured_in_turns
from plotting import log_log_plot
from proof_rows import dense, digits, exact_products, large

import certify
from certify import stax
from certify.kernels.float64.choice import common_profile, profile_gram
from certify.kernels.float64.directions import directions
from certify.kernels.float64.remainders import sharp
from certify.spectrum.row_sums import absolute_row_sums

COLUMNS = 64
NEURAL_TANGENTS = """
import sys, time, numpy as np, jax
jax.config.update("jax_enable_x64", True)
from neural_tangents import stax
layers = [l for _ in range(3) for l in (stax.Dense(1, W_std=2**0.5), stax.Relu())] + [stax.Dense(1, W_std=2**0.5)]
kernel = jax.jit(stax.serial(*layers)[2], static_argnames="get")
x = np.load(sys.argv[1])
kernel(x, None, get="ntk").block_until_ready()
clock, times = getattr(time, sys.argv[2]), []
for _ in range(5):
    start = clock()
    kernel(x, None, get="ntk").block_until_ready()
    times.append(clock() - start)
print(sorted(times)[2])
"""


CLOCK = {"now": time.perf_counter}


def in_turns(ours: Callable[[], Any], other: Callable[[], Any], rounds: int) -> tuple[float, float]:
    return measured_in_turns(ours, other, rounds, CLOCK["now"])


def network(activation: str, layers: int, bias: str = "0") -> Any:
    dense = f"Dense(W_var=2, b_var='{bias}')"
    return stax.parse(f"serial({f'{dense}, {activation}, ' * layers}{dense})")


def entries(n: int, jax: str | None, folder: Path) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    rows = unit(rng.standard_normal((n, COLUMNS)))
    clustered = unit(rng.standard_normal((1, COLUMNS)) + 0.8 * rng.standard_normal((n, COLUMNS)))
    scaled = rng.standard_normal((n, COLUMNS)) * rng.uniform(0.3, 3, (n, 1))
    relu, ten, gelu = network("Relu()", 3), network("Relu()", 10), network("Gelu()", 3)
    given, other, different = (certify.load_points(x) for x in (rows, clustered, scaled))

    def ours(net: Any, points: Any, normalize: str = "unit") -> Any:
        return lambda: net.kernel(points, arithmetic="float", normalize=normalize)

    name = f"enclosures, unit rows, n = {n}, d = {COLUMNS}, NTK"
    pair = in_turns(ours(relu, given), lambda: relu_ntk(rows, 3), 5)
    yield Row(f"{name}, three ReLU layers / plain numpy", *pair, 0.45, 0.3)
    if jax is not None:
        np.save(folder / "rows.npy", rows)
        command = [jax, "-c", NEURAL_TANGENTS, str(folder / "rows.npy"), CLOCK["now"].__name__]
        peer = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        yield Row(f"{name}, three ReLU layers / neural-tangents", pair[0], peer, 0.9, 0.3)
        (folder / "rows.npy").unlink()
    pair = in_turns(ours(relu, other), lambda: relu_ntk(clustered, 3), 5)
    yield Row(f"{name}, clustered rows / plain numpy", *pair, 0.6, 0.4)
    yield Row("ten ReLU layers / three", *in_turns(ours(ten, given), ours(relu, given), 5), 1.2, 1.0)
    yield Row("three GELU layers / three ReLU layers", *in_turns(ours(gelu, given), ours(relu, given), 5), 1.3, 1.0)
    yield Row("three GELU layers / plain numpy", *in_turns(ours(gelu, given), lambda: gelu_ntk(rows, 3), 3), None, None)
    tanh, thousand = network("Tanh()", 3), certify.load_points(rows[:1000])
    pair = in_turns(ours(tanh, thousand), ours(relu, thousand), 9)
    yield Row(f"three tanh layers / three ReLU layers, n = {thousand.n}", *pair, 1.3, 1.0)
    erf = network("Erf()", 3, "1/100")
    pair = in_turns(ours(erf, different, "none"), lambda: erf_ntk(scaled, 3), 3)
    yield Row("rows of different norm, erf, three layers / plain numpy", *pair, 1.5, 0.7)
    found = relu.kernel(given, arithmetic="float", normalize="unit")
    top = float(found.mid.max())
    apart = erf.kernel(different, arithmetic="float")
    diagonal = np.sqrt(np.diagonal(apart.mid))
    median = float(np.median(apart.rad / diagonal[:, None] / diagonal[None, :]))
    yield Row("median radius relative to sqrt(K_ii K_jj), rows of different norm", median, 1.0, 1e-14, 1e-15, "")
    yield Row("median radius relative to sqrt(K_ii K_jj)", float(np.median(found.rad)) / top, 1.0, 1e-14, 1e-15, "")
    near = relu.kernel(np.concatenate([rows[:300], rows[:300] + 1e-10]), arithmetic="float", normalize="unit")
    yield Row("worst radius, points 1e-9 apart", float(near.rad.max()) / top, 1.0, 1e-12, 1e-15, "")


def streaming(sizes: list[int]) -> Iterator[Row | tuple[int, float]]:
    net = stax.parse("serial(Dense(W_var=2), Relu(), Dense(W_var=2))")
    for n in sizes:
        points = certify.load_points(np.random.default_rng(2).standard_normal((n, COLUMNS)))
        profile = common_profile(net.layers, points, "ntk", "unit")
        gram = profile_gram(sharp(profile, 4), points, directions(points.rows))
        start = CLOCK["now"]()
        absolute_row_sums(gram, np.ones(n))
        seconds = CLOCK["now"]() - start
        yield n, seconds
    pairs = sizes[-1] * (sizes[-1] + 1) / 2
    yield Row(f"streaming, n = {sizes[-1]}: 3e7 pairs a second / measured", 3e7, pairs / seconds, 1.0, 0.3, "pairs/s")


def peers() -> Iterator[Row]:
    rows = np.random.default_rng(3).standard_normal((120, COLUMNS))
    net = network("Relu()", 3)
    arb, mpmath = (
        in_turns(lambda kind=kind: net.kernel(rows, arithmetic=kind, normalize="unit"), lambda: None, 1)[0]  # type: ignore[misc]
        for kind in ("arb", "mpmath")
    )
    ours = in_turns(lambda: net.kernel(rows, arithmetic="float", normalize="unit"), lambda: None, 3)[0]
    yield Row("n = 120, float64 / python-flint at 53 bits", ours, arb, None, None)
    yield Row("n = 120, float64 / mpmath at 53 bits", ours, mpmath, None, None)


def markdown(rows: list[Row], exponent: float, memory: float, costs: dict[str, list[tuple[int, float]]]) -> str:
    lines = ["| work | measured | against | ratio | must | aim |", "|---|---|---|---|---|---|"]
    for row in rows:
        limits = " | ".join("-" if value is None else f"{value:g}" for value in (row.must, row.aim))
        lines.append(
            f"| {row.name} | {row.ours:.3g} {row.unit} | {row.other:.3g} {row.unit} | {row.ratio:.3g} | {limits} |"
        )
    lines.append(f"| streaming: exponent of cost against n | {exponent:.2f} | - | - | 2.05 | - |")
    for name, found in costs.items():
        lines.append(f"| {name}, n = {found[0][0]} to {found[-1][0]}: exponent | {power(found):.2f} | - | - | - | - |")
    lines.append(f"| peak memory of this run | {memory:.2f} GiB | - | - | - | - |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--jax", default=None)
    parser.add_argument("--large", type=int, default=20_000, metavar="N", help="points of the largest dense proof")
    parser.add_argument("--cpu", action="store_true", help="processor seconds of all threads, for a busy machine")
    options = parser.parse_args()
    if options.cpu:
        CLOCK["now"] = time.process_time
    options.folder.mkdir(parents=True, exist_ok=True)
    small = options.quick
    rows: list[Row] = list(entries(1000 if small else 2000, options.jax, options.folder))
    curve: list[tuple[int, float]] = []
    for part in streaming([2000, 4000, 8000] if small else [5000, 10_000, 20_000, 40_000]):
        if isinstance(part, Row):
            rows.append(part)
        else:
            curve.append(part)
    rows += dense(1500 if small else 4000, in_turns)
    rows += [] if small else digits()
    rows += large(2000 if small else options.large)
    rows += exact_products([200] if small else [500, 1000], in_turns)
    rows += peers()
    costs = measured([300, 600] if small else [500, 1000, 2000, 4000], CLOCK["now"])
    exponent = float(np.polyfit([math.log(n) for n, _ in curve], [math.log(s) for _, s in curve], 1)[0])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    table = {
        "rows": [{**asdict(row), "ratio": row.ratio} for row in rows],
        "streaming": {"seconds": curve, "exponent": exponent},
        "costs": {name: {"seconds": found, "exponent": power(found)} for name, found in costs.items()},
        "peak_memory_gib": memory,
        "clock": "processor seconds, all threads" if options.cpu else "seconds",
    }
    (options.folder / "table.json").write_text(json.dumps(table, indent=1) + "\n", encoding="ascii")
    text = f"Measured in {table['clock']}, both ways in turns.\n\n" + markdown(rows, exponent, memory, costs)
    (options.folder / "table.md").write_text(text, encoding="ascii")
    (options.folder / "streaming.svg").write_text(log_log_plot(curve, exponent), encoding="ascii")
    (options.folder / "costs.svg").write_text(plot(costs), encoding="ascii")
    print(text)
    return int(any(row.fails for row in rows))


if __name__ == "__main__":
    sys.exit(main())
