"""One way to do a workload, and the comparison of its result with pixfuse's."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# The same u8 values, normalised in another order of operations: largest and mean difference in levels of 8-bit colour.
ROUNDING = (0.001, 0.001)
# u8 values that were rounded another way.
ONE_LEVEL = (1.001, 0.5)


@dataclass
class Way:
    """A way to do a workload.

    `run` takes no argument and returns the tensor. `filter` is the one of pixfuse whose rule this way follows, if it
    is not the workload's own; `tolerance` is what its own rounding explains.
    """

    name: str
    run: Callable[[], object]
    filter: str | None = None
    tolerance: tuple[float, float] = ROUNDING
    level: str | None = None
    check: str = ""

    def compare(self, workload):
        """Fills `check`, or ends the program when this way does not do the same work."""
        expected = workload.expected(self.filter)
        result = np.asarray(self.run()).reshape(workload.shape)
        if result.dtype != np.float32 or not result.flags.c_contiguous:
            raise SystemExit(f"error: {workload.id}: {self.name} gives {result.dtype}, strides {result.strides}")
        levels = np.abs(np.float64(result) - expected) / np.abs(np.float64(workload.gain).reshape(3, 1, 1))
        largest, mean = levels.max(), levels.mean()
        # Written so that a NaN fails.
        if not (largest <= self.tolerance[0] and mean <= self.tolerance[1]):
            raise SystemExit(f"error: {workload.id}: {self.name} is off by {largest:.3f} levels, {mean:.3f} on average")
        self.check = "equal" if largest == 0 else f"{largest:.2f} levels"
        if self.filter and self.filter != workload.filter:
            self.check += f" to {self.filter}"
