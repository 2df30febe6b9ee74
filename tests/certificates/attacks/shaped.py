"""Attacks on claims about networks with positions and branches: what is claimed of them, and how it is spelled."""

from collections.abc import Iterator

from forging import Attack, change, drop, invalid, malformed, one_unit, put, replace, unsupported

COMPARED, KEYS, TYPES = "bounds follow from the proof", "exact keys", "integers are no booleans or strings"
FAMILY, KIND = "hypotheses about shaped networks", "kinds of proof for shaped networks"
LOWER, UPPER = "the claimed lower bound is not proved", "the claimed upper bound is not proved"
AT, NETWORK, SHAPE = "claim/lambda_min", "claim/network", "claim/shape"


def bounds() -> Iterator[Attack]:
    higher = change(f"{AT}/lower", lambda text: one_unit(text, 1))
    deeper = change(f"{AT}/upper", lambda text: one_unit(text, -1))
    for base in ("s4-chain", "residual-block", "layer-norm", "rnn", "transformer", "attention", "conv-same", "pools"):
        what = "The lower bound is one unit of its last digit too high."
        yield invalid(f"lower-one-unit-too-high-{base}", base, LOWER, COMPARED, what, higher)
        what = "The upper bound is one unit of its last digit too low."
        yield invalid(f"upper-one-unit-too-low-{base}", base, UPPER, COMPARED, what, deeper)


def other_networks() -> Iterator[Attack]:
    """The proof is one for another network, which has another matrix."""
    for base, old, new in (
        ("s4-chain", ', parametrization="s4"', ""),
        ("s4-chain", "W_var=3", "W_var=2"),
        ("s4-chain", 'b_var="1/3"', 'b_var="1/2"'),
        ("residual-block", "Identity()", "Dense()"),
        ("residual-block", "FanInSum()", "FanInConcat()"),
        ("product-of-branches", "FanInProd()", "FanInConcat()"),
        ("branches-side-by-side", "Gelu()", "Relu()"),
        ("layer-norm", "eps=1", "eps=2"),
        ("layer-norm", "LayerNorm(), ", ""),
        ("rnn", "RNN()", 'RNN(readout="last")'),
        ("rnn-last", "Relu()", "Abs()"),
        ("rnn-last", "W_var=2", "W_var=2, U_var=2"),
        ("rnn-ntk", ', parametrization="ntk"', ""),
        ("transformer", "Transformer()", "Transformer(depth=2)"),
        ("transformer-deep", "U_var=2", "U_var=4"),
        ("attention", 'scale="1/2"', "scale=2"),
        ("attention", "W_value_var=2", "W_out_var=3"),
        ("conv-same", "SAME", "CIRCULAR"),
        ("conv-circular", "Flatten()", "GlobalAvgPool()"),
        ("conv-strided", "strides=(2, 1), ", ""),
        ("conv-strided", "GlobalSumPool()", "GlobalAvgPool()"),
        ("pools", "AvgPool", "SumPool"),
        ("pools", "strides=(1, 2)", "strides=(2, 1)"),
    ):
        text = put(NETWORK, "RNN(U_var=2, b_var=1, v_var=3)") if base == "rnn-ntk" else replace(NETWORK, old, new)
        name = (
            "".join(c if c.isalnum() else "-" for c in f"{base}-{old or 'nothing'}-{new or 'nothing'}")
            .strip("-")
            .lower()
        )
        while "--" in name:
            name = name.replace("--", "-")
        what = f"The network has {new or 'nothing'} for {old}."
        yield invalid(f"another-network-{name}", base, "is not proved", COMPARED, what, text)
    what = "The tokens are cut otherwise."
    yield invalid("shape-cut-otherwise", "rnn", "is not proved", COMPARED, what, put(SHAPE, [4, 1]))
    what = "The image lies on its side."
    yield invalid("shape-on-its-side", "conv-strided", "a window is larger", "", what, put(SHAPE, [9, 1, 1]))


