"""Well-formed JSON of the wrong shape: keys, types, numbers, triangles."""

from collections.abc import Iterator

from forging import Attack, change, drop, malformed, put, unsupported

KEYS, TYPES, HEX, DECIMALS, LABELS = (
    "exact keys",
    "integers are no booleans or strings",
    "one spelling for hexadecimal integers",
    "one spelling for claimed decimals",
    "labels are flat",
)
EXPONENT, DECIMAL_EXPONENT, LENGTH = "limit: binary exponents", "limit: decimal exponents", "limit: length of a number"


def keys() -> Iterator[Attack]:
    reason = "does not have exactly the keys"
    for place in ("", "claim/", "claim/lambda_min/", "claim/points/", "proof/", "proof/factor/", "proof/shift/"):
        name = place.strip("/").replace("/", "-").replace("_", "-") or "top"
        what = "There is a key that the format does not know."
        yield malformed(f"key-unknown-{name}", "relu", reason, KEYS, what, put(f"{place}zzz", 1))
    for base, path in (
        ("relu", "labels"),
        ("relu", "claim/kernel"),
        ("relu", "claim/lambda_min/lower"),
        ("relu", "claim/points/columns"),
        ("relu", "proof/bits"),
        ("relu", "proof/factor/exponent"),
        ("relu", "proof/shift/value"),
        ("modular", "proof/modulus"),
        ("null-vector", "proof/rows"),
        ("rank", "proof/dimension"),
        ("parallel-rows", "proof/rows"),
        ("antipodal-pairs", "proof/coefficients"),
        ("gram", "claim/gram/radii"),
        ("gram", "claim/verdict"),
    ):
        what, name = "A key is missing.", path.replace("/", "-").replace("_", "-")
        yield malformed(f"key-missing-{base}-{name}", base, reason, KEYS, what, drop(path))
    for base in ("modular", "null-vector", "rank", "gram"):
        what = "There is a key that the format does not know."
        yield malformed(f"key-unknown-in-proof-of-{base}", base, reason, KEYS, what, put("proof/zzz", 1))
    what = "A claim is about points and about a given matrix."
    yield malformed("key-gram-and-points", "relu", reason, KEYS, what, put("claim/gram", None))
    what, reason = "The version is missing.", "the format version is not an integer"
    yield malformed("key-missing-version", "relu", reason, TYPES, what, drop("version"))
    what, reason = "The kind of proof is missing.", "the kind of proof is not a string"
    yield malformed("key-missing-kind", "relu", reason, "", what, drop("proof/kind"))
    what, reason = "The family is missing.", "the family is not a string"
    yield malformed("key-missing-family", "parallel-rows", reason, "", what, drop("proof/family"))


