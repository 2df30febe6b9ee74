"""Random damage is answered with a reason: no exception, no fault of the checker, and never a wrong `valid`."""

import json
import random
from pathlib import Path
from typing import Any

from checker_certificates import (
    ERF,
    SQUARE,
    Json,
    answer,
    ball_claim,
    canonical,
    certificate,
    kernel_claim,
    proved,
    seal,
)

RANDOM = random.Random(2024)
GOOD: list[Json] = [
    proved(ERF, [[1, 0], [0, 1], [1, 1]], bits=40),
    certificate(
        kernel_claim(SQUARE, [[1, 0], [0, 1], [1, 1], [1, -1]]),
        {"kind": "null vector", "rows": [0, 1, 2, 3], "entries": "2 2 -1 -1"},
    ),
    certificate(
        kernel_claim("serial(Dense(), Relu(), Dense())", [[1], [-2], [3], [-3]]),
        {"family": "antipodal pairs", "kind": "family", "rows": [0, 1, 2, 3], "coefficients": "3 -1"},
    ),
    certificate(kernel_claim(SQUARE, [[1, 0], [0, 1], [1, 1], [1, -1]]), {"kind": "rank", "dimension": 3}),
    certificate(
        kernel_claim(SQUARE, [[1, 0], [0, 1]], verdict="positive definite", lower=None, upper="1e9"),
        {"kind": "modular", "modulus": "1fffffffffffffff", "bits": 40, "vector": "1 0"},
    ),
    certificate(
        ball_claim([[2], [1, 2]], ["0", "0 0"], "positive definite", "1e0", "1e0"),
        {
            "bits": 3,
            "factor": {"exponent": 0, "rows": ["1", "1 0"]},
            "kind": "residual",
            "shift": {"exponent": 0, "value": "1"},
            "vector": "1 -1",
        },
    ),
]
JUNK: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    10**30,
    -(10**4000),
    65_536,
    -65_536,
    "",
    "0",
    "1",
    "-1",
    "1e0",
    "-1e-5000",
    "9e5000",
    "f" * 5000,
    "-" + "f" * 4999,
    "1 1",
    "1 1 1",
    "0 0 0",
    " ",
    "\x00",
    "none",
    "unit",
    "nngp",
    "singular",
    "residual",
    "rank",
    "serial(Dense())",
    "serial(Dense(), Exp(), Dense(), Exp())",
    'serial(Dense(W_var="1/' + "3" * 4000 + '"), Hermite(1000))',
    "serial(Dense(), Gabor(), Dense(b_var=1), RectifiedMonomial(7))",
    [],
    {},
    [0],
    [1, 0],
    ["1"],
    ["0", "0 0"],
    {"a": 1},
]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for key, item in items:
        found += leaves(item, (*path, key))
    return found


def test_replacing_any_part_by_anything_is_answered(tmp_path: Path) -> None:
    for _ in range(1200):
        copy: Json = json.loads(json.dumps(RANDOM.choice(GOOD)))
        for _ in range(RANDOM.choice([1, 1, 2])):
            path = RANDOM.choice(leaves(copy))
            place: Any = copy
            for key in path[:-1]:
                place = place[key]
            if RANDOM.random() < 0.1:
                del place[path[-1]]
            else:
                place[path[-1]] = RANDOM.choice(JUNK)
        result = answer(tmp_path, seal(copy), limit_seconds=1)
        assert result.reason
        assert "checker failed" not in result.reason, (result.reason, canonical(copy)[:500])
        assert "exhausts" not in result.reason, (result.reason, canonical(copy)[:500])


def test_changing_any_byte_breaks_the_form_or_the_seal(tmp_path: Path) -> None:
    for _ in range(1200):
        text = bytearray(canonical(RANDOM.choice(GOOD)).encode())
        place = RANDOM.randrange(len(text))
        kind = RANDOM.randint(0, 2)
        if kind == 0:
            text[place] ^= 1 << RANDOM.randint(0, 7)
        elif kind == 1:
            del text[place]
        else:
            text.insert(place, RANDOM.choice(b'0123456789abcdef{}[]",:\\ -e\n'))
        if bytes(text) in {canonical(value).encode() for value in GOOD}:
            continue
        result = answer(tmp_path, bytes(text), limit_seconds=1)
        assert result.status in ("malformed", "invalid", "unsupported")
        assert "checker failed" not in result.reason
