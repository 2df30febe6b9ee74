"""The Gram matrix as an image: a PNG written with numpy and zlib."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.float64 import Float64View

MAX_PIXELS = 400
Matrix = NDArray[np.float64]
Colour = tuple[int, int, int]

# Both ramps change steadily in lightness, so they survive colour blindness and a grey printer.
SEQUENTIAL: tuple[Colour, ...] = (
    (18, 30, 66), (25, 58, 112), (31, 92, 145), (49, 128, 160),
    (92, 163, 165), (152, 194, 158), (214, 219, 144), (253, 236, 140),
)  # fmt: skip
DIVERGING: tuple[Colour, ...] = (
    (15, 52, 105), (43, 103, 165), (122, 169, 207), (200, 219, 233), (247, 245, 240),
    (244, 211, 178), (226, 152, 94), (181, 88, 26), (112, 45, 8),
)  # fmt: skip


@dataclass(frozen=True)
class MatrixImage:
    """A picture with what is needed to read it: the values at both ends of the colours, and how it was made.

    `cosine` says that entries are K_ij / sqrt(K_ii K_jj); otherwise they are K_ij over the largest entry. A pixel is
    the mean of `block` x `block` entries. `low` and `high` are the smallest and the largest entry shown, before the
    means; `off_low`, `off_high` those off the diagonal (None for a single row).
    """

    uri: str
    pixels: int
    block: int
    cosine: bool
    diverging: bool
    low: float
    high: float
    off_low: float | None
    off_high: float | None
    stops: tuple[str, ...]
    values: Matrix

    @property
    def scale_low(self) -> float:
        return -self.scale_high if self.diverging else self.low

    @property
    def scale_high(self) -> float:
        return max(abs(self.low), abs(self.high)) if self.diverging else self.high


def matrix_image(view: Float64View) -> MatrixImage:
    """The normalised kernel of the shown rows. Diverging colours around zero where any entry is negative."""
    values, cosine = normalised(view.scaled)
    low, high = float(values.min()), float(values.max())
    diverging = low < 0
    palette = DIVERGING if diverging else SEQUENTIAL
    block = -(-len(values) // MAX_PIXELS)
    pixels = _block_means(values, block)
    bottom, top = (-max(abs(low), abs(high)), max(abs(low), abs(high))) if diverging else (low, high)
    span = top - bottom
    levels = np.rint((pixels - bottom) / span * 255) if span > 0 else np.full(pixels.shape, 255.0)
    png = _png(np.clip(levels, 0, 255).astype(np.uint8), ramp(palette))
    off = values[~np.eye(len(values), dtype=bool)]
    return MatrixImage(
        uri="data:image/png;base64," + base64.b64encode(png).decode("ascii"),
        pixels=len(pixels),
        block=block,
        cosine=cosine,
        diverging=diverging,
        low=low,
        high=high,
        off_low=float(off.min()) if off.size else None,
        off_high=float(off.max()) if off.size else None,
        stops=tuple(f"rgb({r},{g},{b})" for r, g, b in palette),
        values=values,
    )


def normalised(scaled: Matrix) -> tuple[Matrix, bool]:
    """(K_ij / sqrt(K_ii K_jj), True); a row whose diagonal entry is zero stays zero.

    A given matrix with a negative diagonal entry has no such form: then (K_ij over the largest |entry|, False).
    """
    diagonal = np.diag(scaled)
    if (diagonal < 0).any():
        return scaled / np.abs(scaled).max(), False
    roots = np.sqrt(diagonal)
    inverse = np.divide(1.0, roots, out=np.zeros_like(roots), where=roots > 0)
    values = scaled * inverse[:, None] * inverse[None, :]
    np.fill_diagonal(values, np.where(roots > 0, 1.0, 0.0))
    return values, True


def ramp(anchors: tuple[Colour, ...]) -> NDArray[np.uint8]:
    """256 colours between the anchors, shape (256, 3)."""
    places = np.linspace(0, 1, len(anchors))
    steps = np.linspace(0, 1, 256)
    channels = [np.interp(steps, places, [anchor[c] for anchor in anchors]) for c in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def _block_means(values: Matrix, block: int) -> Matrix:
    if block == 1:
        return values
    edges = np.arange(0, len(values), block)
    counts = np.diff(np.append(edges, len(values)))
    sums = np.add.reduceat(np.add.reduceat(values, edges, axis=0), edges, axis=1)
    means: Matrix = sums / counts[:, None] / counts[None, :]
    return means


def _png(indices: NDArray[np.uint8], colours: NDArray[np.uint8]) -> bytes:
    """A PNG of palette indices (W3C PNG specification, colour type 3, every row with filter 0)."""
    height, width = indices.shape
    rows = np.zeros((height, width + 1), dtype=np.uint8)
    rows[:, 1:] = indices
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"PLTE", colours.tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
