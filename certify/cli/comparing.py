"""`certify compare`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from certify.cli.checking import EXIT, worst
from certify.errors import InputError

DEFAULT = Path("cases")


@click.command("compare")
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE_OR_DIR]...")
@click.option("--prove", "proving", is_flag=True, help="First prove the bundled cases that the directory lacks.")
@click.option("--markdown", is_flag=True, help="Print the table as Markdown.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--quiet", is_flag=True, help="No progress on standard error.")
def compare_command(sources: tuple[Path, ...], proving: bool, markdown: bool, as_json: bool, quiet: bool) -> int:
    """Float64 beside proof: what numpy says of every matrix whose certificate verifies.

    Every certificate is checked; then numpy's eigvalsh and cholesky are asked about the same matrix, its entries
    rounded to nearest. Without a source the directory is `cases`.

    \b
    certify compare --prove                      49 cases on bundled data into the directory cases, then the table
    certify compare cases --markdown > table.md
    certify compare iris.cert

    Exit codes are those of certify check.
    """
    from reports import cases

    sources = sources or (DEFAULT,)

    def report(line: str) -> None:
        if not quiet:
            click.echo(line, err=True)

    if proving:
        if len(sources) > 1 or sources[0].is_file():
            raise InputError("--prove was given files: name the one directory that takes the certificates.")
        cases.prove_cases(sources[0], report=report)
    files: list[Path] = []
    for source in sources:
        found = sorted(source.glob("*.cert")) if source.is_dir() else [source]
        if not found or not source.exists():
            raise InputError(
                f"there is no certificate at {str(source)!r}: make the bundled ones with certify compare --prove."
            )
        files += found
    rows, refused = cases.read_rows(files, report)
    if as_json:
        click.echo(json.dumps({**cases.rows_json(rows), "refused": refused}))
    else:
        click.echo(cases.markdown(rows, "`{name}.cert`").rstrip() if markdown else cases.text_table(rows))
    for file, reason in refused.items():
        click.echo(f"certify: {file} does not verify: {reason}", err=True)
    return worst({0, *(EXIT[reason.partition(":")[0]] for reason in refused.values())})
