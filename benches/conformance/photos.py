"""Images that a processor is judged on: photos of odd sizes, thin and large ones, and every kind of pixels."""

import pathlib

import numpy as np
from PIL import Image

SMALL = pathlib.Path(__file__).parents[2] / "crates/pixfuse/tests/goldens/photos/photos.rgb"


def extended(small, rows, columns):
    """A small photo, mirrored on to any size."""
    at = []
    for length, side in zip((rows, columns), small.shape):
        turn = (np.arange(length) + length) % (2 * side)
        at.append(np.minimum(turn, 2 * side - 1 - turn))
    return np.ascontiguousarray(small[at[0]][:, at[1]])


def photos():
    """Name to Pillow image."""
    small = np.fromfile(SMALL, np.uint8).reshape(5, 96, 128, 3)
    made = {
        "683x455": Image.fromarray(extended(small[0], 683, 455)),
        "333x500": Image.fromarray(extended(small[1], 333, 500)),
        "101x67": Image.fromarray(extended(small[4], 101, 67)),
        "224x224": Image.fromarray(extended(small[2], 224, 224)),
        "301x4101": Image.fromarray(extended(small[3], 301, 4101)),
        "1x60": Image.fromarray(extended(small[0], 1, 60)),
    }
    colours = extended(small[2], 157, 211)
    # Every pair of a colour and an alpha, and a photo beside them.
    alpha = np.arange(157 * 211, dtype=np.uint32).reshape(157, 211) * 7 % 256
    made["gray"] = Image.fromarray(colours).convert("L")
    made["rgba"] = Image.fromarray(np.dstack([colours, alpha.astype(np.uint8)]))
    made["palette"] = Image.fromarray(colours).quantize(32)
    made["gray, alpha"] = made["rgba"].convert("LA")
    return made


def every_blend():
    """Every pair of a value and an alpha."""
    value, alpha = np.meshgrid(np.arange(256), np.arange(256))
    return np.dstack([value, value[::-1], value.T, alpha]).astype(np.uint8)
