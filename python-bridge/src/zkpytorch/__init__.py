"""Export PyTorch models for zkc, and compile, prove, verify and run them from Python."""

from .archive import export
from .errors import ExportError, VerificationError, ZkcError
from .proving import CompiledModel, Proof, compile, generate, prove, run, verify

__version__ = "0.1.0"

__all__ = [
    "CompiledModel",
    "ExportError",
    "Proof",
    "VerificationError",
    "ZkcError",
    "compile",
    "export",
    "generate",
    "prove",
    "run",
    "verify",
]
