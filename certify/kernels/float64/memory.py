"""Memory for large arrays."""

from __future__ import annotations

import math
import mmap
from contextlib import suppress

import numpy as np

from certify.kernels.float64.polynomials import FloatArray

_LARGE = 2**25


def new_array(*shape: int) -> FloatArray:
    """An array of float64 whose content means nothing, in large pages where the system has them: in small ones the
    first touch of a gigabyte can take seconds."""
    size = 8 * math.prod(shape)
    if size < _LARGE or not hasattr(mmap, "MADV_HUGEPAGE"):
        return np.empty(shape)
    memory = mmap.mmap(-1, size)
    # A system may have no large pages; the memory is as good.
    with suppress(OSError):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(memory, dtype=np.float64).reshape(shape)
