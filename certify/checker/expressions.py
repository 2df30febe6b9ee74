"""The syntax of a network expression, before any name in it means something.

An expression is a call such as `Dense(W_var=2, b_var="1/100")`: a name and, in parentheses, arguments separated by a
comma and one space, each a value or `name=value`.  Values are integers, strings in double quotes, sequences in square
brackets or parentheses, words, and calls.  The parser keeps its open brackets on an explicit stack of limited height.
Whether names are known is decided later: an unknown layer in a well-formed expression is another answer than nonsense.
"""

import re
from dataclasses import dataclass

from . import limits
from .answers import Malformed, Unsupported
from .numerals import integer_from_decimal

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"-?[0-9]+")
_QUOTED = re.compile(r'"([^"\\]*)"')


@dataclass(frozen=True)
class Word:
    """A bare name that is not called."""

    name: str


@dataclass(frozen=True)
class Sequence:
    """Values in square brackets or parentheses."""

    items: tuple["Node", ...]


@dataclass(frozen=True)
class Call:
    """A name with arguments; positional ones have an empty keyword."""

    name: str
    arguments: tuple[tuple[str, "Node"], ...]


Node = int | str | Word | Sequence | Call


@dataclass
class _Open:
    """An open bracket: the name before it (None for a sequence), its end mark, its keyword, what it holds so far."""

    name: str | None
    closing: str
    keyword: str
    items: list[tuple[str, Node]]

    def closed(self) -> Node:
        if self.name is not None:
            return Call(self.name, tuple(self.items))
        return Sequence(tuple([value for _, value in self.items]))


def _atom(text: str, start: int) -> tuple[Node | None, int]:
    """The integer or string at `start` and the position after it, or None where there is neither."""
    match = _QUOTED.match(text, start)
    if match is not None:
        return match[1], match.end()
    match = _NUMBER.match(text, start)
    if match is not None:
        return integer_from_decimal(match[0], f"the number at character {start} of the network"), match.end()
    return None, start


def parse_expression(text: str) -> Node:
    """The tree of a network expression.  Raises Malformed with the place of the first fault."""
    if len(text) > limits.MAX_NETWORK_CHARACTERS:
        raise Unsupported(f"the network expression is longer than {limits.MAX_NETWORK_CHARACTERS} characters")
    stack: list[_Open] = []
    position, keyword = 0, ""
    while True:
        node, position = _atom(text, position)
        opened: _Open | None = None
        if node is None:
            match = _WORD.match(text, position)
            after = match.end() if match is not None else position
            mark = text[after : after + 1]
            if match is not None and mark == "=" and stack and stack[-1].name is not None and not keyword:
                keyword, position = match[0], after + 1
                continue
            if mark == "(":
                opened = _Open(match[0] if match is not None else None, ")", keyword, [])
            elif mark == "[" and match is None:
                opened = _Open(None, "]", keyword, [])
            elif match is not None:
                node = Word(match[0])
            else:
                raise Malformed(f"the network expression has no value where one is expected, at character {position}")
            position = after + (opened is not None)
        if opened is not None:
            stack.append(opened)
            if len(stack) > limits.MAX_NESTING:
                raise Malformed(f"the network expression is nested deeper than {limits.MAX_NESTING}")
            keyword = ""
            if text[position : position + 1] != opened.closing:
                continue
        elif node is not None:
            if not stack:
                raise Malformed("the network expression is not a call")
            stack[-1].items.append((keyword, node))
            keyword = ""
        # Brackets that end here, then a comma or the end of the text.
        while text[position : position + 1] == stack[-1].closing:
            last = stack.pop()
            position += 1
            if not stack:
                if position != len(text):
                    raise Malformed("something follows the network expression")
                return last.closed()
            stack[-1].items.append((last.keyword, last.closed()))
        if text[position : position + 2] != ", ":
            raise Malformed(f"the network expression lacks ', ' or a closing bracket at character {position}")
        position += 2


def names_called(node: Node) -> tuple[str, ...]:
    """Every name that is called anywhere in the tree."""
    found: list[str] = []
    waiting: list[Node] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Call):
            found.append(item.name)
            waiting.extend(value for _, value in item.arguments)
        elif isinstance(item, Sequence):
            waiting.extend(item.items)
    return tuple(found)