def types() -> Iterator[Attack]:
    for base, path, value, reason, check in (
        ("relu", "version", True, "the format version is not an integer", TYPES),
        ("relu", "version", "1", "the format version is not an integer", TYPES),
        ("relu", "proof/bits", True, "bits is not an integer", TYPES),
        ("relu", "proof/bits", "53", "bits is not an integer", TYPES),
        ("relu", "proof/bits", None, "bits is not an integer", TYPES),
        ("relu", "proof/shift/exponent", False, "the exponent of the shift is not an integer", TYPES),
        ("relu", "proof/factor/exponent", False, "the exponent of the factor is not an integer", TYPES),
        ("relu", "claim/points/columns", True, "the number of columns is not an integer", TYPES),
        ("points-beside", "claim/points/count", True, "the number of points is not an integer", TYPES),
        ("rank", "proof/dimension", True, "the dimension is not an integer", TYPES),
        ("gram", "claim/gram/exponent", True, "the exponent of gram is not an integer", TYPES),
        ("equal-points", "proof/rows", [False, 2], "an index in the rows of the family is not an integer", TYPES),
        ("relu", "claim", [], "claim is not an object", KEYS),
        ("relu", "claim/lambda_min", None, "lambda_min is not an object", KEYS),
        ("relu", "claim/points", "1 2", "points is not an object", KEYS),
        ("relu", "proof", None, "the proof is not an object", ""),
        ("relu", "proof/shift", 1, "the shift is not an object", KEYS),
        ("relu", "proof/shift/value", 1, "the shift is not a string", ""),
        ("relu", "proof/factor", "1", "the factor is not an object", KEYS),
        ("relu", "proof/factor/rows", "1", "the factor is not a list of 4 rows", ""),
        ("relu", "proof/factor/rows/1", [1, 2], "row 1 of the factor is not a string", ""),
        ("relu", "proof/vector", [1, 1, 1, 1], "the vector is not a string", ""),
        ("relu", "proof/kind", ["residual"], "the kind of proof is not a string", ""),
        ("modular", "proof/modulus", 7, "the modulus is not a string", ""),
        ("null-vector", "proof/rows", "0 1", "is not a list of row indices", ""),
        ("null-vector", "proof/entries", [1], "the null vector is not a string", ""),
        ("antipodal-pairs", "proof/coefficients", [1, 1, -1], "the coefficients is not a string", ""),
        ("relu", "claim/network", 7, "the network is not a string", ""),
        ("relu", "claim/kernel", "cntk", "the kernel is none of: ntk, nngp", ""),
        ("relu", "claim/kernel", ["ntk"], "the kernel is none of", ""),
        ("relu", "claim/normalize", True, "the normalisation is none of: none, unit", ""),
        ("relu", "claim/verdict", "negative", "the verdict is none of: positive definite, singular", ""),
        ("gram", "claim/verdict", "indefinite", "the verdict is none of: positive definite, singular, negative", ""),
        ("relu", "claim/lambda_min/lower", 1, "the lower bound is not a string", ""),
        ("relu", "claim/lambda_min/upper", None, "the upper bound is not a string", ""),
        ("relu", "claim/points/rows", [], "a list of rows that is not empty", ""),
        ("relu", "claim/points/rows", "1 2", "a list of rows that is not empty", ""),
        ("relu", "claim/points/denominator", 1, "needs a denominator", ""),
        ("relu", "claim/points/rows/0", None, "row 0 of points is not a string", ""),
        ("relu", "format", "ntk-certificate ", "its format is not", ""),
        ("relu", "labels", [], "labels is not an object", LABELS),
        ("relu", "labels/producer", True, "labels hold strings, integers, null", LABELS),
        ("relu", "labels/producer", ["x"], "labels hold strings, integers, null", LABELS),
        ("relu", "labels/producer", {"a": {"b": 1}}, "labels hold strings, integers, null", LABELS),
        ("relu", "labels/data", {"a": [1]}, "labels hold strings, integers, null", LABELS),
    ):
        kind = {bool: str(value).lower(), type(None): "null"}.get(type(value), type(value).__name__)
        name = f"type-{base}-{path.replace('/', '-').replace('_', '-')}-{kind}"
        what = f"At {path} stands {value!r}."
        yield malformed(name, base, reason, check, what, put(path, value))


