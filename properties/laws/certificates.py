"""Certificates: what is proved is checked, what is false is refused, and equality of points is exact."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import certify
from certify import stax
from certify.arithmetic.rationals import exact_rational
from certify.certificate import Certificate, decimal_above, decimal_below, sealed_document
from certify.certificate.document import canonical
from certify.programs import Dense
from certify.proofs import Verification
from properties.laws.base import Domain, Outcome, holds, law, undecided, violated
from properties.laws.cases import FileCase, NetworkCase
from properties.laws.hypotheses import gram_cases
from properties.laws.proving import prove
from properties.oracles.wick import inner
from properties.strategies import Kind, Separation, networks, polynomial_networks
from properties.subjects import Scope, Subject


def _grams(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    nets = st.one_of(networks(Kind.CONTINUOUS), polynomial_networks(degree=2))
    return gram_cases(domain, nets, separation=Separation.DISTINCT, max_size=4)


def check_text(text: bytes) -> Verification:
    """The checker's answer to a file with this content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claim.cert"
        path.write_bytes(text)
        return certify.check(path)


@law(citation="a big prover may be wrong, a small checker may not", cases=_grams, scope=Scope.LIBRARY)
def proofs_pass_the_checker(subject: Subject, case: NetworkCase) -> Outcome:
    """What is proved and saved is read back unchanged, and the checker, which shares no code, finds it valid."""
    certificate = prove(case)
    if certificate.verdict == "undecided":
        return undecided(certificate.reason)
    with tempfile.TemporaryDirectory() as folder:
        path = certificate.save(Path(folder) / "claim.cert")
        if certify.load(path).document != certificate.document:
            return violated("the certificate read back differs from the one saved")
        answer = certify.check(path)
    if answer.status == "unsupported":
        return undecided(f"unsupported: {answer.reason}")
    if not answer.valid:
        return violated(f"the checker calls the proof {answer.status}: {answer.reason}")
    return holds(certificate if certificate.verdict == "positive definite" else None)


def _changes(domain: Domain) -> SearchStrategy[FileCase] | None:
    grams = _grams(domain)
    changes = st.sampled_from(("lower", "upper", "verdict", "network", "byte"))
    return None if grams is None else st.builds(FileCase, grams, changes, st.integers(0, 10**6))


@law(citation="every attack on the checker is refused", cases=_changes, scope=Scope.LIBRARY)
def false_claims_are_refused(subject: Subject, attack: FileCase) -> Outcome:
    """A certificate whose claim is changed into a false one and sealed anew, or with one byte changed, is not valid."""
    certificate = prove(attack.case)
    if certificate.verdict == "undecided":
        return undecided(certificate.reason)
    forged = _forge(certificate, attack)
    answer = check_text(forged)
    if answer.valid:
        return violated(f"the checker accepts a certificate with a false {attack.change}")
    return holds()


def _forge(certificate: Certificate, attack: FileCase) -> bytes:
    """The bytes of a file whose claim is false, or which is no file of ours at all."""
    text = canonical(certificate.document).encode()
    if attack.change == "byte":
        place = attack.choice % len(text)
        return text[:place] + bytes([text[place] ^ (1 + attack.choice % 7)]) + text[place + 1 :]
    claim: dict[str, Any] = {**certificate.claim, "lambda_min": dict(certificate.claim["lambda_min"])}
    lower, upper = certificate.lambda_min
    if certificate.verdict == "singular":
        claim["verdict"] = "positive definite"
        claim["lambda_min"] = {"lower": "1e-9", "upper": "1e0"}
    elif attack.change == "lower" or lower is None:
        claim["lambda_min"]["lower"] = decimal_above(upper * Fraction(1001, 1000))
        claim["lambda_min"]["upper"] = decimal_above(upper * 2)
    elif attack.change == "upper":
        claim["lambda_min"] = {"lower": decimal_below(lower / 2), "upper": decimal_below(lower * Fraction(999, 1000))}
    elif attack.change == "verdict":
        claim["verdict"] = "singular"
        claim["lambda_min"] = {"lower": "0", "upper": "0"}
    else:
        claim["network"] = repr(_louder(stax.parse(str(certificate.network))))
    return canonical(sealed_document(claim, certificate.document["proof"], certificate.labels)).encode()


