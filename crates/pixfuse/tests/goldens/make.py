"""Write `resize.txt`: what OpenCV and Pillow make of small images, as digests that Rust, Python and Node.js check alike.

`cargo xtask goldens` runs this and the other two programs with the libraries of `requirements.txt`; alone:

    pip install -r crates/pixfuse/tests/goldens/requirements.txt
    python crates/pixfuse/tests/goldens/make.py [FOLDER]

A line is `filter channels source_rows source_columns rows columns seed sha256`, the digest of the u8 result in HWC order;
`filter` is what follows rows and columns in `resize(...)`.
The source is not stored: byte `i` of it is `mix(i + seed * 0x9E3779B9) & 255`, the finaliser of MurmurHash3 (Appleby).
"""

import hashlib
import pathlib
import random
import sys

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
}

# Awkward on purpose: single pixels and lines, primes, one less and one more than a block of 8 or 16, extreme ratios,
# exact halves and thirds, one side unchanged.
SIZES = [
    (1, 1, 1, 1), (1, 1, 7, 9), (5, 1, 3, 17), (1, 40, 1, 16), (2, 2, 1, 1), (3, 3, 16, 15), (17, 31, 8, 7),
    (16, 32, 8, 16), (48, 96, 16, 32), (31, 33, 31, 17), (31, 33, 16, 33), (23, 29, 23, 29), (97, 211, 10, 16),
    (200, 3, 5, 300), (3, 200, 300, 5), (64, 400, 2, 16), (7, 500, 3, 24), (90, 120, 37, 61),
]  # fmt: skip


def write(name: str, lines: list[str]) -> None:
    """Writes a file of goldens beside this one, or into the folder that the command line names."""
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    generator = random.Random(1)
    sizes = SIZES + [tuple(generator.randint(1, 160) for _ in range(4)) for _ in range(42)]
    lines = [f"# OpenCV {cv2.__version__}, Pillow {Image.__version__}; made by make.py"]
    seed = 0
    for name, resize in FILTERS.items():
        for channels in (1, 3, 4):
            for source_rows, source_columns, rows, columns in sizes:
                seed += 1
                result = resize(pixels(source_rows, source_columns, channels, seed), rows, columns)
                assert result.size == rows * columns * channels
                digest = hashlib.sha256(np.ascontiguousarray(result).tobytes()).hexdigest()
                lines.append(f"{name} {channels} {source_rows} {source_columns} {rows} {columns} {seed} {digest}")
    write("resize.txt", lines)


if __name__ == "__main__":
    main()
