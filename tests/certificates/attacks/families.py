"""Degenerate families claimed for rows or networks outside their hypotheses."""

from collections.abc import Iterator

from forging import Attack, Edit, invalid, malformed, put, replace, unsupported

from attacks.shapes import KEYS

PAIR, THREE, OPPOSITE, ZERO, NO_KERNEL, CONSTANT, ANTIPODAL = (
    "hypotheses of a family: pairs",
    "hypotheses of a family: rays",
    "hypotheses of a family: two opposite pairs",
    "hypotheses of a family: zero rows",
    "hypotheses of a family: zero kernel",
    "hypotheses of a family: constants",
    "hypotheses of a family: antipodal pairs",
)
RELATED = "relations through the network"
NETWORK, ROWS, MEMBERS = "claim/network", "claim/points/rows", "proof/rows"


def _network(text: str) -> Edit:
    return put(NETWORK, text)


def _rows(*texts: str) -> Edit:
    return put(ROWS, list(texts))


def pairs_of_rows() -> Iterator[Attack]:
    what, reason = "The rows differ.", "rows 0 and 2 are no equal points"
    yield invalid("equal-points-differ", "equal-points", reason, PAIR, what, put(f"{ROWS}/2", "1 3"))
    what = "The rows are equal only after normalisation, which is not claimed."
    reason = "rows 0 and 1 are no equal points"
    edit = put("claim/normalize", "none")
    yield invalid("equal-points-not-normalised", "equal-points-unit", reason, PAIR, what, edit)
    what = "The rows are opposite, not equal."
    yield invalid("equal-points-opposite", "equal-points-unit", reason, PAIR, what, _rows("1 2", "-2 -4"))
    what, reason = "The rows are not parallel.", "rows 0 and 2 are no parallel rows"
    yield invalid("parallel-rows-not-parallel", "parallel-rows", reason, PAIR, what, put(f"{ROWS}/2", "3 7"))
    what = "The rows are negative multiples."
    yield invalid("parallel-rows-opposite", "parallel-rows", reason, PAIR, what, put(f"{ROWS}/2", "-3 -6"))
    what = "One of the rows is zero."
    yield invalid("parallel-rows-zero", "parallel-rows", reason, PAIR, what, put(f"{ROWS}/2", "0 0"))
    what, reason = "The rows are not opposite.", "rows 0 and 1 are no opposite rows"
    yield invalid("opposite-rows-not-opposite", "opposite-rows-odd", reason, PAIR, what, put(f"{ROWS}/1", "-1 2"))
    what = "The second row is zero."
    yield invalid("opposite-rows-second-zero", "opposite-rows-scaled", reason, PAIR, what, put(f"{ROWS}/1", "0 0"))
    what = "The first row is zero."
    yield invalid("opposite-rows-first-zero", "opposite-rows-scaled", reason, PAIR, what, put(f"{ROWS}/0", "0 0"))
    what = "The rows are parallel, not opposite."
    yield invalid("opposite-rows-parallel", "opposite-rows-scaled", reason, PAIR, what, put(f"{ROWS}/1", "3 6"))


def networks_for_pairs() -> Iterator[Attack]:
    def lost(name: str, base: str, what: str, *edits: Edit) -> Attack:
        reason = "the network does not keep rows"
        return invalid(name, base, reason, f"{PAIR}; {RELATED}", what, *edits)

    parallel, odd, even = "parallel-rows", "opposite-rows-odd", "opposite-rows-even"
    for place, network in (
        ("first", "serial(Dense(b_var=1), Relu(), Dense())"),
        ("last", "serial(Dense(), Relu(), Dense(b_var=1))"),
        ("middle", "serial(Dense(), Relu(), Dense(b_var=1), Relu(), Dense())"),
    ):
        what = f"A bias in the {place} layer tells the rows apart."
        yield lost(f"parallel-rows-{place}-bias", parallel, what, _network(network))
    for activation in ("Erf()", "Gelu()", "Polynomial([0, 1, 1])", "Hermite(2)"):
        what, name = "An activation is not homogeneous.", activation.partition("(")[0].lower()
        yield lost(f"parallel-rows-{name}", parallel, what, replace(NETWORK, "Relu()", activation))
    what, edit = "A bias comes before the step.", replace(NETWORK, "Dense(W_var=2)", "Dense(W_var=2, b_var=1)")
    yield lost("parallel-rows-step-first-bias", "parallel-rows-step", what, edit)
    for activation in (
        "Relu()",
        "Gelu()",
        "Exp()",
        "Step()",
        "Erf(c=1)",
        "Sin(c=1)",
        "Cos(c=1)",
        "Rbf()",
        "Hermite(3)",
    ):
        if activation == "Hermite(3)":
            activation = "RectifiedMonomial(2)"
        what = "An activation is neither even nor odd."
        name = activation.partition(")")[0].lower().replace("(", "-").replace("=1", "").rstrip("-")
        yield lost(f"opposite-rows-{name}", odd, what, replace(NETWORK, "Erf()", activation))
    what, edit = "Odd rows are told apart by a bias at the output.", replace(NETWORK, "Dense())", "Dense(b_var=1))")
    yield lost("opposite-rows-odd-last-bias", odd, what, edit)
    what, edit = "Even rows are told apart by a bias in the first layer.", replace(NETWORK, "Dense()", "Dense(b_var=1)")
    yield lost("opposite-rows-even-first-bias", even, what, edit)
    what, edit = (
        "The rows are opposite up to a factor, and the activation is not homogeneous.",
        put(f"{ROWS}/1", "-2 -4"),
    )
    yield lost("opposite-rows-scaled-erf", odd, what, edit)
    yield lost("opposite-rows-scaled-cosine", even, what, edit)
    what, edit = "A slope makes the activation neither even nor odd.", replace(NETWORK, "Abs()", "LeakyRelu(-2)")
    yield lost("opposite-rows-leaky", "opposite-rows-scaled", what, edit)


