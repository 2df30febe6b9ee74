"""One layer of batch normalisation and ReLU between two batches (Yang 2020, Tensor Programs II, Appendix E.4).

With covariances S of the first batch, R of the second and X between them, centring G and H, sizes B and C, and M the
covariance of all centred preactivations, D = s I (+) t I,

    X' = sqrt(B C) / pi int_0^inf int_0^inf (s t)^(-1/2) det(I + 2 D M)^(-1/2) V(Q)_12 ds dt                      (37)

with Q = (M^(-1) + 2D)^(-1), V the dual of ReLU: 1/|u| = pi^(-1/2) int s^(-1/2) exp(-s |u|^2) ds, and a Gaussian times
such a factor is one of covariance Q. Price's theorem for two independent batches of functions, dE[f_i g_j] / dX_ab =
E[(d_a f_i) (d_b g_j)], makes the map of tangent kernels the derivative of X -> X'; with A = M^(-1) dM M^(-1) it changes
Q by Q A Q and log det by tr(M^(-1) dM) - tr(A Q).

In the variables s = x^2 / (1-x)^2, t = y^2 / (1-y)^2, on orthonormal bases of the spans of the two batches, of ranks r
and q, let E = a I (+) b I and N = E (M^(-1) + 2D) E. Then Q = E N^(-1) E, V(Q)_12 = a b V(N^(-1))_12 and det(I + 2DM) =
det M det N / (a^(2r) b^(2q)). With a = 1 - x, and likewise b, all is analytic around the unit square; a = 1 varies less
towards x = 0, and either is taken on its side, which changes nothing but the enclosures.
"""

from __future__ import annotations

from flint import acb, acb_mat, arb, arb_mat

from certify.arithmetic.analytic_integrals import NotAnalytic
from certify.arithmetic.analytic_squares import integrate_square
from certify.kernels.batch_maps import off_the_cut, rough_eigenvectors

TOWARDS_ZERO = 0.5


