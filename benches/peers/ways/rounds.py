"""Times that may be compared: all ways take turns, many times, in one process."""

import gc
import statistics
from dataclasses import dataclass
from time import perf_counter_ns

# Calls at the start of a turn that are not counted: they bring this way's pixels and code back into the caches.
WARM_UP = 3
# Fewest counted calls of a turn.
FEWEST = 5


@dataclass
class Effort:
    """How long to measure: turns of each way, and microseconds of a turn."""

    rounds: int
    turn: float


FULL = Effort(rounds=15, turn=20_000)
QUICK = Effort(rounds=3, turn=4_000)


def measure(ways, effort):
    """`(median, min, p90)` of each way's run in microseconds.

    The median is that of the turns' medians: a turn that another process spoiled is outvoted.
    """
    calls = [max(FEWEST, int(effort.turn / min(_turn(way, 3)) / way.repeat)) for way in ways]
    turns = [[] for _ in ways]
    gc.collect()
    gc.disable()
    for _ in range(effort.rounds):
        for way, count, own in zip(ways, calls, turns, strict=True):
            own.append(_turn(way, WARM_UP + count)[WARM_UP:])
    gc.enable()
    return [_summary(own) for own in turns]


def _turn(way, count):
    run, before, times = way.run, way.before, []
    if way.repeat > 1:
        return _together(run, way.repeat, count)
    for _ in range(count):
        if before:
            before()
        start = perf_counter_ns()
        run()
        times.append((perf_counter_ns() - start) / 1000)
    return times


def _together(run, repeat, count):
    """What is too short for the clock, many times as one."""
    times, runs = [], range(repeat)
    for _ in range(count):
        start = perf_counter_ns()
        for _ in runs:
            run()
        times.append((perf_counter_ns() - start) / 1000 / repeat)
    return times


def _summary(turns):
    together = sorted(time for turn in turns for time in turn)
    median = statistics.median(statistics.median(turn) for turn in turns)
    return median, together[0], together[len(together) * 9 // 10]
