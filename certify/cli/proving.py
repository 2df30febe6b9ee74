"""`certify prove`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from certify.arithmetic.rationals import exact_rational
from certify.certificate import Certificate, require_writable, spoken_bounds
from certify.cli.colour import paint
from certify.cli.progress import progress_bar
from certify.cli.workers import tiles_on_workers, worker_options
from certify.errors import InputError

DEFAULT_NETWORK = 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
VERDICT_OF = {"positive": "positive definite", "singular": "singular"}


@click.command("prove")
@click.argument("data", default="iris", required=False)
@click.option(
    "--network",
    default=DEFAULT_NETWORK,
    metavar="EXPR",
    help="A network in the names of certify.stax. Default: one erf layer.",
)
@click.option(
    "--kernel",
    type=click.Choice(["ntk", "nngp"]),
    default="ntk",
    show_default=True,
    help="The tangent kernel, or the covariance of the outputs.",
)
@click.option(
    "--normalize",
    type=click.Choice(["unit", "none"]),
    default="none",
    show_default=True,
    help="unit: the exact points x/|x|.",
)
@click.option(
    "--duplicates",
    type=click.Choice(["drop", "keep", "error"]),
    default="drop",
    show_default=True,
    help="What to do with equal points: they make the matrix singular.",
)
@click.option("--rows", type=int, default=None, metavar="N", help="Take the first N rows of the file.")
@click.option("--shape", default=None, metavar="S", help="Shape of one point, such as 8x8x1.")
@click.option(
    "--method",
    default="auto",
    show_default=True,
    metavar="auto|dense|streaming|theorem",
    help="dense: the whole matrix; streaming: O(n) memory; theorem: no matrix, no number.",
)
@click.option(
    "--bound",
    default="auto",
    show_default=True,
    metavar="auto|plain|whitened",
    help="Of a streaming proof: plain row sums, or whitened ones, which are sharper.",
)
@click.option(
    "--arithmetic",
    default="auto",
    show_default=True,
    metavar="auto|float|arb|mpmath",
    help="float: float64 with error bounds; arb: any precision; mpmath: a second opinion.",
)
@click.option("--rel-width", default="1e-3", show_default=True, metavar="W", help="Asked relative width of the bounds.")
@click.option(
    "--max-bits", type=int, default=4096, show_default=True, metavar="BITS", help="Precision at which to give up."
)
@click.option(
    "--gram",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE.npy",
    help="A matrix of your own instead of a network.",
)
@click.option(
    "--radius", type=click.Path(path_type=Path), default=None, metavar="FILE.npy", help="Radii of its entries."
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="Keep the state of a streaming proof here, and go on from it.",
)
@click.option(
    "--require",
    type=click.Choice(["positive", "singular"]),
    default=None,
    help="Exit 1 if the other verdict is proved.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, metavar="FILE.cert", help="Write the certificate here."
)
@click.option(
    "--report", type=click.Path(path_type=Path), default=None, metavar="DIR", help="Write a page about it here."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@worker_options
@click.pass_context
def prove_command(context: click.Context, /, data: str, network: str, **options: Any) -> int:
    """Decide whether a Gram matrix is positive definite, with proof.

    DATA is a bundled set (iris, wine, breast_cancer, digits) or a path ending in .csv, .npy or .npz.

    \b
    certify prove iris --normalize unit --out iris.cert
    certify prove points.csv --network "serial(Dense(W_var=2), Relu(), Dense())" --kernel nngp --json
    """
    from certify.proofs import prove, prove_matrix, summarise

    out, report = options["out"], options["report"]
    if report is not None:
        from reports import write_page
    if out is not None:
        require_writable(out)
    if report is not None and report.exists() and not report.is_dir():
        raise InputError(f"the report directory {str(report)!r} is a file: name a directory.")
    started = time.perf_counter()
    with (
        tiles_on_workers(options["workers"], options["scheduler"]),
        progress_bar(options["quiet"]) as progress,
    ):
        common = {"rel_width": options["rel_width"], "max_bits": options["max_bits"], "progress": progress}
        if options["gram"] is not None:
            _refuse_with_gram(context)
            certificate = prove_matrix(options["gram"], options["radius"], **common)
        else:
            if options["radius"] is not None:
                raise InputError("--radius was given without --gram: it holds the radii of a matrix of your own.")
            keys = ("kernel", "normalize", "duplicates", "method", "arithmetic", "rows", "shape", "bound")
            certificate = prove(
                network, data, **{key: options[key] for key in keys}, resume=options["resume"], **common
            )
    proved = certificate.verdict != "undecided"
    if out is not None and proved:
        certificate.save(out)
    summary = summarise(certificate, seconds=time.perf_counter() - started, path=out if proved else None)
    if report is not None and proved:
        summary["report"] = str(write_page(certificate, report, name=None if out is None else out.stem))
    if options["as_json"]:
        click.echo(json.dumps(summary))
    elif not options["quiet"]:
        click.echo(_sentences(summary, spoken_bounds(**certificate.claim["lambda_min"])))
    _warn(certificate, options)
    if not proved:
        return 3
    required = options["require"]
    return 1 if required is not None and certificate.verdict != VERDICT_OF[required] else 0


def _refuse_with_gram(context: click.Context) -> None:
    for name in ("data", "network", "kernel", "normalize", "duplicates", "rows", "shape", "method", "arithmetic"):
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise InputError(
                f"--gram and {name if name == 'data' else '--' + name} do not go together: a given matrix has "
                "no network and no points."
            )


def _sentences(summary: dict[str, Any], spoken: str) -> str:
    lines = [paint(summary["verdict"]), spoken]
    data = summary["data"]
    if summary["network"] is None:
        lines.append(f"given matrix {data['name']}, {summary['n']} x {summary['n']}")
    else:
        dropped = (
            f", {data['duplicates']} duplicate{'s' if data['duplicates'] > 1 else ''} dropped"
            if data["duplicates"]
            else ""
        )
        unit = ", unit rows" if summary["normalize"] == "unit" else ""
        lines.append(f"{summary['kernel'].upper()} of {summary['network']}")
        lines.append(f"on {data['name']}: {summary['n']} points of dimension {data['columns']}{unit}{dropped}")
    lines.append(f"by {summary['reason']} ({summary['seconds']:.2f} s)")
    if summary["certificate"] is not None:
        lines.append(f"certificate {summary['certificate']}; verify it with: certify check {summary['certificate']}")
    elif summary["verdict"] != "undecided":
        lines.append("nothing was kept: --out FILE.cert writes the proof")
    if "report" in summary:
        lines.append(f"page {summary['report']}")
    return "\n".join(lines)


def _warn(certificate: Certificate, options: dict[str, Any]) -> None:
    lower, upper = certificate.lambda_min
    if certificate.verdict == "undecided":
        written = ", no certificate was written" if options["out"] is not None else ""
        advice = f"try a larger --max-bits than {options['max_bits']}"
        if certificate.method == "streaming":
            advice = "the points are too crowded for a streaming proof, try --method dense"
        if certificate.method == "theorem":
            advice = "the theorem decides nothing here, try --method dense"
        click.echo(f"certify: undecided at {certificate.bits} bits{written}; {advice}.", err=True)
    elif lower is not None and upper - lower > exact_rational(options["rel_width"], "--rel-width") * abs(lower):
        click.echo(
            f"certify: warning: the bounds are wider than --rel-width {options['rel_width']}; the verdict stands.",
            err=True,
        )
