"""The exceptions of zkpytorch."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Frame:
    """A line of the user's model.

    Attributes:
        file: the file's name without its folder, as archives record it.
        line: the line's number, from 1.
        text: the line itself; empty where it is not known.
    """

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f": {self.text}" if self.text else "")


class ExportError(ValueError):
    """The model cannot be exported faithfully; the text says why and what to change."""


class ExportWarning(UserWarning):
    """An archive has another format than the one that was to come first; the text says why."""


class ZkcWarning(UserWarning):
    """zkc did as it was asked and has a doubt: inputs that it cut to the model's range, a model that lost much by its integers."""


class ZkcError(RuntimeError):
    """`zkc` ended with an error; the text is its own, with arguments of this package in place of flags.

    Attributes:
        exit_code: 2 for a bad input, an unsupported model or a missed target, 3 for a failure of zkc or the machine.
        frame: the line of the model that the error is about, or None.
        remedy: what to write instead; empty where the text says so itself.
    """

    def __init__(self, message: str, exit_code: int, *, frame: Frame | None = None, remedy: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.frame = frame
        self.remedy = remedy

    def __reduce__(self) -> tuple[Any, ...]:
        # A pool of processes sends what its workers raise; without this it breaks down.
        return type(self)._remade, (str(self), self.exit_code, self.frame, self.remedy)

    @classmethod
    def _remade(cls, message: str, exit_code: int, frame: Frame | None, remedy: str) -> ZkcError:
        return cls(message, exit_code, frame=frame, remedy=remedy)


class VerificationError(ZkcError):
    """The proof or the key is wrong or undecodable, or states something else than expected (exit code 1)."""
