"""The loop that a Python programmer writes with numba: one pass over the output, nothing in between."""

import numpy as np
from numba import njit

from .way import ONE_LEVEL, Way

FILTERS = {(None, False), ("nearest", False), ("nearest_floor", False), ("bilinear", False)}
# Half the width of each filter that widens with the ratio.
SUPPORT = {"bilinear": 1.0, "bicubic": 2.0, "lanczos": 3.0}
compiled = njit(nogil=True, fastmath=True)


def ways(workload):
    """A fused loop for what has few taps, two passes in f32 for antialiased filters."""
    if workload.antialias:
        yield Way("numba, two passes", separable(workload), tolerance=ONE_LEVEL)
    elif (workload.filter, False) in FILTERS:
        rule = {"nearest": "nearest_floor"}.get(workload.filter)
        tolerance = ONE_LEVEL if workload.filter == "bilinear" else Way.tolerance
        yield Way("numba loop", fused(workload), rule, tolerance)


def fused(workload):
    """Nearest neighbour, bilinear or no resize at all; the tables are made once."""
    image, (out, inside) = workload.image, workload.tensor()
    gain, offset, channels = workload.gain, workload.offset, np.array(workload.channels)
    scale = [source / size for source, size in zip(image.shape, workload.resized, strict=False)]
    if workload.filter != "bilinear":
        down, along = ((np.arange(size) * by).astype(np.intp) for size, by in zip(workload.resized, scale, strict=True))

        def run():
            _nearest(image, down, along, gain, offset, channels, inside)
            return out

        return run
    tables = [_pairs(size, by, source) for size, by, source in zip(workload.resized, scale, image.shape, strict=False)]

    def run():
        _bilinear(image, *tables[0], *tables[1], gain, offset, channels, inside)
        return out

    return run


def _pairs(size, scale, source):
    """The two source positions of each output position, and the weight of the second."""
    centre = np.clip((np.arange(size) + 0.5) * scale - 0.5, 0, source - 1)
    first = centre.astype(np.intp)
    return first, np.minimum(first + 1, source - 1), np.float32(centre - first)


def separable(workload):
    """A filter as wide as the ratio, of what a crop keeps: rows of f32, then columns of them into the planes."""
    image, (out, _) = workload.image, workload.tensor()
    gain, offset, channels = workload.gain, workload.offset, np.array(workload.channels)
    x0, y0, x1, y1 = workload.source_box
    above, down = _weights(workload, workload.shape[1], y0, y1, workload.rows)
    left, along = _weights(workload, workload.shape[2], x0, x1, workload.columns)
    top, bottom = above[0], above[-1] + down.shape[1]
    rows = np.empty((bottom - top, 3, workload.shape[2]), np.float32)

    def run():
        _across(image[top:bottom], left, along, rows)
        _down(rows, above - top, down, gain, offset, channels, out)
        return out

    return run


def _weights(workload, size, start, end, source):
    """For each output position the first source position and the weights from there on, as many for all."""
    scale = (end - start) / size
    support = SUPPORT[workload.filter] * max(scale, 1.0)
    centre = start + (np.arange(size) + 0.5) * scale
    first = np.maximum((centre - support + 0.5).astype(np.intp), 0)
    last = np.minimum((centre + support + 0.5).astype(np.intp), source)
    taps = int((last - first).max())
    # Windows that would end behind the image start earlier instead; what is outside of the filter has no weight.
    first = np.minimum(first, source - taps)
    position = first[:, None] + np.arange(taps)
    weight = _kernel(workload.filter, (position + 0.5 - centre[:, None]) / max(scale, 1.0))
    return first, np.float32(weight / weight.sum(axis=1, keepdims=True))


def _kernel(filter, x):
    x = np.abs(x)
    if filter == "bilinear":
        return np.maximum(1.0 - x, 0.0)
    if filter == "bicubic":
        near, far = (1.5 * x - 2.5) * x * x + 1.0, ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
        return np.where(x < 1, near, np.where(x < 2, far, 0.0))
    return np.where(x < 3, np.sinc(x) * np.sinc(x / 3), 0.0)


@compiled
def _nearest(image, down, along, gain, offset, channels, out):
    a, b, c = channels
    for y in range(down.size):
        row = image[down[y]]
        for x in range(along.size):
            pixel = along[x]
            out[0, y, x] = row[pixel, a] * gain[0] + offset[0]
            out[1, y, x] = row[pixel, b] * gain[1] + offset[1]
            out[2, y, x] = row[pixel, c] * gain[2] + offset[2]


@compiled
def _bilinear(image, above, below, down, left, right, along, gain, offset, channels, out):
    for y in range(above.size):
        top, bottom, v = image[above[y]], image[below[y]], down[y]
        for x in range(left.size):
            first, second, h = left[x], right[x], along[x]
            for c in range(3):
                channel = channels[c]
                up = top[first, channel] + h * (np.float32(top[second, channel]) - np.float32(top[first, channel]))
                low = np.float32(bottom[second, channel]) - np.float32(bottom[first, channel])
                low = bottom[first, channel] + h * low
                out[c, y, x] = (up + v * (low - up)) * gain[c] + offset[c]


@compiled
def _cut(value):
    """What lobes below 0 overshoot: libraries cut it off in each pass."""
    return min(max(value, np.float32(0)), np.float32(255))


@compiled
def _across(image, left, weights, rows):
    taps = weights.shape[1]
    for y in range(rows.shape[0]):
        row = image[y]
        for x in range(left.size):
            first, a, b, c = left[x], np.float32(0), np.float32(0), np.float32(0)
            for k in range(taps):
                weight = weights[x, k]
                a += weight * row[first + k, 0]
                b += weight * row[first + k, 1]
                c += weight * row[first + k, 2]
            rows[y, 0, x], rows[y, 1, x], rows[y, 2, x] = _cut(a), _cut(b), _cut(c)


@compiled
def _down(rows, above, weights, gain, offset, channels, out):
    taps, columns = weights.shape[1], out.shape[2]
    line = np.empty(columns, np.float32)
    for y in range(above.size):
        for c in range(3):
            line[:] = 0
            for k in range(taps):
                weight, row = weights[y, k], rows[above[y] + k, channels[c]]
                for x in range(columns):
                    line[x] += weight * row[x]
            for x in range(columns):
                out[c, y, x] = _cut(line[x]) * gain[c] + offset[c]
