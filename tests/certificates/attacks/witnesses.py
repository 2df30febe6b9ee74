"""Witnesses of numerical proofs that do not show what is claimed."""

from collections.abc import Iterator

from forging import Attack, change, drop, invalid, malformed, one_unit, put, unsupported, word

from attacks.bounds import COMPARED, LOWER, UPPER


def shifts() -> Iterator[Attack]:
    unit = change("claim/lambda_min/lower", lambda text: one_unit(text, 1))
    what, edit = "The shift is halved, which loses half of the bound.", change("proof/shift/exponent", lambda e: e - 1)
    yield invalid("shift-exponent-lowered", "relu", LOWER, COMPARED, what, edit)
    what = "The shift is raised, which the residual pays for, and the bound by one unit."
    edit = word("proof/shift/value", 0, lambda x: x + 1)
    yield invalid("shift-raised", "relu", LOWER, COMPARED, what, edit, unit)
    what, edit = "The shift has the other sign.", word("proof/shift/value", 0, lambda x: -x)
    yield invalid("shift-negated", "erf", LOWER, COMPARED, what, edit)
    what = "The shift is raised beyond the eigenvalue, which the residual pays for, and the bound by one unit."
    edit = word("proof/shift/value", 0, lambda x: 3 * x)
    yield invalid("shift-raised-far", "gram", LOWER, COMPARED, what, edit, unit)


def factors() -> Iterator[Attack]:
    what, edit = "One entry of the factor is changed by one.", word("proof/factor/rows/2", 1, lambda x: x + 1)
    yield invalid("factor-entry-changed", "relu", LOWER, COMPARED, what, edit)
    what, edit = "A pivot of the factor is doubled.", word("proof/factor/rows/4", 4, lambda x: 2 * x)
    yield invalid("factor-pivot-changed", "erf", LOWER, COMPARED, what, edit)
    what, edit = "One entry of the factor has the other sign.", word("proof/factor/rows/3", 0, lambda x: -x)
    yield invalid("factor-sign-flipped", "relu", LOWER, COMPARED, what, edit)
    what, edit = "The factor is doubled by its exponent.", change("proof/factor/exponent", lambda e: e + 1)
    yield invalid("factor-exponent-raised", "relu", LOWER, COMPARED, what, edit)
    what, edit = "The factor is zero.", put("proof/factor/rows", ["0", "0 0", "0 0 0", "0 0 0 0"])
    yield invalid("factor-zero", "relu", LOWER, COMPARED, what, edit)
    what = "All entries of the factor are one unit."
    edit = put("proof/factor/rows", ["1", "1 1", "1 1 1", "1 1 1 1"])
    yield invalid("factor-of-ones", "relu", LOWER, COMPARED, what, edit)

    def common_parts(rows: list[str]) -> list[str]:
        second, third = rows[2].split(" "), rows[3].split(" ")
        return [*rows[:2], " ".join(third[:3]), " ".join([*second, third[3]])]

    what = "Two rows of the factor are swapped as far as both reach."
    edit = change("proof/factor/rows", common_parts)
    yield invalid("factor-rows-swapped", "relu", LOWER, COMPARED, what, edit)
    what, edit = "Two whole rows of the factor are swapped.", change("proof/factor/rows", lambda rows: rows[::-1])
    reason = "row 0 of the factor holds 4 numbers instead of 1"
    yield malformed("factor-rows-reversed", "relu", reason, "", what, edit)
    what, edit = "The factor lacks a row.", drop("proof/factor/rows/3")
    yield malformed("factor-row-missing", "relu", "the factor is not a list of 4 rows", "", what, edit)
    what, edit = "The factor is left to the engine.", put("proof/factor", None)
    yield unsupported("factor-left-out", "relu", "this engine computes none; use --engine flint", "", what, edit)


def vectors() -> Iterator[Attack]:
    what, edit = "The vector is a coordinate vector.", put("proof/vector", "1 0 0 0")
    yield invalid("vector-of-a-coordinate", "relu", UPPER, COMPARED, what, edit)
    what, edit = "One entry of the vector has the other sign.", word("proof/vector", 1, lambda x: -x)
    yield invalid("vector-sign-flipped", "erf", UPPER, COMPARED, what, edit)
    what, edit = "The vector belongs to the other eigenvalue.", put("proof/vector", "1 1")
    yield invalid("vector-of-the-largest-eigenvalue", "gram-negative", UPPER, COMPARED, what, edit)
    what, edit = "The vector of a modular proof shows less.", put("proof/vector", "1 1 1")
    yield invalid("vector-of-a-modular-proof", "modular", UPPER, COMPARED, what, edit)
    what, reason = "The vector is zero.", "the vector for the upper bound is zero"
    for base in ("relu", "modular", "gram"):
        edit = change("proof/vector", lambda text: " ".join("0" for _ in text.split(" ")))
        yield invalid(f"vector-zero-{base}", base, reason, "", what, edit)
    what, reason = "The vector is too short.", "the vector holds 3 numbers instead of 4"
    yield malformed("vector-too-short", "relu", reason, "", what, put("proof/vector", "1 1 1"))
    what, edit = "The entries are asked for with too few bits.", put("proof/bits", 53)
    yield invalid("bits-lowered", "nearly-parallel", LOWER, COMPARED, what, edit)


def attacks() -> Iterator[Attack]:
    yield from shifts()
    yield from factors()
    yield from vectors()
