"""Switching one check of the checker off lets exactly the attacks through that it refuses.

The index says of every attack which check refuses it.  With that check off, the attacks that get another answer (valid,
or a refusal for another reason) are those of the check and no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from corpus import load_cases

from certify.checker import canonical as canonical_form
from certify.checker import (
    check_file,
    engine,
    families,
    fields,
    limits,
    networks,
    numerals,
    points,
    proof_shape,
    rational_proofs,
    shape,
    whitened,
)
from certify.checker.relations import Relation

Off = Callable[[pytest.MonkeyPatch], None]
ATTACKS = [case for case in load_cases() if case.status != "valid"]


class Agreeable(str):
    """A text that is equal to every other."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = str.__hash__


def nothing(*_arguments: Any, **_options: Any) -> None:
    """A check that finds no fault."""


def itself(value: Any, *_arguments: Any) -> Any:
    """A reader that takes what it is given."""
    return value


def off(module: Any, name: str, instead: Any = nothing) -> Off:
    return lambda patch: patch.setattr(module, name, instead)


def unlimited(name: str) -> Off:
    return off(limits, name, 10**9)


def everything_is_sealed(patch: pytest.MonkeyPatch) -> None:
    honest = engine.read_certificate
    patch.setattr(engine, "read_certificate", lambda content: replace(honest(content), sealed=True))


def every_digest_fits(patch: pytest.MonkeyPatch) -> None:
    class Sha256:
        def __init__(self, _data: bytes) -> None:
            pass

        def hexdigest(self) -> str:
            return Agreeable()

    patch.setattr(points, "hashlib", SimpleNamespace(sha256=Sha256))


def every_text_is_canonical(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(canonical_form, "serialise", lambda _value: Agreeable())


def every_relation_lasts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(families, "follow", lambda network, start: ((), Relation.EQUAL))


def every_key_is_known(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(shape, "require_object", itself)
    patch.setattr(proof_shape, "require_object", itself)


def every_value_is_an_integer(patch: pytest.MonkeyPatch) -> None:
    for module in (shape, proof_shape, fields):
        patch.setattr(module, "require_integer", itself)


def every_hexadecimal_is_plain(patch: pytest.MonkeyPatch) -> None:
    for name in ("_HEX", "_HEXES"):
        patch.setattr(numerals, name, re.compile(".*", re.DOTALL))


CHECKS: dict[str, Off] = {
    "bounds follow from the proof": off(engine, "compare_bounds"),
    "verdict, bounds and kind of proof fit": off(engine, "check_bounds"),
    "the seal is the digest of the rest": everything_is_sealed,
    "digest of the file of points": every_digest_fits,
    "the text is the canonical one": every_text_is_canonical,
    "no zero row is normalised": off(engine, "first_zero_row"),
    "the Gram matrix is rational": off(rational_proofs, "require_rational"),
    "elimination meets invertible pivots": off(rational_proofs, "_regular", lambda *_: True),
    "the null vector's quadratic form vanishes": off(engine, "check_null_vector"),
    "the dimension count": off(engine, "check_rank"),
    "hypotheses of a family": off(engine, "check_family"),
    "row sums of the whitened matrix": off(whitened, "_require_dominance"),
    "hypotheses of the positivity theorem": off(engine, "check_theorem"),
    "hypotheses of a family: pairs": off(families, "_check_pair"),
    "relations through the network": every_relation_lasts,
    "hypotheses of a family: rays": off(families, "_check_rays"),
    "hypotheses of a family: two opposite pairs": off(families, "_check_two_opposite_pairs"),
    "hypotheses of a family: zero rows": off(families, "_check_zero_row"),
    "hypotheses of a family: zero kernel": off(families, "_check_zero_kernel"),
    "hypotheses of a family: constants": off(families, "_check_constant"),
    "hypotheses of a family: antipodal pairs": off(families, "_check_antipodal"),
    "hypotheses about shaped networks": off(engine, "check_shaped_family"),
    "kinds of proof for shaped networks": off(engine, "require_shaped_proof"),
    "exact keys": every_key_is_known,
    "integers are no booleans or strings": every_value_is_an_integer,
    "labels are flat": off(shape, "_labels", itself),
    "plain file names": off(shape, "checked_name", itself),
    "one spelling for hexadecimal integers": every_hexadecimal_is_plain,
    "one spelling for claimed decimals": off(numerals, "_CLAIMED", re.compile(r"\s*(.*?)e(.*)", re.DOTALL)),
    "order of layers": off(networks, "_check_order"),
    "weights that fit exist nearby": off(engine, "check_memorisation"),
    "fewer parameters than points": off(engine, "check_parameters"),
    "a combination of gradients vanishes": off(engine, "check_null_gradients"),
    "limit: nesting": unlimited("MAX_NESTING"),
    "limit: length of a number": unlimited("MAX_NUMBER_CHARACTERS"),
    "limit: decimal exponents": unlimited("MAX_DECIMAL_EXPONENT"),
    "limit: binary exponents": unlimited("MAX_BINARY_EXPONENT"),
    "limit: bits": unlimited("MAX_BITS"),
    "limit: columns": unlimited("MAX_COLUMNS"),
    "limit: points": unlimited("MAX_POINTS"),
    "limit: layers": unlimited("MAX_LAYERS"),
    "limit: degree": unlimited("MAX_DEGREE"),
    "limit: order": unlimited("MAX_ORDER"),
    "limit: ratio": unlimited("MAX_RATIO_BITS"),
    "limit: coefficients": unlimited("MAX_COEFFICIENTS"),
}


def passed() -> set[str]:
    """The attacks that get another answer than the index expects."""
    answers = [(case, check_file(case.path, limit_seconds=5)) for case in ATTACKS]
    return {case.name for case, answer in answers if not case.fits(answer.status, answer.reason)}


@pytest.mark.parametrize("check", CHECKS)
def test_one_check_switched_off(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKS[check](monkeypatch)
    let_through = passed()
    monkeypatch.undo()
    refused = {
        case.name for case in ATTACKS if any(f"{named}: ".startswith(f"{check}: ") for named in case.check.split("; "))
    }
    assert let_through == refused
    assert refused


def test_every_named_check_can_be_switched_off() -> None:
    assert {named for case in ATTACKS for named in case.check.split("; ") if named} <= CHECKS.keys()
    assert len(CHECKS) >= 15
