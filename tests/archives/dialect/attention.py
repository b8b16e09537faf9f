"""PyTorch's own attention modules, scripted: their code asks for identities of tensors and returns tuples of optionals."""

from typing import Optional, Tuple

import torch
from cases import case
from torch import Tensor, nn


@case((4, 2, 8), (6, 2, 8))
class ScriptedTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = nn.Transformer(8, 2, 1, 2, 16)
        self.attention = nn.MultiheadAttention(8, 2)
        self.register_buffer("mask", torch.ones(6, 6).triu(1).bool())

    def forward(self, source: Tensor, target: Tensor) -> Tuple[Tensor, Optional[Tensor]]:
        y = self.transformer(source, target, tgt_mask=self.mask)
        return self.attention(y, source, source)
