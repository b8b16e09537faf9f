"""Inputs and outputs of every shape, classes, several methods."""

from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from cases import case
from torch import Tensor, nn
from torch.nn import functional as F


class Pair(NamedTuple):
    left: Tensor
    right: Tensor


class Output(NamedTuple):
    logits: Tensor
    hidden: Optional[Tensor]
    states: List[Tensor]


@case((2, 4))
class NamedOutput(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Output:
        h = F.relu(self.fc(x))
        return Output(logits=h.sum(1), hidden=None, states=[h, x * 2])


@case((2, 4))
class NestedOutput(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tuple[Dict[str, Tensor], List[List[Tensor]]], Optional[Tensor]]:
        return F.relu(x), ({"a": x + 1, "b": x * 2}, [[x - 1], [x * 3, F.relu(-x)]]), None


@case((2, 4))
class DictOutput(nn.Module):
    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        out = {"first": F.relu(x)}
        out["second"] = x.sum(1)
        for key in ["p", "q"]:
            out[key + "_sum"] = x.sum(0)
        if "third" not in out:
            out.update({"third": -x})
        removed = out.pop("p_sum")
        out["fourth"] = removed + len(out)
        return out


@case({"ids": (2, 4), "mask": (2, 4)})
class DictInput(nn.Module):
    def forward(self, batch: Dict[str, Tensor]) -> Tensor:
        x = batch["ids"]
        if "mask" in batch:
            x = x * batch["mask"]
        if "other" in batch:
            x = x * batch["other"]
        total = torch.zeros(2, 4)
        for name, value in batch.items():
            total = total + value * len(name)
        return F.relu(x) + total


@case([(2, 4), (2, 4), (2, 3)])
class ListInput(nn.Module):
    def forward(self, xs: List[Tensor]) -> Tensor:
        return F.relu(torch.cat(xs, dim=1)) * len(xs)


@case(((2, 4), (2, 4)), (2, 4))
class TupleInput(nn.Module):
    def forward(self, pair: Tuple[Tensor, Tensor], y: Tensor) -> Tensor:
        a, b = pair
        return F.relu(a + b * y)


@case(((2, 4), (2, 4)), (2, 4), how="trace")
class TupleInputTraced(nn.Module):
    def forward(self, pair: Tuple[Tensor, Tensor], y: Tensor) -> Tensor:
        return F.relu(pair[0] + pair[1] * y)


@case({"a": (2, 4), "b": (2, 4)}, how="trace")
class DictInputTraced(nn.Module):
    def forward(self, batch: Dict[str, Tensor]) -> Dict[str, Tensor]:
        return {"sum": F.relu(batch["a"] + batch["b"]), "first": batch["a"] * 2}


@case(Pair((2, 4), (2, 4)))
class NamedTupleInput(nn.Module):
    def forward(self, pair: Pair) -> Pair:
        return Pair(F.relu(pair.left) + pair.right, pair.right * 2)


@case((2, 4), (2, 4))
class OptionalGiven(nn.Module):
    def forward(self, x: Tensor, mask: Optional[Tensor] = None, scale: float = 2.0) -> Tensor:
        if mask is not None:
            x = x * mask
        return F.relu(x) * scale


@case((2, 4))
class OptionalMissing(nn.Module):
    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tuple[Tensor, Optional[Tensor]]:
        if mask is None:
            return F.relu(x), None
        return x, mask


@torch.jit.script
class Scaler:
    def __init__(self, factor: float, names: List[str]):
        self.factor = factor
        self.names = names
        self.calls = 0
        self.last = torch.jit.annotate(Optional[Tensor], None)

    def scale(self, x: Tensor) -> Tensor:
        self.calls += 1
        y = x * self.factor
        self.last = y
        return y

    def total(self) -> int:
        return self.calls + len(self.names)


@case((2, 4))
class ScriptClass(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        scaler = Scaler(1.5, ["a", "b"])
        for _ in range(3):
            x = scaler.scale(x)
        last = scaler.last
        if last is not None:
            x = x + F.relu(last)
        scaler.factor = 4.0
        return scaler.scale(x) * scaler.total()


@torch.jit.script
class Shape:
    def __init__(self, height: int, width: int):
        self.height = height
        self.width = width

    def __add__(self, other: "Shape") -> "Shape":
        return Shape(self.height + other.height, self.width + other.width)

    @property
    def area(self) -> int:
        return self.height * self.width

    def clone(self) -> "Shape":
        return Shape(self.height, self.width)


@torch.jit.script
class Queue:
    def __init__(self):
        self.items: List[Tensor] = []
        self.count = 0

    def push(self, x: Tensor):
        self.items.append(x)
        self.count += 1

    def pop(self) -> Tensor:
        self.count -= 1
        return self.items.pop()


def grown(shape: Shape, by: int) -> Shape:
    other = shape.clone()
    other.height += by
    return other


@case((2, 4))
class ClassesOfClasses(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        a = Shape(x.size(0), x.size(1))
        b = grown(a, 1)
        shapes = [a, b, a + b]
        total = 0
        for s in shapes:
            total += s.area
        c = a
        c.width = 7
        queue = Queue()
        for i in range(3):
            queue.push(x * i)
        first = queue.pop()
        return F.relu(x) * total + a.width + first + queue.items[0] * queue.count


@case((2, 4), method="encode")
class SeveralMethods(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.back = nn.Linear(3, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        return F.relu(self.fc(x))

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        return self.back(z)


class Inner(nn.Module):
    factor: torch.jit.Final[int]

    def __init__(self, factor: int):
        super().__init__()
        self.factor = factor
        self.register_buffer("offset", torch.arange(4, dtype=torch.float32))
        self.sizes = [1, 2, 3]
        self.pair = (2, 0.5)
        self.empty: Optional[Tensor] = None
        self.table = {"x": 3, "y": 4}

    def forward(self, x: Tensor) -> Tensor:
        if self.empty is not None:
            x = x * self.empty
        for s in self.sizes:
            x = x + s
        return x * self.factor + self.offset * self.pair[1] + self.table["y"]


@case((2, 4))
class Attributes(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner(3)
        self.shared = self.inner
        self.blocks = nn.ModuleList([Inner(1), Inner(2)])

    def forward(self, x: Tensor) -> Tensor:
        x = self.inner(x) + self.shared(x)
        for block in self.blocks:
            x = F.relu(block(x)) * block.factor
        return x


@case((2, 4), refused="containers.py")
class CountsItsCalls(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = 0
        self.cache = [torch.zeros(2, 4)]
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        self.steps += 1
        self.cache = [x]
        for _ in range(self.steps):
            x = F.relu(self.fc(x))
        return x + self.cache[0]


@case((2, 4))
class IntKeys(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Dict[int, Tensor]:
        out: Dict[int, Tensor] = {}
        for i in range(3):
            x = F.relu(self.fc(x))
            out[i] = x
        return out


@torch.jit.script
class Cell:
    def __init__(self, value: Tensor, items: List[Tensor]):
        self.value = value
        self.items = items
        self.others = items

    def add(self, x: Tensor):
        self.items.append(x)


@torch.jit.script
class Slot:
    def __init__(self, value: Tensor):
        self.value = value
        self.spare = value * 2


@case((2, 4))
class ObjectsHoldTensors(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        slot = Slot(x * 1.5)
        old = slot.value
        slot.value.add_(1.0)
        slot.value[0] = 0.25
        total = old + slot.value
        slot.value = x * 3
        alias = slot
        alias.spare.mul_(2.0)
        return F.relu(total + slot.value + slot.spare)


@case((2, 4), refused="containers.py")
class OldAttributeWritten(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        slot = Slot(x * 1.5)
        old = slot.value
        slot.value = x * 3
        old.add_(1.0)
        return F.relu(old + slot.value)


@case((2, 4), refused="containers.py")
class OneListInTwoAttributes(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        cell = Cell(x, [x])
        cell.add(x * 2)
        return F.relu(x) * len(cell.others)


@case((2, 4), refused="containers.py")
class OneListInTwoObjects(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        a = Queue()
        b = Queue()
        b.items = a.items
        a.push(x)
        return F.relu(x) * len(b.items)


@case((2, 4), refused="containers.py")
class ObjectsInLists(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        a = Shape(1, 2)
        shapes = [a, Shape(2, 3)]
        a.width = 7
        return F.relu(x) * shapes[0].width
