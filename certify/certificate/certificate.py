"""What is claimed, with its witness: the value that `certify.prove` returns and a file holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from certify.certificate.decimals import spoken_bounds
from certify.certificate.document import (
    FORMAT,
    SHAPED_VERSION,
    VERSION,
    canonical_pieces,
    externalised,
    internalised,
    read_points,
)
from certify.certificate.files import write_whole
from certify.certificate.notebook import as_table
from certify.errors import InputError
from certify.points import Points


class Bounds(NamedTuple):
    """Proven bounds on the smallest eigenvalue; `lower` is None where positivity is proved without a number."""

    lower: Fraction | None
    upper: Fraction


@dataclass(frozen=True, repr=False)
class Certificate:
    """A claim about a Gram matrix together with everything an independent checker needs to verify it.

    `document` is the content of the file. For the verdict "undecided" it holds the bounds found and no proof, and
    cannot be saved.
    """

    document: Mapping[str, Any]

    @property
    def claim(self) -> Mapping[str, Any]:
        claim: Mapping[str, Any] = self.document["claim"]
        return claim

    @property
    def labels(self) -> Mapping[str, Any]:
        labels: Mapping[str, Any] = self.document["labels"]
        return labels

    @property
    def verdict(self) -> str:
        """ "positive definite", "singular" or "undecided" ("negative" is possible for a given matrix)."""
        return str(self.claim["verdict"])

    @property
    def lambda_min(self) -> Bounds:
        bounds = self.claim["lambda_min"]
        return Bounds(None if bounds["lower"] is None else Fraction(bounds["lower"]), Fraction(bounds["upper"]))

    @property
    def reason(self) -> str:
        """How it was proved, and for singular why."""
        return str(self.labels.get("reason", ""))

    @property
    def network(self) -> str | None:
        """Canonical spelling; None for a given matrix."""
        return self.claim.get("network")

    @property
    def kernel(self) -> str | None:
        return self.claim.get("kernel")

    @property
    def normalize(self) -> str:
        return str(self.claim.get("normalize", "none"))

    @property
    def method(self) -> str:
        return str(self.labels.get("method", ""))

    @property
    def bits(self) -> int | None:
        """Precision of the entries, where the proof is numerical."""
        bits = self.document["proof"].get("bits")
        return None if bits is None else int(bits)

    @cached_property
    def points(self) -> Points | None:
        """The exact points of the claim; None for a given matrix."""
        field = self.claim.get("points")
        if field is None:
            return None
        points = read_points(field, str(dict(self.labels.get("data") or {}).get("name", "points")))
        return points.with_shape(self.shape) if self.shape is not None else points

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape of a point as the network reads it; None for plain rows."""
        shape = self.claim.get("shape")
        return None if shape is None else tuple(shape)

    @property
    def n(self) -> int:
        if "gram" in self.claim:
            return len(self.claim["gram"]["midpoints"])
        return len(self.claim["points"]["rows"])

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the claim rests on beyond what the checker recomputes."""
        if self.document["proof"].get("kind") == "theorem" and "Elementwise(" in str(self.network):
            return ("the upper bound, from a dual that the checker does not know",)
        stated = (str(self.labels["assumed"]),) if "assumed" in self.labels else ()
        return ("the entries of the given matrix", *stated) if "gram" in self.claim else ()

    def save(self, path: str | Path) -> Path:
        """Write the certificate, whole or not at all; points of more than 4 million cells go into a file beside it.
        Raises InputError where nothing was proved or the path cannot be written."""
        if self.verdict == "undecided":
            raise InputError(
                "the verdict is undecided, so there is no proof to save: raise max_bits or try another method."
            )
        target = Path(path)
        points_file = target.with_name(target.name + ".points")
        document, points = externalised(self.document, points_file.name)
        if points is not None:
            write_whole(points_file, canonical_pieces(points))
        write_whole(target, canonical_pieces(document))
        return target

    def __repr__(self) -> str:
        bounds = self.claim["lambda_min"]
        if "weights" in self.claim:
            fits = ", targets memorised" if "distance" in self.claim else ""
            spoken = spoken_bounds(bounds["lower"], bounds["upper"])
            return f"<{self.verdict}: {spoken}, tangent kernel of a finite network on {self.n} points{fits}>"
        return (
            f"<{self.verdict}: {spoken_bounds(bounds['lower'], bounds['upper'])}, "
            f"{self.kernel or 'Gram'} of {self.network or 'a given matrix'} on {self.n} points>"
        )

    def _repr_html_(self) -> str:
        bounds = self.claim["lambda_min"]
        rows = [
            ("smallest eigenvalue", spoken_bounds(bounds["lower"], bounds["upper"])),
            ("matrix", f"{self.kernel or 'Gram'} of {self.network or 'a given matrix'}, {self.n} x {self.n}"),
            ("proved by", self.reason),
        ]
        rows += [("resting on", assumption) for assumption in self.assumptions]
        return as_table(self.verdict, rows)


def load(path: str | Path) -> Certificate:
    """The certificate in a file, unchecked: nothing in it is believed until `certify.check` has verified it.

    Raises InputError if the file is missing or no certificate of a known version.
    """
    source = Path(path)
    try:
        text = source.read_text(encoding="ascii")
        document = json.loads(text)
    except OSError as error:
        raise InputError(
            f"the certificate {str(source)!r} cannot be read ({error.strerror}): check the path."
        ) from None
    except (ValueError, RecursionError):
        raise InputError(f"the file {str(source)!r} is no certificate: certify prove --out writes one.") from None
    if (
        not isinstance(document, dict)
        or document.get("format") != FORMAT
        or document.get("version") not in (VERSION, SHAPED_VERSION)
    ):
        raise InputError(
            f"the file {str(source)!r} is no certificate of version {VERSION} or {SHAPED_VERSION}: certify prove --out "
            "writes one."
        )
    return Certificate(internalised(document, source.parent))
