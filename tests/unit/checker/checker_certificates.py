"""Small certificates for the tests of the checker, made by a prover of a few lines.

The prover guesses with mpmath and integer square roots; only the format and the exact best bounds matter here.
"""

import hashlib
import json
from fractions import Fraction
from math import isqrt
from pathlib import Path
from typing import Any

import mpmath

from certify.checker import Result, check_file
from certify.checker.budget import Budget
from certify.checker.gram import FixedRow, GramEnclosure
from certify.checker.networks import read_network
from certify.checker.points import Points

Json = dict[str, Any]
Rows = list[list[int]]

ERF = 'serial(Dense(W_var=2, b_var="1/100"), Erf(), Dense(W_var=2, b_var="1/100"))'
RELU = "serial(Dense(), Relu(), Dense())"
SQUARE = "serial(Dense(), Monomial(2), Dense())"


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n"


def seal(certificate: Json) -> Json:
    body = {key: value for key, value in certificate.items() if key != "seal"}
    return {**body, "seal": hashlib.sha256(canonical(body).encode("ascii")).hexdigest()}


def words(values: list[int] | tuple[int, ...]) -> str:
    return " ".join(format(value, "x") for value in values)


def decimal(value: Fraction) -> str:
    """The exact decimal <m>e<k> of a number whose denominator has no prime factors but 2 and 5."""
    if not value:
        return "0"
    exponent = 0
    while value.denominator != 1:
        value, exponent = value * 10, exponent - 1
    mantissa = value.numerator
    while mantissa % 10 == 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    return f"{mantissa}e{exponent}"


def next_above(text: str) -> str:
    """One unit in the last digit more."""
    mantissa, _, exponent = text.partition("e")
    return decimal((Fraction(int(mantissa) * 10 + 1)) * Fraction(10) ** (int(exponent or 0) - 1))


