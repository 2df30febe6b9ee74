"""How far a campaign goes, stated in full: nothing is inherited from a Hypothesis profile that happens to be active."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hypothesis import Phase, Verbosity, settings
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase


@dataclass(frozen=True)
class Profile:
    """Examples of each law, and whether known falsifying examples are tried first and failures shrunk."""

    name: str
    examples: int
    reuse: bool = True
    shrink: bool = True

    @property
    def phases(self) -> tuple[Phase, ...]:
        chosen = [Phase.reuse] if self.reuse else []
        chosen += [Phase.generate, Phase.target]
        return tuple([*chosen, Phase.shrink] if self.shrink else chosen)


PROFILES = {profile.name: profile for profile in (Profile("dev", 50), Profile("ci", 300), Profile("nightly", 5000))}
"""dev: a look while writing code. ci: on every change, a minute or two. nightly: a quarter of an hour and more."""


def hypothesis_settings(profile: Profile, database: Path | None) -> settings:
    """Every setting of Hypothesis, by name.

    No deadline, since a proof near singularity may take its time; no health check is suppressed; examples are random
    (the seed is the campaign's), and falsifying ones are kept in `database` where there is one.
    """
    kept: ExampleDatabase | None = None if database is None else DirectoryBasedExampleDatabase(database)
    return settings(
        max_examples=profile.examples,
        derandomize=False,
        database=kept,
        verbosity=Verbosity.quiet,
        phases=profile.phases,
        stateful_step_count=1,
        report_multiple_bugs=False,
        suppress_health_check=(),
        deadline=None,
        print_blob=False,
        backend="hypothesis",
    )
