"""What is to be learned: training points with exact targets, held-out points, and their kernel at any precision."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.errors import InputError
from certify.kernels import EntryEvaluator, arithmetic_named, check_inputs
from certify.points import Points, load_points_and_target
from certify.programs import check_network
from certify.proofs.gram import GramBalls
from certify.spectrum import FixedPointBall
from certify.stax import Network, parse

MOST_POINTS = 2000
KERNELS = ("ntk", "nngp")


@dataclass(frozen=True)
class Problem:
    """N training points with targets y, and M held-out points with theirs (M may be 0)."""

    network: Network
    kernel: str
    normalize: str
    points: Points
    targets: tuple[Fraction, ...]
    others: Points | None
    other_targets: tuple[Fraction, ...]
    duplicates: int

    @property
    def n(self) -> int:
        return self.points.n

    def balls(self) -> GramBalls:
        """The kernel matrix of the training points as fixed-point balls."""
        inputs = check_inputs(self.points, None, self.normalize)
        return GramBalls(self.network.layers, inputs, self.kernel, arithmetic_named("arb")[1])

    def cross(self, bits: int, kernel: str | None = None) -> list[list[Any]]:
        """M rows of N enclosures k(x*, x), each to about `bits` bits, as numbers of arb."""
        if self.others is None:
            return []
        inputs = check_inputs(self.others, self.points, self.normalize)
        evaluator = EntryEvaluator(
            self.network.layers, inputs, (kernel or self.kernel,), bits, arithmetic_named("arb")[1]
        )
        return [[entry[0] for entry in row] for row in evaluator.rows()]

    def gram(self, bits: int) -> FixedPointBall:
        """The kernel matrix at one precision."""
        return self.balls()(bits)


def read_problem(
    net: Network | str,
    x: Any,
    *,
    target: str | int | None,
    y: Sequence[Any] | None,
    holdout: Any,
    kernel: str,
    normalize: str,
    rows: int | None,
    seed: int,
) -> Problem:
    """The problem that the arguments of `certify.train` describe.

    Raises InputError for a target that is missing or constant, equal points with different targets, and whatever
    `load_points` refuses.
    """
    network = parse(net) if isinstance(net, str) else net
    if not isinstance(network, Network):
        raise InputError(f"the network is {net!r}: build it with stax.serial(...) or give its text.")
    check_network(network.layers)
    if kernel not in KERNELS:
        raise InputError(f"kernel={kernel!r} is not available: use 'ntk' or 'nngp'.")
    points, targets = read_targets(x, target, y, rows)
    others: Points | None = None
    other_targets: tuple[Fraction, ...] = ()
    points, targets, dropped = without_repeats(points, targets, normalize)
    share = _share(holdout)
    if share is not None:
        points, targets, others, other_targets = _split(points, targets, share, seed)
    elif holdout is not None:
        others, other_targets = read_targets(holdout, target, None, None)
        if others.columns != points.columns:
            raise InputError(
                f"{others.name} has {others.columns} features where {points.name} has {points.columns}: hold out "
                "points of the same kind."
            )
    if len(set(targets)) < 2:
        raise InputError(
            f"the target of {points.name} is constant ({_spoken(targets[0])}) on its {points.n} training points: "
            "choose a column that varies."
        )
    if points.n > MOST_POINTS:
        raise InputError(f"there are {points.n} training points: at most {MOST_POINTS} are taken; use --rows.")
    return Problem(network, kernel, normalize, points, targets, others, other_targets, dropped)


def read_targets(
    source: Any, target: str | int | None, y: Sequence[Any] | None, rows: int | None
) -> tuple[Points, tuple[Fraction, ...]]:
    """The points with their exact targets, from a column or given beside them.

    Raises InputError for a target that is missing, no column, or of another length than the points.
    """
    if target is None and y is None:
        raise InputError("no target was given: name its column with --target, or give y.")
    if target is not None and y is not None:
        raise InputError("both target and y were given: give one of them.")
    points, values = load_points_and_target(source, rows=rows, target=target)
    if y is not None:
        from certify.arithmetic.rationals import exact_rational

        values = tuple(exact_rational(value, f"target {i + 1}") for i, value in enumerate(y))
    assert values is not None
    if len(values) != points.n:
        raise InputError(f"there are {len(values)} targets for {points.n} points: give one a point.")
    return points, values


def without_repeats(
    points: Points, targets: tuple[Fraction, ...], normalize: str
) -> tuple[Points, tuple[Fraction, ...], int]:
    """The distinct points with their targets, and how many were dropped.

    Raises InputError where equal points have different targets.
    """
    distinct = points.drop_duplicates(normalize)  # type: ignore[arg-type]
    for first, repeat in distinct.pairs:
        if targets[first] != targets[repeat]:
            raise InputError(
                f"rows {first + 1} and {repeat + 1} (counted from 1) of {points.name} are equal points with the "
                f"targets {_spoken(targets[first])} and {_spoken(targets[repeat])}: no function fits both; remove one."
            )
    return distinct.points, tuple(targets[i] for i in distinct.kept), distinct.dropped


def _share(holdout: Any) -> Fraction | None:
    """The held-out fraction, or None where `holdout` is nothing or names points."""
    if holdout is None or not isinstance(holdout, (int, float, str, Fraction)) or isinstance(holdout, bool):
        return None
    try:
        share = Fraction(holdout)
    except (ValueError, OverflowError, ZeroDivisionError):
        return None
    if not 0 < share < 1:
        raise InputError(f"the held-out fraction {holdout} is not between 0 and 1: give one such as 0.2.")
    return share


def _split(
    points: Points, targets: tuple[Fraction, ...], share: Fraction, seed: int
) -> tuple[Points, tuple[Fraction, ...], Points, tuple[Fraction, ...]]:
    count = round(share * points.n)
    if not 0 < count < points.n:
        raise InputError(
            f"a held-out fraction of {float(share):g} leaves {count} of {points.n} points out: choose one that leaves "
            "points on both sides."
        )
    held = sorted(random.Random(seed).sample(range(points.n), count))
    chosen = set(held)
    kept = [i for i in range(points.n) if i not in chosen]
    return (
        points.take(kept),
        tuple(targets[i] for i in kept),
        points.take(held),
        tuple(targets[i] for i in held),
    )


def _spoken(value: Fraction) -> str:
    return str(value) if value.denominator < 10**6 else f"{float(value):g}"
