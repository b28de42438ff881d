"""The same workloads in Node.js and in Rust: programs that are given the pixels and the tensor that transformers makes."""

import json
import subprocess

import numpy as np
import pixfuse

from ways import compact_of, loaded
from workloads import HERE


def rows(workload, folder, rounds, node, peer):
    """The rows of other languages, where a workload is one image."""
    if workload.images or workload.frames:
        return
    task = written(workload, folder)
    if node:
        yield from shown("Node.js", ["node", str(HERE / "node.mjs"), str(task), str(rounds)])
    if peer and workload.config["image_processor_type"] == "Qwen2VLImageProcessor":
        yield from shown("Rust", [peer, str(task), str(rounds)])


def written(workload, folder):
    """Writes the pixels and the tensor; the file that says what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    pixels = loaded(workload.config, "torchvision")(workload.image, return_tensors="np")["pixel_values"]
    task, image, tensor = (folder / f"{workload.id}.{kind}" for kind in ("json", "rgb", "f32"))
    image.write_bytes(np.asarray(workload.image).tobytes())
    tensor.write_bytes(pixels.tobytes())
    processor = pixfuse.from_config(workload.config)
    told = {
        "config": workload.config,
        "rows": workload.rows,
        "columns": workload.columns,
        "dims": pixels.shape,
        "pixels": str(image.resolve()),
        "tensor": str(tensor.resolve()),
        # Rust reads no config at run time.
        "declaration": processor.declaration,
        "compact": compact_of(processor).spec,
    }
    task.write_text(json.dumps(told))
    return task


def shown(language, command):
    """Runs a program, which prints one JSON object a way: `name`, `is_peer`, `median`, `p10`, `p90`, `check`, perhaps `cpu`."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"error: {' '.join(command)}: {done.stderr.strip()[-500:]}")
    ways = [json.loads(line) for line in done.stdout.splitlines()]
    # A program that does not say what it had of the CPU is compared by the clock.
    clock = "cpu" if all("cpu" in way for way in ways) else "median"
    theirs = min((way[clock] for way in ways if way["is_peer"]), default=None)
    for way in ways:
        lead = "" if way["is_peer"] or theirs is None else f"{theirs / way[clock]:.1f}"
        cpu = f"{way['cpu']:.2f}" if "cpu" in way else "-"
        name = f"{language}: {way['name']}" + (f" ({way['check']})" if way["check"] != "equal" else "")
        yield f"| {name} | {way['median']:.2f} | {way['p10']:.2f} to {way['p90']:.2f} | {cpu} | {lead} | |"
