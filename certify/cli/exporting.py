"""`certify export`."""

from __future__ import annotations

from pathlib import Path

import click

from certify.certificate import load, require_writable, write_whole
from certify.errors import InputError

PYTHON_ENGINE_ROWS = 60


@click.command("export")
@click.argument("source", type=click.Path(path_type=Path), metavar="CERT")
@click.option("--to", "target", type=click.Choice(["coq"]), required=True, help="The proof assistant.")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE.v", help="Write the theorem here.")
@click.option(
    "--integers",
    type=click.Choice(["binary", "machine"]),
    default="binary",
    show_default=True,
    help="binary: no axiom beyond the reals; machine: faster, with the axioms of 63-bit integers.",
)
@click.option(
    "--library",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Write the library's files here and import them, instead of putting the library into FILE.v.",
)
def export_command(source: Path, target: str, out: Path, integers: str, library: Path | None) -> int:
    """Turn a certificate into a theorem that a proof assistant accepts.

    The certificate is checked first. FILE.v states the points, the kernel and the bounds, and proves them by
    computation inside Coq.

    \b
    certify export iris.cert --to coq --out iris.v
    coqc iris.v
    """
    from certify.formal import export_coq, write_library
    from certify.proofs import check

    require_writable(out)
    if out.suffix != ".v" or not out.stem.isidentifier() or not out.stem.isascii():
        raise InputError(
            f"the output {str(out)!r} is no name that Coq accepts: use letters, digits and _ before the ending .v."
        )
    certificate = load(source)
    engine = "python" if certificate.n <= PYTHON_ENGINE_ROWS else "flint"
    answer = check(source, engine=engine, accept_assumptions=True)
    if not answer.valid:
        raise InputError(
            f"the certificate {str(source)!r} is {answer.status} ({answer.reason.rstrip('.')}): only one that verifies "
            "is exported."
        )
    theorem = export_coq(certificate, integers=integers, standalone=library is None)
    if library is None:
        compile_line = f"coqc {out}"
    else:
        files = [str(path) for path in write_library(library)]
        click.echo("\n".join(f"library {file}" for file in files))
        compile_line = f"for f in {' '.join(files)}; do coqc -Q {library} NTK $f; done; coqc -Q {library} NTK {out}"
    write_whole(out, theorem.text)
    entries = "" if theorem.precision is None else f", entries enclosed by Coq to {theorem.precision} bits"
    click.echo(f"theorem {out}: {theorem.n} points{entries}")
    click.echo(f"verify it with: {compile_line}")
    return 0
