"""Kernels under test behind one face: this library, or any function that returns a matrix of floats."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from certify.kernels import Enclosure
from certify.points import Points
from certify.stax import Network
from properties.intervals import Bounds, Interval
from properties.strategies.floats import as_float64

FloatKernel = Callable[[NDArray[np.float64], NDArray[np.float64]], Any]
NetworkKernel = Callable[[Network, NDArray[np.float64], NDArray[np.float64], str], Any]


class Scope(Enum):
    """What a law can be asked of.

    KERNEL: any kernel function, also one of a single fixed network. NETWORKS: any kernel function that takes the
    network. LIBRARY: this library's duals, number systems, provers and files.
    """

    KERNEL = "kernel"
    NETWORKS = "networks"
    LIBRARY = "library"


class KernelFailure(Exception):
    """The kernel under test raised, or returned something that is no matrix of finite numbers."""


class Subject(Protocol):
    """A kernel under test: bounds on its matrices, and which laws it can be asked to obey."""

    @property
    def name(self) -> str: ...

    @property
    def scopes(self) -> frozenset[Scope]: ...

    def enclose(
        self, network: Network, x1: Points, x2: Points | None = None, *, kernel: str = "ntk", normalize: str = "none"
    ) -> Bounds:
        """Bounds on the kernel matrix that the subject stands for, n1 x n2 (n1 x n1 without x2)."""


@dataclass(frozen=True)
class LibrarySubject:
    """This library, through `Network.kernel`."""

    arithmetic: str = "auto"
    bits: int | None = None

    @property
    def name(self) -> str:
        return "certify"

    @property
    def scopes(self) -> frozenset[Scope]:
        return frozenset(Scope)

    def enclose(
        self, network: Network, x1: Points, x2: Points | None = None, *, kernel: str = "ntk", normalize: str = "none"
    ) -> Bounds:
        found = network.kernel(x1, x2, get=kernel, arithmetic=self.arithmetic, bits=self.bits, normalize=normalize)
        assert isinstance(found, Enclosure)
        return bounds_of_enclosure(found)


def bounds_of_enclosure(enclosure: Enclosure) -> Bounds:
    """An `Enclosure` at full width."""
    low, high = enclosure.lower_exact, enclosure.upper_exact
    n, m = enclosure.shape
    return Bounds(tuple(tuple(Interval(low[i, j], high[i, j]) for j in range(m)) for i in range(n)))


@dataclass(frozen=True)
class IntervalSubject:
    """A rigorous kernel of somebody else: `function(network, x1, x2, kernel)` -> (lower, upper), two n1 x n2 arrays of
    floats or exact numbers. The points are handed over exactly."""

    function: Callable[[Network, Points, Points, str], tuple[Any, Any]]
    name: str = "kernel"

    @property
    def scopes(self) -> frozenset[Scope]:
        return frozenset({Scope.KERNEL, Scope.NETWORKS})

    def enclose(
        self, network: Network, x1: Points, x2: Points | None = None, *, kernel: str = "ntk", normalize: str = "none"
    ) -> Bounds:
        require_plain(normalize)
        second = x1 if x2 is None else x2
        try:
            lower, upper = (np.asarray(side, dtype=object) for side in self.function(network, x1, second, kernel))
            pairs = [[(lower[i, j], upper[i, j]) for j in range(second.n)] for i in range(x1.n)]
            return Bounds(tuple(tuple(Interval(Fraction(a), Fraction(b)) for a, b in row) for row in pairs))
        except Exception as error:
            raise KernelFailure(f"{self.name} gave no bounds ({type(error).__name__}: {error})") from error


def require_plain(normalize: str) -> None:
    """Kernels of others take points as they are. Raises ValueError for unit normalisation."""
    if normalize != "none":
        raise ValueError("this kernel takes points as they are: draw cases with normalizations=('none',).")


@dataclass(frozen=True)
class _OfPairs:
    """A function of two sets of points in the shape of one that takes network and kernel too (picklable, unlike a
    lambda)."""

    function: FloatKernel

    def __call__(
        self, network: Network, x1: NDArray[np.float64], x2: NDArray[np.float64], kernel: str
    ) -> NDArray[np.float64]:
        return np.asarray(self.function(x1, x2))


@dataclass(frozen=True)
class FloatSubject:
    """A kernel function in floating point, `function(network, x1, x2, kernel)` -> n1 x n2 numbers.

    Every value v stands for the interval v +- `ulps` units in the last place of max(|v|, sqrt(K_ii K_jj)): a law is
    broken only where no rounding of that size explains what is seen. `takes_network` False says that the function is
    the kernel of one fixed network, whatever network it is given.
    """

    function: NetworkKernel
    name: str = "kernel"
    ulps: int = 64
    takes_network: bool = True

    @classmethod
    def of_pairs(cls, function: FloatKernel, name: str = "kernel", ulps: int = 64) -> FloatSubject:
        """The subject of a function (x1, x2) -> matrix, the kernel of one fixed network."""
        return cls(_OfPairs(function), name, ulps, takes_network=False)

    @property
    def scopes(self) -> frozenset[Scope]:
        return frozenset({Scope.KERNEL, Scope.NETWORKS} if self.takes_network else {Scope.KERNEL})

    def enclose(
        self, network: Network, x1: Points, x2: Points | None = None, *, kernel: str = "ntk", normalize: str = "none"
    ) -> Bounds:
        require_plain(normalize)
        left = as_float64(x1)
        right = left if x2 is None else as_float64(x2)
        values = self._call(network, left, right, kernel)
        if x2 is None:
            norms1 = norms2 = np.abs(np.diag(values))
        else:
            norms1 = np.abs(np.diag(self._call(network, left, left, kernel)))
            norms2 = np.abs(np.diag(self._call(network, right, right, kernel)))
        return Bounds(
            tuple(
                tuple(
                    self._interval(float(values[i, j]), float(norms1[i]), float(norms2[j])) for j in range(len(right))
                )
                for i in range(len(left))
            )
        )

    def _interval(self, value: float, first: float, second: float) -> Interval:
        size = max(abs(value), math.sqrt(first) * math.sqrt(second))
        radius = self.ulps * Fraction(math.ulp(size))
        return Interval(Fraction(value) - radius, Fraction(value) + radius)

    def _call(
        self, network: Network, x1: NDArray[np.float64], x2: NDArray[np.float64], kernel: str
    ) -> NDArray[np.float64]:
        try:
            # Copies, so that a function that writes into its arguments harms nobody else.
            values = np.asarray(self.function(network, x1.copy(), x2.copy(), kernel), dtype=np.float64)
        except Exception as error:
            raise KernelFailure(f"{self.name} raised {type(error).__name__}: {error}") from error
        if values.shape != (len(x1), len(x2)):
            raise KernelFailure(f"{self.name} returned shape {values.shape} where ({len(x1)}, {len(x2)}) was due")
        if not np.isfinite(values).all():
            i, j = (int(k) for k in np.argwhere(~np.isfinite(values))[0])
            raise KernelFailure(f"{self.name} returned {values[i, j]} at entry ({i}, {j})")
        return values
