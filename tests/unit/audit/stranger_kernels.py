"""Kernels of somebody else, right and wrong, as an author would write them: the NTK of one hidden ReLU layer,
serial(Dense(), Relu(), Dense(W_var=2)), and functions that misbehave."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np

NETWORK = "serial(Dense(), Relu(), Dense(W_var=2))"


def _pair(x1: Any, x2: Any) -> tuple[Any, Any, Any]:
    """Norms, and the angle by Kahan's formula, which keeps its digits for nearly parallel points."""
    n1, n2 = np.linalg.norm(x1, axis=1), np.linalg.norm(x2, axis=1)
    u, v = x1 / np.where(n1 == 0, 1, n1)[:, None], x2 / np.where(n2 == 0, 1, n2)[:, None]
    apart, together = (np.linalg.norm(u[:, None] + sign * v[None], axis=2) for sign in (-1, 1))
    return n1 / np.sqrt(x1.shape[1]), n2 / np.sqrt(x1.shape[1]), 2 * np.arctan2(apart, together)


def relu(x1: Any, x2: Any = None) -> Any:
    """Right to a few ulps."""
    n1, n2, theta = _pair(x1, x1 if x2 is None else x2)
    product = np.outer(n1, n2)
    left = np.pi - theta
    value = product * (np.sin(theta) + left * np.cos(theta)) / np.pi
    return product * np.cos(theta) * left / np.pi + np.where(product == 0, 0, value)


def wrong_sign(x1: Any, x2: Any = None) -> Any:
    n1, n2, theta = _pair(x1, x1 if x2 is None else x2)
    product = np.outer(n1, n2)
    left = np.pi - theta
    value = product * (left * np.cos(theta) - np.sin(theta)) / np.pi
    return product * np.cos(theta) * left / np.pi + value


def wrong_factor(x1: Any, x2: Any = None) -> Any:
    n1, n2, theta = _pair(x1, x1 if x2 is None else x2)
    product = np.outer(n1, n2)
    left = np.pi - theta
    value = product * (np.sin(theta) + left * np.cos(theta)) / np.pi
    return product * np.cos(theta) * left / (2 * np.pi) + value


def wrong_clamp(x1: Any, x2: Any = None) -> Any:
    """The correlation kept 1e-5 away from 1, so that arccos has a derivative."""
    x2 = x1 if x2 is None else x2
    product = np.outer(np.linalg.norm(x1, axis=1), np.linalg.norm(x2, axis=1)) / x1.shape[1]
    covariance = x1 @ x2.T / x1.shape[1]
    correlation = np.divide(covariance, product, out=np.zeros_like(product), where=product > 0)
    theta = np.arccos(np.clip(correlation, -1 + 1e-5, 1 - 1e-5))
    left = np.pi - theta
    return (covariance * left + product * (np.sin(theta) + left * np.cos(theta))) / np.pi


def naive(x1: Any, x2: Any = None) -> Any:
    """arccos of a rounded correlation: right to eight digits."""
    x2 = x1 if x2 is None else x2
    product = np.sqrt(np.outer((x1**2).sum(1), (x2**2).sum(1))) / x1.shape[1]
    covariance = x1 @ x2.T / x1.shape[1]
    correlation = np.divide(covariance, product, out=np.zeros_like(product), where=product > 0)
    theta = np.arccos(np.clip(correlation, -1, 1))
    left = np.pi - theta
    return (covariance * left + product * (np.sin(theta) + left * np.cos(theta))) / np.pi


def single_precision(x1: Any, x2: Any = None) -> Any:
    return relu(x1, x2).astype(np.float32)


def not_symmetric(x1: Any, x2: Any = None) -> Any:
    values = relu(x1, x2)
    return values + 1e-9 * np.triu(np.abs(values), 1) if x2 is None else values


def order_dependent(x1: Any, x2: Any = None) -> Any:
    values = relu(x1, x2)
    values[0] *= 1 + 1e-9
    values[:, 0] *= 1 + 1e-9
    return values


def forgets_x2(x1: Any, x2: Any = None) -> Any:
    if x2 is None:
        return relu(x1)
    return relu(x1, np.resize(x1, x2.shape))


def jittered(x1: Any, x2: Any = None) -> Any:
    """A nugget on the diagonal: what is singular looks positive definite."""
    return relu(x1, x2) if x2 is not None else relu(x1) + 1e-6 * np.eye(len(x1))


def not_a_number(x1: Any, x2: Any = None) -> Any:
    values = relu(x1, x2)
    return np.where(np.isclose(values, 0), np.nan, values)


def infinite(x1: Any, x2: Any = None) -> Any:
    values = relu(x1, x2)
    return np.where(values > 30, np.inf, values)


def squares_first(x1: Any, x2: Any = None) -> Any:
    """|x|^2 |y|^2 leaves the range of float64 long before the kernel does."""
    x2 = x1 if x2 is None else x2
    size = np.sqrt(np.outer((x1**2).sum(1), (x2**2).sum(1)))
    exact = np.outer(np.linalg.norm(x1, axis=1), np.linalg.norm(x2, axis=1))
    return relu(x1, x2) * np.divide(size, exact, out=np.ones_like(size), where=exact > 0)


def raising(x1: Any, x2: Any = None) -> Any:
    raise ValueError("no kernel\ntoday")


def leaving(x1: Any, x2: Any = None) -> Any:
    raise SystemExit("bye")


def flat(x1: Any, x2: Any = None) -> Any:
    return relu(x1, x2).ravel()


def complex_numbers(x1: Any, x2: Any = None) -> Any:
    return relu(x1, x2) + 0j


def nothing(x1: Any, x2: Any = None) -> Any:
    return None


def ragged(x1: Any, x2: Any = None) -> Any:
    return [[1.0], [1.0, 2.0]]


def talkative(x1: Any, x2: Any = None) -> Any:
    """Prints, writes into its arguments, and is right."""
    values = relu(x1, x2)
    print("a line on standard output")
    os.write(1, b"and some bytes\n")
    x1[:] = np.nan
    return values.tolist()


def dying(x1: Any, x2: Any = None) -> Any:
    if len(x1) > 2:
        os.write(2, b"out of luck\n")
        os._exit(3)
    return relu(x1, x2)


def hanging(x1: Any, x2: Any = None) -> Any:
    if len(x1) > 2:
        time.sleep(600)
    return relu(x1, x2)


def echo(x1: Any, x2: Any = None) -> Any:
    """The points themselves, where their number is their dimension."""
    return x1 if x2 is None else x2[: len(x1)]


no_function = 3
