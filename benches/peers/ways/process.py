"""What is paid once a process: the import of pixfuse, and its first call."""

import json
import subprocess
import sys

# numpy is there before: a program that has images has imported it, and it alone takes ten times as long.
IMPORT = """
import time
import numpy
start = time.perf_counter_ns()
import pixfuse
print(time.perf_counter_ns() - start)
"""
FIRST = """
import json, sys, time
import numpy
import pixfuse
given = json.loads(sys.argv[1])
clauses = {name: tuple(value) if isinstance(value, list) else value for name, value in given["pipeline"].items()}
image = numpy.full((given["rows"], given["columns"], 3), 128, numpy.uint8)
start = time.perf_counter_ns()
pipe = pixfuse.Pipeline(**clauses)
made = time.perf_counter_ns()
out = pipe(image)
ran = time.perf_counter_ns()
pipe(image, out=out)
print(made - start, ran - made, time.perf_counter_ns() - ran)
"""
# New processes a row, and when it need not be exact.
FULL, QUICK = 25, 5


def measure(workload, quick):
    """`(name, sorted microseconds)` of each row."""
    count = QUICK if quick else FULL
    if workload.process == "import":
        return [("pixfuse, import", sorted(_times(IMPORT)[0] for _ in range(count)))]
    given = {"pipeline": workload.pipeline, "rows": workload.rows, "columns": workload.columns}
    runs = [_times(FIRST, json.dumps(given)) for _ in range(count)]
    names = ("pixfuse, the pipeline is made", "pixfuse, first call, new output", "pixfuse, second call, into out")
    return [(name, sorted(times)) for name, times in zip(names, zip(*runs, strict=True), strict=True)]


def _times(program, *arguments):
    """The microseconds that a new process prints."""
    command = [sys.executable, "-c", program, *arguments]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [int(word) / 1000 for word in printed.split()]
