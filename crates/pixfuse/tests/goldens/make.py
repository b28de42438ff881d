"""Write `resize.txt`: what OpenCV and Pillow make of small images, as digests that Rust, Python and Node.js check alike.

`cargo xtask goldens` runs this and the other two programs with the libraries of `requirements.txt`; alone:

    pip install -r crates/pixfuse/tests/goldens/requirements.txt
    python crates/pixfuse/tests/goldens/make.py [FOLDER]

The file is a table. Its first line names the columns: five numbers, then filters, each as it follows rows and columns in
`resize(...)`. A line is `source_rows source_columns rows columns seed` and for each filter a digest: the first 16 hex
digits of the SHA-256 of three u8 results in HWC order, one after another: of a gray, an RGB and an RGBA image.
The sources are not stored: byte `i` is `mix(i + seed * 0x9E3779B9) & 255`, the finaliser of MurmurHash3 (Appleby).
"""

import hashlib
import pathlib
import random
import sys
from collections.abc import Callable, Iterable

import cv2
import numpy as np
from PIL import Image


def pixels(rows: int, columns: int, channels: int, seed: int) -> np.ndarray:
    """The source image of a line."""
    x = np.arange(rows * columns * channels, dtype=np.uint64) + seed * 0x9E3779B9
    x = (x & 0xFFFFFFFF).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return (x & 255).astype(np.uint8).reshape(rows, columns, channels)


def opencv(flag: int):
    def resize(image: np.ndarray, rows: int, columns: int) -> np.ndarray:
        return cv2.resize(image, (columns, rows), interpolation=flag)

    return resize


def pillow(filter: Image.Resampling):
    def resize(image: np.ndarray, rows: int, columns: int) -> np.ndarray:
        """Each channel for itself: Pillow would multiply RGB by alpha, which is another declaration."""
        bands = [Image.fromarray(np.ascontiguousarray(image[..., c])) for c in range(image.shape[2])]
        return np.stack([np.asarray(band.resize((columns, rows), filter)) for band in bands], axis=-1)

    return resize


def columns_first(filter: Image.Resampling):
    """Pillow 12 and older: along the rows first, whatever the sizes. One axis at a time, Pillow 13 does that too.

    Pillow 12.3.0 itself gave these digests for every size; a quarter of them is not what Pillow 13 gives at once.
    """
    one_axis = pillow(filter)
    return lambda image, rows, columns: one_axis(one_axis(image, image.shape[0], columns), rows, columns)


FILTERS = {
    "nearest": opencv(cv2.INTER_NEAREST),
    "nearest_exact": pillow(Image.Resampling.NEAREST),
    "bilinear": opencv(cv2.INTER_LINEAR),
    "area": opencv(cv2.INTER_AREA),
    "lanczos4": opencv(cv2.INTER_LANCZOS4),
    "box,antialias": pillow(Image.Resampling.BOX),
    "bilinear,antialias": pillow(Image.Resampling.BILINEAR),
    "hamming,antialias": pillow(Image.Resampling.HAMMING),
    "bicubic,antialias": pillow(Image.Resampling.BICUBIC),
    "lanczos,antialias": pillow(Image.Resampling.LANCZOS),
    "bicubic,antialias,pillow=12": columns_first(Image.Resampling.BICUBIC),
    "lanczos,antialias,pillow=12": columns_first(Image.Resampling.LANCZOS),
}

# Awkward on purpose: single pixels and lines, primes, one less and one more than a block of 8 or 16, extreme ratios,
# whole factors, one side unchanged, one side shrinking while the other grows.
EDGES = [
    (1, 1, 1, 1), (1, 1, 7, 9), (5, 1, 3, 17), (1, 40, 1, 16), (2, 2, 1, 1), (3, 3, 16, 15), (17, 31, 8, 7),
    (16, 32, 8, 16), (48, 96, 16, 32), (31, 33, 31, 17), (31, 33, 16, 33), (23, 29, 23, 29), (97, 211, 10, 16),
    (200, 3, 5, 300), (3, 200, 300, 5), (64, 400, 2, 16), (7, 500, 3, 24), (90, 120, 37, 61), (941, 13, 10, 50),
    (13, 941, 50, 10), (3, 5, 2000, 2), (5, 3, 2, 2000), (1, 600, 600, 1), (600, 600, 151, 149), (151, 149, 600, 600),
]  # fmt: skip
RANDOM_SIZES = 300


def sizes() -> list[tuple[int, int, int, int]]:
    """Edges and random sizes from 1 x 1 to 600 x 600, more small ones than large; about one in seven keeps a side."""
    generator = random.Random(1)
    side = lambda: generator.randint(1, generator.choice((20, 60, 60, 60, 60, 600)))
    found = list(EDGES)
    for _ in range(RANDOM_SIZES):
        size = [side() for _ in range(4)]
        if generator.random() < 0.15:
            axis = generator.randrange(2)
            size[2 + axis] = size[axis]
        found.append(tuple(size))
    return found


def digest(tensors: Iterable[np.ndarray]) -> str:
    """What stands in a table: the first 64 bits of the SHA-256 of the tensors' bytes, one after another."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(np.ascontiguousarray(tensor).tobytes())
    return digest.hexdigest()[:16]


def write(name: str, lines: list[str]) -> None:
    """Writes a file of goldens beside this one, or into the folder that the command line names."""
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


Resize = Callable[[np.ndarray, int, int], np.ndarray]


def table(filters: dict[str, Resize], first_seed: int) -> list[str]:
    """The lines of a table, under its heading."""
    lines = [" ".join(["source_rows", "source_columns", "rows", "columns", "seed", *filters])]
    for seed, (source_rows, source_columns, rows, columns) in enumerate(sizes(), first_seed):
        images = [pixels(source_rows, source_columns, channels, seed) for channels in (1, 3, 4)]
        digests = []
        for resize in filters.values():
            results = [resize(image, rows, columns) for image in images]
            assert [result.size for result in results] == [rows * columns * channels for channels in (1, 3, 4)]
            digests.append(digest(results))
        lines.append(" ".join([*map(str, (source_rows, source_columns, rows, columns, seed)), *digests]))
    return lines


def main() -> None:
    versions = f"# OpenCV {cv2.__version__}, Pillow {Image.__version__}; made by make.py"
    write("resize.txt", [versions, *table(FILTERS, first_seed=1)])


if __name__ == "__main__":
    main()
