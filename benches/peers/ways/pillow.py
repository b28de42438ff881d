"""Pillow or nothing for the resize, numpy for the rest: what a program without OpenCV does."""

import numpy as np
from PIL import Image

from .way import Way


def ways(workload):
    """Pillow's nearest neighbour and numpy's indexing; Pillow's bilinear is antialiased and left out."""
    if workload.filter in ("nearest", "nearest_exact", "nearest_floor"):
        yield Way("Pillow, numpy", resized_by_pillow(workload), filter="nearest_exact")
        yield Way("numpy indexing", indexed(workload), filter="nearest_floor")
    if workload.size is None:
        yield Way("numpy", plain(workload))


def _normalized(workload, rgb):
    tensor = rgb.astype(np.float32) / 255.0
    if workload.has_mean_and_std:
        tensor = (tensor - np.float32(workload.mean)) / np.float32(workload.std)
    return np.ascontiguousarray(tensor.transpose(2, 0, 1))


def resized_by_pillow(workload):
    """Resize the Pillow image, then normalise its array."""
    picture, size = workload.picture, workload.size[::-1]
    picture.load()
    return lambda: _normalized(workload, np.asarray(picture.resize(size, Image.Resampling.NEAREST)))


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
