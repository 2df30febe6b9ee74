"""The mutation gate: `python tests/mutation/run.py`.

Every mutant of the checker is tried, each in a forked child, against recorded answers, the corpus and the unit tests of
the checker.  The gate fails where a mutant survives that survivors.toml does not explain, and where an explanation is
stale.  A run that was stopped goes on where it was.

After a change of the checker: `run.py --believe-kills FILE...` tries the mutants of the changed files; `sharpen.py`
records answers that tell survivors from the checker; what is left needs a forged file in tests/certificates, a unit
test, a simpler checker, or a line in survivors.toml, in that order.  `run.py --believe-kills` then tries all that is
not known to be killed, and `run.py --again` everything.  Sources and tests must not be edited while it runs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "certificates"), str(HERE.parent / "unit" / "checker")]

# Imported once, before children are forked; the checker itself is imported by each child.
import hypothesis  # noqa: E402, F401
import mpmath  # noqa: E402, F401
import numpy  # noqa: E402, F401
from corpus import FOLDERS, Case, load_cases, sharpened_cases  # noqa: E402
from corpus import HERE as CORPUS  # noqa: E402
from forking import DIED, LATE, run_all  # noqa: E402
from mutants import Mutant, Name, mutants_of  # noqa: E402
from planting import CHECKER, plant  # noqa: E402
from survivors import SURVIVORS, Explained, read_survivors, spelled  # noqa: E402
from tqdm import tqdm  # noqa: E402
from trials import BROKEN, UNIT_TESTS, Trial, Trials, first_failure, measure  # noqa: E402

STATE = HERE / ".state.jsonl"
KILLED, SURVIVED, STOPPED = "killed", "survived", "stopped"
# Seconds for a mutant beside those of its trials, and seconds of unit tests for one mutant.
PATIENCE = 60.0
UNIT_SECONDS = 4.0


def digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def fingerprint() -> str:
    """A digest of every source and certificate that a result depends on."""
    folders = (CHECKER, CORPUS, *UNIT_TESTS, HERE)
    return digest(
        [
            path
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.suffix in (".py", ".cert", ".json") and path.is_file()
        ]
    )


class Results:
    """What is known of every mutant, in a file to which every result is added at once.

    A result stands while no source and no certificate changes.  With `believe_kills` a kill stands while the mutated
    file itself does not change.
    """

    def __init__(self, believe_kills: bool) -> None:
        self.stamp = fingerprint()
        self.files = {path.name: digest([path]) for path in CHECKER.glob("*.py")}
        self.known: dict[Name, dict[str, Any]] = {}
        lines = STATE.read_text(encoding="utf-8").splitlines() if STATE.exists() else []
        for line in lines:
            entry = json.loads(line)
            name = Name(*entry["name"])
            killed_before = believe_kills and entry["result"] != SURVIVED and entry["file"] == self.files.get(name.file)
            if entry["stamp"] == self.stamp or killed_before:
                self.known[name] = entry

    def add(self, name: Name, result: str, by: str) -> None:
        parts = [name.file, name.function, name.before, name.after, name.number]
        entry = {"name": parts, "result": result, "by": by, "stamp": self.stamp, "file": self.files[name.file]}
        self.known[name] = entry
        with STATE.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")


def all_mutants(explained: Explained) -> list[Mutant]:
    """Every mutant of the checker outside the functions that are left out."""
    return [
        mutant
        for path in sorted(CHECKER.glob("*.py"))
        for mutant in mutants_of(path.read_text(encoding="utf-8"), path.name, str(path))
        if not explained.leaves_out(mutant.name)
    ]


def _affordable(tests: Iterable[Trial]) -> list[Trial]:
    """Tests of at most UNIT_SECONDS together: half of that for those that reach few functions, then quick ones."""
    tests = list(tests)
    chosen: list[Trial] = []
    seconds = 0.0
    for order, limit in ((tests, UNIT_SECONDS / 2), (sorted(tests, key=lambda trial: trial.seconds), UNIT_SECONDS)):
        for trial in order:
            if trial not in chosen and seconds + trial.seconds <= limit:
                chosen.append(trial)
                seconds += trial.seconds
    return chosen


class Plan:
    """Which trials may tell a mutant from the checker: those that reach the changed function, its own answers first."""

    def __init__(self, cases: tuple[Case, ...], trials: Trials) -> None:
        self.cases, self.trials = cases, trials
        everything = (*trials.answers, *trials.cases, *trials.tests)
        self.reached = {function for trial in everything for function in trial.functions} - trials.at_import

    def chosen(self, name: Name) -> Trials:
        function = (name.file, name.function)

        def reaching(trials: list[Trial]) -> list[Trial]:
            return trials if function not in self.reached else [t for t in trials if function in t.functions]

        own = (f"{name.file.removesuffix('.py')}:{name.function}", f"{name.file.removesuffix('.py')}:")
        answers = sorted(
            reaching(self.trials.answers), key=lambda trial: (trial.key != own[0], not trial.key.startswith(own[1]))
        )
        tests = _affordable(reaching(self.trials.tests))
        return replace(self.trials, answers=answers, cases=reaching(self.trials.cases), tests=tests)

    def work(self, mutant: Mutant) -> tuple[Mutant, Callable[[], Any], float]:
        chosen = self.chosen(mutant.name)

        def work() -> Any:
            plant(mutant.name.file, mutant.code)
            return first_failure(self.cases, chosen)

        return mutant, work, PATIENCE + 10 * sum(t.seconds for t in (*chosen.answers, *chosen.cases, *chosen.tests))


def measured_trials(cases: tuple[Case, ...]) -> Trials:
    """The trials of the checker as it is.  Exits where one of them fails without a mutant."""

    def work() -> Any:
        try:
            return measure(cases)
        except RuntimeError as error:
            return str(error)

    ((_, answer),) = run_all(iter([(None, work, 900.0)]), 1)
    if isinstance(answer, str):
        sys.exit(answer if answer not in (DIED, LATE) else "the trials cannot be measured")
    return answer


def copied(cases: tuple[Case, ...], folder: Path) -> tuple[Case, ...]:
    """The corpus in another place, where nobody builds it anew while the gate runs."""
    for name in FOLDERS:
        shutil.copytree(CORPUS / name, folder / name)
    return tuple(replace(case, path=folder / case.path.relative_to(CORPUS)) for case in cases)


def control(plan: Plan) -> None:
    """Exits where a module that is planted unchanged does not survive every trial, since then kills mean nothing."""
    path = CHECKER / "interval.py"
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")

    def work() -> Any:
        plant(path.name, code)
        return first_failure(plan.cases, plan.trials)

    ((_, answer),) = run_all(iter([(None, work, 900.0)]), 1)
    if answer is not None:
        sys.exit(f"the checker does not survive without a mutation: {answer}")


def campaign(mutants: list[Mutant], results: Results, children: int, seconds: float) -> bool:
    """Tries the mutants of which nothing is known; False where the time was over first."""
    waiting = [mutant for mutant in mutants if mutant.name not in results.known]
    if not waiting:
        return True
    with tempfile.TemporaryDirectory() as folder:
        cases = (*copied(load_cases(), Path(folder)), *sharpened_cases(Path(folder)))
        plan = Plan(cases, measured_trials(cases))
        control(plan)
        stop = time.monotonic() + seconds
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        works: Iterator[Any] = (plan.work(mutant) for mutant in waiting if time.monotonic() < stop)
        counts: Counter[str] = Counter()
        with tqdm(total=len(waiting), unit="mutant", smoothing=0.05) as bar:
            for mutant, answer in run_all(works, children):
                result = {None: SURVIVED, LATE: STOPPED}.get(answer, KILLED)
                if str(answer).startswith(BROKEN):
                    result = BROKEN  # the tests were edited meanwhile: not remembered, so tried again
                else:
                    results.add(mutant.name, result, str(answer))
                counts[result] += 1
                bar.set_postfix(counts, refresh=False)
                bar.update()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{sum(counts.values())} mutants took {spent / 60:.1f} minutes of processor time")
    return all(mutant.name in results.known for mutant in mutants)


def verdict(mutants: list[Mutant], results: Results, explained: Explained, whole: bool) -> int:
    """Prints what there is to say and returns the exit code."""
    counts = Counter(results.known[mutant.name]["result"] for mutant in mutants if mutant.name in results.known)
    survived = {m.name for m in mutants if results.known.get(m.name, {}).get("result") == SURVIVED}
    unexplained = [mutant for mutant in mutants if mutant.name in survived and mutant.name not in explained.reasons]
    stale: list[Name] = []
    if whole:
        certainly = {m.name for m in mutants if results.known.get(m.name, {}).get("result") in (SURVIVED, STOPPED)}
        stale = sorted(name for name in explained.reasons if name not in certainly)
    for mutant in unexplained:
        print(f"SURVIVED  line {mutant.line} of {mutant.name}\n{spelled(mutant.name)}")
    for name in stale:
        print(f"STALE     {name}")
    print(
        f"{sum(counts.values())} of {len(mutants)} mutants tried: {counts[KILLED]} killed, {counts[STOPPED]} stopped "
        f"after their time, {counts[SURVIVED]} survived, {len(unexplained)} of them unexplained; "
        f"{len(stale)} explanations in {SURVIVORS.name} are stale"
    )
    return 1 if unexplained or stale else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", help="files of the checker, such as interval.py; all of them by default")
    parser.add_argument("--children", type=int, default=2, help="mutants tried at a time")
    parser.add_argument("--minutes", type=float, default=60, help="stop trying after so many minutes")
    parser.add_argument("--again", action="store_true", help="forget the results of earlier runs")
    parser.add_argument("--believe-kills", action="store_true", help="keep kills although tests have changed since")
    options = parser.parse_args()
    if options.again:
        STATE.unlink(missing_ok=True)
    explained = read_survivors()
    results = Results(options.believe_kills)
    mutants = [
        mutant
        for mutant in all_mutants(explained)
        if (mutant.name.file in options.files if options.files else not explained.waits(mutant.name))
    ]
    if options.files:
        mutants.sort(key=lambda mutant: options.files.index(mutant.name.file))
    finished = campaign(mutants, results, options.children, 60 * options.minutes)
    code = verdict(mutants, results, explained, finished and not options.files)
    if explained.waiting and not options.files:
        print(f"not under the gate yet: {', '.join(sorted(explained.waiting))}")
    if not finished:
        print("the time is over before every mutant was tried: run it again to go on")
    return code if finished else 1


if __name__ == "__main__":
    sys.exit(main())
