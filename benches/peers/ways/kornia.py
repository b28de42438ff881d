"""kornia_rs: one fused pass, on RGB pixels, into a new tensor each time.

Its CPU path takes no output and swaps no channels (`bgr` gives the planes in the order of the source), so it is given
pixels that are RGB already. It has no antialiased bilinear filter and no crop.
"""

import numpy as np
from kornia_rs import Preprocessor

from .way import NEIGHBOURS, ONE_LEVEL, OTHER_WEIGHTS, ROUNDING, Way

# Its filter, the one of pixfuse that it follows, and how closely.
FILTERS = {
    ("nearest", False): ("nearest", "nearest_exact", NEIGHBOURS),
    ("nearest_exact", False): ("nearest", "nearest_exact", NEIGHBOURS),
    ("bilinear", False): ("bilinear", None, ONE_LEVEL),
    ("lanczos", True): ("lanczos", None, OTHER_WEIGHTS),
    # It has no way without a resize; this one reads each pixel once.
    (None, False): ("nearest", None, ROUNDING),
}


def ways(workload):
    """Its `Preprocessor`, where that has the filter."""
    known = FILTERS.get((workload.filter, workload.antialias))
    if known and "center_crop" not in workload.pipeline:
        sampling, filter, tolerance = known
        yield Way("kornia_rs", preprocessed(workload, sampling), filter, tolerance)


def preprocessed(workload, sampling):
    """Its `Preprocessor`, as an array that shares the tensor's memory."""
    options = {"mode": "stretch"}
    if workload.fill is not None:
        options = {"mode": "letterbox", "pad_value": workload.fill}
    if workload.has_mean_and_std:
        options |= {"mean": tuple(workload.mean.tolist()), "std": tuple(workload.std.tolist())}
    with_it = Preprocessor(format="rgb", sampling=sampling, **options)
    frame = np.ascontiguousarray(workload.image[..., workload.channels]).reshape(-1)
    width, height, (_, rows, columns) = workload.columns, workload.rows, workload.shape
    return lambda: with_it.run(frame, width, height, rows, columns).numpy()
