"""What a network is: layers as exact values, and the tensor program that they stand for."""

from certify.programs.checks import Answer, Check, bp_like, check_program, simple_gia
from certify.programs.gradient import gradient
from certify.programs.language import Matrix, Program
from certify.programs.layers import Dense, Identity
from certify.programs.networks import program_of
from certify.programs.serial import Layer, check_network, flatten, input_scaling
from certify.programs.writing import (
    Vector,
    apply,
    attend,
    combine,
    concat,
    constant,
    derivative,
    matmul,
    matrix,
    mean,
    mix,
    multiply,
    noise,
    normalise,
    pick,
    program,
    vector_input,
)

__all__ = [
    "Answer",
    "Check",
    "Dense",
    "Identity",
    "Layer",
    "Matrix",
    "Program",
    "Vector",
    "apply",
    "attend",
    "bp_like",
    "check_network",
    "check_program",
    "combine",
    "concat",
    "constant",
    "derivative",
    "flatten",
    "gradient",
    "input_scaling",
    "matmul",
    "matrix",
    "mean",
    "mix",
    "multiply",
    "noise",
    "normalise",
    "pick",
    "program",
    "program_of",
    "simple_gia",
    "vector_input",
]
