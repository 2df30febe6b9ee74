"""Correlations of integer sequences by one product of large integers.

A sequence v_0, v_1, ... with |v_i| < 2^(8 k - 1) is packed as sum v_i 2^(8 k i).  The digits of a product of two packed
sequences are the sums of products with one sum of indices, so long as these stay below 2^(8 k - 1) in magnitude too.
"""


def _offset(size: int, count: int) -> int:
    """sum over i < count of 2^(8 size - 1) 2^(8 size i)."""
    return int.from_bytes((b"\0" * (size - 1) + b"\x80") * count, "little")


def packed(values: list[int], size: int) -> int:
    """The values as digits of `size` bytes."""
    half = 1 << 8 * size - 1
    digits = b"".join([(value + half).to_bytes(size, "little") for value in values])
    return int.from_bytes(digits, "little") - _offset(size, len(values))


def digits_of(number: int, size: int, first: int, count: int) -> list[int]:
    """Digits first..first + count - 1 of what was packed with digits of `size` bytes, also by a product."""
    half, places = 1 << 8 * size - 1, first + count
    # The offset makes every digit non-negative, so none borrows from the next.
    shifted = (number + _offset(size, places)) & ((1 << 8 * size * places) - 1)
    raw = shifted.to_bytes(size * places, "little")
    return [int.from_bytes(raw[i * size : (i + 1) * size], "little") - half for i in range(first, places)]


def digit_bytes(bound: int) -> int:
    """Bytes for digits of at most `bound` in magnitude."""
    return (bound.bit_length() + 9) // 8


def correlations(first: list[int], second: list[int], lags: int, bound: int) -> tuple[list[int], list[int]]:
    """sum_a first[a] second[a - d] for d = -lags..lags, and sum_a first[a] second[s - a] for s = 0..lags - 1.

    `bound` is at least the product of the two sums of magnitudes.  Both sequences have one length.
    """
    size, n = digit_bytes(bound), len(first)
    around = packed(first, size) * packed(second[::-1], size)
    reach = min(lags, n - 1)
    edge = [0] * (lags - reach)
    differences = edge + digits_of(around, size, n - 1 - reach, 2 * reach + 1) + edge
    m = min(lags, n)
    ahead = packed(first[:m], size) * packed(second[:m], size)
    sums = digits_of(ahead, size, 0, min(lags, 2 * m - 1))
    return differences, sums + [0] * (lags - len(sums))
