"""Importing the checker with one of its modules changed, in a process that has not imported it yet."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).resolve().parents[2]
CHECKER = ROOT / "certify" / "checker"
PACKAGE = "certify.checker"


class _Planted(MetaPathFinder, Loader):
    """Finds one module of the checker and executes other code for it."""

    def __init__(self, file: str, code: CodeType) -> None:
        self.name, self.code = f"{PACKAGE}.{file.removesuffix('.py')}", code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return spec_from_loader(fullname, self, origin=self.code.co_filename) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)


def plant(file: str, code: CodeType) -> None:
    """From here on the module of the checker in this file is what the code makes it."""
    if PACKAGE in sys.modules:
        raise RuntimeError("the checker is imported already, so that nothing can be planted in it")
    sys.meta_path.insert(0, _Planted(file, code))
