"""From a PyTorch module to a proof by way of StableHLO: torchax exports it, with the weights beside the text.

    pip install torch==2.9.1 torchax==0.0.13 jax==0.10.2
    python torch_module.py [FOLDER]

zkc reads PyTorch's own archives as well (zkpytorch.export): this road is for programs that are StableHLO already.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torchax.export
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.SiLU())
        self.head = nn.Sequential(nn.LayerNorm(16), nn.Linear(16, 10))

    def forward(self, image):
        return self.head(self.features(image).mean((2, 3)))


def export(folder: pathlib.Path) -> None:
    torch.manual_seed(3)
    model, images = Classifier().eval(), torch.rand(32, 1, 16, 16)
    weights, exported = torchax.export.exported_program_to_stablehlo(torch.export.export(model, (images[:1],)))
    (folder / "classifier.mlir").write_text(exported.mlir_module())
    # The text calls its arguments states[0], states[1], ...: a weight is bound by its name, never by its place in the file.
    np.savez(folder / "weights.npz", **{f"states[{i}]": np.asarray(w) for i, w in enumerate(weights)})
    np.save(folder / "samples.npy", images[:24].numpy())
    np.save(folder / "image.npy", images[30:31].numpy())


def zkc(*arguments: object) -> None:
    command = os.environ.get("ZKC", pathlib.Path(__file__).resolve().parents[2] / "zkc")
    subprocess.run([str(command), *map(str, arguments)], check=True)


def main(folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    export(folder)
    text, key = folder / "classifier.mlir", folder / "classifier.vk"
    zkc("compile", text, "--weights", folder / "weights.npz", "--calibration", folder / "samples.npy", "-o", folder / "classifier.zkc")
    zkc("prove", folder / "classifier.zkc", "--input", folder / "image.npy", "-o", folder / "answer.zkp")
    zkc("verify", folder / "answer.zkp", "--key", key, "--input", folder / "image.npy")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()))
