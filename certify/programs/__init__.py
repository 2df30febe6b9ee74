"""What a network is: layers as exact values, and the tensor program that they stand for."""

from certify.programs.checks import Answer, Check, bp_like, check_program, simple_gia
from certify.programs.gradient import gradient
from certify.programs.language import Matrix, Program
from certify.programs.layers import Dense, Identity
from certify.programs.serial import Layer, check_network, flatten, input_scaling

__all__ = [
    "Answer",
    "Check",
    "Dense",
    "Identity",
    "Layer",
    "Matrix",
    "Program",
    "bp_like",
    "check_network",
    "check_program",
    "flatten",
    "gradient",
    "input_scaling",
    "simple_gia",
]
