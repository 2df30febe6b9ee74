"""Certificates about one finite network on given points: `prove_finite` and `memorise`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from certify import __version__
from certify.arithmetic.environment import ensure_environment
from certify.certificate import (
    Certificate,
    decimal_above,
    hexadecimal,
    integers,
    points_field,
    sealed_document,
)
from certify.empirical.activations import Kink
from certify.empirical.architecture import Architecture, parse_finite
from certify.empirical.dependent_gradients import FewLive, NullGradients, find_dependence
from certify.empirical.lipschitz import root_upper
from certify.empirical.network import LEAST_BITS, EmpiricalBalls, FiniteNetwork
from certify.empirical.newton_kantorovich import OUTPUT_BITS, contraction, residual_upper
from certify.errors import InputError
from certify.finite.polishing import polished, trained
from certify.finite.start import Weights, check_trainable, check_whole, start_network
from certify.points import Points, load_points
from certify.proofs.float_dense import enclose_with_room
from certify.proofs.proving import FLOAT_POINTS
from certify.proofs.witness import bounds_field, check_width, residual_field, significant_digits
from certify.spectrum import EigenvalueEnclosure, enclose_smallest_eigenvalue
from certify.spectrum.fixed_point import floor_log2
from certify.training.problem import read_targets, without_repeats

MEMORISATION_WIDTH = Fraction(1, 8)
MARGIN = 1 + Fraction(1, 2**20)
DISTANCE_DIGITS = 6
ZERO = {"lower": "0", "upper": "0"}
Progress = Callable[[str, int, int], None]


def prove_finite(
    net: str | Architecture,
    x: Any,
    *,
    seed: int = 0,
    weights: Weights = None,
    duplicates: str = "drop",
    rel_width: Any = 1e-3,
    max_bits: int = 1024,
    rows: int | None = None,
    progress: Progress | None = None,
) -> Certificate:
    """The smallest eigenvalue of the empirical tangent kernel of one finite network on exact points, with proof.

    Claim: K_ij = <grad f(x_i), grad f(x_j)>, the gradients by the weights themselves, has its smallest eigenvalue
    within the bounds; with fewer parameters than points it is singular, by rank. The weights are exact: drawn as
    doubles from `seed`, or given as `weights`: one matrix (width, fan-in, one column more with biases) a layer, or an
    .npz file.

    Method: enclosed features and backpropagated derivatives, whose Hadamard products sum to K (Bombari, Amani and
    Mondelli 2022, section 3, use the same structure), then shifted Cholesky factors. Raises InputError for input that
    cannot be used.
    """
    architecture = parse_finite(net) if isinstance(net, str) else net
    width = check_width(rel_width, max_bits)
    given = load_points(x, rows=rows)
    points = given.drop_duplicates("none", duplicates).points  # type: ignore[arg-type]
    ensure_environment()
    network = start_network(architecture, points, seed, weights)
    work = _Work(network, points, _data(given, points), width, max_bits, progress)
    return work.kernel_certificate()


def memorise(
    net: str | Architecture,
    x: Any,
    target: str | int | None = None,
    *,
    y: Sequence[Any] | None = None,
    seed: int = 0,
    weights: Weights = None,
    tries: int = 4,
    max_bits: int = 1024,
    rows: int | None = None,
    columns: str = "nonzero",
    progress: Progress | None = None,
) -> Certificate:
    """Train one finite network until it fits, then prove that weights nearby fit every target exactly.

    Claim of a certificate with a `distance`: within that 2-norm distance of the stated weights there are real weights
    with which the network maps every exact point to its exact target. Training is a guess (`seed`, and up to `tries`
    seeds after it); the proof is a fixed-point theorem whose numbers the checker computes again. `columns="nonzero"`
    drops features that are zero on every point, whose weights could be anything; "all" keeps them.

    Returns a certificate of memorisation; or, with fewer parameters than points, the proof by rank that the tangent
    kernel is singular, which leaves memorisation undecided by this method; or an undecided one that names what failed.
    Raises InputError for input that cannot be used.
    """
    architecture = parse_finite(net) if isinstance(net, str) else net
    check_width(MEMORISATION_WIDTH, max_bits)
    check_whole(tries, "tries", 1)
    given, values = read_targets(x, target, y, rows)
    points, targets, _ = without_repeats(given, values, "none")
    if len(set(targets)) < 2:
        raise InputError(f"the target of {points.name} is constant: choose a column that varies.")
    check_trainable(points, targets)
    if columns not in ("nonzero", "all"):
        raise InputError(f"columns={columns!r} is unknown: use 'nonzero' or 'all'.")
    if columns == "nonzero" and weights is None:
        points = _nonzero(points)
    ensure_environment()
    start = start_network(architecture, points, seed, weights)
    work = _Work(start, points, _data(given, points), MEMORISATION_WIDTH, max_bits, progress)
    if start.parameters < points.n:
        return work.kernel_certificate()
    work.report("training")
    fit = trained(architecture, start.floats(), points, targets, seed, tries, weights is not None)
    best: Certificate | None = None
    for extended in (False, True):
        work.report("polishing")
        network = polished(architecture, fit.layers, points, targets, extended)
        best = replace(work, network=network).memorisation_certificate(targets)
        if best.verdict != "undecided":
            break
    assert best is not None
    return best


@dataclass(frozen=True)
class _Work:
    """One network on points, and how far the proof may go."""

    network: FiniteNetwork
    points: Points
    data: Mapping[str, Any]
    width: Fraction
    max_bits: int
    progress: Progress | None

    def report(self, stage: str) -> None:
        if self.progress is not None:
            self.progress(stage, 0, 1)

    def kernel_certificate(self) -> Certificate:
        """The smallest eigenvalue, or that parameters are too few."""
        n, parameters = self.points.n, self.network.parameters
        if parameters < n:
            reason = f"{parameters} parameters are fewer than {n} points"
            return self._certificate("singular", ZERO, {"kind": "parameters", "count": parameters}, reason)
        dependent = self._dependent()
        if dependent is not None:
            return dependent
        found = self._eigenvalue(EmpiricalBalls(self.network, self.points))
        if isinstance(found, str) or found.verdict != "positive definite":
            return self._undecided(found)
        return self._positive(found, {})

    def _dependent(self) -> Certificate | None:
        """Singular for an exact reason, where there is one."""
        self.report("exact dependences")
        found = find_dependence(self.network, self.points)
        if isinstance(found, FewLive):
            reason = f"{found.count} parameters matter at the points, fewer than {self.points.n} points"
            return self._certificate("singular", ZERO, {"kind": "parameters", "count": found.count}, reason)
        if isinstance(found, NullGradients):
            proof = {"kind": "null vector", "rows": list(found.rows), "entries": integers(found.entries)}
            reason = f"the gradient at point {found.rows[0] + 1} vanishes exactly"
            if len(found.rows) > 1:
                reason = f"a combination of the gradients at {len(found.rows)} points vanishes exactly"
            return self._certificate("singular", ZERO, proof, reason)
        return None

    def memorisation_certificate(self, targets: Sequence[Fraction]) -> Certificate:
        """Memorisation, or undecided with the condition that failed."""
        balls = EmpiricalBalls(self.network, self.points)
        self.report("empirical tangent kernel")
        try:
            balls.at(OUTPUT_BITS)
        except Kink as kink:
            return self._undecided(str(kink))
        found = self._eigenvalue(balls)
        if isinstance(found, str) or found.verdict != "positive definite":
            return self._dependent() or self._undecided(found)
        # The claim itself is what the checker works with: round the eigenvalue first.
        lower = Fraction(str(bounds_field(found, self._digits)["lower"]))
        distance = self._distance(balls, targets, lower)
        if isinstance(distance, str):
            return self._undecided(distance)
        found = replace(found, bits=max(found.bits, self._output_bits(lower, distance)))
        common = math.lcm(*(value.denominator for value in targets))
        extra = {
            "distance": decimal_above(distance, DISTANCE_DIGITS),
            "targets": {
                "denominator": hexadecimal(common),
                "values": integers(int(value * common) for value in targets),
            },
        }
        return self._positive(found, extra)

    def _distance(self, balls: EmpiricalBalls, targets: Sequence[Fraction], lower: Fraction) -> Fraction | str:
        """A distance that the fixed-point theorem grants, or the condition that fails."""
        assert balls.passes is not None
        missing = residual_upper(balls.passes.outputs, targets)
        first = missing * root_upper(1 / lower)
        distance = 2 * first if first else Fraction(1, 2**100)
        for _ in range(4):
            h = contraction(self.network, self.points, balls.passes, missing, lower, distance, room=2)
            if isinstance(h, str):
                return h
            needed = first / (1 - h) * MARGIN
            if needed <= distance:
                # The same bounds on a smaller ball are no larger.
                return min(Fraction(decimal_above(needed, DISTANCE_DIGITS)), distance)
            distance = needed * 2
        return "no distance was found on which the Lipschitz bound suffices"

    def _output_bits(self, lower: Fraction, distance: Fraction) -> int:
        """Bits at which a verifier encloses the outputs, with its guard of 32 bits, to far less than what may be
        missing: sqrt(lower) distance over all points."""
        return floor_log2(self.points.n / (lower * distance * distance)) // 2 - 2

    @property
    def _digits(self) -> int:
        return significant_digits(self.width)

    def _eigenvalue(self, balls: EmpiricalBalls) -> EigenvalueEnclosure | str:
        """The enclosure, or why there is none."""
        self.report("smallest eigenvalue")
        try:
            if self.points.n >= FLOAT_POINTS:
                matrix = balls.at(LEAST_BITS).float_matrix()
                quick = None if matrix is None else enclose_with_room(matrix, self.width)
                if quick is not None:
                    return quick
            return enclose_smallest_eigenvalue(balls, self.points.n, rel_width=self.width, max_bits=self.max_bits)
        except Kink as kink:
            return str(kink)

    def _positive(self, found: EigenvalueEnclosure, extra: Mapping[str, Any]) -> Certificate:
        bounds = bounds_field(found, self._digits)
        what = "Newton-Kantorovich on the" if extra else "residual of the"
        reason = f"{what} empirical tangent kernel at {found.bits} bits"
        proof = residual_field(found, self.points.n)
        return self._certificate("positive definite", bounds, proof, reason, extra)

    def _undecided(self, why: EigenvalueEnclosure | str) -> Certificate:
        if isinstance(why, str):
            bounds: Mapping[str, str | None] = {"lower": None, "upper": "0"}
            return self._certificate("undecided", bounds, {"kind": "none"}, why)
        reason = f"the smallest eigenvalue was not separated from zero at {why.bits} bits: raise max_bits"
        return self._certificate("undecided", bounds_field(why, self._digits), {"kind": "none"}, reason)

    def _certificate(
        self,
        verdict: str,
        bounds: Mapping[str, str | None],
        proof: Mapping[str, Any],
        reason: str,
        extra: Mapping[str, Any] | None = None,
    ) -> Certificate:
        network = self.network
        claim = {
            "activation": network.architecture.activation.text,
            "lambda_min": dict(bounds),
            "points": points_field(self.points),
            "verdict": verdict,
            "weights": {
                "bias": network.architecture.bias,
                "exponent": network.exponent,
                "layers": [[integers(row) for row in layer] for layer in network.layers],
            },
            **(extra or {}),
        }
        labels = {
            "arithmetic": "arb",
            "data": dict(self.data),
            "method": "memorisation" if extra else "empirical kernel",
            "producer": f"ntk-certify {__version__}",
            "reason": reason,
        }
        return Certificate(sealed_document(claim, proof, labels))


def _nonzero(points: Points) -> Points:
    """The points without the columns that are zero on all of them."""
    kept = [j for j in range(points.columns) if any(row[j] for row in points.rows)] or [0]
    if len(kept) == points.columns:
        return points
    rows = [tuple(row[j] for j in kept) for row in points.rows]
    return Points.reduced(rows, points.denominator, name=points.name, source_sha256=points.source_sha256)


def _data(given: Points, points: Points) -> dict[str, Any]:
    return {
        "columns": given.columns,
        "duplicates": given.n - points.n,
        "name": given.name,
        "rows": given.n,
        "sha256": given.source_sha256,
    }
