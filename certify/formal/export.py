"""From a certificate to a Coq file: the claim in the words of Kernels.v, the witness, the theorems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jinja2

from certify.certificate import Certificate, spoken_bounds
from certify.errors import InputError
from certify.formal.integers import residual_integers
from certify.formal.library import BASE, CHECKERS, COMMON, NAMESPACE, SINGULAR, inlined, modules_for
from certify.formal.singular import singular_theorem
from certify.formal.spelling import (
    decimal,
    decimal_integer,
    harmless,
    hexadecimal_integer,
    integer_list,
    integer_table,
)
from certify.formal.terms import Layers, coq_network, expressible_layers
from certify.points import Points
from certify.stax import parse

MAX_POINTS = 600
MAX_NAME = 80


@dataclass(frozen=True)
class CoqFile:
    """The text of a Coq file, the bits of its enclosures (None where it needs none), and the number of points."""

    text: str
    precision: int | None
    n: int


def export_coq(certificate: Certificate, *, integers: str = "binary", standalone: bool = True) -> CoqFile:
    """A Coq file whose theorems are the claim of the certificate about the exact kernel matrix K of the exact points.

    Positive definite: lower |v|^2 <= v'Kv for all v, and v'Kv <= upper |v|^2 for some v that is not zero. Singular, by
    two rows that are equal, parallel or opposite: v'Kv = 0 for some v that is not zero.

    The certificate is taken to have passed `certify.check`; of one that would not, Coq refuses the file. `integers` is
    "binary" (no axiom beyond those of the reals) or "machine" (faster, resting on Coq's primitive integers as well).
    `standalone` puts the library into the file, which otherwise imports it.

    Raises InputError, naming what is out of reach, for claims, networks and sizes that the Coq library cannot express.
    """
    if integers not in CHECKERS:
        raise InputError(f"integers={integers!r} is not available: use {' or '.join(map(repr, CHECKERS))}.")
    network = _network_of(certificate)
    layers = expressible_layers(parse(network))
    points = certificate.points
    assert points is not None
    if points.n > MAX_POINTS:
        raise InputError(
            f"the certificate is about {points.n} points: at most {MAX_POINTS} are exported, so prove fewer --rows."
        )
    singular = certificate.verdict == "singular"
    modules = (*BASE, *SINGULAR) if singular else modules_for(integers)
    if singular:
        precision, witness = None, {"theorem": singular_theorem(certificate, layers, points)}
    else:
        precision, witness = _bounds(certificate, layers, points)
    template = _templates().get_template("singular.v.jinja" if singular else "bounds.v.jinja")
    text = template.render(
        **_claim(certificate, network, layers, points),
        **witness,
        singular=singular,
        precision=precision,
        standalone=standalone,
        integers="binary" if singular else integers,
        library=_library(modules, standalone),
    )
    return CoqFile(text, precision, points.n)


def _network_of(certificate: Certificate) -> str:
    if certificate.network is None:
        raise InputError(
            "the certificate is about a given matrix or a finite network, which the Coq library does not define: "
            "export one about the points and a network of infinite width."
        )
    if certificate.kernel not in ("ntk", "nngp"):
        raise InputError(
            f"the kernel {str(certificate.kernel)[:20]!r} has no Coq definition: export one about ntk or nngp."
        )
    proof = certificate.document["proof"]
    if certificate.verdict != "singular":
        if proof.get("kind") != "residual" or certificate.verdict != "positive definite":
            raise InputError(
                f"a proof of kind {str(proof.get('kind'))!r} of the verdict {certificate.verdict!r} is not exported to "
                "Coq: prove it with --method dense for a positive lower bound."
            )
        if proof.get("factor") is None:
            raise InputError("the certificate carries no factor for Coq to verify: prove fewer --rows.")
    return certificate.network


def _claim(certificate: Certificate, network: str, layers: Layers, points: Points) -> dict[str, Any]:
    bounds = certificate.claim["lambda_min"]
    unit = certificate.normalize == "unit"
    row = "over denominator (nth i rows [])"
    return {
        "kind": str(certificate.kernel).upper(),
        "network_text": harmless(network.replace('"', "")),
        "network": coq_network(layers),
        "n": points.n,
        "columns": points.columns,
        "name": harmless(points.name[:MAX_NAME]),
        "unit": unit,
        "claim": harmless(spoken_bounds(bounds["lower"], bounds["upper"])),
        "denominator": points.denominator,
        "rows": integer_table(points.rows, decimal_integer),
        "place": f"normalise ({row})" if unit else row,
    }


def _bounds(certificate: Certificate, layers: Layers, points: Points) -> tuple[int, dict[str, Any]]:
    found = residual_integers(certificate, layers, points)
    bounds = certificate.claim["lambda_min"]
    return found.precision, {
        "lower": decimal(bounds["lower"]),
        "upper": decimal(bounds["upper"]),
        "scale": f"2 ^ {found.exponent}",
        "entries": integer_table(found.entries, hexadecimal_integer),
        "shift": hexadecimal_integer(found.shift),
        "multiple": hexadecimal_integer(found.multiple),
        "weight": hexadecimal_integer(found.weight),
        "factor": integer_table(found.factor, hexadecimal_integer),
        "vector": integer_list(found.vector, hexadecimal_integer) + "%Z",
    }


def _templates() -> jinja2.Environment:
    # The output is Coq, not HTML; every string that comes from a certificate has been made harmless or is a number.
    return jinja2.Environment(
        loader=jinja2.PackageLoader("certify.formal", "coq"),
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )


def _library(modules: tuple[str, ...], standalone: bool) -> str:
    needed = " ".join(("Forms", "Matrices", "Kernels", *(module for module in modules if module not in COMMON)))
    if standalone:
        return f"{inlined(modules)}\nImport Reals ZArith QArith List.\nImport {needed}."
    return f"Require Import Reals ZArith QArith List.\nFrom {NAMESPACE} Require Import {needed}."
