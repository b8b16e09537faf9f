"""In-place operators, views and parts of activations."""

from typing import List

import torch
from cases import case
from torch import Tensor, nn
from torch.nn import functional as F


@case((3, 4))
@case((3, 4), how="trace")
class PartsAdded(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x * 2
        y[:, 0] += 1.0
        y[0] *= 3.0
        y[1:, 2:] -= x[:2, :2]
        y[..., -1] = x[..., 0]
        y[:, ::2] = 0.5
        return F.relu(y)


@case((3, 4))
@case((3, 4), how="trace")
class ConstantMasks(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x + 1
        mask = torch.arange(4) % 2 == 0
        y[:, mask] = 0.0
        full = torch.ones(3, 4).triu() > 0
        y[full] = 2.0
        y.masked_fill_(~full & (torch.arange(3)[:, None] == 1), -1.0)
        index = torch.tensor([2, 0])
        y[index] = x[:2]
        y[:, index] += 1.0
        return F.relu(y[index] + y[:2]) + y[:, index].sum()


@case((2, 3, 4))
@case((2, 3, 4), how="trace")
class WritesThroughViews(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x * 1.0
        y.transpose(0, 1)[0].add_(1.0)
        y.view(-1)[5:9].mul_(2.0)
        y.permute(2, 0, 1)[1] = 0.0
        y.swapaxes(0, 2)[3].sub_(x[:, :, 0].t())
        z = y.unsqueeze(0)
        z[0, 1].relu_()
        first, second = y.split([1, 2], dim=1)
        second.add_(first)
        a, b = y.chunk(2, dim=2)
        a.mul_(0.5)
        rows = y.unbind(0)
        rows[1][0].clamp_(-1.0, 1.0)
        y.neg_()
        y.narrow(1, 0, 1).fill_(0.25)
        return y + b.sum()


@case((2, 4))
class InPlaceChains(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x.clone()
        alias = y
        y += 1
        y *= x
        y.relu_().add_(alias)
        alias.div_(2.0)
        out = torch.zeros(4, 2, 4)
        for i in range(4):
            out[i] = y * i
            out[i, 0] = x[0]
        buffer = torch.empty(2, 8)
        buffer[:, :4] = y
        buffer[:, 4:].copy_(x)
        outs: List[Tensor] = []
        for i in range(2):
            y[:, i] = y[:, i + 1] * 0.5
            outs.append(y.clone())
        return out.sum(0) + torch.stack(outs).sum(0) + buffer[:, :4] - buffer[:, 4:]


@case((2, 4))
class WritesInFunctions(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x * 1
        write(y, 1)
        xs = [y, x * 2]
        write_all(xs)
        return F.relu(y) + xs[1]


def write(y: Tensor, at: int):
    y[:, at] = 3.0
    if y.size(0) == 2:
        y[0].zero_()


def write_all(xs: List[Tensor]):
    for i in range(len(xs)):
        xs[i] = xs[i] + i


@case((2, 8))
class ScatteredConstants(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = torch.zeros_like(x)
        index = torch.tensor([[0, 2, 4, 6], [1, 3, 5, 7]])
        y.scatter_(1, index, x[:, :4])
        z = x.gather(1, index)
        w = x.index_select(1, torch.tensor([7, 0]))
        v = torch.index_select(x, 0, torch.tensor([1, 0, 1]))
        u = y.index_add(0, torch.tensor([1, 0]), x)
        t = x.take_along_dim(index, dim=1)
        return F.relu(y + u) + z.sum() + w.sum(1, keepdim=True) + v.sum(0) + t.sum(1, keepdim=True)


@case((2, 4))
class WritesByData(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x.clone()
        y[x[:, 1].argmax()] = 0.0
        return y
