"""Where a proof is put together: from a network and points to a certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from certify.activations import ANGLES, Elementwise
from certify.arithmetic.environment import ensure_environment
from certify.certificate import (
    Certificate,
    decimal_above,
    hexadecimal,
    integers,
    sealed_document,
)
from certify.errors import BeyondReach, InputError
from certify.kernels import arithmetic_named
from certify.kernels.float64 import NoApproximant
from certify.points import load_points
from certify.programs import check_network
from certify.programs.batches import has_batch_norm
from certify.proofs.batches import prove_batch
from certify.proofs.entries import prove_entries, user_functions
from certify.proofs.float_dense import prove_in_float64, prove_tiles
from certify.proofs.gram import Progress
from certify.proofs.memory import GIB, available_bytes, exact_proof_bytes, float_proof_bytes, most_points
from certify.proofs.program_gram import claimed_shape, decide_program_exactly, float_program_gram, gram_balls, is_chain
from certify.proofs.request import Request
from certify.proofs.streams import BOUNDS, stream
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
FLOAT_POINTS = 1000
"""From this many points on "auto" tries float64 first: below, the exact proof takes a few seconds at most."""
METHODS = ("auto", "dense", "streaming", "theorem")
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
    resume: str | Path | None = None,
    bound: str = "auto",
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

    `method` "streaming" takes a positive semidefinite part away from the kernel and bounds the rest by weighted row
    sums, in O(n) memory; "auto" does so where the matrix would not fit. `bound` says how: "plain", two passes over
    all pairs; "whitened" by a sparse factor of nearest neighbours first, sharper; "auto" by what promises more.
    `resume` names a file in which the passes keep their state, so that an interrupted run goes on.

    Raises InputError for input that cannot be used, and, before any work, where the memory would not suffice.
    """
    request = _request(net, x, kernel, normalize, duplicates, method, arithmetic, rel_width, max_bits, rows, shape)
    _choice("bound", bound, BOUNDS)
    ensure_environment()
    if request.method == "theorem":
        return prove_by_theorem(request)
    if has_batch_norm(request.layers):
        return prove_batch(
            request.network, request.points, kernel, normalize, request.rel_width, max_bits, request.data, progress
        )
    chain, streams = is_chain(request.network), _streams(request)
    exact: FamilyProof | RankProof | NullVectorProof | RegularProof | None
    if chain:
        exact = decide_exactly(request.layers, request.points, kernel, normalize)
    else:
        exact = decide_program_exactly(request.network, request.points, normalize)
    if exact is not None and not isinstance(exact, RegularProof):
        return _singular(request, exact)
    if streams and any(isinstance(layer, (Elementwise, *ANGLES.values())) for layer in request.network.layers):
        raise InputError(
            "the streaming proof takes neither a function of one's own nor Softsign: use method='theorem'."
        )
    if user_functions(request.network):
        entered = prove_entries(request, progress)
        open_still = entered.verdict == "undecided" and request.method == "auto"
        return prove_by_theorem(request) if open_still and _theorem_decides(request) else entered
    if streams:
        return _stream(request, bound, progress, None if resume is None else Path(resume))
    if exact is None and (quick := _in_float64(request, progress)) is not None:
        return _positive(request, quick, "float")
    spelled, make = arithmetic_named("arb" if arithmetic == "float" else arithmetic)
    balls = gram_balls(request.network, request.points, normalize, kernel, make, progress)
    try:
        found = enclose_smallest_eigenvalue(balls, request.points.n, rel_width=request.rel_width, max_bits=max_bits)
    except BeyondReach:
        certificate = prove_by_theorem(request) if request.method == "auto" and chain else None
        if certificate is None or certificate.verdict == "undecided":
            raise
        return certificate
    if found.verdict == "positive definite":
        return _positive(request, found, spelled)
    if isinstance(exact, RegularProof):
        return _regular(request, exact, found, spelled)
    if request.method == "auto" and chain and _theorem_decides(request):
        return prove_by_theorem(request)
    return _undecided(request, found, spelled)


def _theorem_decides(request: Request) -> bool:
    return decide_positivity(request.layers, request.points, request.normalize).activation is not None


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
    if arithmetic != "float":
        arithmetic_named(arithmetic)
    width = check_width(rel_width, max_bits)
    given = load_points(x, rows=rows, shape=shape)
    distinct = given.drop_duplicates(normalize, duplicates)  # type: ignore[arg-type]
    points = distinct.points
    data = {
        "columns": given.columns,
        "duplicates": given.n - points.n,
        "name": given.name,
        "rows": given.n,
        "sha256": given.source_sha256,
    }
    layout = claimed_shape(network, points)
    return Request(network, points, kernel, normalize, arithmetic, width, max_bits, method, data, layout)


def _streams(request: Request) -> bool:
    """Whether the streaming proof is asked for, or the only one that fits. Raises InputError where nothing fits."""
    n = request.points.n
    available = available_bytes()
    float64 = request.arithmetic in ("auto", "float") and n >= FLOAT_POINTS
    needed = float_proof_bytes(n) if float64 else exact_proof_bytes(n)
    fits = n <= MAX_POINTS and (available is None or needed <= available)
    if request.method == "streaming" or (request.method == "auto" and not fits):
        return True
    if fits:
        return False
    if n > MAX_POINTS:
        raise InputError(
            f"there are {n} points: the dense proof takes at most {MAX_POINTS}; use --method streaming or --rows."
        )
    assert available is not None
    raise InputError(
        f"the dense proof of {n} points needs about {needed / GIB:.1f} GiB and {available / GIB:.1f} are free, enough "
        f"for {most_points(available)} in float64: use --method streaming or --rows."
    )


def _stream(request: Request, bound: str, progress: Progress | None, resume: Path | None) -> Certificate:
    found = stream(request, bound, progress, resume)
    verdict = "undecided" if found.witness is None else "positive definite"
    if found.witness is None and request.method == "auto" and _theorem_decides(request):
        return prove_by_theorem(request)
    proof: Mapping[str, Any] = found.witness or {"bits": found.bounds.bits, "kind": "none"}
    bounds = bounds_field(found.bounds, request.digits)
    return _certificate(request, verdict, bounds, proof, "streaming", "float", found.reason)


def _in_float64(request: Request, progress: Progress | None) -> EigenvalueEnclosure | None:
    """The proof in float64 where it was asked for, or where it is quicker and decides at the asked width."""
    if not is_chain(request.network):
        return _program_in_float64(request, progress)
    quick = request.arithmetic == "auto" and request.points.n >= FLOAT_POINTS
    if request.arithmetic == "float" or quick:
        return prove_in_float64(
            request.layers, request.points, request.kernel, request.normalize, request.rel_width, progress
        )
    return None


def _program_in_float64(request: Request, progress: Progress | None) -> EigenvalueEnclosure | None:
    if request.arithmetic not in ("auto", "float"):
        return None
    automatic = request.arithmetic == "auto"
    try:
        gram = float_program_gram(request.network, request.points, request.normalize, request.kernel, automatic)
    except NoApproximant:
        return None
    return None if gram is None else prove_tiles(lambda: gram, request.rel_width, progress)


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
    entries = "in float64" if arithmetic == "float" else f"to {found.bits} bits"
    reason = f"shifted factor and residual of the Gram matrix enclosed {entries}"
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
