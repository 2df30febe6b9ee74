"""The colours of the pages: enough contrast in both schemes, and told apart by colour-blind readers."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

STYLE = Path(__file__).parents[3] / "reports" / "templates" / "style.css"
# Vienot, Brettel and Mollon (1999), on linear RGB.
BLINDNESS = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def schemes() -> dict[str, dict[str, str]]:
    text = STYLE.read_text(encoding="utf-8")
    light, dark = text.split("@media (prefers-color-scheme: dark)")[:2]
    first = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", light))
    return {"light": first, "dark": {**first, **dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", dark.split("}")[0]))}}


def linear(colour: str) -> np.ndarray:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    raw = np.array([int(digits[k : k + 2], 16) for k in (0, 2, 4)]) / 255
    return np.where(raw <= 0.04045, raw / 12.92, ((raw + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    scaled = XYZ @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(scaled > (6 / 29) ** 3, np.cbrt(scaled), scaled / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(scheme: str) -> None:
    colours = schemes()[scheme]
    for text in ("ink", "soft", "proved", "float", "alarm"):
        for ground in ("paper", "card"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (scheme, text, ground)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_proof_and_float64_differ_for_the_colour_blind(scheme: str, blindness: str) -> None:
    matrix = np.array(BLINDNESS[blindness])
    seen = {name: lab(matrix @ linear(schemes()[scheme][name])) for name in ("proved", "float", "noise")}
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 20, (scheme, one, other)
