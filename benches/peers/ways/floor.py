"""The least that any way must do: to fetch what a tensor is made of, and to write the tensor."""

import numpy as np
from numba import njit

from .way import Way

LINE = 64


def ways(workload):
    """Fetches every cache line that the tensor depends on, once, then writes the tensor, once."""
    out, rows = np.empty(workload.shape, np.float32), touched(workload)
    yield Way("floor: fetch once, write once", lambda: fetch_and_fill(workload.image, rows, out), kind="floor")


def touched(workload):
    """The source rows that the tensor depends on, and the bytes of each."""
    x0, y0, x1, y1 = workload.source_box
    count = workload.resized[0] if workload.fill is not None else workload.shape[1]
    step, last = (y1 - y0) / count, workload.rows - 1
    if workload.filter in ("nearest", "nearest_floor"):
        rows = y0 + np.arange(count) * step
    elif workload.filter == "bilinear" and not workload.antialias:
        position = np.maximum(y0 + (np.arange(count) + 0.5) * step - 0.5, 0)
        # A row of weight 0 need not be fetched: an odd ratio samples single pixels.
        rows = np.concatenate([position, position[position % 1 > 1e-9] + 1])
    else:
        # No resize, or a filter as wide as the ratio: every row counts.
        rows = np.arange(int(y0), int(np.ceil(y1)))
    rows = np.unique(np.minimum(rows.astype(np.intp), last))
    return rows, int(x0) * 3, int(np.ceil(x1)) * 3


def fetch_and_fill(image, touched, out):
    """For one image; a line is fetched by one of its bytes: to read them all would already be work of the processor."""
    rows, start, end = touched
    _fetch(image.reshape(image.shape[0], -1), rows, start, end)
    out.fill(0)
    return out


@njit(nogil=True)
def _fetch(pixels, rows, start, end):
    total = 0
    for row in rows:
        for at in range(start, end, LINE):
            total ^= pixels[row, at]
    return total
