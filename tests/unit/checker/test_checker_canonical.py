"""The parser accepts exactly what json.dumps writes in canonical form, and neither crashes nor recurses."""

import random
from typing import Any

import pytest
from checker_certificates import canonical

from certify.checker import limits, numerals
from certify.checker.answers import Malformed, Unsupported
from certify.checker.canonical import parse, read_canonical, serialise

RANDOM = random.Random(5)
ALPHABET = 'ab "\\/\n\t\r\b\f\x00\x1f\x7fé\u2028\ud800😀~!#[]'


def some_value(depth: int) -> Any:
    kind = RANDOM.randint(0, 6 if depth else 4)
    if kind == 0:
        return RANDOM.choice([True, False, None])
    if kind == 1:
        return RANDOM.randint(-(10 ** RANDOM.randint(0, 40)), 10 ** RANDOM.randint(0, 40))
    if kind <= 4:
        return "".join(RANDOM.choice(ALPHABET) for _ in range(RANDOM.randint(0, 8)))
    if kind == 5:
        return [some_value(depth - 1) for _ in range(RANDOM.randint(0, 4))]
    return {f"k{k}{RANDOM.choice(ALPHABET)}": some_value(depth - 1) for k in range(RANDOM.randint(0, 4))}


def test_what_json_writes_is_read_back_and_written_again() -> None:
    for _ in range(600):
        value = some_value(4)
        text = canonical(value)
        found = read_canonical(text.encode("ascii"), "the file")
        assert found == value
        assert serialise(found) + "\n" == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "}",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 ,2]",
        "[1, 2]",
        " []",
        "[]]",
        "[]x",
        "[}",
        "{]",
        '{"a":1',
        '{"a":1,}',
        '{"a"}',
        '{"a":}',
        '{"a",1}',
        "{1:2}",
        '{"a":1"b":2}',
        '{"a":1,"a":1}',
        '{"a":[1}',
        '{"b":1,"a":2}',
        '"abc',
        '"a\\',
        '"a\\"',
        '"\\x41"',
        '"\\u12"',
        '"\\u00E9"',
        '"\\u0041"',
        '"\\/"',
        "'a'",
        "01",
        "-0",
        "-",
        "+1",
        "--1",
        "1.0",
        "1e5",
        "1E5",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "-Infinity",
        "True",
        "nul",
        "tru",
        "[1]\n",
        "[\n1]",
        "[\t1]",
        "// a\n1",
        '"\x7f"',
    ],
)
def test_other_texts_are_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_canonical((text + "\n").encode("ascii"), "the file")


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"\n", b"\xff\n", "é\n".encode(), b"[]\r\n", b"[]\n\n", b"\xef\xbb\xbf[]\n", b"\x00\n"]
)
def test_bytes_that_are_no_canonical_file(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_canonical(data, "the file")


@pytest.mark.parametrize("number", ["1.5", "1e999999999", "-2.0"])
def test_floats_are_named_as_such(number: str) -> None:
    with pytest.raises(Malformed, match="floating-point"):
        parse(f"[{number}]")


def test_every_truncation_of_a_file_is_malformed() -> None:
    text = canonical({"a": [1, {"b": "x\u00e9"}, None, True], "c": -12})
    for length in range(len(text)):
        with pytest.raises(Malformed):
            read_canonical(text[:length].encode(), "the file")


def test_nesting_up_to_the_limit_and_not_beyond() -> None:
    depth = limits.MAX_NESTING
    assert parse("[" * depth + "]" * depth)
    with pytest.raises(Malformed, match="nesting"):
        parse("[" * (depth + 1) + "]" * (depth + 1))
    with pytest.raises(Malformed, match="nesting"):
        parse("[" * 10**6)
    with pytest.raises(Malformed, match="nesting"):
        parse('{"a":' * 10**5)


def test_numbers_up_to_the_limit_and_not_beyond() -> None:
    longest = limits.MAX_NUMBER_CHARACTERS
    digits = "9" * longest
    assert parse(f"[{digits}]") == [10**longest - 1]
    assert serialise(parse(f"[{digits}]")) == f"[{digits}]"
    assert serialise(parse(f"[-{digits[1:]}]")) == f"[-{digits[1:]}]"
    for text in (digits + "9", "-" + digits, "9" * 10**6):
        with pytest.raises(Malformed, match="characters"):
            parse(f"[{text}]")


def test_long_decimals_convert_both_ways() -> None:
    for length in (1, 3999, 4000, 4001, 4300, 4999):
        text = "7" + "0" * (length - 2) + "3" if length > 1 else "7"
        value = numerals.integer_from_decimal(text, "it")
        assert numerals.decimal_from_integer(value) == text
        assert numerals.decimal_from_integer(-value) == "-" + text
        assert numerals.integer_from_decimal("-" + text, "it") == -value
    assert numerals.decimal_from_integer(10**12000) == "1" + "0" * 12000


def test_more_values_than_any_certificate_needs_are_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_VALUES", 100)
    assert parse("[" + ",".join(["1"] * 99) + "]")
    with pytest.raises(Unsupported):
        parse("[" + ",".join(["1"] * 100) + "]")


@pytest.mark.parametrize("text", ["", "-", "00", "-0", "0x1", "G", "A", "1F", "01", " 1", "1 ", "+1", "1_0", "--1"])
def test_hexadecimal_integers_have_one_spelling(text: str) -> None:
    with pytest.raises(Malformed):
        numerals.integer_from_hex(text, "it")


def test_hexadecimal_lists_have_single_spaces_and_the_right_count() -> None:
    assert numerals.integers_from_hex("1 -a ff 0", 4, "it") == (1, -10, 255, 0)
    for text, count in (("1  2", 2), ("1 2 ", 2), (" 1 2", 2), ("1 2", 3), ("1 2 3", 2), ("", 1), ("1\t2", 2)):
        with pytest.raises(Malformed):
            numerals.integers_from_hex(text, count, "it")
    with pytest.raises(Malformed, match="characters"):
        numerals.integers_from_hex("1 " + "f" * (limits.MAX_NUMBER_CHARACTERS + 1), 2, "it")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "00",
        "-0",
        "0e0",
        "1e",
        "e5",
        "10e0",
        "1e+5",
        "1e05",
        "1e-0",
        "1.5e3",
        "1e5 ",
        "1e5e5",
        "NaN",
        "1e5001",
        "1e-5001",
        "1e" + "9" * 400,
        "01e5",
        "-e5",
    ],
)
def test_claimed_decimals_have_one_spelling_and_small_exponents(text: str) -> None:
    with pytest.raises(Malformed):
        numerals.rational_from_claim(text, "it")


def test_claimed_decimals_are_exact() -> None:
    assert numerals.rational_from_claim("0", "it") == 0
    assert numerals.rational_from_claim("-25e-2", "it") == -numerals.rational_from_claim("25e-2", "it")
    assert numerals.rational_from_claim("1e5000", "it") == 10**5000
    assert numerals.rational_from_claim("3e-5000", "it") * 10**5000 == 3
    assert numerals.rational_from_claim("7" * 4990 + "e-1", "it") * 90 == 7 * (10**4990 - 1)
