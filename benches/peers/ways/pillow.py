"""Pillow or nothing for the resize, numpy for the rest: what a program without OpenCV does."""

import numpy as np
from PIL import Image

from .way import ONE_LEVEL, OTHER_WEIGHTS, ROUNDING, Way

FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "nearest_exact": Image.Resampling.NEAREST,
    "nearest_floor": Image.Resampling.NEAREST,
    "area": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


def ways(workload):
    """Pillow's filters, which are antialiased but for the nearest neighbour; numpy's indexing; and numpy alone."""
    nearest = workload.filter in ("nearest", "nearest_exact", "nearest_floor")
    if nearest or workload.antialias or workload.filter == "area":
        rule = "nearest_exact" if nearest else None
        # Its box takes pixels whole or not at all, where an area has parts of them.
        tolerance = OTHER_WEIGHTS if workload.filter == "area" else ROUNDING if nearest else ONE_LEVEL
        yield Way("Pillow, numpy", resized_by_pillow(workload), rule, tolerance)
        yield Way("Pillow, numpy into out", resized_into(workload), rule, tolerance)
    if nearest:
        yield Way("numpy indexing", indexed(workload), filter="nearest_floor")
    if workload.size is None:
        yield Way("numpy", plain(workload))


def _normalized(workload, rgb):
    tensor = rgb.astype(np.float32) / 255.0
    if workload.has_mean_and_std:
        tensor = (tensor - np.float32(workload.mean)) / np.float32(workload.std)
    return np.ascontiguousarray(tensor.transpose(2, 0, 1))


def _resize(workload):
    """Only what a crop keeps: a box of the source."""
    picture, size, filter = workload.picture, workload.shape[:0:-1], FILTERS[workload.filter]
    box = None if workload.shortest is None else workload.source_box
    return lambda: np.asarray(picture.resize(size, filter, box))


def resized_by_pillow(workload):
    """Resize the Pillow image, then normalise its array."""
    resize = _resize(workload)
    return lambda: _normalized(workload, resize())


def resized_into(workload):
    """The same with one multiplication and one addition, into a tensor that is there."""
    resize, out = _resize(workload), np.empty(workload.shape, np.float32)
    gain, offset = workload.gain.reshape(3, 1, 1), workload.offset.reshape(3, 1, 1)

    def run():
        np.multiply(resize().transpose(2, 0, 1), gain, out=out)
        return np.add(out, offset, out=out) if workload.has_mean_and_std else out

    return run


def indexed(workload):
    """The rows and columns of nearest neighbour are looked up once; each image is two index operations."""
    image, channels = workload.image, list(workload.channels)
    rows, columns = (
        (np.arange(out) * (source / out)).astype(np.intp)
        for source, out in zip((workload.rows, workload.columns), workload.size, strict=True)
    )
    rows, out = rows[:, None], np.empty(workload.shape, np.float32)
    gain, offset = workload.gain.reshape(3, 1, 1), workload.offset.reshape(3, 1, 1)

    def run():
        np.multiply(image[rows, columns].transpose(2, 0, 1)[channels], gain, out=out)
        return np.add(out, offset, out=out) if workload.has_mean_and_std else out

    return run


def plain(workload):
    """No resize: numpy alone."""
    image, channels = workload.image, list(workload.channels)
    return lambda: _normalized(workload, image[..., channels] if workload.swapped else image)
