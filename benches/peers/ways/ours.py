"""pixfuse from Python: every level into an output that is there, and the best one where something is new."""

import functools
import os

import numpy as np
import pixfuse

from .way import Way

# Calls that are timed as one where a call is all there is: to read the clock would take a third of it.
CALLS = 100


def ways(workload):
    """One way for each level of this CPU, the fastest first; then the default where a size or the output is new."""
    yield from levels(workload)
    pipe, image = workload.pipe(), workload.image
    fresh, out = [pipe], np.empty(workload.shape, np.float32)

    def forget():
        # A pipeline that has seen nothing yet: it makes the tables of this size first.
        fresh[0] = workload.pipe()

    level = str(pipe.level)
    yield Way("pixfuse, new size", lambda: fresh[0](image, out=out), level=level, kind="cold", before=forget)
    yield Way("pixfuse, new output", lambda: pipe(image), level=level, kind="cold")


def levels(workload):
    """One way for each level of this CPU, the fastest first."""
    for level in reversed(pixfuse.levels()):
        yield Way("pixfuse", _into(on(workload, level), workload), level=level, kind="ours")


def calls(workload):
    """The same where a call is all there is to measure."""
    for level in reversed(pixfuse.levels()):
        pipe, image, out = on(workload, level), workload.image, np.empty(workload.shape, np.float32)
        run = functools.partial(pipe, image, out=out)
        yield Way("pixfuse", run, level=level, kind="overhead", repeat=CALLS)


def _into(pipe, workload):
    image, out = workload.image, np.empty(workload.shape, np.float32)
    return lambda: pipe(image, out=out)


def on(workload, level):
    """The pipeline on a level, which is chosen when a pipeline is made."""
    before = os.environ.get("PIXFUSE_LEVEL", "")
    os.environ["PIXFUSE_LEVEL"] = level
    try:
        return workload.pipe()
    finally:
        # Empty is as good as unset.
        os.environ["PIXFUSE_LEVEL"] = before
