"""How many threads the linear algebra may use, changed for one block and restored afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import flint
import scipy.linalg  # noqa: F401  (its BLAS has to be loaded before the libraries are looked for)
from threadpoolctl import ThreadpoolController

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
    if n >= _SMALL_ORDER:
        yield
        return
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    """The loaded libraries; looking for them takes longer than a small proof."""
    return ThreadpoolController()
