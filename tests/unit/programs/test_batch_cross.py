"""Batch normalisation between two batches: a closed form, differences, finite networks, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb, arb_mat, ctx

from certify import stax
from certify.arithmetic.analytic_squares import integrate_square
from certify.kernels.batch_bases import centred_basis, zero_sum_basis
from certify.kernels.batch_cross import CrossLayer
from certify.kernels.batch_maps import BatchLayer

NET = "serial(Dense(), BatchNorm(), Relu(), Dense())"


@pytest.fixture(autouse=True)
def working_precision() -> Any:
    before, ctx.prec = ctx.prec, 80
    yield
    ctx.prec = before


def eye(n: int) -> arb_mat:
    return arb_mat([[int(i == j) for j in range(n)] for i in range(n)])


def layer(cross: arb_mat) -> CrossLayer:
    return CrossLayer(eye(3), eye(3), cross, (zero_sum_basis(3), zero_sum_basis(3)))


def test_integrals_over_the_square_are_enclosed() -> None:
    first, second = integrate_square(lambda x, y: [1 / (1 + x + y), (x * y).exp()], 40)
    assert (first - (3 * arb(3).log() - 4 * arb(2).log())).contains(0)
    assert first.rad() < 1e-9
    assert abs(second - arb("1.317902151454403894860008844")) < 1e-9
    (rough,) = integrate_square(lambda x, y: [1 / (x + y + arb(0.05))], 4)
    a = arb(0.05)
    assert (rough - ((2 + a) * (2 + a).log() - 2 * (1 + a) * (1 + a).log() + a * a.log())).contains(0)


def test_independent_batches_have_the_product_of_means() -> None:
    """(37) at covariance I within and zero between batches of three: (E max(y, 0))^2 = 2 / pi^2."""
    found, _ = layer(arb_mat(3, 3)).maps(None, 14)
    for value in found.entries():
        assert (value - 2 / arb.pi() ** 2).contains(0)
        assert value.rad() < 1e-5


@pytest.mark.slow
def test_the_tangent_is_the_derivative() -> None:
    cross = arb_mat([[0.3, 0.1, 0], [0, -0.2, 0.1], [0.1, 0, 0.25]])
    direction = arb_mat([[1, 0, -1], [0, 2, 0], [1, 0, 0]])
    _, tangent = layer(cross).maps(direction, 8)
    assert tangent is not None
    step = arb(2) ** -5
    (above, _), (below, _) = (layer(cross + direction * h).maps(None, 14) for h in (step, -step))
    for ahead, behind, slope in zip(above.entries(), below.entries(), tangent.entries(), strict=True):
        assert abs((ahead - behind) / (2 * step) - slope) < 5e-3
        assert slope.rad() < 1e-3


def gradients(x: Any, weights: Any, v: Any) -> Any:
    """Gradients of a finite network on one batch, a row a point."""
    (batch, d), width = x.shape, len(v)
    h = x @ weights.T / np.sqrt(d)
    centred = h - h.mean(axis=0)
    deviation = np.sqrt((centred**2).mean(axis=0))
    y = centred / deviation
    rows = []
    for i in range(batch):
        g = np.zeros((batch, width))
        g[i] = v / np.sqrt(width) * (y[i] > 0)
        g = (g - g.mean(axis=0) - y * (g * y).mean(axis=0)) / deviation
        rows.append(np.concatenate([(g.T @ x).ravel() / np.sqrt(d), np.maximum(y[i], 0) / np.sqrt(width)]))
    return np.array(rows)


@pytest.mark.slow
def test_random_samples_agree() -> None:
    """E[f_i g_j] and E[(d_a f_i) H_ab (d_b g_j)] over samples of two batches of three."""
    cross = np.array([[0.3, 0.1, 0], [0, -0.2, 0.1], [0.1, 0, 0.25]])
    direction = np.array([[1.0, 0, -1], [0, 2, 0], [1, 0, 0]])
    value, tangent = layer(arb_mat(cross.tolist())).maps(arb_mat(direction.tolist()), 8)
    assert tangent is not None
    rng, count = np.random.default_rng(0), 400_000
    first = rng.standard_normal((count, 3))
    rest = np.linalg.cholesky(np.eye(3) - cross.T @ cross)
    sides = []
    for h in (first, first @ cross + rng.standard_normal((count, 3)) @ rest.T):
        centred = h - h.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True))
        y = centred / deviation
        slopes = (np.eye(3) - 1 / 3)[None] - y[:, :, None] * y[:, None, :] / 3
        sides.append((np.maximum(y, 0), (y > 0)[:, :, None] * slopes / deviation[:, :, None]))
    for i, j in ((0, 0), (1, 2), (2, 0)):
        products = sides[0][0][:, i] * sides[1][0][:, j]
        turned = np.einsum("na,ab,nb->n", sides[0][1][:, i], direction, sides[1][1][:, j])
        for samples, found in ((products, value[i, j]), (turned, tangent[i, j])):
            assert abs(samples.mean() - float(found.mid())) <= 6 * samples.std() / np.sqrt(count)


@pytest.mark.slow
def test_finite_networks_agree_on_a_batch_that_spans_little() -> None:
    x = np.array([[2, 0, 0], [0, 2, 0], [0, 0, 2], [-1, -2, 0], [0, -1, -2]])
    kernel: Any = stax.parse(NET).kernel(x, bits=16)
    samples = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        found = gradients(x, rng.standard_normal((600, 3)), rng.standard_normal(600))
        samples.append(found @ found.T)
    error = np.std(samples, axis=0, ddof=1) / np.sqrt(len(samples))
    assert (np.abs(np.mean(samples, axis=0) - kernel.mid) <= 5 * error + 0.03 * np.diag(kernel.mid).max()).all()


def test_batches_that_span_little_are_enclosed_and_planes_refused(refused: Any) -> None:
    """Five points in three dimensions: the centred rank decides."""
    rows = np.array([[2, 0, 0], [0, 2, 0], [0, 0, 2], [-1, -2, 0], [0, -1, -2]])
    net = stax.parse(NET)
    found: Any = net.kernel(rows, get=("nngp", "ntk"), bits=20)
    assert (found.ntk.rad <= 1e-5).all()
    assert abs(np.trace(found.nngp.mid) - 2.5) < 1e-5
    with refused("in a plane", "infinite NTK"):
        net.kernel(rows[:, :2])
    plane: Any = net.kernel(rows[:, :2], get="nngp", bits=20)
    assert abs(np.trace(plane.mid) - 2.5) < 1e-4
    with refused("on one line"):
        net.kernel(rows[:, :1], get="nngp")


def test_the_basis_of_what_points_span() -> None:
    rows = [[1, 2, 0], [0, 1, 1], [3, 0, 1], [1, 1, 1], [2, 0, 5]]
    basis = centred_basis(rows, False)
    assert (basis.nrows(), basis.ncols()) == (5, 3)
    gram = arb_mat([[sum(a * b for a, b in zip(x, y, strict=True)) for y in rows] for x in rows])
    centred = BatchLayer(gram, basis).forward(20)
    assert (centred.trace() - arb(5) / 2).contains(0)
    assert centred_basis(rows, True).ncols() == 3


def test_two_batches_that_depend_on_each_other_are_refused(refused: Any) -> None:
    rows = np.round(np.random.default_rng(4).standard_normal((8, 5)), 2)
    with refused("two batches", "at least 6 dimensions"):
        stax.parse(NET).kernel(rows[:4], rows[4:], get="nngp", bits=10)
    with refused("batch of 3", "infinite NTK"):
        stax.parse(NET).kernel(rows[:4], rows[5:], bits=10)
    with refused("batch of 2", "degenerate"):
        stax.parse(NET).kernel(rows[:4], rows[6:], get="nngp", bits=10)
