"""One call of a kernel function, with everything that may go wrong put into words.

This file and `child` run beside code of others and import nothing but numpy and the standard library.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_DETAIL = 300

Matrix = NDArray[np.float64]
Outcome = tuple[str, str, Matrix | None]


class UnsupportedNetwork(Exception):
    """An adapter's library has no such network."""


def one_line(text: str) -> str:
    """Printable text on one line, cut to a length that fits into a report."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= LONGEST_DETAIL else f"{flat[: LONGEST_DETAIL - 3]}..."


def call(function: Callable[[Matrix, Matrix | None], Any], x1: Matrix, x2: Matrix | None) -> Outcome:
    """("values", dtype, matrix), or ("raises" | "wrong-shape" | "no-numbers" | "unsupported", detail, None).

    The function gets copies of its own. The matrix is n1 x n2 of float64, not all of it finite.
    """
    expected = (len(x1), len(x1 if x2 is None else x2))
    try:
        # An overflow at extreme points is judged by what comes out of it, not by the warning.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            returned = function(x1.copy(), None if x2 is None else x2.copy())
    except UnsupportedNetwork as error:
        return "unsupported", one_line(str(error)), None
    except (Exception, SystemExit) as error:
        return "raises", one_line(f"{type(error).__name__}: {error}"), None
    try:
        array = np.asarray(returned)
        dtype = array.dtype.name
        # The extension types of other libraries, such as bfloat16, have kind V and convert all the same.
        if array.dtype.kind not in "fiuV":
            raise TypeError(f"dtype {dtype}")
        numbers = np.ascontiguousarray(array, dtype=np.float64)
    except Exception as error:
        return "no-numbers", one_line(f"a {type(returned).__name__} was returned ({error})"), None
    # After the conversion: what is ragged or no array at all has no shape worth reporting.
    if array.shape != expected:
        return "wrong-shape", f"shape {array.shape} was returned, {expected} is due", None
    return "values", dtype, numbers
