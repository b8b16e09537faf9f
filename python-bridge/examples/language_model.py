"""A tiny language model of characters, trained for some seconds, and the proof that it wrote a text.

    python language_model.py

One proof says of every character after the prompt that it is the model's likeliest after those before it.
"""

import pathlib
import sys
import tempfile

import torch
from torch import nn

import zkpytorch

TEXT = "a proof is short. a proof is checked by anyone. a model says what it says, and a proof says that it did. " * 4
ALPHABET = sorted(set(TEXT))
LENGTH = 24


class LanguageModel(nn.Module):
    def __init__(self, width: int = 32, heads: int = 2):
        super().__init__()
        self.tokens = nn.Embedding(len(ALPHABET), width)
        self.positions = nn.Parameter(0.1 * torch.randn(LENGTH, width))
        self.layer = nn.TransformerEncoderLayer(width, heads, 4 * width, dropout=0.0, activation="gelu", batch_first=True)
        self.head = nn.Linear(width, len(ALPHABET))
        self.register_buffer("future", torch.triu(torch.full((LENGTH, LENGTH), float("-inf")), 1))

    def forward(self, tokens):
        """tokens: [1, LENGTH] of i64. The logits of the next character after each: [1, LENGTH, characters]."""
        return self.head(self.layer(self.tokens(tokens) + self.positions, src_mask=self.future))


def encode(text: str) -> torch.Tensor:
    return torch.tensor([[ALPHABET.index(c) for c in text]])


def train(model: LanguageModel, steps: int) -> float:
    text = encode(TEXT)[0]
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(steps):
        starts = torch.randint(len(text) - LENGTH - 1, (16,))
        batch = torch.stack([text[s : s + LENGTH + 1] for s in starts])
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        loss.backward()
        optimizer.step()
    model.eval()
    return loss.item()


def main(folder: pathlib.Path, steps: int = 300) -> zkpytorch.Statement:
    torch.manual_seed(9)
    model = LanguageModel()
    train(model, steps)
    samples = torch.stack([encode(TEXT[s : s + LENGTH]) for s in range(0, 60, 3)])
    archive = zkpytorch.export(model, samples[0], folder / "language.pt2", calibration=samples)
    compiled = zkpytorch.compile(archive)
    prompt = encode("a proof ")
    generated = zkpytorch.generate(compiled, prompt, 12)
    print("a proof |" + "".join(ALPHABET[t] for t in generated[0].tolist()))
    proof = zkpytorch.prove(compiled, prompt, generated=generated)
    return zkpytorch.verify(proof.proof, compiled.key, inputs=prompt, generated=generated)


if __name__ == "__main__":
    print(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())))
