"""Errors planted in exported files, every one of which Coq has to refuse."""

import re
from collections.abc import Callable


def changed(pattern: str, change: Callable[[re.Match[str]], str]) -> Callable[[str], str]:
    def apply(text: str) -> str:
        new, count = re.subn(pattern, change, text)
        assert count
        return new

    return apply


def first_number(name: str, change: Callable[[int], int]) -> Callable[[str], str]:
    """Changes the first number of a definition."""
    return changed(
        rf"(Definition {name} : [^=]*:=\s*[^\d(]*)(\(?-?)(0x[0-9a-f]+|\d+)",
        lambda m: f"{m[1]}{m[2]}{change(int(m[3], 0)):#x}",
    )


def claimed_bound(name: str, change: Callable[[int], int]) -> Callable[[str], str]:
    """Changes a claimed bound wherever the file states it."""

    def apply(text: str) -> str:
        number = re.findall(rf"Definition {name} : R := IZR (\d+) ", text)[0]
        return text.replace(number, str(change(int(number))))

    return apply


def replaced(old: str, new: str) -> Callable[[str], str]:
    return changed(re.escape(old), lambda _: new)


ATTACKS = {
    "a larger lower bound": claimed_bound("lower", lambda v: v + v // 100),
    "a smaller upper bound": claimed_bound("upper", lambda v: v - v // 100),
    "an entry that is too large": first_number("entries", lambda v: v + 2),
    "an entry that is too small": first_number("entries", lambda v: v - 2),
    "another factor": first_number("factor", lambda v: v + v // 8),
    "a smaller shift": first_number("shift", lambda v: v - v // 50),
    "another weight": first_number("weight", lambda v: 2 * v),
    "no weight": first_number("weight", lambda _: 0),
    "another scale": changed(r"scale : Z := 2 \^ (\d+)", lambda m: f"scale : Z := 2 ^ {int(m[1]) + 1}"),
    "a zero vector": changed(r"vector : list Z :=\s*\[[^\]]*\]", lambda _: "vector : list Z := []"),
    "another vector": changed(r"vector : list Z :=\s*\[[^\]]*\]", lambda _: "vector : list Z := [1; 0; 0]"),
    "too little precision": changed(r"check_entries \d+ ", lambda _: "check_entries 20 "),
    "another point": first_number("rows", lambda v: v + 1),
    "another denominator": first_number("denominator", lambda v: v + 1),
    "fewer points": replaced("Definition n : nat := 3.", "Definition n : nat := 2."),
    "more points": replaced("Definition n : nat := 3.", "Definition n : nat := 4."),
    "another variance": replaced("Dense 2 ", "Dense 3 "),
    "another activation": replaced("ABRelu 0 1", "ABRelu (-1) 1"),
    "the other kernel": replaced("NTK network", "NNGP network"),
    "the other kernel in the claim alone": replaced(":= ntk network", ":= nngp network"),
    "normalisation in the claim alone": replaced(
        "point := over denominator (nth i rows [])", "point := normalise (over denominator (nth i rows []))"
    ),
    "a claim about other bounds than those checked": replaced("lower : R := IZR ", "lower : R := IZR 1"),
}


SINGULAR_ATTACKS = {
    "another ratio": replaced("ratio : Q := 3.", "ratio : Q := 2."),
    "another row": replaced("denominator rows 0 2 ratio", "denominator rows 0 1 ratio"),
    "the same row twice": replaced("denominator rows 0 2 ratio", "denominator rows 0 0 ratio"),
    "a row that is not there": replaced("denominator rows 0 2 ratio", "denominator rows 0 3 ratio"),
    "another point": first_number("rows", lambda v: v + 1),
    "a bias": replaced("Dense 1 0;", "Dense 1 1;"),
    "an activation that is not homogeneous": replaced("ABRelu 0 1", "Erf 1 1 0"),
    "the other kernel": replaced("singular_rows NTK", "singular_rows NNGP"),
    "normalisation": replaced("network false", "network true"),
}
