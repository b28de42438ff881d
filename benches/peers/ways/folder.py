"""A folder of JPEG files into one block, on one thread and on two: pixfuse, and simplejpeg and torchvision."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pixfuse
import simplejpeg
import torch

from .ours import on
from .torchvision import steps
from .way import ONE_LEVEL, Way

THREADS = (1, 2)


def ways(workload):
    """pixfuse on its best level, and the fastest of what people write instead, with an equal share a thread."""
    folder = tempfile.TemporaryDirectory()
    paths = [Path(folder.name, f"{index}.jpg") for index in range(workload.images)]
    for path in paths:
        path.write_bytes(workload.file)
    block = np.empty((workload.images, *workload.shape), np.float32)
    level = pixfuse.levels()[-1]
    pipe = on(workload, level)
    for threads in THREADS:
        yield Way("pixfuse", _whole(pipe, paths, block, threads, folder), level=level, kind="ours", threads=threads)
    transform = steps(workload)

    def one(path, out):
        pixels = simplejpeg.decode_jpeg(path.read_bytes())
        out[...] = transform(torch.from_numpy(pixels).permute(2, 0, 1))

    for threads in THREADS:
        run = _shared(one, paths, block, threads)
        yield Way("simplejpeg, torchvision v2", run, tolerance=ONE_LEVEL, threads=threads)


def _whole(pipe, paths, block, threads, folder):
    def run():
        assert folder  # It is there as long as somebody reads it.
        return pipe.decode_batch(paths, out=block, threads=threads)

    return run


def _shared(one, paths, block, threads):
    pool = ThreadPoolExecutor(threads)

    def run():
        list(pool.map(one, paths, block, chunksize=1))
        return block

    return run
