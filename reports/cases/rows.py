"""One row of the comparison: what is proved of a matrix, and what numpy says of its best float64 copy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from certify.activations import Activation
from certify.certificate import Certificate, load
from certify.errors import InputError
from certify.proofs import check
from certify.stax import parse
from reports.claims import Claim, read_claim
from reports.float64 import Float64View, float64_view
from reports.numbers import round_down, round_near, round_up

PYTHON_ENGINE_ROWS = 200
OUTCOMES = {
    "wrong": "eigvalsh or cholesky gives the wrong answer",
    "no evidence": "the right answer, but the number lies within float64's own rounding",
    "agrees": "the right answer, further from zero than float64's rounding",
}


@dataclass(frozen=True)
class Row:
    """`outcome` is a key of OUTCOMES; `says` is what a user of numpy would conclude; `smallest` is numpy's number and
    belongs to the machine that computed it, while `lower`, `upper` (None: no number) and `verdict` are proved."""

    name: str
    sha256: str
    data: str
    n: int
    unit: bool
    network: str
    activation: str
    depth: int
    biased: bool
    kernel: str
    verdict: str
    lower: str | None
    upper: str
    proof: str
    engine: str
    smallest: float
    cholesky: bool
    outcome: str
    says: str

    @property
    def proved(self) -> str:
        """The proved place of the smallest eigenvalue."""
        if self.verdict == "singular":
            return "= 0"
        return f"in [{self.lower}, {self.upper}]" if self.lower is not None else f"> 0, at most {self.upper}"


def judge(verdict: str, smallest: float, noise: float, cholesky: bool) -> tuple[str, str]:
    """(outcome, what numpy says) for a verdict that is proved: "positive definite" or "singular"."""
    positive = smallest > 0
    if positive == cholesky:
        says = "positive definite" if positive else "not positive definite"
    else:
        says = f"eigvalsh: {'positive' if positive else 'not positive'}, cholesky: {'passes' if cholesky else 'fails'}"
    wrong = not (positive and cholesky) if verdict == "positive definite" else positive or cholesky
    return ("wrong" if wrong else "no evidence" if abs(smallest) <= noise else "agrees"), says


def case_row(
    name: str, sha256: str, certificate: Certificate, claim: Claim, view: Float64View, engine: str
) -> Row | None:
    """The row of a verified certificate, or None where float64 was not asked about the whole matrix of a network."""
    decided = claim.verdict in ("positive definite", "singular")
    if claim.network is None or not decided or not view.whole or view.smallest is None or view.noise is None:
        return None
    layers = parse(claim.network).layers
    activations = [layer for layer in layers if isinstance(layer, Activation)]
    names = list(dict.fromkeys(map(repr, activations)))
    outcome, says = judge(claim.verdict, view.smallest, view.noise, view.cholesky)
    return Row(
        name=name,
        sha256=sha256,
        data=claim.bundled or claim.data_name,
        n=claim.n,
        unit=claim.unit,
        network=claim.network,
        activation=", ".join(names) or "linear",
        depth=len(activations),
        biased="b_var" in claim.network,
        kernel=str(claim.kernel),
        verdict=claim.verdict,
        lower=None if claim.lower is None else round_down(claim.lower, 4),
        upper=round_up(claim.upper, 4),
        proof=certificate.method,
        engine=engine,
        smallest=view.smallest,
        cholesky=view.cholesky,
        outcome=outcome,
        says=says,
    )


def read_rows(files: Iterable[Path], report: Callable[[str], None]) -> tuple[list[Row], dict[str, str]]:
    """Check every certificate and ask numpy: the rows, and by file the status and reason of what does not verify.

    A file that verifies but is not about the whole matrix of a network within numpy's reach is left out, and `report`
    says so.
    """
    rows, refused = [], {}
    for file in files:
        answer = check(file, engine=engine_for(file))
        if not answer.valid:
            refused[str(file)] = f"{answer.status}: {answer.reason}"
            continue
        certificate = load(file)
        row = None
        if "weights" not in certificate.claim:
            claim = read_claim(certificate)
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            row = case_row(file.stem, digest, certificate, claim, float64_view(certificate, claim), answer.engine)
        if row is None:
            report(f"{file}: left out, numpy was not asked about the whole matrix of a network")
        else:
            rows.append(row)
    return sorted(rows, key=order), refused


def engine_for(file: Path) -> str:
    """The standard-library checker where it takes seconds, FLINT above that."""
    try:
        return "python" if load(file).n <= PYTHON_ENGINE_ROWS else "flint"
    except InputError:
        return "python"


def order(row: Row) -> tuple[Any, ...]:
    """What numpy gets wrong first, singular before positive, the smallest eigenvalue first."""
    return (*(list(OUTCOMES).index(row.outcome), row.verdict != "singular", Fraction(row.upper), row.name),)


def rows_json(rows: Sequence[Row]) -> dict[str, Any]:
    """One object: counts by outcome, and every row."""
    return {
        "certificates": len(rows),
        "counts": {outcome: sum(row.outcome == outcome for row in rows) for outcome in OUTCOMES},
        "rows": [{key: getattr(row, key) for key in Row.__dataclass_fields__} for row in rows],
    }


def text_table(rows: Sequence[Row]) -> str:
    """Lines for a terminal, and one that counts."""
    lines = []
    for row in rows:
        unit = ", unit" if row.unit else ""
        lines.append(f"{row.outcome:12} {row.name}")
        lines.append(f"{'':12} {row.kernel.upper()} of {row.network} on {row.n} points of {row.data}{unit}")
        lines.append(f"{'':12} proved: {row.verdict}, smallest eigenvalue {row.proved}")
        lines.append(f"{'':12} numpy: {row.smallest:.3g}, {row.says}")
    counts = [f"{sum(row.outcome == outcome for row in rows)} {outcome}" for outcome in OUTCOMES]
    return "\n".join([*lines, f"{len(rows)} certificates, numpy: {', '.join(counts)}"])


def markdown(rows: Sequence[Row], link: str) -> str:
    """The table as MyST Markdown; `link` is a format of the cell that links a certificate, with {name}."""
    head = ["numpy is", "network", "kernel", "data", "proved", "`eigvalsh`", "`cholesky`", ""]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        bounds = "singular" if row.verdict == "singular" else f"{row.lower} to {row.upper}"
        layers = f", {row.depth} layers" if row.depth > 1 else ""
        cells = [
            f"**{row.outcome}**" if row.outcome == "wrong" else row.outcome,
            f"{row.activation.removesuffix('()')}{layers}{', bias' if row.biased else ''}",
            row.kernel.upper(),
            f"{row.data}{' unit' if row.unit else ''}, {row.n}",
            bounds,
            round_near(row.smallest, 3),
            "passes" if row.cholesky else "fails",
            link.format(name=row.name),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