class CrossLayer:
    """The integrands of one layer at the covariances of two batches, on bases of what they span."""

    def __init__(self, first: arb_mat, second: arb_mat, cross: arb_mat, bases: tuple[arb_mat, arb_mat]) -> None:
        """Raises ArithmeticError where all centred points together are dependent, or may be."""
        self.sizes = first.nrows(), second.nrows()
        self.ranks = bases[0].ncols(), bases[1].ncols()
        inverse = _joined(
            *(_reduced(one, two, value) for one, two, value in _blocks(bases, first, second, cross))
        ).inv()
        turns = [rough_eigenvectors(_part(inverse, *place)) for place in self._places()]
        # Any regular change of basis within a batch goes through; this one makes both blocks nearly diagonal.
        back = [turn.inv() for turn in turns]
        whole, whole_back = _diagonal(*turns), _diagonal(*back)
        self.inverse = acb_mat(whole_back * inverse * whole)
        self.left = acb_mat(_diagonal(bases[0], bases[1]) * whole)
        self.right = acb_mat(whole_back * _diagonal(bases[0], bases[1]).transpose())
        self.determinant = inverse.det().sqrt()
        self.bases, self.plain_inverse, self.turns = bases, inverse, (whole, whole_back)
        self.pi = acb(arb.pi())
        self.scale = acb(4 * (arb(self.sizes[0]) * self.sizes[1]).sqrt() / arb.pi() * self.determinant)

    def _places(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return (0, self.ranks[0]), (self.ranks[0], sum(self.ranks))

    def _at(self, x: acb, y: acb) -> tuple[acb_mat, acb, list[acb]]:
        """N^(-1) on the bases, the weight of V(N^(-1)) in the integrand, and the diagonal of E."""
        r, k = self.ranks[0], sum(self.ranks)
        (left, square, weight), (right, other, share) = _scaled(x, r), _scaled(y, k - r)
        away = [left] * r + [right] * (k - r)
        squares = [square] * r + [other] * (k - r)
        n = acb_mat(k, k)
        for i in range(k):
            for j in range(k):
                n[i, j] = self.inverse[i, j] * away[i] * away[j]
            n[i, i] = n[i, i] + squares[i]
        # A box inverts well only beside the inverse at its middle. Of the root of the determinant boxes give the size,
        # whatever its branch: on the square itself it is positive, and around it the determinant has no zero.
        middle = n.mid()
        guess = middle.inv()
        near = guess * n
        determinant = middle.det() * near.det()
        if determinant.contains(0):
            raise NotAnalytic("a determinant may vanish")
        return near.inv() * guess, self.scale * weight * share * determinant.rsqrt(), away

    def maps(self, direction: arb_mat | None, bits: int) -> tuple[arb_mat, arb_mat | None]:
        """X', and the image of a direction under its derivative, to about so many bits."""
        b, c = self.sizes
        change = None if direction is None else self._change(direction)
        trace = None if direction is None else self._trace(direction)

        def integrand(x: acb, y: acb) -> list[acb]:
            p, factor, away = self._at(x, y)
            inner = self.left * p * self.right
            moved = loss = None
            if change is not None and trace is not None:
                k = sum(self.ranks)
                around = acb_mat([[change[i, j] * away[i] * away[j] for j in range(k)] for i in range(k)])
                product = p * around
                moved = self.left * product * p * self.right
                loss = (trace - sum((product[i, i] for i in range(k)), acb(0))) / 2
            values: list[acb] = []
            slopes: list[acb] = []
            for i in range(b):
                for j in range(b, b + c):
                    value, turn, sine = self._dual(inner[i, i], inner[j, j], inner[i, j])
                    values.append(factor * value)
                    if moved is not None and loss is not None:
                        own = (moved[i, i] / inner[i, i] + moved[j, j] / inner[j, j]) / (4 * self.pi)
                        slopes.append(factor * (turn * moved[i, j] + sine * own - loss * value))
            return values + slopes

        found = integrate_square(integrand, bits)
        return arb_mat(b, c, found[: b * c]), None if direction is None else arb_mat(b, c, found[b * c :])

    def _dual(self, q1: acb, q2: acb, r: acb) -> tuple[acb, acb, acb]:
        """V and V' of ReLU, and sqrt(q1 q2 - r^2)."""
        product = off_the_cut(q1 * q2)
        sine = off_the_cut(product - r * r).sqrt()
        cosine = r / product.sqrt()
        if not (abs(cosine.real) < 1 or cosine.imag > 0 or cosine.imag < 0):
            raise NotAnalytic("an angle may be cut")
        turn = (self.pi - cosine.acos()) / (2 * self.pi)
        return sine / (2 * self.pi) + r * turn, turn, sine

    def _direction(self, direction: arb_mat) -> arb_mat:
        """dM on the bases."""
        moved = self.bases[0].transpose() * direction * self.bases[1]
        (r, _), k = self.ranks, sum(self.ranks)
        whole = arb_mat(k, k)
        for i in range(r):
            for j in range(k - r):
                whole[i, r + j] = whole[r + j, i] = moved[i, j]
        return whole

    def _change(self, direction: arb_mat) -> acb_mat:
        """M^(-1) dM M^(-1), in the basis in which M^(-1) is nearly diagonal."""
        around = self.plain_inverse * self._direction(direction) * self.plain_inverse
        return acb_mat(self.turns[1] * around * self.turns[0])

    def _trace(self, direction: arb_mat) -> acb:
        return acb((self.plain_inverse * self._direction(direction)).trace())


def _scaled(x: acb, rank: int) -> tuple[acb, acb, acb]:
    """(a, 2 s a^2, a^(rank + 1) / (1 - x)^2) for one of the variables, see the head of this file."""
    away = 1 - x
    if x.real.mid() < TOWARDS_ZERO:
        ratio = 1 / away
        return acb(1), 2 * (x * ratio) ** 2, ratio**2
    return away, 2 * x * x, away ** (rank - 1)


def _blocks(
    bases: tuple[arb_mat, arb_mat], first: arb_mat, second: arb_mat, cross: arb_mat
) -> list[tuple[arb_mat, arb_mat, arb_mat]]:
    one, two = bases
    return [(one, one, first), (one, two, cross), (two, two, second)]


def _reduced(left: arb_mat, right: arb_mat, matrix: arb_mat) -> arb_mat:
    return left.transpose() * matrix * right


def _joined(first: arb_mat, cross: arb_mat, second: arb_mat) -> arb_mat:
    """The symmetric matrix of these blocks. Raises ArithmeticError unless its inverse can be enclosed."""
    r, q = first.nrows(), second.nrows()
    whole = arb_mat(r + q, r + q)
    for i in range(r + q):
        for j in range(r + q):
            if i < r and j < r:
                whole[i, j] = first[i, j]
            elif i >= r and j >= r:
                whole[i, j] = second[i - r, j - r]
            else:
                whole[i, j] = cross[min(i, j), max(i, j) - r]
    return whole


def _part(matrix: arb_mat, start: int, stop: int) -> arb_mat:
    return arb_mat([[matrix[i, j] for j in range(start, stop)] for i in range(start, stop)])


def _diagonal(first: arb_mat, second: arb_mat) -> arb_mat:
    """Two blocks on the diagonal."""
    whole = arb_mat(first.nrows() + second.nrows(), first.ncols() + second.ncols())
    for block, top, left in ((first, 0, 0), (second, first.nrows(), first.ncols())):
        for i in range(block.nrows()):
            for j in range(block.ncols()):
                whole[top + i, left + j] = block[i, j]
    return whole