def families() -> Iterator[Attack]:
    what, reason = "Turned images differ where zeros fill the edges.", "is not the same function at rows 0 and 2"
    yield invalid(
        "equal-images-padded", "equal-images-turned", reason, FAMILY, what, replace(NETWORK, "CIRCULAR", "SAME")
    )
    what = "Turned images differ where nothing is pooled."
    edit = replace(NETWORK, "GlobalAvgPool()", "Flatten()")
    yield invalid("equal-images-flattened", "equal-images-turned", reason, FAMILY, what, edit)
    what = "An image is not turned but changed."
    yield invalid(
        "equal-images-changed", "equal-images-turned", reason, FAMILY, what, put("claim/points/rows/2", "2 1 4 5")
    )
    what = "The images hold the same values, in other numbers."
    edits = (replace(NETWORK, "(2, 2)", "(1, 1)"), put("claim/points/rows/0", "1 1 2 2"))
    edits += (put("claim/points/rows/2", "1 2 2 2"),)
    yield invalid("equal-images-counted-once", "equal-images-turned", reason, FAMILY, what, *edits)
    what, reason = "The sequences differ in their last token.", "is not the same function at rows 2 and 0"
    yield invalid(
        "equal-sequences-differ", "equal-sequences", reason, FAMILY, what, put("claim/points/rows/2", "1 2 3 5")
    )
    what, reason = "A bias keeps the network from zero.", "the network is not zero at row 1"
    edit = replace(NETWORK, 'padding="CIRCULAR"', 'padding="CIRCULAR", b_var=1')
    yield invalid("zero-image-with-bias", "zero-image", reason, FAMILY, what, edit)
    what = "The image is not zero."
    yield invalid("zero-image-not-zero", "zero-image", reason, FAMILY, what, put("claim/points/rows/1", "0 0 0 1"))
    reason = "this kind of proof speaks of chains"
    what = "Opposite rows are claimed for a network that is no chain."
    edits = (put("proof/family", "opposite rows"), put("claim/points/rows/2", "-1 -2 -3 -4"))
    yield invalid("opposite-sequences", "equal-sequences", reason, KIND, what, *edits)
    what = "Parallel rows are claimed for a network that is no chain."
    edits = (put("proof/family", "parallel rows"), put("claim/points/rows/2", "2 4 6 8"))
    yield invalid("parallel-sequences", "equal-sequences", reason, KIND, what, *edits)
    what = "A constant function is claimed of a network that is no chain."
    yield invalid("constant-sequences", "equal-sequences", reason, KIND, what, put("proof/family", "constant function"))
    what, proof = "A dimension count is claimed of a network that is no chain.", {"dimension": 1, "kind": "rank"}
    yield invalid("rank-of-sequences", "equal-sequences", reason, KIND, what, put("proof", proof))
    what, proof = (
        "A null vector is claimed of a network that is no chain.",
        {"entries": "1 -1", "kind": "null vector", "rows": [0, 2]},
    )
    yield invalid("null-vector-of-sequences", "equal-sequences", reason, KIND, what, put("proof", proof))
    what = "Elimination is claimed for another parametrisation."
    edit = replace(NETWORK, "Dense())", 'Dense(), parametrization="s4")')
    yield invalid("modular-s4", "modular", reason, KIND, what, edit)


