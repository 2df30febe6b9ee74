"""The checker: verifies a certificate with the Python standard library and nothing else.

It shares no code with the rest of `certify`: formulas, arithmetic and parsing are a second derivation.  It also runs
by its path, where nothing is installed: `python -I -S certify/checker FILE`.
"""

from .answers import Result
from .command import exit_code, main, settle
from .engine import check_file

__all__ = ["Result", "check_file", "exit_code", "main", "settle"]
