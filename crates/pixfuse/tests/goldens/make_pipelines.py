"""Write `pipelines.txt` and `declarations.txt`."""

import hashlib
import pathlib
import random
import sys

import numpy as np
from make import pixels
from pipelines import PIPELINES

SIZES = [
    (1, 1), (1, 300), (300, 1), (2, 2), (3, 200), (200, 3), (4, 3), (7, 500), (500, 7), (224, 224), (256, 256),
    (223, 225), (255, 257), (248, 700), (640, 480), (480, 640), (700, 700), (320, 320), (449, 300), (96, 128),
]  # fmt: skip


def smooth(rows: int, columns: int, channels: int, seed: int) -> np.ndarray:
    y, x, c = np.ogrid[:rows, :columns, :channels]
    ramp = y * (2 + c) + x * (4 - c) + seed * 37
    value = np.abs(ramp % 510 - 255)
    return np.where((7 * x + 3 * y + seed) // 64 % 5 == 0, 255 - value, value).astype(np.uint8)


def main() -> None:
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    lines = []
    seed = 20_000
    for name, (declaration, reference) in PIPELINES.items():
        generator = random.Random(name)
        for index, (rows, columns) in enumerate(SIZES + [
            tuple(generator.randint(1, generator.randint(1, 700)) for _ in range(2)) for _ in range(40)
        ]):
            seed += 1
            kind, make = [("noise", pixels), ("smooth", smooth)][index % 2]
            try:
                result = reference(make(rows, columns, 3, seed))
            except Exception as e:
                print(name, rows, columns, type(e), str(e)[:150])
                continue
            assert result.dtype == np.float32, (name, result.dtype)
            digest = hashlib.sha256(np.ascontiguousarray(result, "<f4").tobytes()).hexdigest()
            lines.append(f"{name} {kind} {rows} {columns} {seed} {digest}")
    (folder / "pipelines.txt").write_text("\n".join(lines) + "\n")
    (folder / "declarations.txt").write_text("\n".join(f"{n} {p.declaration}" for n, p in PIPELINES.items()) + "\n")


if __name__ == "__main__":
    main()
