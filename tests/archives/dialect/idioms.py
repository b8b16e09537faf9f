"""Idioms of scripted code that the other themes leave out."""

import math
from typing import Any, Dict, List, Optional, Tuple, Union

import torch
from cases import case
from torch import Tensor, nn
from torch.nn import functional as F

EPS = 1e-3
NAMES = ["a", "b"]


@case((2, 6))
class MathFunctions(nn.Module):
    def __init__(self):
        super().__init__()
        self.eps = EPS
        self.dims = [2, 3]

    def forward(self, x: Tensor) -> Tensor:
        d = x.size(-1)
        scale = 1.0 / math.sqrt(d) + math.log(float(d)) * math.exp(-1.0) + math.pow(2.0, 3) + math.pi
        n = math.ceil(d / 4) + math.floor(d / 4) + int(math.log10(1000.0)) + abs(-3) + divmod(7, 2)[1]
        big = float("inf")
        if math.isinf(big) and not math.isnan(scale) and d < big:
            scale = scale + min(2.5, d) + max(1, 2, 3)
        y = x * scale + n * self.eps
        return F.relu(y.view(-1, self.dims[0], self.dims[1]).flatten(1)) ** 1


@case((2, 6))
class TypeTests(nn.Module):
    def pick(self, value: Union[int, Tensor, List[Tensor]]) -> Tensor:
        if isinstance(value, int):
            return torch.full((1,), float(value))
        elif isinstance(value, Tensor):
            return value
        else:
            return value[0]

    def forward(self, x: Tensor) -> Tensor:
        assert isinstance(x, Tensor)
        y: Optional[Tensor] = None
        if x.dtype == torch.float32 and x.device.type == "cpu" and not x.is_cuda:
            y = F.relu(x)
        if y is None:
            y = x
        z = self.pick(3) + self.pick(x) + self.pick([x, x])
        if torch.jit.is_scripting():
            z = z * 2
        if self.training:
            z = z + torch.randn_like(z)
        return y + z


@case((2, 6))
class Comprehensions(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(6, 6), nn.Linear(6, 6)])
        self.weights = nn.ParameterList([nn.Parameter(torch.randn(6)) for _ in range(2)])
        self.table = nn.ParameterDict({"p": nn.Parameter(torch.randn(6))})
        self.blocks = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 6))

    def forward(self, x: Tensor) -> Tensor:
        outs = [layer(x) for layer in self.layers]
        scaled: List[Tensor] = []
        for i, w in enumerate(self.weights):
            scaled.append(outs[i] * w)
        squares = {i: i * i for i in range(3)}
        total = torch.zeros_like(x)
        for i, o in enumerate(scaled):
            total = total + o * squares[i + 1]
        total = total + self.table["p"]
        total = total + sum([1, 2, 3])
        return self.blocks[0](total) + self.blocks(x)


@case((2, 6))
class Forks(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 6)

    def part(self, x: Tensor, scale: float) -> Tensor:
        return self.fc(x) * scale

    def forward(self, x: Tensor) -> Tensor:
        future = torch.jit.fork(self.part, x, 2.0)
        other = torch.jit.fork(helper, x)
        y = F.relu(x)
        return y + torch.jit.wait(future) + torch.jit.wait(other)


def helper(x: Tensor) -> Tensor:
    return x * 3


