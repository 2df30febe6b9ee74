"""The nearest-to-singular Gram matrices that a hunt met, each with its certificate."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import certify
from certify.certificate import Certificate
from properties.laws.proving import decimal_log, relative_upper

KEPT = 10


@dataclass(frozen=True)
class Nearest:
    """A matrix proved positive definite, and an upper bound on lambda_min over its largest diagonal entry."""

    relative: Fraction
    document: dict[str, Any]

    @classmethod
    def of_certificate(cls, certificate: Certificate) -> list[Nearest]:
        """One entry, none where positivity was proved without numbers."""
        if certificate.verdict != "positive definite" or certificate.lambda_min.lower is None:
            return []
        return [cls(relative_upper(certificate), dict(certificate.document))]

    @staticmethod
    def merged(*lists: Sequence[Nearest]) -> list[Nearest]:
        """The nearest of all, nearest first, the nearest only of each network and kernel."""
        unique: dict[tuple[str, str], Nearest] = {}
        for entry in sorted((entry for entries in lists for entry in entries), key=lambda entry: entry.relative):
            claim = entry.document["claim"]
            unique.setdefault((claim["network"], claim["kernel"]), entry)
        return list(unique.values())[:KEPT]

    @property
    def certificate(self) -> Certificate:
        return Certificate(self.document)


def verified(entries: Iterable[Nearest], folder: Path | None) -> list[dict[str, Any]]:
    """Each entry in JSON with the checker's answer, its certificate saved in `folder` as nearest-01.cert and so on.

    Without a folder the certificates are checked and dropped.
    """
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary) if folder is None else folder
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("nearest-*.cert"):
            old.unlink()
        return [_verified(entry, place / f"nearest-{k:02}.cert", folder) for k, entry in enumerate(entries, 1)]


def _verified(entry: Nearest, path: Path, folder: Path | None) -> dict[str, Any]:
    certificate = entry.certificate
    certificate.save(path)
    answer = certify.check(path)
    bounds = certificate.claim["lambda_min"]
    return {
        "relative": f"{10 ** (decimal_log(entry.relative) % 1):.6f}e{int(decimal_log(entry.relative) // 1)}",
        "lambda_min": dict(bounds),
        "network": certificate.network,
        "kernel": certificate.kernel,
        "normalize": certificate.normalize,
        "n": certificate.n,
        "points": [[str(value) for value in row] for row in _rows(certificate)],
        "bits": certificate.bits,
        "check": answer.status,
        "reason": answer.reason,
        "certificate": None if folder is None else str(path),
    }


def _rows(certificate: Certificate) -> Iterable[Iterable[Fraction]]:
    return () if certificate.points is None else certificate.points.as_fractions()
