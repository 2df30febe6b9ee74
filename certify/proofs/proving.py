"""Where a proof is put together: from a network and points to a certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from certify.arithmetic.environment import ensure_environment
from certify.certificate import (
    Certificate,
    decimal_above,
    hexadecimal,
    integers,
    sealed_document,
)
from certify.errors import BeyondReach, InputError
from certify.kernels import arithmetic_named, check_inputs
from certify.points import load_points
from certify.programs import check_network
from certify.proofs.gram import GramBalls, Progress
from certify.proofs.request import Request
from certify.proofs.theorem import prove_by_theorem
from certify.proofs.witness import bounds_field, check_width, residual_field
from certify.spectrum import (
    EigenvalueEnclosure,
    FamilyProof,
    NullVectorProof,
    RankProof,
    RegularProof,
    decide_exactly,
    enclose_smallest_eigenvalue,
)
from certify.stax import Network, parse
from certify.theory import decide_positivity

MAX_POINTS = 20_000
METHODS = ("auto", "dense", "theorem")
ZERO = {"lower": "0", "upper": "0"}


def prove(
    net: Network | str,
    x: Any,
    kernel: str = "ntk",
    normalize: str = "none",
    duplicates: str = "drop",
    method: str = "auto",
    arithmetic: str = "auto",
    rel_width: Any = 1e-3,
    max_bits: int = 4096,
    *,
    rows: int | None = None,
    shape: Any = None,
    progress: Progress | None = None,
) -> Certificate:
    """Decide whether the Gram matrix of an infinitely wide network on exact points is positive definite, with proof.

    Claim: the certificate's bounds enclose the smallest eigenvalue of the exact NTK (or NNGP) Gram matrix of the
    points, and its verdict is a theorem; "undecided" claims the bounds only. Points are what `load_points` reads;
    equal points are dropped, kept or refused. `rel_width` asks for upper - lower <= rel_width * lower where lower >
    0; precision climbs by itself up to `max_bits`.

    Method: exact reasons for singularity first (symmetries, dimension counts, rational null vectors; Carvalho et al.
    2025), then lambda_min >= s - |A - sI - L L'| in the maximum row sum, for an approximate shifted Cholesky factor
    L, and a Rayleigh quotient. `method="theorem"` uses the positivity theorem instead, without a matrix and without a
    number; "auto" does so where the bounds remain undecided or the entries are beyond reach.

    Raises InputError for input that cannot be used.
    """
    request = _request(net, x, kernel, normalize, duplicates, method, arithmetic, rel_width, max_bits, rows, shape)
    ensure_environment()
    if request.method == "theorem":
        return prove_by_theorem(request)
    exact = decide_exactly(request.layers, request.points, kernel, normalize)
    if exact is not None and not isinstance(exact, RegularProof):
        return _singular(request, exact)
    spelled, make = arithmetic_named(arithmetic)
    inputs = check_inputs(request.points, None, normalize)

    balls = GramBalls(request.layers, inputs, kernel, make, progress)
    try:
        found = enclose_smallest_eigenvalue(balls, request.points.n, rel_width=request.rel_width, max_bits=max_bits)
    except BeyondReach:
        certificate = prove_by_theorem(request) if request.method == "auto" else None
        if certificate is None or certificate.verdict == "undecided":
            raise
        return certificate
    if found.verdict == "positive definite":
        return _positive(request, found, spelled)
    if isinstance(exact, RegularProof):
        return _regular(request, exact, found, spelled)
    if request.method == "auto" and decide_positivity(request.layers, request.points, normalize).activation is not None:
        return prove_by_theorem(request)
    return _undecided(request, found, spelled)


def _request(
    net: Network | str,
    x: Any,
    kernel: str,
    normalize: str,
    duplicates: str,
    method: str,
    arithmetic: str,
    rel_width: Any,
    max_bits: int,
    rows: int | None,
    shape: Any,
) -> Request:
    network = parse(net) if isinstance(net, str) else net
    if not isinstance(network, Network):
        raise InputError(f"the network is {net!r}: build it with stax.serial(...) or give its text.")
    check_network(network.layers)
    _choice("kernel", kernel, ("ntk", "nngp"))
    _choice("normalize", normalize, ("none", "unit"))
    _choice("duplicates", duplicates, ("drop", "keep", "error"))
    _choice("method", method, METHODS)
    arithmetic_named(arithmetic)
    width = check_width(rel_width, max_bits)
    given = load_points(x, rows=rows, shape=shape)
    distinct = given.drop_duplicates(normalize, duplicates)  # type: ignore[arg-type]
    points = distinct.points
    if points.n > MAX_POINTS and method != "theorem":
        raise InputError(
            f"there are {points.n} points: the dense proof takes at most {MAX_POINTS}; use --rows to take fewer, or "
            "--method theorem."
        )
    data = {
        "columns": given.columns,
        "duplicates": given.n - points.n,
        "name": given.name,
        "rows": given.n,
        "sha256": given.source_sha256,
    }
    return Request(network, points, kernel, normalize, arithmetic, width, max_bits, method, data)


def _choice(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise InputError(f"{name}={value!r} is not available: use {' or '.join(map(repr, known))}.")


def _certificate(
    request: Request, verdict: str, bounds: Mapping[str, str | None], proof: Mapping[str, Any], *label: str
) -> Certificate:
    return Certificate(sealed_document(request.claim(verdict, bounds), proof, request.labels(*label)))


def _singular(request: Request, exact: FamilyProof | RankProof | NullVectorProof) -> Certificate:
    proof: dict[str, Any]
    if isinstance(exact, FamilyProof):
        method = "symmetry"
        proof = {"kind": "family", "family": exact.family, "rows": list(exact.rows)}
        if exact.coefficients:
            proof["coefficients"] = integers(exact.coefficients)
    elif isinstance(exact, RankProof):
        method, proof = "dimension count", {"kind": "rank", "dimension": exact.dimension}
    else:
        method = "null vector"
        proof = {"kind": "null vector", "rows": list(exact.rows), "entries": integers(exact.entries)}
    return _certificate(request, "singular", ZERO, proof, method, "exact", exact.reason)


def _positive(request: Request, found: EigenvalueEnclosure, arithmetic: str) -> Certificate:
    proof = residual_field(found, request.points.n)
    reason = f"shifted factor and residual of the Gram matrix enclosed to {found.bits} bits"
    return _certificate(
        request, "positive definite", bounds_field(found, request.digits), proof, "dense", arithmetic, reason
    )


def _regular(request: Request, exact: RegularProof, found: EigenvalueEnclosure, arithmetic: str) -> Certificate:
    bounds = {"lower": None, "upper": decimal_above(found.upper, request.digits)}
    proof = {
        "bits": found.bits,
        "kind": "modular",
        "modulus": hexadecimal(exact.modulus),
        "vector": integers(found.vector),
    }
    return _certificate(request, "positive definite", bounds, proof, "modular rank", arithmetic, exact.reason)


def _undecided(request: Request, found: EigenvalueEnclosure, arithmetic: str) -> Certificate:
    reason = f"the bounds still contain zero at {found.bits} bits: raise max_bits above {request.max_bits}"
    proof = {"bits": found.bits, "kind": "none"}
    return _certificate(request, "undecided", bounds_field(found, request.digits), proof, "dense", arithmetic, reason)
