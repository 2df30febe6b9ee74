"""Kernel libraries that can be audited by name: what to import, how to install it, and which networks to try."""

from __future__ import annotations

from dataclasses import dataclass

from properties.audit.catalogue import CATALOGUE, RELU_NETWORKS
from properties.audit.worker import CALL_SECONDS


@dataclass(frozen=True)
class Adapter:
    """A library by its name on the command line.

    `module` is imported in the worker and has a `load() -> function(network, kernel, x1, x2)`; `packages` are the
    top-level modules whose absence means that the library is not installed, `install` the command that installs it.
    `call_seconds` is what a call may take unless the user says otherwise.
    """

    name: str
    module: str
    packages: tuple[str, ...]
    install: str
    networks: tuple[str, ...]
    call_seconds: float = CALL_SECONDS


ADAPTERS = {
    adapter.name: adapter
    for adapter in (
        Adapter(
            "neural-tangents",
            "properties.audit.adapters.neural_tangents",
            ("neural_tangents", "jax", "jaxlib", "tf2jax", "tensorflow"),
            "pip install neural-tangents==0.6.5 jax==0.4.30 jaxlib==0.4.30 tf2jax==0.3.6",
            CATALOGUE,
            call_seconds=60.0,  # the first call of every shape compiles
        ),
        Adapter(
            "scikit-ntk",
            "properties.audit.adapters.scikit_ntk",
            ("skntk", "sklearn"),
            "pip install scikit-ntk==1.2.1",
            RELU_NETWORKS,
        ),
    )
}
