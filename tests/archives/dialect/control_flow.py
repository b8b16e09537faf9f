"""Control flow: branches and loops on shapes and constants, exceptions, strings."""

from typing import Dict, List, Optional, Tuple

import torch
from cases import case
from torch import Tensor, nn
from torch.nn import functional as F


@case((2, 6))
@case((2, 6), how="freeze")
class BranchOnShape(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 6)

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() == 3:
            x = x.flatten(0, 1)
        elif x.size(0) > 1 and x.shape[-1] % 2 == 0:
            x = self.fc(x)
        else:
            x = -x
        n = x.shape[0] * x.shape[1]
        while n > 4:
            x = F.relu(x + float(n))
            n = n // 2
        return x


@case((1, 8))
class ModuleLoops(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])
        self.norms = nn.ModuleList([nn.BatchNorm1d(8) for _ in range(3)])
        self.heads = nn.ModuleDict({"a": nn.Linear(8, 2), "b": nn.Linear(8, 3)})
        self.act = nn.Sequential(nn.ReLU(), nn.Linear(8, 8))

    def forward(self, x: Tensor) -> List[Tensor]:
        for i, layer in enumerate(self.layers):
            x = layer(x) * (i + 1)
        for layer, norm in zip(self.layers, self.norms):
            x = norm(F.relu(layer(x)))
        for step in self.act:
            x = step(x)
        outs: List[Tensor] = []
        for name, head in self.heads.items():
            if name != "c":
                outs.append(head(x))
        for layer in self.layers[1:]:
            x = layer(x)
        outs.append(self.layers[-1](x))
        outs.append(self.heads["a"](x))
        return outs


@case((3, 4))
class RangesAndBreaks(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = torch.zeros_like(x)
        for i in range(10):
            if i == 2:
                continue
            if i > 5:
                break
            y = y + x * i
        for i in range(x.size(0) - 1, -1, -1):
            for j in range(0, x.size(1), 2):
                y = y + x[i, j]
        k = 0
        while True:
            y = y * 0.5
            k += 1
            if k >= x.size(0):
                break
        for row in x:
            y = y + row
        return y


@case((2, 5))
class EarlyReturns(nn.Module):
    def __init__(self):
        super().__init__()
        self.mode = "fast"
        self.fc = nn.Linear(5, 3)

    def pick(self, x: Tensor, mode: str) -> Tensor:
        if mode == "slow":
            return x
        for i in range(4):
            if i == 2:
                return x * 2
            x = x + 1
        return -x

    def forward(self, x: Tensor) -> Tensor:
        if self.mode.startswith("sl"):
            return x
        if x.numel() > 1000:
            return x[:1]
        x = self.pick(x, self.mode)
        if self.mode in ["fast", "faster"]:
            return self.fc(x)
        return x


@case((2, 5))
class Exceptions(nn.Module):
    def __init__(self):
        super().__init__()
        self.size = 5
        self.name = "tail"

    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        assert x.dim() == 2, "expected 2 axes"
        assert x.size(1) == self.size, f"expected {self.size} features, got {x.size(1)}"
        if x.size(0) > 100:
            raise ValueError("batch {} of {} is too large".format(x.size(0), self.name))
        if mask is not None:
            raise RuntimeError("no masks: %s" % self.name)
        if self.size < 0:
            raise NotImplementedError(f"size {self.size}")
        label = "a" + str(x.size(0)) + "b".upper() + self.name
        if label == "a2Btail":
            return F.relu(x)
        return x


@case((2, 5), refused="the model raises an exception for this input shape: expected")
class Raises(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if x.size(1) != 4:
            raise ValueError(f"expected 4 features, got {x.size(1)}")
        return F.relu(x)


@case((2, 5), refused="control_flow.py")
class DataDependentBranch(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if bool((x.sum() > 0).item()):
            return F.relu(x)
        return -x


@case((2, 5), refused="control_flow.py")
class DataDependentLoop(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        while bool(x.max() > 1):
            x = x * 0.5
        return x


@case((2, 5), refused="control_flow.py")
class DataDependentSize(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        n = int(x[0, 0].item())
        return F.relu(x[:, :n])


@case((4, 3))
class Tuples(nn.Module):
    def split(self, x: Tensor) -> Tuple[Tensor, Tuple[int, Tensor]]:
        return x[:2], (x.size(0), x[2:])

    def forward(self, x: Tensor) -> Tensor:
        a, (n, b) = self.split(x)
        pair = (a, b)
        first, second = pair
        sizes = [t.size(0) for t in [a, b]]
        total = sum([s * 2 for s in sizes])
        swapped = pair[::-1] if n > 10 else pair
        c = swapped[-1] * total
        return torch.cat([first, second, c], dim=0) * min(n, 3) + max(sizes)


@case((2, 12))
class Lists(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        parts = list(torch.chunk(x, 3, dim=1))
        parts.reverse()
        extra = [p * 2.0 for p in parts]
        parts += extra
        parts.insert(0, x[:, :4])
        last = parts.pop()
        first = parts.pop(0)
        parts[1] = last + first
        del parts[0]
        if len(parts) > 2:
            parts = parts[:3] + [first]
        order = [3, 1, 2]
        order.sort()
        total = torch.zeros(2, 4)
        for i in order:
            total = total + parts[i] * i
        names = ["a", "b"]
        weights = {"a": 1.5, "b": -0.5}
        for name in names:
            total = total * weights[name]
        if 2 in order and "c" not in weights:
            total = total + len(parts)
        flags = [True, False]
        if any(flags) and not all(flags):
            total = total.abs()
        return torch.stack(parts).sum(0) + total


@case((2, 6))
class LocalFunctions(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return helper(x, scale=3) + helper(x, [1, 0]) + recurse_free(x, 2, None)


def helper(x: Tensor, dims: Optional[List[int]] = None, scale: int = 1) -> Tensor:
    if dims is None:
        return x * scale
    if len(dims) == 0:
        return x
    return x.permute(dims).permute(dims)


def recurse_free(x: Tensor, n: int, other: Optional[Tensor]) -> Tensor:
    if other is None:
        other = x
    for _ in range(n):
        other = F.relu(other) + x
    return other


@case((2, 6))
class StringModes(nn.Module):
    def __init__(self):
        super().__init__()
        self.mode = "relu,linear ,Tanh"
        self.table: Dict[str, float] = {"relu": 1.0, "tanh": 2.0}
        self.fc = nn.Linear(6, 6)

    def forward(self, x: Tensor) -> Tensor:
        for part in self.mode.split(","):
            name = part.strip().lower()
            if name == "relu":
                x = F.relu(x)
            elif name == "tanh":
                x = torch.tanh(x)
            elif name.startswith("lin") and len(name) > 3:
                x = self.fc(x)
            else:
                raise ValueError("unknown " + name)
            if name in self.table:
                x = x * self.table[name]
        text = "-".join(["a", "b"])
        if text.replace("-", "") == "ab" and text[0] == "a" and text.find("b") == 2:
            x = x + 1
        return x
