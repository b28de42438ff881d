"""Write `torch.txt`: what PyTorch's uint8 interpolation makes of the same small images as `make.py`.

    pip install numpy==2.4.6 torch==2.15.0
    python crates/pixfuse/tests/goldens/make_torch.py

On x86-64 with AVX2 PyTorch resizes uint8 with 16-bit integer weights; on CPUs without it goes through float32 and rounds
differently. These goldens are those of the integer path.
"""

import hashlib
import pathlib
import random

import numpy as np
import torch
from make import SIZES, pixels

MODES = {
    "bilinear,antialias,like=torch": ("bilinear", True),
    "bicubic,antialias,like=torch": ("bicubic", True),
    "bicubic": ("bicubic", False),
}


def resize(image: np.ndarray, rows: int, columns: int, mode: str, antialias: bool) -> np.ndarray:
    tensor = torch.from_numpy(image).permute(2, 0, 1)[None].contiguous(memory_format=torch.channels_last)
    result = torch.nn.functional.interpolate(tensor, (rows, columns), mode=mode, antialias=antialias)
    return result[0].permute(1, 2, 0).contiguous().numpy()


def main() -> None:
    generator = random.Random(2)
    sizes = SIZES + [tuple(generator.randint(1, 160) for _ in range(4)) for _ in range(42)]
    lines = [f"# PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}; made by make_torch.py"]
    seed = 10_000
    for name, (mode, antialias) in MODES.items():
        for channels in (1, 3, 4):
            for source_rows, source_columns, rows, columns in sizes:
                seed += 1
                result = resize(pixels(source_rows, source_columns, channels, seed), rows, columns, mode, antialias)
                digest = hashlib.sha256(result.tobytes()).hexdigest()
                lines.append(f"{name} {channels} {source_rows} {source_columns} {rows} {columns} {seed} {digest}")
    (pathlib.Path(__file__).parent / "torch.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