def zero_rows() -> Iterator[Attack]:
    what, edit = "The NTK vanishes at a zero row, and the NNGP does not.", put("claim/kernel", "nngp")
    yield invalid("zero-row-nngp-of-a-step", "zero-row-of-a-step", "the kernel is not zero", ZERO, what, edit)
    what, reason = "The row is not zero.", "row 1 is not zero, or is normalised"
    yield invalid("zero-row-not-zero", "zero-row", reason, ZERO, what, put(f"{ROWS}/1", "0 1"))
    reason = "the kernel is not zero at a zero row"
    for place, network in (
        ("first", "serial(Dense(b_var=1), Erf(), Dense())"),
        ("last", "serial(Dense(), Erf(), Dense(b_var=1))"),
    ):
        what = f"The {place} layer has a bias."
        yield invalid(f"zero-row-{place}-bias", "zero-row", reason, ZERO, what, _network(network))
    for activation in (
        "Step()",
        "Cos()",
        "Exp()",
        "Gaussian()",
        "RectifiedMonomial(0)",
        "Hermite(2)",
        "Sin(c=1)",
        "Rbf()",
        "Sigmoid_like()",
    ):
        what, name = "The activation does not vanish at zero.", activation.partition("(")[0].lower()
        edit = replace(NETWORK, "Erf()", activation)
        yield invalid(f"zero-row-of-{name}", "zero-row", reason, ZERO, what, edit)


def three_rows() -> Iterator[Attack]:
    base, reason = "three-parallel-rows", "are not positive multiples of one row"
    what = "The third row is not parallel."
    yield invalid("three-rows-not-parallel", base, reason, THREE, what, put(f"{ROWS}/3", "3 7"))
    what = "The second row is not parallel."
    yield invalid("three-rows-second-not-parallel", base, reason, THREE, what, put(f"{ROWS}/1", "2 5"))
    what = "The third row is a negative multiple."
    yield invalid("three-rows-one-negative", base, reason, THREE, what, put(f"{ROWS}/3", "-3 -6"))
    what = "All three rows are zero."
    yield invalid("three-rows-zero", base, reason, THREE, what, _rows("0 0", "0 0", "0 1", "0 0"))
    what, reason = "The first layer has a bias.", "a layer before the last has a bias"
    edit = _network("serial(Dense(b_var=1), Relu(), Dense(b_var=1))")
    yield invalid("three-rows-first-bias", base, reason, THREE, what, edit)
    what = "The biased layer is followed by an activation."
    edit = _network("serial(Dense(), Relu(), Dense(b_var=1), Relu())")
    yield invalid("three-rows-bias-before-activation", base, reason, THREE, what, edit)
    what, reason = "The activation is not homogeneous.", "an activation is not positively homogeneous"
    edit = replace(NETWORK, "Relu()", "Erf()")
    yield invalid("three-rows-erf", base, reason, THREE, what, edit)
    what, edit = "One of two activations is not homogeneous.", replace(NETWORK, "Relu()", "Relu(), Dense(), Erf()")
    yield invalid("three-rows-relu-and-erf", base, reason, THREE, what, edit)


