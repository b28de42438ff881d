"""Runs every recipe on the same photos, and compares its tensors with those of one call on this machine.

    python examples/engines/run.py [NAME ..]

Each recipe is a file of its own with a function `tensors(paths)`; what an engine needs to be installed is in
requirements.txt. One with a function `library(paths)` is compared with what that gives. Exits with 1 where a tensor differs,
or a recipe fails.
"""

import hashlib
import importlib
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from pixfuse import presets

HERE = Path(__file__).parent
PHOTO = HERE.parent / "demo/photo.jpg"
RECIPES = sorted(path.stem for path in HERE.glob("*.py") if path.stem != "run")


def photos(folder: Path) -> list[str]:
    """Twelve parts of a photo, of sizes of their own, in the order of their names."""
    photo = Image.open(PHOTO).convert("RGB")
    for index in range(12):
        part = photo.crop((index, 2 * index, photo.width - 9 * index, photo.height - 5 * index))
        part.save(folder / f"photo-{index:02}.jpg", quality=90)
    return sorted(str(path) for path in folder.iterdir())


def digest(tensors: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(tensors, np.float32).tobytes()).hexdigest()[:16]


def main(names: list[str]) -> int:
    sys.path.insert(0, str(HERE))
    # Workers that are started anew look for a recipe as this program does.
    os.environ["PYTHONPATH"] = str(HERE)
    begun, failed, done = time.perf_counter(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        paths = photos(Path(folder))
        expected = digest(presets.imagenet.decode_batch(paths))
        print(f"{'one call':24} {expected}")
        for name in names or RECIPES:
            recipe = importlib.import_module(name)
            runs = {name: recipe.tensors}
            if hasattr(recipe, "spawned"):
                runs[f"{name}, spawned"] = recipe.spawned
            for label, run in runs.items():
                start = time.perf_counter()
                try:
                    found = digest(run(paths))
                    is_same = found == (digest(recipe.library(paths)) if hasattr(recipe, "library") else expected)
                except Exception as error:  # a recipe's engine may raise anything, and the others still run
                    found, is_same = f"{type(error).__name__}: {error}", False
                failed, done = failed + (not is_same), done + is_same
                print(f"{label:24} {found} {time.perf_counter() - start:5.1f} s {'equal' if is_same else 'DIFFERENT'}")
    print(f"=== {done} passed, {failed} failed in {time.perf_counter() - begun:.1f}s ===")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
