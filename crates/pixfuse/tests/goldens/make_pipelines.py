"""Write `declarations.txt` and `pipelines.txt`: tensors of whole pipelines, each made by its library.

    pip install -r crates/pixfuse/tests/goldens/requirements.txt
    python crates/pixfuse/tests/goldens/make_pipelines.py [FOLDER]

A line of `declarations.txt` is `name declaration`. `pipelines.txt` is a table as `resize.txt` is: a line is `rows columns`
of the sources, and for each pipeline the digest of five tensors of little-endian f32, one after another, one of each photo
in `photos/`. A photo of that size is the small one, repeated and mirrored at its edges as `photo` below does: pixels that
every language can make, since no two decoders agree on a JPEG.
"""

import pathlib
import random

import cv2
import numpy as np
import timm
import torch
import torchvision
import transformers
from make import Image, digest, write
from make_torch import release, wide_cpu
from pipelines import PIPELINES

# The size that is asked for and its neighbours, photos, thumbnails, lines and single pixels; the last two are of a
# length that a rule for both sides leaves as it is.
SIZES = [
    (1, 1), (1, 128), (150, 1), (2, 2), (3, 200), (200, 3), (4, 3), (7, 500), (500, 7), (224, 224), (256, 256),
    (223, 225), (255, 257), (248, 700), (640, 480), (480, 640), (700, 700), (320, 320), (449, 300), (96, 128),
    (77, 201), (201, 77),
]  # fmt: skip
RANDOM_SIZES = 100
LONGEST = 700


PHOTOS = np.fromfile(pathlib.Path(__file__).parent / "photos" / "photos.rgb", np.uint8).reshape(5, 96, 128, 3)


def photo(small: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """This many rows and columns of a photo without end: there and back, and there again.

    It begins at row `rows` and column `columns`, so that each size shows another part.
    """
    at = []
    for length, side in zip((rows, columns), small.shape):
        turn = (np.arange(length) + length) % (2 * side)
        at.append(np.minimum(turn, 2 * side - 1 - turn))
    return np.ascontiguousarray(small[at[0]][:, at[1]])


def size(generator: random.Random) -> tuple[int, int]:
    """More small sides than large ones; not so narrow that a library would leave nothing of a side."""
    while True:
        rows, columns = [generator.randint(1, generator.randint(1, LONGEST)) for _ in range(2)]
        if max(rows, columns) <= 150 * min(rows, columns):
            return rows, columns


def main() -> None:
    wide_cpu()
    # Threads that wait for each other take longer than these small images.
    torch.set_num_threads(1)
    generator = random.Random(3)
    libraries = {"OpenCV": cv2, "Pillow": Image, "timm": timm, "torchvision": torchvision, "transformers": transformers}
    versions = [f"{name} {release(library.__version__)}" for name, library in libraries.items()]
    lines = [
        f"# {', '.join(versions)}; made by make_pipelines.py",
        "# Made on x86-64 with AVX2. Without it torchvision resizes uint8 tensors bilinearly through f32, and OpenCV",
        "# for Arm may be built with another vendor's resize: other bits from them there, the same from pixfuse.",
    ]
    lines.append(" ".join(["rows", "columns", *PIPELINES]))
    for rows, columns in SIZES + [size(generator) for _ in range(RANDOM_SIZES)]:
        photos = [photo(small, rows, columns) for small in PHOTOS]
        digests = []
        for name, (_, reference) in PIPELINES.items():
            tensors = [np.asarray(reference(photo)) for photo in photos]
            assert all(tensor.dtype == np.float32 and tensor.ndim == 3 and len(tensor) == 3 for tensor in tensors), name
            digests.append(digest(tensor.astype("<f4") for tensor in tensors))
        lines.append(" ".join([str(rows), str(columns), *digests]))
    write("pipelines.txt", lines)
    write("declarations.txt", [f"{name} {pipeline.declaration}" for name, pipeline in PIPELINES.items()])


if __name__ == "__main__":
    main()
