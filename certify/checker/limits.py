"""Every numeric limit of the checker, in one place.

A certificate is untrusted input.  What breaks a limit of the *format* is malformed; what is well formed but larger
than this engine takes on is unsupported.  Each constant says which of the two answers it leads to.
"""

from typing import Final

# Format: beyond these a file is malformed.
MAX_NESTING: Final = 50
MAX_NUMBER_CHARACTERS: Final = 5000
MAX_DECIMAL_EXPONENT: Final = 5000
MAX_BINARY_EXPONENT: Final = 65_536

# Engine: beyond these a certificate is unsupported.
MAX_FILE_BYTES: Final = 256 * 2**20
MAX_VALUES: Final = 1_000_000
MAX_POINTS: Final = 200_000
MAX_COLUMNS: Final = 100_000
MAX_LAYERS: Final = 1000
MAX_DEGREE: Final = 1000
MAX_WINDOW: Final = 1000
MAX_BRANCHES: Final = 100
MAX_DEPTH: Final = 100
MAX_POSITIONS: Final = 10_000
MAX_TAPS: Final = 1_000_000
MAX_BITS: Final = 65_536
MAX_ORDER: Final = 16
MAX_RATIO_BITS: Final = 64
MAX_COEFFICIENTS: Final = 256
MAX_BREAKPOINTS: Final = 100
MAX_FUNCTION_CHARACTERS: Final = 4000
MAX_NETWORK_CHARACTERS: Final = 4 * 2**20

# Entries beyond 2**MAX_MAGNITUDE (or variances below 2**-MAX_MAGNITUDE) are unsupported: nothing that large has a Gram
# matrix whose smallest eigenvalue could be told from its rounding.
MAX_MAGNITUDE: Final = 2**22

# Nodes times Hermite coefficients, in one table for an activation that is analytic in a strip, and nodes alone.
MAX_SERIES: Final = 40_000_000
MAX_NODES: Final = 100_000

# Frequencies of the waves of an activation at one variance.
MAX_WAVES: Final = 20_000

# An argument of exp with more integer bits than this overflows every magnitude above, or underflows it.
MAX_EXPONENTIAL_BITS: Final = 24

# Bits of guard that the first evaluation of an entry spends, for the network as a whole and for each activation.
FIRST_GUARD: Final = 32
GUARD_PER_ACTIVATION: Final = 4

# The last evaluation of a stubborn entry spends at most GUARD_GROWTH * (bits + 64) bits of guard.
GUARD_GROWTH: Final = 16

DEFAULT_LIMIT_SECONDS: Final = 600.0
