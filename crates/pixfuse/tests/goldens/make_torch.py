"""Write `torch.txt`: what PyTorch's uint8 interpolation makes of the sizes of `make.py`, as a table of the same form; and
`floats.txt`, what its interpolation of floats makes of one and three channels that were multiplied by 1/255.

    pip install -r crates/pixfuse/tests/goldens/requirements.txt
    python crates/pixfuse/tests/goldens/make_torch.py [FOLDER]

PyTorch resizes uint8 with 16-bit integer weights; these goldens are those of its kernels for AVX2, which its others equal.
torchvision gives it floats instead where neither AVX2 nor Arm is, and rounds those.
"""

import functools
import sys

import numpy as np
import torch
from make import digest, pixels, sizes, table, write

MODES = {
    "bilinear,antialias,like=torch": ("bilinear", True),
    "bicubic,antialias,like=torch": ("bicubic", True),
    "bicubic": ("bicubic", False),
    "lanczos,antialias,like=torch": ("lanczos", True),
    "bilinear,like=torch": ("bilinear", False),
    "nearest,like=torch": ("nearest", False),
    "nearest_exact,like=torch": ("nearest-exact", False),
}


def release(version: str) -> str:
    """`2.15.0` of `2.15.0+cpu`: which build it is makes no difference to these results."""
    return version.partition("+")[0]


def resize(image: np.ndarray, rows: int, columns: int, mode: str, antialias: bool) -> np.ndarray:
    tensor = torch.from_numpy(image).permute(2, 0, 1)[None].contiguous(memory_format=torch.channels_last)
    result = torch.nn.functional.interpolate(tensor, (rows, columns), mode=mode, antialias=antialias)
    return result[0].permute(1, 2, 0).contiguous().numpy()


def resize_floats(image: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Whatever the order of memory."""
    tensor = torch.from_numpy(image).permute(2, 0, 1)[None].float() * (1 / 255)
    results = [
        torch.nn.functional.interpolate(given, (rows, columns), mode="bilinear", antialias=True)[0].permute(1, 2, 0)
        for given in (tensor.contiguous(), tensor.contiguous(memory_format=torch.channels_last))
    ]
    assert torch.equal(*results)
    return results[0].contiguous().numpy()


def wide_cpu() -> None:
    """Ends the program where torchvision would resize uint8 through f32."""
    capability = torch.backends.cpu.get_cpu_capability()
    if capability not in ("AVX2", "AVX512"):
        sys.exit(f"PyTorch says {capability}: the goldens of integers need an x86-64 CPU with AVX2")


def main() -> None:
    wide_cpu()
    filters = {name: functools.partial(resize, mode=mode, antialias=aa) for name, (mode, aa) in MODES.items()}
    versions = f"# PyTorch {release(torch.__version__)}; made by make_torch.py"
    write("torch.txt", [versions, *table(filters, first_seed=10_000)])
    lines = ["source_rows source_columns rows columns seed bilinear,antialias,like=torch,precision=f32"]
    for seed, (source_rows, source_columns, rows, columns) in enumerate(sizes(), 20_000):
        if columns == 1 and rows > 1 and source_rows > 1:
            # Of which it makes the first row again and again.
            continue
        images = [pixels(source_rows, source_columns, channels, seed) for channels in (1, 3)]
        made = digest([resize_floats(image, rows, columns) for image in images])
        lines.append(f"{source_rows} {source_columns} {rows} {columns} {seed} {made}")
    write("floats.txt", [versions, *lines])


if __name__ == "__main__":
    main()
