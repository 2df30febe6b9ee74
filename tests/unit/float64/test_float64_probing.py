"""A BLAS that flips a bit now and then is found, whatever bit it flips."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from certify import stax
from certify.arithmetic.environment import BrokenEnvironment
from certify.kernels.float64 import composite, float_gram, layered
from certify.points import load_points

UNIT_NORM = "serial(Dense(), Relu(), Dense())"
LAYERED = "serial(Dense(b_var=1), Erf(), Dense())"


def tile(text: str, normalize: str) -> Any:
    points = load_points(np.random.default_rng(0).standard_normal((90, 7)))
    gram = float_gram(stax.parse(text).layers, points, None, "ntk", normalize).probed()
    return gram.tile(slice(0, 50), slice(50, 90), gram.workspace())


@pytest.mark.parametrize(("text", "normalize"), [(UNIT_NORM, "unit"), (LAYERED, "none")])
@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("bit", [0, 1, 20, 40, 51, 62, 63])
def test_one_flipped_bit_is_found(
    text: str, normalize: str, part: int, bit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if part and bit < 40:
        return  # below the rounding of the correction, which its bound pays for
    true = composite.correlations

    def broken(*arguments: Any) -> Any:
        products = true(*arguments)
        entry = products[part][17:18, 23:24].view(np.int64)
        entry ^= np.int64(-(2**63)) if bit == 63 else np.int64(1 << bit)
        return products

    for module in (composite, layered):
        monkeypatch.setattr(module, "correlations", broken)
    with pytest.raises(BrokenEnvironment, match="BLAS"):
        tile(text, normalize)


@pytest.mark.parametrize(("text", "normalize"), [(UNIT_NORM, "unit"), (LAYERED, "none")])
def test_a_sound_product_passes(text: str, normalize: str) -> None:
    for _ in range(20):
        assert np.isfinite(tile(text, normalize).mid).all()
