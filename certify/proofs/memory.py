"""How much memory a dense proof needs, said before the work starts."""

from __future__ import annotations

import os
from pathlib import Path

GIB = 2.0**30


def available_bytes() -> float | None:
    """Memory that this process may still take, or None where the system does not say."""
    found: list[float] = []
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                found.append(1024.0 * int(line.split()[1]))
    except (OSError, ValueError):
        try:
            found.append(float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")))
        except (OSError, ValueError, AttributeError):
            return None
    for limit, used in (("memory.max", "memory.current"),):
        try:
            group = Path("/sys/fs/cgroup")
            found.append(float((group / limit).read_text()) - float((group / used).read_text()))
        except (OSError, ValueError):
            continue
    return min(found, default=None)


def float_proof_bytes(n: int) -> float:
    """The matrix, its factor, and what goes with them."""
    return 2 * 8.0 * n * n + 8.0 * n * 2200 + 0.1 * GIB


def exact_proof_bytes(n: int) -> float:
    """Entries as integers, the fixed-point matrix, its factor and tiles: measured at 128 bits."""
    return 400.0 * n * n + 0.1 * GIB


def most_points(bytes_available: float) -> int:
    """How many points the dense proof in float64 takes with so much memory."""
    n = 1
    while float_proof_bytes(2 * n) <= bytes_available:
        n *= 2
    step = n
    while step:
        if float_proof_bytes(n + step) <= bytes_available:
            n += step
        step //= 2
    return n
