"""Certificates that ask for more than the engine takes on; estimates come before work."""

from collections.abc import Iterator

from forging import Attack, put, replace, unsupported, word

from attacks.exact_proofs import VANISHES

NETWORK = "claim/network"


def sizes() -> Iterator[Attack]:
    what, reason = "The proof asks for 65 537 bits.", "asks for more than 65536 bits"
    yield unsupported("bits-65537", "relu", reason, "limit: bits", what, put("proof/bits", 65_537))
    yield unsupported("modular-bits-65537", "modular", reason, "limit: bits", what, put("proof/bits", 65_537))
    what, reason = "The points have 100 001 columns.", "more than 100000 columns"
    yield unsupported("columns-100001", "relu", reason, "limit: columns", what, put("claim/points/columns", 100_001))
    what, reason = "200 001 points are announced.", "there are more than 200000 points"
    edit = put("claim/points/count", 200_001)
    yield unsupported("points-200001", "points-beside", reason, "limit: points", what, edit)
    for activation in ("Monomial", "RectifiedMonomial", "Hermite"):
        what, reason = "The degree is 1001.", "is a degree beyond 1000"
        edit = replace(NETWORK, "Relu()", f"{activation}(1001)")
        yield unsupported(f"degree-1001-{activation.lower()}", "relu", reason, "limit: degree", what, edit)
    what, reason = "A polynomial has degree 1001.", "is a polynomial of a degree beyond 1000"
    edit = replace(NETWORK, "Relu()", f"Polynomial([{'0, ' * 1001}1])")
    yield unsupported("degree-1001-polynomial", "relu", reason, "limit: degree", what, edit)
    what, reason = "The network has 1001 layers.", "the network has more than 1000 layers"
    edit = put(NETWORK, f"serial({', '.join(['Dense()'] * 1001)})")
    yield unsupported("layers-1001", "relu", reason, "limit: layers", what, edit)


def efforts() -> Iterator[Attack]:
    reason = "seconds, over the limit"
    what = "Factor, vector and entries are asked for at 65 536 bits through a thousand layers."
    deep = f"serial({', '.join(['Dense(), Erf()'] * 500)})"
    edits = put("proof/bits", 65_536), put(NETWORK, deep)
    yield unsupported("effort-of-entries", "relu", reason, "", what, *edits)
    what = "Two polynomials of degree 1000 with long coefficients make a rational Gram matrix of endless numbers."
    long = f"Polynomial([{', '.join(str(10**9 + k) for k in range(1001))}])"
    edit = put(NETWORK, f"serial(Dense(), {long}, Dense(), {long}, Dense())")
    yield unsupported(
        "effort-of-rational-entries",
        "null-vector-by-hand",
        reason,
        VANISHES,
        what,
        edit,
    )
    what, reason = "The features have degree 1002.", "the features have degrees beyond 1000"
    edit = put(NETWORK, "serial(Dense(), Monomial(501), Dense(), Monomial(2))")
    yield unsupported("effort-of-features", "rank", reason, "the dimension count; limit: degree", what, edit)


def series() -> Iterator[Attack]:
    what, reason = "The variance is so large that arctan is nearly a step.", "too large for the Hermite series"
    edit = replace(NETWORK, "W_var=2, b", "W_var=99999999, b")
    yield unsupported("series-too-long", "arctan", reason, "", what, edit)
    what, reason = "The variance is so large that tanh is nearly a sign.", "too large for the waves"
    edit = replace(NETWORK, "W_var=2, b", "W_var=99999999999, b")
    yield unsupported("waves-too-many", "tanh", reason, "", what, edit)
    what, reason = "The variance is so large that softsign is nearly a sign.", "the mixture of a Softsign brings"
    edit = replace(NETWORK, "W_var=2, b", f"W_var={10**260}, b")
    yield unsupported("mixture-too-fine", "softsign", reason, "", what, edit)


def magnitudes() -> Iterator[Attack]:
    reason = "beyond every magnitude that this engine handles"
    what = "Squaring again and again leaves every magnitude."
    edit = put(NETWORK, f"serial({', '.join(['Dense(W_var=999), Monomial(1000)'] * 3)}, Dense())")
    yield unsupported("magnitude-too-large", "relu", reason, "", what, edit)
    what = "Powers of a small number leave every magnitude."
    shrinking = 'Dense(W_var="1/9999999"), Monomial(1000)'
    edit = put(NETWORK, f"serial({', '.join([shrinking] * 3)}, Dense())")
    yield unsupported("magnitude-too-small", "relu", reason, "", what, edit)
    what, reason = "An exponential overflows.", "overflows every magnitude that this engine handles"
    edit = word("claim/points/rows/0", 0, lambda x: 10**9 * (x or 1))
    yield unsupported("magnitude-of-an-exponential", "exponential", reason, "", what, edit)
    what, reason = "Variances differ by a factor of 2**70000.", "differ by more than a factor"
    edit = word("claim/points/rows/0", 0, lambda x: 2**19_000)
    network = put(NETWORK, "serial(Dense(), Relu(), Dense(), Monomial(2), Dense())")
    yield unsupported("magnitudes-apart", "relu", reason, "limit: bits", what, edit, network)


def attacks() -> Iterator[Attack]:
    yield from sizes()
    yield from efforts()
    yield from series()
    yield from magnitudes()
