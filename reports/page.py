"""One self-contained page for one certificate."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from certify import __version__
from certify.certificate import Certificate, write_whole
from certify.errors import InputError
from reports.bounds_figure import bounds_figure
from reports.claims import LONGEST_TEXT, Claim, read_claim, shortened
from reports.commands import commands_for
from reports.comparison import compare
from reports.facts import facts, label_facts, shift
from reports.float64 import Float64View, float64_view
from reports.frame import Frame
from reports.matrix_image import MatrixImage, matrix_image
from reports.methods import family_of, witness_vector
from reports.numbers import as_html, as_text, counted, grouped, log10, round_down, round_near, round_up
from reports.spectrum_figure import spectrum_figure

LONGEST_STEM = 100
WHOLE_TABLE = 16
CORNER = 8
TITLES = {
    "positive definite": "Positive definite",
    "singular": "Singular",
    "negative": "A negative eigenvalue",
    "undecided": "Undecided",
}
INLINE_NETWORK = 240
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def write_page(certificate: Certificate, directory: Path, name: str | None = None) -> Path:
    """Write a page about the certificate into the directory, which is made where it is missing, and return its path.

    The page is one HTML file that refers to nothing outside itself. It shows what the certificate claims and how to
    check it; it does not run the checker. `name` is the name of the certificate's file without its suffix: it names the
    page and stands in the commands; without it the page is named by data and verdict. The same certificate gives the
    same bytes. Above 400 points float64 is asked about the first 400 rows only, and the page says so.

    Raises InputError, with nothing left behind, where the certificate is damaged or the page cannot be written.
    """
    if "weights" in certificate.claim:
        from reports.finite_page import write_finite_page

        return write_finite_page(certificate, Path(directory), name)
    claim = read_claim(certificate)
    with legible():
        view = float64_view(certificate, claim)
    text = render_claim(certificate, claim, view, name)
    directory = Path(directory)
    made = make_directory(directory)
    target = directory / f"{safe_stem(name or _default_stem(claim))}.html"
    try:
        write_whole(target, text)
    except InputError:
        for folder in made:
            folder.rmdir()
        raise
    return target


def render_page(certificate: Certificate, name: str | None = None, frame: Frame | None = None) -> str:
    """The page as text, in the frame of a site where one is given; see `write_page`.

    Raises InputError where the certificate is damaged.
    """
    with legible():
        if "weights" in certificate.claim:
            from reports.finite_page import render_finite_page

            return render_finite_page(certificate, name, frame)
        claim = read_claim(certificate)
        return render_claim(certificate, claim, float64_view(certificate, claim), name, frame)


def render_claim(
    certificate: Certificate, claim: Claim, view: Float64View, name: str | None, frame: Frame | None = None
) -> str:
    """The page of a claim on a Gram matrix of which float64 has been asked already."""
    with legible():
        context = _context(certificate, claim, view, name)
    return environment().get_template("certificate.html").render(context, frame=frame)


@contextmanager
def legible() -> Iterator[None]:
    """Whatever a damaged certificate makes fail becomes bad input, named in one sentence."""
    try:
        yield
    except InputError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        what = f"{type(error).__name__}: {error}"[:120]
        raise InputError(
            f"the certificate cannot be shown ({what}): certify check says what is wrong with it."
        ) from None


def safe_stem(text: str) -> str:
    """A file name for any text: ASCII letters, digits, dots, dashes, underscores; a digest tells changed ones apart."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip(".-")[:LONGEST_STEM].rstrip(".-")
    if stem == text and not _RESERVED.fullmatch(stem):
        return stem
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{stem or 'certificate'}-{digest}"


@cache
def environment() -> jinja2.Environment:
    """The templates, with every value escaped unless it is markup made here, and an undefined name an error."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(html=as_html, text=as_text, grouped=grouped, shortened=shortened, px=_pixels, pc=_per_cent)
    made.filters.update(near=lambda value, digits=3: as_html(round_near(value, digits)))
    made.globals.update(counted=counted)
    return made


def _context(certificate: Certificate, claim: Claim, view: Float64View, name: str | None) -> dict[str, Any]:
    image = matrix_image(view)
    s = shift(claim)
    network = claim.network or ""
    return {
        "claim": claim,
        "standing": claim.standing,
        "title": TITLES[claim.verdict],
        "data_name": shortened(claim.data_name),
        "kernel_name": {"ntk": "neural tangent kernel (NTK)", "nngp": "NNGP kernel"}.get(
            str(claim.kernel), claim.kernel
        ),
        "lower": None if claim.lower is None else round_down(claim.lower),
        "upper": round_up(claim.upper),
        "network": network if len(network) <= LONGEST_TEXT else shortened(network),
        "network_inline": 0 < len(network) <= INLINE_NETWORK,
        "view": view,
        "comparison": compare(claim, view),
        "bounds": bounds_figure(claim, view),
        "spectrum": spectrum_figure(claim, view),
        "image": image,
        "corner": _corner(image),
        "span_digits": _span_digits(claim, view),
        "shift": None if s is None else round_near(s, 8),
        "allowance": None if s is None or claim.lower is None else round_near(s - claim.lower, 2),
        "family": family_of(claim),
        "vector": witness_vector(claim),
        "commands": commands_for(claim, name),
        "facts": facts(claim, view, image),
        "labels": label_facts(claim.labels),
        "assumptions": certificate.assumptions,
        "version": __version__,
        "numpy_version": np.__version__,
    }


def _span_digits(claim: Claim, view: Float64View) -> int | None:
    """Decades between the largest float64 eigenvalue and the proven smallest one, for a positive definite whole."""
    if claim.verdict != "positive definite" or claim.lower is None or not view.largest or view.largest < 0:
        return None
    return round(log10(Fraction(view.largest) / claim.upper)) if view.whole else None


def _corner(image: MatrixImage) -> list[list[str]]:
    """The entries behind the picture: all of a small matrix, the first rows and columns of a larger one."""
    size = len(image.values)
    shown = size if size <= WHOLE_TABLE else CORNER
    return [[f"{value:.6f}" for value in row[:shown]] for row in image.values[:shown]]


def _pixels(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _per_cent(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + "%"


def _default_stem(claim: Claim) -> str:
    return f"{claim.data_name or 'matrix'} {claim.verdict}".replace(" ", "-")


def make_directory(directory: Path) -> list[Path]:
    """Make the directory and return the folders that were missing, innermost first."""
    missing = [folder for folder in (directory, *directory.parents) if not folder.exists()]
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the report directory {str(directory)!r} cannot be made ({error.strerror}): choose another place."
        ) from None
    return missing
