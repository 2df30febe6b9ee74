"""`certify report`."""

from __future__ import annotations

from pathlib import Path

import click

from certify.certificate import load
from certify.cli.checking import EXIT, worst
from certify.errors import InputError

PYTHON_ENGINE_ROWS = 600


@click.command("report")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE_OR_DIR...")
@click.option("--out", type=click.Path(path_type=Path), default=Path("report"), show_default=True, metavar="DIR")
def report_command(sources: tuple[Path, ...], out: Path) -> int:
    """Write one self-contained page for every certificate that verifies.

    Each file is checked first, by the python engine or, above 600 points, by the flint engine; a file that does not
    verify gets no page, and the exit code is that of certify check.
    """
    from certify.proofs import check
    from reports import write_page

    files: list[Path] = []
    for source in sources:
        found = sorted(source.glob("*.cert")) if source.is_dir() else [source]
        if not found:
            raise InputError(f"the directory {str(source)!r} holds no file ending in .cert: name another one.")
        files.extend(found)
    if out.exists() and not out.is_dir():
        raise InputError(f"the report directory {str(out)!r} is a file: name a directory.")
    codes = {0}
    for file in files:
        certificate = load(file)
        engine = "python" if certificate.n <= PYTHON_ENGINE_ROWS else "flint"
        answer = check(file, engine=engine, accept_assumptions=True)
        if answer.valid:
            click.echo(str(write_page(certificate, out, name=file.stem)))
        else:
            codes.add(EXIT[answer.status])
            click.echo(answer.text(str(file)), err=True)
    return worst(codes)
