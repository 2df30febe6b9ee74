"""Files that are not the canonical text of any certificate."""

import json
from collections.abc import Iterator

from forging import Attack, after_sealing, put, respelled, rewritten

CANONICAL = "the text is the canonical one"
NESTING = "limit: nesting"
BASE = "labels-of-all-sorts"


def _file(name: str, reason: str, what: str, content: bytes, check: str = "") -> Attack:
    return Attack(name, "relu", "malformed", reason, what, lambda _: content, check)


def _respelled(name: str, reason: str, what: str, old: str, new: str, check: str = "", base: str = BASE) -> Attack:
    return Attack(name, base, "malformed", reason, what, respelled(old, new), check)


def whole_files() -> Iterator[Attack]:
    newline = "does not end in a newline"
    yield _file("empty", newline, "The file is empty.", b"")
    yield _file("only-a-newline", "no value where one is expected", "The file holds a newline.", b"\n")
    yield _file("no-certificate", "its format is not", "The file is canonical JSON, and no certificate.", b'{"a":1}\n')
    yield _file("a-list", "its format is not", "The file is a list.", b"[]\n")
    yield _file("a-string", "its format is not", "The file is a string.", b'"ntk-certificate"\n')
    yield _file("a-word", "its format is not", "The file is null.", b"null\n")
    yield _file("binary", "a byte outside ASCII, at byte 0", "The file is binary.", bytes(range(255, 0, -1)))
    yield _file("half-a-word", "no value where one is expected", "The file is half a word.", b"nul\n")
    for depth in (51, 100_000):
        what, nested = f"Lists are nested {depth} deep.", b"[" * depth + b"]" * depth + b"\n"
        yield _file(f"nested-{depth}", "nesting is deeper than 50", what, nested, NESTING)
    nested = b'{"a":' * 51 + b"1" + b"}" * 51 + b"\n"
    yield _file("nested-objects", "nesting is deeper than 50", "Objects are nested 51 deep.", nested, NESTING)
    yield _file("unclosed", "neither a comma nor the end", "A list is not closed.", b"[1,[2]\n")
    yield _file("closed-by-another", "neither a comma nor the end", "A list is closed as an object.", b'{"a":[1}]\n')
    yield _file(
        "list-opened-and-closed-by-another", "neither a comma", "An empty list is closed as an object.", b"[}\n"
    )
    yield _file("comma-first", "no value where one is expected", "A list begins with a comma.", b"[,1]\n")
    yield _file("comma-last", "no value where one is expected", "A list ends with a comma.", b"[1,]\n")
    yield _file("comma-last-in-object", "no key where one is expected", "An object ends with a comma.", b'{"a":1,}\n')
    yield _file("key-without-value", "no colon after a key", "A key has no value.", b'{"a"}\n')
    yield _file("key-without-quotes", "no key where one is expected", "A key has no quotation marks.", b"{a:1}\n")
    yield _file("string-not-closed", "is not closed", "A string is not closed.", b'{"a":"b}\n')
    yield _file("escape-unknown", "a bad escape", "A string holds an unknown escape.", b'["\\x41"]\n')
    yield _file("escape-cut", "a bad escape", "A string ends within an escape.", b'["\\u00e"]\n')
    yield _file("escape-cut-by-the-end", "a bad escape", "The file ends within a long escape.", b'["\\u00e\n')
    yield _file("escape-at-the-end", "a bad escape", "The file ends within an escape.", b'["\\\n')
    yield _file("escape-of-no-letter", "a bad escape", "A backslash ends the text.", b'"\\\n')


