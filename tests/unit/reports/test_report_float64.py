"""The float64 matrix is the exact one rounded to nearest; what numpy says of it is repeated, with its scope."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from certify import Enclosure, load_points, stax
from certify.certificate import Certificate, integers, points_field
from certify.stax import parse
from reports import render_page
from reports.claims import read_claim
from reports.comparison import compare
from reports.float64 import COMPUTED_ROWS, WORK, Float64View, affordable_rows, float64_view

Edit = Callable[..., Certificate]
Reader = Callable[[str], Any]


def view_of(certificate: Certificate) -> Float64View:
    return float64_view(certificate, read_claim(certificate))


def test_entries_are_the_exact_ones_rounded_to_nearest(certificates: dict[str, Certificate]) -> None:
    certificate = certificates["comfortable"]
    view = view_of(certificate)
    assert certificate.points is not None
    exact = stax.parse(str(certificate.network)).kernel(certificate.points, bits=300)
    assert isinstance(exact, Enclosure)
    for i, j in np.ndindex(view.scaled.shape):
        middle = (exact.lower_exact[i, j] + exact.upper_exact[i, j]) / 2
        assert view.scaled[i, j] * 2.0**view.exponent == float(middle)


def test_a_given_matrix_is_read_as_its_midpoints(certificates: dict[str, Certificate]) -> None:
    view = view_of(certificates["negative"])
    matrix = np.ldexp(view.scaled, view.exponent)
    assert matrix.tolist() == [[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, -1.0]]
    assert not view.cholesky


def test_numpy_is_quoted_truly(certificates: dict[str, Certificate]) -> None:
    view = view_of(certificates["positive"])
    matrix = np.ldexp(view.scaled, view.exponent)
    assert view.eigenvalues is not None
    assert view.noise is not None
    assert np.abs(view.eigenvalues - np.linalg.eigvalsh(matrix)).max() <= view.noise
    assert view.smallest == view.eigenvalues.min() < 0
    assert view.noise == 149 * np.finfo(float).eps * np.abs(view.eigenvalues).max()
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.cholesky(matrix)


def test_a_matrix_beyond_float64_has_a_picture_and_no_eigenvalues(certificates: dict[str, Certificate]) -> None:
    view = view_of(certificates["huge"])
    assert view.eigenvalues is None
    assert view.smallest is view.noise is None
    assert np.isfinite(view.scaled).all()
    assert 0.5 <= np.abs(view.scaled).max() < 1


def test_a_matrix_that_float64_sees_as_zero_is_shown(
    certificates: dict[str, Certificate], edit: Edit, page: Reader
) -> None:
    gram = {"exponent": -1500, "midpoints": ["4", "1 4"], "radii": "0"}
    tiny = edit(certificates["matrix"], claim={"gram": gram, "lambda_min": {"lower": "1e-460", "upper": "1e-440"}})
    view = view_of(tiny)
    assert view.smallest == view.noise == 0.0
    assert not view.cholesky
    assert page(render_page(tiny)).faults == []


@pytest.fixture(scope="module")
def large() -> Any:
    return load_points("digits", rows=403)


def test_a_large_set_is_asked_about_its_first_rows_and_the_page_says_so(
    certificates: dict[str, Certificate], edit: Edit, page: Reader, large: Any
) -> None:
    certificate = edit(certificates["positive"], claim={"points": points_field(large), "normalize": "none"})
    view = view_of(certificate)
    assert (view.rows, view.n, view.whole) == (COMPUTED_ROWS, 403, False)
    text = page(render_page(certificate)).text
    assert "What numpy says, of the first 400 of 403 rows" in text
    assert "The eigenvalues of the first 400 of 403 rows and columns" in text
    assert "rows and columns in the order given, the first 400 of 403." in text
    assert "that of a part is never smaller" in text
    assert "400 of 403" in text[text.index("The numbers behind the pictures") :]


def test_a_whole_matrix_is_not_said_to_be_a_part(certificates: dict[str, Certificate], page: Reader) -> None:
    assert "of the first" not in page(render_page(certificates["positive"])).text


def test_a_large_given_matrix_is_shown_in_blocks(
    certificates: dict[str, Certificate], edit: Edit, page: Reader
) -> None:
    rows = [integers([0] * i + [1]) for i in range(401)]
    gram = {"exponent": 0, "midpoints": rows, "radii": "0"}
    certificate = edit(certificates["matrix"], claim={"gram": gram, "lambda_min": {"lower": "9e-1", "upper": "1e0"}})
    text = page(render_page(certificate)).text
    assert view_of(certificate).whole
    assert "A pixel is the mean of up to 2 × 2 entries." in text


def test_deep_networks_and_high_degrees_are_asked_about_fewer_rows() -> None:
    relu = parse("serial(Dense(), Relu(), Dense())")
    deep = parse(f"serial({'Dense(), Relu(), ' * 100}Dense())")
    steep = parse("serial(Dense(), Hermite(1000), Dense())")
    assert affordable_rows(relu.layers) == COMPUTED_ROWS
    assert affordable_rows(deep.layers) ** 2 / 2 * 100 <= WORK
    assert 2 <= affordable_rows(steep.layers) < 40


def comparison(certificate: Certificate, smallest: float, cholesky: bool, *, n: int | None = None) -> str:
    """What the page says where numpy had said this; the noise is about 1e-13 for a largest eigenvalue of 1."""
    claim = read_claim(certificate)
    rows = 500
    eigenvalues = np.sort(np.append(np.linspace(0.5, 1.0, rows - 1), smallest))
    view = Float64View(n or rows, np.zeros((rows, rows)), 0, eigenvalues, cholesky)
    told = compare(claim, view)
    return f"{told.headline}. {told.sentence}"


def bounded(edit: Edit, certificate: Certificate, verdict: str, lower: str | None, upper: str) -> Certificate:
    return edit(certificate, claim={"verdict": verdict, "lambda_min": {"lower": lower, "upper": upper}})


def test_the_answer_is_judged_by_the_proof(certificates: dict[str, Certificate], edit: Edit) -> None:
    tiny = bounded(edit, certificates["comfortable"], "positive definite", "1e-20", "2e-20")
    wrong = comparison(tiny, -1e-14, False)
    assert wrong.startswith("Float64 would say: not positive definite. The sign is wrong")
    assert "In magnitude it is at least 490000 times too large." in wrong
    assert "within float64's own rounding, so it is no evidence" in comparison(tiny, 1e-14, True)
    assert comparison(tiny, 1e-14, False).startswith("Float64 contradicts itself")
    singular = bounded(edit, certificates["comfortable"], "singular", "0", "0")
    assert "exactly singular" in comparison(singular, 1e-15, True)
    assert "its own rounding" in comparison(singular, -1e-15, False)
    negative = bounded(edit, certificates["negative"], "negative", "-2e-15", "-1e-15")
    assert "The sign is wrong: the proof shows that an eigenvalue is negative." in comparison(negative, 1e-15, True)
    assert "no evidence" in comparison(negative, -1e-15, False)


def test_a_part_says_nothing_of_a_singular_whole(certificates: dict[str, Certificate], edit: Edit) -> None:
    singular = bounded(edit, certificates["comfortable"], "singular", "0", "0")
    assert "this decides nothing" in comparison(singular, 0.2, True, n=900)
    tiny = bounded(edit, certificates["comfortable"], "positive definite", "1e-20", "2e-20")
    assert "times too large" not in comparison(tiny, -1e-14, False, n=900)
    assert comparison(tiny, -1e-14, False, n=900).startswith("On these rows float64 would say: not positive definite.")
    assert "Every part of a positive definite matrix" in comparison(tiny, -1e-14, False, n=900)


def test_an_answer_far_from_the_claim_raises_suspicion(certificates: dict[str, Certificate], edit: Edit) -> None:
    singular = bounded(edit, certificates["comfortable"], "singular", "0", "0")
    positive = bounded(edit, certificates["comfortable"], "positive definite", "1e-1", "2e-1")
    for claim, found in ((singular, 0.3), (positive, 0.3), (positive, 0.01), (positive, -0.3)):
        assert "check before believing" in comparison(claim, found, True)
        assert "check before believing" not in comparison(claim, found, True, n=900)
    assert "check before believing" not in comparison(positive, 0.15, True)


def test_no_page_of_a_true_certificate_is_suspicious(certificates: dict[str, Certificate]) -> None:
    for kind in ("positive", "comfortable", "family", "antipodal", "rank", "matrix", "negative", "single", "huge"):
        claim = read_claim(certificates[kind])
        assert "check before believing" not in compare(claim, view_of(certificates[kind])).sentence


def test_fractions_are_not_rounded_on_the_way(certificates: dict[str, Certificate]) -> None:
    claim = read_claim(certificates["positive"])
    assert claim.lower == Fraction(str(claim.lower_text))
    assert claim.lower == certificates["positive"].lambda_min.lower
