"""The command line."""

from certify.cli.main import main

__all__ = ["main"]
