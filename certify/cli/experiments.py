"""`certify experiments`."""

from __future__ import annotations

from pathlib import Path

import click

from certify.errors import InputError

NAMES = ("pyramids", "training")


@click.command("experiments")
@click.argument("name", type=click.Choice(NAMES))
@click.option("--out", type=click.Path(path_type=Path), default=Path("experiments"), show_default=True, metavar="DIR")
@click.option("--size", type=click.Choice(["small", "default", "full"]), default="default", show_default=True)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def experiments_command(name: str, out: Path, size: str, quiet: bool) -> int:
    """The papers' experiments with finite networks, beside what is proved: one page with plots.

    \b
    pyramids   smallest eigenvalues of small networks, certified (Bombari, Amani and Mondelli 2022)
    training   kernels and trained functions of wide networks in their proven limits (Jacot, Gabriel and Hongler 2018)

    A run that was stopped goes on where it was.

    \b
    certify experiments pyramids --size small --out experiments
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"the directory {str(out)!r} is a file: name a directory.")

    def report(line: str) -> None:
        if not quiet:
            click.echo(line, err=True)

    if name == "pyramids":
        from reports.experiments.pyramids import SIZES as DEFAULT_SIZES
        from reports.experiments.pyramids_page import write_pyramids

        sizes = {"small": (20, 40), "default": DEFAULT_SIZES, "full": (*DEFAULT_SIZES, 3200)}[size]
        page = write_pyramids(out, sizes, 1 if size == "small" else 3, report)
    else:
        from reports.experiments.training_page import write_experiments

        page = write_experiments(out, size, report)
    if not quiet:
        click.echo(f"page {page}")
    return 0
