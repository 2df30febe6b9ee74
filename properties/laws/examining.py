"""One law, one subject, one case: an answer whatever happens."""

from __future__ import annotations

from typing import Any

from hypothesis.errors import HypothesisException

from certify.errors import InputError
from properties.laws.base import Law, Outcome, undecided, violated
from properties.subjects import KernelFailure, Subject


def examine(law: Law, subject: Subject, case: Any) -> Outcome:
    """The law's answer. Input that is refused leaves it undecided; a crash of the code under test violates it."""
    try:
        return law.check(subject, case)
    except HypothesisException:
        raise
    except InputError as error:
        return undecided(f"refused: {error}")
    except KernelFailure as error:
        return violated(str(error))
    except Exception as error:
        return violated(f"raised {type(error).__name__}: {error}")
