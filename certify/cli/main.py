"""The command `certify`: one line for every bad input, and the exit codes that scripts rely on."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from certify.arithmetic.environment import BrokenEnvironment
from certify.cli.auditing import audit_command
from certify.cli.checking import check_command, show_command
from certify.cli.comparing import compare_command
from certify.cli.experiments import experiments_command
from certify.cli.exporting import export_command
from certify.cli.finite import finite_command, memorise_command, promise_command
from certify.cli.gating import gate_command
from certify.cli.probing import probe_command
from certify.cli.proving import prove_command
from certify.cli.reporting import report_command
from certify.cli.reproducing import reproduce_command
from certify.cli.sections import SectionedGroup
from certify.cli.series import series_command
from certify.cli.spectra import spectrum_command
from certify.cli.training import train_command
from certify.cli.versions import VERSION_HELP, show_versions
from certify.errors import InputError


@click.group(cls=SectionedGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=show_versions, help=VERSION_HELP)
def cli() -> None:
    """Proofs about Neural Tangent Kernel matrices.

    \b
    certify prove iris --normalize unit --out iris.cert    decide and certify
    certify check iris.cert                                verify, trusting nothing in the file
    certify report iris.cert --out page                    a page to look at
    certify gate                                           recorded claims, proved again and compared
    """


# The extra of this package that brings a module which the core does without.
EXTRAS = {"jinja2": "report", "markupsafe": "report", "hypothesis": "audit", "distributed": "distributed"}

COMMANDS = (
    *(prove_command, check_command, show_command, report_command, compare_command),
    *(probe_command, audit_command, gate_command, series_command, spectrum_command, export_command),
    *(train_command, finite_command, memorise_command, promise_command, experiments_command, reproduce_command),
)

for command in COMMANDS:
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        result = cli.main(
            args=None if arguments is None else list(arguments), prog_name="certify", standalone_mode=False
        )
        sys.stdout.flush()
        return int(result or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        return _refuse(_one_line(error.format_message()))
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        return _refuse(f"this needs {error.name}, which is not installed: pip install 'ntk-certify[{extra}]'.")
    except (InputError, BrokenEnvironment) as error:
        return _refuse(_one_line(str(error)))
    except (KeyboardInterrupt, click.Abort):
        click.echo("certify: interrupted; nothing was written.", err=True)
        return 130
    except BrokenPipeError:
        # The reader has gone: leave quietly, and keep the interpreter from writing to the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _one_line(message: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in message).split())


def _refuse(message: str) -> int:
    click.echo(f"certify: {message}{'' if message.endswith(('.', '?')) else '.'}", err=True)
    return 2
