"""Write `declarations.txt` and `pipelines.txt`: tensors of whole pipelines, each made by its library.

    pip install -r crates/pixfuse/tests/goldens/requirements.txt
    python crates/pixfuse/tests/goldens/make_pipelines.py [FOLDER]

A line of `declarations.txt` is `name declaration`. A line of `pipelines.txt` is `name kind rows columns seed sha256`:
the size of the source, how its three channels are made, and the digest of the tensor's little-endian f32.
A source of kind `noise` is `pixels` of `make.py`; one of kind `smooth` is `smooth` below. Both are integers that every
language can compute, since no two decoders agree on a JPEG.
"""

import hashlib
import random

import cv2
import numpy as np
import timm
import torchvision
import transformers
from make import Image, pixels, write
from make_torch import release, wide_cpu
from pipelines import PIPELINES

# The size that is asked for and its neighbours, photos, thumbnails, lines and single pixels.
SIZES = [
    (1, 1), (1, 128), (150, 1), (2, 2), (3, 200), (200, 3), (4, 3), (7, 500), (500, 7), (224, 224), (256, 256),
    (223, 225), (255, 257), (248, 700), (640, 480), (480, 640), (700, 700), (320, 320), (449, 300), (96, 128),
]  # fmt: skip
RANDOM_SIZES = 40
LONGEST = 700


def smooth(rows: int, columns: int, channels: int, seed: int) -> np.ndarray:
    """Slopes and edges, as photos have them: a triangle wave, turned over in slanted stripes."""
    y, x, c = np.ogrid[:rows, :columns, :channels]
    value = np.abs((y * (2 + c) + x * (4 - c) + seed * 37) % 510 - 255)
    return np.where((7 * x + 3 * y + seed) // 64 % 5 == 0, 255 - value, value).astype(np.uint8)


def size(generator: random.Random) -> tuple[int, int]:
    """More small sides than large ones; not so narrow that a library would leave nothing of a side."""
    while True:
        rows, columns = [generator.randint(1, generator.randint(1, LONGEST)) for _ in range(2)]
        if max(rows, columns) <= 150 * min(rows, columns):
            return rows, columns


def main() -> None:
    wide_cpu()
    generator = random.Random(3)
    libraries = {"OpenCV": cv2, "Pillow": Image, "timm": timm, "torchvision": torchvision, "transformers": transformers}
    versions = [f"{name} {release(library.__version__)}" for name, library in libraries.items()]
    lines = [
        f"# {', '.join(versions)}; made by make_pipelines.py",
        "# Made on x86-64 with AVX2. Without it torchvision resizes uint8 tensors bilinearly through f32, and OpenCV",
        "# for Arm may be built with another vendor's resize: other bits from them there, the same from pixfuse.",
    ]
    seed = 20_000
    for name, (_, reference) in PIPELINES.items():
        sizes = SIZES + [size(generator) for _ in range(RANDOM_SIZES)]
        for index, (rows, columns) in enumerate(sizes):
            seed += 1
            kind, make = [("noise", pixels), ("smooth", smooth)][index % 2]
            tensor = np.asarray(reference(make(rows, columns, 3, seed)))
            assert tensor.dtype == np.float32 and tensor.ndim == 3 and tensor.shape[0] == 3, name
            digest = hashlib.sha256(np.ascontiguousarray(tensor, "<f4").tobytes()).hexdigest()
            lines.append(f"{name} {kind} {rows} {columns} {seed} {digest}")
    write("pipelines.txt", lines)
    write("declarations.txt", [f"{name} {pipeline.declaration}" for name, pipeline in PIPELINES.items()])


if __name__ == "__main__":
    main()
