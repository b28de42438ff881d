"""One image through a library and through pixfuse, and what came of it."""

import collections
import importlib

import numpy as np
import pixfuse

EQUAL, RAISE, REFUSED, GIVEN, OTHER = "equal", "both raise", "refused", "given where the library raises", "OTHER BITS"


def arrays(result):
    """What a library returns, as arrays by name."""
    if not hasattr(result, "items"):
        result = {"pixel_values": result}
    return {name: array(value) for name, value in result.items()}


def array(value):
    """A value as an array; of bfloat16, which numpy has not, its bits."""
    if str(getattr(value, "dtype", "")) == "torch.bfloat16":
        value = value.view(importlib.import_module("torch").int16)
    return np.asarray(value)


def bits(array):
    return array.view(np.uint32) if array.dtype == np.float32 else array


def difference(ours, theirs):
    """What differs, in words; nothing where every bit is the same."""
    if set(ours) != set(theirs):
        return f"names {sorted(ours)} for {sorted(theirs)}"
    for name in theirs:
        a, b = ours[name], theirs[name]
        if a.shape != b.shape:
            return f"{name}: shape {a.shape} for {b.shape}"
        if a.dtype != b.dtype and a.dtype.kind in "fiu":
            return f"{name}: dtype {a.dtype} for {b.dtype}"
        # The sign of a zero is no other value.
        if not np.array_equal(bits(a), bits(b)) and not np.array_equal(a, b):
            apart = np.abs(a.astype(np.float64) - b.astype(np.float64))
            return f"{name}: max {apart.max():.3g} in {100 * (apart > 0).mean():.3g} %"
    return None


class Tally:
    """Outcomes of many images, with the first words of each that is not equal."""

    def __init__(self):
        self.counts = collections.Counter()
        self.words = {}

    def add(self, outcome, what, why=None):
        self.counts[outcome] += 1
        if why is not None:
            self.words.setdefault(outcome, []).append(f"{what}: {why}")
        return outcome

    def judge(self, what, ours, theirs):
        """Runs both and compares."""
        try:
            expected = arrays(theirs())
        except Exception as error:
            expected = error
        try:
            given = arrays(ours())
        except pixfuse.PipelineError as error:
            if isinstance(expected, Exception):
                return self.add(RAISE, what)
            return self.add(REFUSED, what, error)
        if isinstance(expected, Exception):
            return self.add(GIVEN, what, f"{type(expected).__name__}: {str(expected)[:100]}")
        why = difference(given, expected)
        return self.add(OTHER, what, why) if why else self.add(EQUAL, what)
