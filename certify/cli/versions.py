"""`certify --version`: the versions that the numbers depend on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import click

from certify import __version__
from certify.certificate.document import SHAPED_VERSION, VERSION

VERSION_HELP = "Show the versions that matter and exit."
_LIBRARIES = ("python-flint", "mpmath", "numpy", "scipy", "hypothesis")


def show_versions(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    """Print the versions of the package, of Python and of the libraries that compute, and leave."""
    if not wanted or context.resilient_parsing:
        return
    click.echo(f"certify {__version__}")
    click.echo(f"Python {platform.python_version()}")
    for name in _LIBRARIES:
        click.echo(f"{name} {_version_of(name)}")
    click.echo(f"certificate formats {VERSION} and {SHAPED_VERSION}")
    context.exit()


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
