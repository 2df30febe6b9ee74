"""Claims about finite networks: other weights, targets nobody fits, distances too short, ranks that are none."""

from collections.abc import Iterator

from forging import Attack, Edit, change, drop, invalid, malformed, put, unsupported, word

from attacks.bounds import COMPARED, FITTING

NEARBY = "weights that fit exist nearby"
COUNTED = "fewer parameters than points"
COMBINED = "a combination of gradients vanishes"
KEYS = "exact keys"
INTEGERS = "integers are no booleans or strings"
SHORT = "shorter than what the fixed-point theorem gives"
LAYERS = "claim/weights/layers"


def memorisation() -> Iterator[Attack]:
    def halved(text: str) -> str:
        mantissa, exponent = text.split("e")
        return (
            f"{int(mantissa) // 2 * 2 - 1}e{exponent}"
            if int(mantissa) < 100
            else f"{int(mantissa) // 2 | 1}e{exponent}"
        )

    for base in ("memorised", "memorised-relu"):
        what = "The claimed distance is half of what the theorem gives."
        yield invalid(f"distance-halved-{base}", base, SHORT, NEARBY, what, change("claim/distance", halved))
        what = "A target is another number, which no network nearby fits."
        edit = word("claim/targets/values", 1, lambda value: value + 2**60)
        yield invalid(f"target-moved-{base}", base, "h < 1/2", NEARBY, what, edit)
        what = "The distance is zero, as if the weights fitted exactly."
        yield invalid(f"distance-zero-{base}", base, "not positive", NEARBY, what, put("claim/distance", "0"))
    what = "The distance is negative."
    yield invalid("distance-negative", "memorised", "not positive", NEARBY, what, put("claim/distance", "-1e-3"))
    what = "The distance is so large that the Jacobian may change beyond use."
    yield invalid("distance-huge", "memorised", "h < 1/2", NEARBY, what, put("claim/distance", "1e99"))
    what = "Within the claimed distance a unit of the ReLU network may change sign."
    yield invalid("distance-to-a-kink", "memorised-relu", "change sign", NEARBY, what, put("claim/distance", "1e0"))
    what = "All targets are divided by two, the network is not."
    edit = change("claim/targets/denominator", lambda text: format(2 * int(text, 16), "x"))
    yield invalid("targets-halved", "memorised", "h < 1/2", NEARBY, what, edit)


def networks() -> Iterator[Attack]:
    for base in ("finite", "finite-relu", "memorised"):
        what = "One weight of the first layer is doubled."
        edit: Edit = word(f"{LAYERS}/0/0", 0, lambda value: 2 * value + 1)
        yield invalid(f"weight-changed-{base}", base, "is not proved", COMPARED, what, edit)
    what = "The hyperbolic tangent is said to be the logistic function."
    yield invalid(
        "finite-other-activation", "finite", "is not proved", COMPARED, what, put("claim/activation", "Sigmoid()")
    )
    what = "All weights are twice as large."
    edit = change("claim/weights/exponent", lambda value: value + 1)
    yield invalid("finite-other-exponent", "finite", "is not proved", COMPARED, what, edit)


def ranks() -> Iterator[Attack]:
    what = "The number of parameters is not that of the network."
    yield invalid("parameters-miscounted", "finite-few", "as the proof states", COUNTED, what, put("proof/count", 2))
    edit = [put("proof", {"kind": "parameters", "count": 9}), put("claim/verdict", "singular")]
    zero = put("claim/lambda_min", {"lower": "0", "upper": "0"})
    what = "As many parameters as points, or more, show nothing."
    yield invalid("parameters-enough", "finite", "as the proof states", COUNTED, what, *edit, zero)
    what = "Too few parameters are to show positivity."
    positive = [put("claim/verdict", "positive definite"), put("claim/lambda_min", {"lower": "1e-9", "upper": "1e0"})]
    yield invalid("parameters-for-positive", "finite-few", "shows singularity", FITTING, what, *positive)
    what = "An infinitely wide network is to have few parameters."
    yield invalid("parameters-of-the-limit", "relu", "no finite number", "", what, *edit, zero)
    what = "The dimension count of infinitely wide networks is put to a finite one."
    rank = put("proof", {"kind": "rank", "dimension": 1})
    yield invalid("finite-with-rank", "finite-few", "does not speak about finite", "", what, rank)


