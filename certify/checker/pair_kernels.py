"""NNGP and NTK of two points through a network with positions, layer by layer.

For a vector y of the network, over positions p of the first point and q of the second, S_pq = E y_p y'_q and T_pq is
the tangent kernel of y so far.  A matrix maps S to W S + b and T to W T + (W S + b), without the factors W and b in the
last term under the parametrisation "s4"; an activation maps S to V(S) and T to T V'(S); maps that are linear given the
deterministic limits of their coefficients (mixing, attention, norms) act alike on both.  This is the forward recursion
for the tangent kernel; it has no backward pass.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .activations import TwoSlopes, facts_of
from .answers import Invalid, Unsupported
from .dual_base import Dual
from .fixed_angles import TwoSlopesMany, lengths_of, two_slopes_many
from .fixed_sums import FINER, added, pooled, tapped
from .interval import ONE, ZERO, Interval, add, divide, from_fraction, multiply, not_below_zero, root
from .labels import Labels
from .shaped_layers import Recurrent
from .stations import Side, Stations, confined, dual_entry, softmax
from .traverse import Rows, Signal, Taps, Walker

Entries = list[Interval]


@dataclass(frozen=True)
class Base:
    """One vector: S and T over `rows` times `columns` positions, whether it is Gaussian with mean zero, and the fresh
    matrices that it is made of (0 is the data).  Vectors with the same `key` are the same vector."""

    key: int
    nngp: Entries
    ntk: Entries
    rows: int
    columns: int
    gaussian: bool
    origins: frozenset[int]


Value = tuple[tuple[Fraction, Base], ...]
"""A linear combination of vectors whose mixed second moments vanish."""


class PairWalker(Walker[Value]):
    """A pair of points, or a point with itself where both stations are one."""

    def __init__(self, bits: int, s4: bool, dual_of: Callable[[Any], Dual], one: Stations, two: Stations) -> None:
        self.bits, self.s4, self.dual_of, self.one, self.two = bits, s4, dual_of, one, two
        self.own = one is two
        self.station = self.keys = 0

    def start(self, products: Entries, positions: int) -> Value:
        """The data: S = <x_p, y_q> / channels, no parameters yet."""
        zeros = [ZERO] * len(products)
        return self._base(products, zeros, positions, positions, False, frozenset({0}))

    def _base(
        self, nngp: Entries, ntk: Entries, rows: int, columns: int, gaussian: bool, origins: frozenset[int]
    ) -> Value:
        self.keys += 1
        return ((Fraction(1), Base(self.keys, nngp, ntk, rows, columns, gaussian, origins)),)

    def _next(self, make: Callable[[], Any]) -> tuple[Any, Any]:
        """The stations of both points; a point paired with itself makes its own."""
        index = self.station
        self.station += 1
        if self.own:
            assert len(self.one.left) == index
            self.one.left.append(make())
        return self.one.left[index], self.two.left[index]

    def collapsed(self, value: Value) -> Base:
        """A combination as one vector."""
        first = value[0][1]
        if len(value) == 1 and value[0][0] == 1:
            return first
        nngp, ntk = [ZERO] * len(first.nngp), [ZERO] * len(first.ntk)
        for coefficient, base in value:
            square = from_fraction(coefficient * coefficient, self.bits)
            nngp = [add(a, multiply(square, b, self.bits), self.bits) for a, b in zip(nngp, base.nngp, strict=True)]
            ntk = [add(a, multiply(square, b, self.bits), self.bits) for a, b in zip(ntk, base.ntk, strict=True)]
        gaussian = all(base.gaussian for _, base in value)
        origins = frozenset().union(*(base.origins for _, base in value))
        return Base(0, nngp, ntk, first.rows, first.columns, gaussian, origins)

    def _require_wide(self, bases: list[Base]) -> None:
        """The data have a width of their own, and are neither added to wide vectors nor put beside them."""
        if any(base.origins == {0} for base in bases):
            raise Invalid("the data themselves are joined with wide vectors: a Dense or Conv layer has to come first")

    def matrix(self, signal: Signal[Value], weight: Fraction, bias: Fraction, taps: Taps | None) -> Value:
        self.layer += 1
        parts = [self.collapsed(part) for part in signal.parts]
        if len(parts) > 1:
            self._require_wide(parts)
        rows, columns = parts[0].rows, parts[0].columns
        means = []
        for entries in ([part.nngp for part in parts], [part.ntk for part in parts]):
            if taps is not None:
                share = from_fraction(Fraction(1, len(taps[0]) * len(entries)), self.bits + FINER)
                made = tapped(entries, columns, taps, share, self.bits)
                means.append(self._tapped(entries, columns, taps, share) if made is None else made)
            elif signal.flat:
                if rows != columns:
                    raise Invalid("Flatten needs points of one shape")
                means.append([self._mean([kept for one in entries for kept in one[:: columns + 1]])])
            elif len(entries) == 1:
                means.append(entries[0])
            else:
                means.append([self._mean(list(column)) for column in zip(*entries, strict=True)])
        if taps is not None:
            rows = columns = len(taps)
        elif signal.flat:
            rows = columns = 1
        return self._base(
            *self._weighted(means[0], means[1], weight, bias), rows, columns, True, frozenset({self.layer})
        )

    def _weighted(self, nngp: Entries, ntk: Entries, weight: Fraction, bias: Fraction) -> tuple[Entries, Entries]:
        bits = self.bits
        factor, offset = from_fraction(weight, bits), from_fraction(bias, bits)
        scaled = nngp if weight == 1 else [multiply(factor, x, bits) for x in nngp]
        new = [add(x, offset, bits) for x in scaled] if bias else scaled
        own = new
        if self.s4:
            own = [add(x, ONE, bits) for x in nngp] if bias else nngp
        tangent = ntk if weight == 1 else [multiply(factor, x, bits) for x in ntk]
        total = added(tangent, own, bits)
        return new, [add(a, b, bits) for a, b in zip(tangent, own, strict=True)] if total is None else total

    def _mean(self, values: Entries) -> Interval:
        total = ZERO
        for value in values:
            total = add(total, value, self.bits)
        return multiply(total, from_fraction(Fraction(1, len(values)), self.bits), self.bits)

    def _tapped(self, entries: list[Entries], columns: int, taps: Taps, share: Interval) -> Entries:
        bits = self.bits
        found = []
        for at in taps:
            for other in taps:
                total = ZERO
                for p, q in zip(at, other, strict=True):
                    if p is not None and q is not None:
                        for one in entries:
                            total = add(total, one[p * columns + q], bits)
                found.append(multiply(share, total, bits))
        return found

    def activation(self, value: Value, activation: Any) -> Value:
        base = self.collapsed(value)
        if not base.gaussian:
            raise Invalid("an activation acts on what is no Gaussian vector: a Dense or Conv layer has to come first")
        dual = self.dual_of(activation)

        many = None
        if isinstance(activation, TwoSlopes) and activation.negative != activation.positive:
            many = two_slopes_many(activation.negative, activation.positive, self.bits)

        def prepare() -> Any:
            variances = [not_below_zero(x) for x in base.nngp[:: base.columns + 1]]
            points = [dual.point(confined(variance)) for variance in variances]
            return variances, points, lengths_of(variances, self.bits) if many else None

        first, second = self._next(prepare)
        names = self.one.labels[self.station - 1], self.two.labels[self.station - 1]
        vanishing = facts_of(activation).vanishes_at_zero
        values, slopes = self._dual_entries(dual, vanishing, base, first, second, names, many)
        finer = self.bits + FINER
        ntk = [multiply(t, s, finer) if t[1] or t[0] else ZERO for t, s in zip(base.ntk, slopes, strict=True)]
        return self._base(values, ntk, base.rows, base.columns, False, base.origins)

    def _dual_entries(
        self,
        dual: Dual,
        vanishing: bool,
        base: Base,
        first: Any,
        second: Any,
        names: tuple[Labels, Labels],
        many: TwoSlopesMany | None,
    ) -> tuple[Entries, Entries]:
        values: Entries = []
        slopes: Entries = []
        columns, bits = base.columns, self.bits
        sides = [Side(*side) for side in zip(second[0], second[1], names[1], strict=True)]
        dead = [side.dead for side in sides]
        for p in range(base.rows):
            one = Side(first[0][p], first[1][p], names[0][p])
            covariances = base.nngp[p * columns : (p + 1) * columns]
            blank = one.dead
            known: list[tuple[Interval, Interval] | None] = [None] * columns
            if many and not blank and first[2] is not None and second[2] is not None:
                known = many.line(first[2], p, second[2], covariances)
            for two, off, r, found in zip(sides, dead, covariances, known, strict=True):
                if vanishing and (blank or off):
                    value, slope = ZERO, ZERO
                elif found is None or one.label == two.label:
                    value, slope = dual_entry(dual, vanishing, one, two, r, bits)
                else:
                    value, slope = found
                values.append(value)
                slopes.append(slope)
        return values, slopes

    def mixed(self, value: Value, rows: Rows) -> Value:
        shares = {share for row in rows for _, share in row}
        if len(shares) == 1:
            base, (share,) = self.collapsed(value), shares
            factor = from_fraction(share * share, self.bits + FINER)
            nngp, ntk = (pooled(entries, base.columns, rows, factor, self.bits) for entries in (base.nngp, base.ntk))
            if nngp is not None and ntk is not None:
                return self._base(nngp, ntk, len(rows), len(rows), base.gaussian, base.origins)
        numbers = [[(k, from_fraction(share, self.bits)) for k, share in row] for row in rows]
        return self._linear(self.collapsed(value), numbers, numbers)

    def _linear(self, base: Base, left: Any, right: Any) -> Value:
        """L S R' and L T R' for sparse rows of L and R."""
        made = []
        for entries in (base.nngp, base.ntk):
            half: Entries = []
            for row in left:
                for q in range(base.columns):
                    half.append(self._combined([(entries[k * base.columns + q], share) for k, share in row]))
            whole: Entries = []
            for p in range(len(left)):
                line = half[p * base.columns : (p + 1) * base.columns]
                whole.extend(self._combined([(line[k], share) for k, share in row]) for row in right)
            made.append(whole)
        return self._base(made[0], made[1], len(left), len(right), base.gaussian, base.origins)

    def _combined(self, terms: list[tuple[Interval, Interval]]) -> Interval:
        total = ZERO
        for value, share in terms:
            total = add(total, multiply(value, share, self.bits), self.bits)
        return total

    def attention(self, value: Value, keys: Value, scale: Fraction, residual: bool) -> Value:
        base, scores = self.collapsed(value), self.collapsed(keys)

        def prepare() -> Any:
            factor = from_fraction(scale, self.bits)
            count = scores.columns
            rows = []
            for p in range(count):
                line = [multiply(factor, x, self.bits) for x in scores.nngp[p * count : (p + 1) * count]]
                weights = softmax(line, self.bits)
                if residual:
                    weights[p] = add(weights[p], ONE, self.bits)
                rows.append(list(enumerate(weights)))
            return rows

        left, right = self._next(prepare)
        return self._linear(base, left, right)

    def normed(self, value: Value, eps: Fraction) -> Value:
        base = self.collapsed(value)
        if not base.gaussian:
            raise Invalid("a norm acts on what may have a mean: a Dense or Conv layer has to come first")

        def prepare() -> Any:
            offset = from_fraction(eps, self.bits)
            variances = [not_below_zero(x) for x in base.nngp[:: base.columns + 1]]
            return [divide(ONE, root(add(q, offset, self.bits), self.bits), self.bits) for q in variances]

        left, right = self._next(prepare)
        factors = [multiply(a, b, self.bits) for a in left for b in right]
        nngp, ntk = (
            [multiply(x, f, self.bits) for x, f in zip(entries, factors, strict=True)]
            for entries in (base.nngp, base.ntk)
        )
        return self._base(nngp, ntk, base.rows, base.columns, True, base.origins)

    def summed(self, values: list[Value]) -> Value:
        found: dict[int, tuple[Fraction, Base]] = {}
        for coefficient, base in (term for value in values for term in value):
            found[base.key] = (found.get(base.key, (Fraction(0), base))[0] + coefficient, base)
        terms = list(found.values())
        self._require_wide([base for _, base in terms])
        for place, (_, one) in enumerate(terms):
            for _, two in terms[:place]:
                if one.origins & two.origins or not (one.gaussian or two.gaussian):
                    raise Unsupported("this engine adds only branches that end in matrices of their own, and the trunk")
        return tuple(terms)

    def product(self, values: list[Value]) -> Value:
        factors = [self.collapsed(value) for value in values]
        self._require_wide(factors)
        for place, one in enumerate(factors):
            if any(one.origins & two.origins for two in factors[:place]):
                raise Unsupported("this engine multiplies only branches with matrices of their own")
        nngp, ntk = factors[0].nngp, factors[0].ntk
        bits = self.bits
        for factor in factors[1:]:
            both = zip(nngp, ntk, factor.nngp, factor.ntk, strict=True)
            ntk = [add(multiply(t, s2, bits), multiply(s, t2, bits), bits) for s, t, s2, t2 in both]
            nngp = [multiply(a, b, bits) for a, b in zip(nngp, factor.nngp, strict=True)]
        origins = frozenset().union(*(factor.origins for factor in factors))
        return self._base(nngp, ntk, factors[0].rows, factors[0].columns, False, origins)

    def recurrence(self, value: Value, layer: Recurrent) -> Value:
        """S and T of the states at times (t, r), from those at (t - 1, r - 1)."""
        data = self.collapsed(value)
        self.layer += 2
        bits, columns = self.bits, data.columns
        zeros = [ZERO] * len(data.nngp)
        inside, tangents = self._weighted(data.nngp, zeros, layer.entering, layer.bias)
        factor, dual = from_fraction(layer.recurrent, bits), self.dual_of(layer.activation)
        vanishing = facts_of(layer.activation).vanishes_at_zero
        names = self.one.labels[self.station], self.two.labels[self.station]

        def stepped(s: Interval, t: Interval, before: Interval, change: Interval) -> tuple[Interval, Interval]:
            scaled = multiply(factor, before, bits)
            own = before if self.s4 else scaled
            return add(s, scaled, bits), add(t, add(multiply(factor, change, bits), own, bits), bits)

        def prepare() -> Any:
            variances: Entries = []
            before = ZERO
            for t in range(data.rows):
                q = not_below_zero(stepped(inside[t * columns + t], ZERO, before, ZERO)[0])
                ready = dual.point(confined(q))
                variances.append(q)
                side = Side(q, ready, names[0][t])
                before = dual_entry(dual, vanishing, side, side, q, bits)[0]
            return variances, [dual.point(q) for q in variances]

        first, second = self._next(prepare)
        nngp, ntk = list(zeros), list(zeros)
        for t in range(data.rows):
            for r in range(columns):
                here, before = t * columns + r, (t - 1) * columns + r - 1
                old = (nngp[before], ntk[before]) if t and r else (ZERO, ZERO)
                s, change = stepped(inside[here], tangents[here], *old)
                one = Side(first[0][t], first[1][t], names[0][t])
                two = Side(second[0][r], second[1][r], names[1][r])
                nngp[here], slope = dual_entry(dual, vanishing, one, two, s, bits)
                ntk[here] = multiply(change, slope, bits)
        return self._base(nngp, ntk, data.rows, columns, False, frozenset({self.layer - 1, self.layer}))
