"""Dask: a bag of paths, decoded a partition at a time by two processes."""

import dask.bag
import numpy as np
from pixfuse import presets

PIPE = presets.imagenet


def decoded(paths: list[str]) -> list[np.ndarray]:
    return [PIPE.decode_batch(list(paths))]


def tensors(paths: list[str]) -> np.ndarray:
    bag = dask.bag.from_sequence(paths, npartitions=3).map_partitions(decoded)
    return np.concatenate(bag.compute(scheduler="processes", num_workers=2))
