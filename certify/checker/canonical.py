"""Canonical JSON: an iterative parser, the matching writer, and the comparison of the two.

The only accepted text is what `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)` and a
final newline spell, over objects, arrays, strings, integers, true, false and null.  Nothing recurses: containers wait
on an explicit stack whose height is limited, so neither nesting nor length can exhaust the interpreter.
"""

import re
from typing import Any

from . import limits
from .answers import Malformed, Unsupported
from .numerals import decimal_from_integer, integer_from_decimal

Value = Any
_NUMBER = re.compile(r"-?[0-9]+")
_PLAIN = re.compile(r"[ !#-\[\]-~]*")
_OUTSIDE = re.compile(r"[^ -~]")
_SPECIAL = re.compile(r"[^ !#-\[\]-~]")
_HEX4 = re.compile(r"[0-9a-f]{4}")
_WORDS: tuple[tuple[str, Value], ...] = (("true", True), ("false", False), ("null", None))
_SHORT = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_ESCAPES = {character: "\\" + letter for letter, character in _SHORT.items()}


def _string(text: str, start: int) -> tuple[str, int]:
    """The string that opens at `start` (on its quotation mark), and the position after it."""
    pieces: list[str] = []
    position = start + 1
    while True:
        match = _PLAIN.match(text, position)
        assert match is not None
        pieces.append(match[0])
        position = match.end()
        mark = text[position : position + 1]
        if mark == '"':
            break
        if mark != "\\":
            raise Malformed(f"a string that opens at byte {start} is not closed")
        letter = text[position + 1 : position + 2]
        if letter == "u":
            digits = text[position + 2 : position + 6]
            if _HEX4.fullmatch(digits) is None:
                raise Malformed(f"a bad escape in the string at byte {start}")
            pieces.append(chr(int(digits, 16)))
            position += 6
        elif letter in _SHORT:
            pieces.append(_SHORT[letter])
            position += 2
        else:
            raise Malformed(f"a bad escape in the string at byte {start}")
    joined = "".join(pieces)
    if not joined.isascii():
        # Two escapes of surrogates spell one character.
        joined = joined.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return joined, position + 1


def _scalar(text: str, start: int) -> tuple[Value, int]:
    """The string, integer or word at `start`, and the position after it."""
    if text[start : start + 1] == '"':
        return _string(text, start)
    for word, value in _WORDS:
        if text.startswith(word, start):
            return value, start + len(word)
    match = _NUMBER.match(text, start)
    if match is None:
        raise Malformed(f"no value where one is expected, at byte {start}")
    if text[match.end() : match.end() + 1] in (".", "e", "E"):
        raise Malformed(f"a floating-point number at byte {start}: only integers are allowed")
    return integer_from_decimal(match[0], f"the integer at byte {start}"), match.end()


def parse(text: str) -> Value:
    """The value of a JSON text without white space; objects become dicts, arrays lists.

    Raises Malformed for anything that is not such a text, for a repeated key, and for nesting beyond the limit;
    Unsupported for more values than any certificate within the limits needs.
    """
    stack: list[dict[str, Value] | list[Value]] = []
    position, count, root = 0, 0, None
    while True:
        # A value starts here; inside an object its key comes first.
        key = ""
        top = stack[-1] if stack else None
        if isinstance(top, dict):
            if text[position : position + 1] != '"':
                raise Malformed(f"no key where one is expected, at byte {position}")
            key, position = _string(text, position)
            if key in top:
                raise Malformed("a key is repeated in one object")
            if text[position : position + 1] != ":":
                raise Malformed(f"no colon after a key, at byte {position}")
            position += 1
        count += 1
        if count > limits.MAX_VALUES:
            raise Unsupported(f"the file holds more than {limits.MAX_VALUES} values")
        mark = text[position : position + 1]
        opened: dict[str, Value] | list[Value] | None = {} if mark == "{" else [] if mark == "[" else None
        if opened is None:
            value, position = _scalar(text, position)
        else:
            value, position = opened, position + 1
        if isinstance(top, dict):
            top[key] = value
        elif top is not None:
            top.append(value)
        else:
            root = value
        if opened is not None:
            stack.append(opened)
            if len(stack) > limits.MAX_NESTING:
                raise Malformed(f"nesting is deeper than {limits.MAX_NESTING}")
            if text[position : position + 1] not in ("}", "]"):
                continue
        position = _close(text, position, stack)
        if not stack:
            if position != len(text):
                raise Malformed(f"something follows the value, at byte {position}")
            return root


def _close(text: str, position: int, stack: list[dict[str, Value] | list[Value]]) -> int:
    """Pops every container that ends at `position`; returns where the next value starts, or the end."""
    while stack:
        mark = text[position : position + 1]
        if mark == ("}" if isinstance(stack[-1], dict) else "]"):
            stack.pop()
            position += 1
        elif mark == "," and len(stack[-1]) > 0:
            return position + 1
        else:
            raise Malformed(f"neither a comma nor the end of a container, at byte {position}")
    return position


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _word(value: Value) -> str:
    if isinstance(value, str):
        return '"' + _SPECIAL.sub(_escaped, value) + '"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return decimal_from_integer(value)


def serialise(value: Value) -> str:
    """The canonical text of a parsed value, without the final newline."""
    pieces: list[str] = []
    # What remains to be written, last first: values, and text that is already final.
    waiting: list[tuple[bool, Value]] = [(True, value)]
    while waiting:
        is_value, item = waiting.pop()
        if not is_value:
            pieces.append(item)
        elif isinstance(item, dict):
            pieces.append("{")
            waiting.append((False, "}"))
            for index, key in enumerate(sorted(item, reverse=True)):
                waiting.append((True, item[key]))
                waiting.append((False, ("" if index == len(item) - 1 else ",") + _word(key) + ":"))
        elif isinstance(item, list):
            pieces.append("[")
            waiting.append((False, "]"))
            for index in range(len(item) - 1, -1, -1):
                waiting.append((True, item[index]))
                if index:
                    waiting.append((False, ","))
        else:
            pieces.append(_word(item))
    return "".join(pieces)


def read_canonical(data: bytes, where: str) -> Value:
    """The value of canonical bytes; Malformed unless writing it again gives exactly these bytes."""
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        raise Malformed(f"{where} holds a byte outside ASCII, at byte {error.start}") from None
    if not text.endswith("\n"):
        raise Malformed(f"{where} does not end in a newline")
    body = text[:-1]
    outside = _OUTSIDE.search(body)
    if outside is not None:
        raise Malformed(f"{where} holds white space or a control character, at byte {outside.start()}")
    value = parse(body)
    if serialise(value) != body:
        raise Malformed(f"{where} is not in canonical form: keys sorted, no spaces, one spelling for every string")
    return value
