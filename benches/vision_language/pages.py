"""A document: pages from pixels into memory that is there, with the most memory that this takes.

Each way runs in a process of its own, so that what the kernel counts of it at its highest is its own. transformers is given
page by page, and its tensors are dropped: a list of 250 pages would need them all several times at once.
"""

import json
import statistics
import subprocess
import sys

PROGRAM = """
import json, sys, time
import numpy as np
sys.path.insert(0, {here!r})
from workloads import workloads
(workload,) = workloads({id!r})
pages = [workload.pixels[index % workload.distinct] for index in range({pages})]

def highest():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

def stand():
    # What is held when the call begins is its beginning: the highest so far is forgotten.
    open("/proc/self/clear_refs", "w").write("5")
    return highest()

{body}
print(json.dumps({{"seconds": times, "beyond": beyond}}))
"""

OURS = """
import pixfuse
from ways import compact_of
processor = pixfuse.from_config(workload.config)
pipe = compact_of(processor) if {u8} else processor.pipeline()
one = pipe.output_shape(workload.rows, workload.columns)
out = np.empty((one[0] * len(pages), *one[1:]), np.uint8 if {u8} else np.float32)
out.fill(0)
before, times = stand(), []
pipe.concat(pages[:2], out[: 2 * one[0]], threads={threads})
for _ in range({rounds}):
    start, worked = time.perf_counter(), time.process_time()
    pipe.concat(pages, out, threads={threads})
    times.append((time.perf_counter() - start, time.process_time() - worked))
beyond = highest() - before
"""

THEIRS = """
import torch
from ways import loaded
torch.set_num_threads({threads})
processor = loaded(workload.config, "torchvision")
before, times = stand(), []
processor(pages[0], return_tensors="pt")
start, worked = time.perf_counter(), time.process_time()
for page in pages:
    processor(page, return_tensors="pt")
times.append((time.perf_counter() - start, time.process_time() - worked))
beyond = highest() - before
"""


def measure(workload, here, quick):
    """`(name, seconds, CPU seconds, MiB beyond what was there, asked)` of each way, the medians of its rounds."""
    rounds, pages = (1, 16) if quick else (5, workload.pages)
    ways = [
        (f"pixfuse into out, {words}{threads} thread{'s' * (threads > 1)}", OURS, {"u8": u8, "threads": threads}, asked if threads == 2 else None)
        for u8, words, asked in ((False, "", "seconds"), (True, "u8 without the copy, ", "u8_seconds"))
        for threads in (2, 1)
    ]
    ways.append(("transformers, torch, page by page, two threads", THEIRS, {"threads": 2}, None))
    for name, body, fields, asked in ways:
        body = body.format(rounds=rounds, **fields)
        program = PROGRAM.format(here=here, id=workload.id, pages=pages, body=body)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"error: {workload.id}: {name}: {done.stderr.strip().splitlines()[-1]}")
        said = json.loads(done.stdout.splitlines()[-1])
        seconds, cpu = (statistics.median(clock) * workload.pages / pages for clock in zip(*said["seconds"]))
        yield name, seconds, cpu, said["beyond"], asked
