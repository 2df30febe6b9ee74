"""The facade to the checker and to the other engines."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from certify.certificate import readable, spoken_bounds
from certify.errors import InputError
from certify.points import load_points
from certify.stax import Network, parse

LIMIT_SECONDS = 600.0
ENGINES = ("python", "flint", "float")


@dataclass(frozen=True)
class Verification:
    """The answer to one certificate file.

    `status` is "valid", "invalid", "malformed" or "unsupported"; `claim` restates what the file claims and is proved
    only where `valid`; `assumptions` names what a valid claim rests on; `labels` are never verified.
    """

    status: str
    reason: str
    claim: dict[str, Any] | None
    labels: dict[str, Any] | None
    assumptions: tuple[str, ...]
    engine: str
    points_sha256: str | None = field(default=None, repr=False)

    @property
    def valid(self) -> bool:
        return self.status == "valid"

    def text(self, name: str) -> str:
        """The answer in a few lines for the file of that name, control characters replaced."""
        lines = [f"{name}: {self.status}"]
        claim = self.claim or {}
        if self.valid:
            bounds = spoken_bounds(claim.get("lower"), str(claim.get("upper")))
            lines.append(f"  proved: {claim['verdict']}, {bounds}")
            if claim.get("kernel") == "empirical ntk":
                lines.append(f"  empirical tangent kernel of the finite network {claim['network']}")
                lines.append(f"  on {claim.get('n')} points of dimension {claim.get('columns')}")
                if claim.get("distance"):
                    distance = readable(str(claim["distance"]))
                    lines.append(
                        f"  proved: weights within distance {distance} of the given ones fit every target exactly"
                    )
            elif claim.get("network"):
                unit = ", normalised to unit length" if claim.get("normalize") == "unit" else ""
                lines.append(f"  {str(claim['kernel']).upper()} of {claim['network']}")
                lines.append(f"  on {claim.get('n')} points of dimension {claim.get('columns')}{unit}")
            else:
                size = claim.get("n")
                lines.append(f"  a given matrix, {size} x {size}, and every symmetric one within its radii")
            lines.extend(f"  assuming {assumption}" for assumption in self.assumptions)
            data = (self.labels or {}).get("data")
            if isinstance(data, dict) and data.get("name"):
                lines.append(f"  said to be {data['name']} (label, unverified)")
        lines.append(f"  {self.reason} ({self.engine} engine)")
        return "\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines)

    def as_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "valid": self.valid,
            "reason": self.reason,
            "claim": self.claim,
            "assumptions": list(self.assumptions),
            "engine": self.engine,
        }


def check(
    path: str | Path,
    engine: str = "python",
    *,
    data: Any = None,
    network: Network | str | None = None,
    accept_assumptions: bool = False,
    limited: bool = True,
) -> Verification:
    """Verify a certificate file: everything is recomputed from the points, nothing in the file is trusted.

    `engine` "python" is the standard-library checker; "flint" verifies numerical proofs with FLINT's integers and
    Arb's functions, "float" those with residuals in float64 with a-priori error bounds. `data` and `network` say what
    the claim must be about: a mismatch is "invalid". A claim that rests on something a user stated is "unsupported"
    unless `accept_assumptions`. An engine that would take more than ten minutes answers "unsupported" with an estimate
    unless `limited` is False.

    Never raises on a bad file. Raises InputError for data or a network that cannot be read, and for an unknown engine.
    """
    if engine not in ENGINES:
        raise InputError(f"engine={engine!r} is not available: use {' or '.join(map(repr, ENGINES))}.")
    wanted_network = None if network is None else repr(parse(network) if isinstance(network, str) else network)
    wanted_points = None if data is None else load_points(data)
    answer = _run(Path(path), engine, LIMIT_SECONDS if limited else None)
    if not answer.valid or answer.claim is None:
        return answer
    if wanted_network is not None and answer.claim.get("network") != wanted_network:
        found = answer.claim.get("network")
        return _refuse(answer, "invalid", f"the certificate is about {found}, not {wanted_network}.")
    if wanted_points is not None:
        normalize: Literal["none", "unit"] = "unit" if answer.claim.get("normalize") == "unit" else "none"
        meant = (wanted_points, wanted_points.drop_duplicates(normalize).points)
        if answer.points_sha256 not in {points.content_sha256() for points in meant}:
            return _refuse(answer, "invalid", f"the certificate is about other points than {wanted_points.name}.")
    if answer.assumptions and not accept_assumptions:
        names = "; ".join(answer.assumptions)
        reason = f"the proof holds under an assumption ({names}): accept that with --accept-assumptions."
        return _refuse(answer, "unsupported", reason)
    return answer


def _refuse(answer: Verification, status: str, reason: str) -> Verification:
    return replace(answer, status=status, reason=reason)


def _run(path: Path, engine: str, limit: float | None) -> Verification:
    if engine == "flint":
        from certify.proofs.flint_engine import check_with_flint

        result = check_with_flint(path)
    elif engine == "float":
        from certify.proofs.float_engine import check_in_float64

        result = check_in_float64(path)
    else:
        from certify.checker import check_file

        result = check_file(path, limit_seconds=limit)
    fields = ("status", "reason", "claim", "labels", "assumptions", "engine", "points_sha256")
    return Verification(**{name: getattr(result, name) for name in fields})
