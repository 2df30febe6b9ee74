"""Networks for images and sequences: two number systems, and what their kernels must not depend on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from certify import stax
from certify.points import Points
from certify.stax import Network
from properties.intervals import Bounds
from properties.laws.base import Domain, Outcome, law
from properties.laws.cases import NetworkCase, ShapedCase
from properties.laws.invariance import same
from properties.strategies.shaped import (
    IMAGE,
    Shaped,
    convolutions,
    shaped_networks,
    shaped_rows,
    tame_activations,
)
from properties.subjects import Scope, Subject, bounds_of_enclosure

Move = Callable[[Sequence[int]], Sequence[int]]


def _cases(
    domain: Domain, networks: SearchStrategy[Shaped], moves: SearchStrategy[tuple[int, ...]]
) -> SearchStrategy[ShapedCase] | None:
    """Small points for such networks; none where the network is fixed, since its shapes are not known."""
    if domain.network is not None:
        return None

    @st.composite
    def build(draw: DrawFn) -> ShapedCase:
        built = draw(networks)
        points = Points.reduced(tuple(draw(shaped_rows(max_size=3))), 1)
        kernel, normalize = draw(st.sampled_from(domain.kernels)), draw(st.sampled_from(domain.normalizations))
        return ShapedCase(NetworkCase(built.network, points, kernel, normalize), built.shape, draw(moves))

    return build()


def _enclose(subject: Subject, shaped: ShapedCase, move: Move | None = None) -> Bounds:
    """The kernel at the points, each with its entries moved."""
    case = shaped.case
    points = case.points
    if move is not None:
        points = Points.reduced(tuple(tuple(move(row)) for row in points.rows), points.denominator)
    shape = shaped.shape or None
    return subject.enclose(case.network, points.with_shape(shape), kernel=case.kernel, normalize=case.normalize)


def _everything(domain: Domain) -> SearchStrategy[ShapedCase] | None:
    return _cases(domain, shaped_networks(), st.just(()))


@law(citation="both enclose one exact matrix", cases=_everything, scope=Scope.LIBRARY)
def float64_meets_arb_on_every_architecture(subject: Subject, shaped: ShapedCase) -> Outcome:
    """Float64 balls and Arb balls around the kernel of a network for images or sequences have a number in common."""
    case = shaped.case
    points = case.points.with_shape(shaped.shape or None)
    found: Any = case.network.kernel(points, get=case.kernel, arithmetic="float", normalize=case.normalize)
    return same(_enclose(subject, shaped), bounds_of_enclosure(found), "in float64")


def _attention(domain: Domain) -> SearchStrategy[ShapedCase] | None:
    return _cases(domain, shaped_networks(("sequence", "transformer")), st.permutations((0, 1, 2)).map(tuple))


@law(citation="attention and the mean over tokens are symmetric", cases=_attention, scope=Scope.LIBRARY)
def attention_sees_no_order(subject: Subject, shaped: ShapedCase) -> Outcome:
    """The tokens of every sequence may be put into another order under attention and a global pool."""

    def move(row: Sequence[int]) -> list[int]:
        return [row[2 * p + c] for p in shaped.moves for c in range(2)]

    return same(_enclose(subject, shaped), _enclose(subject, shaped, move), "with the tokens in another order")


@st.composite
def _circular(draw: DrawFn) -> Shaped:
    conv, again = (draw(convolutions(st.just("CIRCULAR"), st.just((1, 1)))) for _ in range(2))
    end: Any = draw(st.sampled_from([stax.GlobalAvgPool(), stax.GlobalSumPool()]))
    layers = [conv, draw(tame_activations()), again, draw(tame_activations()), end, stax.Dense()]
    network: Network = stax.serial(*layers)
    return Shaped(network, IMAGE)


def _images(domain: Domain) -> SearchStrategy[ShapedCase] | None:
    return _cases(domain, _circular(), st.tuples(st.integers(0, 1), st.integers(0, 2)))


@law(citation="circular convolutions commute with shifts", cases=_images, scope=Scope.LIBRARY)
def pools_hide_circular_shifts(subject: Subject, shaped: ShapedCase) -> Outcome:
    """Images may be shifted around their edges under circular convolutions of stride one and a global pool."""
    down, right = shaped.moves
    height, width, _ = IMAGE

    def move(row: Sequence[int]) -> list[int]:
        return [row[(y + down) % height * width + (x + right) % width] for y in range(height) for x in range(width)]

    return same(_enclose(subject, shaped), _enclose(subject, shaped, move), "with the images shifted")


def _channels(domain: Domain) -> SearchStrategy[ShapedCase] | None:
    turns = st.tuples(st.sampled_from([0, 1]), st.sampled_from([1, -1]), st.sampled_from([1, -1]))
    return _cases(domain, shaped_networks(("sequence", "rnn", "transformer")), turns)


@law(citation="weights into the first layer are Gaussian: U Q has the law of U", cases=_channels, scope=Scope.LIBRARY)
def channels_may_be_turned(subject: Subject, shaped: ShapedCase) -> Outcome:
    """An orthogonal matrix applied to the channels of every step of every sequence leaves the kernel as it is."""
    first, sign, other = shaped.moves

    def move(row: Sequence[int]) -> list[int]:
        return [(sign, other)[c] * row[2 * p + (first + c) % 2] for p in range(3) for c in range(2)]

    return same(_enclose(subject, shaped), _enclose(subject, shaped, move), "with the channels turned")
