"""The exceptions of zkpytorch."""

from __future__ import annotations


class ExportError(ValueError):
    """The model cannot be exported faithfully; the text says why and what to change."""


class ZkcError(RuntimeError):
    """`zkc` ended with an error; the text is what it printed.

    Attributes:
        exit_code: 2 for a bad input, an unsupported model or a missed target, 3 for a failure of zkc or the machine.
    """

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class VerificationError(ZkcError):
    """The proof or the key is wrong or undecodable, or states something else than expected (exit code 1)."""
