/** What a file that predicts rows says of itself. */
export const pythonPrediction = `predict(rows) takes a list of dicts by column name and gives one answer a row; torch_module(), where the network is of
dense layers, gives it for torch, from encode(rows) to scores. As a program it reads JSON Lines from standard input and writes JSON Lines.`;

/**
 * The beginning of every generated Python file, which says what it is for. Python 3.9 and numpy 1.20; torch only where
 * `torch_module` is called.
 */
export const pythonHead = (use: string): string => `"""A model exported from Tenfold.

${use}
"""

import base64
import hashlib
import io
import json
import math
import re
import struct
import sys
import unicodedata
from collections import Counter
from decimal import Decimal
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
`;

/** Reads the weights and what lies between a row and the network. */
export const pythonStorage = String.raw`

def read_safetensors(path):
    """The tensors of a safetensors file of float32 values, by name."""
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = memoryview(data)[8 + length :]
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(body[begin:end], dtype="<f4").reshape(entry["shape"])
    return tensors


PREPROCESSING = json.loads((HERE / "preprocessing.json").read_text(encoding="utf-8"))
WEIGHTS = read_safetensors(HERE / "model.safetensors")
`;

/** Encodes rows as `features.ts` and `cell.ts` do. */
export const pythonRows = String.raw`
MISSING = {"", "na", "n/a", "nan", "null", "?"}
DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# What str.strip() alone would take differs: it knows U+001C to U+001F and U+0085 and does not know U+FEFF.
BLANK = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
TRUTHS = {"true": 1, "t": 1, "yes": 1, "1": 1, "y": 1, "false": 0, "f": 0, "no": 0, "0": 0, "n": 0}


def digits_of(value):
    """A number as Tenfold writes it: without an exponent between 1e-6 and 1e21, and a whole one without a point."""
    value = float(str(value))
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return re.sub(r"\.0$", "", format(Decimal(repr(value + 0.0)), "f"))
    return re.sub(r"e([+-])0+", r"e\1", repr(value))


def text_of(value):
    """The text that a value would have been in a data file; None where it says nothing."""
    if value is None:
        return None
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    text = digits_of(value) if isinstance(value, (int, float)) else str(value).strip(BLANK)
    return None if text.lower() in MISSING else text


def number_of(text):
    if text is None or not DECIMAL.fullmatch(text):
        return None
    value = float(text)
    return value if abs(value) <= 1e100 else None


def truth_of(text):
    return None if text is None else TRUTHS.get(text.lower())


def encode_category(feature, text):
    values = [float(text == category) for category in feature["categories"]]
    return values + [float(text is None)] if feature["missing"] else values


def encode_number(feature, text):
    value = number_of(text)
    filled = feature["median"] if value is None else value
    most = 1e15 if feature.get("normalization") == "NONE" else 20.0
    scaled = max(-most, min(most, (filled - feature["mean"]) / feature["deviation"]))
    return [scaled, float(value is None)] if feature["indicator"] else [scaled]


def encode_truth(feature, text):
    value = truth_of(text)
    known = float(feature["fallback"] if value is None else value)
    return [known, float(value is None)] if feature["indicator"] else [known]


def encode_raw(feature, text):
    value = number_of(text)
    if value is None:
        raise ValueError(f"A row needs a number in its column {feature['column']!r}.")
    return [value]


ENCODERS = {
    "CATEGORY": encode_category,
    "NUMBER": encode_number,
    "BOOLEAN": encode_truth,
    "RAW": encode_raw,
}


def encode_row(row):
    cells = ((feature, row.get(feature["column"])) for feature in PREPROCESSING["features"])
    return np.concatenate(
        [
            ENCODERS[feature["kind"]](feature, cell if feature["kind"] == "IMAGE" else text_of(cell))
            for feature, cell in cells
        ]
    )


def encode(rows):
    """The network's input: float32 [rows, width]."""
    return np.array([encode_row(row) for row in rows], dtype=np.float32)
`;

/** The functions that layers end with, and batch normalisation. */
export const pythonMath = String.raw`

NUMPY = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 0.5 * (1 + np.tanh(0.5 * x)),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0))),
    "softplus": lambda x: np.logaddexp(x, np.float32(0)),
    "gelu": lambda x: x * 0.5 * (1 + np.vectorize(math.erf, otypes=[np.float32])(x * math.sqrt(0.5))),
    "square": lambda x: x * x,
}


def normalize(x, w, name):
    """Batch normalisation with the moments of training."""
    scale = w[name + ".gamma"] / (w[name + ".variance"] + EPSILON) ** 0.5
    return (x - w[name + ".mean"]) * scale + w[name + ".beta"]
`;

/** Words what the network says of rows. */
export const pythonAnswers = String.raw`

def answer(scores):
    """Probabilities by class, or a number in the target's own unit."""
    target = PREPROCESSING["target"]
    if target["type"] == "CUSTOM":
        return [{"values": row.tolist()} for row in scores]
    if target["type"] == "REGRESSION":
        return [{"value": float(value) * target["deviation"] + target["mean"]} for (value,) in scores]
    powers = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    return [
        {"label": target["classes"][int(row.argmax())], "probabilities": dict(zip(target["classes"], row.tolist()))}
        for row in shares
    ]


def predict(rows):
    rows = list(rows)
    return answer(network(encode(rows), WEIGHTS, NUMPY)) if rows else []
`;

/** The end of a file that predicts rows. */
export const pythonMain = String.raw`

if __name__ == "__main__":
    for result in predict(json.loads(line) for line in sys.stdin if line.strip()):
        print(json.dumps(result))
`;

/** The network for torch, which computes with the same generated function. */
export const pythonTorch = String.raw`

def torch_module():
    """The network for torch; its parameters are the weights, with "_" in place of "."."""
    import torch
    from torch.nn import functional

    names = list(WEIGHTS)
    functions = {name: getattr(torch if name in ("tanh", "sigmoid", "square") else functional, name) for name in NUMPY}

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            for name in names:
                value = torch.nn.Parameter(torch.from_numpy(WEIGHTS[name].copy()))
                self.register_parameter(name.replace(".", "_"), value)

        def forward(self, x):
            return network(x, {name: getattr(self, name.replace(".", "_")) for name in names}, functions)

    return Network()
`;
