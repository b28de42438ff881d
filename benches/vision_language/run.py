"""Vision-language preprocessing as its users have it: pixfuse beside transformers, and what other languages have.

    python benches/vision_language/run.py [--only V1] [--quick] [--node] [--peer PROGRAM] [--out PAGE]

`cargo xtask bench --vision-language` runs this. Each result is compared in every bit before anything is timed; the ways of a
language take turns in one process, on one thread unless a row says otherwise. A lead is the time of transformers' faster
backend over a row's. `--out` writes the page; without it the tables are printed.
"""

import os

# Read by the libraries when they are loaded.
for pool in ("OMP", "OPENBLAS", "MKL", "RAYON"):
    os.environ[f"{pool}_NUM_THREADS"] = "1"
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import argparse  # noqa: E402
import datetime  # noqa: E402
import pathlib  # noqa: E402
import platform  # noqa: E402
import sys  # noqa: E402

import numpy  # noqa: E402
import pixfuse  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402

import others  # noqa: E402
import pages  # noqa: E402
from race import race  # noqa: E402
from ways import ways  # noqa: E402
from workloads import HERE, workloads  # noqa: E402

HEAD = "| | ms | of ten calls, eight take | CPU ms | lead | asked |\n|---|--:|--:|--:|--:|--:|"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="ID", help="one workload")
    parser.add_argument("--quick", action="store_true", help="fewer turns: to see that it works, not to quote")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each way")
    parser.add_argument("--node", action="store_true", help="Node.js too")
    parser.add_argument("--peer", metavar="PROGRAM", help="the program of llm_multimodal/, built")
    parser.add_argument("--kept", default="target/vision-language", help="the folder of what other languages read")
    parser.add_argument("--out", metavar="PAGE", help="the page to write")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rounds = 3 if arguments.quick else arguments.rounds
    page = [head()]
    for workload in workloads(arguments.only):
        print(f"{workload.id}: {workload.what}", file=sys.stderr)
        page.append(f"\n## {workload.id}: {workload.what}\n")
        if workload.pages:
            page.append("| | s | CPU s | MiB at most, beyond what was there | asked |\n|---|--:|--:|--:|--:|")
            for name, seconds, cpu, beyond, asked in pages.measure(workload, str(HERE), arguments.quick):
                asked = "" if asked is None else f"{workload.asked[asked]} s"
                page.append(f"| {name} | {seconds:.2f} | {cpu:.2f} | {beyond:.0f} | {asked} |")
            continue
        page.append(HEAD)
        # What takes seconds outvotes what spoiled it in fewer.
        page += rows(workload, max(rounds // 5, 3) if workload.images or workload.frames else rounds)
        if arguments.node or arguments.peer:
            page += others.rows(workload, pathlib.Path(arguments.kept), rounds, arguments.node, arguments.peer)
    text = "\n".join(page) + "\n"
    if arguments.out:
        pathlib.Path(arguments.out).write_text(text)
    print(text)


def rows(workload, rounds):
    """The table of Python's ways."""
    all_ways = ways(workload)
    times = race(all_ways, rounds)
    theirs = min(time.cpu for way, time in zip(all_ways, times) if way.is_peer)
    by_name = {way.name: time for way, time in zip(all_ways, times)}
    for way, time in zip(all_ways, times):
        asked, lead = workload.asked.get(way.asked), "" if way.is_peer else f"{theirs / time.cpu:.1f}"
        if "threads" in way.name:
            # CPU time does not say what a thread more is worth.
            one = by_name[way.name.removesuffix(", two threads")]
            lead = f"{one.median / time.median:.2f} of one thread"
        yield f"| {way.name} | {time.median:.2f} | {time.p10:.2f} to {time.p90:.2f} | {time.cpu:.2f} | {lead} | {asked or ''} |"
    u8 = by_name.get("pixfuse, u8 without the copy, into out")
    if u8 and "per_second" in workload.asked:
        name = "pixfuse, u8 without the copy, images a second and core"
        yield f"| {name} | | | | {1000 / u8.cpu:,.0f} | {workload.asked['per_second']:,} |"


def head():
    model = platform.processor() or platform.machine()
    if pathlib.Path("/proc/cpuinfo").exists():
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    load = f", load {os.getloadavg()[0]:.1f} when it began" if hasattr(os, "getloadavg") else ""
    return f"""# Vision-language preprocessing

Written by `cargo xtask bench --vision-language` on {datetime.date.today()}: {model}, {os.cpu_count()} cores{load}; pixfuse on
{pixfuse.levels()[-1]}, transformers {transformers.__version__}, torch {torch.__version__.split("+")[0]}, numpy {numpy.__version__}.

Every result was equal to that of transformers in every bit before it was timed. The ways took turns in one process, on one
thread unless said; medians. A lead is the CPU time of transformers' faster backend over a row's. *into out* is memory that is
there, *first results* are new memory each, which the system clears."""


if __name__ == "__main__":
    main()
