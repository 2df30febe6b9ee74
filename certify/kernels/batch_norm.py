"""Kernels of networks with batch normalisation: the points of one call are one batch.

With C^0 the means <x, x'>/d, S^l = w_l C^(l-1) and C^l = (S^l)' the forward map, the NNGP is w C^L + b. The paper's NTK
at (i, j) starts a gradient as D = w (e_i e_j' + e_j e_i') / 2 and goes back by D^l = w_l (D^(l+1))', every matrix
adding <C^(l-1), (D^(l+1))'>, times w_l in the 'ntk' parametrisation (Yang 2020, Tensor Programs II, Appendix E.4).
Taken the other way round, T^l = tangent_l(w_l T^(l-1) + C^(l-1)) with the adjoint maps gives all entries at once,
w T^L + C^L.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat, fmpq

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.errors import InputError
from certify.kernels.batch_maps import BatchLayer
from certify.kernels.enclosure import Enclosure, from_entries
from certify.kernels.facade import DEFAULT_BITS, check_inputs
from certify.kernels.inputs import InputProducts
from certify.points import load_points
from certify.programs.batches import BatchChain, batch_chain

GUARD = 16
LARGEST_BATCH = 64


def enclose_batch_kernel(
    layers: Sequence[object],
    parametrization: str,
    x1: Any,
    x2: Any,
    *,
    get: str | Sequence[str],
    arithmetic: str,
    bits: int | None,
    normalize: str,
) -> Enclosure | tuple[Enclosure, ...]:
    """Enclosures of the kernels of Dense, BatchNorm, Relu, ..., Dense on one batch; see `Network.kernel`.

    Raises InputError for two batches, for batches whose kernel does not exist (see `require_batch`) and for number
    systems without complex numbers.
    """
    chain = batch_chain(layers)
    names = (get,) if isinstance(get, str) else tuple(get)
    if not names or len(set(names)) < len(names) or not set(names) <= {"ntk", "nngp"}:
        raise InputError(f"get={get!r} is unknown: use 'ntk', 'nngp' or a tuple of the two.")
    if x2 is not None:
        raise InputError("BatchNorm ties the points of a batch together: give one set of points, not two.")
    if arithmetic not in ("auto", "arb"):
        raise InputError(f"arithmetic={arithmetic!r} has no complex numbers, which BatchNorm needs: use 'arb'.")
    points = load_points(x1)
    inputs = check_inputs(points, None, normalize)
    require_batch(inputs, "ntk" in names)
    precision = DEFAULT_BITS if bits is None else bits
    number = ArbArithmetic(2 * precision + 40)
    with number.active():
        found = _kernels(chain, parametrization == "ntk", inputs, "ntk" in names, precision + GUARD)
        results = []
        for name in names:
            rows = [[number.endpoints(found[name][i, j]) for j in range(points.n)] for i in range(points.n)]
            results.append(from_entries(rows, True, precision, "arb"))
    if isinstance(get, str):
        return results[0]
    named: Any = namedtuple  # mypy knows named tuples of literal names only
    bundle: tuple[Enclosure, ...] = named("Kernels", names)(*results)
    return bundle


def require_batch(inputs: InputProducts, ntk: bool) -> None:
    """Raises InputError where the kernel of a batch does not exist or cannot be enclosed.

    A batch of one has no variance and a batch of two is mapped to +-1 whatever the weights; at three points the NTK is
    infinite, since E[1 / variance] is (the integral (38) diverges). Repeated points of a batch stay equal, where the
    integrand is not analytic.
    """
    count = len(inputs.norms1)
    if count <= 2:
        raise InputError(
            f"a batch of {count} is degenerate under BatchNorm, whose output does not depend on the weights: give four "
            "points or more."
        )
    if ntk and count == 3:
        raise InputError("a batch of 3 has an infinite NTK under BatchNorm: give four points or more, or get='nngp'.")
    if count > LARGEST_BATCH:
        raise InputError(f"a batch of {count} is too large for BatchNorm: at most {LARGEST_BATCH} points are taken.")


def _kernels(chain: BatchChain, ntk: bool, inputs: InputProducts, tangent: bool, bits: int) -> dict[str, arb_mat]:
    def exact(value: Fraction | int) -> arb:
        return arb(fmpq(value.numerator, value.denominator))

    n = len(inputs.norms1)
    covariances = [_data(inputs)]
    layers: list[BatchLayer] = []
    try:
        for variance in chain.weights:
            layers.append(BatchLayer(covariances[-1] * exact(variance)))
            covariances.append(layers[-1].forward(bits))
        w, b = exact(chain.last.W_var), exact(chain.last.b_var)
        shift = arb_mat(n, n, [1] * (n * n))
        found = {"nngp": covariances[-1] * w + shift * b}
        if not tangent:
            return found
        trained, bias = (w, b) if ntk else (arb(1), arb(1 if chain.last.b_var else 0))
        total = covariances[-1] * trained + shift * bias
        tangent_kernel = arb_mat(n, n)
        for variance, layer, below in zip(chain.weights, layers, covariances, strict=False):
            weight = exact(variance)
            inside = tangent_kernel * weight + below * (weight if ntk else arb(1))
            tangent_kernel = layer.tangent(inside, bits)
        total = total + tangent_kernel * w
    except ArithmeticError:
        raise InputError(
            "the batch cannot be enclosed under BatchNorm: two of its points may be equal, parallel or on one line; "
            "leave one out."
        ) from None
    return {**found, "ntk": total}


def _data(inputs: InputProducts) -> arb_mat:
    """<x, x'> / d of the points that are meant."""
    n = len(inputs.norms1)
    lengths = [arb(norm).sqrt() for norm in inputs.norms1]

    def entry(i: int, j: int) -> arb:
        value = arb(inputs.norms1[i] if i == j else inputs.cross(i, j))
        return value / (lengths[i] * lengths[j] if inputs.normalised else arb(inputs.unit)) / inputs.columns

    return arb_mat([[entry(max(i, j), min(i, j)) for j in range(n)] for i in range(n)])
