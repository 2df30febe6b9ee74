"""Kernels of programs (images, sequences, branches) in float64: many pairs of points at once, as balls."""

from certify.kernels.program64.choice import is_quick_program, program_gram
from certify.kernels.program64.gram import PROGRAM_BITS, ProgramGram

__all__ = ["PROGRAM_BITS", "ProgramGram", "is_quick_program", "program_gram"]
