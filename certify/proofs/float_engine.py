"""The engine `float`: residual proofs of thousands of points verified in float64, with a-priori error bounds.

The file is read, and what it claims is compared with what is proved, by the checker's own code; the entries, a factor
where the certificate carries none, and both bounds come from here. A claim that float64 is too coarse for is
unsupported, never invalid: another engine may verify it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from certify.checker import Result
from certify.checker.answers import Invalid, Unsupported
from certify.checker.engine import compare_bounds
from certify.checker.points import Points as ClaimedPoints
from certify.checker.proof_shape import Residual, Streaming, Whitened
from certify.checker.residual import EigenvalueBounds
from certify.checker.shape import Bounds, FiniteClaim, KernelClaim
from certify.kernels.float64 import NoApproximant, TiledKernel, float_gram
from certify.kernels.float64.choice import block_grams, common_profile, directions_of, profile_gram
from certify.kernels.float64.directions import Directions
from certify.kernels.float64.memory import new_array
from certify.kernels.float64.remainders import Remainder, remainder
from certify.points import Points
from certify.programs import Layer
from certify.proofs.finite_claims import Subject
from certify.proofs.float_dense import LARGEST_ENTRY, float_matrix
from certify.proofs.numerical_engine import check_by
from certify.proofs.program_gram import float_program_gram, is_chain
from certify.proofs.streaming import bound_by_row_sums, upper_on_rows
from certify.spectrum.float_bounds import FloatMatrix, prove_lower_float, rayleigh_upper_float
from certify.spectrum.float_dense import factor_in_float
from certify.spectrum.whitening.blocks import blocks_of
from certify.spectrum.whitening.row_sums import whitened_row_sums
from certify.stax import parse, serial

ENGINE = "float"
_COARSE = "float64 is too coarse for this claim; use --engine flint"


def check_in_float64(path: Path) -> Result:
    """The answer to one certificate; never raises on a bad file."""
    return check_by(ENGINE, path, (Residual, Streaming, Whitened), _verify, _verify_finite)


def _verify(claim: KernelClaim, proof: Residual | Streaming | Whitened, read: ClaimedPoints) -> None:
    points = Points.reduced(read.rows, read.denominator, shape=claim.shape)
    try:
        proved = _bounds(claim, points, proof)
    except NoApproximant as reason:
        raise Unsupported(f"{_COARSE} ({reason})") from None
    _compare(claim.bounds, proved)


def _compare(bounds: Bounds, proved: EigenvalueBounds) -> None:
    try:
        compare_bounds(bounds, proved)
    except Invalid as shortfall:
        raise Unsupported(f"{_COARSE} ({shortfall})") from None


def _verify_finite(claim: FiniteClaim, proof: Residual, read: ClaimedPoints) -> None:
    subject = Subject.of(claim, read, proof.bits)
    matrix = subject.balls.at(proof.bits).float_matrix()
    if matrix is None or not matrix.largest_entry <= LARGEST_ENTRY:
        raise Unsupported(f"{_COARSE} (its entries do not fit)")
    _compare(
        claim.bounds, EigenvalueBounds(_lower(matrix, proof), rayleigh_upper_float(matrix, _direction(proof.vector)))
    )
    subject.check_memorisation(claim)


def _layers(claim: KernelClaim) -> Sequence[Layer]:
    """The layers of a network that is nothing but these layers in sequence, with the defaults of `serial`."""
    network = parse(claim.network.text)
    if repr(network) != repr(serial(*network.layers)):
        raise Unsupported("this engine knows chains of layers in the 'ntk' parametrisation only; use --engine python")
    return network.layers


def _residual(claim: KernelClaim, points: Points, proof: Residual) -> EigenvalueBounds:
    network, normalize = parse(claim.network.text), "unit" if claim.unit else "none"
    gram: TiledKernel | None
    if is_chain(network):
        gram = float_gram(_layers(claim), points, None, claim.kernel, normalize)
    else:
        gram = float_program_gram(network, points, normalize, claim.kernel)
    assert gram is not None
    matrix = float_matrix(gram)
    return EigenvalueBounds(_lower(matrix, proof), rayleigh_upper_float(matrix, _direction(proof.vector)))


def _bounds(claim: KernelClaim, points: Points, proof: Residual | Streaming | Whitened) -> EigenvalueBounds:
    if isinstance(proof, Residual):
        return _residual(claim, points, proof)
    layers, normalize = _layers(claim), "unit" if claim.unit else "none"
    profile = common_profile(layers, points, claim.kernel, normalize)
    shown = proof.taken if isinstance(proof, Whitened) else proof
    ratio = Fraction(shown.numerator, shown.denominator)
    taken = remainder(profile, shown.order, ratio, shown.coefficients, shown.exponent)
    # Rounded weights are weights as good as any, and so is a rounded factor.
    weights = np.array(shown.weights or (1,) * points.n, dtype=np.float64)
    ways = directions_of(points)
    if isinstance(proof, Whitened):
        lower = _whitened(proof, taken, points, ways, weights)
    else:
        lower = bound_by_row_sums(profile_gram(taken, points, ways).probed(), weights)
    return EigenvalueBounds(lower, upper_on_rows(layers, points, claim.kernel, normalize, shown.rows, shown.vector))


def _whitened(
    proof: Whitened, taken: Remainder, points: Points, ways: Directions, weights: NDArray[np.float64]
) -> Fraction:
    """The shift, to nearest in float64, where the row sums prove it."""
    shift = float(Fraction(proof.shift) * Fraction(2) ** proof.shift_exponent)
    counts = np.array([len(columns) for columns in proof.columns])
    values = np.ldexp([float(value) for row in proof.values for value in row], proof.factor_exponent)
    columns = np.array([column for row in proof.columns for column in row])
    factor = sparse.csr_matrix((values, columns, np.concatenate([[0], np.cumsum(counts)])), shape=(points.n,) * 2)
    blocks = blocks_of(ways.high + ways.low)
    sums = whitened_row_sums(partial(block_grams, taken, points, ways), blocks, factor, weights, [shift])
    if not sums.growth(weights)[0] < 1:
        raise Unsupported(f"the whitened row sums are not below the diagonal in float64; {_COARSE}")
    return Fraction(shift)


def _lower(matrix: FloatMatrix, proof: Residual) -> Fraction:
    """What the shift proves, to nearest in float64, with the factor of the certificate or one found here."""
    shift = float(Fraction(proof.shift) * Fraction(2) ** proof.shift_exponent)
    if proof.factor is None:
        found = factor_in_float(matrix.mid, shift, new_array(*matrix.mid.shape))
        if found is None:
            raise Unsupported(f"no factor for the stated shift is found in float64; {_COARSE}")
        return prove_lower_float(matrix, shift, found)
    # Rounded where it is longer: any factor proves something.
    factor = np.zeros_like(matrix.mid)
    for i, row in enumerate(proof.factor):
        factor[i, : i + 1] = np.ldexp(np.array(list(map(float, row))), proof.factor_exponent)
    return prove_lower_float(matrix, shift, factor)


def _direction(vector: tuple[int, ...]) -> NDArray[np.float64]:
    """The vector along these integers, of norm about 1, rounded: whatever it is, it proves an upper bound."""
    drop = max(max(map(int.bit_length, vector)) - 900, 0)
    array = np.array([float(value >> drop) for value in vector])
    return np.asarray(array / np.linalg.norm(array / np.abs(array).max()) / np.abs(array).max())