def _louder(network: stax.Network) -> stax.Network:
    """The network with the last variances doubled, and so every eigenvalue."""
    *layers, last = network.layers
    assert isinstance(last, Dense)
    return stax.serial(*layers, stax.Dense(W_var=2 * last.W_var, b_var=2 * last.b_var))


@law(citation="the same input gives the same bytes", cases=_grams, scope=Scope.LIBRARY)
def proofs_are_reproducible(subject: Subject, case: NetworkCase) -> Outcome:
    """The same network and points, in another spelling, give the same certificate byte for byte."""
    first = prove(case)
    rows = [[str(value) for value in row] for row in case.points.as_fractions()]
    respelled = replace(case, network=stax.parse(f"stax.{case.network!r}"))
    second = certify.prove(respelled.network, rows, kernel=case.kernel, normalize=case.normalize, duplicates="keep")
    one, other = (
        {**certificate.document, "labels": {**certificate.labels, "data": None}, "seal": None}
        for certificate in (first, second)
    )
    return holds() if canonical(one) == canonical(other) else violated("two proofs of one claim differ")


def _sane(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    return gram_cases(domain, networks(ends_in_dense=None), separation=Separation.DISTINCT, max_size=5)


@law(citation="lower <= lambda_min <= upper", cases=_sane, scope=Scope.LIBRARY)
def upper_bounds_are_at_least_lower_bounds(subject: Subject, case: NetworkCase) -> Outcome:
    """The proved bounds are in order, agree with the verdict, and are as narrow as asked where positivity is proved by
    numbers."""
    certificate = prove(case)
    lower, upper = certificate.lambda_min
    if lower is not None and lower > upper:
        return violated(f"lower {float(lower)} exceeds upper {float(upper)}")
    if certificate.verdict == "singular" and (lower or upper):
        return violated("singular with bounds other than 0")
    if certificate.verdict == "positive definite" and (upper <= 0 or (lower is not None and lower <= 0)):
        return violated("positive definite with a bound that is not positive")
    if certificate.verdict == "positive definite" and lower is not None:
        if upper - lower > exact_rational("1.01e-3", "the asked width") * lower:
            return undecided("the bounds are wider than asked")
        return holds(certificate)
    return holds()


def _with_repeats(domain: Domain) -> SearchStrategy[NetworkCase] | None:
    shapes = ("grid", "parallel", "near", "antipodal", "clustered", "subspace", "extreme")
    return gram_cases(domain, networks(depth=(1, 1)), separation=Separation.NONE, shapes=shapes, kernels=("ntk",))


@law(citation="equality of the exact points after normalisation", cases=_with_repeats, scope=Scope.LIBRARY)
def duplicates_are_exactly_the_equal_points(subject: Subject, case: NetworkCase) -> Outcome:
    """The points kept are the first of each class of equal points: equal rows, or positive multiples under unit
    normalisation; points one ulp apart are two."""
    rows = case.points.as_fractions()
    firsts: list[int] = []
    for i, row in enumerate(rows):
        if not any(_equal(row, rows[k], case.normalize) for k in firsts):
            firsts.append(i)
    found = case.points.drop_duplicates("unit" if case.normalize == "unit" else "none")
    if list(found.kept) != firsts:
        return violated(f"rows {list(found.kept)} are kept where {firsts} are the distinct ones")
    return holds()


def _equal(x: tuple[Fraction, ...], y: tuple[Fraction, ...], normalize: str) -> bool:
    """x = y, or x = c y with c > 0: equality in Cauchy-Schwarz and a positive inner product."""
    if normalize == "none":
        return x == y
    return inner(x, y) > 0 and inner(x, y) ** 2 == inner(x, x) * inner(y, y)
