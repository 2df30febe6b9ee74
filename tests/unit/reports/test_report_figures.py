"""Figures put every value where it belongs; the picture decodes to the matrix."""

import base64
import itertools
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from certify.certificate import Certificate
from reports.bounds_figure import bounds_figure
from reports.claims import read_claim
from reports.float64 import Float64View, float64_view
from reports.matrix_image import DIVERGING, SEQUENTIAL, matrix_image, normalised, ramp
from reports.numbers import as_html, log10, round_down, round_near, round_up
from reports.scale import SymlogScale, scale_for
from reports.spectrum_figure import BOTTOM, FLOOR, TOP, spectrum_figure

Edit = Callable[..., Certificate]


@pytest.mark.parametrize("both", [False, True])
def test_the_axis_keeps_the_order_of_numbers(both: bool) -> None:
    scale = SymlogScale(-24, -11, both)
    powers = [Fraction(10) ** k for k in range(-30, -10)]
    values = [-p for p in reversed(powers)] + [Fraction(0)] + powers if both else [Fraction(0), *powers]
    places = [scale.position(value) for value in values]
    assert places == sorted(places)
    assert all(a < b for a, b in itertools.pairwise(places) if b > scale.zero + 5 and b < 96)
    assert all(0 <= place <= 100 for place in places)


def test_the_axis_is_symmetric_and_logarithmic() -> None:
    scale = SymlogScale(-20, 0, True)
    for value in (Fraction(1, 3), Fraction(7, 10**15)):
        assert scale.position(value) + scale.position(-value) == pytest.approx(100)
    steps = np.diff([scale.position(Fraction(10) ** k) for k in range(-20, 1)])
    assert np.allclose(steps, steps[0])


@pytest.mark.parametrize("exponents", [(-2000, -12), (-23, -11), (0, 0), (900, 905), (-3, 4)])
def test_every_axis_has_a_few_labels_and_zero(exponents: tuple[int, int]) -> None:
    values = [Fraction(10) ** k for k in exponents]
    for both in (False, True):
        scale = scale_for(values, both_sides=both)
        ticks = scale.ticks()
        assert 3 <= len(ticks) <= 23
        assert sum(not tick.minor for tick in ticks) <= 9
        assert [tick.label for tick in ticks].count("0") == 1
        assert all(10 ** (scale.first - 1) < 1 or scale.last > 0 for _ in ticks)
        assert all(3 < scale.position(value) < 97 for value in values)


def test_logarithms_work_beyond_the_range_of_float64() -> None:
    assert log10(Fraction(10) ** -2000) == pytest.approx(-2000)
    assert log10(-Fraction(3) * Fraction(10) ** 900) == pytest.approx(900 + np.log10(3))


def test_numbers_are_rounded_in_the_stated_direction() -> None:
    value = Fraction(-2, 3)
    assert Fraction(round_down(value)) <= value <= Fraction(round_up(value))
    assert round_near(Fraction(1, 3), 2) == "0.33"
    assert round_near(-1.2941e-14) == "-1.29e-14"
    assert round_near(0.0) == "0"
    assert str(as_html("-1.5e-7")) == '<span class="number">−1.5 × 10<sup>−7</sup></span>'


def test_the_bounds_and_the_float64_answer_stand_apart(certificates: dict[str, Certificate]) -> None:
    claim = read_claim(certificates["positive"])
    figure = bounds_figure(claim, float64_view(certificates["positive"], claim))
    assert figure.float64 is not None
    assert figure.noise is not None
    assert figure.float64 < figure.zero < figure.proved.left <= figure.proved.right < figure.noise.right
    assert figure.zoom is not None
    assert "-1.29e-14" in figure.description


def test_each_verdict_has_its_place_on_the_axis(certificates: dict[str, Certificate]) -> None:
    figures = {kind: bounds_figure(read_claim(c), float64_view(c, read_claim(c))) for kind, c in certificates.items()}
    assert figures["family"].proved.left == figures["family"].proved.right == figures["family"].zero
    assert figures["modular"].proved.left == figures["modular"].zero < figures["modular"].proved.right
    assert figures["modular"].proved.open_left
    assert figures["negative"].proved.right < figures["negative"].zero
    assert figures["undecided"].proved.left < figures["undecided"].zero < figures["undecided"].proved.right
    assert figures["family"].zoom is figures["modular"].zoom is figures["undecided"].zoom is None
    assert figures["huge"].float64 is None
    assert figures["huge"].noise is None


