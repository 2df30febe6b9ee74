"""The three ways in which a certificate can fail, and the value that a check returns."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["valid", "invalid", "malformed", "unsupported"]

ENGINE = "python"


class Refusal(Exception):
    """A certificate is not accepted; `status` says in which of the three ways, the message says why."""

    status: Status = "invalid"


class Malformed(Refusal):
    """The file is missing, unreadable, or breaks a rule of the format."""

    status: Status = "malformed"


class Invalid(Refusal):
    """The file is well formed, but what it claims does not follow from what it shows."""

    status: Status = "invalid"


class Unsupported(Refusal):
    """The file is well formed, but asks for more than this engine does or takes on."""

    status: Status = "unsupported"


@dataclass(frozen=True)
class Result:
    """The answer to one file.

    `claim` restates what the file claims (keys: kernel, network, normalize, n, columns, verdict, lower, upper; None
    where the file could not be read that far); it is *proved* only where `valid` is true.  `labels` are never
    verified.  `assumptions` names what a valid claim rests on beyond the mathematics.  `points_sha256` is the digest
    of the points in canonical form, the same whether they lie inside the certificate or beside it.
    """

    status: Status
    reason: str
    claim: dict[str, str | int | None] | None = None
    labels: dict[str, object] | None = None
    assumptions: tuple[str, ...] = ()
    points_sha256: str | None = None
    engine: str = ENGINE

    @property
    def valid(self) -> bool:
        """Whether the claim is proved."""
        return self.status == "valid"