def next_below(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    return decimal((Fraction(int(mantissa) * 10 - 1)) * Fraction(10) ** (int(exponent or 0) - 1))


def inline_points(rows: Rows, denominator: int = 1) -> Json:
    return {"columns": len(rows[0]), "denominator": format(denominator, "x"), "rows": [words(row) for row in rows]}


def kernel_claim(
    network: str,
    rows: Rows,
    *,
    denominator: int = 1,
    unit: bool = False,
    kernel: str = "ntk",
    verdict: str = "singular",
    lower: str | None = "0",
    upper: str = "0",
) -> Json:
    return {
        "kernel": kernel,
        "lambda_min": {"lower": lower, "upper": upper},
        "network": network,
        "normalize": "unit" if unit else "none",
        "points": inline_points(rows, denominator),
        "verdict": verdict,
    }


def certificate(claim: Json, proof: Json, labels: Json | None = None) -> Json:
    content = {"claim": claim, "format": "ntk-certificate", "labels": labels or {}, "proof": proof, "version": 1}
    return seal(content)


def enclosed(network: str, rows: Rows, unit: bool, kernel: str, bits: int, denominator: int = 1) -> GramEnclosure:
    points = Points(tuple(map(tuple, rows)), denominator, len(rows[0]), "")
    return GramEnclosure(read_network(network), kernel == "ntk", unit, points, bits, Budget(None))


def symmetric(matrix: list[FixedRow]) -> tuple[list[list[int]], list[list[int]]]:
    size = len(matrix)
    lows = [[matrix[max(i, j)].lows[min(i, j)] for j in range(size)] for i in range(size)]
    highs = [[matrix[max(i, j)].highs[min(i, j)] for j in range(size)] for i in range(size)]
    return lows, highs


def residual_proof(lows: list[list[int]], highs: list[list[int]], exponent: int, bits: int) -> tuple[Json, str, str]:
    """A residual proof of a matrix of integer intervals, and the exact best bounds that it proves."""
    size = len(lows)
    middle = [[(low + high) >> 1 for low, high in zip(*pair, strict=True)] for pair in zip(lows, highs, strict=True)]
    with mpmath.workprec(4 * bits + 200):
        values, vectors = mpmath.eigsy(mpmath.matrix(middle))
        place = min(range(size), key=lambda k: values[k])
        shift = int(mpmath.floor(values[place] - abs(values[place]) / 1000))
        vector = [int(mpmath.nint(vectors[k, place] * 2**60)) for k in range(size)]
    extra = bits // 2 + 8
    factor: list[list[int]] = []
    for i in range(size):
        row: list[int] = []
        for j in range(i + 1):
            rest = (middle[i][j] - (shift if i == j else 0)) << (2 * extra)
            rest -= sum(a * b for a, b in zip(row, factor[j] if j < i else row, strict=False))
            row.append(isqrt(max(rest, 0)) if i == j else rest // max(factor[j][j], 1))
        factor.append(row)
    sums = [Fraction(0)] * size
    for i in range(size):
        for j in range(size):
            product = Fraction(sum(a * b for a, b in zip(factor[i], factor[j], strict=False)), 4**extra)
            target = product + (shift if i == j else 0)
            sums[i] += max(abs(lows[i][j] - target), abs(highs[i][j] - target))
    scale = Fraction(2) ** exponent
    quotient = Fraction(0)
    for i in range(size):
        for j in range(size):
            weight = vector[i] * vector[j]
            quotient += weight * (highs if weight > 0 else lows)[i][j]
    quotient *= scale / sum(value * value for value in vector)
    proof = {
        "bits": bits,
        "factor": {"exponent": 0, "rows": [words(row) for row in factor]},
        "kind": "residual",
        "shift": {"exponent": exponent, "value": format(shift, "x")},
        "vector": words(vector),
    }
    half, odd = divmod(exponent, 2)
    if odd:  # 2**exponent is no square: double the matrix's exponent away.
        shifted = [[value << 1 for value in row] for row in lows], [[value << 1 for value in row] for row in highs]
        return residual_proof(*shifted, exponent - 1, bits)
    proof["factor"]["exponent"] = half - extra
    # The quotient is rounded up to a decimal; the lower bound is dyadic, hence an exact decimal.
    digits = Fraction(10) ** (len(str(int(1 / abs(quotient)) if quotient else 1)) + 25)
    upper = decimal(Fraction(-((-quotient * digits).__floor__()), 1) / digits)
    return proof, decimal((shift - max(sums)) * scale), upper


def proved(
    network: str, rows: Rows, *, unit: bool = False, kernel: str = "ntk", bits: int = 64, denominator: int = 1
) -> Json:
    """A certificate of positive definiteness with the best bounds that its residual proof allows."""
    gram = enclosed(network, rows, unit, kernel, bits, denominator)
    lows, highs = symmetric(list(gram.matrix().rows))
    proof, lower, upper = residual_proof(lows, highs, gram.exponent, bits)
    claim = kernel_claim(
        network,
        rows,
        denominator=denominator,
        unit=unit,
        kernel=kernel,
        verdict="positive definite",
        lower=lower,
        upper=upper,
    )
    return certificate(claim, proof)


def ball_claim(midpoints: Rows, radii: Any, verdict: str, lower: str | None, upper: str, exponent: int = 0) -> Json:
    return {
        "gram": {"exponent": exponent, "midpoints": [words(row) for row in midpoints], "radii": radii},
        "lambda_min": {"lower": lower, "upper": upper},
        "verdict": verdict,
    }


def changed(value: Json, path: str, new: object) -> Json:
    """A re-sealed copy with the value at a dotted path replaced (or removed, where `new` is Ellipsis)."""
    copy: Json = json.loads(json.dumps(value))
    *parents, last = path.split(".")
    place: Any = copy
    for name in parents:
        place = place[int(name) if isinstance(place, list) else name]
    key = int(last) if isinstance(place, list) else last
    if new is ...:
        del place[key]
    else:
        place[key] = new
    return seal(copy)


def answer(folder: Path, value: Json | str | bytes, *, limit_seconds: float | None = 600.0) -> Result:
    """What the checker says about a certificate written to a folder."""
    path = folder / "some.cert"
    text = value if isinstance(value, (str, bytes)) else canonical(value)
    path.write_bytes(text.encode("ascii") if isinstance(text, str) else text)
    return check_file(path, limit_seconds=limit_seconds)