def numbers() -> Iterator[Attack]:
    row = "row 0 of points"
    for name, text, reason, check in (
        ("capitals", "A 1", "something that is not a hexadecimal integer", HEX),
        ("prefix", "0x1 1", "something that is not a hexadecimal integer", HEX),
        ("leading-zero", "01 1", "something that is not a hexadecimal integer", HEX),
        ("minus-zero", "-0 1", "something that is not a hexadecimal integer", HEX),
        ("plus", "+1 1", "something that is not a hexadecimal integer", HEX),
        ("underscore", "1_0 1", "something that is not a hexadecimal integer", HEX),
        ("tab", "1\t 1", "something that is not a hexadecimal integer", HEX),
        ("newline", "1 1\n", "something that is not a hexadecimal integer", HEX),
        ("fullwidth", "１ 1", "something that is not a hexadecimal integer", HEX),
        ("not-a-digit", "g 1", "something that is not a hexadecimal integer", HEX),
        ("two-minuses", "--1 1", "something that is not a hexadecimal integer", HEX),
        ("empty", "", f"{row} holds 1 numbers instead of 2", ""),
        ("space-first", " 1 1", f"{row} holds 3 numbers instead of 2", ""),
        ("two-spaces", "1  1", f"{row} holds 3 numbers instead of 2", ""),
        ("space-last", "1 1 ", f"{row} holds 3 numbers instead of 2", ""),
        ("too-few", "1", f"{row} holds 1 numbers instead of 2", ""),
        ("too-many", "1 1 1", f"{row} holds 3 numbers instead of 2", ""),
        ("too-long", "1 " + "1" * 5001, "is a number of 5001 characters, more than 5000", LENGTH),
    ):
        what = f"A row of points is {text[:12]!r}."
        yield malformed(f"hex-{name}", "relu", reason, check, what, put("claim/points/rows/0", text))
    for name, text in (("capitals", "A"), ("minus-zero", "-0"), ("two", "1 1"), ("empty", "")):
        what, reason = f"The shift is {text!r}.", "the shift is not a hexadecimal integer"
        yield malformed(f"hex-shift-{name}", "relu", reason, HEX, what, put("proof/shift/value", text))
    for name, text in (("zero", "0"), ("negative", "-2")):
        what, reason = f"The denominator is {text}.", "the denominator of points is not positive"
        yield malformed(f"denominator-{name}", "relu", reason, "", what, put("claim/points/denominator", text))
    spelled = "is neither 0 nor an integer m and an exponent k"
    for name, text, reason, check in (
        ("trailing-zero", "10e-2", spelled, ""),
        ("leading-zero", "01e-2", spelled, DECIMALS),
        ("plus", "1e+2", spelled, DECIMALS),
        ("minus-zero-exponent", "1e-0", spelled, DECIMALS),
        ("zero-exponent-padded", "1e-02", spelled, DECIMALS),
        ("point", "0.1", spelled, ""),
        ("point-and-exponent", "1.5e-3", spelled, DECIMALS),
        ("no-exponent", "1", spelled, ""),
        ("zero-with-exponent", "0e0", spelled, ""),
        ("minus-zero", "-0", spelled, ""),
        ("infinity", "inf", spelled, ""),
        ("nan", "nan", spelled, ""),
        ("capital", "1E-2", spelled, ""),
        ("ratio", "1/100", spelled, ""),
        ("spaced", " 1e-2", spelled, DECIMALS),
        ("newline", "1e-2\n", spelled, DECIMALS),
        ("exponent-too-large", "1e5001", "has a decimal exponent beyond 5000", DECIMAL_EXPONENT),
        ("exponent-too-small", "1e-5001", "has a decimal exponent beyond 5000", DECIMAL_EXPONENT),
        ("exponent-huge", "1e30000000000", "has a decimal exponent beyond 5000", DECIMAL_EXPONENT),
        ("too-long", "1" * 4999 + "e0", "is a number of 5001 characters", LENGTH),
    ):
        what = f"The upper bound is {text[:16]!r}."
        yield malformed(
            f"decimal-{name}", "relu", f"the upper bound {reason}", check, what, put("claim/lambda_min/upper", text)
        )
    for base, path, where in (
        ("relu", "proof/shift/exponent", "the shift"),
        ("relu", "proof/factor/exponent", "the factor"),
        ("gram", "claim/gram/exponent", "gram"),
    ):
        for sign in (1, -1):
            what, reason = f"The exponent is {sign * 65_537}.", f"the exponent of {where} is a binary exponent beyond"
            name = f"exponent-of-{where.removeprefix('the ')}-too-{'large' if sign > 0 else 'small'}"
            yield malformed(name, base, reason, EXPONENT, what, put(path, sign * 65_537))
    for value in (0, -53):
        what = f"The precision is {value} bits."
        yield malformed(f"bits-{value}", "relu", "bits is not positive", "", what, put("proof/bits", value))
    what, reason = "The points have no columns.", "the number of columns is not positive"
    yield malformed("columns-zero", "relu", reason, "", what, put("claim/points/columns", 0))


def matrices() -> Iterator[Attack]:
    what, reason = "The radius is negative.", "the radius of gram is negative"
    yield malformed("gram-radius-negative", "gram", reason, "", what, put("claim/gram/radii", "-1"))
    what, reason = "One radius is negative.", "a radius of gram is negative"
    yield malformed("gram-one-radius-negative", "gram-radii", reason, "", what, put("claim/gram/radii/1", "1 -1"))
    what, reason = "The matrix is square instead of triangular.", "row 0 of the midpoints holds 3 numbers instead of 1"
    yield malformed("gram-square", "gram", reason, "", what, put("claim/gram/midpoints", ["1 0 0", "0 1 0", "0 0 1"]))
    what, reason = "The triangle is upside down.", "row 0 of the midpoints holds 3 numbers instead of 1"
    yield malformed(
        "gram-upside-down", "gram", reason, "", what, change("claim/gram/midpoints", lambda rows: rows[::-1])
    )
    what, reason = "The radii lack a row.", "the radii is not a list of 3 rows"
    yield malformed("gram-radii-too-few", "gram-radii", reason, "", what, drop("claim/gram/radii/2"))
    what, reason = "The matrix has no rows.", "the midpoints of gram are not a list of rows"
    yield malformed("gram-empty", "gram", reason, "", what, put("claim/gram/midpoints", []))
    what = "The matrix is one number."
    yield malformed("gram-of-a-number", "gram", reason, "", what, put("claim/gram/midpoints", "1"))


def versions() -> Iterator[Attack]:
    what, reason = "The format version is 3.", "knows versions 1 and 2 of the format only"
    yield unsupported("version-three", "relu", reason, "", what, put("version", 3))
    what = "The format version is 3, with keys that version 1 does not know."
    yield unsupported(
        "version-three-with-more", "relu", reason, "", what, put("version", 3), put("claim", [{"new": True}])
    )


def attacks() -> Iterator[Attack]:
    for part in (keys, types, numbers, matrices, versions):
        yield from part()
