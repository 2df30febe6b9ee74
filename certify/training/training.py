"""`certify.train`: how an infinitely wide network trains on given data, with proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from certify.arithmetic.arb_balls import ArbArithmetic
from certify.arithmetic.environment import ensure_environment
from certify.arithmetic.rationals import exact_rational
from certify.errors import InputError
from certify.kernels import Enclosure
from certify.kernels.enclosure import dyadic, from_entries
from certify.spectrum.fixed_point import floor_log2, scaled
from certify.stax import Network
from certify.training.answer import Component, Interval, Moment, Training
from certify.training.components import principal_components
from certify.training.crossing import time_to_loss
from certify.training.decay import Descent, Dynamics, Flow, Time, ball
from certify.training.early_stopping import EarlyStopping, find_early_stopping
from certify.training.eigenbasis import Eigenbasis, prove_eigenbasis
from certify.training.problem import Problem, read_problem
from certify.training.spread import GaussianStart
from certify.training.trajectory import Trajectory

FIRST_BITS = 192
GUARD = 64
PREDICTION_BITS = 36
LOSS_BITS = 24
CURVE_POINTS = 64
DEAD_BITS = 16_000
INITIALS = ("zero", "gaussian")
Progress = Callable[[str, int, int], None]


def train(
    net: Network | str,
    x: Any,
    target: str | int | None = None,
    times: Sequence[Any] = ("1", "100", "10000", "inf"),
    *,
    y: Sequence[Any] | None = None,
    until: Any = None,
    holdout: Any = None,
    descent: Any = None,
    initial: str = "zero",
    kernel: str = "ntk",
    normalize: str = "none",
    rows: int | None = None,
    seed: int = 0,
    max_bits: int = 4096,
    curve: bool = False,
    progress: Progress | None = None,
) -> Training:
    """Train an infinitely wide network by least squares, and enclose what it computes at any time.

    Claim: in the kernel regime (Jacot, Gabriel and Hongler 2018, Theorem 2 and section 5), for the loss
    |f - y|^2 / (2 N) on exact points and targets, every enclosure holds the exact value: predictions on training and
    held-out points,
    losses, rates along the kernel principal components, the time at which the loss falls to `until`, and the times at
    which a held-out loss is globally minimal. `times` are times of the gradient flow, or numbers of steps where
    `descent` gives the step of gradient descent; "inf" is the limit. `initial`: f_0 = 0, or "gaussian": f_0 is the
    Gaussian process of the infinitely wide network at initialisation, whose mean and standard deviation are enclosed.
    `holdout`: a fraction of the rows, drawn with `seed`, or points with the same target column.

    Method: a proven eigenbasis of the kernel matrix at as many bits as the answers need. Raises InputError for input
    that cannot be used; what stays open at `max_bits` is named in `.undecided`.
    """
    if initial not in INITIALS:
        raise InputError(f"initial={initial!r} is unknown: use 'zero' or 'gaussian'.")
    dynamics: Dynamics = Flow() if descent is None else Descent(exact_rational(descent, "descent"))
    asked = [_time(value) for value in times]
    for time in asked:
        dynamics.check_time(time)
    level = None if until is None else exact_rational(until, "until")
    if level is not None and level <= 0:
        raise InputError(f"until={until}: the loss is positive at every time, so give a positive number.")
    if isinstance(max_bits, bool) or not isinstance(max_bits, int) or max_bits < 64:
        raise InputError(f"max_bits is {max_bits!r}: give a whole number of at least 64.")
    problem = read_problem(
        net, x, target=target, y=y, holdout=holdout, kernel=kernel, normalize=normalize, rows=rows, seed=seed
    )
    ensure_environment()
    work = _Work(problem, dynamics, initial, asked, level, max_bits, progress or (lambda stage, done, total: None))
    return work.run(curve)


class _Work:
    """The climb: the same questions at growing precision until the answers are narrow."""

    def __init__(
        self,
        problem: Problem,
        dynamics: Dynamics,
        initial: str,
        times: Sequence[Time],
        level: Fraction | None,
        max_bits: int,
        progress: Progress,
    ) -> None:
        self.problem, self.dynamics, self.initial = problem, dynamics, initial
        self.times, self.level, self.max_bits, self.progress = times, level, max_bits, progress
        self.balls = problem.balls()

    def run(self, curve: bool) -> Training:
        bits, basis = min(FIRST_BITS, self.max_bits), None
        while True:
            basis = self._basis(bits, basis)
            if basis is not None:
                with ArbArithmetic(bits + GUARD).active():
                    trajectory = self._trajectory(bits, basis)
                    start = GaussianStart.of(self.problem, trajectory, bits) if self.initial == "gaussian" else None
                    answer, missing = self._answer(trajectory, start, bits, curve)
                if missing <= 0 or bits >= self.max_bits:
                    return answer
            elif bits >= self.max_bits:
                raise InputError(f"no eigenbasis was found at {bits} bits: raise max_bits.")
            else:
                missing = bits
            bits = min(bits + missing + 16, self.max_bits)

    def _basis(self, bits: int, start: Eigenbasis | None) -> Eigenbasis | None:
        self.progress(f"kernel at {bits} bits", 0, 2)
        gram = self.balls(bits)
        self.progress(f"eigenbasis at {bits} bits", 1, 2)
        return prove_eigenbasis(gram, start)

    def _trajectory(self, bits: int, basis: Eigenbasis) -> Trajectory:
        return Trajectory(basis, self.problem.targets, self.problem.cross(bits + GUARD // 2), self.dynamics)

    def _answer(
        self, trajectory: Trajectory, start: GaussianStart | None, bits: int, curve: bool
    ) -> tuple[Training, int]:
        """The answers at this precision, and how many bits are missing for narrow ones."""
        moments, undecided, missing = [], [], 0
        for time in self.times:
            if time is None and not trajectory.limit_exists:
                undecided.append(_no_limit(self.dynamics, trajectory))
                if not _diverges(self.dynamics, trajectory):
                    missing = max(missing, bits // 2)
                continue
            moment, lost = self._moment(trajectory, start, time)
            moments.append(moment)
            missing = max(missing, lost)
        until = None
        if self.level is not None:
            found = (
                time_to_loss(trajectory, self.level) if start is None else start.time_to_loss(trajectory, self.level)
            )
            until = None if found is None else Interval(*found)
            if found is None:
                undecided.append(f"the time to a loss of {float(self.level):g}")
                missing = max(missing, bits // 2)
        stopping: EarlyStopping | None = None
        if self.problem.others is not None and isinstance(self.dynamics, Flow) and missing == 0:
            stopping = find_early_stopping(trajectory, self.problem.other_targets)
            if stopping is None:
                undecided.append("early stopping")
                missing = max(missing, bits // 2)
        spectrum = trajectory.basis
        top = spectrum.eigenvalue(spectrum.n - 1)
        answer = Training(
            problem=self.problem,
            initial=self.initial,
            step=self.dynamics.step if isinstance(self.dynamics, Descent) else None,
            bits=bits,
            moments=tuple(moments),
            undecided=tuple(undecided),
            components=principal_components(trajectory),
            largest_step=Interval(2 * self.problem.n / top[1], 2 * self.problem.n / top[0])
            if top[0]
            else Interval(Fraction(0), Fraction(0)),
            level=self.level,
            until=until,
            early_stopping=stopping,
            curve=self._curve(trajectory, start) if curve and (missing == 0 or bits >= self.max_bits) else (),
        )
        return answer, missing

    def _moment(self, trajectory: Trajectory, start: GaussianStart | None, time: Time) -> tuple[Moment, int]:
        predictions, others = trajectory.predictions(time), trajectory.held_out(time)
        loss = trajectory.loss(time) if start is None else start.expected_loss(trajectory, time)
        scale = [ball(value) for value in self.problem.targets]
        missing = max(
            _missing(predictions + others, [*scale, *others], PREDICTION_BITS), _missing([loss], [loss], LOSS_BITS)
        )
        deviation = other_deviation = None
        if start is not None:
            deviation = start.deviations(trajectory, time)
            other_deviation = start.held_out_deviations(trajectory, time)
            top = [arb(entry.abs_upper()) for entry in [*start.initial_deviations, *other_deviation]]
            missing = max(missing, _missing(deviation + other_deviation, top, PREDICTION_BITS // 2))
        held_out_loss = None
        if others:
            targets = [ball(value) for value in self.problem.other_targets]
            held_out_loss = loss_interval(trajectory.held_out_loss(time, targets))
        moment = Moment(
            time,
            loss_interval(loss),
            _enclosure(predictions),
            _enclosure(others) if others else None,
            held_out_loss,
            None if deviation is None else _enclosure(deviation),
            _enclosure(other_deviation) if other_deviation else None,
        )
        return moment, missing

    def _curve(
        self, trajectory: Trajectory, start: GaussianStart | None
    ) -> tuple[tuple[Fraction, Interval, Interval | None], ...]:
        """Losses at times that span all rates that matter, for a plot."""
        top = trajectory.spectrum.upper
        first = -floor_log2(top) - 4
        slow = trajectory.spectrum.lower
        last = (4 - floor_log2(slow)) if slow > 0 else first + 60
        wanted = [time for time in self.times if time]
        if wanted:
            last = max(last, floor_log2(max(wanted)) + 1) if slow <= 0 else last
        if isinstance(self.dynamics, Descent):
            first = 0
            last = max(last - floor_log2(self.dynamics.step), 4)
        others = [ball(value) for value in self.problem.other_targets]
        result = []
        seen: set[Fraction] = set()
        for k in range(CURVE_POINTS + 1):
            eighths = first * 8 + k * (last - first) * 8 // CURVE_POINTS
            time = scaled(8 + eighths % 8, eighths // 8 - 3)
            if isinstance(self.dynamics, Descent):
                time = Fraction(max(int(time), 1))
            if time in seen:
                continue
            seen.add(time)
            loss = trajectory.loss(time) if start is None else start.expected_loss(trajectory, time)
            held = loss_interval(trajectory.held_out_loss(time, others)) if others else None
            result.append((time, loss_interval(loss), held))
        return tuple(result)


def interval(value: arb) -> Interval:
    """The ball's exact end points."""
    low, high, exponent = _endpoints(value)
    return Interval(dyadic(low, exponent), dyadic(high, exponent))


