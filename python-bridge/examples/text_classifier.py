"""A text classifier of the shape of a small sentence encoder: token embeddings, transformer layers, a mean over the tokens that are
there, and a class.

    python text_classifier.py            two layers, 64 wide
    python text_classifier.py --minilm   six layers, 384 wide, 30,522 tokens: the size of MiniLM

The tokens of a text are an input and are public, like the mask of those that are there.
"""

import argparse
import pathlib
import tempfile

import torch
from torch import nn

import zkpytorch

LENGTH = 32


class TextClassifier(nn.Module):
    def __init__(self, vocabulary: int, width: int, heads: int, layers: int, classes: int = 2):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(0.1 * torch.randn(LENGTH, width))
        layer = nn.TransformerEncoderLayer(width, heads, 4 * width, activation="gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.head = nn.Linear(width, classes)

    def forward(self, tokens, there):
        """tokens: [1, LENGTH] of i64; there: [1, LENGTH], 1 where a token is and 0 behind the text."""
        x = self.encoder(self.tokens(tokens) + self.positions, src_key_padding_mask=there == 0)
        weights = there.unsqueeze(-1).to(x.dtype)
        return self.head((x * weights).sum(1) / weights.sum(1))


def texts(count: int, vocabulary: int):
    """Texts of unlike lengths: tokens and masks."""
    tokens = torch.randint(vocabulary, (count, 1, LENGTH))
    lengths = torch.randint(LENGTH // 2, LENGTH + 1, (count, 1, 1))
    return tokens, (torch.arange(LENGTH) < lengths).long()


def main(folder: pathlib.Path, minilm: bool = False) -> zkpytorch.Statement:
    torch.manual_seed(6)
    vocabulary = 30_522 if minilm else 1_000
    model = (TextClassifier(vocabulary, 384, 12, 6) if minilm else TextClassifier(vocabulary, 64, 4, 2)).eval()
    tokens, there = texts(24, vocabulary)
    archive = zkpytorch.export(model, (tokens[0], there[0]), folder / "text.pt2", calibration=[tokens[:20], there[:20]])
    compiled = zkpytorch.compile(archive)
    print(compiled)
    text = (tokens[22], there[22])
    proof = zkpytorch.prove(compiled, *text)
    print(proof)
    return zkpytorch.verify(proof.proof, compiled.key, inputs=text, outputs=proof.outputs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--minilm", action="store_true")
    parser.add_argument("--folder", type=pathlib.Path, default=None)
    arguments = parser.parse_args()
    print(main(arguments.folder or pathlib.Path(tempfile.mkdtemp()), arguments.minilm))
