"""Proofs about networks with positions or branches: from enclosed entries, or from two points with one label."""

from .answers import Invalid
from .networks import Network
from .points import Points
from .position_entries import PositionSource
from .proof_shape import Family, Proof, Residual


def require_shaped_proof(network: Network, proof: Proof) -> None:
    """Raises Invalid where the kind of proof is known for chains of Dense layers and activations only."""
    if network.shaped is None or isinstance(proof, Residual):
        return
    if not isinstance(proof, Family) or proof.name not in ("equal points", "zero row"):
        raise Invalid("this kind of proof speaks of chains of Dense layers and activations only")


def check_shaped_family(
    network: Network, ntk: bool, unit: bool, points: Points, shape: tuple[int, ...] | None, proof: Family
) -> None:
    """Raises Invalid unless the network has the same value at the two rows, or none at the one, for all parameters.

    Equal functions have equal gradients, so two rows of the NNGP and of the NTK matrix agree.
    """
    chosen = Points(tuple(points.rows[i] for i in proof.rows), points.denominator, points.columns, points.digest)
    source = PositionSource(network, ntk, unit, chosen, shape)
    if proof.name == "zero row":
        if source.outputs[0]:
            raise Invalid(f"the network is not zero at row {proof.rows[0]}")
    elif source.outputs[0] != source.outputs[1]:
        raise Invalid(f"the network is not the same function at rows {proof.rows[0]} and {proof.rows[1]}")
