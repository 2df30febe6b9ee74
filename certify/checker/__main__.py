"""Runs the checker, as `python -m certify.checker` or by the path of its folder.

By path there is no package, so the folder is loaded as one, under a name of its own and without touching `sys.path`.
"""

import importlib.util
import os
import pathlib
import sys
from collections.abc import Callable

_NAME = "standalone_checker"


def _load_main() -> Callable[[], int]:
    if __package__:
        from . import main

        return main
    folder = pathlib.Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(
        _NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load the checker from {folder}")
    package = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = package
    spec.loader.exec_module(package)
    loaded: Callable[[], int] = package.main
    return loaded


def _run() -> int:
    try:
        code = _load_main()()
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads on: Python's own traceback would exit with 1, which means an invalid proof.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    return code


if __name__ == "__main__":
    sys.exit(_run())