def structures() -> Iterator[Attack]:
    """Networks whose layers do not fit each other."""
    fork = "serial(Dense(), FanOut(2), parallel({}), {})"
    for name, text, reason in (
        ("activation-on-a-pool", "serial(Dense(), Relu(), GlobalAvgPool(), Relu(), Dense())", "no Gaussian vector"),
        ("activation-first-shaped", "serial(Relu(), GlobalAvgPool(), Dense())", "no Gaussian vector"),
        ("norm-of-an-activation", "serial(Dense(), Relu(), LayerNorm(), Dense(), GlobalAvgPool())", "may have a mean"),
        (
            "norm-of-zero",
            "serial(Dense(), LayerNorm(eps=0), Relu(), GlobalAvgPool(), Dense())",
            "meets a vector that is zero",
        ),
        (
            "several-positions",
            "serial(Dense(), FanOut(2), parallel(Dense(), Dense()), FanInSum())",
            "several positions",
        ),
        ("several-branches", fork.format("Dense(), Dense()", "GlobalAvgPool()"), "not joined"),
        ("branches-at-the-end", "serial(Dense(), FanOut(2), parallel(Dense(), Dense()))", "ends in several branches"),
        (
            "branches-not-forked",
            "serial(Dense(), parallel(Dense(), Dense()), FanInSum())",
            "another number of branches",
        ),
        ("nothing-to-join", "serial(Dense(), FanInSum(), GlobalAvgPool())", "must be several"),
        ("branches-of-two-shapes", fork.format("Dense(), GlobalAvgPool()", "FanInSum()"), "of one shape"),
        ("branch-that-forks", fork.format("FanOut(2), Dense()", "FanInSum()"), "ends in several branches"),
        (
            "image-layer-on-sequences",
            "serial(Conv(filter_shape=(1, 1)), Flatten(), Dense())",
            "height, width and channels",
        ),
        ("rnn-behind-a-layer", 'serial(Dense(), RNN(), parametrization="ntk")', "is a whole network"),
        ("transformer-behind-a-layer", 'serial(Dense(), Transformer(), parametrization="ntk")', "is a whole network"),
    ):
        what = f"The network is {text[:60]}"
        yield invalid(
            f"structure-{name}", "rnn", reason, "", what, put(NETWORK, text), put("claim/points/rows/2", "0 0 1 1")
        )
    window = "serial(Conv(filter_shape=(4, 1)), Relu(), GlobalAvgPool(), Dense())"
    yield invalid(
        "structure-window", "conv-same", "a window is larger", "", f"The network is {window}", put(NETWORK, window)
    )
    after = "serial(Conv(filter_shape=(1, 1)), Flatten(), Conv(filter_shape=(1, 1)), Dense())"
    yield invalid(
        "structure-conv-after-flatten", "conv-same", "a convolution after Flatten", "", after, put(NETWORK, after)
    )
    pool = "serial(Dense(), FanOut(2), parallel(Dense(), Dense()), FanInSum(), GlobalAvgPool(), Dense())"
    plain = ("s4-chain", "needs points with positions")
    yield invalid("structure-no-positions", plain[0], plain[1], "", f"The network is {pool}", put(NETWORK, pool))
    for join in ("FanInSum()", "FanInProd()", "FanInConcat()"):
        what = text = f"serial(FanOut(2), parallel(Dense(), Identity()), {join}, Dense())"
        name, reason = f"structure-data-in-{join[:-2].lower()}", "the data themselves are joined"
        yield invalid(name, "s4-chain", reason, "", what, put(NETWORK, text))
    for name, text, reason in (
        ("sum-of-activations", "parallel(Relu(), serial(Dense(), Relu())), FanInSum()", "adds only branches"),
        ("sum-of-related", "parallel(Identity(), Relu()), FanInSum()", "adds only branches"),
        ("product-of-related", "parallel(Relu(), Relu()), FanInProd()", "multiplies only branches"),
    ):
        what = text = f"serial(Dense(), FanOut(2), {text}, Dense())"
        yield unsupported(f"structure-{name}", "s4-chain", reason, "", what, put(NETWORK, text))


