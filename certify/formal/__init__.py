"""Theorems for a proof assistant: certificates turned into files that Coq accepts."""

from certify.formal.export import CoqFile, export_coq
from certify.formal.library import write_library

__all__ = ["CoqFile", "export_coq", "write_library"]
