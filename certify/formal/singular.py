"""Why a matrix is singular, in the words of the Coq library: which of its theorems applies, and to what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from certify.activations import Activation, Cos, Exp, Gaussian, PolynomialActivation, Rectifier, Sign
from certify.certificate import Certificate
from certify.errors import InputError
from certify.formal.pairs import proportional_rows
from certify.formal.spelling import decimal_integer, hexadecimal_integer, integer_list, rational
from certify.formal.terms import Layers
from certify.points import Points
from certify.programs import Dense
from certify.spectrum.rational_gram import PRIMES, dependent_rows, exact_null_vector, gram_modulo

MAX_NULL_ROWS = 120
PAIRS = ("equal points", "parallel rows", "opposite rows")


@dataclass(frozen=True)
class SingularTheorem:
    """A reason in words, the definitions it needs, the boolean that Coq evaluates, and the theorem that takes it."""

    reason: str
    definitions: str
    check: str
    theorem: str


def singular_theorem(certificate: Certificate, layers: Layers, points: Points) -> SingularTheorem:
    """The theorem of the Coq library for a certificate of singularity.

    Two rows that are equal, parallel or opposite; opposite pairs with dependent rows under one layer of rectifiers; a
    zero row; more points than monomials under polynomial activations; an exact null vector of a rational matrix. Raises
    InputError where none of them applies.
    """
    proof = certificate.document["proof"]
    kind = str(certificate.kernel).upper()
    unit = certificate.normalize == "unit"
    if proof.get("kind") == "family" and proof.get("family") in PAIRS:
        return _pair(certificate, layers, points)
    if proof.get("kind") in ("rank", "null vector"):
        degree = network_degree(layers)
        if math.comb(points.columns + degree, degree) < points.n:
            return SingularTheorem(
                f"The kernel is a polynomial of degree at most {degree} in each point, and the points outnumber the "
                f"monomials of\n    that degree in {points.columns} coordinates.",
                "",
                "check_rank network rows",
                f"singular_rank {kind} network {'true' if unit else 'false'} denominator rows",
            )
        if unit and not _homogeneous(layers):
            raise InputError(
                "why the matrix of unit rows is singular is beyond the Coq library, its entries being irrational: "
                "prove it with --normalize none."
            )
        vector = _null_vector(certificate, layers, points)
        of_unit, kept = ("_unit", "; normalised rows scale it") if unit else ("", "")
        return SingularTheorem(
            f"The matrix of the rows as given is rational, and its product with the vector below is zero{kept}.",
            f"Definition vector : list Z :=\n  {integer_list(vector, hexadecimal_integer)}%Z.\n",
            f"check_null{of_unit} {kind} network denominator rows vector",
            f"null_vector{of_unit} {kind} network denominator rows vector",
        )
    if proof.get("family") == "zero row":
        return _zero_row(certificate, layers)
    if proof.get("family") == "antipodal pairs":
        return _opposite_pairs(certificate, layers, points)
    name = str(proof.get("family", proof.get("kind")))
    raise InputError(
        f"a proof of kind {name!r} of the verdict {certificate.verdict!r} is not exported to Coq: export "
        "a positive lower bound, related rows, or polynomial activations."
    )


def _homogeneous(layers: Layers) -> bool:
    """`homogeneous` of Homogeneous.v: monomials without bias."""
    return all(
        not layer.b_var if isinstance(layer, Dense) else isinstance(layer, Rectifier) or layer.homogeneity is not None
        for layer in layers
    )


def network_degree(layers: Layers) -> int:
    """The product of the degrees of polynomial activations."""
    degree = 1
    for layer in layers:
        if isinstance(layer, PolynomialActivation):
            degree *= max(0, len(layer.coefficients) - 1)
        else:
            assert not isinstance(layer, Activation) or isinstance(layer, Rectifier)
    return degree


def _pair(certificate: Certificate, layers: Layers, points: Points) -> SingularTheorem:
    first, second, ratio = proportional_rows(certificate, layers, points)
    kind = str(certificate.kernel).upper()
    unit = "true" if certificate.normalize == "unit" else "false"
    return SingularTheorem(
        f"Row {first} times the ratio is row {second} (counted from 0), and every layer keeps the values of the "
        "network\n    at the two points proportional.",
        f"Definition ratio : Q := {ratio}.\n",
        f"check_singular network {unit} denominator rows {first} {second} ratio",
        f"singular_rows {kind} network {unit} denominator rows {first} {second} ratio",
    )


def _zero_row(certificate: Certificate, layers: Layers) -> SingularTheorem:
    (row,) = certificate.document["proof"]["rows"]
    for layer in layers:
        if not _vanishes(layer):
            raise InputError(
                f"why the zero row {row} makes the matrix singular is beyond the Coq library: it has that theorem for "
                f"networks without bias whose activations are 0 at 0, unlike {layer!r}."
            )
    return SingularTheorem(
        f"Row {row} is zero (counted from 0), and so is the network there.",
        "",
        f"check_zero_row network rows {row}",
        f"singular_zero_row {str(certificate.kernel).upper()} network denominator rows {row}",
    )


def _vanishes(layer: Dense | Activation) -> bool:
    """`vanishing_layer` of Vanishing.v."""
    if isinstance(layer, Dense):
        return not layer.b_var
    return layer.vanishes_at_zero and not isinstance(layer, (Sign, Cos, Exp, Gaussian))


def _opposite_pairs(certificate: Certificate, layers: Layers, points: Points) -> SingularTheorem:
    """Row j is c times row i, c < 0, for each pair (i, j, c, u); the u combine the rows i to zero."""
    if any(isinstance(layer, Activation) and not isinstance(layer, Rectifier) for layer in layers):
        raise InputError(
            "antipodal pairs are a theorem of the Coq library for two slopes only: export another network."
        )
    proof = certificate.document["proof"]
    rows = proof["rows"]
    coefficients = [int(word, 16) for word in proof["coefficients"].split(" ")]
    pairs = []
    for i, j, u in zip(rows[::2], rows[1::2], coefficients, strict=True):
        ratio = next(Fraction(b, a) for a, b in zip(points.rows[i], points.rows[j], strict=True) if a)
        if ratio != -1 and certificate.normalize == "none":
            raise InputError(
                f"the opposite rows {i} and {j} have different norms, for which the Coq library has no theorem: prove "
                "it with --normalize unit."
            )
        pairs.append(f"({i}%nat, {j}%nat, {rational(ratio)}%Q, {decimal_integer(u)}%Z)")
    unit = "true" if certificate.normalize == "unit" else "false"
    return SingularTheorem(
        "Pairs (i, j, c, u): row j is c times row i (counted from 0); the rows i times the u add up to zero.",
        f"Definition pairs : list pair :=\n  [{'; '.join(pairs)}].\n",
        f"check_pairs network {unit} denominator rows pairs",
        f"singular_pairs {str(certificate.kernel).upper()} network {unit} denominator rows pairs",
    )


def _null_vector(certificate: Certificate, layers: Layers, points: Points) -> list[int]:
    """A null vector over all rows: the certificate's, or an exact one on rows that a prime shows to be dependent."""
    proof = certificate.document["proof"]
    if proof["kind"] == "null vector":
        rows, entries = proof["rows"], [int(word, 16) for word in proof["entries"].split(" ")]
        return _spread(points.n, rows, entries)
    for prime in PRIMES:
        residues = gram_modulo(layers, points, str(certificate.kernel), prime)
        dependent = None if residues is None else dependent_rows(residues, prime)
        if dependent is None or len(dependent) > MAX_NULL_ROWS:
            continue
        found = exact_null_vector(layers, points, str(certificate.kernel), dependent)
        if found is not None:
            return _spread(points.n, dependent, found)
    raise InputError(
        f"no exact null vector on at most {MAX_NULL_ROWS} rows was found for Coq to verify: prove fewer --rows."
    )


def _spread(n: int, rows: Sequence[int], entries: Sequence[int]) -> list[int]:
    vector = [0] * n
    for row, value in zip(rows, entries, strict=True):
        vector[row] = value
    return vector
