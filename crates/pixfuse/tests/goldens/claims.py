"""Ask the installed libraries whether what our texts say of them still holds: what they lack, and what is not one function.

    pip install -r crates/pixfuse/tests/goldens/requirements.txt
    python crates/pixfuse/tests/goldens/claims.py

Prints a line for each claim and ends with 1 if one no longer holds: then a text has to change, or something can be added.
The workflow `claims.yml` runs it every week with the newest libraries. PyTorch is asked for integers at each of its levels
(`ATEN_CPU_CAPABILITY`) in a process of its own.
"""

import hashlib
import inspect
import os
import platform
import random
import subprocess
import sys
from collections.abc import Callable

import cv2
import numpy as np
import torch
import torchvision
import transformers
from make import pixels
from torchvision.transforms import InterpolationMode, functional, v2

CLAIMS: list[tuple[str, Callable[[], bool]]] = []


def claim(text: str):
    """Registers a question that answers whether this still holds."""

    def register(holds: Callable[[], bool]) -> Callable[[], bool]:
        CLAIMS.append((text, holds))
        return holds

    return register


def tensor(rows: int, columns: int, seed: int, memory_format=torch.contiguous_format) -> torch.Tensor:
    image = torch.from_numpy(pixels(rows, columns, 3, seed)).permute(2, 0, 1)[None]
    return image.contiguous(memory_format=memory_format)


def sizes() -> list[list[int]]:
    generator = random.Random(9)
    return [[generator.randint(2, 300) for _ in range(4)] for _ in range(150)]


def refuses(call: Callable[[], object]) -> bool:
    try:
        call()
    except (NotImplementedError, RuntimeError, ValueError, KeyError):
        return True
    return False


def digests(mode: str, antialias: bool, as_float: bool, memory_format=torch.contiguous_format) -> list[str]:
    """What torch makes of 150 images, rounded to u8, at the level of this process."""
    found = []
    for seed, (rows, columns, *size) in enumerate(sizes()):
        image = tensor(rows, columns, seed, memory_format)
        options = {} if "nearest" in mode else {"antialias": antialias}
        result = torch.nn.functional.interpolate(image.float() if as_float else image, size, mode=mode, **options)
        found.append(hashlib.sha256(result.round().clamp(0, 255).byte().contiguous().numpy().tobytes()).hexdigest())
    return found


def at_level(level: str, mode: str, antialias: bool, as_float: bool) -> list[str]:
    """The same in a process of another level."""
    code = f"import claims; print(*claims.digests({mode!r}, {antialias}, {as_float}))"
    environment = os.environ | {"ATEN_CPU_CAPABILITY": level}
    folder = os.path.dirname(os.path.abspath(__file__))
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout.decode().split()


for _name in ("BOX", "HAMMING"):

    @claim(f"torch has no {_name.lower()}: like = torch refuses it")
    def _(mode=InterpolationMode[_name]) -> bool:
        return refuses(lambda: v2.functional.resize(tensor(9, 9, 1), [5, 5], interpolation=mode))


@claim("torch has no lanczos without antialias")
def _() -> bool:
    return refuses(lambda: torch.nn.functional.interpolate(tensor(9, 9, 1), (5, 5), mode="lanczos"))


@claim("torch has no area of uint8")
def _() -> bool:
    return refuses(lambda: torch.nn.functional.interpolate(tensor(9, 9, 1), (5, 5), mode="area"))


INTEGER = [("bilinear", True), ("bicubic", True), ("lanczos", True), ("bilinear", False), ("bicubic", False),
           ("nearest", False), ("nearest-exact", False)]  # fmt: skip
for _mode, _antialias in INTEGER:

    @claim(f"torch's uint8 {_mode}{', antialiased,' if _antialias else ''} is one function of all levels and memory formats")
    def _(mode=_mode, antialias=_antialias) -> bool:
        here = digests(mode, antialias, False)
        levels = ("default", "avx2") if platform.machine() == "x86_64" else ("default",)
        others = [at_level(level, mode, antialias, False) for level in levels]
        return all(here == other for other in [*others, digests(mode, antialias, False, torch.channels_last)])


@claim("torch's bilinear of floats, rounded, is not one function of its levels")
def _() -> bool:
    if platform.machine() != "x86_64":
        return True
    return digests("bilinear", True, True) != at_level("default", "bilinear", True, True)


@claim("torchvision's second interface resizes uint8 tensors as torch's integers do")
def _() -> bool:
    modes = {"bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC, "lanczos": InterpolationMode.LANCZOS}
    image = tensor(123, 211, 4)
    return all(
        torch.equal(
            v2.functional.resize(image, [57, 99], interpolation=mode, antialias=True),
            torch.nn.functional.interpolate(image, (57, 99), mode=name, antialias=True),
        )
        for name, mode in modes.items()
    )


@claim("torchvision takes bilinear of uint8 the integer way on Arm")
def _() -> bool:
    return "aarch64" in inspect.getsource(v2.functional._geometry._do_native_uint8_resize_on_cpu)


@claim("torchvision's first interface resizes uint8 tensors through f32")
def _() -> bool:
    image = tensor(123, 211, 4)
    first = functional.resize(image, [57, 99], antialias=True)
    return not torch.equal(first, torch.nn.functional.interpolate(image, (57, 99), mode="bilinear", antialias=True))


@claim("torchvision refuses a max_size that is not more than the size")
def _() -> bool:
    return refuses(lambda: v2.functional.resize(tensor(90, 99, 1), [64], max_size=64))


@claim("transformers takes resample = 0 for nearest-exact on torch")
def _() -> bool:
    mapping = transformers.image_utils.pil_torch_interpolation_mapping
    return mapping[0] == InterpolationMode.NEAREST_EXACT


@claim("OpenCV has no antialiasing of INTER_LINEAR")
def _() -> bool:
    image = pixels(400, 400, 1, 7)[..., 0]
    # A shrunk checkerboard keeps its contrast where nothing widens the filter.
    return bool(np.ptp(cv2.resize(image, (20, 20), interpolation=cv2.INTER_LINEAR)) > 128)


def main() -> None:
    torch.set_num_threads(1)
    versions = {"torch": torch, "torchvision": torchvision, "transformers": transformers, "OpenCV": cv2}
    print(", ".join(f"{name} {library.__version__}" for name, library in versions.items()))
    print(f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()}")
    failed = 0
    for text, holds in CLAIMS:
        answer = holds()
        failed += not answer
        print(f"{'holds' if answer else 'NO LONGER'}  {text}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
