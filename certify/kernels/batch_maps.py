"""One layer of batch normalisation and ReLU, forward and backward (Yang 2020, Tensor Programs II, Appendix E.4).

For a batch of B points with covariance S of the preactivations, G = I - 11^T/B, and K(s) = GSG (I + 2s GSG)^(-1),

    S' = B int_0^inf V(K(s)) det(I + 2s GSG)^(-1/2) ds                                                         (36)
    D' = B int_0^inf det^(-1/2) G (L1 + L2 - L3) G ds,  L1 = D o V'(K),  L2 = (s^2/2) (<D, V(K)> K + 2 K J K),
         L3 = s (K J + J K)                                                                                    (38)

with V, V' the duals of ReLU and J the adjoint of the derivative of V at D. In the variable s = x^2/(1-x)^2, and with an
orthonormal basis U of the range of GS, of rank r, A = (1-x)^2 I + 2 x^2 U'SU and P = U U'SU A^(-1) U', one has
K = (1-x)^2 P and det(I + 2s GSG) = det A / (1-x)^(2r): both integrands become analytic on [0, 1]. On boxes of x an
inverse of A would lose what the condition of S is, so U'SU is brought nearly to diagonal form first, by a similarity.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import acb, acb_mat, arb, arb_mat

from certify.arithmetic.analytic_integrals import NotAnalytic, integrate
from certify.kernels.batch_bases import zero_sum_basis


def rough_eigenvectors(symmetric: arb_mat) -> arb_mat:
    """Exact numbers near to the eigenvectors: any regular matrix would do."""
    n = symmetric.nrows()
    rough = np.array([[float(symmetric[i, j].mid()) for j in range(n)] for i in range(n)])
    size = np.abs(rough).max(initial=0.0)
    if not 0 < size < np.inf:
        raise ArithmeticError("the covariance of a batch is zero, or beyond float64")
    vectors = np.linalg.eigh(rough / size)[1]
    return arb_mat([[float(v) for v in row] for row in vectors])


def off_the_cut(z: acb) -> acb:
    """z itself, once it is known to miss the negative real axis and zero."""
    if z.real > 0 or z.imag > 0 or z.imag < 0:
        return z
    raise NotAnalytic("a square root may be cut")


class BatchLayer:
    """The integrands of one layer at a covariance of the batch."""

    def __init__(self, covariance: arb_mat, basis: arb_mat | None = None) -> None:
        """`basis` has orthonormal columns that span the range of G S: without one, all vectors of sum zero."""
        self.size = covariance.nrows()
        if basis is None:
            basis = zero_sum_basis(self.size)
        self.rank = basis.ncols()
        inner = basis.transpose() * covariance * basis
        turn = rough_eigenvectors(inner)
        back = turn.inv()
        self.left, self.right = acb_mat(basis * turn), acb_mat(back * basis.transpose())
        self.inner = acb_mat(back * inner * turn)
        self.pi = acb(arb.pi())

    def _at(self, z: acb) -> tuple[acb_mat, acb]:
        """P, and det(A)^(-1/2)."""
        n = self.rank
        away, square = (1 - z) ** 2, 2 * z * z
        a = self.inner * square
        for k in range(n):
            a[k, k] = a[k, k] + away
        root = acb(1)
        rows = [[a[i, j] for j in range(n)] for i in range(n)]
        for k in range(n):
            pivot = rows[k][k]
            if not pivot.real > 0:
                # With positive real parts the product of the roots is the analytic root of the determinant.
                raise NotAnalytic("a pivot may vanish")
            root = root * pivot.rsqrt()
            for i in range(k + 1, n):
                factor = rows[i][k] / pivot
                for j in range(k + 1, n):
                    rows[i][j] = rows[i][j] - factor * rows[k][j]
        return self.left * (self.inner * a.inv()) * self.right, root

    def _duals(self, p: acb_mat) -> tuple[list[list[acb]], list[list[acb]], list[list[acb]]]:
        """V and V' of ReLU at P, and sqrt(P_ii P_jj - P_ij^2)."""
        n = self.size
        value = [[p[i, i] / 2 for _ in range(n)] for i in range(n)]
        slope = [[acb(1) / 2 for _ in range(n)] for _ in range(n)]
        sines = [[acb(0) for _ in range(n)] for _ in range(n)]
        for i in range(n):
            for j in range(i):
                product, r = off_the_cut(p[i, i] * p[j, j]), p[i, j]
                sine = off_the_cut(product - r * r).sqrt()
                cosine = r / product.sqrt()
                if not (abs(cosine.real) < 1 or cosine.imag > 0 or cosine.imag < 0):
                    raise NotAnalytic("an angle may be cut")
                turn = (self.pi - cosine.acos()) / (2 * self.pi)
                sines[i][j] = sines[j][i] = sine
                slope[i][j] = slope[j][i] = turn
                value[i][j] = value[j][i] = sine / (2 * self.pi) + r * turn
        return value, slope, sines

    def forward(self, bits: int) -> arb_mat:
        """S', to about so many bits."""
        n = self.size

        def integrand(z: acb) -> list[acb]:
            p, root = self._at(z)
            factor = 2 * n * z * (1 - z) ** (self.rank - 1) * root
            value, _, _ = self._duals(p)
            return [factor * value[i][j] for i in range(n) for j in range(i + 1)]

        return _symmetric(integrate(integrand, bits), n)

    def tangent(self, direction: arb_mat, bits: int) -> arb_mat:
        """The adjoint of the backward map: <X, D'> = <tangent(X), D> for all D; the rank is at least three.

        With Y = G X G and H -> V'[H] the derivative of V in the direction H, it is the integral of
        Y o V'(K) + (s^2/2) (<Y, K> V(K) + 2 V'[K Y K]) - s V'[K Y + Y K]. One matrix goes forward instead of one for
        each pair of points back.
        """
        n = self.size
        centred = acb_mat(self._centre() * direction * self._centre())

        def integrand(z: acb) -> list[acb]:
            p, root = self._at(z)
            value, slope, sines = self._duals(p)
            factor = 2 * n * z * (1 - z) ** (self.rank - 3) * root
            square = z * z
            left = p * centred
            change = left * p * (square * square) - (left + centred * p) * square
            inner = sum((a * b for a, b in zip(centred.entries(), p.entries(), strict=True)), acb(0))
            inner = inner * square * square / 2
            ratios = [change[i, i] / (4 * self.pi * p[i, i]) for i in range(n)]
            found: list[acb] = []
            for i in range(n):
                for j in range(i):
                    turned = (centred[i, j] + change[i, j]) * slope[i][j] + sines[i][j] * (ratios[i] + ratios[j])
                    found.append(factor * (turned + inner * value[i][j]))
                found.append(factor * ((centred[i, i] + change[i, i]) / 2 + inner * value[i][i]))
            return found

        return _symmetric(integrate(integrand, bits), n)

    def _centre(self) -> arb_mat:
        """G = I - 11'/B."""
        n = self.size
        return arb_mat([[(1 if i == j else 0) - arb(1) / n for j in range(n)] for i in range(n)])

    def backward(self, gradients: Sequence[arb_mat], bits: int) -> list[arb_mat]:
        """D' of every symmetric D, to about so many bits; the rank is at least three."""
        n = self.size
        given = [(acb_mat(d), d) for d in gradients]

        def integrand(z: acb) -> list[acb]:
            p, root = self._at(z)
            value, slope, sines = self._duals(p)
            factor = 2 * n * z * (1 - z) ** (self.rank - 3) * root
            square = z * z
            found: list[acb] = []
            for _, d in given:
                total = acb_mat(n, n)
                inner = acb(0)
                adjoint = acb_mat(n, n)
                for i in range(n):
                    spread = acb(0)
                    for j in range(n):
                        weight = d[i, j]
                        if weight.is_zero():
                            continue
                        inner = inner + weight * value[i][j]
                        total[i, j] = weight * slope[i][j]
                        if i != j:
                            adjoint[i, j] = weight * slope[i][j]
                            spread = spread + weight * sines[i][j]
                    adjoint[i, i] = d[i, i] / acb(2) + spread / (2 * self.pi * p[i, i])
                left = p * adjoint
                total = total + (p * inner / 2 + left * p) * (square * square)
                total = total - (left + adjoint * p) * square
                found.extend(factor * total[i, j] for i in range(n) for j in range(i + 1))
            return found

        flat = integrate(integrand, bits)
        each = n * (n + 1) // 2
        centre = self._centre()
        return [centre * _symmetric(flat[k * each : (k + 1) * each], n) * centre for k in range(len(given))]


def _symmetric(entries: Sequence[arb], n: int) -> arb_mat:
    """The full matrix from its lower triangle."""
    matrix, position = arb_mat(n, n), 0
    for i in range(n):
        for j in range(i + 1):
            matrix[i, j] = matrix[j, i] = entries[position]
            position += 1
    return matrix