def loss_interval(value: arb) -> Interval:
    """The end points of a number that is not negative, whatever its ball says."""
    low, high = interval(value)
    return Interval(max(low, Fraction(0)), high)


def _endpoints(value: arb) -> tuple[int, int, int]:
    """The end points as (low, high, exponent); what has died out is enclosed by zero and a number no one can tell from
    it, for its exponent may be longer than memory."""
    low, high, exponent = ArbArithmetic(64).endpoints(value)
    if max(low.bit_length(), high.bit_length()) + exponent < -DEAD_BITS:
        return -(low < 0), int(high > 0), -DEAD_BITS
    return low, high, exponent


def _enclosure(values: Sequence[arb]) -> Enclosure:
    return from_entries([[_endpoints(value) for value in values]], False, 53, "arb")


def _missing(values: Sequence[arb], scale: Sequence[arb], bits: int) -> int:
    """How many bits the radii are too wide for `bits` correct places relative to the largest of the scale."""
    if not values:
        return 0
    radius = max(arb(value.rad()) for value in values)
    size = max(arb(value.abs_upper()) for value in scale)
    if radius == 0:
        return 0
    if not size.is_finite() or not radius.is_finite() or size == 0:
        return 64
    ratio = interval(arb((radius / size).upper())).upper
    return max(floor_log2(ratio) + bits + 1, 0)


def _time(value: Any) -> Time:
    if isinstance(value, str) and value.strip().lower() in ("inf", "infinity", "oo"):
        return None
    if isinstance(value, float) and value == float("inf"):
        return None
    return exact_rational(value, "time")


def _diverges(dynamics: Dynamics, trajectory: Trajectory) -> bool:
    """Whether descent is proved not to contract, whatever the precision."""
    if not isinstance(dynamics, Descent):
        return False
    low = trajectory.basis.eigenvalue(trajectory.n - 1)[0] / trajectory.n
    return dynamics.step * low >= 2


def _no_limit(dynamics: Dynamics, trajectory: Trajectory) -> str:
    if _diverges(dynamics, trajectory):
        return "the limit: the step is too large, so gradient descent does not converge along the first component"
    return "the limit: the smallest eigenvalue of the kernel matrix is not separated from zero"


__all__ = ["Component", "train"]
