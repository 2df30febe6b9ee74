"""`certify finite` and `certify memorise`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from certify.certificate import Certificate, decimal_above, decimal_below, readable, require_writable, spoken_bounds
from certify.cli.progress import progress_bar
from certify.cli.proving import DEFAULT_NETWORK
from certify.errors import InputError

FINITE_NETWORK = "serial(Dense(20, b_var=1), Tanh(), Dense(20, b_var=1), Tanh(), Dense(1, b_var=1))"

_COMMON = (
    click.option("--network", default=FINITE_NETWORK, metavar="EXPR", show_default=True, help="Layers with widths."),
    click.option("--seed", type=int, default=0, show_default=True, help="Draws the weights."),
    click.option(
        "--weights", type=click.Path(path_type=Path), default=None, metavar="FILE.npz", help="Weights of your own."
    ),
    click.option("--rows", type=int, default=None, metavar="N", help="Take the first N rows of the file."),
    click.option("--max-bits", type=int, default=1024, show_default=True, metavar="BITS"),
    click.option(
        "--out", type=click.Path(path_type=Path), default=None, metavar="FILE.cert", help="Write the certificate here."
    ),
    click.option("--report", type=click.Path(path_type=Path), default=None, metavar="DIR", help="Write a page here."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
    click.option("--quiet", is_flag=True, help="Print nothing but errors."),
)


def _with_common(command: Any) -> Any:
    for option in reversed(_COMMON):
        command = option(command)
    return command


@click.command("finite")
@click.argument("data", default="iris", required=False)
@click.option("--duplicates", type=click.Choice(["drop", "keep", "error"]), default="drop", show_default=True)
@click.option("--rel-width", default="1e-3", show_default=True, metavar="W")
@_with_common
def finite_command(data: str, duplicates: str, rel_width: str, **options: Any) -> int:
    """The smallest eigenvalue of one finite network's empirical tangent kernel on DATA, with proof.

    \b
    certify finite digits --rows 1000 --network "serial(Dense(30, b_var=1), Tanh(), Dense(1, b_var=1))" --out net.cert
    """
    from certify.finite import prove_finite

    def work(progress: Any) -> Certificate:
        return prove_finite(
            options["network"],
            data,
            seed=options["seed"],
            weights=options["weights"],
            duplicates=duplicates,
            rel_width=rel_width,
            max_bits=options["max_bits"],
            rows=options["rows"],
            progress=progress,
        )

    return _run(work, options)


@click.command("memorise")
@click.argument("data", default="iris", required=False)
@click.option("--target", default=None, metavar="COLUMN", help="Column to fit, by name or index.  [required]")
@click.option("--tries", type=int, default=4, show_default=True, help="How many seeds to train from, at most.")
@click.option(
    "--columns",
    type=click.Choice(["nonzero", "all"]),
    default="nonzero",
    show_default=True,
    help="nonzero: drop features that are zero on every point.",
)
@click.option(
    "--descent", default=None, metavar="STEP", help="Prove instead that gradient descent converges; STEP or auto."
)
@click.option("--steps", type=int, default=20_000, show_default=True, help="float64 steps before --descent gives up.")
@_with_common
def memorise_command(
    data: str, target: str | None, tries: int, columns: str, descent: str | None, steps: int, **options: Any
) -> int:
    """Train one finite network on DATA, then prove that weights nearby fit every target exactly.

    \b
    certify memorise digits --target target --rows 200 --out memory.cert \\
      --network "serial(Dense(8, b_var=1), Tanh(), Dense(8, b_var=1), Tanh(), Dense(1, b_var=1))"
    """
    from certify.finite import memorise

    if target is None:
        raise InputError("no target was given: name the column to fit with --target.")

    if descent is not None:
        return _descend(data, target, descent, steps, options)

    def work(progress: Any) -> Certificate:
        return memorise(
            options["network"],
            data,
            target,
            seed=options["seed"],
            weights=options["weights"],
            tries=tries,
            max_bits=options["max_bits"],
            rows=options["rows"],
            columns=columns,
            progress=progress,
        )

    return _run(work, options, memorising=True)


@click.command("promise")
@click.argument("data", default="iris", required=False)
@click.option("--network", default=DEFAULT_NETWORK, show_default=True, metavar="EXPR", help="One hidden layer.")
@click.option("--width", type=int, default=None, metavar="N", help="Hidden units of the finite network.")
@click.option("--share", default="1/2", show_default=True, help="Part of the limit's eigenvalue that is to be kept.")
@click.option("--failure", default="1/100", show_default=True, help="Allowed probability of failure.")
@click.option("--normalize", type=click.Choice(["unit", "none"]), default="none", show_default=True)
@click.option("--rows", type=int, default=None, metavar="N", help="Take the first N rows of the file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def promise_command(data: str, network: str, as_json: bool, **options: Any) -> int:
    """What the proven limit promises a finite network on DATA, by theorems with explicit constants only.

    \b
    certify promise iris --rows 20 --normalize unit
    certify promise iris --rows 8 --width 1000000 --json
    """
    from certify.finite import promise

    found = promise(network, data, **options)
    summary = {
        "n": found.n,
        "eigenvalue": readable(decimal_below(found.eigenvalue, 12)),
        "floor": readable(decimal_below(found.floor, 12)),
        "failure": str(found.failure),
        "width": found.width,
        "asked": found.asked,
        "probability": None if found.probability is None else readable(decimal_below(found.probability, 12)),
        "silent": list(found.silent),
    }
    if as_json:
        click.echo(json.dumps(summary))
    else:
        click.echo(f"{found.n} points; the limit's features have lambda_min >= {summary['eigenvalue']}, proved")
        if found.width is not None:
            click.echo(
                f"{found.width} hidden units suffice for lambda_min(K) >= {summary['floor']} with a failure of at most "
                f"{found.failure} (matrix Chernoff bound)"
            )
        if found.asked is not None:
            click.echo(f"with {found.asked} units the probability is at least {summary['probability']}")
        for line in found.silent:
            click.echo(f"nothing from {line}")
    return 0 if found.width is not None else 3


def _descend(data: str, target: str, step: str, steps: int, options: dict[str, Any]) -> int:
    from certify.finite import prove_descent

    for name in ("out", "report"):
        if options[name] is not None:
            raise InputError(f"--{name} does not go with --descent: this proof leaves no certificate.")
    proof = prove_descent(
        options["network"],
        data,
        target,
        None if step == "auto" else step,
        seed=options["seed"],
        weights=options["weights"],
        steps=steps,
        rows=options["rows"],
        max_bits=options["max_bits"],
    )
    summary = {
        "converges": proof.converges,
        "steps": proof.steps,
        "step": str(proof.step),
        "rate": None if proof.rate is None else readable(decimal_above(proof.rate, 12)),
        "radius": None if proof.radius is None else readable(decimal_above(proof.radius, 6)),
        "residual": readable(decimal_above(proof.residual, 6)),
        "reason": proof.reason,
    }
    if options["as_json"]:
        click.echo(json.dumps(summary))
    elif proof.converges and not options["quiet"]:
        click.echo("gradient descent converges to zero loss, proved")
        click.echo(f"from the weights after {proof.steps} steps of float64 descent, step {proof.step}")
        click.echo(f"what is missing ({summary['residual']} there) shrinks by the factor {summary['rate']} a step")
        click.echo(f"all weights stay within distance {summary['radius']}; {proof.reason}")
    if not proof.converges:
        click.echo(f"certify: undecided after {proof.steps} steps: {proof.reason}.", err=True)
    return 0 if proof.converges else 3


def _run(work: Any, options: dict[str, Any], *, memorising: bool = False) -> int:
    out, report = options["out"], options["report"]
    if out is not None:
        require_writable(out)
    if report is not None and report.exists() and not report.is_dir():
        raise InputError(f"the report directory {str(report)!r} is a file: name a directory.")
    started = time.perf_counter()
    with progress_bar(options["quiet"]) as progress:
        certificate: Certificate = work(progress)
    proved = certificate.verdict != "undecided"
    if out is not None and proved:
        certificate.save(out)
    summary = _summary(certificate, out if proved else None)
    if report is not None and proved:
        from reports.finite_page import write_finite_page

        summary["report"] = str(write_finite_page(certificate, report, None if out is None else out.stem))
    summary["seconds"] = round(time.perf_counter() - started, 2)
    if options["as_json"]:
        click.echo(json.dumps(summary))
    elif not options["quiet"]:
        click.echo(_sentences(summary, certificate))
    decided = "distance" in certificate.claim if memorising else proved
    if not decided:
        what = "memorisation is undecided by this method" if memorising else "undecided"
        click.echo(f"certify: {what}: {certificate.reason}.", err=True)
    return 0 if decided else 3


def _summary(certificate: Certificate, out: Path | None) -> dict[str, Any]:
    claim, weights = certificate.claim, certificate.claim["weights"]
    parameters = sum(row.count(" ") + 1 for layer in weights["layers"] for row in layer)
    bounds = {key: None if value is None else readable(value) for key, value in claim["lambda_min"].items()}
    return {
        "verdict": certificate.verdict,
        "memorised": "distance" in claim,
        "distance": readable(claim["distance"]) if "distance" in claim else None,
        "lambda_min": bounds,
        "reason": certificate.reason,
        "n": certificate.n,
        "parameters": parameters,
        "columns": claim["points"]["columns"],
        "widths": [len(layer) for layer in weights["layers"]],
        "activation": claim["activation"],
        "data": dict(certificate.labels["data"]),
        "bits": certificate.bits,
        "certificate": None if out is None else str(out),
    }


def _sentences(summary: dict[str, Any], certificate: Certificate) -> str:
    claim = certificate.claim
    widths = "-".join(map(str, [summary["columns"], *summary["widths"]]))
    lines = []
    if summary["memorised"]:
        lines.append("memorised: every target is fitted exactly")
        lines.append(f"by weights within distance {summary['distance']} of the ones found")
    else:
        lines.append(summary["verdict"])
    if certificate.verdict != "undecided":
        lines.append(f"empirical tangent kernel: {spoken_bounds(**claim['lambda_min'])}")
    lines.append(f"network {widths} {summary['activation']}, {summary['parameters']} parameters")
    lines.append(
        f"on {summary['data']['name']}: {summary['n']} points ({summary['parameters'] / summary['n']:.3f} each)"
    )
    lines.append(f"by {summary['reason']} ({summary['seconds']:.2f} s)")
    if summary["certificate"] is not None:
        lines.append(f"certificate {summary['certificate']}; verify it with: certify check {summary['certificate']}")
    if "report" in summary:
        lines.append(f"page {summary['report']}")
    return "\n".join(lines)
