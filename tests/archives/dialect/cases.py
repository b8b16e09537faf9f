"""Registry of the archives that exercise the dialect: see write.py."""

import dataclasses
from collections.abc import Callable
from typing import Any

from torch import nn


@dataclasses.dataclass
class Case:
    """One archive.

    Attributes:
        name: of the file.
        model: makes the module.
        inputs: shapes of the arguments, nested as forward takes them: a tuple of ints is the shape of a float32 tensor.
        how: "script", "trace" or "freeze".
        method: what is called.
        refused: a part of the error, where zkc is to refuse the archive; else the archive is to mean what PyTorch says.
    """

    name: str
    model: Callable[[], nn.Module]
    inputs: tuple[Any, ...]
    how: str
    method: str
    refused: str


CASES: list[Case] = []


def case(*inputs: Any, how: str = "script", method: str = "forward", refused: str = "") -> Callable[[type], type]:
    """Registers a module class under its own name in snake_case."""

    def register(cls: type) -> type:
        name = "".join("_" + c.lower() if c.isupper() else c for c in cls.__name__).lstrip("_")
        CASES.append(Case(name if how == "script" else f"{name}_{how}d", cls, inputs, how, method, refused))
        return cls

    return register
