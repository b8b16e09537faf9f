"""Random calls of the operators that `zkc ops` lists, as functions of one tensor.

A case is made from a random generator: it draws a shape and arguments and returns a function that PyTorch can trace. What is
drawn are arguments that PyTorch takes and that zkc says it supports; what both compute must then agree.
"""

import random
from collections.abc import Callable

import torch
import torch.nn.functional as F

Case = tuple[tuple[int, ...], Callable[[torch.Tensor], torch.Tensor]]
FAMILIES: dict[str, Callable[[random.Random], Case]] = {}


def family(function: Callable[[random.Random], Case]) -> Callable[[random.Random], Case]:
    FAMILIES[function.__name__] = function
    return function


def constant(r: random.Random, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(r.getrandbits(32)))


def shape(r: random.Random, low: int = 1, high: int = 4, extent: int = 6) -> tuple[int, ...]:
    return tuple(r.randint(1, extent) for _ in range(r.randint(low, high)))


def parts(r: random.Random, total: int) -> list[int]:
    sizes = []
    while total:
        sizes.append(r.randint(1, total))
        total -= sizes[-1]
    return sizes


def axis(r: random.Random, rank: int) -> int:
    return r.randrange(-rank, rank)


def some_axes(r: random.Random, rank: int) -> list[int]:
    return [a - rank if r.random() < 0.5 else a for a in r.sample(range(rank), r.randint(1, rank))]


def broadcastable(r: random.Random, to: tuple[int, ...]) -> tuple[int, ...]:
    tail = to[r.randint(0, len(to)) :]
    return tuple(1 if r.random() < 0.3 else n for n in tail)


