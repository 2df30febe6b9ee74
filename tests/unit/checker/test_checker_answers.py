"""The checker's functions answer to the last bit what they answered when answers.json was recorded.

Other tests show that the answers are right; here nobody can change them without noticing, since a proof that was valid
by one bit has to stay valid.  After a change that is meant, `python tests/unit/checker/record_answers.py` records anew.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from spelled_calls import answer, find

ANSWERS = json.loads((Path(__file__).parent / "answers.json").read_text(encoding="ascii"))


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_stay_as_they_are(name: str) -> None:
    module, _, qualified = name.partition(":")
    function = find(f"certify.checker.{module}", qualified)
    for call in ANSWERS[name]:
        said: dict[str, Any] = answer(function, call["arguments"], 10.0)
        assert {"arguments": call["arguments"], **said} == call
