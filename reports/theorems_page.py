"""The page of the theorems that Coq accepted, from what `tests/formal/theorem_corpus.py` measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from certify import __version__
from certify.certificate import write_whole
from reports.chart import Axis, Chart
from reports.page import environment, make_directory

KINDS = {"binary": "proved", "machine": "float"}
NAMES = {"binary": "binary integers, four axioms", "machine": "machine integers, their axioms as well"}
MEANING = {
    "ClassicalDedekindReals.sig_not_dec": "double negations of propositions can be decided",
    "ClassicalDedekindReals.sig_forall_dec": "a decidable property of all numbers holds or has a counterexample",
    "FunctionalExtensionality.functional_extensionality_dep": "functions with equal values are equal",
    "Classical_Prop.classic": "excluded middle",
}


def write_theorems_page(measured: Mapping[str, Any], directory: Path) -> Path:
    """Write `theorems.html` into the directory and return its path.

    `measured` holds the version of Coq, the library's files and seconds, the theorems with their claims, axioms and
    processor seconds, and the planted errors with whether Coq refused them.
    """
    theorems = measured["theorems"]
    accepted = [theorem for theorem in theorems if theorem["accepted"] and theorem["axioms_as_stated"]]
    own = sorted({name for theorem in accepted for name in theorem["axioms"] if name in MEANING})
    machine = sorted({name for theorem in accepted for name in theorem["axioms"] if name not in MEANING})
    context = {
        "coq": measured["coq"],
        "library": measured["library"],
        "theorems": theorems,
        "accepted": len(accepted),
        "planted": measured["planted"],
        "refused": sum(error["refused"] for error in measured["planted"]),
        "whole": len(accepted) == len(theorems)
        and measured["library"]["accepted"]
        and all(error["refused"] for error in measured["planted"]),
        "chart": _chart(accepted),
        "axioms": [(name, MEANING[name]) for name in own],
        "machine_axioms": len(machine),
        "version": __version__,
    }
    text = environment().get_template("theorems.html").render(context)
    make_directory(Path(directory))
    target = Path(directory) / "theorems.html"
    write_whole(target, text)
    return target


def _chart(theorems: Sequence[Mapping[str, Any]]) -> Chart | None:
    """Processor seconds against the number of points, for the network that was timed at most sizes."""
    bounds = [theorem for theorem in theorems if theorem["integers"]]
    sizes: dict[tuple[str, str], set[int]] = {}
    for theorem in bounds:
        sizes.setdefault((theorem["network"], theorem["name"].split(",")[0]), set()).add(theorem["n"])
    key = max(sizes, key=lambda pair: len(sizes[pair]), default=None)
    if key is None or len(sizes[key]) < 2:
        return None
    chosen = [t for t in bounds if (t["network"], t["name"].split(",")[0]) == key]
    chart = Chart(
        Axis.around("points N", [float(t["n"]) for t in chosen], log=True),
        Axis.around("processor seconds of coqc", [float(t["seconds"]) for t in chosen], log=True),
        f"Processor seconds of coqc against the number of points of {key[1]}, for {key[0]}.",
        height=320,
    )
    for integers, kind in KINDS.items():
        line = sorted((float(t["n"]), float(t["seconds"])) for t in chosen if t["integers"] == integers)
        if line:
            chart.line(line, kind, NAMES[integers])
            chart.bars([(n, seconds, seconds) for n, seconds in line], kind)
    return chart
