"""A recommender: embeddings of a user and of items, an interaction and a small network, and the proof of the items that come first.

    python recommender.py

Who is shown a list can check that it is the committed model's for this user and these candidates, in this order.
"""

import pathlib
import sys
import tempfile

import torch
from torch import nn

import zkpytorch

USERS, ITEMS, CANDIDATES, SHOWN = 500, 800, 20, 5


class Recommender(nn.Module):
    def __init__(self, width: int = 16):
        super().__init__()
        self.users = nn.Embedding(USERS, width)
        self.items = nn.Embedding(ITEMS, width)
        self.deep = nn.Sequential(nn.Linear(2 * width, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, user, candidates):
        """user: [1] of i64; candidates: [CANDIDATES] of i64. Scores and places of the best candidates, best first."""
        items = self.items(candidates)
        users = self.users(user).expand_as(items)
        score = (users * items).sum(1) + self.deep(torch.cat([users, items], 1)).squeeze(1)
        return torch.topk(score, SHOWN)


def main(folder: pathlib.Path) -> zkpytorch.Statement:
    torch.manual_seed(7)
    model = Recommender().eval()
    users = torch.randint(USERS, (24, 1))
    candidates = torch.stack([torch.randperm(ITEMS)[:CANDIDATES] for _ in users])
    archive = zkpytorch.export(model, (users[0], candidates[0]), folder / "recommender.pt2", calibration=[users[:20], candidates[:20]])
    compiled = zkpytorch.compile(archive)
    proof = zkpytorch.prove(compiled, users[21], candidates[21])
    scores, places = proof.outputs
    print("items", candidates[21][places].tolist(), "with scores", [round(s, 3) for s in scores.tolist()])
    return zkpytorch.verify(proof.proof, compiled.key, inputs=[users[21], candidates[21]], outputs=[scores, places])


if __name__ == "__main__":
    print(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())))