def parameter(r: random.Random, *extents: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """A tensor that is mostly constant and sometimes computed from the input."""
    fixed = constant(r, *extents)
    return (lambda x: fixed * x.reshape(-1)[0]) if r.random() < 0.3 else lambda x: fixed


@family
def linear(r):
    s, out = shape(r), r.randint(1, 5)
    weight, bias = parameter(r, out, s[-1]), parameter(r, out) if r.random() < 0.6 else lambda x: None
    return s, lambda x: F.linear(x, weight(x), bias(x))


@family
def products_with_constants(r):
    n, k, m = (r.randint(1, 5) for _ in range(3))
    w, v, bias, b = constant(r, k, m), constant(r, k), constant(r, m), r.randint(1, 3)
    left, alpha, beta = constant(r, m, n), round(r.uniform(-2, 2), 2), round(r.uniform(-2, 2), 2)
    return r.choice([
        ((n, k), lambda x: x @ w),
        ((b, n, k), lambda x: torch.matmul(x, w)),
        ((n, k), lambda x: torch.mv(x, v)),
        ((k,), lambda x: torch.dot(x, v)),
        ((k,), lambda x: torch.matmul(x, w)),
        ((b, n, k), lambda x: torch.matmul(left, x)),
        ((n, k), lambda x: torch.mm(left, x)),
        ((n, k), lambda x: torch.addmm(bias, x, w)),
        ((n, k), lambda x: torch.addmm(bias, x, w, alpha=alpha, beta=beta)),
        ((k,), lambda x: torch.outer(x, v)),
    ])


@family
def products_of_computed_tensors(r):
    b, n, k, m = (r.randint(1, 4) for _ in range(4))
    left, right, row = constant(r, k, k), constant(r, k, k), constant(r, n, m)
    alpha, beta = round(r.uniform(-2, 2), 2), round(r.uniform(-2, 2), 2)
    weight, bias = constant(r, m, k, k), constant(r, m) if r.random() < 0.6 else None
    return r.choice([
        ((n, k), lambda x: x @ x.t()),
        ((b, n, k), lambda x: (x @ left) @ x.transpose(1, 2)),
        ((b, n, k), lambda x: torch.bmm(torch.tanh(x), (x @ right).transpose(-2, -1))),
        ((b, n, k), lambda x: torch.matmul(x, x[0].t())),
        ((b, 1, n, k), lambda x: torch.matmul(x, x[:, 0].transpose(1, 2))),
        ((n, k), lambda x: torch.mv(x, x[0])),
        ((k,), lambda x: torch.dot(x, torch.tanh(x))),
        ((k,), lambda x: torch.matmul(x, torch.outer(x, x))),
        ((n, k), lambda x: torch.addmm(x, x, x.t() @ x, alpha=alpha, beta=beta)),
        ((b, n, k), lambda x: torch.baddbmm(x[:, :, :1], x, x.transpose(1, 2), alpha=alpha, beta=beta)),
        ((b, n, k), lambda x: torch.addbmm(x[0, :, :1], x, x.transpose(1, 2), alpha=alpha, beta=beta)),
        ((b, n, k), lambda x: torch.einsum("bik,bjk->bji", x, x)),
        ((b, n, k), lambda x: torch.einsum("...ik,...jk->...ij", x, x[:1])),
        ((n, k), lambda x: torch.einsum("ik,im", x, row)),
        ((n, k), lambda x: F.bilinear(x, torch.tanh(x), weight, bias)),
    ])


@family
def convolution(r):
    axes = r.randint(1, 3)
    groups, inner, outer = r.choice([1, 1, 2, 3]), r.randint(1, 2), r.randint(1, 2)
    kernel = [r.randint(1, 3) for _ in range(axes)]
    dilation = [r.randint(1, 2) for _ in range(axes)]
    stride = [r.randint(1, 3) for _ in range(axes)]
    padding = [r.randint(0, 2) for _ in range(axes)]
    extents = [r.randint(d * (k - 1) + 1, 8) for k, d in zip(kernel, dilation)]
    weight = parameter(r, groups * outer, inner, *kernel)
    bias = parameter(r, groups * outer) if r.random() < 0.5 else lambda x: None
    convolve = (F.conv1d, F.conv2d, F.conv3d)[axes - 1]
    if r.random() < 0.2:
        stride, padding = [1] * axes, r.choice(["same", "valid"])
    batch = [r.randint(1, 2)] if r.random() < 0.8 else []
    return (*batch, groups * inner, *extents), lambda x: convolve(x, weight(x), bias(x), stride, padding, dilation, groups)


@family
def transposed_convolution(r):
    axes = r.randint(1, 3)
    groups, inner, outer = r.choice([1, 1, 2, 3]), r.randint(1, 2), r.randint(1, 2)
    kernel = [r.randint(1, 4) for _ in range(axes)]
    dilation = [r.randint(1, 2) for _ in range(axes)]
    stride = [r.randint(1, 3) for _ in range(axes)]
    extents = [r.randint(2, 5) for _ in range(axes)]
    longest = [(n - 1) * s + d * (k - 1) for n, s, d, k in zip(extents, stride, dilation, kernel)]
    padding = [r.randint(0, min(3, most // 2)) for most in longest]
    output_padding = [r.randint(0, max(s, d) - 1) for s, d in zip(stride, dilation)]
    weight = parameter(r, groups * inner, outer, *kernel)
    bias = parameter(r, groups * outer) if r.random() < 0.5 else lambda x: None
    convolve = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[axes - 1]
    batch = [r.randint(1, 2)] if r.random() < 0.8 else []
    return (*batch, groups * inner, *extents), lambda x: convolve(x, weight(x), bias(x), stride, padding, output_padding, groups, dilation)


@family
def norms_by_own_statistics(r):
    s = (*shape(r, 0, 2), r.randint(2, 6))
    epsilon = r.choice([1e-5, 1e-3, 0.1])
    gain, bias = (constant(r, *s[-1:]), constant(r, *s[-1:])) if r.random() < 0.6 else (None, None)
    kind = r.randrange(4)
    if kind == 0:
        axes = r.randint(1, len(s))
        if axes > 1:
            gain, bias = constant(r, *s[-axes:]), None
        return s, lambda x: F.layer_norm(x, s[-axes:], gain, bias, epsilon)
    if kind == 1:
        return s, lambda x: F.rms_norm(x, s[-1:], gain, epsilon)
    groups, inner, extent = r.randint(1, 3), r.randint(1, 2), r.randint(2, 4)
    channels = groups * inner
    gain, bias = (constant(r, channels), constant(r, channels)) if r.random() < 0.6 else (None, None)
    s = (r.randint(1, 2), channels, extent, *shape(r, 0, 1))
    if kind == 2:
        return s, lambda x: F.group_norm(x, groups, gain, bias, epsilon)
    return s, lambda x: F.instance_norm(x, None, None, gain, bias, True, 0.1, epsilon)


@family
def normalisation(r):
    s = (r.randint(1, 2), r.randint(1, 4), *shape(r, 0, 2))
    mean, variance = constant(r, s[1]), constant(r, s[1]).abs() + 0.1
    weight, bias = (constant(r, s[1]), constant(r, s[1])) if r.random() < 0.6 else (None, None)
    epsilon = r.choice([1e-5, 1e-3, 0.1])
    if len(s) > 2 and r.random() < 0.4:
        return s, lambda x: F.instance_norm(x, mean, variance, weight, bias, False, 0.1, epsilon)
    return s, lambda x: F.batch_norm(x, mean, variance, weight, bias, False, 0.1, epsilon)


def pooling(r, axes, dilated):
    kernel = [r.randint(1, 4) for _ in range(axes)]
    padding = [r.randint(0, k // 2) for k in kernel]
    dilation = [r.randint(1, 2) if dilated else 1 for _ in range(axes)]
    stride = None if r.random() < 0.3 else [r.randint(1, 4) for _ in range(axes)]
    # No window lies in the padding alone: PyTorch answers -inf there.
    extents = [r.randint(max(1, d * (k - 1) + 1 - (p if d == 1 and axes < 3 else 0)), 10) for k, p, d in zip(kernel, padding, dilation)]
    batch = [r.randint(1, 2)] if r.random() < 0.8 else []
    return (*batch, r.randint(1, 3), *extents), kernel, stride, padding, dilation


@family
def max_pool(r):
    axes, ceil = r.randint(1, 3), r.random() < 0.5
    s, kernel, stride, padding, dilation = pooling(r, axes, True)
    pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[axes - 1]
    return s, lambda x: pool(x, kernel, stride, padding, dilation, ceil)


@family
def places_of_maxima(r):
    axes, ceil = r.randint(1, 3), r.random() < 0.5
    s, kernel, stride, padding, dilation = pooling(r, axes, False)
    pool = (F.max_pool1d_with_indices, F.max_pool2d_with_indices, F.max_pool3d_with_indices)[axes - 1]
    adaptive = (F.adaptive_max_pool1d_with_indices, F.adaptive_max_pool2d_with_indices, F.adaptive_max_pool3d_with_indices)[axes - 1]
    sizes = [r.randint(1, n) for n in s[-axes:]]
    rounded = r.random() < 0.5  # many equal elements
    numbers = lambda x: torch.round(x) if rounded else x
    if axes > 1 and r.random() < 0.3:
        unpool = torch.ops.aten.max_unpool2d if axes == 2 else lambda y, i, n: torch.ops.aten.max_unpool3d(y, i, n, [1] * 3, [0] * 3)
        return s, lambda x: unpool(*pool(x, kernel, stride, padding, dilation, ceil), s[-axes:])
    return s, r.choice([
        lambda x: pool(numbers(x), kernel, stride, padding, dilation, ceil)[1] + x.mean(),
        lambda x: adaptive(numbers(x), sizes)[1] + x.mean(),
    ])  # fmt: skip


@family
def average_pool(r):
    axes, ceil, count = r.randint(1, 3), r.random() < 0.5, r.random() < 0.5
    s, kernel, stride, padding, _ = pooling(r, axes, False)
    if axes == 1:
        return s, lambda x: F.avg_pool1d(x, kernel, stride, padding, ceil, count)
    divisor, pool = r.choice([None, None, r.randint(1, 20)]), F.avg_pool2d if axes == 2 else F.avg_pool3d
    return s, lambda x: pool(x, kernel, stride, padding, ceil, count, divisor)


@family
def power_pool(r):
    axes, order, ceil = r.randint(1, 3), r.choice([1, 2, 3]), r.random() < 0.5
    s, kernel, stride, _, _ = pooling(r, axes, False)
    s = tuple(max(n, k) for n, k in zip(s[-axes:], kernel))
    pool = (F.lp_pool1d, F.lp_pool2d, F.lp_pool3d)[axes - 1]
    kernel, stride = (kernel[0], stride and stride[0]) if axes == 1 else (kernel, stride)
    return (1, 2, *s), lambda x: pool(x.abs() + 0.1, order, kernel, stride, ceil)


@family
def adaptive_pool(r):
    axes = r.randint(1, 3)
    extents = [r.choice([r.randint(1, 12), r.randint(20, 70)]) if axes == 1 else r.randint(1, 12) for _ in range(axes)]
    sizes = [None if axes > 1 and r.random() < 0.2 else r.randint(1, min(n + 2, 12)) for n in extents]
    batch = [r.randint(1, 2)] if r.random() < 0.8 else []
    pools = [
        (F.adaptive_avg_pool1d, F.adaptive_max_pool1d),
        (F.adaptive_avg_pool2d, F.adaptive_max_pool2d),
        (F.adaptive_avg_pool3d, F.adaptive_max_pool3d),
    ]
    pool, size = r.choice(pools[axes - 1]), sizes[0] if axes == 1 else sizes
    return (*batch, r.randint(1, 2), *extents), lambda x: pool(x, size)


@family
def interpolation(r):
    axes = r.randint(1, 3)
    s = (r.randint(1, 2), r.randint(1, 2), *(r.randint(1, 9 if axes < 3 else 5) for _ in range(axes)))
    modes = ["nearest", "nearest-exact", "area", ("linear", "bilinear", "trilinear")[axes - 1]]
    mode = r.choice(modes + ["bicubic"] * (axes == 2))
    corners = r.choice([None, True, False]) if mode.endswith(("linear", "cubic")) else None
    smooth = axes == 2 and mode in ("bilinear", "bicubic") and r.random() < 0.5
    if r.random() < 0.5:
        size = [r.randint(1, 20 if axes < 3 else 8) for _ in range(axes)]
        return s, lambda x: F.interpolate(x, size, mode=mode, align_corners=corners, antialias=smooth)
    recompute = r.random() < 0.4
    factor = [round(r.uniform(1 / n if n > 1 else 1, 3), 2) + 0.01 for n in s[2:]]
    if mode == "nearest" and not recompute:  # others have no one answer in two dimensions
        factor = [float(r.randint(1, 3)) for _ in s[2:]]
    return s, lambda x: F.interpolate(
        x, scale_factor=factor, mode=mode, align_corners=corners, recompute_scale_factor=recompute or None, antialias=smooth
    )


@family
def activation(r):
    a, b = sorted(round(r.uniform(-2, 2), 3) for _ in range(2))
    positive, slope = round(r.uniform(0.1, 2), 3), round(r.uniform(-0.5, 0.5), 3)
    s = shape(r, 2)
    weight, one, half = constant(r, s[1]), constant(r, 1), r.randrange(len(s))
    even = tuple(2 * n if k == half else n for k, n in enumerate(s))
    return r.choice([
        (s, F.relu), (s, F.relu6), (s, torch.tanh), (s, torch.sigmoid), (s, F.silu), (s, F.selu), (s, F.hardswish), (s, F.hardsigmoid),
        (s, lambda x: F.hardtanh(x, a, b)), (s, lambda x: x.clamp(a, b)), (s, lambda x: x.clamp(min=a)), (s, lambda x: x.clip(max=b)),
        (s, lambda x: x.clamp(b, a)), (s, lambda x: torch.clamp_min(x, a)), (s, lambda x: torch.clamp_max(x, b)),
        (s, lambda x: torch.maximum(x, one)), (s, lambda x: torch.minimum(one, x)),
        (s, lambda x: torch.clamp_min(x, x.cos())), (s, lambda x: torch.clamp_max(x, one)),
        (s, F.gelu), (s, lambda x: F.gelu(x, approximate="tanh")), (s, lambda x: F.leaky_relu(x, slope)),
        (s, lambda x: F.prelu(x, weight)), (s, lambda x: F.prelu(x, one)), (s, lambda x: F.elu(x, a)), (s, lambda x: F.celu(x, positive)),
        (even, lambda x: F.glu(x, half)),
    ])  # fmt: skip


@family
def pointwise(r):
    s = shape(r)
    a, b = sorted(round(r.uniform(0.2, 2), 3) for _ in range(2))
    number, decimals = round(r.uniform(-3, 3), 3), r.randint(-1, 2)
    signed = r.choice([a, -a])
    exponent = r.choice([-3, -2, -1, -0.5, 0, 0.5, 1.5, 4, 5])
    return s, r.choice([
        torch.abs, torch.sign, torch.floor, torch.ceil, torch.round, torch.trunc, torch.frac, torch.exp, torch.exp2, torch.expm1,
        torch.sin, torch.cos, torch.atan, torch.sinh, torch.cosh, torch.asinh, torch.erf, torch.erfc, F.mish, F.logsigmoid, F.tanhshrink,
        lambda x: torch.asin(torch.tanh(x)), lambda x: torch.acos(torch.tanh(x)), lambda x: torch.atanh(0.9 * torch.tanh(x)),
        lambda x: torch.acosh(1 + x.abs()), lambda x: torch.tan(torch.tanh(x)), lambda x: torch.logit(x.sigmoid()),
        lambda x: torch.logit(x, 0.01), lambda x: torch.log(x.abs() + a), lambda x: torch.log1p(x.abs()), lambda x: torch.log2(x.abs() + a),
        lambda x: torch.log10(x.abs() + a), lambda x: torch.sqrt(x.abs()), lambda x: torch.rsqrt(x.abs() + a),
        lambda x: torch.reciprocal(x.abs() + a), lambda x: torch.reciprocal(-a - x.abs()), lambda x: (x.abs() + a) ** exponent,
        lambda x: a**x, lambda x: torch.pow(2, x), lambda x: x**4, lambda x: torch.remainder(x, signed), lambda x: torch.fmod(x, signed),
        lambda x: torch.round(x, decimals=decimals), lambda x: torch.div(x, signed, rounding_mode="floor"),
        lambda x: torch.div(x, signed, rounding_mode="trunc"), lambda x: torch.floor_divide(x, signed), lambda x: x // signed,
        lambda x: F.softplus(x, a, b), F.softplus, lambda x: F.hardshrink(x, a), lambda x: F.softshrink(x, a),
        lambda x: F.threshold(x, number, signed), lambda x: F.rrelu(x, a, b), lambda x: torch.maximum(x, x.sin()),
        lambda x: torch.minimum(x, x.flatten()[0]), lambda x: torch.fmax(x[:1], x * number), lambda x: torch.fmin(x, x.cos()),
    ])  # fmt: skip


@family
def fake_quantisation(r):
    s = shape(r, 1, 4)
    a, scale, zero = axis(r, len(s)), round(r.uniform(0.01, 0.5), 3), r.randint(-3, 3)
    scales = constant(r, s[a]).abs() * 0.1 + 0.01
    zeros = torch.tensor([r.choice([zero, r.randint(-3, 3)]) for _ in range(s[a])], dtype=torch.int32)
    weight, rows = constant(r, 4, s[-1]), constant(r, 4).abs() * 0.1 + 0.01
    low, high = r.choice([(-128, 127), (0, 255), (-8, 7)])
    same = torch.full((s[a],), min(max(zero, low), high), dtype=torch.int32)
    zeros = zeros.clamp(low, high)
    zero = min(max(zero, low), high)
    off, on, bound = torch.tensor([0]), torch.tensor([1]), torch.tensor(0.0)
    unit, offset = torch.tensor([scale]), torch.tensor([zero], dtype=torch.int32)
    return s, r.choice([
        lambda x: torch.fused_moving_avg_obs_fake_quant(x, off, on, bound, bound, unit, offset, 0.01, low, high, 0),
        lambda x: torch.fused_moving_avg_obs_fake_quant(x, off, on, bound, bound, *((scales, zeros) if len(s) > 1 else (unit, offset)), 0.01, low, high, a % len(s), len(s) > 1),
        lambda x: torch.fused_moving_avg_obs_fake_quant(x, off, off, bound, bound, unit, offset, 0.01, low, high, 0),
        lambda x: torch.fake_quantize_per_tensor_affine(x, scale, zero, low, high),
        lambda x: torch.fake_quantize_per_tensor_affine(x, torch.tensor(scale), torch.tensor(zero, dtype=torch.int32), low, high),
        lambda x: torch.fake_quantize_per_channel_affine(x, scales, zeros, a % len(s), low, high),
        lambda x: torch.fake_quantize_per_channel_affine(x, scales, same, a % len(s), low, high),
        lambda x: F.linear(x, torch.fake_quantize_per_channel_affine(weight, rows, torch.zeros(4, dtype=torch.int32), 0, -128, 127)),
    ])  # fmt: skip


@family
def composites(r):
    s = shape(r, 2, 3)
    n, m = s[-1], r.randint(1, 4)
    other, matrix, vector = constant(r, *s), constant(r, n, m), constant(r, n)
    square = constant(r, n, n)
    return s, r.choice([
        lambda x: torch.multiply(x, other), lambda x: torch.subtract(x, other), lambda x: torch.negative(x), lambda x: torch.rad2deg(x),
        lambda x: torch.hypot(x, other), lambda x: torch.inner(x, matrix.T), lambda x: torch.tensordot(x, matrix, 1), lambda x: torch.kron(x, other),
        lambda x: torch.msort(x), lambda x: torch.heaviside(x, other), lambda x: x + torch.signbit(x), lambda x: torch.kthvalue(x, 1, -1)[0],
        lambda x: torch.linalg.multi_dot([x.reshape(-1, n), square, matrix]), lambda x: torch.broadcast_tensors(x, other)[0] * 2,
        lambda x: torch.einsum("...i->...", x), lambda x: torch.einsum("...i,ij,jk->...k", x, square, matrix),
        lambda x: torch.einsum("...i,j->...", x, vector), lambda x: torch.einsum("ii->i", x.reshape(-1, n).T @ x.reshape(-1, n)),
        lambda x: torch.nan_to_num(x) * torch.isfinite(x), lambda x: torch.xlogy(x, x.sigmoid()),
    ])  # fmt: skip


@family
def arithmetic(r):
    s = shape(r)
    other, number, alpha = constant(r, *broadcastable(r, s)), round(r.uniform(-3, 3), 3), round(r.uniform(-2, 2), 2)
    whole, divisor = r.randint(-4, 4), constant(r, *broadcastable(r, s)).abs() + 0.5
    return s, r.choice([
        lambda x: x + other, lambda x: other - x, lambda x: x * other, lambda x: x / divisor, lambda x: x + number,
        lambda x: number - x, lambda x: x * number, lambda x: x / (abs(number) + 1), lambda x: x + whole, lambda x: x * whole,
        lambda x: torch.add(x, other, alpha=alpha), lambda x: torch.sub(x, other, alpha=alpha), lambda x: torch.rsub(x, other, alpha=alpha),
        lambda x: torch.add(x, x * x, alpha=alpha), lambda x: -x, lambda x: x**2, lambda x: x**3, lambda x: x**1, lambda x: x.square(),
        lambda x: torch.addcmul(x, x, other, value=number), lambda x: torch.addcdiv(x, x, divisor, value=number), F.softsign,
        lambda x: torch.lerp(x, x.sin(), number), lambda x: torch.lerp(x, other.expand(s), x.sigmoid()),
        lambda x: torch.clamp(x, other - 1, other), lambda x: torch.clamp(x, max=other), lambda x: torch.clamp(x, x.cos() - 2, x.cos()),
        lambda x: torch.true_divide(x, divisor), lambda x: x * x.sigmoid(), lambda x: x - x.tanh(), lambda x: number / (x.sigmoid() + 1),
        lambda x: x / (x.cos() + 1.5), lambda x: x.sin() / -(x * x + 1), lambda x: torch.addcdiv(x, x, x.sigmoid() + 0.5, value=number),
        lambda x: torch.div(other, x.sigmoid() + 1), lambda x: F.normalize(x + 3, dim=-1), lambda x: F.normalize(x.exp(), p=1.0, dim=0),
    ])  # fmt: skip


@family
def reduction(r):
    s = shape(r)
    axes, keep = some_axes(r, len(s)), r.random() < 0.5
    a, n = axes[0], s[axes[0]]
    before, after = (constant(r, *(r.randint(1, 2) if k == a % len(s) else e for k, e in enumerate(s))) for _ in range(2))
    return s, r.choice([
        lambda x: x.mean(axes, keep), lambda x: x.sum(axes, keep), lambda x: x.mean(), lambda x: x.sum(),
        lambda x: x.mean(axes[0], keepdim=keep), lambda x: x.sum(dim=axes[:1], keepdim=keep),
        lambda x: x.amax(axes, keep), lambda x: x.amin(axes, keep), lambda x: x.amax(), lambda x: x.max(), lambda x: x.min(),
        lambda x: x.max(a, keep)[0], lambda x: x.min(a, keepdim=keep)[0], lambda x: torch.max(x, x.sin()), lambda x: torch.min(x, -x),
        lambda x: torch.stack(torch.aminmax(x, dim=a, keepdim=keep)), lambda x: torch.stack(torch.aminmax(x)),
        lambda x: x.prod(a, keep), lambda x: x.prod(), lambda x: x.cumsum(a), lambda x: torch.diff(x, dim=a, prepend=before, append=after),
        lambda x: torch.diff(x, n - 1, a) if n > 1 else x, lambda x: x.logsumexp(axes, keep), lambda x: torch.logaddexp(x, x.cos()),
    ])  # fmt: skip


@family
def norms(r):
    s = shape(r)
    axes, keep, p = some_axes(r, len(s)), r.random() < 0.5, r.choice([1, 2, 3, 1.5, float("inf")])
    count = 1
    for a in axes:
        count *= s[a]
    correction = r.randint(0, min(2, count - 1))
    other = constant(r, *s[-1:])
    rows, more = constant(r, 3, s[-1]), constant(r, 4, s[-1])
    wide = (r.randint(2, 4), r.randint(2, 4))
    return r.choice([
        (s, lambda x: x.var(axes, correction=correction, keepdim=keep)), (s, lambda x: x.std(axes, correction=correction, keepdim=keep)),
        (wide, lambda x: x.var()), (wide, lambda x: x.std(0)), (wide, lambda x: torch.std_mean(x, 1)[0] + torch.var_mean(x, 1)[1]),
        (wide, lambda x: x.var(unbiased=False)), (wide, lambda x: x.std(1, False, keep)), (s, lambda x: x.norm()),
        (s, lambda x: torch.linalg.vector_norm(x, p, axes, keep)), (s, lambda x: torch.linalg.vector_norm(x, p)),
        (s, lambda x: x.norm(p, axes, keep)), (s, lambda x: torch.dist(x, other, p)),
        (wide, lambda x: F.pairwise_distance(x, x.sin(), p, keepdim=keep)), (wide, lambda x: F.pdist(x, p)),
        ((2, s[-1]), lambda x: torch.cdist(x, rows, p)), ((2, 1, 5, s[-1]), lambda x: torch.cdist(x, torch.stack([rows, more[:3]]), p)),
        (s, lambda x: F.cosine_similarity(x, other, axes[0])), (wide, lambda x: F.cosine_similarity(x, x.cos(), 0)),
        (wide, lambda x: torch.linalg.norm(x)), (wide, lambda x: torch.linalg.matrix_norm(x)),
    ])  # fmt: skip


@family
def attention(r):
    b, h, t, d = (r.randint(1, 3) for _ in range(4))
    k, v = constant(r, d, d), constant(r, d, d)
    scale = r.choice([None, 0.3])
    whole, some = (b, 2 * h, t, d), torch.rand(t, t, generator=torch.Generator().manual_seed(t)) < 0.6
    some = some | torch.eye(t, dtype=torch.bool)
    added = torch.zeros(t, t).masked_fill(~some, r.choice([float("-inf"), torch.finfo(torch.float32).min])) + constant(r, t, t)
    attend = F.scaled_dot_product_attention
    return whole, r.choice([
        lambda x: attend(x, x @ k, x @ v, scale=scale),
        lambda x: attend(x, x @ k, x @ v, is_causal=True),
        lambda x: attend(x, x @ k, x @ v, attn_mask=some, scale=scale),
        lambda x: attend(x, x @ k, x @ v, attn_mask=added),
        lambda x: attend(x, x[:, :h] @ k, x[:, :h] @ v, enable_gqa=True),
        lambda x: (x @ (x @ k).transpose(-2, -1) / d**0.5 + added).softmax(-1) @ (x @ v),
        lambda x: (x @ (x @ k).transpose(-2, -1)).masked_fill(~some, float("-inf")).softmax(-1) @ x,
        lambda x: torch.baddbmm(added, x[0], x[0].transpose(1, 2)).softmax(-1) @ x[0],
        lambda x: torch.where(some, x @ x.transpose(-2, -1), torch.tensor(-1e9)).softmax(-1),
        lambda x: x.masked_fill(some[:, :1], 0.5).log_softmax(-2).relu(),
    ])


@family
def encoder_layer(r):
    heads, t, b = r.randint(1, 3), r.randint(2, 4), r.randint(1, 2)
    w, f = 4 * heads, r.randint(3, 7)
    parameters = [constant(r, 3 * w, w), constant(r, 3 * w), constant(r, w, w), constant(r, w)]
    rest = [constant(r, w) for _ in range(4)] + [constant(r, f, w), constant(r, f), constant(r, w, f), constant(r, w)]
    gelu, first = r.choice([True, False]), r.choice([True, False])
    mask, kind = r.choice([(None, None), (torch.ones(t, t).triu(1).bool(), 0)])
    layer = torch._transformer_encoder_layer_fwd
    return (b, t, w), lambda x: layer(x, w, heads, *parameters, gelu, first, 1e-5, *rest, mask, kind)


@family
def softmax(r):
    s = shape(r)
    a = axis(r, len(s))
    return s, r.choice([lambda x: x.softmax(a), lambda x: x.log_softmax(a)])


@family
def view(r):
    s = shape(r, 1, 4, 4)
    rank, count = len(s), 1
    for n in s:
        count *= n
    order = r.sample(range(rank), rank)
    first = r.randrange(rank)
    last = r.randrange(first, rank)
    a, b, at = axis(r, rank), axis(r, rank), r.randint(-rank - 1, rank)
    divisor = r.choice([d for d in range(1, count + 1) if count % d == 0])
    moved = r.sample(range(rank), r.randint(1, rank))
    target = r.sample(range(rank), len(moved))
    ones = tuple(1 if r.random() < 0.5 else n for n in s)
    expanded = tuple(r.randint(1, 3) if n == 1 else r.choice([n, -1]) for n in ones)
    front = (2, *expanded) if all(n >= 0 for n in expanded) else expanded
    width, height, factor, channels = r.randint(1, 3), r.randint(1, 3), r.randint(1, 3), r.randint(1, 2)
    like = torch.zeros([n if n > 0 else ones[k] for k, n in enumerate(expanded)])
    return r.choice([
        (s, lambda x: x.view(divisor, -1)), (s, lambda x: x.reshape(-1, divisor)), (s, lambda x: x.flatten(first, last)),
        (s, lambda x: x.permute(order)), (s, lambda x: x.transpose(a, b)), (s, lambda x: x.swapaxes(a, b)), (s, lambda x: x.unsqueeze(at)),
        (s, lambda x: x.movedim(moved, target)), (ones, lambda x: x.squeeze()), (ones, lambda x: x.squeeze(a)),
        (ones, lambda x: x.expand(expanded)), (ones, lambda x: x.expand(front)), (ones, lambda x: x.expand_as(like)),
        (ones, lambda x: torch.broadcast_to(x, front)), ((count,), lambda x: x.unflatten(0, (divisor, -1))),
        ((height, width), lambda x: x.t()), ((channels, height, width), lambda x: x.mT), ((height, width), lambda x: x.T),
        ((1, channels * factor * factor, height, width), lambda x: F.pixel_shuffle(x, factor)),
        ((1, channels * factor, height, width), lambda x: F.channel_shuffle(x, factor)),
        (s, lambda x: x.contiguous().view_as(x.detach()).clone()),
    ])  # fmt: skip


@family
def picks(r):
    s = shape(r, 1, 4, 5)
    rank = len(s)
    a, axes, shifts = axis(r, rank), some_axes(r, rank), r.randint(-7, 7)
    many = [r.randint(-4, 4) for _ in axes]
    repeats, often = r.randint(1, 3), torch.tensor([r.randint(0, 3) for _ in range(s[a])])
    often[r.randrange(s[a])] += 1
    size = r.randint(1, s[a])
    step, offset, turns = r.randint(1, 3), r.randint(-2, 2), r.randint(-5, 5)
    m = shape(r, 2, 4, 5)
    row, column = r.sample(range(len(m)), 2)
    seen, n = r.randint(-min(m[row] - 1, 2), min(m[column] - 1, 2)), s[0]
    factor, channels, height, width = r.randint(1, 3), r.randint(1, 2), r.randint(1, 3), r.randint(1, 3)
    return r.choice([
        (s, lambda x: x.flip(axes)), (m, torch.fliplr), (s, torch.flipud), (m, lambda x: torch.rot90(x, turns, (row, column))),
        (s, lambda x: x.roll(shifts)), (s, lambda x: x.roll(many, axes)), (s, lambda x: x.repeat_interleave(repeats)),
        (s, lambda x: x.repeat_interleave(repeats, a)), (s, lambda x: x.repeat_interleave(often, a)), (s, lambda x: x.unfold(a, size, step)),
        (m, lambda x: x.diagonal(seen, row, column)), ((n,), lambda x: torch.diag(x, offset)), ((n, n), lambda x: torch.diag(x)),
        (s, lambda x: torch.diag_embed(x, offset)), (s, lambda x: torch.diag_embed(x, offset, 1, 0)), ((n, height), torch.trace),
        (m, lambda x: x.tril(offset)), (m, lambda x: x.triu(offset)), (s, torch.ravel),
        ((channels, height * factor, width * factor), lambda x: F.pixel_unshuffle(x, factor)),
        ((2, channels, height * factor, width * factor), lambda x: F.pixel_unshuffle(x, factor)),
    ])  # fmt: skip


@family
def blocks(r):
    kernel, dilation, stride = ([r.randint(1, 3) for _ in range(2)] for _ in range(3))
    padding = [r.randint(0, 2) for _ in range(2)]
    channels = r.randint(1, 2)
    size = [r.randint(max(1, d * (k - 1) + 1 - 2 * p), 8) for k, d, p in zip(kernel, dilation, padding)]
    positions = [(n + 2 * p - d * (k - 1) - 1) // t + 1 for n, k, d, p, t in zip(size, kernel, dilation, padding, stride)]
    batch = [r.randint(1, 2)] if r.random() < 0.8 else []
    if r.random() < 0.5:
        return (*batch, channels, *size), lambda x: F.unfold(x, kernel, dilation, padding, stride)
    columns = (*batch, channels * kernel[0] * kernel[1], positions[0] * positions[1])
    if not F.fold(torch.ones(columns), size, kernel, dilation, padding, stride).any():
        return blocks(r)  # every element falls into the padding: nothing depends on the input
    return columns, lambda x: F.fold(x, size, kernel, dilation, padding, stride)


@family
def index(r):
    s = shape(r, 1, 4, 7)
    a = axis(r, len(s))
    n = s[a]
    start, end, step, at = r.randint(-n - 1, n - 1), r.randint(-n - 1, n + 2), r.randint(1, 4), r.randrange(-n, n)
    low = r.randrange(n)
    length, sizes, chunk = r.randint(1, n - low), parts(r, n), r.randint(1, n)
    which = r.random()

    def sliced(x):
        part = x.movedim(a, 0)[start:end:step]
        return torch.cat([part, x.movedim(a, 0)[:1]])

    def chosen(pieces):
        return pieces[int(which * len(pieces))] * 2

    return s, r.choice([
        sliced, lambda x: x.select(a, at), lambda x: x.narrow(a, low, length), lambda x: chosen(x.split(sizes, a)),
        lambda x: chosen(x.split(chunk, a)), lambda x: chosen(x.chunk(chunk, a)), lambda x: chosen(x.unbind(a)),
        lambda x: chosen(torch.tensor_split(x, chunk, a)), lambda x: torch.tensor_split(x, [low, low + length], a)[1],
        lambda x: torch.hsplit(x, [low, low + length])[1] if x.shape[min(1, x.dim() - 1)] == n else x,
    ])  # fmt: skip


@family
def joining(r):
    s = shape(r)
    a, new = axis(r, len(s)), r.randint(-len(s) - 1, len(s))
    other = constant(r, *(r.randint(1, 3) if k == a % len(s) else n for k, n in enumerate(s)))
    repeats = [r.randint(1, 3) for _ in range(len(s) + r.randint(0, 1))]
    tiles = [r.randint(1, 2) for _ in range(r.randint(1, len(s)))]
    empty = r.randint(0, s[a])
    return s, r.choice([
        lambda x: torch.cat([x, other, x], a), lambda x: torch.stack([x, x.tanh()], new), lambda x: x.repeat(repeats),
        lambda x: x.tile(tiles), lambda x: torch.concat([x, x.narrow(a, empty, 0)], a), lambda x: torch.hstack([x, x.cos()]),
        lambda x: torch.vstack([x, x.cos()]), lambda x: torch.dstack([x, x.cos()]), lambda x: torch.column_stack([x, x.cos()]),
        lambda x: torch.atleast_2d(x), lambda x: torch.atleast_3d(x),
    ])  # fmt: skip


@family
def padding(r):
    s = shape(r, 1, 4, 5)
    amounts = []
    for n in list(reversed(s))[: r.randint(1, len(s))]:
        low = r.randint(-(n - 1), 2)
        amounts += [low, r.randint(-(n - 1 + min(low, 0)), 2)]
    value = r.choice([0.0, round(r.uniform(-2, 2), 2)])
    return s, lambda x: F.pad(x, amounts, value=value)


@family
def padding_with_elements(r):
    axes = r.randint(1, 3)
    mode = r.choice(["reflect", "replicate", "circular"])
    s = tuple(r.randint(1, 5) for _ in range(axes + r.randint(1, 2)))
    amounts = []
    for n in list(reversed(s))[:axes]:
        most = n - 1 if mode == "reflect" else n
        low = r.randint(-(n - 1), min(most, 4))
        if mode == "circular":  # it goes round what is left
            most = n + min(low, 0)
            low = min(low, most)
        high = r.randint(max(-(n - 1 + min(low, 0)), -2), min(most, 4))
        amounts += [min(low, n + high) if mode == "circular" and high < 0 else low, high]
    return s, lambda x: F.pad(x, amounts, mode)


@family
def assignment(r):
    s = shape(r, 1, 3, 6)
    rank = len(s)
    a = axis(r, rank)
    n = s[a]
    at, start, step = r.randrange(-n, n), r.randint(0, n - 1), r.randint(1, 3)
    end, number = r.randint(start + 1, n), round(r.uniform(-2, 2), 2)
    operation, selects = r.randrange(6), r.random() < 0.5

    def written(x):
        y = x.tanh()
        whole = y if rank == 1 else y.transpose(a, 0)
        part = whole[at] if selects else whole[start:end:step]
        if operation == 0:
            part.fill_(number)
        elif operation == 1:
            part.mul_(number)
        elif operation == 2:
            part -= number
        elif operation == 3:
            part.copy_(part * part + 1)
        elif operation == 4:
            whole[start:end:step] = number
        else:
            part.relu_()
        return torch.cat([y.flatten(), whole.flatten(), x.flatten()])

    return s, written


@family
def choices_by_computed_indices(r):
    lines, n, k = r.randint(1, 4), r.randint(2, 6), r.randint(1, 3)
    axis, table, keep = r.choice([0, 1]), constant(r, n, 3), r.random() < 0.5
    whole = torch.tensor([[r.randrange(n) for _ in range(k)] for _ in range(lines)])
    source = constant(r, lines, n)
    return (lines, n), r.choice([
        lambda x: torch.gather(x, 1, x.argmax(1, keepdim=True)), lambda x: torch.gather(x, 1, whole),
        lambda x: torch.gather(source, 1, x.argmin(1, keepdim=True)), lambda x: torch.take_along_dim(x, x.argsort(1)[:, :1], 1),
        lambda x: torch.take_along_dim(x, x.argmax(axis, keepdim=True), axis), lambda x: F.one_hot(x.argmax(1), n).float() @ table,
        lambda x: torch.zeros(lines, n).scatter(1, x.argmax(1, keepdim=True), 1.5), lambda x: source.scatter(1, x.argmax(1, keepdim=True), x[:, :1]),
        lambda x: x.scatter_add(1, x.argmax(1, keepdim=True).expand(lines, n), source), lambda x: table.index_select(0, x.argmax(1)),
        lambda x: torch.zeros(n, n).index_add(0, x.argmax(1), x), lambda x: table[x.argmin(1)],
        lambda x: x.median(axis, keep)[0], lambda x: x.median(), lambda x: x.kthvalue(1, axis, keep)[0],
        lambda x: F.embedding_bag(x.argmax(1).view(1, -1), table, mode="mean"), lambda x: F.embedding_bag(x.argmax(1).view(1, -1), table, mode="max"),
        lambda x: F.embedding_bag(x.argsort(1).flatten(), table, torch.tensor([0, 1]), mode="max"),
        lambda x: torch.where(x[:, 0] > 0, x.argmax(1), x.argmin(1)).float(),
    ])  # fmt: skip


@family
def special_functions(r):
    s = shape(r)
    return s, r.choice([
        torch.sinc, torch.i0, torch.special.i0e, torch.special.i1, torch.special.i1e, torch.special.ndtr, torch.special.log_ndtr,
        torch.special.erfcx, lambda x: torch.digamma(x.abs() + 0.1), lambda x: torch.lgamma(x.abs() + 0.1),
        lambda x: torch.erfinv(torch.tanh(x) * 0.99), lambda x: torch.special.entr(x.abs()), lambda x: torch.special.ndtri(torch.sigmoid(x)),
    ])  # fmt: skip


@family
def functions_of_two_tensors(r):
    s = shape(r)
    other = constant(r, *broadcastable(r, s))
    divisor = other.abs() + 0.5
    near, power = round(r.uniform(0.05, 0.5), 2), torch.tensor(r.randint(-3, 3))
    return s, r.choice([
        lambda x: torch.atan2(x, other), lambda x: torch.atan2(x.sin(), x), lambda x: torch.copysign(other, x), lambda x: torch.copysign(x, -near),
        lambda x: torch.fmod(x, divisor), lambda x: torch.remainder(x, -divisor), lambda x: torch.fmod(x, x.cos() + 1.5),
        lambda x: torch.pow(x.abs() + 0.2, other), lambda x: divisor ** x, lambda x: torch.pow(x.abs() + 0.2, x),
        lambda x: torch.float_power(x, 2).float(), lambda x: torch.ldexp(x, power), lambda x: torch.logaddexp2(x, other),
        lambda x: torch.special.xlog1py(x, divisor), lambda x: torch.isclose(x, other, atol=near).float(),
    ])  # fmt: skip


@family
def scans_and_statistics(r):
    n, m = r.randint(2, 6), r.randint(2, 6)
    dim, keep, share, order = axis(r, 2), r.random() < 0.5, round(r.random(), 2), r.randint(0, 1)
    shares, how = torch.tensor([0.0, share]), r.choice(["linear", "lower", "higher", "nearest", "midpoint"])
    bounds, x_of = constant(r, 5).sort()[0], constant(r, m).sort()[0]
    return (n, m), r.choice([
        lambda x: torch.cumprod(x, dim), lambda x: torch.cummax(x, dim)[0], lambda x: torch.cummin(x, dim)[1].float(),
        lambda x: torch.logcumsumexp(x, dim), lambda x: torch.count_nonzero(x > 0, dim).float(), lambda x: torch.count_nonzero(x > share).float(),
        lambda x: torch.bucketize(x, bounds, right=keep).float(), lambda x: torch.searchsorted(bounds, x, side="right").float(),
        lambda x: torch.searchsorted(x.abs().cumsum(-1), x, right=keep).float(),
        lambda x: torch.nansum(x, dim, keep), lambda x: torch.nanmean(x, dim, keep), lambda x: torch.quantile(x, share, dim, keep, interpolation=how),
        lambda x: torch.quantile(x, shares, dim, keep), lambda x: torch.cov(x, correction=order), lambda x: torch.corrcoef(x),
        lambda x: torch.trapezoid(x, dx=share, dim=dim), lambda x: torch.trapezoid(x, x_of), lambda x: torch.renorm(x, 1 + order, dim, 1.0),
    ])  # fmt: skip


@family
def combined_elements(r):
    n, some, powers = r.randint(3, 6), r.randint(1, 3), r.randint(2, 4)
    block, places = constant(r, 2, 3), torch.tensor([[r.randrange(-n, n) for _ in range(3)] for _ in range(2)])
    return (n,), r.choice([
        lambda x: torch.block_diag(x, block), lambda x: torch.cartesian_prod(x, block[0]), lambda x: torch.combinations(x, some),
        lambda x: torch.combinations(x, 2, True), lambda x: torch.vander(x, powers), lambda x: torch.linalg.vander(x),
        lambda x: torch.take(x, places % n), lambda x: torch.take(block, (x[:2] > 0).long().argmax()), lambda x: (x * 2).as_strided((2, 2), (1, 1), n - 3),
    ])  # fmt: skip


@family
def sampled_by_grids(r):
    n, c, h, w = r.randint(1, 2), r.randint(1, 2), r.randint(2, 5), r.randint(2, 5)
    mode, corners = r.choice(["bilinear", "nearest", "bicubic"]), r.random() < 0.5
    border, theta = r.choice(["zeros", "border", "reflection"]), constant(r, n, 2, 3)
    grid, volume, flat = constant(r, n, 3, 2, 2) * 0.9, constant(r, n, 2, 2, 3, 3) * 0.9, r.choice(["bilinear", "nearest"])
    if r.random() < 0.3:
        return (n, c, 2, h, w), r.choice([
            lambda x: F.grid_sample(x, volume, flat, border, corners), lambda x: F.grid_sample(x, volume + x.mean().tanh() / 2, flat, border, corners),
        ])  # fmt: skip
    return (n, c, h, w), r.choice([
        lambda x: F.grid_sample(x, grid, mode, border, corners),
        lambda x: F.grid_sample(x, F.affine_grid(theta, [n, c, 3, 4], corners), "bilinear", border, corners),
        lambda x: F.grid_sample(x, grid * x.mean().tanh(), mode, border, corners), lambda x: F.grid_sample(x, grid * 2.7 + x.mean().tanh() / 3, mode, border, corners),
        lambda x: F.affine_grid(theta + x.mean(), [n, c, 3, 4], corners),
    ])  # fmt: skip


@family
def losses(r):
    n, m, reduction = r.randint(1, 5), r.randint(2, 6), r.choice(["none", "mean", "sum"])
    target, share, bound = constant(r, n, m), constant(r, m).sigmoid() * 0.9 + 0.05, round(r.uniform(0.2, 2), 1)
    return (n, m), r.choice([
        lambda x: F.mse_loss(x, target, reduction=reduction), lambda x: F.l1_loss(x, target, reduction=reduction),
        lambda x: F.smooth_l1_loss(x, target, reduction=reduction, beta=bound), lambda x: F.huber_loss(x, target, reduction, bound),
        lambda x: F.soft_margin_loss(x, target.sign(), reduction=reduction), lambda x: F.kl_div(x, target.softmax(-1), reduction=reduction),
        lambda x: F.kl_div(x, target, reduction=reduction, log_target=True), lambda x: F.margin_ranking_loss(x, target, (share.round() * 2 - 1).expand_as(target), bound, reduction=reduction),
        lambda x: F.binary_cross_entropy_with_logits(x, target.sigmoid(), share, reduction=reduction, pos_weight=share * 3),
        lambda x: F.binary_cross_entropy(x.sigmoid(), target.sigmoid(), share, reduction=reduction),
        lambda x: F.binary_cross_entropy(x.softmax(-1), target.sigmoid(), share, reduction=reduction),
    ])  # fmt: skip


@family
def losses_of_classes(r):
    n, c, d, reduction = r.randint(1, 5), r.randint(2, 5), r.randint(1, 4), r.choice(["none", "mean", "sum"])
    weight, share, ignored = constant(r, c).sigmoid() + 0.1, constant(r, n, c).softmax(-1), r.choice([-100, 0, -1])
    own = torch.tensor([r.randint(0, c - 1) for _ in range(n)])
    some = own.clone()
    some[1:][::2] = ignored if ignored != -100 else 0
    smoothing, w, power = r.choice([0.0, 0.1]), r.choice([None, weight]), r.choice([1, 2])
    places = torch.tensor([r.randint(0, c - 1) for _ in range(n * d)]).view(n, d)
    return r.choice([
        ((n, c), lambda x: F.cross_entropy(x, own, w, reduction=reduction, label_smoothing=smoothing)),
        ((n, c), lambda x: F.cross_entropy(x, some, w, ignore_index=ignored, reduction=reduction, label_smoothing=smoothing)),
        ((n, c), lambda x: F.cross_entropy(x, share, w, reduction=reduction, label_smoothing=smoothing)),
        ((n, c), lambda x: F.cross_entropy(x, x.argsort(1)[:, 0], w, ignore_index=ignored, reduction="sum")),
        ((c,), lambda x: F.cross_entropy(x, own[0], w)), ((n, c, d), lambda x: F.cross_entropy(x, places, w, reduction=reduction)),
        ((n, c), lambda x: F.nll_loss(x, some, w, ignore_index=ignored, reduction=reduction)), ((n, c, d), lambda x: F.nll_loss(x, places, w, reduction=reduction)),
        ((n, c), lambda x: F.multi_margin_loss(x, own, power, 0.7, w, reduction=reduction)),
    ])  # fmt: skip


@family
def losses_of_pairs(r):
    n, m, reduction, margin = r.randint(1, 5), r.randint(2, 6), r.choice(["none", "mean", "sum"]), round(r.uniform(0.1, 1), 1)
    other, third = constant(r, n, m), constant(r, n, m)
    signs, lines = (constant(r, n, m) > 0) * 2 - 1, (constant(r, n) > 0) * 2 - 1
    counts, swap, p = torch.tensor([[r.randint(0, 4) for _ in range(m)] for _ in range(n)]), r.random() < 0.5, r.choice([1.0, 2.0])
    return (n, m), r.choice([
        lambda x: F.hinge_embedding_loss(x, signs, margin, reduction=reduction), lambda x: F.cosine_embedding_loss(x, other, lines, margin, reduction=reduction),
        lambda x: F.triplet_margin_loss(x, other, third, margin, p, swap=swap, reduction=reduction),
        lambda x: F.triplet_margin_loss(other, x, third, margin, p, swap=swap, reduction=reduction),
        lambda x: F.poisson_nll_loss(x, counts, reduction=reduction, full=swap), lambda x: F.poisson_nll_loss(x.exp(), counts, False, swap, reduction=reduction),
        lambda x: F.poisson_nll_loss(other, (x > 0).float() * 3, full=True, reduction=reduction),
    ])  # fmt: skip


@family
def windows_of_spectra(r):
    n, periodic, alpha, dtype = r.randint(1, 9), r.random() < 0.5, round(r.uniform(0.3, 0.8), 2), r.choice([torch.float32, torch.float64])
    return (n,), r.choice([
        lambda x: x * torch.hann_window(n), lambda x: x * torch.hann_window(n, periodic, dtype=dtype).float(), lambda x: x * torch.hamming_window(n, periodic),
        lambda x: x * torch.hamming_window(n, periodic, alpha), lambda x: x * torch.hamming_window(n, periodic, alpha, 1 - alpha), lambda x: x * torch.blackman_window(n, periodic),
        lambda x: x * torch.bartlett_window(n, periodic), lambda x: x * torch.kaiser_window(n, periodic), lambda x: x * torch.kaiser_window(n, periodic, 5 * alpha),
        lambda x: x * torch.logspace(-alpha, alpha, n, base=2.0), lambda x: x + torch.range(alpha, alpha + 0.5 * n - 0.4, 0.5),
    ])  # fmt: skip


@family
def compositions_by_name(r):
    n, m, b, dim = r.randint(2, 5), r.randint(2, 5), r.randint(1, 3), r.choice([-1, 0])
    other, line, edges = constant(r, n, m), constant(r, n), torch.sort(constant(r, m)).values
    offset, pad, p = r.randint(-1, 1), r.randint(0, 2), r.randint(1, 3)
    kernel, bias = constant(r, pad + 1, m, 3), constant(r, 3)
    index = torch.tensor(r.sample(range(n * m), 2))
    return r.choice([
        ((n, m), lambda x: torch.isin(x.argsort(1), torch.tensor([0, 2])).float()), ((n, m), lambda x: torch.isin(x.argsort(1), 1, invert=True).float()),
        ((n, m), lambda x: torch.linalg.vecdot(x, other, dim=dim)), ((n, m), lambda x: torch.linalg.matmul(x, other.t())),
        ((n,), lambda x: torch.diagflat(x, offset)), ((n, n), lambda x: torch.diagonal_scatter(x, line[: n - abs(offset)], offset)),
        ((n, m), lambda x: x.put(index, other[0, :2])), ((n, b, m), lambda x: torch.conv_tbc(x, kernel, bias, pad)),
        ((n, m), lambda x: torch.histc(x, m, -1.5, 1.5)), ((n,), lambda x: torch.mvlgamma(x.sigmoid() + 1.5, p)),
        ((n, m), lambda x: torch.gradient(x, spacing=0.5)[1]), ((n, m), lambda x: torch.gradient(x, dim=dim)[0]),
        ((n, m), lambda x: torch.cumulative_trapezoid(x, dim=dim)), ((n, m), lambda x: torch.cumulative_trapezoid(x, edges)),
        ((n, m), lambda x: torch.nanmedian(x, 1)[0]), ((b, n, m), lambda x: torch.special.logsumexp(x, 1)),
        ((n, n), lambda x: (x * 1).fill_diagonal_(0.5)), ((n, m), lambda x: (x * 1).fill_diagonal_(-1.0)),
    ])  # fmt: skip


@family
def small_matrices(r):
    n, k, b = r.randint(1, 3), r.randint(1, 4), r.randint(1, 2)
    unit, right, line = torch.eye(n) * 4, constant(r, b, n, k), constant(r, n)
    return r.choice([
        ((b, n + 1, n + 1), lambda x: torch.linalg.det(x)), ((b, n, n), lambda x: torch.linalg.inv(x.tanh() + unit)),
        ((b, n, n), lambda x: torch.linalg.solve(x.tanh() + unit, right)), ((n, n), lambda x: torch.linalg.solve(x.tanh() + unit, line)),
        ((n, k), lambda x: torch.linalg.solve(unit + 1, x)), ((k, n), lambda x: torch.linalg.solve(unit + 1, x, left=False)),
    ])  # fmt: skip


@family
def packed_sequences(r):
    n, t, f, h = r.randint(1, 4), r.randint(2, 5), r.randint(1, 3), r.randint(1, 3)
    lengths, kind, first = [r.randint(1, t) for _ in range(n - 1)] + [t], r.choice([torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN]), r.random() < 0.5
    torch.manual_seed(r.getrandbits(32))
    net = kind(f, h, num_layers=r.randint(1, 2), bidirectional=r.random() < 0.5, batch_first=first).eval().requires_grad_(False)
    total, which = r.choice([None, t + 1]), r.randint(0, 1)

    def run(x):
        packed = torch.nn.utils.rnn.pack_padded_sequence(x if first else x.transpose(0, 1), torch.tensor(lengths), first, enforce_sorted=False)
        y, state = net(packed)
        back, _ = torch.nn.utils.rnn.pad_packed_sequence(y, first, 0.25, total)
        return (back, state[-1] if kind is torch.nn.LSTM else state)[which]

    return (n, t, f), run


@family
def bags_of_rows(r):
    rows, width, count = r.randint(3, 6), r.randint(1, 4), r.randint(3, 7)
    table, mode, end = constant(r, rows, width), r.choice(["sum", "mean", "max"]), r.random() < 0.5
    linear = r.choice(["sum", "mean"])
    index = torch.tensor([r.randint(0, rows - 1) for _ in range(count)])
    starts = torch.tensor([0, *sorted(r.randint(0, count) for _ in range(3))] + [count] * end)
    return (count,), r.choice([
        lambda x: F.embedding_bag(index, table * x.sum(), starts, mode=mode, include_last_offset=end),
        lambda x: F.embedding_bag(index, table, starts, mode="sum", per_sample_weights=x, include_last_offset=end),
        lambda x: F.embedding_bag(index, table * x.sum(), starts, mode=linear, include_last_offset=end, padding_idx=1),
        lambda x: F.embedding_bag(index, table, torch.cat([starts[:1], (x > 0).sum().view(1)]), mode=linear),
        lambda x: F.embedding_bag(x.argsort(0).clamp(max=rows - 1), table, starts, mode=mode, include_last_offset=end),
    ])  # fmt: skip


@family
def integers_that_are_counted(r):
    lines, n = r.randint(1, 3), r.randint(2, 6)
    axis, keep, d = r.choice([0, 1]), r.random() < 0.5, r.randint(1, 3)
    whole = torch.tensor([[r.randint(-9, 9) for _ in range(n)] for _ in range(lines)])
    rows, table = torch.arange(lines), constant(r, n + 1, 3)
    return (lines, n), r.choice([
        lambda x: x.argsort(1).sum(axis, keep), lambda x: (x > 0).sum(), lambda x: (x.argsort(1) * whole).sum((0, 1)),
        lambda x: (x > 0).cumsum(axis), lambda x: (x.argsort(1) + whole).amax(axis, keep), lambda x: (x.argsort(1) - whole).amin(axis, keep),
        lambda x: (x.argsort(1) - whole).max(1)[1], lambda x: (x.argsort(1) * d - n).abs(), lambda x: (x.argsort(1) - d).sign(),
        lambda x: x.argsort(1) @ whole.t(), lambda x: whole.t() @ x.argsort(1), lambda x: x.argsort(1) @ whole[0], lambda x: torch.matmul(whole[0].int(), x.argsort(1).int().t()),
        lambda x: torch.maximum(x.argsort(1), whole), lambda x: (x.argsort(1) + 1).prod(axis), lambda x: torch.diff(x.argsort(1), dim=1),
        lambda x: torch.count_nonzero(x > 0, axis), lambda x: table[(x > 0).cumsum(1)], lambda x: x[rows, (x > 0).sum(1) - 1],
        lambda x: x[rows, x.argmax(1)], lambda x: x[:, x.argmax(1)], lambda x: x[rows[:, None], x.argsort(1)[:, :d]],
        lambda x: x[x.argmax(0), torch.arange(n)], lambda x: x.unsqueeze(2)[rows, x.argmin(1), 0], lambda x: (x > 0).long().argmax(1),
        lambda x: x[(x.argmax(1) > 0).long() * 0, x.argmin(1)], lambda x: (x > 0).sum(1).clamp(max=d).float() * x[:, 0],
    ])  # fmt: skip


@family
def real_numbers_that_become_integers(r):
    s, factor, other = shape(r, 1, 3), r.choice([1, 2.5, 10]), r.choice([3, -4, 7])
    n = r.randint(2, 6)
    table = constant(r, 2 * n + 1, r.randint(1, 3))
    return s, r.choice([
        lambda x: (x * factor).long(), lambda x: (x * factor).int() % n, lambda x: torch.floor(x * factor).long(), lambda x: x.round().to(torch.int16),
        lambda x: torch.ceil(x).to(torch.int8), lambda x: (x.abs() * factor).to(torch.uint8), lambda x: F.relu(x).bool(), lambda x: x - x.long(),
        lambda x: (x * factor).type_as(torch.ones(1, dtype=torch.int64)), lambda x: torch.trunc(x) + x.int(), lambda x: x.sum() + torch.tril_indices(n, 3, other % 3 - 1), lambda x: x.sum() + torch.triu_indices(2, n, 1),
        lambda x: x.to(torch.bool).long(),
        lambda x: table[(torch.tanh(x) * n + n).long()], lambda x: torch.clamp(torch.floor((x + 3) / 6 * n), 0, n - 1).long(),
        lambda x: ((x > 0).long() * 9 / other).long() + x.long(), lambda x: torch.floor((x > 0).int() * 8 / other) + x, lambda x: x.argmax().float().long() + x,
    ])  # fmt: skip


@family
def integers_that_are_divided(r):
    lines, n = r.randint(1, 3), r.randint(2, 6)
    d, k = r.choice([-7, -4, -3, -1, 1, 2, 3, 5, 8]), r.randint(0, 5)
    whole, positive = torch.tensor([r.randint(-40, 40) for _ in range(n)]), torch.tensor([r.randint(1, 9) for _ in range(n)])
    number = lambda x: x.argsort(1) * 5 - 9  # noqa: E731
    return (lines, n), r.choice([
        lambda x: number(x) // d, lambda x: number(x) % d, lambda x: torch.fmod(number(x), d), lambda x: torch.div(number(x), d, rounding_mode="trunc"),
        lambda x: torch.div(number(x), d, rounding_mode="floor"), lambda x: number(x) // positive, lambda x: number(x) % positive,
        lambda x: whole // (x.argsort(1) + 1), lambda x: whole % (x.argsort(1) + 1), lambda x: torch.remainder(number(x), positive),
        lambda x: number(x) & k, lambda x: number(x) | d, lambda x: number(x) ^ whole, lambda x: ~number(x), lambda x: number(x) << k,
        lambda x: number(x) >> k, lambda x: number(x) & number(-x), lambda x: 1 << x.argsort(1), lambda x: number(x) >> x.argsort(1),
        lambda x: torch.stack(torch.unravel_index(x.argmax(), (lines, n))), lambda x: x.flatten().argmax() // n, lambda x: number(x).int() // d,
    ])  # fmt: skip


@family
def writes_at_computed_places(r):
    lines, n, k = r.randint(1, 4), r.randint(3, 6), r.randint(1, 3)
    axis, keep = r.choice([0, 1]), r.random() < 0.5
    rows, source, values = torch.arange(lines), constant(r, lines, n), constant(r, k)
    reduction = r.choice(["sum", "mean", "amax", "amin", "prod"])
    return (lines, n), r.choice([
        lambda x: source.index_put((rows, x.argmax(1)), torch.tensor(0.5)), lambda x: x.index_put(((x[:, 0] > 9).long(),), source),
        lambda x: x.index_put(((x[:, 0] > 9).long(),), source[:1], accumulate=True),
        lambda x: x.masked_scatter(x > 0, source), lambda x: x.index_put((x > 0,), torch.tensor(1.5)),
        lambda x: x.index_put((x[:, 0] > 0,), source[0]), lambda x: x.index_fill(1, x.argsort(1)[0, :k], 0.5),
        lambda x: x.index_copy(1, x.argsort(1)[0, :k], source[:, :k]), lambda x: x.scatter(1, x.argsort(1)[:, :k], source[:, :k]),
        lambda x: x.scatter(1, x.argsort(1)[:, :k], source[:, :k], reduce="add"), lambda x: x.argsort(1).scatter(1, x.argsort(1)[:, :k], 7),
        lambda x: x.scatter_reduce(1, (x > 0).long(), source, reduction, include_self=keep),
        lambda x: x.index_reduce(1, x.argsort(1)[0, :k], source[:, :k], reduction if reduction != "sum" else "mean", include_self=keep),
        lambda x: x.scatter(1, x[:1].argsort(1)[:, :k], source[:1, :k]), lambda x: x.index_put((rows[:, None], x.argsort(1)[:, :k]), values),
    ])  # fmt: skip


@family
def constants(r):
    n = r.randint(2, 8)
    v, w = constant(r, n), constant(r, n)
    threshold, whole = round(r.uniform(-1, 1), 1), torch.tensor([r.randint(-9, 9) for _ in range(n)])
    tenths = torch.tensor([round(r.uniform(-1, 1), 1) for _ in range(n)])
    matrix, d = constant(r, 3, n), r.choice([-7, -3, 2, 5])
    start, end = round(r.uniform(-3, 0), 2), round(r.uniform(0.5, 3), 2)
    diagonal = r.randint(-2, 2)
    return (n,), r.choice([
        lambda x: x * (tenths > threshold), lambda x: x + (tenths <= threshold).float(), lambda x: x + (whole >= threshold),
        lambda x: x + (tenths == threshold).float() + (whole != d).float(), lambda x: x * torch.where(v > 0, v, w),
        lambda x: x + v.masked_fill(w > 0, threshold), lambda x: x + torch.linspace(start, end, n), lambda x: x * torch.arange(n),
        lambda x: x + (whole // d), lambda x: x + (whole % d), lambda x: x + torch.remainder(v, threshold + 1.05),
        lambda x: x + torch.floor_divide(v, threshold + 1.05), lambda x: x + v.abs().sqrt(), lambda x: x + v.exp() - v.abs().log1p(),
        lambda x: x + v.sin() * w.cos(), lambda x: x + v.floor() + w.ceil() + v.round() + w.trunc(), lambda x: x + torch.fmod(v, w),
        lambda x: x + v.cumsum(0), lambda x: x + v.flip(0), lambda x: x + matrix.amax(0), lambda x: x + matrix.amin(0) + matrix.norm(dim=0),
        lambda x: x + torch.linalg.vector_norm(v), lambda x: x * torch.tril(torch.ones(n, n), diagonal)[0] + torch.triu(matrix, diagonal)[1],
        lambda x: x + torch._weight_norm(matrix, matrix.norm(dim=1, keepdim=True), 0)[0], lambda x: x / torch.dot(v, v).clamp(0.5),
        lambda x: x + torch.eye(3, n)[1] + torch.full((n,), threshold), lambda x: x + torch.atan2(v, w), lambda x: x + torch.maximum(v, w),
        lambda x: x + whole.sum() + (v > 0).sum(), lambda x: x + torch.meshgrid(v, w, indexing="ij")[1][0],
        lambda x: x + (v > threshold).logical_and(w > threshold).float() + (~(v > 0)).float(), lambda x: x + v.index_select(0, whole.abs() % n),
        lambda x: x + v**2.5 if bool((v > 0).all()) else x + v**2, lambda x: x + v.mean() + matrix.sum(0) + matrix.mean((0, 1)),
        lambda x: x + v.double().mul(0.1).float() + (v.double() > 0.1), lambda x: x + v.to(torch.int64).clamp(-1, 1),
    ])  # fmt: skip


def complex_of(x: torch.Tensor) -> torch.Tensor:
    """Half of the elements of a last axis of even length as real parts, the others as imaginary ones."""
    return torch.complex(*x.chunk(2, -1))


def spread(z: torch.Tensor) -> torch.Tensor:
    return torch.view_as_real(z.resolve_conj()) if z.is_complex() else z


@family
def complex_arithmetic(r):
    s = shape(r, 1, 3)
    n = s[-1]
    other = torch.complex(constant(r, *broadcastable(r, s)), constant(r, 1))
    matrix = torch.complex(constant(r, n, 3), constant(r, n, 3))
    function = r.choice([
        lambda z: z * other, lambda z: other - z, lambda z: z + 2, lambda z: z / (other.abs() + 1), lambda z: 1j * z,
        lambda z: z * z.conj(), lambda z: z.abs(), lambda z: z.angle(), lambda z: z.real + z.imag, lambda z: z @ matrix,
        lambda z: torch.einsum("...i,ij->...j", z, matrix), lambda z: torch.cat([z, z.real.to(torch.complex64)], -1).flip(0),
        lambda z: torch.stack([z, 2 * z]).sum(0), lambda z: torch.exp(z), lambda z: z.square(), lambda z: torch.polar(z.abs(), z.angle()),
        lambda z: torch.view_as_complex(torch.view_as_real(z).contiguous()).mean(-1), lambda z: torch.where(z.real > 0, z, z.conj()),
    ])  # fmt: skip
    return (*s[:-1], 2 * n), lambda x: spread(function(complex_of(x)))


@family
def fourier(r):
    s = shape(r, 2, 3, 7)
    norm = r.choice(["forward", "backward", "ortho"])
    dim, length = axis(r, len(s)), r.choice([None, r.randint(2, 9)])
    axes = r.sample(range(len(s)), 2)
    single = [torch.fft.fft, torch.fft.ifft]
    function = r.choice([
        lambda x: r_fft(x, length, dim, norm), lambda x: torch.fft.rfft(x, length, dim, norm),
        lambda x: torch.fft.irfft(torch.fft.fft(x, dim=dim), length or 4, dim, norm),
        lambda x: torch.fft.ifft(torch.fft.fft(x, length, dim), length, dim, norm), lambda x: torch.fft.fft2(x, dim=axes, norm=norm),
        lambda x: torch.fft.irfft2(torch.fft.rfft2(x, dim=axes), (4, 5), axes, norm), lambda x: torch.fft.fftn(x, norm=norm),
        lambda x: torch.fft.ifft2(torch.fft.fftshift(torch.fft.fft2(x)), norm=norm), lambda x: torch.fft.ifftshift(x, dim),
        lambda x: torch.fft.irfftn(torch.fft.rfftn(x, norm=norm), (3,) * len(s)),
    ])  # fmt: skip
    r_fft = r.choice(single)
    return s, lambda x: spread(function(x))


@family
def short_time_fourier(r):
    n = r.choice([4, 6, 8])
    hop, win = r.choice([None, n // 2]), r.choice([None, n - 1])
    window = torch.hann_window(win or n, periodic=False) + 0.1
    center, normalized = r.random() < 0.7, r.random() < 0.5
    batch = [r.randint(1, 2)] if r.random() < 0.7 else []

    def transform(x):
        return torch.stft(x, n, hop, win, window, center, "reflect", normalized, return_complex=True)

    def back(x):
        return torch.istft(transform(x) * 2, n, hop, win, window, center, normalized)

    function = back if center and r.random() < 0.5 else transform
    return (*batch, r.randint(3 * n, 4 * n)), lambda x: spread(function(x))


def batch(seed: int, count: int) -> tuple[torch.jit.ScriptModule, torch.Tensor]:
    """A traced module with `count` cases of every family as outputs, and the input that all read parts of."""
    cases, offset = [], 0
    for name, draw in FAMILIES.items():
        r = random.Random(f"{name} {seed}")
        for _ in range(count):
            extents, function = draw(r)
            size = 1
            for extent in extents:
                size *= extent
            cases.append((extents, function, offset, size))
            offset += size

    class Cases(torch.nn.Module):
        def forward(self, x):
            return tuple(function(x[at : at + size].view(extents)) for extents, function, at, size in cases)

    x = torch.randn(offset, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        module = torch.jit.trace(Cases().eval(), x, check_trace=False)
    return module, x
