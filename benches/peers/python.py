"""Each workload from Python: pixfuse against OpenCV, torchvision, Pillow and numpy.

One thread, one process; the ways take turns. Each is compared with pixfuse before anything is timed. One JSON object a
line on standard output; `cargo xtask bench` runs this and makes the table.
"""

import os

# Read by the libraries when they are loaded.
for pool in ("OMP", "OPENBLAS", "MKL", "RAYON", "NUMEXPR"):
    os.environ[f"{pool}_NUM_THREADS"] = "1"

import argparse  # noqa: E402
import importlib  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402

from ways import rounds  # noqa: E402
from ways.workload import FileWorkload, workloads  # noqa: E402


def main():
    """Measures what the command line asks for."""
    parser = argparse.ArgumentParser(description="Measures each workload from Python.")
    parser.add_argument("--only", metavar="ID", help="one workload")
    parser.add_argument("--quick", action="store_true", help="do not measure long")
    arguments = parser.parse_args()
    images = [peer for peer in map(loaded, ("ours", "opencv", "torchvision", "pillow")) if peer]
    files = [peer for peer in [loaded("files")] if peer]
    for workload in workloads(arguments.only):
        peers = files if isinstance(workload, FileWorkload) else images
        ways = [way for peer in peers for way in peer.ways(workload)]
        for way in ways:
            way.compare(workload)
        times = rounds.measure([way.run for way in ways], rounds.QUICK if arguments.quick else rounds.FULL)
        named = [(time[0], way.name) for way, time in zip(ways, times, strict=True) if way.name.startswith("cv2")]
        best = min(named, default=(0, None))[1]
        for way, (median, fastest, p90) in zip(ways, times, strict=True):
            record = {
                "workload": workload.id,
                "name": way.name.replace("cv2:", "cv2 at its best:") if way.name == best else way.name,
                "language": "Python",
                "level": way.level,
                "median_us": median,
                "min_us": fastest,
                "p90_us": p90,
                "check": way.check,
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
