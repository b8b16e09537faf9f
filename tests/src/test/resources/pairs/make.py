"""Writes the pairs of StablehloPairsTest: the same weights as a TorchScript archive and as StableHLO.

    pip install torch==2.9.1 torchax==0.0.13 jax==0.10.2
    python make.py

NAME.pt is what torch.jit.trace saves, NAME.mlir what torchax or JAX writes; weights of torchax stand beside the text, in NAME.npz,
those of JAX in it. NAME.samples.npy holds inputs that both roads are calibrated with.
"""

import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import torch
import torchax.export
from jax import lax
from torch import nn
from torch.nn import functional as F

FOLDER = pathlib.Path(__file__).parent
jax.config.update("jax_hlo_source_file_canonicalization_regex", ".*/")


class Residual(nn.Module):
    """Two convolutions with batch norms, and what goes around them."""

    def __init__(self, channels):
        super().__init__()
        self.a, self.b = (nn.Conv2d(channels, channels, 3, padding=1, bias=False) for _ in range(2))
        self.an, self.bn = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(x + self.bn(self.b(F.relu(self.an(self.a(x))))))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(1, 6, 3, stride=2, padding=1), nn.BatchNorm2d(6)
        self.blocks = nn.Sequential(Residual(6), Residual(6))
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm(self.stem(x))), 2)
        return self.head(self.blocks(x).mean((2, 3)))


class Block(nn.Module):
    def __init__(self, causal=False):
        super().__init__()
        self.causal = causal
        self.n, self.m = nn.LayerNorm(16), nn.LayerNorm(16)
        self.qkv, self.o = nn.Linear(16, 48), nn.Linear(16, 16)
        self.a, self.b = nn.Linear(16, 32), nn.Linear(32, 16)

    def forward(self, x):
        heads = self.qkv(self.n(x)).reshape(1, 8, 3, 2, 8).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(heads[0], heads[1], heads[2], is_causal=self.causal)
        x = x + self.o(mixed.transpose(1, 2).reshape(1, 8, 16))
        return x + self.b(F.gelu(self.a(self.m(x))))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(24, 16), nn.Parameter(0.1 * torch.randn(8, 16))
        self.blocks, self.norm, self.head = nn.Sequential(Block(True), Block(True)), nn.LayerNorm(16), nn.Linear(16, 24)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.tokens(x) + self.places)))


class Activations(nn.Module):
    """A leaky ReLU and others that exporters write out, between linear maps."""

    def __init__(self):
        super().__init__()
        self.maps = nn.ModuleList(nn.Linear(8, 8) for _ in range(6))

    def forward(self, x):
        functions = [F.leaky_relu, F.hardswish, F.mish, F.softplus, torch.special.ndtr, F.selu]
        for linear, function in zip(self.maps, functions):
            x = function(linear(x))
        return x


def flax_like(model: ResNet):
    """The residual network as Flax has it: channels last, batch norms written out."""
    weights = {k: jnp.asarray(v.numpy()) for k, v in model.state_dict().items()}

    def conv(x, name, stride=1):
        kernel = weights[name + ".weight"].transpose(2, 3, 1, 0)
        y = lax.conv_general_dilated(x, kernel, (stride, stride), [(1, 1), (1, 1)], dimension_numbers=("NHWC", "HWIO", "NHWC"))
        return y + weights[name + ".bias"] if name + ".bias" in weights else y

    def norm(x, name):
        mean, var, gain, bias = (weights[f"{name}.{p}"] for p in ("running_mean", "running_var", "weight", "bias"))
        return (x - mean) * (lax.rsqrt(var + 1e-5) * gain) + bias

    def forward(x):
        x = jnp.transpose(x, (0, 2, 3, 1))
        x = jax.nn.relu(norm(conv(x, "stem", 2), "norm"))
        x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        for i in range(2):
            y = jax.nn.relu(norm(conv(x, f"blocks.{i}.a"), f"blocks.{i}.an"))
            x = jax.nn.relu(x + norm(conv(y, f"blocks.{i}.b"), f"blocks.{i}.bn"))
        return x.mean((1, 2)) @ weights["head.weight"].T + weights["head.bias"]

    return forward


def varied(model: nn.Module) -> nn.Module:
    """Norms whose statistics and gains are not 0 and 1."""
    for m in model.modules():
        if isinstance(m, (nn.BatchNorm2d, nn.LayerNorm)):
            m.weight.data.add_(0.2 * torch.randn_like(m.weight))
            m.bias.data.add_(0.2 * torch.randn_like(m.bias))
        if isinstance(m, nn.BatchNorm2d):
            m.running_mean.normal_(0, 0.2)
            m.running_var.uniform_(0.5, 1.5)
    return model.eval()


def write(name: str, model: nn.Module, samples: torch.Tensor, text: str) -> None:
    torch.jit.save(torch.jit.trace(model, samples[:1]), FOLDER / f"{name}.pt")
    np.save(FOLDER / f"{name}.samples.npy", samples.numpy())
    (FOLDER / f"{name}.mlir").write_text(text)


def torchax_pair(name: str, model: nn.Module, samples: torch.Tensor) -> None:
    model = varied(model)
    weights, exported = torchax.export.exported_program_to_stablehlo(torch.export.export(model, (samples[:1],)))
    write(name, model, samples, exported.mlir_module())
    np.savez(FOLDER / f"{name}.npz", **{f"states[{i}]": np.asarray(w) for i, w in enumerate(weights)})


def jax_pair(name: str, model: nn.Module, samples: torch.Tensor) -> None:
    model = varied(model)
    forward = flax_like(model)
    assert np.abs(forward(samples[:1].numpy()) - model(samples[:1]).detach().numpy()).max() < 1e-4
    exported = jax.export.export(jax.jit(forward))(jax.ShapeDtypeStruct(tuple(samples[:1].shape), "float32"))
    write(name, model, samples, exported.mlir_module())


if __name__ == "__main__":
    torch.manual_seed(5)
    with torch.no_grad():
        torchax_pair("mlp", nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)), torch.randn(24, 8))
        torchax_pair("activations", Activations(), torch.randn(24, 8))
        torchax_pair("resnet", ResNet(), torch.randn(24, 1, 16, 16))
        jax_pair("resnet_channels_last", ResNet(), torch.randn(24, 1, 16, 16))
        torchax_pair("block", Block(), torch.randn(24, 8, 16))
        torchax_pair("gpt", Gpt(), torch.randint(0, 24, (24, 8)))
