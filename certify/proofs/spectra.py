"""All eigenvalues of the Gram matrix of a network on points."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.arithmetic.environment import ensure_environment
from certify.errors import InputError
from certify.kernels import arithmetic_named, check_inputs
from certify.points import load_points
from certify.programs import check_network
from certify.proofs.gram import GramBalls, Progress
from certify.spectrum import enclose_eigenvalues
from certify.stax import Network, parse

MAX_POINTS = 2000
BITS = 80


@dataclass(frozen=True)
class Spectrum:
    """Enclosures (lower, upper) of all eigenvalues of one Gram matrix, the largest first."""

    network: str
    kernel: str
    normalize: str
    n: int
    eigenvalues: tuple[tuple[Fraction, Fraction], ...]


def spectrum(
    net: Network | str,
    x: Any,
    kernel: str = "ntk",
    normalize: str = "none",
    duplicates: str = "drop",
    *,
    rows: int | None = None,
    shape: Any = None,
    progress: Progress | None = None,
) -> Spectrum:
    """Two-sided enclosures of every eigenvalue; arguments as for `certify.prove`.

    The matrix is positive semidefinite, so no lower bound is below 0. Raises InputError for input that cannot be used.
    """
    network = parse(net) if isinstance(net, str) else net
    check_network(network.layers)
    if kernel not in ("ntk", "nngp") or normalize not in ("none", "unit"):
        raise InputError(f"kernel={kernel!r}, normalize={normalize!r}: use 'ntk' or 'nngp', and 'none' or 'unit'.")
    given = load_points(x, rows=rows, shape=shape)
    points = given.drop_duplicates(normalize, duplicates).points  # type: ignore[arg-type]
    if points.n > MAX_POINTS:
        raise InputError(f"there are {points.n} points: a spectrum takes at most {MAX_POINTS}; use --rows for fewer.")
    ensure_environment()
    inputs = check_inputs(points, None, normalize)
    ball = GramBalls(network.layers, inputs, kernel, arithmetic_named("arb")[1], progress)(BITS)
    try:
        found = tuple((max(low, Fraction(0)), high) for low, high in enclose_eigenvalues(ball))
    except ArithmeticError as error:
        raise InputError(f"the spectrum cannot be enclosed, since {error}: scale the points.") from None
    return Spectrum(repr(network), kernel, normalize, points.n, found)