def live() -> Iterator[Attack]:
    reason = "as the proof states"
    for base, count in (("finite-dead-unit", 9), ("finite-zero-column", 10)):
        for other in (count - 1, count + 1, -1):
            name, what = f"live-{other}-{base}".replace("--1", "-minus-1"), "Another number of parameters matters."
            yield invalid(name, base, reason, COUNTED, what, put("proof/count", other))
    what = "At one point the unit is not dead."
    edit = change("claim/points/rows", lambda rows: [*rows[:-1], "9 1"])
    yield invalid("live-dead-unit-revived", "finite-dead-unit", reason, COUNTED, what, edit)
    what = "A column is zero at all points but one."
    edit = change("claim/points/rows", lambda rows: [*rows[:-1], "b 1"])
    yield invalid("live-column-not-zero", "finite-zero-column", reason, COUNTED, what, edit)
    what = "A unit of a leaky rectifier is never dead."
    edit = put("claim/activation", 'LeakyRelu("1/7")')
    yield invalid("live-leaky", "finite-dead-unit", reason, COUNTED, what, edit)
    what = "A preactivation lies on the kink, where there is no gradient."
    edits = put("claim/points/denominator", "4"), change("claim/points/rows", lambda rows: ["0 1", *rows[1:]])
    yield unsupported("live-on-the-kink", "finite-dead-unit", "kink", COUNTED, what, *edits)


def gradients() -> Iterator[Attack]:
    for base in ("finite-alike", "finite-alike-leaky", "finite-alike-deep"):
        what = "An entry of the null vector is another one."
        edit = word("proof/entries", 1, lambda value: value + 1)
        yield invalid(f"null-gradients-entry-{base}", base, "gradients is not zero", COMBINED, what, edit)
        what = "One of the points is another one."
        edit = change("claim/points/rows", lambda rows: ["-1f 7", *rows[1:]])
        yield invalid(f"null-gradients-point-{base}", base, "gradients is not zero", COMBINED, what, edit)
    base = "finite-alike"
    what = "The null vector is zero."
    edit = change("proof/entries", lambda text: " ".join("0" for _ in text.split()))
    yield invalid("null-gradients-zero", base, "null vector is zero", COMBINED, what, edit)
    what = "A smooth activation has no rational gradients."
    yield invalid(
        "null-gradients-smooth", base, "activation of two slopes", COMBINED, what, put("claim/activation", "Tanh()")
    )
    what = "A point lies where a unit switches."
    edits = put("claim/points/denominator", "4"), change("claim/points/rows", lambda rows: ["0 1", *rows[1:]])
    yield unsupported("null-gradients-on-the-kink", base, "kink", COMBINED, what, *edits)
    what = "A singular kernel is to show memorisation."
    targets = {"denominator": "1", "values": "0 0 0 0"}
    edits = put("claim/distance", "1e0"), put("claim/targets", targets)
    yield invalid("null-gradients-memorised", base, "shows no memorisation", "", what, *edits)
    what = "A null vector is to show positivity."
    positive = [put("claim/verdict", "positive definite"), put("claim/lambda_min", {"lower": "1e-9", "upper": "1e0"})]
    yield invalid("null-gradients-positive", base, "shows singularity", FITTING, what, *positive)


def shapes() -> Iterator[Attack]:
    what = "The rows of weights do not fit the flag of the biases."
    yield malformed("finite-bias-flipped", "finite", "layer 0 of weights", "", what, put("claim/weights/bias", False))
    what = "The flag of the biases is a number."
    yield malformed("finite-bias-a-number", "finite", "neither true nor false", "", what, put("claim/weights/bias", 1))
    what = "The exponent of the weights is positive."
    yield malformed("finite-exponent-positive", "finite", "is positive", "", what, put("claim/weights/exponent", 1))
    what = "The last layer is missing."
    yield malformed("finite-no-output", "finite", "does not have one row", "", what, drop(f"{LAYERS}/1"))
    what = "There are no layers."
    yield malformed("finite-no-layers", "finite", "not a list of layers", "", what, put(LAYERS, []))
    what = "A layer has no rows."
    yield malformed("finite-empty-layer", "finite", "not a list of rows", "", what, put(f"{LAYERS}/0", []))
    what = "A target is missing."
    edit = change("claim/targets/values", lambda text: text.rsplit(" ", 1)[0])
    yield malformed("finite-target-missing", "memorised", "the targets", "", what, edit)
    what = "The denominator of the targets is zero."
    edit = put("claim/targets/denominator", "0")
    yield malformed("finite-target-denominator", "memorised", "not positive", "", what, edit)
    what = "Targets without a distance."
    yield malformed("finite-no-distance", "memorised", "exactly the keys", KEYS, what, drop("claim/distance"))
    what = "An activation without a finite form in this engine."
    yield unsupported(
        "finite-unknown-activation", "finite", "finite networks", "", what, put("claim/activation", "Erf()")
    )


def attacks() -> Iterator[Attack]:
    for part in (memorisation, networks, ranks, live, gradients, shapes):
        yield from part()
