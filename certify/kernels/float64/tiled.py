"""What a kernel matrix made tile by tile in float64 offers to those who walk over it."""

from __future__ import annotations

import threading
from typing import NamedTuple, Protocol

from certify.kernels.float64.composite import Workspace
from certify.kernels.float64.polynomials import FloatArray
from certify.kernels.float64.threads import TilePlan

FLINT = threading.Lock()
"""The precision of FLINT belongs to the process: one thread at a time."""


class BallTile(NamedTuple):
    """|mid - K| <= rad, both finite; perhaps views of a workspace, overwritten by the next tile."""

    mid: FloatArray
    rad: FloatArray


class TiledKernel(Protocol):
    """The exact kernel of two sets of points as float64 balls; `symmetric` says that both are the same set.

    Tiles may be asked for by several threads at a time, each with a workspace of its own. A tile on the diagonal of a
    symmetric matrix is exactly symmetric, and no tile depends on the order in which they are made. `probed` gives the
    same kernel with its matrix products checked: a broken BLAS raises BrokenEnvironment.
    """

    @property
    def symmetric(self) -> bool: ...

    @property
    def shape(self) -> tuple[int, int]: ...

    @property
    def plan(self) -> TilePlan: ...

    def probed(self) -> TiledKernel: ...

    def workspace(self) -> Workspace: ...

    def tile(self, rows: slice, columns: slice, work: Workspace) -> BallTile: ...
