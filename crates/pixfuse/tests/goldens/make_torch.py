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
FLOATS = {
    "bilinear,antialias,like=torch,precision=f32": ("bilinear", True),
    "bicubic,antialias,like=torch,precision=f32": ("bicubic", True),
    "bilinear,like=torch,precision=f32": ("bilinear", False),
    "bicubic,like=torch,precision=f32": ("bicubic", False),
}


def release(version: str) -> str:
    """`2.15.0` of `2.15.0+cpu`: which build it is makes no difference to these results."""
    return version.partition("+")[0]


def resize(image: np.ndarray, rows: int, columns: int, mode: str, antialias: bool) -> np.ndarray:
    tensor = torch.from_numpy(image).permute(2, 0, 1)[None].contiguous(memory_format=torch.channels_last)
    result = torch.nn.functional.interpolate(tensor, (rows, columns), mode=mode, antialias=antialias)
    return result[0].permute(1, 2, 0).contiguous().numpy()


def resize_floats(image: np.ndarray, rows: int, columns: int, mode: str, antialias: bool) -> np.ndarray:
    """In planes, as torchvision has them."""
    tensor = torch.from_numpy(image).permute(2, 0, 1)[None].float().contiguous() * (1 / 255)
    result = torch.nn.functional.interpolate(tensor, (rows, columns), mode=mode, antialias=antialias)
    return result[0].permute(1, 2, 0).contiguous().numpy()


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
    # Of three channels it makes other sums on several threads.
    torch.set_num_threads(1)
    lines = [" ".join(["source_rows source_columns rows columns seed", *FLOATS])]
    for seed, (source_rows, source_columns, rows, columns) in enumerate(sizes(), 20_000):
        if columns == 1 and rows > 1 and source_rows > 1:
            # Of which it makes the first row again and again.
            continue
        images = [pixels(source_rows, source_columns, channels, seed) for channels in (1, 3)]
        # Of one channel its plain bilinear filter makes other sums where the result is large.
        of = lambda how: images[1:] if how == ("bilinear", False) else images
        made = [digest([resize_floats(image, rows, columns, *how) for image in of(how)]) for how in FLOATS.values()]
        lines.append(" ".join([f"{source_rows} {source_columns} {rows} {columns} {seed}", *made]))
    write("floats.txt", [versions, *lines])


if __name__ == "__main__":
    main()
