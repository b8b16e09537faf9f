"""Export PyTorch models for zkc, and drive zkc from Python."""

from .archive import export
from .errors import ExportError, VerificationError, ZkcError

__version__ = "0.1.0"

__all__ = ["ExportError", "VerificationError", "ZkcError", "export"]
