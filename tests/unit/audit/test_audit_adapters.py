"""Adapters: what they ask of a library, and, where the library is installed, what is found in it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest

from certify import activations, stax
from properties.audit import Kind, audit, open_target
from properties.audit.adapters import ADAPTERS
from properties.audit.adapters.scikit_ntk import hidden_layers
from properties.audit.catalogue import CATALOGUE, dense_network
from properties.audit.running import check_options
from properties.audit.targets import ProcessTarget

needs_neural_tangents = pytest.mark.skipif(
    importlib.util.find_spec("neural_tangents") is None, reason="neural-tangents is not installed"
)
needs_scikit_ntk = pytest.mark.skipif(importlib.util.find_spec("skntk") is None, reason="scikit-ntk is not installed")

SCALES = {Kind.SCALE_NAN, Kind.SCALE_INFINITY, Kind.SCALE_WRONG, Kind.SCALE_IMPRECISE}


@pytest.mark.parametrize("network", sorted({name for adapter in ADAPTERS.values() for name in adapter.networks}))
def test_catalogues_are_in_canonical_spelling(network: str) -> None:
    assert repr(stax.parse(network)) == network


def test_the_catalogue_tries_every_activation_that_the_library_has() -> None:
    tried = {type(layer).__name__ for network in CATALOGUE for layer in stax.parse(network).layers}
    # Hermite is taken at variance 1 only there; Step, mixtures and what has no closed form are not known.
    assert tried == {*activations.CATALOGUE, "Dense"} - {
        *("Hermite", "Step", "GaussianMixture", "SineMixture"),
        *activations.SERIES,
        *activations.ORTHANTS,
        *activations.ANGLES,
    }


def test_scikit_ntk_is_asked_for_what_it_has() -> None:
    for depth, network in enumerate(ADAPTERS["scikit-ntk"].networks, 1):
        assert hidden_layers(stax.parse(network)) == depth
    for network in ("serial(Dense())", "serial(Dense(), Relu())", "serial(Dense(), Erf(), Dense(W_var=2))"):
        assert hidden_layers(stax.parse(network)) is None


@pytest.fixture(scope="module")
def neural_tangents() -> Iterator[ProcessTarget]:
    target = open_target("neural-tangents", call_seconds=120)
    yield target
    target.close()


def kinds_found(target: ProcessTarget, network: str) -> set[Kind]:
    report = audit(target, [network], "ntk", ["digits"], check_options(examples=8))
    assert len(report.networks) == 1
    return {finding.kind for finding in report.failures}


@needs_neural_tangents
@pytest.mark.slow
@pytest.mark.parametrize(
    ("network", "kinds"),
    [
        (dense_network("Relu()", 1), {Kind.IMPRECISE, Kind.SIGN, Kind.SCALE_NAN, Kind.SCALE_WRONG}),
        (dense_network("Sign()", 3, weight="W_var=4"), {Kind.WRONG}),
        (dense_network("RectifiedMonomial(1)", 1), {Kind.NAN}),
        (dense_network("RectifiedMonomial(2)", 1), {Kind.NAN}),
        (dense_network('Polynomial([1, -1, "1/2"])', 1), {Kind.NAN}),
    ],
)
def test_the_defects_of_neural_tangents_are_found(
    neural_tangents: ProcessTarget, network: str, kinds: set[Kind]
) -> None:
    assert kinds <= kinds_found(neural_tangents, network)


@needs_neural_tangents
@pytest.mark.slow
@pytest.mark.parametrize("activation", ["Erf()", "Gelu()", "Rbf()", "Gaussian()", "Sigmoid_like()"])
def test_there_is_no_false_alarm_where_neural_tangents_is_right(
    neural_tangents: ProcessTarget, activation: str
) -> None:
    assert kinds_found(neural_tangents, dense_network(activation, 3, bias='b_var="1/4"')) <= SCALES


@needs_scikit_ntk
@pytest.mark.slow
def test_the_defects_of_scikit_ntk_are_found() -> None:
    target = open_target("scikit-ntk")
    try:
        for network in ADAPTERS["scikit-ntk"].networks:
            found = kinds_found(target, network)
            assert {Kind.IMPRECISE, Kind.SCALE_INFINITY} <= found
    finally:
        target.close()
