"""A network as users write it: an immutable value with a canonical spelling and a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify.activations import Activation
from certify.errors import InputError
from certify.points.ragged import sequences_of
from certify.programs import Layer, check_network, flatten
from certify.programs.batches import has_batch_norm
from certify.programs.branches import Parallel
from certify.programs.layers import Parametrization
from certify.programs.sequences import RNN as RecurrentLayer
from certify.programs.sequences import Transformer as TransformerLayer
from certify.programs.shapes import default_parametrization, is_plain, parametrization_of

if TYPE_CHECKING:
    from certify.kernels import Enclosure

# Longer expressions are neither read nor made.
MAX_TEXT = 200_000


@dataclass(frozen=True, repr=False)
class Network:
    """Layers in sequence. Equal networks have one `repr`, which `stax.parse` reads back.

    A parametrization that is not the usual one is the last of the layers.
    """

    layers: tuple[Layer, ...]

    @property
    def parametrization(self) -> str:
        """What is trained: "ntk" as in neural-tangents, or "s4" as in Tensor Programs II, where weights carry their
        variance and the terms of the kernel that belong to them do not."""
        return parametrization_of(self.layers)

    def __post_init__(self) -> None:
        size = len(repr(self))
        if size > MAX_TEXT:
            raise InputError(
                f"the network takes {size} characters to write down, more than the {MAX_TEXT} that are read back: "
                "use fewer layers or shorter numbers."
            )

    def __repr__(self) -> str:
        if len(self.layers) == 1 and isinstance(self.layers[0], (RecurrentLayer, TransformerLayer)):
            return repr(self.layers[0])
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
        "float", float64 midpoints and radii of about 1e-15 sqrt(K_ii K_jj), at the speed of plain numpy (images,
        sequences, branches: 1e-14 to 1e-11); "auto" takes that for large matrices of which no bits are asked, and Arb
        otherwise. What float64 cannot give is answered by Arb: single entries, or the whole matrix. `normalize="unit"`
        means the exact points x/|x|. Shapes: x1 (n1, d) and x2 (n2, d) give (n1, n2); x2=None gives the symmetric (n1,
        n1). Networks for sequences also take lists of sequences of different lengths.

        Source: Jacot, Gabriel and Hongler (2018), Proposition 1 and Theorem 1. Raises InputError for input that
        cannot be used.
        """
        from certify.kernels import enclose_kernel
        from certify.kernels.batch_norm import enclose_batch_kernel
        from certify.kernels.ragged import enclose_ragged

        if not is_plain(self.layers) and (sequences_of(x1) or sequences_of(x2)):

            def alike(left: Any, right: Any) -> Any:
                names = (get,) if isinstance(get, str) else tuple(get)
                return self.kernel(left, right, names, arithmetic, bits, normalize)

            return enclose_ragged(alike, x1, x2, get)
        if has_batch_norm(self.layers):
            return enclose_batch_kernel(
                self.layers,
                self.parametrization,
                x1,
                x2,
                get=get,
                arithmetic=arithmetic,
                bits=bits,
                normalize=normalize,
            )
        check_network(self.layers)
        return enclose_kernel(
            self.layers,
            x1,
            x2,
            get=get,
            arithmetic=arithmetic,
            bits=bits,
            normalize=normalize,
            parametrization=self.parametrization,
        )


def serial(*layers: Layer | Network, parametrization: str | None = None) -> Network:
    """The layers one after the other; nested sequences are flattened.

    `parametrization` belongs on the outermost combinator: "ntk", or "s4" for that of Tensor Programs II, which is the
    default of networks with an RNN or a Transformer. Raises InputError where an activation follows another without a
    Dense between them.
    """
    parts = flatten(_layers_of(part) for part in layers)
    if parametrization not in (None, "ntk", "s4"):
        raise InputError(f"parametrization={parametrization!r} is unknown: use 'ntk' or 's4'.")
    if parametrization not in (None, default_parametrization(parts)):
        parts = (*parts, Parametrization(str(parametrization)))
    return Network(parts)


def parallel(*branches: Layer | Network) -> Parallel:
    """Branches side by side, after a FanOut of as many copies and before a FanInSum, FanInProd or FanInConcat."""
    return Parallel(tuple(flatten([_layers_of(branch)]) for branch in branches))


def _layers_of(part: Layer | Network) -> Layer | tuple[Layer, ...]:
    if not isinstance(part, Network):
        return part
    if part.parametrization != default_parametrization(part.layers):
        raise InputError(f"parametrization={part.parametrization!r} inside a network: give it to the outermost serial.")
    return part.layers


def RNN(
    readout: str = "average",
    activation: Activation | None = None,
    W_var: object = 1,
    U_var: object = 1,
    b_var: object = 0,
    v_var: object = 1,
) -> Network:
    """The recurrent network of Tensor Programs II, readout included; see `certify.programs.sequences.RNN`."""
    return serial(RecurrentLayer(readout, activation, W_var, U_var, b_var, v_var))


def Transformer(
    depth: int = 1, activation: Activation | None = None, U_var: object = 1, W_var: object = 1, v_var: object = 1
) -> Network:
    """The transformer of Tensor Programs II, readout included; see `certify.programs.sequences.Transformer`."""
    return serial(TransformerLayer(depth, activation, U_var, W_var, v_var))