@case((2, 6))
class NoGrad(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            y = F.relu(x)
        if torch.is_grad_enabled():
            y = y.detach()
        print("y", y.shape)
        z, _ = torch.max(torch.tensor([[1.0, 3.0], [2.0, 0.0]]), dim=1)
        return y * z[0]


@case((3, 4, 5))
class ShapeIdioms(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        b, t, d = x.shape
        shape = x.shape[:-1] + [d, 1]
        y = x.reshape(shape).squeeze(-1)
        z = y.permute(2, 0, 1).contiguous().view(d, -1).t().reshape(b, t, -1)
        half = z[..., : d // 2], z[..., d // 2 :]
        pad = d - half[0].size(-1)
        w = F.pad(half[0], [0, pad])
        i, j = 0, t - 1
        while i < j:
            w = w + z[:, i : i + 1] * z.new_ones(1) - z[:, j].unsqueeze(1)
            i, j = i + 1, j - 1
        if 1 <= b < 4 and not (t == 3 or d == 4):
            w = w.expand(b, t, d) + w.new_zeros([b, t, d])
        v = x.unbind(1)[0].unsqueeze(1).repeat(1, t, 1) + x[:, -1:, :].expand_as(x) + x[:, None, 0]
        return F.relu(w) + v + x.movedim(0, -1).movedim(-1, 0) + x.flip(1) if t != 4 else F.relu(w) + v


@case((2, 6))
class Defaults(nn.Module):
    def inner(self, x: Tensor, scale: float = 2, names: Optional[List[str]] = None, flag: bool = True) -> Tensor:
        if names is not None:
            for name in names:
                if name not in ("a", "c"):
                    x = x + len(name)
        return x * scale if flag else x

    def forward(self, x: Tensor) -> Dict[str, Tuple[Tensor, Tensor]]:
        y = self.inner(x)
        z = self.inner(x, 3.0, names=["a", "bb"])
        w = self.inner(x, flag=False)
        return {"first": (F.relu(y), z), "second": (w, -w)}


@case((2, 6))
class OptionalState(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 6)
        self.register_buffer("mask", None)
        self.bias: Optional[Tensor] = None

    def step(self, x: Tensor, state: Optional[Dict[str, Optional[Tensor]]]) -> Tuple[Tensor, Dict[str, Optional[Tensor]]]:
        if state is None:
            state = torch.jit.annotate(Dict[str, Optional[Tensor]], {})
        if "prev" in state:
            prev = state["prev"]
            assert prev is not None
            x = x + prev
        new: Dict[str, Optional[Tensor]] = {"prev": x, "none": None}
        return self.fc(x), new

    def forward(self, x: Tensor) -> Tensor:
        state: Optional[Dict[str, Optional[Tensor]]] = None
        for _ in range(3):
            x, state = self.step(x, state)
        last = state["prev"] if state is not None else None
        if self.mask is not None or self.bias is not None:
            x = x * 0
        return F.relu(x) + (last if last is not None else x)


@case((2, 6))
class ExportedGetters(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.ModuleDict({"x": nn.Sequential(nn.Linear(6, 4), nn.Tanh()), "y": nn.Linear(6, 4)})
        self.order = ["y", "x"]

    @torch.jit.unused
    def debug(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, x: Tensor) -> List[Tensor]:
        outs: List[Tuple[str, Tensor]] = []
        for key, module in self.inner.items():
            if key in self.order:
                outs.append((key, module(x)))
        _, first = outs[0]
        second = outs[1][1]
        outs.clear()
        outs.extend([("sum", first + second)])
        if len(outs) > 3:
            return [self.debug(first)]
        return [value for _, value in outs]


@case((1, 3, 8, 8))
class FeaturePyramid(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList([nn.Conv2d(3, 4, 3, padding=1, stride=s) for s in (1, 2)])
        self.lateral = nn.ModuleList([nn.Conv2d(4, 4, 1) for _ in range(2)])

    def result(self, x: Tensor, index: int) -> Tensor:
        n = len(self.lateral)
        if index < 0:
            index += n
        out = x
        for i, module in enumerate(self.lateral):
            if i == index:
                out = module(x)
        return out

    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        features: Dict[str, Tensor] = {}
        for i, stage in enumerate(self.stages):
            features[str(i)] = F.relu(stage(x))
        names = list(features.keys())
        values = list(features.values())
        last = self.result(values[-1], -1)
        results = [last]
        for idx in range(len(values) - 2, -1, -1):
            inner = self.result(values[idx], idx)
            size = inner.shape[-2:]
            last = inner + F.interpolate(last, size=size, mode="nearest")
            results.insert(0, last)
        return {name: r for name, r in zip(names, results)}
