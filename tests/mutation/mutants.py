"""Mutants of Python source: one small change each, named so that the name outlives edits elsewhere in the file.

A mutant is known by the function it lies in, the statement before and after the change, and a number where the same
statement occurs more than once.  The operators are those with which a checker goes wrong: a comparison by one, a
negated or forgotten condition, another operation, another rounding, a constant by one, a removed refusal, minimum for
maximum.  Left alone are annotations, docstrings, messages, assertions, decorators, the `strict` of zip (which only
asserts), and the arguments of `charge`, which are estimates of time; a charge may be removed as a whole.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from types import CodeType

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATIONS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.FloorDiv: (ast.Mult,),
    ast.Div: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitOr,),
}
FUNCTIONS = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "add": "subtract",
    "subtract": "add",
    "multiply": "divide",
    "divide": "multiply",
    "isqrt": "int",
    "Invalid": "Unsupported",
    "Malformed": "Invalid",
    "Unsupported": "Malformed",
    "fullmatch": "match",
}
DROPPED = ("abs", "negative", "not_below_zero", "primitive", "sorted", "outward", "square", "root")
PATTERNS = (
    ("[1-9", "[0-9"),
    ("-?", ""),
    ("+", "*"),
    ("*", "+"),
    ("|", ""),
    ("{64}", "*"),
    ("{4}", "*"),
)
SILENT = (ast.JoinedStr, ast.Assert, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, order=True)
class Name:
    """What a mutant is known by: file, function (or class, or "" at the top), statement before and after, number."""

    file: str
    function: str
    before: str
    after: str
    number: int = 1

    def __str__(self) -> str:
        again = f" (number {self.number})" if self.number > 1 else ""
        return f"{self.file}: {self.function or 'top level'}{again}\n  - {self.before}\n  + {self.after}"


@dataclass(frozen=True)
class Mutant:
    """A changed module, compiled when it is needed."""

    name: Name
    path: str
    line: int
    tree: ast.Module

    @cached_property
    def code(self) -> CodeType:
        return compile(self.tree, self.path, "exec")


@dataclass(frozen=True)
class _Place:
    """A node, the way to it from the module, its function and its statement."""

    node: ast.AST
    way: tuple[tuple[str, int | None], ...]
    function: str
    statement: ast.stmt


def _header(statement: ast.stmt) -> str:
    """The statement on one line, without the statements inside it."""
    statement = copy.copy(statement)
    for field in ("body", "orelse", "finalbody", "handlers"):
        if isinstance(getattr(statement, field, None), list) and not isinstance(statement, ast.Match):
            setattr(statement, field, [])
    return " ".join(ast.unparse(statement).split())


def _is_estimate(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "charge"


def _parts(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    """The parts of a node in which something may be changed."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "ctx", "ops", "op", "arg_types"):
            continue
        if isinstance(node, ast.Raise) and field in ("exc", "cause"):
            continue
        if isinstance(node, ast.Call) and field == "args" and _is_estimate(node):
            continue
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(item, ast.keyword) and item.arg == "strict":
                continue
            if isinstance(item, ast.AST) and not isinstance(item, SILENT):
                yield field, index if isinstance(value, list) else None, item


