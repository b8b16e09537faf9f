"""The sample networks: small, but with every operator that zkc reads from TorchScript."""

from typing import Dict, Tuple

import torch
import torch.ao.nn.quantized
import torch.nn.functional as F
from torch import Tensor, nn
from torch.ao import quantization


class Mlp(nn.Module):
    """784-128-10, the first network of everybody."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 128)
        self.output = nn.Linear(128, 10)

    def forward(self, x):
        return self.output(F.relu(self.hidden(x)))


class TanhMlp(nn.Module):
    """A deeper one, with tanh."""

    def __init__(self):
        super().__init__()
        widths = [32, 48, 48, 48, 48, 10]
        layers = []
        for before, after in zip(widths, widths[1:]):
            layers += [nn.Linear(before, after), nn.Tanh()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return self.layers(x)


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


class BatchNormCnn(nn.Module):
    """A CIFAR-sized CNN: convolution, batch norm, ReLU, three times."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(1),
        )
        self.dropout = nn.Dropout(0.3)
        self.classifier = nn.Linear(16, 10)

    def forward(self, x):
        x = torch.flatten(self.features(x), 1)
        return self.classifier(self.dropout(x))


class DilatedCnn(nn.Module):
    """Strides, uneven padding and dilation."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=2, dilation=2)
        self.conv2 = nn.Conv2d(8, 12, (3, 5), stride=(2, 1), padding=(1, 2))
        self.conv3 = nn.Conv2d(12, 12, 3, stride=2, padding=(0, 3), dilation=(1, 3))
        self.conv4 = nn.Conv2d(12, 8, 3, padding="same", dilation=2)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.relu(self.conv3(x))
        x = F.relu(self.conv4(x))
        return self.fc(x.mean([2, 3]))


class DepthwiseBlock(nn.Module):
    def __init__(self, channels, outputs, stride):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.pointwise = nn.Conv2d(channels, outputs, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        x = F.relu6(self.norm1(self.depthwise(x)))
        return F.relu6(self.norm2(self.pointwise(x)))


class DepthwiseCnn(nn.Module):
    """MobileNet's blocks, and a grouped convolution."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.block1 = DepthwiseBlock(8, 16, 1)
        self.block2 = DepthwiseBlock(16, 24, 2)
        self.grouped = nn.Conv2d(24, 16, 3, padding=1, groups=4)
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = self.block2(self.block1(F.relu6(self.stem(x))))
        x = self.pool(F.relu6(self.grouped(x)))
        return self.fc(x.reshape(x.shape[0], 16))


