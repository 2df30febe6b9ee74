"""A network as users write it: an immutable value with a canonical spelling and a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify.programs import Layer, check_network, flatten

if TYPE_CHECKING:
    from certify.kernels import Enclosure


@dataclass(frozen=True, repr=False)
class Network:
    """Layers in sequence. Equal networks have one `repr`, which `stax.parse` reads back."""

    layers: tuple[Layer, ...]

    def __repr__(self) -> str:
        return f"serial({', '.join(map(repr, self.layers))})"

    def kernel(
        self,
        x1: Any,
        x2: Any = None,
        get: str | Sequence[str] = "ntk",
        arithmetic: str = "auto",
        bits: int | None = None,
        normalize: str = "none",
    ) -> Enclosure | tuple[Enclosure, ...]:
        """Enclosures of the kernel of the infinitely wide network at the exact points x1 (and x2).

        `get` is "ntk" or "nngp", or a tuple of them, which gives a named tuple. `arithmetic` is "arb" or "mpmath",
        where every entry is enclosed with a radius of at most 2**-bits sqrt(K_ii K_jj), bits = 53 unless given; or
        "float", float64 midpoints and radii of about 1e-15 sqrt(K_ii K_jj), at the speed of plain numpy; "auto" takes
        that for large matrices of which no bits are asked, and Arb otherwise. What float64 cannot give is answered by
        Arb: single entries, or the whole matrix. `normalize="unit"` means the exact points x/|x|. Shapes: x1 (n1, d)
        and x2 (n2, d) give (n1, n2); x2=None gives the symmetric (n1, n1).

        Source: Jacot, Gabriel and Hongler (2018), Proposition 1 and Theorem 1. Raises InputError for input that
        cannot be used.
        """
        from certify.kernels import enclose_kernel

        check_network(self.layers)
        return enclose_kernel(self.layers, x1, x2, get=get, arithmetic=arithmetic, bits=bits, normalize=normalize)


def serial(*layers: Layer | Network) -> Network:
    """The layers one after the other; nested sequences are flattened.

    Raises InputError where an activation follows another without a Dense between them.
    """
    return Network(flatten(part.layers if isinstance(part, Network) else part for part in layers))
