"""The certificate as a value: exact keys, exact types, nothing trusted.

Reading decides only whether the file has the shape that the format prescribes (Malformed otherwise) and whether it
stays within this engine's limits (Unsupported otherwise).  Whether it proves anything is decided elsewhere.
"""

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from . import limits
from .answers import Malformed, Unsupported
from .canonical import serialise
from .fields import require_choice, require_integer, require_object, require_string, triangle
from .finite_shape import FiniteNetwork, Memorisation, read_memorisation, read_weights
from .networks import Network, read_network
from .numerals import binary_exponent, integer_from_hex, rational_from_claim
from .points import Points, PointsFile, checked_digest, checked_name, read_rows
from .proof_shape import Proof, read_proof

FORMAT = "ntk-certificate"
VERSION = 1
SHAPED_VERSION = 2
"""The version of certificates that state the shape of a point; the others are of version 1."""


@dataclass(frozen=True)
class Bounds:
    """The claimed bounds on the smallest eigenvalue; `lower` is None where no number is claimed."""

    lower: Fraction | None
    upper: Fraction
    lower_text: str | None
    upper_text: str


@dataclass(frozen=True)
class Ball:
    """A user's symmetric matrix: midpoints and radii, lower triangular rows of integers, times 2**exponent."""

    exponent: int
    midpoints: tuple[tuple[int, ...], ...]
    radii: tuple[tuple[int, ...], ...] | int

    @property
    def size(self) -> int:
        return len(self.midpoints)


@dataclass(frozen=True)
class KernelClaim:
    """A claim about the NNGP or NTK Gram matrix of a network on points."""

    network: Network
    kernel: str
    unit: bool
    points: Points | PointsFile
    verdict: str
    bounds: Bounds
    shape: tuple[int, ...] | None = None

    @property
    def size(self) -> int:
        return self.points.count if isinstance(self.points, PointsFile) else len(self.points.rows)


@dataclass(frozen=True)
class BallClaim:
    """A claim about every symmetric matrix in a user's ball."""

    ball: Ball
    verdict: str
    bounds: Bounds

    @property
    def size(self) -> int:
        return self.ball.size


@dataclass(frozen=True)
class FiniteClaim:
    """A claim about the empirical tangent kernel of one finite network on points, and perhaps about memorisation."""

    network: FiniteNetwork
    points: Points | PointsFile
    verdict: str
    bounds: Bounds
    memorisation: Memorisation | None

    @property
    def size(self) -> int:
        return self.points.count if isinstance(self.points, PointsFile) else len(self.points.rows)


Claim = KernelClaim | BallClaim | FiniteClaim


@dataclass(frozen=True)
class Certificate:
    """A certificate of the right shape; `sealed` says whether its seal is the digest of the rest."""

    claim: Claim
    proof: Proof
    labels: dict[str, object]
    sealed: bool


def _bounds(value: Any) -> Bounds:
    content = require_object(value, {"lower", "upper"}, "lambda_min")
    lower_text = None if content["lower"] is None else require_string(content["lower"], "the lower bound")
    upper_text = require_string(content["upper"], "the upper bound")
    lower = None if lower_text is None else rational_from_claim(lower_text, "the lower bound")
    return Bounds(lower, rational_from_claim(upper_text, "the upper bound"), lower_text, upper_text)


def _points(value: Any) -> Points | PointsFile:
    if isinstance(value, dict) and "file" in value:
        content = require_object(value, {"columns", "count", "file", "sha256"}, "points")
    else:
        content = require_object(value, {"columns", "denominator", "rows"}, "points")
    columns = require_integer(content["columns"], "the number of columns")
    if columns < 1:
        raise Malformed("the number of columns is not positive")
    if columns > limits.MAX_COLUMNS:
        raise Unsupported(f"the points have more than {limits.MAX_COLUMNS} columns")
    if "file" not in content:
        return read_rows(content, columns, "points")
    count = require_integer(content["count"], "the number of points")
    if count < 1:
        raise Malformed("the number of points is not positive")
    if count > limits.MAX_POINTS:
        raise Unsupported(f"there are more than {limits.MAX_POINTS} points")
    digest = checked_digest(content["sha256"], "the digest of the points")
    return PointsFile(checked_name(content["file"]), columns, count, digest)


