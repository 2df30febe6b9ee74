"""Networks of finite width: simulation against the limit, with bands that say how far chance may go."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from certify.stax import Network
from properties.laws.base import Domain, Outcome, holds, law, undecided, violated
from properties.laws.cases import SampleCase
from properties.laws.hypotheses import ends_in_dense, gram_cases, hidden, relevant
from properties.laws.invariance import enclose
from properties.oracles.finite import functions, sample_kernels
from properties.strategies import FAMILIES, Separation, stack
from properties.subjects import Subject

_WIDTH = 128
_REPLICATES = 64
_NEAR, _FAR = 6.0, 10.0
"""Standard errors within which chance is believed, and beyond which it is not: with 64 networks Student's t at 10 has a
probability below 1e-13 an entry for normal averages."""
_BIAS = 4.0
"""Allowance for the bias of deeper networks: this many times the largest entry over the width."""


def _simulated(network: Network) -> bool:
    """Whether the network alternates Dense and a simulated activation, with a Dense at the end."""
    alternates = len(relevant(network)) == 2 * len(hidden(network)) + 1 <= 5
    return alternates and ends_in_dense(network) and all(functions(s) is not None for s in hidden(network))


def _sample_cases(domain: Domain) -> SearchStrategy[SampleCase] | None:
    tame = st.one_of([FAMILIES[name] for name in ("Relu", "Erf", "Abs", "Gelu", "LeakyRelu", "Sin")])
    nets = st.one_of(stack([tame]), stack([tame, tame]))
    grams = gram_cases(
        domain,
        nets,
        _simulated,
        separation=Separation.NONE,
        max_size=3,
        columns=(1, 3),
        shapes=("sphere", "grid", "antipodal"),
        normalizations=("none",),
    )
    return None if grams is None else st.builds(SampleCase, grams, st.integers(0, 2**32 - 1))


@law(citation="Jacot, Gabriel and Hongler 2018, Theorem 1", cases=_sample_cases)
def wide_networks_approach_the_limit(subject: Subject, sample: SampleCase) -> Outcome:
    """The mean kernel of 64 random networks of width 128 lies within ten standard errors of the limit, and the bias of
    O(1/width) that more than one hidden layer brings."""
    case = sample.case
    bounds = enclose(subject, case)
    x = np.array([[float(value) for value in row] for row in case.points.as_fractions()])
    found = sample_kernels(case.network, x, case.kernel, width=_WIDTH, replicates=_REPLICATES, seed=sample.seed)
    scale = float(bounds.scale)
    bias = _BIAS * scale / _WIDTH if len(hidden(case.network)) > 1 else 0.0
    # The simulation is in float64: its rounding is far below this.
    rounding = 1e-9 * scale
    unsure = ""
    for i, j in np.ndindex(found.mean.shape):
        entry = bounds[i, j]
        mean = float(found.mean[i, j])
        distance = max(float(entry.low) - mean, mean - float(entry.high), 0.0)
        error = float(found.error[i, j])
        if distance > _FAR * error + 2 * bias + rounding:
            return violated(f"entry ({i}, {j}) in {entry} is {distance / error:.1f} standard errors from the mean")
        if distance > _NEAR * error + bias + rounding or error > scale / 4:
            unsure = f"entry ({i}, {j}) is {distance:.3g} from the mean, its standard error {error:.3g}"
    return undecided(unsure) if unsure else holds()
