"""An image classifier: a residual network for pictures of 32 x 32, and the proof of the class that it picks.

    python image_classifier.py

The network is not trained: the proof is about what it computes, not about what it knows.
"""

import pathlib
import sys
import tempfile

import torch
from torch import nn

import zkpytorch


class Block(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        return torch.relu(x + self.body(x))


class Classifier(nn.Module):
    """Logits and the class with the largest: the class is proved, ties included."""

    def __init__(self, channels: int = 16, classes: int = 10):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, channels, 3, stride=2, padding=1), nn.ReLU(), Block(channels), Block(channels))
        self.head = nn.Linear(channels, classes)

    def forward(self, image):
        logits = self.head(self.features(image).mean((2, 3)))
        return logits, logits.argmax(1)


def main(folder: pathlib.Path) -> zkpytorch.Statement:
    torch.manual_seed(5)
    pictures = torch.rand(64, 3, 32, 32)
    classifier = Classifier().eval()
    archive = zkpytorch.export(classifier, pictures[:1], folder / "classifier.pt2", calibration=pictures[:48])
    compiled = zkpytorch.compile(archive)
    picture = pictures[60:61]
    proof = zkpytorch.prove(compiled, picture)
    logits, picked = proof.outputs
    print(f"class {picked.item()}; PyTorch says {classifier(picture)[1].item()}")
    print(proof)
    return zkpytorch.verify(proof.proof, compiled.key, inputs=picture, outputs=[logits, picked])


if __name__ == "__main__":
    print(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())))