def pairs_of_pairs() -> Iterator[Attack]:
    base, reason = "two-parallel-pairs", "are not positive multiples of one row"
    what = "The second pair is not parallel."
    yield invalid("two-parallel-pairs-second", base, reason, THREE, what, put(f"{ROWS}/3", "1 5"))
    what = "The first pair is not parallel."
    yield invalid("two-parallel-pairs-first", base, reason, THREE, what, put(f"{ROWS}/0", "-1 -2"))
    what, reason = "The activation is not homogeneous.", "an activation is not positively homogeneous"
    yield invalid("two-parallel-pairs-erf", base, reason, THREE, what, replace(NETWORK, "Relu()", "Erf()"))
    what, reason = "The first layer has a bias.", "a layer before the last has a bias"
    edit = _network("serial(Dense(b_var=1), Relu(), Dense())")
    yield invalid("two-parallel-pairs-first-bias", base, reason, THREE, what, edit)
    base, reason = "two-opposite-pairs", "are no opposite rows"
    what = "The second pair is not opposite."
    yield invalid("two-opposite-pairs-second", base, reason, OPPOSITE, what, put(f"{ROWS}/3", "1 -1"))
    what = "The first pair is opposite only up to a factor."
    yield invalid("two-opposite-pairs-scaled", base, reason, OPPOSITE, what, put(f"{ROWS}/1", "-2 -4"))
    what = "The pairs are opposite only after normalisation, which is not claimed."
    edit = put("claim/normalize", "none")
    yield invalid("two-opposite-pairs-not-unit", "two-opposite-pairs-unit", reason, OPPOSITE, what, edit)
    reason = "the network is not odd about a constant"
    for name, network in (
        ("first-bias", "serial(Dense(b_var=1), Erf(), Dense())"),
        ("relu", "serial(Dense(), Relu(), Dense(b_var=1))"),
        ("even", "serial(Dense(), Cos(), Dense(b_var=1))"),
        ("phase", "serial(Dense(), Sin(c=1), Dense(b_var=1))"),
        ("even-power", "serial(Dense(), Polynomial([0, 1, 1]), Dense(b_var=1))"),
        ("activation-after-bias", "serial(Dense(), Erf(), Dense(b_var=1), Erf(), Dense())"),
        ("activation-after-constant", "serial(Dense(), Erf(c=1), Dense(), Erf(), Dense())"),
        ("activation-after-step", "serial(Dense(), Step(), Dense(), Sin(), Dense())"),
        ("rectified", "serial(Dense(), RectifiedMonomial(3), Dense())"),
    ):
        what = "The network is not odd about a constant."
        yield invalid(f"two-opposite-pairs-{name}", base, reason, OPPOSITE, what, _network(network))


def constants() -> Iterator[Attack]:
    what, reason = "The function depends on its input.", "the network is not a constant function"
    for activation in ("Relu()", "Erf(c=1)", "Monomial(2)", "Hermite(1)", 'Gaussian(b="-1/9")'):
        name, edit = activation.partition("(")[0].lower(), replace(NETWORK, "Monomial(0)", activation)
        yield invalid(f"constant-{name}", "constant-power", reason, f"{CONSTANT}; {RELATED}", what, edit)
    reason = "the kernel does not vanish identically"
    for name, base, what, edit in (
        ("nngp-of-sign", "zero-kernel", "The NTK vanishes and the NNGP does not.", put("claim/kernel", "nngp")),
        ("ntk-after-sign", "zero-kernel", "A layer follows.", replace(NETWORK, "Sign())", "Sign(), Dense())")),
        ("of-erf", "zero-kernel", "The activation has no jump.", replace(NETWORK, "Sign()", "Erf()")),
        ("of-one", "zero-kernel-nngp", "The constant is not zero.", replace(NETWORK, "[0]", "[1]")),
        (
            "with-bias",
            "zero-kernel-nngp",
            "The last layer has a bias.",
            replace(NETWORK, "Dense())", "Dense(b_var=1))"),
        ),
    ):
        yield invalid(f"zero-kernel-{name}", base, reason, NO_KERNEL, what, edit)


