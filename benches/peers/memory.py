"""The most memory that one decode takes: pixfuse against Pillow, each file and way in a process of its own.

`cargo xtask bench --memory` runs this. What is counted is resident memory at its highest (VmHWM), without what the process
had before the call: code, and the file itself. Both give the whole image as an array, or a tensor of 224 x 224.
"""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

PHOTO = Path(__file__).parents[2] / "examples" / "demo" / "photo.jpg"
# Of a phone's camera.
ROWS, COLUMNS = 3000, 4000

PROGRAM = """
import io, sys
from pathlib import Path
import numpy as np
import pixfuse
from PIL import Image

def decode(file, way):
    if way == "pixfuse, whole":
        return WHOLE.decode(file)
    if way == "Pillow, whole":
        return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))
    if way == "pixfuse, 224":
        return SMALL.decode(file)
    small = Image.open(io.BytesIO(file)).convert("RGB").resize((224, 224), Image.Resampling.BILINEAR)
    return np.asarray(small)

def kilobytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))

WHOLE = pixfuse.Pipeline("input(rgb8), output(rgb, u8, hwc)")
SMALL = pixfuse.Pipeline("input(rgb8), resize(224, 224, bilinear, antialias), output(rgb, u8, hwc)")
file, small, way = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]).read_bytes(), sys.argv[3]
# What is loaded once, and what a thread keeps.
decode(small, way)
before = kilobytes("VmRSS")
Path("/proc/self/clear_refs").write_text("5")
out = decode(file, way)
print(kilobytes("VmHWM") - before)
"""

FILES = {
    "JPEG": ("JPEG", {"quality": 90, "subsampling": "4:2:0"}),
    "progressive JPEG": ("JPEG", {"quality": 90, "subsampling": "4:2:0", "progressive": True}),
    "PNG": ("PNG", {"compress_level": 1}),
    "lossy WebP": ("WEBP", {"quality": 80, "method": 0}),
    "lossless WebP": ("WEBP", {"lossless": True, "quality": 0, "method": 0}),
    "GIF": ("GIF", {}),
    "BMP": ("BMP", {}),
    "TIFF": ("TIFF", {"compression": "tiff_lzw"}),
}


def main():
    """Prints a table, and fails where pixfuse takes more."""
    photo = Image.open(PHOTO).convert("RGB")
    large, more = photo.resize((COLUMNS, ROWS), Image.Resampling.BICUBIC), []
    print(f"KiB at most for {ROWS} rows x {COLUMNS} columns, of which the pixels are {ROWS * COLUMNS * 3 // 1024:,}")
    for name, (form, options) in FILES.items():
        with tempfile.TemporaryDirectory() as directory:
            paths = [Path(directory, size) for size in ("large", "small")]
            for path, image in zip(paths, (large, photo), strict=True):
                file = io.BytesIO()
                image.save(file, form, **options)
                path.write_bytes(file.getvalue())
            for what in ("whole", "224"):
                ours, pillow = (measured(paths, f"{library}, {what}") for library in ("pixfuse", "Pillow"))
                print(f"{name:17} {what:>5}  pixfuse {ours:9,}  Pillow {pillow:9,}  {ours / pillow:5.2f}", flush=True)
                if ours > pillow * 1.02:
                    more.append(f"{name}, {what}")
    print(f"more than Pillow: {', '.join(more) or 'none'}")


def measured(paths, way):
    """Kilobytes, of a process of its own."""
    # Memory that is freed goes back to the system, in either library.
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1"}
    command = [sys.executable, "-c", PROGRAM, *map(str, paths), way]
    return int(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)


if __name__ == "__main__":
    main()
