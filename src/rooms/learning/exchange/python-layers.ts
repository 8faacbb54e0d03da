/** Layers other than dense ones in numpy, as network/ computes them: rows [rows, places …, channels], float32. */
export const pythonLayers = String.raw`

def windows(x, size, stride, padding, fill):
    """All windows over the places: [rows, places ..., channels, size ...]. SAME puts the odd place at the end."""
    if padding == "SAME":
        pads = [(0, 0)]
        for side in x.shape[1:-1]:
            total = max((math.ceil(side / stride) - 1) * stride + size - side, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, pads + [(0, 0)], constant_values=fill)
    axes = tuple(range(1, x.ndim - 1))
    views = np.lib.stride_tricks.sliding_window_view(x, (size,) * len(axes), axis=axes)
    return views[(slice(None),) + (slice(None, None, stride),) * len(axes)]


def convolve(x, w, name, stride, padding):
    kernel = w[name + ".kernel"]
    places = kernel.ndim - 2
    views = windows(x, kernel.shape[0], stride, padding, 0)
    sizes = list(range(views.ndim - places, views.ndim))
    sums = np.tensordot(views, kernel, axes=(sizes + [views.ndim - places - 1], list(range(places + 1))))
    return sums + w[name + ".bias"]


def pool_max(x, size, stride, padding):
    views = windows(x, size, stride, padding, -np.inf)
    return views.max(axis=tuple(range(x.ndim, views.ndim)))


def pool_average(x, size, stride, padding):
    """The mean of the places that are there."""
    views = windows(x, size, stride, padding, np.nan)
    return np.nanmean(views, axis=tuple(range(x.ndim, views.ndim)))


def mean_of_real(x, real):
    """The mean of the steps that are tokens, not padding; zeros where there are none."""
    count = np.maximum(real.sum(axis=1, keepdims=True), 1).astype(np.float32)
    return (x * real[..., None]).sum(axis=1) / count


def max_of_real(x, real):
    tops = np.where(real[..., None], x, np.float32(-1e9)).max(axis=1)
    return tops * real.any(axis=1, keepdims=True)


def lstm(x, w, name, sequences):
    sigmoid = NUMPY["sigmoid"]
    kernel, recurrent, bias = (w[name + part] for part in (".kernel", ".recurrentKernel", ".bias"))
    h = c = np.zeros((len(x), recurrent.shape[0]), np.float32)
    states = []
    for step in range(x.shape[1]):
        i, f, g, o = np.split(x[:, step] @ kernel + h @ recurrent + bias, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        states.append(h)
    return np.stack(states, axis=1) if sequences else h


def gru(x, w, name, sequences):
    sigmoid = NUMPY["sigmoid"]
    kernel, recurrent, bias = (w[name + part] for part in (".kernel", ".recurrentKernel", ".bias"))
    units = recurrent.shape[0]
    h = np.zeros((len(x), units), np.float32)
    states = []
    for step in range(x.shape[1]):
        update, reset, candidate = np.split(x[:, step] @ kernel + bias, 3, axis=1)
        z = sigmoid(update + h @ recurrent[:, :units])
        r = sigmoid(reset + h @ recurrent[:, units : 2 * units])
        h = z * h + (1 - z) * np.tanh(candidate + (r * h) @ recurrent[:, 2 * units :])
        states.append(h)
    return np.stack(states, axis=1) if sequences else h


def normalize_rows(x, w, name):
    """Layer normalisation over the last axis."""
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return centred / (variance + EPSILON) ** 0.5 * w[name + ".gamma"] + w[name + ".beta"]


def linear(x, w, name):
    return x @ w[name + ".kernel"] + w[name + ".bias"]


def attend(x, w, name, heads, causal, real):
    """Multi-head scaled dot-product self-attention; of "real" [rows, steps] what is False is padding, seen by none."""
    rows, steps, channels = x.shape
    parts = [
        linear(x, w, name + part).reshape(rows, steps, heads, channels // heads).transpose(0, 2, 1, 3)
        for part in (".query", ".key", ".value")
    ]
    query, key, value = parts
    scores = query @ key.swapaxes(2, 3) * (channels // heads) ** -0.5
    if real is not None:
        # Where there is nothing but padding to see, nothing is seen.
        scores = np.where(real[:, None, None, :], scores, np.float32(-1e9))
        value = value * real[:, None, :, None]
    if causal:
        scores = np.where(np.tril(np.ones((steps, steps), bool)), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = powers / powers.sum(axis=-1, keepdims=True) @ value
    return linear(mixed.transpose(0, 2, 1, 3).reshape(rows, steps, channels), w, name + ".attention")


def transform(x, w, name, heads, activation, causal=False, real=None):
    """A transformer block with normalisation before each part."""
    seen = x + attend(normalize_rows(x, w, name + ".attention"), w, name, heads, causal, real)
    hidden = activation(linear(normalize_rows(seen, w, name + ".feedForward"), w, name + ".feedForward"))
    return seen + linear(hidden, w, name + ".projection")
`;
