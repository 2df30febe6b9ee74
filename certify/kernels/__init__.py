"""Kernels: from layers and pairs of points to enclosures of NNGP and NTK entries."""

from certify.kernels.enclosure import Enclosure
from certify.kernels.entries import EntryEvaluator
from certify.kernels.facade import arithmetic_named, check_inputs, enclose_kernel
from certify.kernels.mean_readout import counterexample
from certify.kernels.own_programs import program_kernel

__all__ = [
    "Enclosure",
    "EntryEvaluator",
    "arithmetic_named",
    "check_inputs",
    "counterexample",
    "enclose_kernel",
    "program_kernel",
]
