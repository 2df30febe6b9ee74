"""The dimension count: networks with polynomial activations have finitely many features.

Through a network whose activations are polynomials, the value f(x) is, for fixed parameters, a polynomial in the inputs
whose degrees can be listed: a Dense layer keeps the degrees and a bias adds 0; an activation with exponents J turns the
set D into all sums of j elements of D, j in J.  The NNGP is E f(x) f(y); the NTK adds products of an s'(f), which has
one factor less, with a gradient whose degrees are those of the factor that it replaces.  Both Gram matrices are
therefore F C F' with F the monomials of those degrees at the points, so their rank is at most the number of monomials
that do not vanish at all points.  On the unit sphere, multiplying by |x|^2 = 1 raises a degree by 2: of each parity the
largest degree contains the others.
"""

from math import comb

from . import limits
from .activations import exponents_of
from .answers import Invalid, Unsupported
from .budget import Budget
from .networks import Dense, Network
from .points import Points


def _sumset(degrees: int, exponents: tuple[int, ...]) -> int:
    """Bit d of the result: d is a sum of j elements of the set `degrees` (a bit mask), for some j in `exponents`."""
    if not exponents:
        return 0
    if max(exponents) * (degrees.bit_length() - 1) > limits.MAX_DEGREE:
        raise Unsupported(f"the features have degrees beyond {limits.MAX_DEGREE}")
    members = [d for d in range(degrees.bit_length()) if degrees >> d & 1]
    result, sums = 0, 1
    for j in range(max(exponents) + 1):
        if j in exponents:
            result |= sums
        following = 0
        for d in members:
            following |= sums << d
        sums = following
    return result


def occurring_degrees(network: Network, unit: bool) -> tuple[int, ...]:
    """The degrees of the features, increasing; on the sphere the largest of each parity.

    Raises Invalid where an activation is not a polynomial.
    """
    degrees = 0b10
    for layer in network.layers:
        if isinstance(layer, Dense):
            degrees |= 1 if layer.bias else 0
            continue
        exponents = exponents_of(layer)
        if exponents is None:
            raise Invalid("the features cannot be counted: an activation is not a polynomial")
        degrees = _sumset(degrees, exponents)
    found = [d for d in range(degrees.bit_length()) if degrees >> d & 1]
    if unit:
        found = sorted({d % 2: d for d in found}.values())
    return tuple(found)


def _column_masks(points: Points) -> list[int]:
    """For every column that is not zero throughout, the set of rows where it is not zero, as a bit mask."""
    masks: list[int] = []
    for column in zip(*points.rows, strict=True):
        # A binary numeral of ones and zeros is read faster than n shifts of a growing integer.
        mask = int("".join(["1" if value else "0" for value in column]), 2)
        if mask:
            masks.append(mask)
    return masks


def count_features(network: Network, unit: bool, points: Points, budget: Budget) -> int | None:
    """The number of monomials of the occurring degrees that do not vanish on the points; None if it reaches theirs.

    A monomial does not vanish at all points exactly when the columns in it are nonzero together in some row; with m
    columns there are C(k - 1, m - 1) monomials of degree k that use all of them.  Sets of columns are walked depth
    first; a set with no common row has no larger set with one.
    """
    degrees = occurring_degrees(network, unit)
    size = len(points.rows)
    count = 1 if 0 in degrees else 0
    highest = max(degrees, default=0)
    weights = [sum(comb(k - 1, m - 1) for k in degrees if k) for m in range(1, highest + 1)]
    if not highest:
        return count if count < size else None
    budget.charge(size * points.columns * 1e-7, "counting features")
    step = 5e-8 + size * 2e-11
    single = _column_masks(points)
    count += len(single) * weights[0]
    # Sets that share all but their last column, counted already; each leads to the sets with one column more.
    waiting: list[tuple[int, list[int]]] = [(1, single)]
    while waiting and count < size:
        columns, masks = waiting.pop()
        if columns == highest:
            continue
        budget.charge(step * len(masks) ** 2 / 2, "counting features")
        for index, mask in enumerate(masks):
            common = [joint for other in masks[index + 1 :] if (joint := mask & other)]
            if common:
                count += len(common) * weights[columns]
                waiting.append((columns + 1, common))
            if count >= size:
                break
    return count if count < size else None


def check_rank(network: Network, unit: bool, points: Points, dimension: int, budget: Budget) -> None:
    """Raises Invalid unless `dimension` is the dimension count and less than the number of points."""
    counted = count_features(network, unit, points, budget)
    if counted is None:
        raise Invalid("the dimension count reaches the number of points, so it proves nothing")
    if counted != dimension:
        raise Invalid(f"the dimension count is {counted}, another number than the one stated")
