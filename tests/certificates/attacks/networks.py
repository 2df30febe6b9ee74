"""Network expressions that are no network, spelled otherwise than canonically, or unknown."""

from collections.abc import Iterator

from forging import Attack, malformed, put, unsupported

ORDER = "order of layers"
SYNTAX = (
    ("unclosed", "serial(Dense(), Relu(), Dense()", "lacks ', ' or a closing bracket"),
    ("closed-twice", "serial(Dense(), Relu(), Dense()))", "something follows the network expression"),
    ("followed-by-more", "serial(Dense()) ", "something follows the network expression"),
    ("no-call", "Dense", "the network expression is not a call"),
    ("a-number", "7", "the network expression is not a call"),
    ("a-sequence", "(Dense(), Relu())", "the network expression is not a call"),
    ("empty", "", "has no value where one is expected"),
    ("code", "__import__('os').system('true')", "has no value where one is expected"),
    ("no-space-after-comma", "serial(Dense(),Relu())", "lacks ', ' or a closing bracket"),
    ("space-before-bracket", "serial (Dense())", "the network expression is not a call"),
    ("wrong-bracket", "serial(Dense(], Relu())", "has no value where one is expected"),
    ("string-not-closed", 'serial(Dense(W_var="1/2))', "has no value where one is expected"),
    ("keyword-without-value", "serial(Dense(W_var=))", "has no value where one is expected"),
    ("keyword-of-keyword", "serial(Dense(W_var=b_var=1))", "lacks ', ' or a closing bracket"),
    ("layer-is-a-word", "serial(Dense(), Relu)", "layer 1 is not a call"),
    ("layer-is-a-list", "serial(Dense(), [Relu()])", "layer 1 is not a call"),
    ("layer-without-serial", "Dense()", "a network is serial(...)"),
    ("trailing-comma", "serial(Dense(), )", "has no value where one is expected"),
)
SPELLING = (
    ("default-spelled", "serial(Dense(W_var=1), Relu(), Dense())", "not in its canonical spelling"),
    ("keywords-in-another-order", "serial(Dense(b_var=1, W_var=2), Relu())", "not in its canonical spelling"),
    ("ratio-not-lowest", 'serial(Dense(W_var="2/4"), Relu())', "not in its canonical spelling"),
    ("ratio-of-an-integer", 'serial(Dense(W_var="4/2"), Relu())', "an integer written as a ratio"),
    ("ratio-with-zero", 'serial(Dense(W_var="0/5"), Relu())', "neither an integer nor a ratio"),
    ("ratio-by-zero", 'serial(Dense(W_var="1/0"), Relu())', "neither an integer nor a ratio"),
    ("ratio-negative-below", 'serial(Dense(W_var="1/-2"), Relu())', "neither an integer nor a ratio"),
    ("decimal-string", 'serial(Dense(W_var="0.5"), Relu())', "neither an integer nor a ratio"),
    ("bomb-string", 'serial(Dense(W_var="1e30000000"), Relu())', "neither an integer nor a ratio"),
    ("float", "serial(Dense(W_var=0.5), Relu())", "lacks ', ' or a closing bracket"),
    ("leading-zero", "serial(Dense(W_var=02), Relu())", "is not a plain decimal integer"),
    ("minus-zero", "serial(Dense(b_var=-0), Relu())", "is not a plain decimal integer"),
    ("serial-in-serial", "serial(serial(Dense(), Relu()), Dense())", "a serial inside a serial"),
    ("sequence-as-tuple", "serial(Dense(), Polynomial((0, 1)), Dense())", "not in its canonical spelling"),
    ("trailing-zero", "serial(Dense(), Polynomial([0, 1, 0]), Dense())", "has a zero as leading coefficient"),
    ("slope-by-keyword", "serial(Dense(), LeakyRelu(alpha=2), Dense())", "has 0 arguments by position instead of 1"),
)
ARGUMENTS = (
    ("weight-variance-zero", "serial(Dense(W_var=0), Relu())", "needs W_var > 0 and b_var >= 0"),
    ("weight-variance-negative", "serial(Dense(W_var=-1), Relu())", "needs W_var > 0 and b_var >= 0"),
    ("bias-variance-negative", 'serial(Dense(b_var="-1/2"), Relu())', "needs W_var > 0 and b_var >= 0"),
    ("gamma-negative", "serial(Dense(), Rbf(gamma=-1))", "Rbf needs gamma >= 0"),
    ("gaussian-growing", "serial(Dense(), Gaussian(b=1))", "Gaussian needs b <= 0"),
    ("degree-negative", "serial(Dense(), Monomial(-1))", "is not a degree"),
    ("degree-rational", 'serial(Dense(), Hermite("1/2"))', "is not a degree"),
    ("degree-missing", "serial(Dense(), Monomial())", "has 0 arguments by position instead of 1"),
    ("argument-too-many", "serial(Dense(), Relu(1))", "has 1 arguments by position instead of 0"),
    ("keyword-unknown", "serial(Dense(w_var=2), Relu())", "has a keyword twice or one that it does not know"),
    ("keyword-twice", "serial(Dense(W_var=2, W_var=2), Relu())", "has a keyword twice or one that it does not know"),
    ("breakpoints-empty", "serial(Dense(), PiecewiseLinear([], [1]))", "is not a list of numbers"),
    ("slope-missing", "serial(Dense(), PiecewiseLinear([0], [1]))", "needs one slope more than breakpoints"),
    ("breakpoints-fall", "serial(Dense(), PiecewiseLinear([1, 0], [1, 2, 3]))", "do not increase"),
    ("mixture-lengths", "serial(Dense(), GaussianMixture([1], [-2, -1]))", "as many weights as rates"),
    ("mixture-falls", "serial(Dense(), GaussianMixture([1, 1], [-1, -2]))", "rates of a mixture do not increase"),
    ("mixture-grows", "serial(Dense(), GaussianMixture([1, 1], [-1, 1]))", "rates that are not positive"),
    ("mixture-zero", "serial(Dense(), SineMixture([0], [1], [0]))", "none of them zero"),
    ("mixture-frequency", "serial(Dense(), SineMixture([1], [-1], [0]))", "positive frequencies"),
    ("mixture-phases", "serial(Dense(), SineMixture([1], [1], [0, 0]))", "as many phases"),
    ("function-name", 'serial(Dense(), Elementwise("tnah(x)"))', "no value where one is expected"),
    ("function-open", 'serial(Dense(), Elementwise("tanh(x"))', "a bracket that is not closed"),
    ("function-rest", 'serial(Dense(), Elementwise("tanh(x))"))', "something follows the user's function"),
    ("function-space", 'serial(Dense(), Elementwise("x + 1"))', "no part of an expression"),
    ("function-empty", 'serial(Dense(), Elementwise(""))', "no value where one is expected"),
    ("function-power", 'serial(Dense(), Elementwise("x**x"))', "lacks a whole number"),
    ("function-number", "serial(Dense(), Elementwise(3))", "is not a function in double quotes"),
    ("no-kink", "serial(Dense(), PiecewiseLinear([0], [1, 1]))", "has a breakpoint that is no kink"),
    ("elu-negative", "serial(Dense(), Elu(alpha=-1))", "Elu needs alpha > 0"),
    ("coefficients-empty", "serial(Dense(), Polynomial([]))", "is not a list of coefficients"),
    ("coefficients-a-number", "serial(Dense(), Polynomial(3))", "is not a list of coefficients"),
    ("coefficient-a-list", "serial(Dense(), Polynomial([[1], 2]))", "neither an integer nor a ratio"),
)
UNKNOWN = (
    ("user-function", 'serial(Dense(), Elementwise("tanh(x)"))', "no dual of a user's function"),
    ("user-callable", 'serial(Dense(), Elementwise(name="f", slope=2, strip=1))', "cannot read"),
    ("layer", "serial(Dense(), Maxout(), Dense())", "does not know the layer 'Maxout'"),
    ("layer-without-serial", "sequential(Dense(), Relu())", "does not know the layer 'sequential'"),
    ("layer-inside", "serial(Dense(), FanInSum(ConvLocal()), Dense())", "does not know the layer"),
    ("argument-of-serial", "serial(Dense(), name=3)", "does not know the argument 'name' of serial"),
)


