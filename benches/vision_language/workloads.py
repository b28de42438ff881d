"""The workloads of workloads.json: configs of models as they are published, and the images that they are given."""

import json
import pathlib
from functools import cached_property

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
PHOTO = HERE.parents[1] / "examples" / "demo" / "photo.jpg"


def photo(rows, columns):
    """The demo's photo in any size."""
    with Image.open(PHOTO) as file:
        return file.convert("RGB").resize((columns, rows), Image.Resampling.BICUBIC)


class Workload:
    """A config and its images; `asked` has the least ratios that are promised, by what they are of."""

    def __init__(self, given):
        self.id, self.what, self.config, self.asked = given["id"], given["what"], given["config"], given["asked"]
        self.rows, self.columns = given.get("rows"), given.get("columns")
        self.images, self.frames = given.get("images"), given.get("frames")
        self.pages, self.distinct = given.get("pages"), given.get("distinct")

    @cached_property
    def image(self):
        """The photo, as a Pillow image."""
        return photo(self.rows, self.columns)

    @cached_property
    def mixed(self):
        """Images of many sizes, the same in every run."""
        sizes = np.random.default_rng(20).integers((240, 320), (1440, 1920), (self.images, 2))
        return [photo(rows, columns) for rows, columns in sizes.tolist()]

    @cached_property
    def pixels(self):
        """Pages that differ, as arrays."""
        first = np.asarray(self.image)
        return [np.ascontiguousarray(np.roll(first, 31 * index, axis=0)) for index in range(self.distinct)]

    @cached_property
    def clip(self):
        """A photo that moves: uint8, (frames, rows, columns, 3)."""
        first = np.asarray(self.image)
        return np.stack([np.roll(first, 3 * index, axis=1) for index in range(self.frames)])


def workloads(only=None):
    """All of them, or one."""
    found = [Workload(given) for given in json.loads((HERE / "workloads.json").read_text())]
    chosen = [workload for workload in found if only in (None, workload.id)]
    if not chosen:
        raise SystemExit(f"error: --only {only}: expected one of {', '.join(workload.id for workload in found)}")
    return chosen
