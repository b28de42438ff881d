"""Many images into one block, on one thread and on a pool of two."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import numpy as np
import pixfuse

from .ours import on
from .way import ONE_LEVEL, Way
from .workload import Item

THREADS = (1, 2)


def ways(workload, libraries):
    """pixfuse on every level, and what is best of `libraries` for one image, with an equal share a thread."""
    block = np.empty((workload.images, *workload.shape), np.float32)
    # Each image has memory of its own, as those of a data loader.
    images = [workload.image.copy() for _ in range(workload.images)]
    for threads in THREADS:
        for level in reversed(pixfuse.levels()):
            pipe = on(workload, level)
            run = _whole(pipe, images, block, threads)
            yield Way("pixfuse", run, level=level, kind="ours", threads=threads)
        for name, make in _best(libraries):
            run = _shared(workload, images, block, make, threads)
            yield Way(name, run, tolerance=ONE_LEVEL, threads=threads)
    if "floor" in libraries:
        floor = import_module("ways.floor")
        touched = floor.touched(workload)
        pairs = list(zip(images, block, strict=True))
        run = lambda: [floor.fetch_and_fill(image, touched, out) for image, out in pairs]  # noqa: E731
        yield Way("floor: fetch once, write once", run, kind="floor")


def _best(libraries):
    """The formulations that are fastest for one image of this kind, as a function of the image that gives another."""
    if "opencv" in libraries:
        opencv = import_module("ways.opencv")
        for name in ("split, LUT", "split, numpy in place", "split, addWeighted", "LUT, split"):
            yield f"cv2: resize, {name}", opencv.FORMULATIONS[name]
    if "torchvision" in libraries:
        yield "torchvision v2 by hand into out", import_module("ways.torchvision").by_hand
    if "kornia" in libraries:
        yield "kornia_rs", lambda item: import_module("ways.kornia").preprocessed(item, "bilinear")
    if "compiled" in libraries:
        yield "numba loop", import_module("ways.compiled").fused


def _whole(pipe, images, block, threads):
    return lambda: pipe.batch(images, out=block, threads=threads)


def _shared(workload, images, block, make, threads):
    """Each thread has an equal share of the images, and scratch of its own."""
    share = -(-len(images) // threads)
    shares = []
    for start in range(0, len(images), share):
        scratch = {}
        items = [Item(workload, images[at], block[at], scratch) for at in range(start, start + share)]
        shares.append([(make(item), item.tensor()[0]) for item in items])

    def work(runs):
        for run, out in runs:
            tensor = run()
            # What a library gives in memory of its own belongs into the block.
            if not np.may_share_memory(tensor, out):
                out[...] = tensor

    if threads == 1:

        def one():
            work(shares[0])
            return block

        return one
    pool = ThreadPoolExecutor(threads)

    def run():
        list(pool.map(work, shares))
        return block

    return run
