"""One way to do a workload, and the comparison of its result with pixfuse's."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# The same u8 values, normalised in another order of operations: largest and mean difference in levels of 8-bit colour.
ROUNDING = (0.001, 0.001)
# u8 values that were rounded another way.
ONE_LEVEL = (1.001, 0.5)
# The nearest neighbour, but the other one where a centre falls between two: few pixels, each off by whatever that is.
NEIGHBOURS = (255.0, 1.0)
# The same filter, by another rule for what lies between pixels or for where the weights are cut: the row says how far
# it is off.
OTHER_WEIGHTS = (48.0, 1.5)
# Another filter, or one of another image: the row says how far it is off.
OTHER_FILTER = (255.0, 12.0)


@dataclass
class Way:
    """A way to do a workload.

    `run` takes no argument and returns the tensor; `before` is called before each run and not measured. `filter` is the
    one of pixfuse whose rule this way follows, if it is not the workload's own; `tolerance` is what its own rounding
    explains. `kind` is `ours`, `peer`, `floor` (which has no result), `reduced` (another tensor, of a smaller image),
    `cold` or `overhead`; as many runs as `repeat` says are timed as one.
    """

    name: str
    run: Callable[[], object]
    filter: str | None = None
    tolerance: tuple[float, float] = ROUNDING
    level: str | None = None
    kind: str = "peer"
    threads: int = 1
    before: Callable[[], object] | None = None
    repeat: int = 1
    check: str = ""

    def compare(self, workload):
        """Fills `check`, or ends the program when this way does not do the same work."""
        if self.kind == "floor":
            self.check = "no result"
            return
        if self.before:
            self.before()
        expected = workload.expected(self.filter)
        result = np.asarray(self.run()).reshape(-1, *workload.shape)
        if len(result) != workload.images or result.dtype != np.float32 or not result.flags.c_contiguous:
            raise SystemExit(
                f"error: {workload.id}: {self.name} gives {len(result)} of {result.dtype}, strides {result.strides}"
            )
        largest = mean = 0.0
        for tensor in result:
            levels = np.abs(np.float64(tensor) - expected) / np.abs(np.float64(workload.gain).reshape(3, 1, 1))
            # Not `max` alone, which may lose a NaN.
            largest, mean = np.maximum(largest, levels.max()), np.maximum(mean, levels.mean())
        # Written so that a NaN fails.
        if not (largest <= self.tolerance[0] and mean <= self.tolerance[1]):
            raise SystemExit(f"error: {workload.id}: {self.name} is off by {largest:.3f} levels, {mean:.3f} on average")
        self.check = "equal" if largest == 0 else f"{largest:.2f} levels"
        if self.filter and self.filter != workload.filter:
            self.check += f" to {self.filter}"
