"""How many threads the linear algebra may use, changed for one block and restored afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import flint
from threadpoolctl import threadpool_limits

# Below this order the hand-over between threads costs more than it saves, and much more on a busy machine.
_SMALL_ORDER = 1000


def product_threads(n: int) -> int:
    """How many threads pay for FLINT's products of the tiles of a matrix of order n."""
    return 1 if n < _SMALL_ORDER else 2


@contextmanager
def flint_threads(count: int = 2) -> Iterator[None]:
    """FLINT's products on `count` threads inside the block."""
    before = flint.ctx.threads
    flint.ctx.threads = count
    try:
        yield
    finally:
        flint.ctx.threads = before


@contextmanager
def blas_threads(n: int) -> Iterator[None]:
    """BLAS and LAPACK on one thread inside the block for matrices of small order n, unchanged for others."""
    with threadpool_limits(limits=1 if n < _SMALL_ORDER else None, user_api="blas"):
        yield
