"""Export PyTorch models for zkc, and check, compile, prove, verify, run and inspect them from Python."""

from .archive import export
from .errors import ExportError, ExportWarning, Frame, VerificationError, ZkcError, ZkcWarning
from .process import process_id, shutdown
from .proving import check, compile, generate, inspect, prove, run, verify
from .provable import Provable, provable
from .results import Archive, CheckResult, CompiledModel, Fault, Inspection, Proof, Statement

__version__ = "0.1.0"

__all__ = [
    "Archive",
    "CheckResult",
    "CompiledModel",
    "ExportError",
    "ExportWarning",
    "Fault",
    "Frame",
    "Inspection",
    "Proof",
    "Provable",
    "Statement",
    "VerificationError",
    "ZkcError",
    "ZkcWarning",
    "check",
    "compile",
    "export",
    "generate",
    "inspect",
    "process_id",
    "provable",
    "prove",
    "run",
    "shutdown",
    "verify",
]
