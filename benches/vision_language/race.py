"""Times that may be compared: the ways take turns in one process."""

import gc
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time

# Calls of a turn that count, behind one that brings this way's pixels and code back into the caches.
CALLS = 3


@dataclass
class Way:
    """One way to do a workload. `asked` names the promise that its ratio is held to; `keeps` holds what its calls gave
    until its turn is over, so that each call is given new memory."""

    name: str
    run: Callable[[], object]
    asked: str | None = None
    is_peer: bool = False
    keeps: bool = False
    check: str = "equal"


@dataclass
class Time:
    """Milliseconds of a call: the median of the turns' medians, what nine of ten calls are above and below, and the median of
    what this process had of the CPU, to which a busy machine adds less."""

    median: float
    p10: float
    p90: float
    cpu: float


def race(ways, rounds):
    """The time of each, in their order."""
    turns = [[] for _ in ways]
    gc.collect()
    gc.disable()
    for _ in range(rounds):
        for way, own in zip(ways, turns, strict=True):
            own.append(_turn(way))
    gc.enable()
    return [_summary(own) for own in turns]


def _turn(way):
    times, kept = [], []
    for call in range(1 + CALLS):
        start, worked = perf_counter(), process_time()
        result = way.run()
        time = (perf_counter() - start) * 1e3, (process_time() - worked) * 1e3
        if way.keeps:
            kept.append(result)
        # What it takes to give memory back is not the next call's.
        del result
        if call:
            times.append(time)
    return times


def _summary(turns):
    clocks = [[list(clock) for clock in zip(*turn)] for turn in turns]
    median, cpu = (statistics.median(statistics.median(turn[clock]) for turn in clocks) for clock in range(2))
    together = sorted(time for turn in clocks for time in turn[0])
    return Time(median, together[len(together) // 10], together[len(together) * 9 // 10], cpu)
