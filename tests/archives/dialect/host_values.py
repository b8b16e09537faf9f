"""Shapes, positions and masks, which need the input's shape only."""

from typing import List, Tuple

import torch
from cases import case
from torch import Tensor, nn
from torch.nn import functional as F


@case((2, 4, 6))
@case((2, 4, 6), how="trace")
class CausalMask(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        t = x.size(1)
        mask = torch.triu(torch.full((t, t), float("-inf")), diagonal=1)
        lower = torch.tril(torch.ones(t, t, dtype=torch.bool))
        same = mask.masked_fill(lower, 0.0)
        weights = torch.softmax(same, dim=-1)
        band = torch.ones(t, t).triu(-1).tril(1)
        weights = weights * band
        return F.relu(weights @ x)


@case((2, 5, 8))
@case((2, 5, 8), how="trace")
class SinusoidalPositions(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        t, d = x.size(1), x.size(2)
        position = torch.arange(t, dtype=torch.float32, device=x.device).unsqueeze(1)
        div = torch.exp(torch.arange(0, d, 2).float() * (-9.2 / d))
        pe = torch.zeros(t, d)
        pe[:, 0::2] = torch.sin(position * div)
        pe[:, 1::2] = torch.cos(position * div)
        return F.relu(x + pe.unsqueeze(0))


@case((1, 4, 6, 8))
@case((1, 4, 6, 8), how="trace")
class RotaryPositions(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        t, d = x.shape[-2], x.shape[-1]
        inverse = 1.0 / (100.0 ** (torch.arange(0, d, 2).float() / d))
        freqs = torch.outer(torch.arange(t).float(), inverse)
        emb = torch.cat((freqs, freqs), dim=-1)
        half = torch.cat((-x[..., d // 2:], x[..., : d // 2]), dim=-1)
        return x * emb.cos()[None, None] + half * emb.sin()[None, None]


@case((1, 3, 4, 5))
@case((1, 3, 4, 5), how="trace")
class CoordinateGrid(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        b, _, h, w = x.shape
        ys, xs = torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij")
        grid = torch.stack([ys, xs]).unsqueeze(0).expand(b, -1, -1, -1)
        rows = torch.arange(h).view(1, 1, h, 1).repeat(b, 1, 1, w).to(x.dtype)
        return F.relu(torch.cat([x, grid, rows], dim=1))


@case((2, 6))
@case((2, 6), how="trace")
class CumulativePositions(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        mask = torch.ones(x.shape[0], x.shape[1], dtype=torch.int64)
        mask[0, 4:] = 0
        positions = torch.cumsum(mask, dim=1) * mask - 1
        positions = positions.clamp(min=0)
        keep = (positions % 2 == 0) & (mask != 0) | (positions > 3)
        weights = torch.where(keep, torch.tensor(0.5), torch.tensor(-1.0))
        counts = mask.sum(dim=1, keepdim=True).float()
        inverted = (1 - mask).to(torch.float32) * -3.0
        return F.relu(x * weights + positions.float() / counts + inverted + (~keep).float())


@case((2, 6))
class WrittenConstants(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        w = torch.zeros(2, 6)
        w[0] = 1
        w[:, 1] = 2.0
        w[1, 2:4] += 3
        rows = torch.tensor([0, 1])
        columns = torch.tensor([3, 5])
        w[rows, columns] = torch.tensor([7.0, 8.0])
        w.index_put_((rows, columns), torch.tensor(1.5), accumulate=True)
        w[w == 2.0] = -1.0
        w.masked_fill_(w > 6, 0.25)
        return F.relu(x * w)


@case((3, 4))
class RelativePositions(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.randn(7, 3))

    def forward(self, x: Tensor) -> Tensor:
        t = x.size(1)
        i = torch.arange(t)
        index = i[None, :] - i[:, None] + t - 1
        bias = self.table[index]
        bias2 = self.table[index.flatten()].view(t, t, -1).permute(2, 0, 1).contiguous()
        bucket = torch.min(index.abs(), torch.full_like(index, 3))
        large = torch.log(index.float() + 1).to(torch.long)
        return F.relu(x @ bias[:, :, 0] + bias2[1].sum(0) + bucket.sum(0).float() + large[0].float())


@case((1, 4, 4, 2))
class ShiftedWindowMask(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        h, w = x.size(1), x.size(2)
        image = torch.zeros((1, h, w, 1))
        count = 0
        for hs in [(0, -2), (-2, -1), (-1, h)]:
            for ws in [(0, -2), (-2, -1), (-1, w)]:
                image[:, hs[0]:hs[1], ws[0]:ws[1], :] = count
                count += 1
        windows = image.view(1, h // 2, 2, w // 2, 2, 1).permute(0, 1, 3, 2, 4, 5).reshape(-1, 4)
        mask = windows.unsqueeze(1) - windows.unsqueeze(2)
        mask = mask.masked_fill(mask != 0, -2.0).masked_fill(mask == 0, 0.0)
        shifted = torch.roll(x, shifts=(-1, -1), dims=(1, 2))
        return F.relu(shifted.reshape(4, 4, 2) + mask.sum(-1, keepdim=True))


@case((2, 3, 4))
class ShapeArithmetic(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        shape: List[int] = list(x.shape)
        last = shape[-1]
        half = int(last / 2)
        root = int(float(last) ** 0.5)
        rounded = round(last * 0.3) + int(math_ceil(last, 3))
        y = x.view(shape[0], -1, half, root)
        y = y.reshape(x.size()[:-1] + [half * root]) * rounded
        n = torch.tensor(x.shape).prod()
        return F.relu(y + n.item() + torch.numel(x) / 3)


def math_ceil(a: int, b: int) -> int:
    return (a + b - 1) // b


@case((2, 3, 4), how="trace")
class TracedShapes(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        b, t, d = x.shape
        y = x.view(b * t, d)
        y = y.reshape(b, t, 2, d // 2).transpose(1, 2).contiguous().view(b * 2, t, -1)
        scale = float(d) ** -0.5
        pad = torch.zeros(b * 2, 4 - t % 4, d // 2)
        y = torch.cat([y, pad.to(y)], dim=1)
        return F.relu(y * scale)[:, : t + 1]


@case((2, 5))
class ConstantReductions(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        r = torch.arange(10).reshape(2, 5)
        a = r.float().mean(1, keepdim=True)
        b = r.max()
        c = r.argmax(dim=1)
        values, indices = torch.topk(r.float(), 2, dim=1)
        d = torch.sort(r.flatten(), descending=True)[0][:5]
        e = F.one_hot(c, 5).float()
        f = torch.eq(r, 3).any().float() + torch.ge(r, 0).all().float()
        g = torch.nonzero(r > 7).float().sum()
        h = torch.diff(r, dim=1).float().sum()
        i = torch.bitwise_and(r, 1).float()
        j = torch.einsum("ij,ij->i", r.float(), i).unsqueeze(1)
        k = torch.unique(r).numel()
        l = r.gather(1, indices).float().sum() + values.sum()
        return F.relu(x * a + b + d.float() + e + f + g + h + i + j + k + l)


@case((2, 4))
class NumberCasts(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        a = torch.tensor([1.7, -1.7, 2.5]).int().float()
        b = torch.tensor([0, 3, -1]).to(torch.bool).float()
        c = torch.tensor([300, -1]).to(torch.uint8).float()
        d = torch.tensor(3).double() / 7
        e = torch.tensor([2.5, 3.5]).round() + torch.tensor([2.5, -3.5]).floor()
        f = torch.remainder(torch.tensor([-7, 7]), 3).float() + torch.fmod(torch.tensor([-7, 7]), 3).float()
        g = torch.div(torch.tensor([-7, 7]), 2, rounding_mode="floor").float()
        h = torch.tensor([7, -7]).float() // 2
        return F.relu(x + a.sum() + b.sum() + c.sum() + d.float() + e.sum() + f.sum() + g.sum() + h.sum())


@case((2, 4, 6))
class LengthMask(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        lengths = torch.tensor([4, 2])
        mask = torch.arange(x.size(1))[None, :] < lengths[:, None]
        y = x * mask.unsqueeze(-1)
        z = x.masked_fill(~mask.unsqueeze(-1), 0.0)
        return F.relu(y).sum(1) / lengths.unsqueeze(1), torch.where(mask.unsqueeze(-1), x, torch.zeros_like(x)) + z
