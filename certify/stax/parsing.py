"""Reading a network expression: a whitelist over Python's syntax; nothing is evaluated."""

from __future__ import annotations

import ast
import difflib
import inspect
import re
import warnings
from collections.abc import Callable
from typing import Any

from certify.activations import CATALOGUE, Elementwise, Swish
from certify.errors import InputError
from certify.programs import Dense, Identity
from certify.programs.batches import BatchNorm
from certify.programs.branches import FanInConcat, FanInProd, FanInSum, FanOut
from certify.programs.images import (
    AvgPool,
    Conv,
    Flatten,
    GlobalAvgPool,
    GlobalSelfAttention,
    GlobalSumPool,
    LayerNorm,
    SumPool,
)
from certify.stax.network import MAX_TEXT, RNN, Network, Transformer, parallel, serial

MAX_NESTING = 50
MAX_SHOWN = 12
SIGNS = re.compile(rf"(?:[-+~]\s*){{{MAX_NESTING}}}")

COMBINATORS: dict[str, Callable[..., Any]] = {"serial": serial, "parallel": parallel}
TAKES_ACTIVATION = ("RNN", "Transformer")
LAYERS: dict[str, Callable[..., Any]] = {
    **COMBINATORS,
    "Dense": Dense,
    "Identity": Identity,
    **{
        maker.__name__: maker
        for maker in (
            *(RNN, Transformer, FanOut, FanInSum, FanInProd, FanInConcat, LayerNorm, BatchNorm, GlobalSelfAttention),
            *(Conv, AvgPool, SumPool, GlobalAvgPool, GlobalSumPool, Flatten),
        )
    },
    **CATALOGUE,
    "Silu": Swish,
    "Elementwise": Elementwise,
}


def parse(text: str) -> Network:
    """The network that an expression such as ``serial(Dense(W_var=2), Relu(), Dense())`` denotes.

    Accepts what a user would write with the names of `certify.stax` (a ``stax.`` prefix included): calls, integers,
    floats (the double that is meant), strings, lists and None. Raises InputError with the position for anything else.
    """
    if not isinstance(text, str):
        raise InputError(f"the network expression is of type {type(text).__name__}: give its text.")
    if len(text) > MAX_TEXT:
        raise InputError(f"the network expression has {len(text)} characters: at most {MAX_TEXT} are read.")
    text = text.strip()
    _check_nesting(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval")
        value = _read(tree.body)
    except InputError:
        raise
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        column = getattr(error, "offset", None)
        place = f" near column {column}" if column else ""
        raise InputError(
            f"the network expression {_shorten(text)} is not readable{place}: write for example "
            "serial(Dense(), Relu(), Dense())."
        ) from None
    return value if isinstance(value, Network) else serial(value)


def _check_nesting(text: str) -> None:
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    if deepest > MAX_NESTING or SIGNS.search(text):
        raise InputError(f"the network expression is nested too deep: at most {MAX_NESTING} levels are read.")


def _shorten(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _read(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_read(element) for element in node.elts]
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
        raise InputError(f"the network expression names the unknown layer {_shorten(name)}{_nearest(name, LAYERS)}.")
    if any(isinstance(argument, ast.Starred) for argument in node.args) or any(
        entry.arg is None for entry in node.keywords
    ):
        raise InputError(f"{name} in the network expression uses * or **: write its arguments out.")
    if name in COMBINATORS:
        allowed = ("parametrization",) if name == "serial" else ()
        unknown = [entry.arg for entry in node.keywords if entry.arg not in allowed]
        if unknown:
            raise InputError(
                f"{name} in the network expression got the unknown argument {_shorten(str(unknown[0]))}: it "
                f"takes layers{' and parametrization' if allowed else ' only'}."
            )
        options = {str(entry.arg): _argument(entry.value) for entry in node.keywords}
        return maker(*[_read(argument) for argument in node.args], **options)
    read = _read if name in TAKES_ACTIVATION else _argument
    positional = [read(argument) for argument in node.args]
    signature = inspect.signature(maker)
    keywords: dict[str, Any] = {}
    for entry in node.keywords:
        key = str(entry.arg)
        if key not in signature.parameters:
            raise InputError(
                f"{name} in the network expression got the unknown argument "
                f"{_shorten(key)}{_nearest(key, signature.parameters)}."
            )
        if key in keywords:
            raise InputError(f"{name} in the network expression got the argument {key!r} twice: give it once.")
        keywords[key] = read(entry.value)
    try:
        signature.bind(*positional, **keywords)
    except TypeError as error:
        plain = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
        raise InputError(f"{name} in the network expression: {error}; it takes {inspect.Signature(plain)}.") from None
    return maker(*positional, **keywords)


def _nearest(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    lower = [k for k in known if k.lower() == name.lower()]
    match = lower or close
    if match:
        return f": did you mean {match[0]}"
    if not known:
        return ": it takes no arguments"
    shown = list(known)
    more = " and the others of certify.stax" if len(shown) > MAX_SHOWN else ""
    return f": known are {', '.join(shown[:MAX_SHOWN])}{more}"


def _argument(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, (bool, int, float, str))):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = _argument(node.operand)
        if isinstance(inner, (int, float)) and not isinstance(inner, bool):
            return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_argument(element) for element in node.elts]
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    if name in LAYERS:
        raise InputError(
            f"column {node.col_offset + 1} of the network expression names {name} without parentheses: write {name}()."
        )
    raise InputError(
        f"column {node.col_offset + 1} of the network expression holds {_shown(node)}: only layers, numbers, strings "
        "and lists are read."
    )


def _shown(node: ast.expr) -> str:
    try:
        return _shorten(ast.unparse(node))
    except (RecursionError, ValueError):  # nested too deep, or an integer of more digits than Python prints
        return "an expression too large to show"