def antipodal_pairs() -> Iterator[Attack]:
    base, reason = "antipodal-pairs", "need one hidden layer with a linear odd part"
    for name, network in (
        ("one-layer", "serial(Dense())"),
        ("linear", "serial(Dense(), Dense(b_var=1))"),
        ("deep", "serial(Dense(), Relu(), Dense(), Relu(), Dense())"),
        ("erf", "serial(Dense(), Erf(), Dense())"),
        ("mish", "serial(Dense(), Mish(), Dense())"),
        ("two-first-layers", "serial(Dense(), Dense(), Relu(), Dense())"),
        ("two-last-layers", "serial(Dense(), Relu(), Dense(), Dense())"),
    ):
        yield invalid(f"antipodal-{name}", base, reason, ANTIPODAL, "The network has another form.", _network(network))
    what, reason = "The first layer has a bias.", "need a first layer without bias"
    edit = _network("serial(Dense(b_var=1), Relu(), Dense())")
    yield invalid("antipodal-first-bias", base, reason, ANTIPODAL, what, edit)
    what, reason = "One pair is not opposite.", "a pair of rows is not opposite"
    yield invalid("antipodal-not-opposite", base, reason, ANTIPODAL, what, put(f"{ROWS}/3", "1 -1"))
    what = "One pair is parallel."
    yield invalid("antipodal-parallel", base, reason, ANTIPODAL, what, put(f"{ROWS}/3", "0 2"))
    what, reason = "Scaled opposites under an output bias.", "scaled opposites need two slopes"
    edit = replace(NETWORK, "Dense())", "Dense(b_var=1))")
    yield invalid("antipodal-scaled-with-bias", "antipodal-pairs-scaled", reason, ANTIPODAL, what, edit)
    what, edit = (
        "Scaled opposites under a function that is not homogeneous.",
        replace(NETWORK, "LeakyRelu(5)", "Gelu()"),
    )
    yield invalid("antipodal-scaled-gelu", "antipodal-pairs-scaled", reason, ANTIPODAL, what, edit)
    what, reason = "The dependence of the representatives is trivial.", "all coefficients of the dependence are zero"
    yield invalid("antipodal-coefficients-zero", base, reason, ANTIPODAL, what, put("proof/coefficients", "0 0 0"))
    what, reason = "The representatives are not dependent as stated.", "combination of representatives is not zero"
    yield invalid("antipodal-coefficient-changed", base, reason, ANTIPODAL, what, put("proof/coefficients", "1 1 -2"))
    what = "The representatives are independent."
    edits = put(MEMBERS, [0, 1, 2, 3]), put("proof/coefficients", "1 -1")
    yield invalid("antipodal-independent", base, reason, ANTIPODAL, what, *edits)
    what = "One representative is the other row of its pair."
    yield invalid("antipodal-other-representative", base, reason, ANTIPODAL, what, put(MEMBERS, [0, 1, 2, 3, 5, 4]))


def shapes() -> Iterator[Attack]:
    what, reason = "The rows of the family are too many.", "does not take 3 rows"
    yield malformed("family-three-for-a-pair", "parallel-rows", reason, "", what, put(MEMBERS, [0, 1, 2]))
    what, reason = "The rows of the family are too few.", "does not take 2 rows"
    yield malformed("family-two-for-three", "three-parallel-rows", reason, "", what, put(MEMBERS, [0, 1]))
    what, reason = "The second pair is missing.", "does not take 2 rows"
    yield malformed("family-two-for-two-pairs", "two-parallel-pairs", reason, "", what, put(MEMBERS, [0, 1]))
    yield malformed("family-two-for-opposite-pairs", "two-opposite-pairs", reason, "", what, put(MEMBERS, [0, 1]))
    what, reason = "A row is missing.", "does not take 1 rows"
    yield malformed("family-one-for-a-constant", "constant-power", reason, "", what, put(MEMBERS, [0]))
    what, reason = "One row of a pair is missing.", "does not take 5 rows"
    yield malformed("family-odd-number-for-pairs", "antipodal-pairs", reason, "", what, put(MEMBERS, [0, 1, 2, 3, 4]))
    what, reason = "A row is its own partner.", "holds an index twice"
    yield malformed("family-row-twice", "equal-points", reason, "", what, put(MEMBERS, [0, 0]))
    what, reason = "A row lies outside the points.", "holds an index outside 0..2"
    yield malformed("family-row-outside", "equal-points", reason, "", what, put(MEMBERS, [0, 3]))
    what, reason = (
        "The number of coefficients is not that of the pairs.",
        "the coefficients holds 2 numbers instead of 3",
    )
    yield malformed(
        "family-coefficients-too-few", "antipodal-pairs", reason, "", what, put("proof/coefficients", "1 1")
    )
    what, reason = "A family that takes no coefficients is given some.", "the proof does not have exactly the keys"
    yield malformed("family-with-coefficients", "equal-points", reason, KEYS, what, put("proof/coefficients", "1 1"))
    what, reason = "The family is unknown.", "does not know the family 'twisted rows'"
    yield unsupported("family-unknown", "equal-points", reason, "", what, put("proof/family", "twisted rows"))
    what, reason = "The kind of proof is unknown.", "does not know proofs of kind 'oracle'"
    yield unsupported("proof-unknown", "equal-points", reason, "", what, put("proof/kind", "oracle"))


def attacks() -> Iterator[Attack]:
    for part in (
        pairs_of_rows,
        networks_for_pairs,
        zero_rows,
        three_rows,
        pairs_of_pairs,
        constants,
        antipodal_pairs,
        shapes,
    ):
        yield from part()
