"""Points: exact rational vectors, where they come from, and which of them are equal."""

from certify.points.bundled import BUNDLED
from certify.points.duplicates import DuplicatePolicy, Normalize
from certify.points.loading import load_points, load_points_and_target
from certify.points.shapes import parse_shape, spell_shape
from certify.points.values import Distinct, Points

__all__ = [
    "BUNDLED",
    "Distinct",
    "DuplicatePolicy",
    "Normalize",
    "Points",
    "load_points",
    "load_points_and_target",
    "parse_shape",
    "spell_shape",
]