def rewritten_certificates() -> Iterator[Attack]:
    def rewrite(name: str, reason: str, what: str, function, check: str = "", base: str = BASE) -> Attack:
        return Attack(name, base, "malformed", reason, what, rewritten(function), check)

    newline, spaces, order = "does not end in a newline", "white space or a control character", "not in canonical form"
    yield rewrite("truncated", newline, "The second half is missing.", lambda text: text[: len(text) // 2], base="relu")
    what = "The second half is missing, and the last line is ended."
    yield rewrite("truncated-line", "is not closed", what, lambda text: text[:400] + "\n", base="relu")
    yield rewrite("newline-missing", newline, "The newline at the end is missing.", lambda text: text[:-1])
    yield rewrite("newline-twice", spaces, "A second newline follows.", lambda text: text + "\n")
    yield rewrite("trailing-bytes", newline, "Bytes follow the end.", lambda text: text + "x")
    yield rewrite("trailing-value", "something follows the value", "A value follows.", lambda text: text[:-1] + "{}\n")
    yield rewrite(
        "leading-space",
        "no value where one is expected, at byte 0",
        "A space precedes the text.",
        lambda text: " " + text,
    )
    yield rewrite("byte-order-mark", "a byte outside ASCII, at byte 0", "A byte order mark.", lambda t: "\ufeff" + t)
    yield rewrite("carriage-return", spaces, "The line ends in CRLF.", lambda text: text[:-1] + "\r\n")
    yield rewrite("indented", spaces, "The text is indented.", lambda t: json.dumps(json.loads(t), indent=1) + "\n")
    what = "A space follows every colon."
    yield rewrite("spaced", "no value where one is expected", what, lambda text: text.replace('":', '": '))
    yield rewrite(
        "unsorted", order, "The keys are not sorted.", lambda t: '{"version":1,' + t[1:-14] + "}\n", CANONICAL
    )


def spellings() -> Iterator[Attack]:
    order = "not in canonical form"
    yield _respelled("escape-of-a-letter", order, "A letter is escaped.", "markup", "\\u006darkup", CANONICAL)
    yield _respelled("escape-in-capitals", "a bad escape", "An escape is in capitals.", "\\u00e9", "\\u00E9")
    yield _respelled("escape-of-a-slash", "a bad escape", "A slash is escaped.", "slash/", "slash\\/")
    yield _respelled("escape-of-a-newline", order, "A newline is a long escape.", "\\n", "\\u000a", CANONICAL)
    yield _respelled("escape-left-out", "a byte outside ASCII", "An accent is not escaped.", "\\u00e9", "é")
    yield _respelled("escape-of-delete", "white space or a control", "DEL stands bare.", "\\u007f", "\x7f")
    yield _respelled("control-character", "white space or a control", "A bell stands bare.", "\\u0007", "\x07")
    yield _respelled("key-repeated", "a key is repeated", "A key is repeated.", '"nothing"', '"markup":"x","nothing"')
    what = "The repeated key is spelled with an escape."
    yield _respelled("key-repeated-escaped", "a key is repeated", what, '"nothing"', '"\\u006darkup":"x","nothing"')
    floats = "a floating-point number"
    for name, new, reason in (
        ("float", "1.5", floats),
        ("float-whole", "1.0", floats),
        ("float-exponent", "1e5", floats),
        ("float-capital-exponent", "1E5", floats),
        ("nan", "NaN", "no value where one is expected"),
        ("infinity", "Infinity", "no value where one is expected"),
        ("minus-infinity", "-Infinity", "no value where one is expected"),
        ("plus-sign", "+1", "no value where one is expected"),
        ("minus-zero", "-0", "is not a plain decimal integer"),
        ("leading-zero", "01", "is not a plain decimal integer"),
        ("capital-word", "Null", "no value where one is expected"),
        ("word-with-more", "nullx", "neither a comma nor the end"),
        ("hexadecimal", "0x1", "neither a comma nor the end"),
        ("single-quotes", "'x'", "no value where one is expected"),
        ("underscore", "1_0", "neither a comma nor the end"),
    ):
        yield _respelled(f"number-{name}", reason, f"A label is {new}.", '"nothing":null', f'"nothing":{new}')
    what, reason = "A label is an integer of 5001 digits.", "more than 5000"
    check = "limit: length of a number"
    yield _respelled("number-too-long", reason, what, '"nothing":null', f'"nothing":{"1" * 5001}', check)


def after_the_seal() -> Iterator[Attack]:
    for name, value in (("short", "ab"), ("capitals", "AB" * 32), ("number", 7), ("null", None), ("spaced", "a " * 32)):
        what, reason = f"The seal is {str(value)[:8]!r}.", "the seal is not a SHA-256 digest"
        yield Attack(f"seal-{name}", "relu", "malformed", reason, what, after_sealing(put("seal", value)))
    what, reason = "The seal is missing.", "the certificate does not have exactly the keys"
    forge = rewritten(lambda text: text[: text.index('"seal"')] + text[text.index('"version"') :])
    yield Attack("seal-missing", "relu", "malformed", reason, what, forge, "exact keys")


def attacks() -> Iterator[Attack]:
    for part in (whole_files, rewritten_certificates, spellings, after_the_seal):
        yield from part()
