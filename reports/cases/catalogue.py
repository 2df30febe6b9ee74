"""The cases of the comparison, chosen by a rule and not by their outcome: smooth and kinked activations, one and three
hidden layers, with and without bias, NNGP and NTK; and polynomial networks on one point more than their features have
dimensions, where every matrix is singular."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from certify.proofs import prove

BIAS = "1/100"


@dataclass(frozen=True)
class Case:
    """One question to `certify prove`, and the stem of the certificate that answers it."""

    name: str
    data: str
    network: str
    kernel: str = "ntk"
    normalize: str = "none"
    rows: int | None = None
    duplicates: str = "drop"

    @property
    def command(self) -> str:
        """The line that proves it."""
        words = ["certify", "prove", self.data, "--network", self.network, "--kernel", self.kernel]
        words += ["--normalize", self.normalize] if self.normalize != "none" else []
        words += ["--rows", str(self.rows)] if self.rows is not None else []
        words += ["--duplicates", self.duplicates] if self.duplicates != "drop" else []
        return shlex.join([*words, "--out", f"{self.name}.cert"])


def network(activation: str | None, depth: int, biased: bool) -> str:
    """`depth` hidden layers of one activation between Dense layers of W_var 2; None for a linear network."""
    dense = f'Dense(W_var=2, b_var="{BIAS}")' if biased else "Dense(W_var=2)"
    hidden = [dense, activation] if activation is not None else [dense]
    return f"serial({', '.join([*hidden * depth, dense])})"


def _factorial() -> list[Case]:
    shapes = ((1, False), (1, True), (3, True))
    found = []
    for activation, layers in (
        ("Relu", shapes),
        ("Erf", shapes),
        ("Gelu", shapes),
        ("Tanh", shapes[1:2]),
        ("Sin", shapes[1:2]),
    ):
        for depth, biased in layers:
            for kernel in ("ntk", "nngp"):
                name = f"iris-unit-{activation.lower()}-{depth}{'-bias' if biased else ''}-{kernel}"
                found.append(Case(name, "iris", network(f"{activation}()", depth, biased), kernel, "unit"))
    return found


def _other_data() -> list[Case]:
    found = []
    for activation in ("Relu", "Erf", "Gelu"):
        expression = network(f"{activation}()", 1, True)
        stem = f"{activation.lower()}-1-bias-ntk"
        found.append(Case(f"wine-unit-{stem}", "wine", expression, normalize="unit"))
        found.append(Case(f"breast-cancer-unit-{stem}", "breast_cancer", expression, normalize="unit", rows=150))
        found.append(Case(f"iris-raw-{stem}", "iris", expression))
    return found


# Polynomial networks and the dimension of their features on R^4, R^13 and R^30; the cases take one row more.
_POLYNOMIAL = (
    ("iris", "linear", None, True, 5),
    ("iris", "square", "Monomial(2)", False, 10),
    ("iris", "square", "Monomial(2)", True, 15),
    ("iris", "hermite", "Hermite(2)", True, 15),
    ("iris", "cube", "Monomial(3)", False, 20),
    ("wine", "linear", None, True, 14),
    ("wine", "square", "Monomial(2)", False, 91),
    ("breast_cancer", "linear", None, True, 31),
)


def _singular() -> list[Case]:
    found = []
    for data, word, activation, biased, dimension in _POLYNOMIAL:
        for kernel in ("ntk", "nngp"):
            name = f"{data.replace('_', '-')}-singular-{word}{'-bias' if biased else ''}-{kernel}"
            found.append(Case(name, data, network(activation, 1, biased), kernel, rows=dimension + 1))
    for activation in ("Relu", "Erf"):
        expression = network(f"{activation}()", 1, True)
        found.append(Case(f"iris-repeated-{activation.lower()}", "iris", expression, duplicates="keep"))
    return found


CASES = (*_factorial(), *_other_data(), *_singular())


def prove_cases(folder: Path, cases: tuple[Case, ...] = CASES, report: Callable[[str], None] = print) -> list[Path]:
    """Prove every case whose certificate is not in the folder yet, and return the new files.

    A case that stays undecided leaves no file and is named by `report`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for case in cases:
        target = folder / f"{case.name}.cert"
        if target.exists():
            continue
        options = {"kernel": case.kernel, "normalize": case.normalize, "duplicates": case.duplicates}
        certificate = prove(case.network, case.data, rows=case.rows, rel_width="1e-3", **options)  # type: ignore[arg-type]
        if certificate.verdict == "undecided":
            report(f"{case.name}: undecided")
            continue
        certificate.save(target)
        report(f"{case.name}: {certificate.verdict}")
        made.append(target)
    return made
