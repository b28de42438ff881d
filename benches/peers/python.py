"""Each workload from Python: pixfuse against OpenCV, torchvision, kornia_rs, Pillow, numpy and numba.

One process, in which the ways take turns, on one thread unless a row says otherwise. Each is compared with pixfuse
before anything is timed. One JSON object a line on standard output, what is done on standard error; `cargo xtask bench`
runs this and makes the table.
"""

import os

# Read by the libraries when they are loaded.
for pool in ("OMP", "OPENBLAS", "MKL", "RAYON", "NUMEXPR", "NUMBA"):
    os.environ[f"{pool}_NUM_THREADS"] = "1"

import argparse  # noqa: E402
import importlib  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402

from ways import process, rounds  # noqa: E402
from ways.workload import workloads  # noqa: E402

LIBRARIES = ("opencv", "torchvision", "kornia", "pillow", "compiled", "floor")


def main():
    """Measures what the command line asks for."""
    parser = argparse.ArgumentParser(description="Measures each workload from Python.")
    parser.add_argument("--only", metavar="ID", help="one workload")
    parser.add_argument("--quick", action="store_true", help="do not measure long")
    arguments = parser.parse_args()
    modules = {name: module for name in ("ours", *LIBRARIES, "batches", "files", "folder") if (module := loaded(name))}
    for workload in workloads(arguments.only):
        if workload.task == "process":
            print(f"{workload.id}: measuring new processes", file=sys.stderr)
            for name, times in process.measure(workload, arguments.quick):
                summary = times[len(times) // 2], times[0], times[len(times) * 9 // 10]
                report(workload, name, summary, kind="cold")
            continue
        ways = []
        for way in of(workload, modules):
            print(f"{workload.id}: checking {way.name}", file=sys.stderr)
            way.compare(workload)
            ways.append(way)
        print(f"{workload.id}: measuring {len(ways)} rows", file=sys.stderr)
        # A call takes as long as a turn of the others does.
        quick = arguments.quick or workload.task == "folder"
        times = rounds.measure(ways, rounds.QUICK if quick else rounds.FULL)
        best = {}
        for way, time in zip(ways, times, strict=True):
            if way.name.startswith("cv2:"):
                best[way.threads] = min(best.get(way.threads, (time[0], way.name)), (time[0], way.name))
        for way, time in zip(ways, times, strict=True):
            is_best = way.name == best.get(way.threads, (0, ""))[1]
            name = way.name.replace("cv2:", "cv2 at its best:") if is_best else way.name
            report(workload, name, time, kind=way.kind, threads=way.threads, level=way.level, check=way.check)


def of(workload, modules):
    """Every way to do a workload."""
    if workload.task == "file":
        return modules["files"].ways(workload) if "files" in modules else []
    if workload.task == "folder":
        return modules["folder"].ways(workload) if "folder" in modules else []
    if workload.task == "batch":
        return modules["batches"].ways(workload, modules)
    if workload.task == "call":
        return modules["ours"].calls(workload)
    return (way for name in ("ours", *LIBRARIES) if name in modules for way in modules[name].ways(workload))


def report(workload, name, times, kind, threads=1, level=None, check="no result"):
    """Prints one record."""
    median, fastest, p90 = times
    record = {
        "workload": workload.id,
        "name": name,
        "kind": kind,
        "threads": threads,
        "language": "Python",
        "level": level,
        "median_us": median,
        "min_us": fastest,
        "p90_us": p90,
        "check": check,
    }
    print(json.dumps(record), flush=True)


def loaded(name):
    """The module of some ways, or `None` when its library is not installed; pixfuse itself must be."""
    try:
        return importlib.import_module(f"ways.{name}")
    except ModuleNotFoundError as error:
        if error.name == "pixfuse":
            raise
        print(f"{error.name} is not installed: its rows are left out", file=sys.stderr)
        return None


if __name__ == "__main__":
    main()
