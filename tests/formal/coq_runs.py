"""Running coqc: where it is, what it needs, what it prints."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 1800
REALS = frozenset(
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
MACHINE = ("PrimInt63.", "Uint63.", "Sint63.")


@dataclass(frozen=True)
class Run:
    """One run of coqc: whether it accepted the file, its processor seconds, the axioms printed, its messages."""

    accepted: bool
    seconds: float
    axioms: frozenset[str]
    messages: str


def missing() -> str | None:
    """Why Coq cannot be run here, or None."""
    if shutil.which("coqc") is None:
        return "coqc is not installed: apt-get install coq libcoq-interval on Debian 12"
    probe = subprocess.run(["coqc", "-where"], capture_output=True, text=True, check=True).stdout.strip()
    if not (Path(probe) / "user-contrib" / "Interval").is_dir():
        return "coq-interval is not installed: apt-get install libcoq-interval on Debian 12"
    return None


def version() -> str:
    """The version of Coq, as `coqc` states it."""
    return subprocess.run(["coqc", "-print-version"], capture_output=True, text=True, check=True).stdout.split()[0]


def run_coqc(path: Path, library: Path) -> subprocess.CompletedProcess[str]:
    """One run of coqc in the folder of the file."""
    return subprocess.run(
        ["coqc", "-q", "-Q", str(library), "NTK", path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def timed(path: Path, library: Path) -> Run:
    """The same with its processor time and what Print Assumptions listed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = run_coqc(path, library)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(answer.returncode == 0, seconds, axioms_of(answer.stdout), answer.stderr)


def axioms_of(output: str) -> frozenset[str]:
    """The names that Print Assumptions lists."""
    listed = output.partition("Axioms:")[2]
    return frozenset(re.findall(r"^([A-Za-z_][\w.]*)(?= :|$)", listed, re.MULTILINE))


def stated(axioms: frozenset[str], integers: str) -> bool:
    """Whether a theorem that was accepted rests on nothing but what is stated for these integers."""
    beyond = axioms - REALS
    return not beyond if integers == "binary" else all(name.startswith(MACHINE) for name in beyond)
