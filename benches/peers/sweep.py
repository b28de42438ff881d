"""Nothing slower than the library that it equals: random cases of a filter, sizes and channels, u8 to u8, on one thread.

    python benches/peers/sweep.py [--cases 240] [--seed 1] [--rounds 9]

`cargo xtask bench --sweep` runs this. Every filter's own library makes the same bytes, which is seen first; then the two take
turns, and the slowest cases are listed with the ratio of the library's time to pixfuse's. OpenCV writes into memory that is
there, and so does pixfuse beside it; Pillow makes an image, and pixfuse an array. Sources are up to the photo of a phone; a fifth
of the sizes are what shortcuts are for: the same size, halves, one side kept. Ends with 1 where a case is slower by more than
the clock's noise.
"""

import argparse
import gc
import statistics
import sys
from time import thread_time

import cv2
import numpy as np
import pixfuse
from PIL import Image

from ways.workload import PHOTO

cv2.setNumThreads(1)

OPENCV = {
    "nearest": cv2.INTER_NEAREST,
    "nearest_exact": cv2.INTER_NEAREST_EXACT,
    "bilinear": cv2.INTER_LINEAR,
    "area": cv2.INTER_AREA,
    "lanczos4": cv2.INTER_LANCZOS4,
}
PILLOW = {
    "nearest_exact": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
# Calls of a turn last as long as this together, in seconds.
TURN = 0.004
# What a ratio may be below 1 without a case being slower.
NOISE = 0.03


class Case:
    """A filter of a library, two sizes, and gray or colour."""

    def __init__(self, random, photo):
        self.library, filters = (("OpenCV", OPENCV), ("Pillow", PILLOW))[random.integers(2)]
        self.filter = str(random.choice(list(filters)))
        self.number = filters[self.filter]
        self.channels = int(random.choice([1, 3]))
        self.source = tuple(np.exp(random.uniform(np.log(24), np.log(4500), 2)).astype(int).tolist())
        self.size = sized(random, self.source)
        columns, rows = self.source[1], self.source[0]
        picture = photo.resize((columns, rows)).convert("L" if self.channels == 1 else "RGB")
        self.array = np.ascontiguousarray(np.asarray(picture))
        self.picture = picture

    def __str__(self):
        (rows, columns), (height, width) = self.source, self.size
        return f"{self.library} {self.filter}, {'gray' if self.channels == 1 else 'rgb'}, {rows}x{columns} to {height}x{width}"

    def ways(self):
        """The library's call and pixfuse's, both of which have given the same bytes."""
        (rows, columns), (height, width) = self.source, self.size
        channels = "gray" if self.channels == 1 else "rgb"
        antialias = ", antialias" if self.library == "Pillow" and self.filter != "nearest_exact" else ""
        pipe = pixfuse.Pipeline(
            f"input({channels}8), resize({height}, {width}, {self.filter}{antialias}), output({channels}, u8, hwc)"
        )
        if self.library == "OpenCV":
            theirs = np.empty((height, width) + ((3,) if self.channels == 3 else ()), np.uint8)
            ours = np.empty((height, width, self.channels), np.uint8)
            calls = (
                lambda: cv2.resize(self.array, (width, height), theirs, interpolation=self.number),
                lambda: pipe(self.array, ours),
            )
        else:
            calls = (lambda: self.picture.resize((width, height), self.number), lambda: pipe(self.array))
        expected, made = (np.asarray(call()).reshape(height, width, self.channels) for call in calls)
        if not np.array_equal(expected, made):
            raise SystemExit(f"error: {self}: {np.count_nonzero(expected != made)} of {expected.size} bytes differ")
        return calls


def sized(random, source):
    """Another size: any, or one of those that libraries have shortcuts for."""
    rows, columns = source
    shortcuts = [(rows, columns), (max(rows // 2, 1), max(columns // 2, 1)), (rows, max(columns // 2, 1)), (max(rows // 2, 1), columns)]
    if random.random() < 0.2:
        return shortcuts[random.integers(len(shortcuts))]
    return tuple(np.exp(random.uniform(np.log(24), np.log(1400), 2)).astype(int).tolist())


def ratio(calls, rounds):
    """The library's time over pixfuse's, and pixfuse's in microseconds: medians of turns."""
    counts = [max(1, int(TURN / min(timed(call, 1) for _ in range(3)))) for call in calls]
    turns = [[], []]
    for _ in range(rounds):
        for call, count, own in zip(calls, counts, turns):
            timed(call, 1)
            own.append(timed(call, count))
    theirs, ours = (statistics.median(own) for own in turns)
    return theirs / ours, ours * 1e6


def timed(call, count):
    """Seconds of this thread on the CPU, to which a busy machine adds little."""
    start = thread_time()
    for _ in range(count):
        call()
    return (thread_time() - start) / count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    with Image.open(PHOTO) as file:
        photo = file.convert("RGB")
    cases = [Case(random, photo) for _ in range(arguments.cases)]
    gc.disable()
    results = []
    for case in cases:
        calls = case.ways()
        found = ratio(calls, arguments.rounds)
        # A neighbour of the machine may have spoiled it: what seems slower is measured again, at more length.
        if found[0] < 1 + NOISE:
            found = ratio(calls, arguments.rounds * 3)
        results.append((*found, case))
    results.sort(key=lambda result: result[0])
    ratios = [result[0] for result in results]
    slower = [result for result in results if result[0] < 1 - NOISE]
    print(f"{len(results)} cases on {pixfuse.levels()[-1]}, every byte equal; the library's time over pixfuse's:")
    parts = [("least", 0), ("a tenth below", 10), ("median", 50), ("a tenth above", 90), ("most", 100)]
    print(", ".join(f"{name} {np.percentile(ratios, part):.2f}" for name, part in parts))
    for library in ("OpenCV", "Pillow"):
        own = [ratio for ratio, _, case in results if case.library == library]
        print(f"{library}: {len(own)} cases, median {statistics.median(own):.2f}" if own else f"{library}: no case")
    print("\nratio  pixfuse µs  case")
    for found, time, case in results[: max(12, len(slower))]:
        print(f"{found:5.2f} {time:11.1f}  {case}")
    print(f"\n{len(slower)} slower than the library that they equal")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
