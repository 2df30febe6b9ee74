"""pi, log 2, arctangent, exponential and cosine, from series with proved remainders.

Inside, a number is an integer X that stands for X / 2**F.  A step "loses an ulp" when it is off by at most 2**-F;
each function counts its lost ulps in a comment and widens its result by them.
"""

from fractions import Fraction
from functools import lru_cache

from . import limits
from .answers import Unsupported
from .interval import (
    ONE,
    Interval,
    TooWide,
    add,
    divide,
    negative,
    not_below_zero,
    outward,
    subtract,
    times_power_of_two,
    top,
)

_CELLS = 64


def _inverse_series(n: int, fraction_bits: int, alternating: bool) -> tuple[int, int]:
    """arctan(1/n) (alternating) or artanh(1/n), n >= 2: an integer and how many ulps it may be off.

    The k-th power is floor-divided from the one before: each is at most 2 ulps low (an error divided by n**2 >= 4, plus
    one), and its division by 2k + 1 loses one more.  The series stops when a power is zero, so below 2 ulps; what is
    left is at most that term over 1 - 1/n**2, so below 3 ulps.
    """
    power = (1 << fraction_bits) // n
    squared, total, odd = n * n, 0, 1
    while power:
        term = power // odd
        total += -term if alternating and odd & 2 else term
        power //= squared
        odd += 2
    return total, 3 * (odd // 2) + 3


def _fixed_pi(fraction_bits: int) -> tuple[int, int]:
    """pi by Machin's formula pi / 4 = 4 arctan(1/5) - arctan(1/239), and how many ulps it may be off."""
    first, lost_first = _inverse_series(5, fraction_bits, True)
    second, lost_second = _inverse_series(239, fraction_bits, True)
    return 16 * first - 4 * second, 16 * lost_first + 4 * lost_second


def _fixed_log_two(fraction_bits: int) -> tuple[int, int]:
    """log 2 = 2 artanh(1/3), and how many ulps it may be off."""
    value, lost = _inverse_series(3, fraction_bits, False)
    return 2 * value, 2 * lost


@lru_cache(maxsize=64)
def _constant(name: str, bits: int) -> Interval:
    fraction_bits = bits + bits.bit_length() + 12
    value, lost = (_fixed_pi if name == "pi" else _fixed_log_two)(fraction_bits)
    return outward(value - lost, value + lost, -fraction_bits, bits + 4)


def _fixed(mantissa: int, exponent: int, fraction_bits: int) -> int:
    """mantissa 2**exponent, rounded down."""
    shift = fraction_bits + exponent
    return mantissa << shift if shift >= 0 else mantissa >> -shift


def _fixed_middle(x: Interval, fraction_bits: int) -> int:
    """The middle of x, rounded down."""
    low, high, exponent = x
    return _fixed(low + high, exponent - 1, fraction_bits)


def pi(bits: int) -> Interval:
    """An enclosure of pi."""
    return _constant("pi", -(-bits // 64) * 64)


def log_two(bits: int) -> Interval:
    """An enclosure of the natural logarithm of 2."""
    return _constant("log 2", -(-bits // 64) * 64)


def _small_arctan(t: int, fraction_bits: int) -> tuple[int, int]:
    """arctan(t) for 0 <= t <= 1/64: an integer and how many ulps it may be off.

    With u = t**2 <= 2**-12 rounded down, a power is off by at most 2 ulps: it inherits 2**-12 of the previous error,
    2**-6 from u, and one ulp of its own.  A term loses one more.  The alternating tail is below its first term, which
    is below 2 ulps when its computed power is zero.
    """
    squared = (t * t) >> fraction_bits
    power, total, odd = t, 0, 1
    while power:
        term = power // odd
        total += -term if odd & 2 else term
        power = (power * squared) >> fraction_bits
        odd += 2
    return total, 3 * (odd // 2) + 2


@lru_cache(maxsize=32)
def _arctan_table(fraction_bits: int) -> tuple[tuple[int, ...], int]:
    """arctan(k / 64) for k = 0..2*64, each off by at most the returned number of ulps.

    arctan(k/64) - arctan((k-1)/64) = arctan(64 / (4096 + k (k-1))), an argument of at most 1/64; rounding the argument
    down loses one ulp.
    """
    values, lost = [0], 0
    for k in range(1, 2 * _CELLS + 1):
        step, lost_here = _small_arctan((_CELLS << fraction_bits) // (_CELLS**2 + k * (k - 1)), fraction_bits)
        values.append(values[-1] + step)
        lost += lost_here + 1
    return tuple(values), lost


def _fixed_arctan(value: int, fraction_bits: int) -> tuple[int, int]:
    """arctan(m) for 0 <= m <= 2 and |value - m| <= 1 ulp, and how many ulps it may be off.

    m is reduced by the nearest c = k/64: arctan m = arctan c + arctan((m - c) / (1 + m c)), with a second argument of
    at most 1/128.  The value and the reduced argument are off by one ulp each, and the derivative is at most 1.
    """
    table, lost_table = _arctan_table(fraction_bits)
    k = (value * _CELLS + (1 << (fraction_bits - 1))) >> fraction_bits
    scaled = ((_CELLS * value - (k << fraction_bits)) << fraction_bits) // ((_CELLS << fraction_bits) + k * value)
    turn, lost = _small_arctan(abs(scaled), fraction_bits)
    return table[k] + (turn if scaled > 0 else -turn), lost + lost_table + 2


def arctan(x: Interval, bits: int) -> Interval:
    """An enclosure of the arctangent, tight for arguments of magnitude at most 2.

    The midpoint is evaluated and the radius added, since the derivative is at most 1.  Relative accuracy is kept for
    small arguments.  Beyond 2, and for very wide intervals, the answer is [-2, 2].
    """
    low, high, exponent = x
    middle, radius, exponent = low + high, high - low, exponent - 1
    if middle == 0:
        return (-radius, radius, exponent) if radius else (0, 0, 0)
    magnitude = middle.bit_length() + exponent
    if magnitude > 2 or radius.bit_length() + exponent > 1:
        return -2, 2, 0
    if magnitude < -bits:
        # |arctan m - m| <= |m|**3 / 3 < 2**(3 magnitude).
        cubic = (-1, 1, 3 * magnitude)
        return add((middle - radius, middle + radius, exponent), cubic, bits)
    # Multiples of 32 make the tables shared between magnitudes.
    fraction_bits = -(-(bits + 16 + bits.bit_length() + max(0, -magnitude)) // 32) * 32
    value = _fixed(abs(middle), exponent, fraction_bits)
    spread = -_fixed(-radius, exponent, fraction_bits)
    if value > 2 << fraction_bits:
        return -2, 2, 0
    angle, lost = _fixed_arctan(value, fraction_bits)
    if middle < 0:
        angle = -angle
    return outward(angle - lost - spread, angle + lost + spread, -fraction_bits, bits)


def _fixed_exponential(value: int, fraction_bits: int, halvings: int) -> tuple[int, int, int]:
    """exp(y) for |value - y| <= 1 ulp, to be multiplied by 2**turns: (integer, how many ulps it may be off, turns).

    y = turns log 2 + r with 0 <= r < log 2, and exp(r) is exp(r / 2**halvings), from its series, squared so often.
    """
    turns, reduced = divmod(value, _fixed_middle(log_two(fraction_bits), fraction_bits))
    # reduced is off by one ulp of value and two for each turn from log 2 (its interval is narrower than that).
    lost_argument = 2 * abs(turns) + 1
    step = reduced >> halvings
    term, total, k = 1 << fraction_bits, 1 << fraction_bits, 1
    while term:
        term = ((term * step) >> fraction_bits) // k
        total += term
        k += 1
    # Terms are low by at most 2 ulps (the factor is below 1/16), the tail is below one term of 2 ulps doubled, and the
    # halved argument lost an ulp: 2 k + 6 in all.  A squaring of a number below 2 at most quadruples, and on the way
    # from exp(step) to exp(reduced) <= 2 the factors 2 exp(.) multiply to at most 2**(halvings + 1).
    lost = 2 * k + 6
    for _ in range(halvings):
        total = (total * total) >> fraction_bits
    return total, ((lost + 2) << (halvings + 2)) + 4 * lost_argument, turns


def _exp_point(mantissa: int, exponent: int, bits: int) -> Interval:
    """An enclosure of exp(mantissa 2**exponent)."""
    if mantissa == 0:
        return ONE
    magnitude = mantissa.bit_length() + exponent
    if magnitude > limits.MAX_EXPONENTIAL_BITS:
        if mantissa > 0:
            raise Unsupported("an entry overflows every magnitude that this engine handles")
        return 0, 1, -(1 << (limits.MAX_EXPONENTIAL_BITS - 1))
    if magnitude < -bits - 2:
        # |exp y - 1| <= 2 |y| for |y| <= 1.
        return add(ONE, (-1, 1, magnitude + 1), bits + 2)
    halvings = 4 + bits.bit_length() // 2
    fraction_bits = bits + 2 * halvings + 16 + bits.bit_length() + max(0, magnitude)
    value = _fixed(mantissa, exponent, fraction_bits)
    total, lost, turns = _fixed_exponential(value, fraction_bits, halvings)
    return outward(total - lost, total + lost, turns - fraction_bits, bits + 2)


def exponential(x: Interval, bits: int) -> Interval:
    """An enclosure of exp, from its two ends (exp increases).  Raises Unsupported where the value is beyond reach."""
    low, high, exponent = x
    first = _exp_point(low, exponent, bits)
    if low == high:
        return first
    last = _exp_point(high, exponent, bits)
    gap = first[2] - last[2]
    if abs(gap) > 2 * bits + 64:
        # Ends of different magnitude: nothing is lost by lowering the low end to zero.
        return 0, last[1], last[2]
    if gap >= 0:
        return outward(first[0] << gap, last[1], last[2], bits)
    return outward(first[0], last[1] << -gap, first[2], bits)


def exponential_minus_one(x: Interval, bits: int) -> Interval:
    """An enclosure of exp(x) - 1 that keeps its relative accuracy near zero."""
    magnitude = top(x)
    if x[0] == 0 and x[1] == 0:
        return x
    if magnitude < -bits:
        # 0 <= exp(y) - 1 - y <= y**2 for |y| <= 1.
        return add(x, (0, 1, 2 * magnitude), bits)
    finer = bits + max(0, -magnitude) + 4
    return outward(*subtract(exponential(x, finer), ONE, finer), bits)


def logarithm(x: Interval, bits: int) -> Interval:
    """An enclosure of the natural logarithm of numbers in [1/4, 4], accurate to about 2**-bits.

    log v = 2 artanh(t), t = (v - 1) / (v + 1), |t| <= 3/5, from both ends (log increases).  Ulps lost: t one; its
    square three; a power four, as it inherits 9/25 of the one before and at most 3 |t| from the square; a term five;
    and the tail, whose first power is below 4, eight.
    """
    low, high, exponent = x
    fraction_bits = bits + 16 + bits.bit_length()
    one, shift = 1 << fraction_bits, fraction_bits + exponent
    ends = (low << shift, high << shift) if shift >= 0 else (low >> -shift, -(-high >> -shift))
    if 4 * ends[0] < one or ends[1] > 4 * one:
        raise TooWide("logarithm of an interval outside of [1/4, 4]")
    found: list[int] = []
    lost = 0
    for value in ends:
        power = (abs(value - one) << fraction_bits) // (value + one)
        squared, total, odd = (power * power) >> fraction_bits, 0, 1
        while power:
            total += power // odd
            power = (power * squared) >> fraction_bits
            odd += 2
        lost = max(lost, 2 * (5 * (odd // 2) + 8))
        found.append(2 * total if value >= one else -2 * total)
    return outward(found[0] - lost, found[1] + lost, -fraction_bits, bits)


def _fixed_cosine(value: Fraction, fraction_bits: int) -> tuple[int, int]:
    """The cosine, and how many ulps it may be off.

    y = x - k pi/2 with |y| <= 1, then the series of cos or sin in y: terms and argument lose at most 2 ulps each
    (a factor y**2/2 <= 1/2 halves the error of the term before, and a rounding adds one), the alternating tail less
    than its first term, and the reduction two ulps of pi/2 for each turn and one for the argument.
    """
    size = max(0, value.numerator.bit_length() - value.denominator.bit_length() + 1)
    longer = fraction_bits + size
    argument = (value.numerator << longer) // value.denominator
    quarter = _fixed_middle(times_power_of_two(pi(longer + 4), -1), longer)
    turns = (2 * argument + quarter) // (2 * quarter)
    # What an argument below 2**size needed is cut off again; |turns| <= 2**size, so at most 4 ulps are lost so far.
    reduced = (argument - turns * quarter) >> size
    squared = (reduced * reduced) >> fraction_bits
    odd = turns & 1
    term = abs(reduced) if odd else 1 << fraction_bits
    total, k, sign = 0, 1 + odd, 1
    while term:
        total += sign * term
        term = ((term * squared) >> fraction_bits) // (k * (k + 1))
        k += 2
        sign = -sign
    if odd and reduced < 0:
        total = -total
    # cos(y + k pi/2) is cos y, -sin y, -cos y, sin y for k = 0, 1, 2, 3 modulo 4.
    if turns & 3 in (1, 2):
        total = -total
    return total, 2 * k + 4 + 6


def cosine(value: Fraction, bits: int) -> Interval:
    """An enclosure of the cosine of a rational number of any size."""
    if value == 0:
        return ONE
    fraction_bits = bits + 16 + bits.bit_length()
    total, lost = _fixed_cosine(value, fraction_bits)
    return outward(total - lost, total + lost, -fraction_bits, bits)


def angle(opposite: Interval, adjacent: Interval, bits: int) -> Interval:
    """An enclosure of atan2(opposite, adjacent) in [0, pi], for opposite >= 0 and legs that do not both vanish.

    The longer leg divides, so that the quotient stays at most 2.  Where both legs may vanish the answer is [0, 4].
    """
    opposite = not_below_zero(opposite)
    try:
        if top(adjacent) <= top(opposite):
            inclined = arctan(divide(adjacent, opposite, bits), bits)
            return subtract(times_power_of_two(pi(bits), -1), inclined, bits)
        inclined = arctan(divide(opposite, adjacent, bits), bits)
    except TooWide:
        return 0, 4, 0
    return inclined if adjacent[0] > 0 else add(pi(bits), inclined, bits)


def inclination(opposite: Interval, adjacent: Interval, bits: int) -> Interval:
    """An enclosure of atan2(opposite, adjacent) in [-pi/2, pi/2], for adjacent >= 0 and legs that do not both vanish.

    Relative accuracy is kept near zero.  Where both legs may vanish the answer is [-2, 2].
    """
    adjacent = not_below_zero(adjacent)
    try:
        if top(opposite) <= top(adjacent):
            return arctan(divide(opposite, adjacent, bits), bits)
        steep = arctan(divide(adjacent, opposite, bits), bits)
    except TooWide:
        return -2, 2, 0
    right = times_power_of_two(pi(bits), -1)
    return subtract(right if opposite[0] > 0 else negative(right), steep, bits)