def _ball(value: Any) -> Ball:
    content = require_object(value, {"exponent", "midpoints", "radii"}, "gram")
    exponent = binary_exponent(require_integer(content["exponent"], "the exponent of gram"), "the exponent of gram")
    rows = content["midpoints"]
    if not isinstance(rows, list) or not rows:
        raise Malformed("the midpoints of gram are not a list of rows")
    if len(rows) > limits.MAX_POINTS:
        raise Unsupported(f"gram has more than {limits.MAX_POINTS} rows")
    midpoints = triangle(rows, len(rows), "the midpoints")
    stated = content["radii"]
    if isinstance(stated, str):
        radius = integer_from_hex(stated, "the radius of gram")
        if radius < 0:
            raise Malformed("the radius of gram is negative")
        return Ball(exponent, midpoints, radius)
    radii = triangle(stated, len(rows), "the radii")
    if any(min(row) < 0 for row in radii):
        raise Malformed("a radius of gram is negative")
    return Ball(exponent, midpoints, radii)


def _shape(value: Any, columns: int) -> tuple[int, ...]:
    """Two or three positive sizes, the channels last, that hold the columns of a point."""
    if not isinstance(value, list) or len(value) not in (2, 3):
        raise Malformed("the shape is not a list of two or three sizes")
    sizes = tuple(require_integer(size, "a size of the shape") for size in value)
    if min(sizes) < 1 or prod(sizes) != columns:
        raise Malformed("the shape does not hold the columns of the points")
    return sizes


def _finite_claim(value: dict[str, Any]) -> FiniteClaim:
    keys = {"activation", "lambda_min", "points", "verdict", "weights"}
    memorises = "distance" in value
    content = require_object(value, keys | ({"distance", "targets"} if memorises else set()), "claim")
    verdict = require_choice(content["verdict"], ("positive definite", "singular"), "the verdict")
    points = _points(content["points"])
    network = read_weights(content["weights"], content["activation"], points.columns)
    count = points.count if isinstance(points, PointsFile) else len(points.rows)
    memorisation = read_memorisation(content["targets"], content["distance"], count) if memorises else None
    return FiniteClaim(network, points, verdict, _bounds(content["lambda_min"]), memorisation)


def _claim(value: Any, shaped: bool) -> Claim:
    if isinstance(value, dict) and "weights" in value and not shaped:
        return _finite_claim(value)
    if isinstance(value, dict) and "gram" in value and not shaped:
        content = require_object(value, {"gram", "lambda_min", "verdict"}, "claim")
        verdict = require_choice(content["verdict"], ("positive definite", "singular", "negative"), "the verdict")
        return BallClaim(_ball(content["gram"]), verdict, _bounds(content["lambda_min"]))
    keys = {"kernel", "lambda_min", "network", "normalize", "points", "verdict"}
    content = require_object(value, keys | {"shape"} if shaped else keys, "claim")
    kernel = require_choice(content["kernel"], ("ntk", "nngp"), "the kernel")
    unit = require_choice(content["normalize"], ("none", "unit"), "the normalisation") == "unit"
    verdict = require_choice(content["verdict"], ("positive definite", "singular"), "the verdict")
    bounds = _bounds(content["lambda_min"])
    network = read_network(require_string(content["network"], "the network"))
    points = _points(content["points"])
    shape = _shape(content["shape"], points.columns) if shaped else None
    if shape is not None and network.shaped is None:
        raise Malformed("a chain of Dense layers and activations takes plain rows: no shape belongs in the claim")
    return KernelClaim(network, kernel, unit, points, verdict, bounds, shape)


def _labels(value: Any) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Malformed("labels is not an object")
    inner = [item for entry in value.values() for item in (entry.values() if isinstance(entry, dict) else (entry,))]
    if any(isinstance(item, bool) or not isinstance(item, (str, int, type(None))) for item in inner):
        raise Malformed("labels hold strings, integers, null, and objects of those, nothing else")
    return value


def read_certificate(content: Any) -> Certificate:
    """The certificate in a parsed canonical file.

    The format and its version are looked at first, so that later versions are unsupported rather than malformed.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Malformed(f"this is no certificate: its format is not {FORMAT!r}")
    version = require_integer(content.get("version"), "the format version")
    if version not in (VERSION, SHAPED_VERSION):
        raise Unsupported(f"this engine knows versions {VERSION} and {SHAPED_VERSION} of the format only")
    require_object(content, {"claim", "format", "labels", "proof", "seal", "version"}, "the certificate")
    seal = checked_digest(content["seal"], "the seal")
    labels = _labels(content["labels"])
    claim = _claim(content["claim"], version == SHAPED_VERSION)
    proof = read_proof(content["proof"], claim.size)
    unsealed = serialise({key: value for key, value in content.items() if key != "seal"}) + "\n"
    return Certificate(claim, proof, labels, hashlib.sha256(unsealed.encode("ascii")).hexdigest() == seal)
