"""The bulk path: kernel matrices as float64 midpoints and radii, from + - * / sqrt and BLAS products alone."""

from certify.kernels.float64.approximants import NoApproximant
from certify.kernels.float64.choice import float_gram
from certify.kernels.float64.executors import TileExecutor, TileJob, in_order, tile_executor, tiles_on
from certify.kernels.float64.facade import enclose_in_float64
from certify.kernels.float64.stored import fresh_approximants
from certify.kernels.float64.threads import Stripe, TilePlan, over_tiles
from certify.kernels.float64.tiled import BallTile, TiledKernel

__all__ = [
    "BallTile",
    "NoApproximant",
    "Stripe",
    "TileExecutor",
    "TileJob",
    "TilePlan",
    "TiledKernel",
    "enclose_in_float64",
    "float_gram",
    "fresh_approximants",
    "in_order",
    "over_tiles",
    "tile_executor",
    "tiles_on",
]
