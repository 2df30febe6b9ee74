"""Kernels of programs that a user wrote."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from certify.kernels.enclosure import Enclosure, from_entries, rational_endpoints
from certify.kernels.facade import DEFAULT_BITS, enclose_kernel
from certify.kernels.mean_readout import as_mean_readout, exact_entries
from certify.points import load_points
from certify.programs import Program


def program_kernel(
    program: Program,
    x1: Any,
    x2: Any = None,
    get: str | Sequence[str] = "ntk",
    arithmetic: str = "auto",
    bits: int | None = None,
    normalize: str = "none",
) -> Enclosure | tuple[Enclosure, ...]:
    """Enclosures of the kernel of a program of one's own, with the arguments of `Network.kernel`.

    The program must pass its check (`certify.programs.check_program`): then the kernel is the sum over all pairs of
    uses of each matrix (Yang 2020, Tensor Programs II, Corollary 7.3 and eq. 12). Of the paper's counterexample, which
    does not pass, the true limit of n times the NTK is given (`certify.kernels.counterexample` has the heuristic too).

    Raises InputError with the reason where the check does not pass, or where a rule is not known.
    """
    parts = as_mean_readout(program)
    only_ntk = get == "ntk" or (not isinstance(get, str) and tuple(get) == ("ntk",))
    if parts is None or not only_ntk or normalize != "none":
        return enclose_kernel(program, x1, x2, get=get, arithmetic=arithmetic, bits=bits, normalize=normalize)
    first = load_points(x1)
    exact = exact_entries(parts, first, first if x2 is None else load_points(x2))
    precision = DEFAULT_BITS if bits is None else bits
    rows = [[rational_endpoints(ntk.truth, precision) for _, ntk in row] for row in exact]
    answer = from_entries(rows, False, precision, "exact")
    named: Any = namedtuple  # mypy knows named tuples of literal names only
    bundle: tuple[Enclosure, ...] = named("Kernels", ["ntk"])(answer)
    return answer if isinstance(get, str) else bundle