def attacks() -> Iterator[Attack]:
    for group in (SYNTAX, SPELLING, ARGUMENTS):
        for name, text, reason in group:
            what = f"The network is {text[:60]}"
            yield malformed(f"network-{name}", "relu", reason, "", what, put("claim/network", text))
    for name, text, reason in UNKNOWN:
        what = f"The network is {text[:60]}"
        yield unsupported(f"network-unknown-{name}", "relu", reason, "", what, put("claim/network", text))
    start, twice = "a network starts with a Dense layer", "an activation without a Dense layer since the last"
    for name, text, reason in (
        ("without-layers", "serial()", start),
        ("activation-first", "serial(Relu(), Dense())", start),
        ("identity-first", "serial(Identity(), Dense(), Relu())", start),
        ("two-activations", "serial(Dense(), Relu(), Erf(), Dense())", twice),
        ("two-activations-around-identity", "serial(Dense(), Relu(), Identity(), Erf(), Dense())", twice),
    ):
        what = f"The network is {text}"
        yield malformed(f"network-{name}", "relu", reason, ORDER, what, put("claim/network", text))
    deep = "serial(Dense(), Polynomial(" + "[" * 49 + "]" * 49 + "))"
    what, reason = "Brackets in the network are nested 51 deep.", "the network expression is nested deeper than 50"
    yield malformed("network-nested-51", "relu", reason, "limit: nesting", what, put("claim/network", deep))
    what, reason = "A number in the network has 5001 characters.", "is a number of 5001 characters"
    text = f"serial(Dense(W_var={'1' * 5001}), Relu())"
    yield malformed(
        "network-number-too-long", "relu", reason, "limit: length of a number", what, put("claim/network", text)
    )
