"""Kernels of networks with batch normalisation: the points of one set are one batch.

With C^0 the means <x, x'>/d, S^l = w_l C^(l-1) and C^l = (S^l)' the forward map, the NNGP is w C^L + b. The paper's NTK
at (i, j) starts a gradient as D = w (e_i e_j' + e_j e_i') / 2 and goes back by D^l = w_l (D^(l+1))', every matrix
adding <C^(l-1), (D^(l+1))'>, times w_l in the 'ntk' parametrisation (Yang 2020, Tensor Programs II, Appendix E.4).
Taken the other way round, T^l = tangent_l(w_l T^(l-1) + C^(l-1)) with the adjoint maps gives all entries at once,
w T^L + C^L.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat, fmpq

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.errors import InputError
from certify.kernels.batch_bases import centred_basis, zero_sum_basis
from certify.kernels.batch_cross import CrossLayer
from certify.kernels.batch_maps import BatchLayer
from certify.kernels.enclosure import Enclosure, from_entries
from certify.kernels.facade import DEFAULT_BITS, check_inputs
from certify.kernels.inputs import InputProducts
from certify.points import Points, load_points
from certify.programs.batches import BatchChain, batch_chain

GUARD = 16
CROSS_BITS = 30
"""Precision between two batches unless asked for: an integral over a square for each layer."""
LARGEST_BATCH = 64


@dataclass(frozen=True)
class Batch:
    """A batch of points, and orthonormal columns that span its centred coordinates."""

    inputs: InputProducts
    basis: arb_mat


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
    """Enclosures of the kernels of Dense, BatchNorm, Relu, ..., Dense on one batch, or between two; see
    `Network.kernel`.

    Raises InputError for batches whose kernel does not exist (see `require_batch`) and for number systems without
    complex numbers.
    """
    chain = batch_chain(layers)
    names = (get,) if isinstance(get, str) else tuple(get)
    if not names or len(set(names)) < len(names) or not set(names) <= {"ntk", "nngp"}:
        raise InputError(f"get={get!r} is unknown: use 'ntk', 'nngp' or a tuple of the two.")
    if arithmetic not in ("auto", "arb"):
        raise InputError(f"arithmetic={arithmetic!r} has no complex numbers, which BatchNorm needs: use 'arb'.")
    points = load_points(x1)
    others = None if x2 is None else load_points(x2)
    precision = (DEFAULT_BITS if others is None else CROSS_BITS) if bits is None else bits
    number = ArbArithmetic(2 * precision + 40)
    with number.active():
        first = prepared_batch(points, normalize, "ntk" in names)
        if others is None:
            found = _kernels(chain, parametrization == "ntk", first, "ntk" in names, precision + GUARD)
        else:
            second = prepared_batch(others, normalize, "ntk" in names)
            cross = check_inputs(points, others, normalize)
            found = _cross_kernels(chain, parametrization == "ntk", (first, second), cross, "ntk" in names, precision)
        results = []
        count = points.n if others is None else others.n
        for name in names:
            rows = [[number.endpoints(found[name][i, j]) for j in range(count)] for i in range(points.n)]
            results.append(from_entries(rows, others is None, precision, "arb"))
    if isinstance(get, str):
        return results[0]
    named: Any = namedtuple  # mypy knows named tuples of literal names only
    bundle: tuple[Enclosure, ...] = named("Kernels", names)(*results)
    return bundle


def prepared_batch(points: Points, normalize: str, ntk: bool) -> Batch:
    """The batch with a basis of what it spans. Raises InputError where its kernel does not exist, or where it cannot be
    enclosed."""
    inputs = check_inputs(points, None, normalize)
    require_batch(inputs, ntk)
    try:
        basis = centred_basis(points.rows, inputs.normalised)
    except ArithmeticError:
        raise _too_close() from None
    rank = basis.ncols()
    if rank < 2:
        raise InputError("the points of the batch lie on one line, where BatchNorm is degenerate: give other points.")
    if ntk and rank < 3:
        raise InputError(
            "the points of the batch lie in a plane, which has an infinite NTK under BatchNorm: give points in three "
            "dimensions or more, or get='nngp'."
        )
    return Batch(inputs, basis)


def _too_close() -> InputError:
    return InputError(
        "the batch cannot be enclosed under BatchNorm: two of its points may be equal, parallel or on one line; leave "
        "one out."
    )


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


def _exact(value: Fraction | int) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _kernels(chain: BatchChain, ntk: bool, batch: Batch, tangent: bool, bits: int) -> dict[str, arb_mat]:
    n = len(batch.inputs.norms1)
    covariances = [_data(batch.inputs)]
    layers: list[BatchLayer] = []
    try:
        for variance in chain.weights:
            basis = None if layers else batch.basis
            layers.append(BatchLayer(covariances[-1] * _exact(variance), basis))
            covariances.append(layers[-1].forward(bits))
        tangent_kernel = arb_mat(n, n)
        if tangent:
            for variance, layer, below in zip(chain.weights, layers, covariances, strict=False):
                tangent_kernel = layer.tangent(_inside(tangent_kernel, below, variance, ntk), bits)
    except ArithmeticError:
        raise _too_close() from None
    return _read_out(chain, ntk, covariances[-1], tangent_kernel)


def _cross_kernels(
    chain: BatchChain, ntk: bool, batches: tuple[Batch, Batch], cross: InputProducts, tangent: bool, bits: int
) -> dict[str, arb_mat]:
    """Both kernels between two batches, which share nothing but the weights."""
    inner = [_data(batch.inputs) for batch in batches]
    between, tangent_kernel = _data(cross), arb_mat(len(cross.norms1), len(cross.norms2))
    bases = batches[0].basis, batches[1].basis
    try:
        for depth, variance in enumerate(chain.weights):
            weight = _exact(variance)
            if depth:
                bases = zero_sum_basis(inner[0].nrows()), zero_sum_basis(inner[1].nrows())
            layer = CrossLayer(inner[0] * weight, inner[1] * weight, between * weight, bases)
            direction = _inside(tangent_kernel, between, variance, ntk) if tangent else None
            if depth + 1 < len(chain.weights):
                inner = [
                    BatchLayer(one * weight, basis).forward(bits + GUARD)
                    for one, basis in zip(inner, bases, strict=True)
                ]
            between, moved = layer.maps(direction, bits)
            if moved is not None:
                tangent_kernel = moved
    except (ArithmeticError, ZeroDivisionError):
        count = sum(basis.ncols() for basis in bases)
        raise InputError(
            "the two batches cannot be enclosed together under BatchNorm: their centred points must be linearly "
            f"independent, which takes at least {count} dimensions."
        ) from None
    return _read_out(chain, ntk, between, tangent_kernel)


def _inside(tangent_kernel: arb_mat, below: arb_mat, variance: Fraction, ntk: bool) -> arb_mat:
    """The tangent kernel of the preactivations of a layer."""
    weight = _exact(variance)
    return tangent_kernel * weight + below * (weight if ntk else arb(1))


def _read_out(chain: BatchChain, ntk: bool, last: arb_mat, tangent_kernel: arb_mat) -> dict[str, arb_mat]:
    w, b = _exact(chain.last.W_var), _exact(chain.last.b_var)
    shift = arb_mat(last.nrows(), last.ncols(), [1] * (last.nrows() * last.ncols()))
    trained, bias = (w, b) if ntk else (arb(1), arb(1 if chain.last.b_var else 0))
    return {"nngp": last * w + shift * b, "ntk": last * trained + shift * bias + tangent_kernel * w}


def _data(inputs: InputProducts) -> arb_mat:
    """<x, x'> / d of the points that are meant."""
    left, right = ([arb(norm).sqrt() for norm in norms] for norms in (inputs.norms1, inputs.norms2))

    def entry(i: int, j: int) -> arb:
        value = arb(inputs.norms1[i] if inputs.symmetric and i == j else inputs.cross(i, j))
        return value / (left[i] * right[j] if inputs.normalised else arb(inputs.unit)) / inputs.columns

    if inputs.symmetric:
        n = len(left)
        return arb_mat([[entry(max(i, j), min(i, j)) for j in range(n)] for i in range(n)])
    return arb_mat([[entry(i, j) for j in range(len(right))] for i in range(len(left))])