def spelling() -> Iterator[Attack]:
    """Shaped networks that are spelled otherwise than canonically."""
    canonical = "not in its canonical spelling"
    for name, text, reason in (
        ("conv-without-filter", "serial(Conv(), Relu(), Dense())", "lacks filter_shape"),
        ("conv-filter-of-one", "serial(Conv(filter_shape=(3, )), Dense())", "has no value where one is expected"),
        ("conv-filter-of-three", "serial(Conv(filter_shape=(3, 3, 3)), Dense())", "not two positive integers"),
        ("conv-filter-zero", "serial(Conv(filter_shape=(0, 3)), Dense())", "not two positive integers"),
        ("conv-filter-as-list", "serial(Conv(filter_shape=[3, 3]), Dense())", canonical),
        ("conv-padding", 'serial(Conv(filter_shape=(3, 3), padding="FULL"), Dense())', "has an unknown padding"),
        ("conv-default", 'serial(Conv(filter_shape=(3, 3), padding="VALID"), Dense())', "states a default"),
        ("conv-order", 'serial(Conv(padding="SAME", filter_shape=(3, 3)), Dense())', canonical),
        ("conv-weight-zero", "serial(Conv(filter_shape=(3, 3), W_var=0), Dense())", "is not positive"),
        ("rnn-readout", 'RNN(readout="first")', "has an unknown readout"),
        ("rnn-in-serial", "serial(RNN())", canonical),
        ("rnn-activation-a-layer", "RNN(activation=Dense())", "has no activation"),
        ("rnn-activation-a-word", "RNN(activation=Relu)", "has no activation"),
        ("rnn-bias-negative", "RNN(b_var=-1)", "is not positive"),
        ("rnn-by-position", 'RNN("last")', "arguments by position"),
        ("transformer-depth-zero", "Transformer(depth=0)", "has a number below 1"),
        ("transformer-depth-rational", 'Transformer(depth="3/2")', "has a number below 1"),
        ("norm-eps-negative", "serial(Dense(), LayerNorm(eps=-1), Dense())", "is not positive"),
        ("fork-of-one", "serial(Dense(), FanOut(1), Dense())", "has a number below 2"),
        ("parametrization-usual", 'serial(Dense(), parametrization="ntk")', "stated where it is the usual one"),
        ("parametrization-unknown", 'serial(Dense(), parametrization="mup")', "parametrization is unknown"),
        ("parametrization-first", 'serial(parametrization="s4", Dense())', canonical),
        ("parallel-alone", "parallel(Dense(), Relu())", "a network is serial(...)"),
        ("parallel-keyword", "serial(Dense(), parallel(a=Dense()), Dense())", "has a keyword"),
        (
            "parallel-serial-of-one",
            "serial(Dense(), parallel(serial(Dense())), Dense())",
            "a serial that is not canonical",
        ),
        ("parallel-of-words", "serial(Dense(), parallel(Relu, Dense()), Dense())", "is not a call"),
        ("join-with-axis", "serial(Dense(), FanInConcat(axis=-1), Dense())", "does not know"),
    ):
        what = f"The network is {text[:60]}"
        yield malformed(f"network-{name}", "relu", reason, "", what, put(NETWORK, text))
    for name, text, reason in (
        ("fork", "serial(Dense(), FanOut(101), Dense())", "a number beyond 100"),
        ("depth", "Transformer(depth=101)", "a number beyond 100"),
        ("window", "serial(Conv(filter_shape=(1001, 1)), Dense())", "a size beyond 1000"),
    ):
        what = f"The network is {text[:60]}"
        yield unsupported(f"network-too-large-{name}", "relu", reason, "", what, put(NETWORK, text))


def shapes() -> Iterator[Attack]:
    keys = "does not have exactly the keys"
    yield malformed("shape-missing", "rnn", keys, KEYS, "A claim of version 2 states no shape.", drop(SHAPE))
    yield malformed(
        "shape-in-version-one", "rnn", keys, KEYS, "A claim of version 1 states a shape.", put("version", 1)
    )
    what, reason = "The shape does not hold the columns.", "the shape does not hold the columns"
    yield malformed("shape-of-other-columns", "rnn", reason, "", what, put(SHAPE, [2, 3]))
    what, reason = "A size of the shape is negative.", "the shape does not hold the columns"
    yield malformed("shape-negative", "rnn", reason, "", what, put(SHAPE, [-2, -2]))
    for name, value in (("number", 4), ("of-one", [4]), ("of-four", [2, 2, 1, 1]), ("text", "2x2"), ("nothing", None)):
        what, reason = f"The shape is {value}.", "not a list of two or three sizes"
        yield malformed(f"shape-{name}", "rnn", reason, "", what, put(SHAPE, value))
    what, reason = "A size of the shape is no integer.", "a size of the shape is not an integer"
    yield malformed("shape-boolean", "rnn", reason, TYPES, what, put(SHAPE, [True, 4]))
    what, reason = "A chain of Dense layers has a shape.", "no shape belongs in the claim"
    edit = put(NETWORK, "serial(Dense(), Relu(), Dense())")
    yield malformed("shape-of-a-chain", "rnn", reason, "", what, edit)


def attacks() -> Iterator[Attack]:
    for part in (bounds, other_networks, families, structures, spelling, shapes):
        yield from part()
