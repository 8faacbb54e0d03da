"""The shapes of shapes.ts in torch, at one thread. Reads "name steps" lines, answers each with a JSON list of ms."""
import json
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
BATCH, SEQUENCE, VOCABULARY, CLASSES = 32, 50, 5000, 10


class Last(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 64)
        self.recurrent = kind(64, 64, batch_first=True)
        self.head = nn.Linear(64, CLASSES)

    def forward(self, x):
        return self.head(self.recurrent(self.embedding(x))[0][:, -1])


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 64)
        self.convolution = nn.Conv1d(64, 128, 5, padding="same")
        self.head = nn.Linear(128, CLASSES)

    def forward(self, x):
        seen = torch.relu(self.convolution(self.embedding(x).transpose(1, 2)))
        return self.head(seen.amax(2))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 64)
        self.positions = nn.Parameter(torch.randn(SEQUENCE, 64) / 8)
        self.block = nn.TransformerEncoderLayer(64, 4, 256, dropout=0.0, batch_first=True)
        self.head = nn.Linear(64, CLASSES)

    def forward(self, x):
        return self.head(self.block(self.embedding(x) + self.positions).mean(1))


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 49, 64), nn.ReLU(), nn.Linear(64, CLASSES),
    )


def mlp():
    return nn.Sequential(
        nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, CLASSES)
    )


def tokens():
    return torch.randint(0, VOCABULARY, (BATCH, SEQUENCE))


SHAPES = {
    "mlp": (mlp, lambda: torch.rand(BATCH, 64)),
    "lstm": (lambda: Last(nn.LSTM), tokens),
    "gru": (lambda: Last(nn.GRU), tokens),
    "conv1d": (Text, tokens),
    "cnn": (cnn, lambda: torch.rand(BATCH, 1, 28, 28)),
    "transformer": (Transformer, tokens),
}
ready = {}


def trainer(name):
    build, data = SHAPES[name]
    model = build()
    adam = torch.optim.Adam(model.parameters(), lr=0.001)
    x, y = data(), torch.arange(BATCH) % CLASSES

    def step():
        adam.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        adam.step()
        return loss.item()

    return step


for line in sys.stdin:
    name, steps = line.split()
    step = ready.get(name) or ready.setdefault(name, trainer(name))
    times = []
    for _ in range(int(steps)):
        begin = time.perf_counter()
        step()
        times.append((time.perf_counter() - begin) * 1e3)
    print(json.dumps(times), flush=True)
