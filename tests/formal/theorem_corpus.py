"""Theorems from bundled data, timed: `python tests/formal/theorem_corpus.py FOLDER [--largest N] [--whole-iris]`.

Writes `theorems.json` (processor seconds, axioms, versions) and `theorems.html`, the page that shows the theorems, into
FOLDER. Exit code 1 where Coq refuses a theorem, accepts a planted error, or lists an axiom that is not stated; 3 where
there is no Coq.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from coq_runs import missing, stated, timed, version
from planted_errors import ATTACKS, SINGULAR_ATTACKS

import certify
from certify.certificate import Certificate, spoken_bounds
from certify.formal import export_coq, write_library
from reports.theorems_page import write_theorems_page

RELU = "serial(Dense(W_var=2), Relu(), Dense())"
ERF = 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
GELU = 'serial(Dense(W_var=2, b_var="1/10"), Gelu(), Dense(W_var=2), Gelu(), Dense())'
SQUARES = 'serial(Dense(b_var="1/10"), Polynomial([0, 1, 1]), Dense(W_var=2))'
HEXAGON = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]
PLANTED = (
    *("a larger lower bound", "a smaller upper bound", "an entry that is too large", "an entry that is too small"),
    *("a smaller shift", "another vector", "too little precision", "another point", "another activation"),
)
PLANTED_SINGULAR = ("another ratio", "another point", "a bias")


@dataclass(frozen=True)
class Example:
    """A certificate to prove and export."""

    name: str
    network: str
    points: Any
    normalize: str = "none"
    integers: str = "binary"
    kernel: str = "ntk"
    duplicates: str = "drop"


def circle(n: int) -> list[list[Fraction]]:
    """Rational points of the unit circle, ((1 - t^2) / (1 + t^2), 2 t / (1 + t^2))."""
    ts = [Fraction(2 * k - n, n + 3) for k in range(n)]
    return [[(1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)] for t in ts]


def near_pairs(n: int) -> list[list[Fraction]]:
    """Points of the circle, each with a neighbour about 1e-6 away."""
    return [row for x, y in circle(n // 2) for row in ([x, y], [x, y + Fraction(1, 10**6)])]


def rows(name: str, n: int | None) -> Any:
    return certify.load_points(name, rows=n)


def examples(largest: int, whole: bool) -> Iterator[Example]:
    for n in (10, 20, 50, 100):
        if n <= largest:
            yield Example(f"iris, {n} rows", RELU, rows("iris", n), "unit")
            yield Example(f"iris, {n} rows", RELU, rows("iris", n), "unit", "machine")
    yield Example("iris, 20 rows", ERF, rows("iris", 20), "unit")
    yield Example("iris, 10 rows", GELU, rows("iris", 10), kernel="nngp")
    yield Example("wine, 20 rows", ERF, rows("wine", 20), "unit")
    yield Example("12 points of the circle", RELU, circle(12))
    yield Example("20 points in pairs 1e-6 apart", ERF, near_pairs(20))
    yield Example("iris, 20 rows", SQUARES, rows("iris", 20))
    yield Example("iris, all rows", SQUARES, rows("iris", None), "unit")
    yield Example("iris, equal rows kept", RELU, rows("iris", None), duplicates="keep")
    yield Example("three opposite pairs", "serial(Dense(), Relu(), Dense())", HEXAGON)
    yield Example("x and 3 x", RELU, [[1, 2], [0, 1], [3, 6]])
    yield Example("x and -x", "serial(Dense(), Cos(), Dense(b_var=1))", [[1, 2], [-1, -2]])
    yield Example(
        "four points in the plane", "serial(Dense(), Monomial(2), Dense())", [[1, 0], [0, 1], [1, 1], [1, -1]]
    )
    if whole:
        for integers in ("machine", "binary"):
            yield Example("iris, all rows", ERF, rows("iris", None), "unit", integers)


def theorem(example: Example, library: Path, folder: Path) -> dict[str, Any]:
    """One theorem, compiled: what it says, what it cost, what it rests on."""
    certificate = certify.prove(
        example.network,
        example.points,
        kernel=example.kernel,
        normalize=example.normalize,
        duplicates=example.duplicates,
    )
    exported = export_coq(certificate, integers=example.integers, standalone=False)
    path = folder / "theorem.v"
    path.write_text(exported.text)
    run = timed(path, library)
    return {
        "name": example.name,
        "network": str(certificate.network),
        "kernel": example.kernel,
        "normalize": example.normalize,
        "n": certificate.n,
        "verdict": certificate.verdict,
        "claim": _claim(certificate),
        "integers": example.integers if exported.precision is not None else None,
        "bits": exported.precision,
        "seconds": round(run.seconds, 1),
        "axioms": sorted(run.axioms),
        "accepted": run.accepted,
        "axioms_as_stated": run.accepted and stated(run.axioms, example.integers),
    }


def _claim(certificate: Certificate) -> str:
    bounds = certificate.claim["lambda_min"]
    return spoken_bounds(bounds["lower"], bounds["upper"])


def planted(library: Path, folder: Path) -> Iterator[dict[str, Any]]:
    """Whether Coq refuses the errors that are planted in two small theorems."""
    bounds = certify.prove(RELU, [[2, 0], ["3/5", "4/5"], [-1, 2]])
    pair = certify.prove("serial(Dense(), Relu(), Dense())", [[1, 2], [0, 1], [3, 6]])
    for certificate, names, attacks in ((bounds, PLANTED, ATTACKS), (pair, PLANTED_SINGULAR, SINGULAR_ATTACKS)):
        text = export_coq(certificate, standalone=False).text
        for name in names:
            path = folder / "planted.v"
            path.write_text(attacks[name](text))
            yield {"error": name, "theorem": certificate.verdict, "refused": not timed(path, library).accepted}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--largest", type=int, default=100, help="of the timed series in the number of points")
    parser.add_argument("--whole-iris", action="store_true", help="iris with erf, 149 points: minutes")
    arguments = parser.parse_args()
    reason = missing()
    if reason is not None:
        print(f"{reason}: nothing was compiled", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = folder / "library"
        files = write_library(library)
        runs = [timed(path, library) for path in files]
        seconds = sum(run.seconds for run in runs)
        good = all(run.accepted for run in runs)
        print(f"library: {len(files)} files, {seconds:.1f} s, {'accepted' if good else 'REFUSED'}", flush=True)
        theorems = []
        for example in examples(arguments.largest, arguments.whole_iris):
            found = theorem(example, library, folder)
            theorems.append(found)
            word = "accepted" if found["accepted"] else "REFUSED"
            print(f"{found['name']}, {found['network']}, {found['integers']}: {found['seconds']} s, {word}", flush=True)
        errors = list(planted(library, folder))
    result = {
        "coq": version(),
        "library": {"files": [path.name for path in files], "seconds": round(seconds, 1), "accepted": good},
        "theorems": theorems,
        "planted": errors,
    }
    arguments.folder.mkdir(parents=True, exist_ok=True)
    (arguments.folder / "theorems.json").write_text(json.dumps(result, indent=1) + "\n")
    print(write_theorems_page(result, arguments.folder))
    sound = good and all(t["axioms_as_stated"] for t in theorems) and all(e["refused"] for e in errors)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
