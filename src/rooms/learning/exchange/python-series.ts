/**
 * What a generated Python file of a forecasting model holds besides: reading the latest rows as one window and putting
 * the network's answer on top of the simple forecast, as `series/encode.ts`, `simple.ts` and `request.ts` do. It takes the
 * place of what reads rows one by one.
 */
export const pythonSeries = String.raw`

TARGET = PREPROCESSING["target"]


def observations(rows):
    """The latest rows as numbers [window, channels], the oldest first; a missing value is the one before it."""
    rows = list(rows)
    if len(rows) < TARGET["window"]:
        raise ValueError("A forecast needs the last %d rows, the oldest first." % TARGET["window"])
    columns = []
    for feature in PREPROCESSING["features"]:
        numbers, before = [], None
        for row in rows:
            text = text_of(row.get(feature["column"]))
            if text is not None and number_of(text) is None:
                raise ValueError("%r is not a number." % text)
            before = before if text is None else number_of(text)
            numbers.append(before)
        columns.append(numbers[-TARGET["window"] :])
    if any(value is None for numbers in columns for value in numbers):
        raise ValueError("The first rows have no value. Send earlier rows.")
    return np.array(columns, dtype=np.float64).T


def history_of(window):
    """The series itself as it was learnt: its logarithm where the preprocessing has a floor."""
    own = window[:, 0]
    return own if TARGET["floor"] is None else np.log(np.maximum(TARGET["floor"], own))


def mean_of(history):
    """The mean of the latest whole season, or of all."""
    season = TARGET["season"]
    return history[-season:].mean() if 1 < season <= len(history) else history.mean()


def simple_forecast(history):
    """What the network corrects."""
    season, kind, last = TARGET["season"], TARGET["anchor"], history[-1]
    steps = np.arange(TARGET["horizon"])
    if kind == "MEAN":
        return np.full(len(steps), mean_of(history))
    if kind == "LAST":
        return np.full(len(steps), last)
    if kind == "DRIFT":
        return last + (steps + 1) * (last - history[0]) / max(1, len(history) - 1)
    seasonal = history[len(history) - season + steps % season]
    if kind == "SEASON":
        return seasonal
    return seasonal + (last - history[len(history) - 1 - season]) * (steps // season + 1)


def encode_series(rows):
    """The network's input of one history: float32 [1, window * channels]."""
    window = observations(rows)
    history = history_of(window)
    level = history[-1] if TARGET["anchor"] in ("LAST", "DRIFT") else mean_of(history)
    columns = [history - level]
    for channel, feature in enumerate(PREPROCESSING["features"][1:], 1):
        columns.append(window[:, channel] - feature["mean"])
    deviations = [feature["deviation"] for feature in PREPROCESSING["features"]]
    values = np.clip(np.stack(columns, axis=1) / deviations, -20.0, 20.0)
    return values.astype(np.float32).reshape(1, -1)


def predict(rows):
    """The next values, one a step ahead, from the latest rows in the order of time."""
    rows = list(rows)
    scores = network(encode_series(rows), WEIGHTS, NUMPY)[0].astype(np.float64)
    forecast = simple_forecast(history_of(observations(rows))) + scores * TARGET["deviation"]
    values = forecast if TARGET["floor"] is None else np.exp(forecast)
    return [{"value": float(value)} for value in np.clip(values, -1e100, 1e100)]
`;
