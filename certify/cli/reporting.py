"""`certify report`."""

from __future__ import annotations

from pathlib import Path

import click

from certify.certificate import load
from certify.cli.checking import EXIT, worst
from certify.cli.progress import progress_bar
from certify.errors import InputError

PYTHON_ENGINE_ROWS = 600


@click.command("report")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE_OR_DIR...")
@click.option("--out", type=click.Path(path_type=Path), default=Path("report"), show_default=True, metavar="DIR")
@click.option("--quiet", is_flag=True, help="Print nothing but what is wrong.")
def report_command(sources: tuple[Path, ...], out: Path, quiet: bool) -> int:
    """Write pages to look at: one for a certificate, a whole site for a folder.

    Certificates alone become one self-contained page each. As soon as a folder or a JSON report (of probe, audit, gate,
    reproduce, the benchmarks, or Coq) is named, the pages become a site with the index DIR/index.html: a page for every
    certificate, theorem, paper, audit, campaign and benchmark. No scripts, no network; it opens from the disk.

    Each certificate is checked first; one that does not verify gets no page, and the exit code is that of certify
    check. A site names it on its index, with the reason, and goes on.

    \b
    certify report iris.cert --out page
    certify report reports/benchmarks cases --out site
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"the report directory {str(out)!r} is a file: name a directory.")
    if any(source.is_dir() or source.suffix == ".json" for source in sources):
        return _site(sources, out, quiet)
    return _pages(sources, out, quiet)


def _site(sources: tuple[Path, ...], out: Path, quiet: bool) -> int:
    from reports.site import build_site

    with progress_bar(quiet) as progress:
        site = build_site(sources, out, progress)
    if not quiet:
        click.echo(str(site.index))
    for problem in site.problems:
        click.echo(f"certify: {problem.shown}: {problem.status}: {problem.reason}", err=True)
    return worst({0, *(EXIT.get(problem.status, 2) for problem in site.problems)})


def _pages(files: tuple[Path, ...], out: Path, quiet: bool) -> int:
    from certify.proofs import check
    from reports import write_page

    codes = {0}
    for file in files:
        certificate = load(file)
        engine = "python" if certificate.n <= PYTHON_ENGINE_ROWS else "flint"
        answer = check(file, engine=engine, accept_assumptions=True)
        if answer.valid:
            page = str(write_page(certificate, out, name=file.stem))
            if not quiet:
                click.echo(page)
        else:
            codes.add(EXIT[answer.status])
            click.echo(answer.text(str(file)), err=True)
    return worst(codes)
