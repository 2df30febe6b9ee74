"""Four data sets, number for number as scikit-learn ships them; see SOURCES.md beside the files."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from certify.points.shapes import Shape

TARGET = "target"

_SCIKIT_LEARN = "distributed by scikit-learn under the BSD 3-Clause licence"
_UCI = "UCI Machine Learning Repository, CC BY 4.0"


@dataclass(frozen=True)
class BundledSet:
    """A data set inside the package: its file is ``NAME.csv`` with a heading, and its last column is `target`."""

    name: str
    description: str
    source: str
    licence: str
    shapes: tuple[Shape, ...] = ()

    def content(self) -> bytes:
        """The bytes of the CSV file."""
        return files(__package__).joinpath(f"{self.name}.csv").read_bytes()


BUNDLED = {
    entry.name: entry
    for entry in (
        BundledSet(
            "iris",
            "150 iris flowers of three species, lengths and widths of sepals and petals in cm (as Fisher printed them)",
            f"R. A. Fisher (1936), doi:10.24432/C56C76, {_UCI}",
            f"CC BY 4.0; {_SCIKIT_LEARN}",
        ),
        BundledSet(
            "wine",
            "178 wines of three Italian cultivars, 13 chemical measurements",
            f"S. Aeberhard, M. Forina (1992), doi:10.24432/C5PC7J, {_UCI}",
            f"CC BY 4.0; {_SCIKIT_LEARN}",
        ),
        BundledSet(
            "breast_cancer",
            "569 breast masses, malignant (0) or benign (1), 30 measurements of cell nuclei",
            f"W. Wolberg, O. Mangasarian, N. Street, W. Street (1993), doi:10.24432/C5DW2B, {_UCI}",
            f"CC BY 4.0; {_SCIKIT_LEARN}",
        ),
        BundledSet(
            "digits",
            "1797 handwritten digits, 8 x 8 images of integers from 0 to 16",
            f"E. Alpaydin, C. Kaynak (1998), doi:10.24432/C50P49, {_UCI}",
            f"CC BY 4.0; {_SCIKIT_LEARN}",
            ((8, 8, 1), (8, 8)),
        ),
    )
}
