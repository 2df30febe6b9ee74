"""What a network is: layers as exact values."""

from certify.programs.layers import Dense, Identity, Layer
from certify.programs.serial import check_network, flatten, input_scaling

__all__ = ["Dense", "Identity", "Layer", "check_network", "flatten", "input_scaling"]
