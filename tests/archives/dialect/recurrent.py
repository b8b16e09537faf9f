"""RNN, LSTM and GRU, and their cells."""

from typing import Optional, Tuple

import torch
from cases import CASES, Case, case
from torch import Tensor, nn


@case((2, 6, 5))
@case((2, 6, 5), how="trace")
class LstmClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 8, batch_first=True)
        self.fc = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        y, _ = self.lstm(x)
        return self.fc(y[:, -1])


@case((6, 2, 5))
@case((6, 2, 5), how="trace")
class LstmStates(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 8, num_layers=2, bidirectional=True, dropout=0.3)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        return self.lstm(x)


@case((6, 2, 5), (2, 2, 3), (2, 2, 8))
class LstmProjected(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 8, num_layers=2, proj_size=3, bias=False)

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        return self.lstm(x, (h, c))


@case((6, 2, 5), (2, 2, 8))
class GruGiven(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(5, 8, bidirectional=True)

    def forward(self, x: Tensor, h: Tensor) -> Tuple[Tensor, Tensor]:
        return self.gru(x, h)


@case((2, 6, 5))
@case((2, 6, 5), how="trace")
class GruLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(5, 8, num_layers=3, batch_first=True)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return self.gru(x)


@case((6, 5))
class RnnUnbatched(nn.Module):
    def __init__(self):
        super().__init__()
        self.tanh = nn.RNN(5, 8, bidirectional=True)
        self.relu = nn.RNN(16, 4, nonlinearity="relu", num_layers=2, bias=False)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        y, h = self.tanh(x)
        z, last = self.relu(y)
        return z, h, last


@case((4, 2, 5))
@case((4, 2, 5), how="trace")
class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTMCell(5, 8)
        self.gru = nn.GRUCell(8, 6)
        self.rnn = nn.RNNCell(6, 4)
        self.relu = nn.RNNCell(4, 4, nonlinearity="relu", bias=False)

    def forward(self, x: Tensor) -> Tensor:
        state: Optional[Tuple[Tensor, Tensor]] = None
        h = torch.zeros(2, 6)
        out = []
        for t in range(4):
            state = self.lstm(x[t], state)
            h = self.gru(state[0], h)
            out.append(self.relu(self.rnn(h)))
        return torch.stack(out)


# The root itself has overloads of forward.
CASES.append(Case("gru_root", lambda: nn.GRU(5, 8), ((6, 2, 5), (1, 2, 8)), "script", "forward__0", ""))