class BasicBlock(nn.Module):
    def __init__(self, channels, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        if stride != 1 or channels != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        else:
            self.shortcut = nn.Identity()

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += self.shortcut(x)
        return self.relu(out)


class ResNet(nn.Module):
    """The ResNet of the CIFAR experiments: three stages of `blocks` blocks; ResNet-20 has three blocks and width 16."""

    def __init__(self, width: int, blocks: int):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.stage1 = self._stage(width, width, blocks, 1)
        self.stage2 = self._stage(width, 2 * width, blocks, 2)
        self.stage3 = self._stage(2 * width, 4 * width, blocks, 2)
        self.fc = nn.Linear(4 * width, 10)

    @staticmethod
    def _stage(channels, outputs, blocks, stride):
        later = [BasicBlock(outputs, outputs, 1) for _ in range(blocks - 1)]
        return nn.Sequential(BasicBlock(channels, outputs, stride), *later)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.stage3(self.stage2(self.stage1(x)))
        x = F.adaptive_avg_pool2d(x, 1)
        return self.fc(torch.flatten(x, 1))


class ConcatCnn(nn.Module):
    """Parallel branches, joined on the channel axis."""

    def __init__(self):
        super().__init__()
        self.narrow = nn.Conv2d(3, 4, 1)
        self.medium = nn.Conv2d(3, 6, 3, padding=1)
        self.wide = nn.Conv2d(3, 4, 5, padding=2)
        self.mix = nn.Conv2d(17, 8, 3, padding=1)
        self.fc = nn.Linear(8 * 4 * 4, 10)

    def forward(self, x):
        pooled = F.max_pool2d(x, 3, stride=1, padding=1)
        x = torch.cat([self.narrow(x), self.medium(x), self.wide(x), pooled], dim=1)
        x = F.max_pool2d(F.relu(self.mix(F.relu(x))), 4)
        return self.fc(x.flatten(1))


class Pools(nn.Module):
    """Every pooling: overlapping, padded, with ceil mode, with and without the padding in the mean, adaptive."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 6, 3, padding=1)
        self.max_overlapping = nn.MaxPool2d(3, stride=2, padding=1)
        self.average_padded = nn.AvgPool2d(3, stride=1, padding=1)
        self.average_inside = nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)
        self.max_ceil = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.adaptive = nn.AdaptiveAvgPool2d((2, 1))
        self.fc = nn.Linear(12, 5)

    def forward(self, x):
        x = self.max_overlapping(F.relu(self.conv(x)))
        x = self.average_padded(x)
        x = self.average_inside(x)
        x = self.max_ceil(x)
        return self.fc(self.adaptive(x).flatten(1))


class CausalAttention(nn.Module):
    """Grouped heads with rotated queries and keys, under a causal mask; the weights of a second attention as an output."""

    def __init__(self, width: int = 24, heads: int = 4, groups: int = 2, length: int = 6):
        super().__init__()
        self.heads, self.groups, self.size = heads, groups, width // heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, self.size * groups)
        self.value = nn.Linear(width, self.size * groups)
        self.out = nn.Linear(width, width)
        angles = torch.arange(length)[:, None] / 10.0 ** (torch.arange(0, self.size, 2) / self.size)
        self.register_buffer("cos", torch.cat([angles, angles], -1).cos())
        self.register_buffer("sin", torch.cat([angles, angles], -1).sin())
        self.register_buffer("mask", torch.full((length, length), float("-inf")).triu(1))

    def rotated(self, x: torch.Tensor) -> torch.Tensor:
        first, second = x.chunk(2, dim=-1)
        return x * self.cos + torch.cat([-second, first], -1) * self.sin

    def split(self, x: torch.Tensor, heads: int) -> torch.Tensor:
        return x.view(x.shape[0], x.shape[1], heads, self.size).transpose(1, 2)

    def repeated(self, x: torch.Tensor) -> torch.Tensor:
        n, groups, length, size = x.shape
        spread = x[:, :, None].expand(n, groups, self.heads // groups, length, size)
        return spread.reshape(n, self.heads, length, size)

    def forward(self, x):
        q = self.rotated(self.split(self.query(x), self.heads))
        k = self.rotated(self.split(self.key(x), self.groups))
        v = self.split(self.value(x), self.groups)
        k, v = self.repeated(k), self.repeated(v)
        scores = q @ k.transpose(2, 3) / self.size**0.5 + self.mask
        mixed = scores.softmax(-1) @ v
        y = x + self.out(mixed.transpose(1, 2).flatten(2))
        again = nn.functional.scaled_dot_product_attention(y, x, y, is_causal=True)
        weights = (y @ x.transpose(1, 2)).softmax(1)
        return again, weights * 2


class SoftmaxHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(24, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        return torch.softmax(self.fc2(F.relu(self.fc1(x))), dim=1)


class LogSoftmaxHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(24, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=-1)


class Activations(nn.Module):
    """Each activation once."""

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(20, 24)
        self.b = nn.Linear(24, 24)
        self.c = nn.Linear(24, 24)
        self.d = nn.Linear(24, 24)
        self.e = nn.Linear(24, 24)
        self.f = nn.Linear(24, 6)

    def forward(self, x):
        x = torch.sigmoid(self.a(x))
        x = F.hardtanh(self.b(x), -0.5, 0.75)
        x = F.relu6(self.c(x) * 4.0)
        x = torch.clamp(self.d(x), -1.0, 1.5)
        x = torch.tanh(self.e(x))
        x = torch.clamp(self.f(x), min=-0.25)
        return x


class Rectifiers(nn.Module):
    """Each rectifier other than ReLU once, as modules and as functions."""

    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(2, 6, 3, padding=1)] + [nn.Conv2d(6, 6, 3, padding=1) for _ in range(7)])
        self.leaky = nn.LeakyReLU(0.1)
        self.one = nn.PReLU()
        self.each = nn.PReLU(6)
        nn.init.uniform_(self.each.weight, 0.0, 0.5)
        for conv in self.convs:
            nn.init.kaiming_normal_(conv.weight)
        self.gated = nn.Conv2d(6, 12, 1)
        self.fc = nn.Linear(6, 8)

    def forward(self, x):
        x = self.leaky(self.convs[0](x))
        x = F.silu(self.convs[1](x))
        x = F.elu(self.convs[2](x), alpha=0.8)
        x = self.one(self.convs[3](x))
        x = F.hardswish(self.convs[4](x))
        x = F.selu(self.convs[5](x)) + F.celu(x, alpha=0.5)
        x = self.each(self.convs[6](x))
        x = F.relu(self.convs[7](x))
        x = F.glu(self.gated(x), dim=1)
        return F.gelu(self.fc(x.mean((2, 3))))


class SmallUNet(nn.Module):
    """Down and up again with skip connections: nearest neighbours by a factor, by sizes that are no multiples, bilinear."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(2, 6, 3, padding=1)
        self.middle = nn.Conv2d(6, 8, 3, padding=1)
        self.up = nn.Conv2d(14, 6, 3, padding=1)
        self.out = nn.Conv2d(6, 3, 1)

    def forward(self, x):
        wide = F.relu(self.down(x))
        narrow = F.relu(self.middle(F.max_pool2d(wide, 2)))
        x = torch.cat([F.interpolate(narrow, scale_factor=2.0), wide], dim=1)
        x = F.relu(self.up(x))
        x = F.interpolate(x, size=[9, 24], mode="nearest")
        x = F.interpolate(x, size=[12, 18], mode="nearest-exact")
        x = F.interpolate(x, scale_factor=1.5, mode="bilinear", align_corners=False)
        return F.interpolate(self.out(x), size=[8, 31], mode="bilinear", align_corners=True)


class TokenEmbedding(nn.Module):
    """Token and position embeddings under a mask, and sums of the integers themselves."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(40, 12, padding_idx=0)
        self.positions = nn.Embedding(16, 12)
        self.register_buffer("ids", torch.arange(16).unsqueeze(0))
        self.linear = nn.Linear(12, 7)

    def forward(self, ids, mask):
        length = ids.shape[1]
        x = self.tokens(ids.view(-1, length)) + self.positions(self.ids[:, :length])
        x = F.relu(self.linear(x)) * mask.unsqueeze(-1).float()
        return x, ids * mask - 3 * ids


class LanguageModel(nn.Module):
    """A decoder of one layer: tokens to logits of the next one, from those before it."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(24, 16)
        self.positions = nn.Embedding(8, 16)
        self.norm = nn.LayerNorm(16)
        self.qkv = nn.Linear(16, 48)
        self.out = nn.Linear(16, 16)
        self.up = nn.Linear(16, 32)
        self.down = nn.Linear(32, 16)
        self.head = nn.Linear(16, 24, bias=False)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        q, k, v = (y.unflatten(2, (2, 8)).transpose(1, 2) for y in self.qkv(self.norm(x)).chunk(3, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).flatten(2))
        x = x + self.down(F.gelu(self.up(x)))
        return self.head(x)


class NarrowWeights(nn.Module):
    """Weights of 16 bits, of both kinds, and a factor of 64, widened or narrowed where they are read."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(12, 10).half())
        self.bias = nn.Parameter(torch.randn(12).bfloat16())
        self.register_buffer("factor", torch.rand(12, dtype=torch.float64))

    def forward(self, x):
        x = F.linear(x, self.weight.float(), self.bias.to(torch.float32))
        return F.relu(x.double() * self.factor).float()


class Comparisons(nn.Module):
    """Comparisons of computed values and constants, logic, choices by masks and what is made of them."""

    def __init__(self):
        super().__init__()
        self.left = nn.Linear(10, 12)
        self.right = nn.Linear(10, 12)

    def forward(self, x):
        a, b = self.left(x), self.right(x)
        greater = a > b
        small = (a <= 0.1) & ~greater
        chosen = torch.where(greater, a, b * 0.5)
        filled = a.masked_fill(small, 2.0)
        some = torch.logical_or(a > 1, b < -1).any(dim=1)
        return greater, small, chosen, filled, some, (greater.float() * a).sum(1)


class Orders(nn.Module):
    """Indices of extremes, the largest elements, and elements in order."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 13)

    def forward(self, x):
        scores = self.linear(x)
        values, indices = torch.topk(scores, 3, dim=1)
        ascending, places = torch.sort(x[:, :4], dim=-1)
        return scores.argmax(dim=-1), scores.argmin(dim=1, keepdim=True), values, indices, ascending, places


class Choices(nn.Module):
    """Elements and rows that computed indices choose, and writes to them; a walk down a small tree of comparisons."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(8, 6)
        self.table = nn.Parameter(torch.randn(6, 3))
        self.register_buffer("feature", torch.tensor([0, 3, 5, 1, 2, 4, 7]))
        self.register_buffer("threshold", torch.randn(7))

    def forward(self, x):
        scores = self.linear(x)
        best = scores.argmax(dim=-1, keepdim=True)
        node = torch.zeros(x.shape[0], dtype=torch.int64)
        for _ in range(2):
            value = torch.gather(x, 1, self.feature.index_select(0, node).view(-1, 1)).view(-1)
            node = 2 * node + 1 + (value > self.threshold.index_select(0, node)).long()
        return (
            torch.gather(x, 1, best),
            self.table.index_select(0, best.view(-1)),
            scores.scatter(1, best, 0.5),
            torch.zeros(3, 6).scatter_add(1, scores.argsort(-1)[:, :2], x[:, :2]),
            scores.median(-1)[0],
            node,
        )


class Positions(nn.Module):
    """Positions counted from a mask, rows chosen by them, and elements named by several indices."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(24, 8)
        self.positions = nn.Embedding(11, 8)
        self.output = nn.Linear(8, 3)

    def forward(self, ids, mask):
        kept = ids.ne(1).int()
        counted = torch.cumsum(kept, dim=1).type_as(ids) * kept + 1
        hidden = torch.tanh(self.tokens(ids) + self.positions(counted) * mask.unsqueeze(-1))
        rows = torch.arange(ids.shape[0])
        lengths = mask.long().sum(1)
        return (
            self.output(hidden)[rows, lengths - 1],
            hidden[rows, ids.argmax(-1)],
            hidden[rows[:, None], lengths[:, None] - 1, ids[:, :3].clamp(max=7)],
            counted,
            torch.count_nonzero(kept, 1),
        )


class Writes(nn.Module):
    """Writes at computed indices and masks, several of which may name one place."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(8, 6)
        self.source = nn.Linear(8, 6)

    def forward(self, x, places):
        y, source = self.linear(x), self.source(x)
        zeroed = y.clone()
        zeroed[y < 0] = 0.25
        picked = y.clone()
        picked[torch.arange(3), y.argmax(1)] = 0.0
        return (
            zeroed,
            picked,
            y.scatter(1, places, source[:, :4]),
            y.scatter_reduce(1, places, source[:, :4], "amax", include_self=False),
            y.masked_scatter(x[:, :6] > 0, source),
            y.index_copy(0, places[0, :1].clamp(max=2), source[:1]),
            torch.zeros(3, 6, dtype=torch.int64).scatter_add(1, places, torch.ones_like(places)),
        )


class TwoInputs(nn.Module):
    """Two inputs of different shapes, added and multiplied; the batch has three rows."""

    def __init__(self):
        super().__init__()
        self.left = nn.Linear(12, 16)
        self.right = nn.Linear(7, 16)
        self.output = nn.Linear(16, 4)

    def forward(self, a, b):
        left = F.relu(self.left(a))
        right = torch.tanh(self.right(b))
        return self.output(left + right + left * right)


class InPlace(nn.Module):
    """Operators that write into their argument, also through a view."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1)
        self.fc = nn.Linear(64, 8)

    def forward(self, x):
        y = self.conv(x)
        z = y.clone()
        y.relu_()
        z.tanh_()
        y.add_(z)
        y *= 0.5
        flat = y.view(y.shape[0], -1)
        flat.clamp_(-1.0, 2.0)
        return self.fc(y.flatten(1)).sigmoid_()


class Reshapes(nn.Module):
    """Flatten, view, reshape, permute, transpose, mean, and the shape arithmetic of traced code."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.rows = nn.Linear(24, 10)
        self.fc = nn.Linear(10, 6)

    def forward(self, x):
        n, c, h, w = self.conv(x).shape
        y = F.relu(self.conv(x)).permute(0, 2, 3, 1)
        y = y.reshape(n, h, w * c)
        y = F.relu(self.rows(y)).transpose(1, 2)
        y = y.mean(dim=-1, keepdim=True).view(n, -1)
        return self.fc(y).unsqueeze(0).squeeze(0)


class TwoOutputs(nn.Module):
    """Logits and the features behind them."""

    def __init__(self):
        super().__init__()
        self.features = nn.Linear(10, 16)
        self.logits = nn.Linear(16, 3)

    def forward(self, x):
        features = F.relu(self.features(x))
        return self.logits(features), features


class ScriptedBlocks(nn.Module):
    """For the scripting compiler: a loop over modules, a branch on a shape, a helper method, an early return."""

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([BasicBlock(3, 6, 2), BasicBlock(6, 6, 1)])
        self.fc = nn.Linear(6, 10)
        self.with_head = True

    def pool(self, x: Tensor) -> Tensor:
        if x.dim() != 4:
            raise ValueError("expected a batch of images")
        return x.mean([2, 3])

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        for _ in range(2):
            x = x * 0.75
        x = self.pool(x)
        if not self.with_head:
            return x
        return self.fc(x)


class LongKernels(nn.Module):
    """Convolutions over one axis with kernels of a thousand taps, as for audio."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 8, 1025, stride=4, padding=512)
        self.conv2 = nn.Conv1d(8, 8, 1025, stride=4, padding=512)
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.avg_pool1d(F.relu(self.conv2(x)), 32)
        return self.fc(x.flatten(1))


class Histogram(nn.Module):
    """Holds an operator that zkc does not know, for the tests of its error."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x):
        x = F.relu(self.fc(x))
        return torch.histc(x, bins=4)


class Assignments(nn.Module):
    """Parts assigned in place, a root with hooks, and a dictionary as the result."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(24, 6)
        self.register_forward_pre_hook(halved)
        self.register_forward_hook(with_double)

    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        y = x.clone()
        y[:, 0] = (y[:, 0] - 0.485) / 0.229
        y[:, 1] -= 0.456
        y[:, :, 1:4:2] *= 2
        top = y[:, 2]
        top[:, 0].fill_(0.25)
        return {"out": self.fc(y.flatten(1)), "row": top.tanh()}


def halved(self, inputs: Tuple[Tensor]) -> Tuple[Tensor]:
    return (0.5 * inputs[0],)


def with_double(self, inputs: Tuple[Tensor], output: Dict[str, Tensor]) -> Dict[str, Tensor]:
    return {"out": output["out"], "double": 2 * output["row"], "mean": inputs[0].mean(dim=[1, 2])}


class Constants(nn.Module):
    """Parameters that are computed when the model runs: normalised weights, masks, statistics, grids."""

    def __init__(self):
        super().__init__()
        self.conv = nn.utils.weight_norm(nn.Conv1d(2, 4, 3))
        self.fc = nn.utils.spectral_norm(nn.Linear(6, 8))
        self.norm = nn.InstanceNorm1d(4, affine=True, track_running_stats=True)
        nn.init.uniform_(self.norm.running_var, 0.3, 2.0)
        self.register_buffer("score", torch.tensor([0.1, 0.2, 0.3, 0.7, 0.1, 0.05, 0.7, 0.9]))

    def forward(self, x):
        y = torch.relu(self.norm(self.conv(x)))
        keep = (self.score > 0.1).float()
        low = torch.where(self.score <= 0.7, self.score, torch.zeros_like(self.score))
        ramp = torch.linspace(0.1, 1, 8).cumsum(0)
        resized = F.interpolate(y, scale_factor=1.5, mode="linear", recompute_scale_factor=True)
        return self.fc(y) * keep + low * ramp, resized, torch.cat([y, x[:, 2:, 2:]], 1), x, x


class Products(nn.Module):
    """Products of two computed tensors: in batches, one matrix for all, of an input with itself, by einsum."""

    def __init__(self):
        super().__init__()
        self.left = nn.Linear(10, 12)
        self.right = nn.Linear(10, 12)

    def forward(self, x):
        a = F.relu(self.left(x))
        b = self.right(x)
        scores = torch.bmm(a, b.transpose(1, 2))
        first = x[0]
        shared = torch.matmul(scores, first @ first.t())
        heads = torch.einsum("bthd,bshd->bhts", a.reshape(2, 5, 3, 4), b.reshape(2, 5, 3, 4))
        return shared, heads


class LinearAttention(nn.Module):
    """Attention of two heads without a softmax between, and a softmax as the last layer."""

    def __init__(self):
        super().__init__()
        self.q = nn.Linear(16, 16)
        self.k = nn.Linear(16, 16)
        self.v = nn.Linear(16, 16)
        self.fc = nn.Linear(16, 6)

    def split(self, x):
        return x.reshape(1, 8, 2, 8).transpose(1, 2)

    def forward(self, x):
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        scores = F.relu(q @ k.transpose(-2, -1) / 8**0.5)
        y = (scores @ v).transpose(1, 2).reshape(1, 8, 16)
        return F.softmax(self.fc(y), dim=-1)


class PointwiseFunctions(nn.Module):
    """Functions of one number: smooth ones, ones that jump, ones with a domain; a maximum of two tensors."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(24, 24)
        self.head = nn.Linear(48, 12)

    def forward(self, x):
        y = self.fc(x)
        smooth = F.mish(y) + torch.sin(y) + torch.erf(y)
        size = torch.log1p(torch.exp(y)) + 0.1
        roots = torch.sqrt(size) + torch.rsqrt(size) + size**1.5 + torch.reciprocal(size)
        jumps = torch.round(2 * y) + torch.remainder(y, 1.5) + F.hardshrink(y, 0.3)
        greater = torch.maximum(smooth, jumps)
        return self.head(torch.cat([greater, roots], 1)), torch.log(size)


class Volumes(nn.Module):
    """Convolutions over three axes and transposed ones, with every kind of padding."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv3d(2, 4, 3, stride=(1, 2, 2), padding=1)
        self.grouped = nn.Conv3d(4, 4, (2, 1, 3), padding="same", groups=2)
        self.up = nn.ConvTranspose3d(4, 3, (2, 3, 4), stride=(1, 2, 2), padding=(0, 1, 1), output_padding=(0, 1, 0))
        self.mirrored = nn.Conv2d(3, 4, 3, padding=2, padding_mode="reflect")
        self.wrapped = nn.Conv2d(4, 4, 3, padding=1, padding_mode="circular", groups=2)
        self.back = nn.ConvTranspose2d(4, 2, 3, stride=2, groups=2)
        self.line = nn.ConvTranspose1d(2, 2, 5, stride=3, dilation=2, bias=False)
        for layer in self.children():  # so that the result depends on the input more than on the biases
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        y = F.relu(self.grouped(F.relu(self.down(x))))
        volume = self.up(y)
        plane = F.relu(self.wrapped(F.relu(self.mirrored(volume[:, :, 0]))))
        plane = self.back(F.pad(plane, (1, 0, 0, 2), mode="replicate"))
        return volume, self.line(plane.mean(2))


def as_trained(module: nn.Module) -> nn.Module:
    """Weights of the size that training leaves: orthogonal maps of the state, larger inputs, open forget gates."""
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if "weight_hh" in name:
                for block in weight.split(weight.shape[1]):
                    nn.init.orthogonal_(block, gain=1.2)
            elif "weight_ih" in name:
                nn.init.normal_(weight, std=1.5 / weight.shape[1] ** 0.5)
            elif "bias_ih" in name:
                nn.init.normal_(weight, std=0.3)
                if isinstance(module, nn.LSTM):
                    weight[module.hidden_size : 2 * module.hidden_size] = 1.0
    return module


class LstmTagger(nn.Module):
    """Two bidirectional LSTM layers and a tag for every step; the last state beside."""

    def __init__(self):
        super().__init__()
        self.lstm = as_trained(nn.LSTM(12, 16, num_layers=2, bidirectional=True, batch_first=True))
        self.tags = nn.Linear(32, 5)

    def forward(self, x):
        y, (_, c) = self.lstm(x)
        return self.tags(y), c


class GruForecaster(nn.Module):
    """A GRU over a window, started from a given state, then a few steps of a cell that reads its own forecasts."""

    def __init__(self):
        super().__init__()
        self.gru = as_trained(nn.GRU(4, 24, batch_first=True))
        self.start = nn.Linear(3, 24)
        self.cell = as_trained(nn.RNNCell(4, 24))
        self.head = nn.Linear(24, 4)

    def forward(self, x, static):
        _, h = self.gru(x, torch.tanh(self.start(static)).unsqueeze(0))
        h = h[0]
        forecasts = []
        for step in range(3):
            forecasts.append(self.head(h))
            h = self.cell(forecasts[-1], h)
        return torch.stack(forecasts, 1)


class Rearrangements(nn.Module):
    """Elements of computed tensors in other places: mirrored, rolled, in blocks, on diagonals, under triangles."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, padding=1)
        self.fc = nn.Linear(9, 6)

    def forward(self, x):
        y = F.relu(self.conv(x))
        y = y.flip(3) + y.roll((1, -2), (2, 3))
        blocks = F.unfold(y, 3, padding=1, stride=2)
        again = F.fold(blocks, (6, 8), 3, padding=1, stride=2)
        small = F.pixel_unshuffle(again, 2).repeat_interleave(2, dim=3)
        matrices = self.fc(blocks[:, :9].transpose(1, 2))
        lower = matrices[:, :6].tril(1) + torch.diag_embed(matrices[:, 0], 0)
        return small, lower, matrices.diagonal(0, 1, 2).cumsum(1)


class Reductions(nn.Module):
    """Extremes, products, spreads, norms and distances along axes of computed tensors."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(12, 16)
        self.prototypes = nn.Parameter(torch.randn(5, 16))

    def forward(self, x):
        y = torch.tanh(self.fc(x)) + 0.1
        spread = torch.cat([y.var(2), y.std((0, 2)).expand(2, 4), y.amax(2), y.amin(1)[:, :4]], 1)
        logs = y.logsumexp(2) + (y[:, :, :3].abs() + 0.5).prod(2)
        distances = torch.cdist(y, self.prototypes[None])
        return spread, logs, distances, F.cosine_similarity(y, self.prototypes[0], dim=2)


class FakeQuantized(nn.Module):
    """A network as quantisation-aware training leaves it: weights and activations on grids, with floats."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.fc = nn.Linear(4 * 4 * 5, 6)

    @staticmethod
    def on_grid(weight):
        scale = weight.detach().flatten(1).abs().amax(1) / 127
        return torch.fake_quantize_per_channel_affine(weight, scale, torch.zeros_like(scale, dtype=torch.int32), 0, -127, 127)

    def forward(self, x):
        x = torch.fake_quantize_per_tensor_affine(x, 0.04, 0, -128, 127)
        y = F.relu(F.conv2d(x, self.on_grid(self.conv.weight), self.conv.bias, padding=1))
        y = torch.fake_quantize_per_tensor_affine(y, 0.011, 0, 0, 255)
        y = torch.cat([F.max_pool2d(y, 2), F.max_pool2d(y.flip(3), 2)], 0)[:1]
        z = F.linear(y.flatten(1), self.on_grid(self.fc.weight), self.fc.bias)
        return torch.fake_quantize_per_tensor_affine(z, 0.02, 117, 0, 255), y


class Norms(nn.Module):
    """Norms by the input's own statistics: of channels and groups of an image, then of tokens made of it."""

    def __init__(self):
        super().__init__()
        self.channels = nn.InstanceNorm2d(4, affine=True)
        self.groups = nn.GroupNorm(2, 4)
        self.patches = nn.Conv2d(4, 12, 2, stride=2)
        self.before = nn.LayerNorm(12)
        self.up, self.down = nn.Linear(12, 24), nn.Linear(24, 12)
        self.after = nn.RMSNorm(12, eps=1e-6)
        self.head = nn.Linear(12, 5)
        for norm in (self.channels, self.groups, self.before, self.after):
            nn.init.uniform_(norm.weight, 0.5, 2.0)

    def forward(self, x):
        x = F.relu(self.groups(self.channels(x)))
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = x + self.down(F.gelu(self.up(self.before(x))))
        return self.head(self.after(x))


class QuantizedCnn(nn.Module):
    """A network of torch.ao's eager quantisation before it is converted: convolutions, a residual sum, a gate, two heads."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = quantization.QuantStub(), quantization.DeQuantStub()
        self.stem, self.relu = nn.Conv2d(1, 6, 3, padding=1), nn.ReLU()
        self.block = nn.Conv2d(6, 6, 3, padding=1, groups=2)
        self.sum, self.product, self.joined = (torch.ao.nn.quantized.FloatFunctional() for _ in range(3))
        self.head = nn.Linear(12 * 4, 5)

    def forward(self, x):
        x = self.relu(self.stem(self.quant(x)))
        y = self.sum.add_relu(F.max_pool2d(x, 2), F.max_pool2d(self.block(x), 2))
        y = self.joined.cat([y, self.product.mul(y, torch.sigmoid(y))], 1)
        y = F.adaptive_avg_pool2d(y, 2).flatten(1)
        return self.dequant(self.head(y))


def quantized_cnn() -> nn.Module:
    """Packed weights in the archive, and scales and zero points that calibration found."""
    torch.backends.quantized.engine = "fbgemm"
    model = QuantizedCnn().eval()
    model = quantization.fuse_modules(model, [["stem", "relu"]])
    model.qconfig = quantization.get_default_qconfig("fbgemm")
    quantization.prepare(model, inplace=True)
    for _ in range(16):
        model(torch.randn(1, 1, 8, 8))
    return quantization.convert(model)


class Tagger(nn.Module):
    """Two layers of an LSTM in both directions, and a head."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 8, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        return self.head(self.lstm(x)[0])


def quantized_tagger() -> nn.Module:
    """Weights of 8 bits, whose layers round their inputs to a range of their own."""
    torch.backends.quantized.engine = "fbgemm"
    return quantization.quantize_dynamic(Tagger().eval(), dtype=torch.qint8)
