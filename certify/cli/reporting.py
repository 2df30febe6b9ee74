"""`certify report`."""

from __future__ import annotations

from pathlib import Path

import click

from certify.certificate import load
from certify.errors import InputError


@click.command("report")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE_OR_DIR...")
@click.option("--out", type=click.Path(path_type=Path), default=Path("report"), show_default=True, metavar="DIR")
def report_command(sources: tuple[Path, ...], out: Path) -> int:
    """Write one self-contained page for every certificate."""
    from reports import write_page

    files: list[Path] = []
    for source in sources:
        found = sorted(source.glob("*.cert")) if source.is_dir() else [source]
        if not found:
            raise InputError(f"the directory {str(source)!r} holds no file ending in .cert: name another one.")
        files.extend(found)
    if out.exists() and not out.is_dir():
        raise InputError(f"the report directory {str(out)!r} is a file: name a directory.")
    for file in files:
        click.echo(str(write_page(load(file), out, name=file.stem)))
    return 0
