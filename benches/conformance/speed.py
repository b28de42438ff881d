"""Image processors of transformers with pixfuse and with torch: one Pillow image of 1080 x 1920, one thread.

    python benches/conformance/speed.py [--rounds 31]

The two take turns, so that what else the machine does meets both; medians. Before it is timed, each result is compared bit
for bit. `asked` is the least ratio that is promised; the program ends with 1 where one is missed. Behind the table: what it
takes of the CPU to import pixfuse beside numpy and Pillow, from a config to the first tensor, and to register with
transformers.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import photos
import pixfuse.transformers
import torch
import transformers
from PIL import Image

ASKED = {
    "ViTImageProcessor": 15,
    "CLIPImageProcessor": 15,
    "BitImageProcessor": 15,
    "SiglipImageProcessor": 10,
    "ConvNextImageProcessor": 10,
    "Sam2ImageProcessor": 6,
    "DetrImageProcessor": 6,
}

START = """
import time, numpy, PIL.Image
image = PIL.Image.fromarray(numpy.zeros((1080, 1920, 3), numpy.uint8))
start = time.process_time()
import pixfuse
imported = time.process_time()
pixfuse.from_config({"image_processor_type": "CLIPImageProcessor"})(image, return_tensors="np")
first = time.process_time()
print(imported - start, first - imported)
"""

REGISTER = """
import time, transformers
from transformers import AutoImageProcessor
start = time.process_time()
import pixfuse.transformers
pixfuse.transformers.register()
print(time.process_time() - start)
"""


def loaded(name, backend):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "preprocessor_config.json").write_text(json.dumps({"image_processor_type": name}))
        return transformers.AutoImageProcessor.from_pretrained(folder, backend=backend)


def race(calls, rounds):
    """The median of each, taken in turns."""
    times = [[] for _ in calls]
    for round in range(-2, rounds):
        for call, kept in zip(calls, times):
            start = time.perf_counter()
            call()
            if round >= 0:
                kept.append(time.perf_counter() - start)
    return [statistics.median(kept) for kept in times]


def medians(program, runs=5):
    """Of the numbers that a program prints, run anew each time."""
    printed = [
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
        for _ in range(runs)
    ]
    return [statistics.median(map(float, column)) for column in zip(*printed)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=31)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    pixfuse.transformers.register()
    image = Image.fromarray(photos.extended(np.asarray(photos.photos()["683x455"]), 1080, 1920))
    missed = 0
    print(f"{'class':24} {'torch, ms':>10} {'pixfuse, ms':>12} {'ratio':>7} {'asked':>6}")
    for name, asked in ASKED.items():
        theirs, ours = loaded(name, "torchvision"), loaded(name, "pixfuse")
        expected, result = theirs(image, return_tensors="pt"), ours(image, return_tensors="pt")
        assert set(expected) == set(result)
        for key, tensor in expected.items():
            same = torch.equal(result[key], tensor) if isinstance(tensor, torch.Tensor) else result[key] == tensor
            assert same, f"{name}: {key} differs"
        ways = [lambda: theirs(image, return_tensors="pt"), lambda: ours(image, return_tensors="pt")]
        torch_time, pixfuse_time = race(ways, rounds)
        ratio = torch_time / pixfuse_time
        missed += ratio < asked
        print(f"{name:24} {torch_time * 1e3:10.2f} {pixfuse_time * 1e3:12.2f} {ratio:7.1f} {asked:6}", flush=True)
    imported, first = medians(START)
    (register,) = medians(REGISTER)
    print(f"import pixfuse, beside numpy and Pillow: {imported * 1e3:.1f} ms")
    print(f"config to first tensor, the import with it: {(imported + first) * 1e3:.1f} ms, asked at most 20")
    print(f"import and register, beside transformers: {register * 1e3:.1f} ms, asked at most 2000")
    return 1 if missed or imported + first > 0.02 or register > 2 else 0


if __name__ == "__main__":
    sys.exit(main())
