"""Claims about finite networks: other weights, targets nobody fits, distances too short, ranks that are none."""

from collections.abc import Iterator

from forging import Attack, Edit, change, drop, invalid, malformed, put, unsupported, word

from attacks.bounds import COMPARED, FITTING

NEARBY = "weights that fit exist nearby"
COUNTED = "fewer parameters than points"
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
    for part in (memorisation, networks, ranks, shapes):
        yield from part()
