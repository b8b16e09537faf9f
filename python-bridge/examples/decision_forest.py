"""A decision forest as a module: comparisons of all thresholds, the leaf that they name, its value. hummingbird-ml exports
scikit-learn's and XGBoost's trees in this form (its strategy "gemm"); here the trees are grown in thirty lines.

    python decision_forest.py

Thresholds are compared on the quantised input, exactly.
"""

import pathlib
import sys
import tempfile

import numpy as np
import torch
from torch import nn

import zkpytorch

FEATURES, TREES, DEPTH = 6, 5, 3


def grow(x: np.ndarray, y: np.ndarray, depth: int, rng: np.random.Generator) -> list:
    """[feature, threshold, less, more], or [value] of a leaf."""
    if depth == 0 or len(y) < 4 or y.std() == 0:
        return [float(y.mean()) if len(y) else 0.0]
    best = None
    for feature in rng.permutation(FEATURES)[:4]:
        for threshold in np.quantile(x[:, feature], [0.25, 0.5, 0.75]):
            less = x[:, feature] < threshold
            if 0 < less.sum() < len(y):
                spread = y[less].var() * less.sum() + y[~less].var() * (~less).sum()
                if best is None or spread < best[0]:
                    best = (spread, int(feature), float(threshold), less)
    if best is None:
        return [float(y.mean())]
    _, feature, threshold, less = best
    return [feature, threshold, grow(x[less], y[less], depth - 1, rng), grow(x[~less], y[~less], depth - 1, rng)]


class Forest(nn.Module):
    """The mean of trees. Decisions are [feature < threshold]; a leaf is reached where all decisions above it go its way."""

    def __init__(self, trees: list):
        super().__init__()
        features, thresholds, ways, counts, values = [], [], [], [], []

        def walk(node, path):
            if len(node) == 1:
                ways.append(path)
                counts.append(sum(1 for _, way in path if way > 0))
                values.append(node[0] / len(trees))
                return
            number = len(features)
            features.append(node[0])
            thresholds.append(node[1])
            walk(node[2], [*path, (number, 1.0)])
            walk(node[3], [*path, (number, -1.0)])

        for tree in trees:
            walk(tree, [])
        paths = torch.zeros(len(features), len(ways))
        for leaf, path in enumerate(ways):
            for number, way in path:
                paths[number, leaf] = way
        self.register_buffer("features", torch.tensor(features))
        self.register_buffer("thresholds", torch.tensor(thresholds))
        self.register_buffer("paths", paths)
        self.register_buffer("counts", torch.tensor(counts, dtype=torch.float32))
        self.register_buffer("values", torch.tensor(values).unsqueeze(1))

    def forward(self, x):
        decisions = (x[:, self.features] < self.thresholds).float()
        reached = (decisions @ self.paths == self.counts).float()
        return reached @ self.values


def main(folder: pathlib.Path) -> zkpytorch.Statement:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(400, FEATURES)).astype(np.float32)
    y = np.sin(2 * x[:, 0]) + (x[:, 1] > 0.3) * x[:, 2]
    forest = Forest([grow(x[rows], y[rows], DEPTH, rng) for rows in (rng.integers(400, size=300) for _ in range(TREES))]).eval()
    archive = zkpytorch.export(forest, torch.from_numpy(x[:1]), folder / "forest.pt2", calibration=torch.from_numpy(x))
    compiled = zkpytorch.compile(archive)
    sample = torch.from_numpy(x[7:8])
    proof = zkpytorch.prove(compiled, sample)
    print(f"the forest says {proof.outputs.item():.4f}, in PyTorch {forest(sample).item():.4f}")
    return zkpytorch.verify(proof.proof, compiled.key, inputs=sample, outputs=proof.outputs)


if __name__ == "__main__":
    print(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())))
