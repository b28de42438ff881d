"""The workloads of `workloads.json`, with the photo in their size."""

import json
from functools import cached_property
from pathlib import Path

import numpy as np
import pixfuse
from PIL import Image

BENCHES = Path(__file__).resolve().parents[2]
PHOTO = BENCHES.parent / "examples" / "demo" / "photo.jpg"


class Workload:
    """One source size and one declaration.

    `gain` and `offset` are the whole of `normalize`, `x * gain + offset`, for each channel of the output; `mean`, `std`
    and `scale` are its parts. `channels` names the source channel that becomes each output channel.
    """

    def __init__(self, given):
        self.id = given["id"]
        self.rows, self.columns = given["rows"], given["columns"]
        self.pipeline = given["pipeline"]
        self.size = self.filter = None
        if resize := self.pipeline.get("resize"):
            self.size, self.filter = tuple(resize[:2]), resize[2]

        normalize = self.pipeline["normalize"]
        self.scale = normalize.get("scale", 1 / 255)
        self.mean = np.broadcast_to(np.float64(normalize.get("mean", 0.0)), 3)
        self.std = np.broadcast_to(np.float64(normalize.get("std", 1.0)) + normalize.get("eps", 0.0), 3)
        self.gain = np.float32(self.scale / self.std)
        self.offset = np.float32(-self.mean / self.std)
        self.has_mean_and_std = "mean" in normalize or "std" in normalize

        source, output = self.pipeline["input"].removesuffix("8"), self.pipeline["output"][0]
        self.channels = tuple(source.index(letter) for letter in output)
        self.swapped = self.channels == (2, 1, 0)

    @cached_property
    def image(self):
        """The photo's pixels, uint8 (rows, columns, 3), in the order that `input` names."""
        with Image.open(PHOTO) as photo:
            rgb = np.asarray(photo.convert("RGB"))
        if rgb.shape[:2] == (self.rows, self.columns):
            return rgb.copy()
        resize = (self.rows, self.columns, "bilinear")
        return pixfuse.Pipeline(input="rgb8", resize=resize, output=("rgb", "u8", "hwc"))(rgb)

    @cached_property
    def picture(self):
        """The same as a Pillow image, which is RGB by nature: whoever starts from one need not swap channels."""
        return Image.fromarray(np.ascontiguousarray(self.image[..., self.channels]))

    @cached_property
    def shape(self):
        """The tensor's."""
        return (3, *(self.size or (self.rows, self.columns)))

    def pipe(self, filter=None):
        """The pixfuse pipeline, with another filter if one is given."""
        clauses = {name: tuple(value) if isinstance(value, list) else value for name, value in self.pipeline.items()}
        if filter and self.size:
            clauses["resize"] = (*self.size, filter)
        return pixfuse.Pipeline(**clauses)


    def expected(self, filter=None):
        """What pixfuse gives, with another filter if one is given."""
        return self.pipe(filter)(self.image)


class FileWorkload:
    """The photo's file and one declaration."""

    filter = None

    def __init__(self, given):
        self.id = given["id"]
        self.pipeline = given["pipeline"]
        self.file = PHOTO.read_bytes()
        self.mean, self.std = self.pipeline["normalize"]["mean"], self.pipeline["normalize"]["std"]
        self.gain = np.float32(1 / 255 / np.float64(self.std))

    def pipe(self):
        """The pixfuse pipeline."""
        clauses = {name: tuple(value) if isinstance(value, list) else value for name, value in self.pipeline.items()}
        return pixfuse.Pipeline(**clauses)

    @cached_property
    def shape(self):
        """The tensor's."""
        return (3, *self.pipeline["center_crop"])

    def expected(self, filter=None):
        """What pixfuse gives."""
        return self.pipe().decode(self.file)


def workloads(only=None):
    """Every workload that is measured in Python, or the one with this id."""
    given = json.loads((BENCHES / "workloads.json").read_text(encoding="utf-8"))
    chosen = [one for one in given if only in (None, one["id"])]
    if not chosen:
        raise SystemExit(f"error: there is no workload {only}; there are {', '.join(one['id'] for one in given)}")
    kinds = {True: FileWorkload, False: Workload}
    return [kinds["file" in one](one) for one in chosen if "python" in one.get("languages", ["python"])]
