"""Reading a network expression: a whitelist over Python's syntax; nothing is evaluated."""

from __future__ import annotations

import ast
import difflib
import inspect
from collections.abc import Callable
from typing import Any

from certify.activations import CATALOGUE
from certify.errors import InputError
from certify.programs import Dense, Identity
from certify.stax.network import Network, serial

MAX_TEXT = 200_000
MAX_NESTING = 50

LAYERS: dict[str, Callable[..., Any]] = {"serial": serial, "Dense": Dense, "Identity": Identity, **CATALOGUE}


def parse(text: str) -> Network:
    """The network that an expression such as ``serial(Dense(W_var=2), Relu(), Dense())`` denotes.

    Accepts what a user would write with the names of `certify.stax` (a ``stax.`` prefix included): calls, integers,
    floats (the double that is meant), strings, lists and None. Raises InputError with the position for anything else.
    """
    if len(text) > MAX_TEXT:
        raise InputError(f"the network expression has {len(text)} characters: at most {MAX_TEXT} are read.")
    _check_nesting(text)
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        column = getattr(error, "offset", None)
        place = f" near column {column}" if column else ""
        raise InputError(
            f"the network expression {_shorten(text)} is not readable{place}: write for example "
            "serial(Dense(), Relu(), Dense())."
        ) from None
    value = _read(tree.body)
    return value if isinstance(value, Network) else serial(value)


def _check_nesting(text: str) -> None:
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    if deepest > MAX_NESTING or "----" in text or "++++" in text or "~~~~" in text:
        raise InputError(f"the network expression is nested {deepest} deep: at most {MAX_NESTING} levels are read.")


def _shorten(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _read(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        return _call(node)
    return _argument(node)


def _call(node: ast.Call) -> Any:
    function = node.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "stax":
        name = function.attr
    elif isinstance(function, ast.Name):
        name = function.id
    else:
        raise InputError(
            f"column {node.col_offset + 1} of the network expression calls something that is no layer: use "
            "layer names such as Dense()."
        )
    maker = LAYERS.get(name)
    if maker is None:
        raise InputError(f"the network expression names the unknown layer {name!r}{_nearest(name, LAYERS)}.")
    if any(isinstance(argument, ast.Starred) for argument in node.args) or any(
        entry.arg is None for entry in node.keywords
    ):
        raise InputError(f"{name} in the network expression uses * or **: write its arguments out.")
    if name == "serial":
        if node.keywords:
            raise InputError(
                f"serial in the network expression got the unknown argument {node.keywords[0].arg!r}: it takes "
                "layers only."
            )
        return serial(*[_read(argument) for argument in node.args])
    positional = [_argument(argument) for argument in node.args]
    keywords = {str(entry.arg): _argument(entry.value) for entry in node.keywords}
    parameters = inspect.signature(maker).parameters
    for key in keywords:
        if key not in parameters:
            raise InputError(
                f"{name} in the network expression got the unknown argument {key!r}{_nearest(key, parameters)}."
            )
    try:
        inspect.signature(maker).bind(*positional, **keywords)
    except TypeError as error:
        raise InputError(
            f"{name} in the network expression: {error}; it takes "
            f"{inspect.signature(maker).replace(return_annotation=inspect.Signature.empty)}."
        ) from None
    return maker(*positional, **keywords)


def _nearest(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    lower = [k for k in known if k.lower() == name.lower()]
    match = lower or close
    return f": did you mean {match[0]}" if match else f": known are {', '.join(known)}"


def _argument(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, (bool, int, float, str))):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = _argument(node.operand)
        if isinstance(inner, (int, float)) and not isinstance(inner, bool):
            return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_argument(element) for element in node.elts]
    raise InputError(
        f"column {node.col_offset + 1} of the network expression holds {_shorten(ast.unparse(node))}: only "
        "layers, numbers, strings and lists are read."
    )
