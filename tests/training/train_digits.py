"""Trains an MLP and a CNN on scikit-learn's bundled digits, and writes what the accuracy test reads.

    PYTHONPATH=python-bridge/src python tests/training/train_digits.py

Needs python-bridge/requirements.lock and tests/training/requirements.txt. Into tests/src/test/resources/digits it writes
`digits_mlp.pt` and `digits_cnn.pt` (exported by zkpytorch with calibration samples of the training split),
`images.npy` (the test split: u8, N x 8 x 8, 0 to 16), `labels.npy` (u8, N), and PyTorch's fp32 logits on the split,
`digits_mlp.logits.npy` and `digits_cnn.logits.npy` (N x 10). A model's input is a pixel divided by 16.
"""

import pathlib
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

import zkpytorch

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TARGET = REPOSITORY / "tests" / "src" / "test" / "resources" / "digits"
sys.path.insert(0, str(REPOSITORY / "tests" / "archives"))

from neutral_paths import neutralise  # noqa: E402

SEED = 20
CALIBRATION_SAMPLES = 64


class DigitsMlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 48)
        self.fc2 = nn.Linear(48, 32)
        self.fc3 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


class DigitsCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(16)
        self.dropout = nn.Dropout(0.2)
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.norm2(self.conv2(x))), 2)
        return self.fc(self.dropout(torch.flatten(x, 1)))


def train(model: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, epochs: int) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    generator = torch.Generator().manual_seed(SEED)
    model.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(inputs), generator=generator).split(64):
            optimizer.zero_grad()
            F.cross_entropy(model(inputs[batch]), labels[batch]).backward()
            optimizer.step()
        schedule.step()


def main() -> None:
    torch.set_num_threads(1)
    digits = load_digits()
    split = train_test_split(
        digits.images, digits.target, test_size=0.3, random_state=SEED, stratify=digits.target
    )
    train_images, test_images, train_labels, test_labels = split
    TARGET.mkdir(parents=True, exist_ok=True)
    np.save(TARGET / "images.npy", test_images.astype(np.uint8))
    np.save(TARGET / "labels.npy", test_labels.astype(np.uint8))

    for name, kind, shape, epochs in (
        ("digits_mlp", DigitsMlp, (64,), 60),
        ("digits_cnn", DigitsCnn, (1, 8, 8), 40),
    ):
        torch.manual_seed(SEED)
        model = kind()
        inputs = torch.from_numpy((train_images / 16).astype(np.float32)).reshape(-1, *shape)
        train(model, inputs, torch.from_numpy(train_labels), epochs)
        with tempfile.TemporaryDirectory() as folder:
            archive = zkpytorch.export(
                model, inputs[:1], pathlib.Path(folder) / f"{name}.pt", calibration=inputs[:CALIBRATION_SAMPLES]
            )
            neutralise(str(archive), str(TARGET / archive.path.name))
        model.eval()
        with torch.no_grad():
            logits = model(torch.from_numpy((test_images / 16).astype(np.float32)).reshape(-1, *shape)).numpy()
        np.save(TARGET / f"{name}.logits.npy", logits)
        accuracy = float((logits.argmax(1) == test_labels).mean())
        print(f"{name}: test accuracy {100 * accuracy:.2f} % on {len(test_labels)} digits")


if __name__ == "__main__":
    main()
