/**
 * What a generated Python file holds beside `pythonRuntime` where the model reads images: the same laying on white,
 * brightness and scaling as kernel/images/pixels.ts, sum by sum. Files are decoded by Pillow where it is there; of JPEG
 * no two decoders give the same bytes, so only arrays and PNG files are sure to be read as Tenfold reads them.
 */
export const pythonImages = String.raw`

def rounded(values):
    """Halves go up, as in Tenfold; numpy's own rounding takes them to the even number."""
    return np.floor(np.asarray(values, dtype=np.float64) + 0.5)


def pixels_of(value):
    """An array [height, width, channels] of 0 to 255 from an array, a list of lists, or a PNG or JPEG file."""
    if isinstance(value, str):
        value = base64.b64decode(re.sub(r"^data:image/(?:png|jpeg);base64,", "", value), validate=True)
    if isinstance(value, (bytes, bytearray)):
        from PIL import Image  # Needed for files alone; arrays are taken without it.

        image = Image.open(io.BytesIO(value))
        wanted = {"1": "L", "L": "L", "LA": "LA", "RGB": "RGB", "RGBA": "RGBA"}
        value = np.asarray(image.convert(wanted.get(image.mode, "RGBA")))
    pixels = np.asarray(value, dtype=np.float64)
    pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 2, 3, 4):
        raise ValueError("An image is [height, width] or [height, width, 1 to 4 channels], 0 to 255.")
    return pixels


def on_white(pixels):
    if pixels.shape[2] in (1, 3):
        return pixels
    opacity = pixels[:, :, -1:] / 255
    return rounded(pixels[:, :, :-1] * opacity + 255 * (1 - opacity))


def with_channels(pixels, channels):
    """Brightness by ITU-R BT.601, or the same brightness three times."""
    if pixels.shape[2] == channels:
        return pixels
    if channels == 3:
        return np.repeat(pixels, 3, axis=2)
    red, green, blue = (pixels[:, :, at] for at in range(3))
    return rounded(0.299 * red + 0.587 * green + 0.114 * blue)[:, :, None]


def taps_of(source, target):
    """For each place where it begins in the source, and the weights from there on."""
    scale = source / target
    taps = []
    for place in range(target):
        if scale < 1:
            centre = min(source - 1, max(0, (place + 0.5) * scale - 0.5))
            start = min(math.floor(centre), max(0, source - 2))
            taps.append((start, [1] if source == 1 else [1 - (centre - start), centre - start]))
        else:
            begin, end = place * scale, min(source, (place + 1) * scale)
            start = math.floor(begin)
            places = range(start, math.ceil(end))
            taps.append((start, [(min(end, at + 1) - max(begin, at)) / scale for at in places]))
    return taps


def along(lines, target):
    """The first axis with another length: area averaging to shrink, a line between two to grow."""
    result = np.zeros((target,) + lines.shape[1:])
    for place, (start, weights) in enumerate(taps_of(len(lines), target)):
        for at, weight in enumerate(weights):
            result[place] += weight * lines[start + at]
    return result


def resized(pixels, width, height):
    if pixels.shape[:2] == (height, width):
        return pixels
    wide = along(pixels.swapaxes(0, 1), width).astype(np.float32).astype(np.float64)
    return rounded(along(wide.swapaxes(0, 1), height))


def encode_image(feature, value):
    if value is None:
        raise ValueError(f"A row needs an image in its column {feature['column']!r}.")
    channels = feature["channels"]
    pixels = resized(with_channels(on_white(pixels_of(value)), channels), feature["width"], feature["height"])
    return ((pixels - np.array(feature["mean"])) / np.array(feature["deviation"])).reshape(-1)


ENCODERS["IMAGE"] = encode_image
`;