def _is_docstring(statement: ast.AST) -> bool:
    """Whether it is a docstring, or the `...` of a protocol's method."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and (isinstance(statement.value.value, str) or statement.value.value is ...)
    )


def _walk(module: ast.Module) -> Iterator[_Place]:
    """Every place in source order."""
    waiting: list[_Place] = [_Place(item, (("body", i),), "", item) for i, item in enumerate(module.body)][::-1]
    while waiting:
        place = waiting.pop()
        node = place.node
        if isinstance(node, SILENT) or _is_docstring(node):
            continue
        yield place
        function = place.function
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            function = f"{function}.{node.name}" if function else node.name
        inside: list[_Place] = []
        for field, index, item in _parts(node):
            statement = item if isinstance(item, ast.stmt) else place.statement
            if isinstance(item, ast.match_case):
                statement = place.statement
            inside.append(_Place(item, (*place.way, (field, index)), function, statement))
        waiting.extend(reversed(inside))


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        if value > 0:
            yield ast.Constant(value - 1)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    function = node.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    if name in FUNCTIONS:
        changed = copy.deepcopy(node)
        if isinstance(changed.func, ast.Name):
            changed.func.id = FUNCTIONS[name]
        elif isinstance(changed.func, ast.Attribute):
            changed.func.attr = FUNCTIONS[name]
        yield changed
    if name in DROPPED and isinstance(node.func, ast.Name) and node.args:
        yield ast.Tuple(node.args[:3], ast.Load()) if name == "outward" and len(node.args) > 1 else node.args[0]
    if name == "compile" and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
        pattern = node.args[0].value
        for old, new in PATTERNS:
            for place in range(len(pattern)):
                if pattern.startswith(old, place):
                    changed = copy.deepcopy(node)
                    changed.args[0] = ast.Constant(pattern[:place] + new + pattern[place + len(old) :])
                    yield changed


def _operations(node: ast.BinOp) -> Iterator[ast.AST]:
    for kind in OPERATIONS.get(type(node.op), ()):
        yield ast.BinOp(node.left, kind(), node.right)
    if isinstance(node.op, (ast.RShift, ast.FloorDiv)):
        # The other rounding: -(-x >> s) for x >> s.
        yield ast.UnaryOp(ast.USub(), ast.BinOp(ast.UnaryOp(ast.USub(), node.left), node.op, node.right))


def _truths(node: ast.expr) -> Iterator[ast.AST]:
    """Another condition: negated; where it is made of several, with one left out."""
    if not isinstance(node, (ast.Compare, ast.UnaryOp)):
        yield ast.UnaryOp(ast.Not(), node)


def _changes(place: _Place) -> Iterator[ast.AST]:
    """What may stand at a place instead of what stands there."""
    node = place.node
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            for kind in COMPARISONS[type(operator)]:
                yield ast.Compare(node.left, [*node.ops[:index], kind(), *node.ops[index + 1 :]], node.comparators)
    elif isinstance(node, ast.BinOp):
        if place.function or not isinstance(node.op, ast.BitOr):  # a union of types
            yield from _operations(node)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for index in range(len(node.values)):
            kept = [*node.values[:index], *node.values[index + 1 :]]
            yield ast.BoolOp(node.op, kept) if len(kept) > 1 else kept[0]
    elif isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, (ast.If, ast.IfExp)):
        for test in _truths(node.test):
            changed = copy.copy(node)
            changed.test = test
            yield changed
    elif isinstance(node, ast.comprehension):
        for index in range(len(node.ifs)):
            yield ast.comprehension(node.target, node.iter, [*node.ifs[:index], *node.ifs[index + 1 :]], node.is_async)
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        yield ast.Pass()
        for call in _calls(node.exc):
            yield ast.Raise(call, node.cause)
    elif isinstance(node, (ast.Expr, ast.AugAssign)):
        yield ast.Pass()
        if isinstance(node, ast.AugAssign):
            for kind in OPERATIONS.get(type(node.op), ()):
                yield ast.AugAssign(node.target, kind(), node.value)
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.match_case) and node.guard is not None:
        yield ast.match_case(node.pattern, None, node.body)


def _planted(module: ast.Module, place: _Place, change: ast.AST) -> tuple[ast.Module, str]:
    """The module with the change, copied only along the way to it, and the changed statement's header."""
    way = place.way
    root = copy.copy(module)
    node: ast.AST = root
    statement: ast.AST | None = None
    for step, (field, index) in enumerate(way):
        value = getattr(node, field)
        child = value if index is None else value[index]
        child = change if step == len(way) - 1 else copy.copy(child)
        if index is None:
            setattr(node, field, child)
        else:
            setattr(node, field, [*value[:index], child, *value[index + 1 :]])
        node = child
        if isinstance(child, ast.stmt):
            statement = child
    ast.copy_location(change, place.node)
    ast.fix_missing_locations(change)
    assert isinstance(statement, ast.stmt)
    return root, _header(statement)


def mutants_of(source: str, file: str, path: str) -> Iterator[Mutant]:
    """Every mutant of a module, in source order."""
    module = ast.parse(source)
    seen: Counter[tuple[str, str, str]] = Counter()
    for place in _walk(module):
        before = _header(place.statement)
        for change in _changes(place):
            tree, after = _planted(module, place, change)
            key = (place.function, before, after)
            seen[key] += 1
            yield Mutant(Name(file, *key, seen[key]), path, getattr(place.node, "lineno", place.statement.lineno), tree)
