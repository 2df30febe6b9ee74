"""An audit: every kernel asked for, one after the other, and what was found in all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from certify import __version__
from certify.arithmetic.environment import verify_environment
from certify.errors import InputError
from certify.points import load_points
from certify.programs import check_network
from certify.stax import Network, parse
from properties.audit.comparison import DEFAULT_TOLERANCE
from properties.audit.examination import Rows
from properties.audit.examples import is_exponential, rows_of_points, unit_rows
from properties.audit.findings import Finding
from properties.audit.hunting import Effort, NetworkReport, hunt
from properties.audit.known import KnownFailure, mark_known
from properties.audit.targets import Target

DATA_ROWS = 24
DEFAULT_EXAMPLES = 50
MAX_EXAMPLES = 100_000
MAX_COLUMNS = 1000

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class AuditReport:
    """What an audit looked at and found. The same target, seed, options and versions give the same report."""

    target: str
    library: str | None
    kernel: str
    data: tuple[str, ...]
    effort: Effort
    networks: tuple[NetworkReport, ...]
    skipped: tuple[tuple[str, str], ...]
    stale: tuple[KnownFailure, ...] = ()
    interrupted: bool = False
    version: str = __version__

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for report in self.networks for finding in report.findings)

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that are neither known nor a limit of the format."""
        return tuple(finding for finding in self.findings if finding.counts)


def audit(
    target: Target,
    networks: Sequence[str | Network],
    kernel: str = "ntk",
    data: Sequence[object] = (),
    effort: Effort | None = None,
    *,
    known: Sequence[KnownFailure] = (),
    progress: Progress | None = None,
) -> AuditReport:
    """Compare a target with the truth about the kernels of these networks, and hunt for points where it is wrong.

    `data` are sets of points as `load_points` reads them, of which the first 24 rows are looked at, as they are and
    normalised, rounded to doubles. `effort` is what `check_options` gives; where it fixes the dimension of drawn
    points, data of another dimension are left out.

    Networks that the target does not have are listed as skipped. Ctrl-C ends the audit early and keeps what was found.
    Raises InputError for networks and data that cannot be used.
    """
    verify_environment()
    effort = check_options(kernel) if effort is None else effort
    parsed = [network if isinstance(network, Network) else parse(network) for network in networks]
    for network in parsed:
        check_network(network.layers)
    loaded = [load_points(source, rows=DATA_ROWS) for source in data]
    low, high = effort.columns
    sets = [(points.name, rows_of_points(points)) for points in loaded if low < high or points.columns == low]
    reports: list[NetworkReport] = []
    skipped: list[tuple[str, str]] = []
    interrupted = False
    try:
        for done, network in enumerate(parsed):
            if progress is not None:
                progress("networks", done, len(parsed))
            report = hunt(target, network, kernel, _looked_at(network, [rows for _, rows in sets]), effort)
            if report.tally.unsupported is not None:
                skipped.append((report.network, report.tally.unsupported))
            else:
                reports.append(report)
    except KeyboardInterrupt:
        interrupted = True
    marked, stale = mark_known(reports, known)
    names = tuple(name for name, _ in sets)
    return AuditReport(target.name, target.library, kernel, names, effort, marked, tuple(skipped), stale, interrupted)


def without_limits(report: AuditReport) -> AuditReport:
    """The report in which limits of the format count as faults of the library."""
    strict = tuple(
        replace(one, findings=tuple(replace(finding, limit=False) for finding in one.findings))
        for one in report.networks
    )
    return replace(report, networks=strict)


def _looked_at(network: Network, sets: Sequence[Rows]) -> tuple[Rows, ...]:
    """The data as it is and normalised; normalised only where entries grow or vanish exponentially."""
    plain = () if is_exponential(network) else tuple(sets)
    normalised = (unit_rows(rows) for rows in sets)
    return (*plain, *(rows for rows in normalised if rows))


def check_options(
    kernel: str = "ntk",
    examples: int = DEFAULT_EXAMPLES,
    seed: int = 0,
    tolerance: int | Fraction = DEFAULT_TOLERANCE,
    columns: int | None = None,
) -> Effort:
    """The effort that these options mean: `tolerance` in ulps of sqrt(K_ii K_jj) of the format that a target returns,
    `columns` a fixed dimension for drawn points. Raises InputError for values that cannot be used."""
    if kernel not in ("ntk", "nngp"):
        raise InputError(f"kernel={kernel!r} is unknown: use 'ntk' or 'nngp'.")
    if not 1 <= examples <= MAX_EXAMPLES:
        raise InputError(f"examples={examples}: give a whole number from 1 to {MAX_EXAMPLES}.")
    if tolerance < 0:
        raise InputError(f"tolerance={tolerance}: give a number of ulps, 0 or more.")
    if columns is not None and not 1 <= columns <= MAX_COLUMNS:
        raise InputError(f"columns={columns}: give a whole number from 1 to {MAX_COLUMNS}.")
    effort = Effort(examples, seed, Fraction(tolerance))
    return effort if columns is None else replace(effort, columns=(columns, columns))
