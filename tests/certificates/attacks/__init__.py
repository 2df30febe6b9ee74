"""Attacks on the checker, by what they attack: each a named file with the answer that it must get."""

from collections.abc import Iterator

from forging import Attack

from attacks import (
    bounds,
    exact_proofs,
    families,
    files,
    finite,
    limits,
    networks,
    shaped,
    shapes,
    streaming,
    subjects,
    text,
    theorem,
    whitened,
    witnesses,
)


def every_attack(points_file: bytes) -> Iterator[Attack]:
    """All attacks; `points_file` is the honest file of points that some of them tamper with."""
    for module in (
        *(bounds, witnesses, subjects, exact_proofs, families, networks, shaped, shapes, finite),
        *(text, limits, streaming, whitened, theorem),
    ):
        yield from module.attacks()
    yield from files.attacks(points_file)
