"""The Python third of the demo: reads what the Rust program left in a directory, prints one line of JSON."""

import hashlib
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pixfuse

RUNS = 200

directory = Path(sys.argv[1])
given = json.loads((directory / "input.json").read_text(encoding="utf-8"))
image = np.fromfile(directory / "photo.rgb", dtype=np.uint8).reshape(given["rows"], given["columns"], 3)

pipe = pixfuse.Pipeline(given["pipeline"])
tensor = pipe(image)
times = []
for _ in range(RUNS):
    start = time.perf_counter_ns()
    pipe(image, out=tensor)
    times.append(time.perf_counter_ns() - start)

line = {
    "language": "Python",
    "shape": tensor.shape,
    "sha256": hashlib.sha256(tensor.astype("<f4").tobytes()).hexdigest(),
    "median_us": statistics.median(times) / 1000,
    "level": str(pipe.level),
}
print(json.dumps(line))
