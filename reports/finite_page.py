"""The page of one finite network: what is proved about its tangent kernel, and what it memorises."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from certify import __version__
from certify.certificate import Certificate, readable, write_whole
from certify.certificate.document import read_integers
from certify.empirical.activations import finite_activation
from certify.empirical.architecture import Architecture
from certify.finite.fitting import jacobian
from certify.finite.polishing import coordinates
from certify.spectrum.fixed_point import scaled
from reports.chart import Axis, Chart
from reports.frame import Frame
from reports.numbers import round_down, round_up
from reports.page import environment, make_directory, safe_stem

MOST_POINTS = 2000


def write_finite_page(certificate: Certificate, directory: Path, name: str | None = None) -> Path:
    """Write a page about a claim on a finite network into the directory and return its path."""
    text = render_finite_page(certificate, name)
    make_directory(Path(directory))
    target = Path(directory) / f"{safe_stem(_stem(certificate, name))}.html"
    write_whole(target, text)
    return target


def _stem(certificate: Certificate, name: str | None) -> str:
    return name or f"finite-{Path(str(certificate.labels['data']['name'])).stem}"


def render_finite_page(certificate: Certificate, name: str | None = None, frame: Frame | None = None) -> str:
    """The page as text, in the frame of a site where one is given."""
    claim = certificate.claim
    layers = _layers(claim)
    architecture = Architecture(
        tuple(len(layer) for layer in layers),
        finite_activation(claim["activation"]),
        bool(claim["weights"]["bias"]),
        tuple((Fraction(1), Fraction(1)) for _ in layers),
    )
    points = certificate.points
    assert points is not None
    x = coordinates(points)[:MOST_POINTS]
    outputs, derivatives = jacobian(architecture, layers, x)
    lower, upper = certificate.lambda_min
    context = {
        "claim": claim,
        "memorised": "distance" in claim,
        "distance": readable(claim["distance"]) if "distance" in claim else None,
        "n": certificate.n,
        "columns": points.columns,
        "widths": "–".join(map(str, [points.columns, *architecture.widths])),
        "parameters": derivatives.shape[1],
        "share": f"{derivatives.shape[1] / certificate.n:.3f}",
        "name": certificate.labels["data"]["name"],
        "verdict": certificate.verdict,
        "lower": None if lower is None else round_down(lower),
        "upper": round_up(upper),
        "reason": certificate.reason,
        "kind": certificate.document["proof"]["kind"],
        "file": f"{_stem(certificate, name)}.cert",
        "spectrum": _spectrum(derivatives, certificate),
        "fit": _fit(outputs, claim) if "targets" in claim else None,
        "bits": certificate.bits,
        "version": __version__,
    }
    return environment().get_template("finite.html").render(context, frame=frame)


def _layers(claim: Any) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    unit = scaled(1, claim["weights"]["exponent"])
    return [
        np.array([[float(v * unit) for v in read_integers(row)] for row in layer])
        for layer in claim["weights"]["layers"]
    ]


def _spectrum(derivatives: np.ndarray[Any, np.dtype[np.float64]], certificate: Certificate) -> Chart:
    sizes = np.linalg.svd(derivatives, compute_uv=False) ** 2
    values = [float(v) for v in sizes if v > 0]
    lower, upper = certificate.lambda_min
    bounds = [float(b) for b in (lower, upper) if b]
    chart = Chart(
        Axis("eigenvalues, largest first", 0.0, float(max(len(derivatives), len(values)) + 1)),
        Axis.around("eigenvalue of the tangent kernel", [*values, *bounds], log=True),
        "Eigenvalues of the empirical tangent kernel, falling, with the proven place of the smallest.",
    )
    chart.bars([(float(k), v, v) for k, v in enumerate(values, 1)], "float", "float64’s eigenvalues")
    if certificate.verdict == "positive definite" and lower is not None:
        chart.level(float(lower), "proved", "proved lower bound of the smallest")
    return chart


def _fit(outputs: np.ndarray[Any, np.dtype[np.float64]], claim: Any) -> Chart:
    bottom = int(claim["targets"]["denominator"], 16)
    targets = [value / bottom for value in read_integers(claim["targets"]["values"])][: len(outputs)]
    both = [*targets, *map(float, outputs)]
    chart = Chart(
        Axis.around("target", both),
        Axis.around("output of the network", both),
        "Outputs against targets: all on the diagonal.",
        height=360,
    )
    chart.line([(min(both), min(both)), (max(both), max(both))], "noise", "target = output")
    chart.bars([(t, float(f), float(f)) for t, f in zip(targets, outputs, strict=True)], "proved", "a data point")
    return chart
