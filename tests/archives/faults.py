"""Writes tests/src/test/resources/check/faults.pt: a model with several faults, for `zkc check`.

    python tests/archives/faults.py
"""

import pathlib
import tempfile
import warnings
from typing import Any

import torch
from neutral_paths import neutralise
from torch import nn

TARGET = pathlib.Path(__file__).resolve().parents[1] / "src" / "test" / "resources" / "check" / "faults.pt"


@torch.jit.script
class Scope:
    def __init__(self, name: str):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any):
        pass


class Spectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(8, 8)

    def forward(self, x):
        x = torch.relu(self.linear(x))
        return torch.linalg.svdvals(x)


class Faulty(nn.Module):
    """Two modules of one class with a fault each, a context manager, a branch with faults in both arms, and harmless code."""

    def __init__(self):
        super().__init__()
        self.first = Spectrum()
        self.second = Spectrum()
        self.last = nn.Linear(8, 3)

    def forward(self, x):
        unused = torch.linalg.inv(x)
        with Scope("turn"):
            turned = torch.abs(x * 2)
        work = torch.jit.fork(torch.relu, x)
        x = self.second(self.first(x))
        if bool(x.sum() > 0):
            y = torch.igamma(x, x)
        else:
            y = torch.linalg.pinv(x)
        return self.last(y) + turned + torch.jit.wait(work), torch.nn.functional.dropout(x, 0.5, True)


def main() -> None:
    warnings.simplefilter("ignore")
    torch.manual_seed(3)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/faults.pt"
        torch.jit.script(Faulty().eval()).save(path)
        neutralise(path, str(TARGET))


if __name__ == "__main__":
    main()