def test_the_spectrum_marks_noise_and_signs(certificates: dict[str, Certificate]) -> None:
    claim = read_claim(certificates["positive"])
    view = float64_view(certificates["positive"], claim)
    figure = spectrum_figure(claim, view)
    assert figure is not None
    assert figure.noise_top is not None
    assert view.eigenvalues is not None
    assert sum(mark.negative for mark in figure.marks) == int((view.eigenvalues < 0).sum()) > 0
    for mark in figure.marks:
        assert mark.noise == (mark.y >= figure.noise_top)
        assert TOP <= mark.y <= BOTTOM
    assert figure.noise_top < figure.proved_top < figure.proved_bottom < BOTTOM
    assert (figure.x_ticks[0].label, figure.x_ticks[-1].label) == ("1", "149")


def test_the_noise_is_never_drawn_where_it_is_not(certificates: dict[str, Certificate]) -> None:
    for kind in ("comfortable", "negative", "single", "matrix"):
        claim = read_claim(certificates[kind])
        figure = spectrum_figure(claim, float64_view(certificates[kind], claim))
        assert figure is not None
        assert figure.noise_top is not None
        assert all(mark.y < figure.noise_top and not mark.noise for mark in figure.marks)
        assert figure.proved_bottom < figure.noise_top


def test_zero_and_unknown_lower_bounds_reach_the_floor(certificates: dict[str, Certificate]) -> None:
    for kind in ("family", "modular", "undecided"):
        claim = read_claim(certificates[kind])
        figure = spectrum_figure(claim, float64_view(certificates[kind], claim))
        assert figure is not None
        assert figure.has_floor
        assert figure.proved_bottom == FLOOR


def decode(uri: str) -> tuple[np.ndarray, np.ndarray]:
    """Indices and palette of a PNG that holds one row filter, none."""
    data = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        chunks[kind], at = body, at + 12 + length
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colour) == (8, 3)
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return rows[:, 1:], np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)


def view_of(matrix: np.ndarray) -> Float64View:
    return Float64View(len(matrix), matrix, 0, np.linalg.eigvalsh(matrix), True)


def test_the_picture_decodes_to_the_matrix() -> None:
    matrix = np.array([[4.0, 1.0, 2.0], [1.0, 1.0, 0.5], [2.0, 0.5, 9.0]])
    image = matrix_image(view_of(matrix))
    indices, palette = decode(image.uri)
    roots = np.sqrt(np.diag(matrix))
    wanted = matrix / roots[:, None] / roots[None, :]
    shown = image.scale_low + indices / 255 * (image.scale_high - image.scale_low)
    assert np.abs(shown - wanted).max() <= (image.scale_high - image.scale_low) / 509
    assert palette.tolist() == ramp(SEQUENTIAL).tolist()
    assert (image.low, image.high) == (wanted.min(), 1.0)


def test_a_negative_entry_makes_the_colours_diverge_around_zero() -> None:
    matrix = np.array([[1.0, -0.25], [-0.25, 1.0]])
    image = matrix_image(view_of(matrix))
    indices, palette = decode(image.uri)
    assert image.diverging
    assert (image.scale_low, image.scale_high) == (-1.0, 1.0)
    assert indices[0, 0] == 255
    assert indices[0, 1] == round((1 - 0.25) / 2 * 255)
    assert palette.tolist() == ramp(DIVERGING).tolist()


def test_rows_of_zero_and_negative_diagonals_do_not_divide_by_zero() -> None:
    values, cosine = normalised(np.array([[0.0, 0.0], [0.0, 4.0]]))
    assert cosine
    assert values.tolist() == [[0.0, 0.0], [0.0, 1.0]]
    values, cosine = normalised(np.array([[-2.0, 1.0], [1.0, 4.0]]))
    assert not cosine
    assert values.tolist() == [[-0.5, 0.25], [0.25, 1.0]]
    for matrix in (np.zeros((2, 2)), np.ones((1, 1)), np.ones((3, 3))):
        decode(matrix_image(view_of(matrix)).uri)


def test_a_large_picture_is_a_mean_of_blocks() -> None:
    n = 801
    matrix = np.eye(n)
    image = matrix_image(Float64View(n, matrix, 0, np.ones(n), True))
    indices, _ = decode(image.uri)
    assert image.block == 3
    assert indices.shape == (267, 267)
    assert set(np.diag(indices).tolist()) == {85}
    assert indices[0, 1] == 0


def lightness(colour: np.ndarray) -> float:
    """CIE lightness of an sRGB colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour / 255]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return float(116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y)


def test_the_colours_can_be_told_apart_by_lightness_alone() -> None:
    rising = [lightness(colour) for colour in ramp(SEQUENTIAL)[::8]]
    assert all(b - a > 1 for a, b in itertools.pairwise(rising))
    both = [lightness(colour) for colour in ramp(DIVERGING)[::5]]
    middle = len(both) // 2
    assert all(b - a > 1 for a, b in itertools.pairwise(both[:middle]))
    assert all(a - b > 1 for a, b in itertools.pairwise(both[middle + 1 :]))
