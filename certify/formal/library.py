"""The Coq library: where its sources lie, how they are written out, and how they become part of one file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from certify.certificate import write_whole
from certify.errors import InputError

NAMESPACE = "NTK"
BASE = ("Forms", "Matrices", "Polynomials", "Activations", "Kernels", "Duals")
ENCLOSURES = ("Arctangent", "Functions", "AngularEnclosures", "SmoothEnclosures", "Evaluation", "Entries")
COMMON = (*BASE, *ENCLOSURES)
CHECKERS = {"binary": "BinaryIntegers", "machine": "MachineIntegers"}
THEORY = ("Positivity", "Expectations")
"""What stands beside the exported theorems: no file rests on it."""
SINGULAR = (
    "Gradings",
    "Proportional",
    "Singular",
    "Vanishing",
    "Antipodal",
    "Rational",
    "Homogeneous",
    "Dimension",
    "FiniteRank",
)

_OUTSIDE = re.compile(r"^(From Interval )?Require Import ([^.]*)\.$", re.MULTILINE)
_INSIDE = re.compile(rf"^From {NAMESPACE} Require (Import|Export) ([^.]*)\.$", re.MULTILINE)


def source(module: str) -> str:
    """The text of one file of the library."""
    return (resources.files("certify.formal") / "coq" / f"{module}.v").read_text(encoding="ascii")


def modules_for(integers: str) -> tuple[str, ...]:
    """The files that bounds proved on these integers ("binary" or "machine") rest on, in the order of compilation."""
    return (*COMMON, CHECKERS[integers])


def all_modules() -> tuple[str, ...]:
    """Every file of the library, in the order of compilation."""
    return (*COMMON, *SINGULAR, *CHECKERS.values(), *THEORY)


def write_library(folder: Path) -> list[Path]:
    """Write the sources of the whole library into a folder, created if need be, in the order of compilation.

    Raises InputError where that is not possible.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the library folder {str(folder)!r} cannot be made ({error.strerror}): choose another place."
        ) from None
    paths = []
    for module in all_modules():
        path = folder / f"{module}.v"
        write_whole(path, source(module))
        paths.append(path)
    return paths


def inlined(modules: Sequence[str]) -> str:
    """The library as a part of one file: every source a module of its name.

    What the sources require is required once, at the top, since a module must not load files; inside, it is imported.
    """
    required: list[str] = []
    parts: list[str] = []
    for module in modules:
        text = source(module)
        for match in _OUTSIDE.finditer(text):
            line = f"{match[1] or ''}Require {match[2]}."
            if line not in required:
                required.append(line)
        text = _OUTSIDE.sub(r"Import \2.", text)
        text = _INSIDE.sub(r"\1 \2.", text)
        parts.append(f"Module {module}.\n{text}\nEnd {module}.\n")
    return "\n".join(required) + "\n\n" + "\n".join(parts)
