"""From a certificate to a Coq file: the claim in the words of Kernels.v, the witness, the theorems."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import jinja2

from certify.certificate import Certificate, spoken_bounds
from certify.errors import InputError
from certify.formal.integers import residual_integers
from certify.formal.library import CHECKERS, NAMESPACE, inlined, modules_for
from certify.formal.spelling import decimal, decimal_integer, harmless, hexadecimal_integer, integer_list, integer_table
from certify.formal.terms import coq_network, expressible_layers
from certify.stax import parse

MAX_POINTS = 600
MAX_NAME = 80


@dataclass(frozen=True)
class CoqFile:
    """The text of a Coq file, the precision of its enclosures in bits, and the number of points."""

    text: str
    precision: int
    n: int


def export_coq(certificate: Certificate, *, integers: str = "binary", standalone: bool = True) -> CoqFile:
    """A Coq file whose theorems are the claim of the certificate: for the exact kernel matrix K of the exact points,
    lower |v|^2 <= v'Kv for all v, and v'Kv <= upper |v|^2 for some v that is not zero.

    The certificate is taken to have passed `certify.check`; of one that would not, Coq refuses the file. `integers` is
    "binary" (no axiom beyond those of the reals) or "machine" (faster, resting on Coq's primitive integers as well).
    `standalone` puts the library into the file, which otherwise imports it.

    Raises InputError, naming what is out of reach, for claims, networks and sizes that the Coq library cannot express.
    """
    if integers not in CHECKERS:
        raise InputError(f"integers={integers!r} is not available: use {' or '.join(map(repr, CHECKERS))}.")
    layers = expressible_layers(parse(_network_of(certificate)))
    points = certificate.points
    assert points is not None
    if points.n > MAX_POINTS:
        raise InputError(
            f"the certificate is about {points.n} points: at most {MAX_POINTS} are exported, so prove fewer --rows."
        )
    found = residual_integers(certificate, layers, points)
    bounds = certificate.claim["lambda_min"]
    unit = certificate.normalize == "unit"
    modules = modules_for(integers)
    row = "over denominator (nth i rows [])"
    text = _template().render(
        kind=str(certificate.kernel).upper(),
        network_text=harmless(str(certificate.network).replace('"', "")),
        network=coq_network(layers),
        n=points.n,
        columns=points.columns,
        name=harmless(points.name[:MAX_NAME]),
        unit=unit,
        claim=harmless(spoken_bounds(bounds["lower"], bounds["upper"])),
        standalone=standalone,
        integers=integers,
        precision=found.precision,
        library=_library(modules, standalone),
        denominator=points.denominator,
        rows=integer_table(points.rows, decimal_integer),
        place=f"normalise ({row})" if unit else row,
        lower=decimal(bounds["lower"]),
        upper=decimal(bounds["upper"]),
        scale=f"2 ^ {found.exponent}",
        entries=integer_table(found.entries, hexadecimal_integer),
        shift=hexadecimal_integer(found.shift),
        weight=hexadecimal_integer(found.weight),
        factor=integer_table(found.factor, hexadecimal_integer),
        vector=integer_list(found.vector, hexadecimal_integer) + "%Z",
    )
    return CoqFile(text, found.precision, points.n)


def _network_of(certificate: Certificate) -> str:
    if certificate.network is None:
        raise InputError(
            "the certificate is about a given matrix, of which Coq cannot know the entries: export one about a network."
        )
    proof = certificate.document["proof"]
    if proof.get("kind") != "residual" or certificate.verdict != "positive definite":
        raise InputError(
            f"a proof of kind {proof.get('kind')!r} of the verdict {certificate.verdict!r} is not exported to Coq: "
            "export a certificate with a positive lower bound."
        )
    if proof.get("factor") is None:
        raise InputError("the certificate carries no factor for Coq to verify: prove fewer --rows.")
    return certificate.network


def _template() -> jinja2.Template:
    text = (resources.files("certify.formal") / "coq" / "theorem.v.jinja").read_text(encoding="ascii")
    # The output is Coq, not HTML; every string that comes from a certificate has been made harmless or is a number.
    environment = jinja2.Environment(
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.from_string(text)


def _library(modules: tuple[str, ...], standalone: bool) -> str:
    needed = " ".join(("Matrices", "Kernels", modules[-1]))
    if standalone:
        return f"{inlined(modules)}\nImport Reals ZArith QArith List.\nImport {needed}."
    return f"Require Import Reals ZArith QArith List.\nFrom {NAMESPACE} Require Import {needed}."
