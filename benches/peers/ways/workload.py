"""The workloads of `workloads.json`, with the photo in their size."""

import io
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
    and `scale` are its parts. `channels` names the source channel that becomes each output channel. `task` is `image`,
    `batch`, `file`, `folder` or `call`.
    """

    def __init__(self, given):
        self.id = given["id"]
        self.rows, self.columns = given["rows"], given["columns"]
        self.images = given.get("images") or given.get("folder") or 1
        marks = {"images": "batch", "file": "file", "folder": "folder", "call": "call"}
        self.task = next((task for mark, task in marks.items() if mark in given), "image")
        self.pipeline = given["pipeline"]
        framing = self.pipeline.get("resize") or self.pipeline.get("letterbox") or [None]
        words = [word for word in framing if isinstance(word, str)]
        self.filter = words[0] if words else None
        self.antialias = "antialias" in words
        self.fill = self.pipeline["letterbox"][-1]["fill"] if "letterbox" in self.pipeline else None
        self.shortest = framing[0]["shortest"] if isinstance(framing[0], dict) else None

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

        geometry = self.pipe().geometry(self.rows, self.columns)
        self.source_box = geometry.source_box
        # The whole image is resized to these rows and columns; `top` and `left` say where the tensor's own begin in it,
        # or, where they are negative, how far in the tensor it begins.
        self.resized = tuple(geometry.resized) if self.filter else (self.rows, self.columns)
        self.top, self.left = (-int(offset) for offset in geometry.offset)
        self.size = self.resized if self.filter else None

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
        picture = Image.fromarray(np.ascontiguousarray(self.image[..., self.channels]))
        picture.load()
        return picture

    @cached_property
    def file(self):
        """A JPEG of it as cameras write them (quality 90, chroma halved); the photo's own file if that is the size."""
        with Image.open(PHOTO) as photo:
            if photo.size == (self.columns, self.rows):
                return PHOTO.read_bytes()
        file = io.BytesIO()
        self.picture.save(file, "JPEG", quality=90, subsampling="4:2:0")
        return file.getvalue()

    @cached_property
    def shape(self):
        """The tensor's."""
        return tuple(self.pipe().output_shape(self.rows, self.columns))

    def tensor(self):
        """Memory for the tensor, and the part of it that shows the source: what is beside that is filled already."""
        out = np.empty(self.shape, np.float32)
        return out, self.inside(out)

    def inside(self, out):
        """Fills the margins of a tensor once, as a program does that keeps it, and gives the rest of it."""
        if self.fill is None:
            return out
        out[:] = (self.fill * self.gain + self.offset).reshape(3, 1, 1)
        return out[:, -self.top : -self.top + self.resized[0], -self.left : -self.left + self.resized[1]]

    def scratch(self, name, shape, dtype=np.uint8):  # noqa: ARG002
        """Memory that a way keeps between images; those of a batch share what has one name."""
        return np.empty(shape, dtype)

    def pipe(self, filter=None):
        """The pixfuse pipeline, with another filter if one is given."""
        clauses = {name: tuple(value) if isinstance(value, list) else value for name, value in self.pipeline.items()}
        if filter and "resize" in clauses:
            clauses["resize"] = tuple(filter if word == self.filter else word for word in clauses["resize"])
        return pixfuse.Pipeline(**clauses)

    def expected(self, filter=None):
        """What pixfuse gives, with another filter if one is given."""
        if self.task in ("file", "folder"):
            return self.pipe().decode(self.file)
        return self.pipe(filter)(self.image)


class Item:
    """One image of a batch: a workload of its own, with memory in the block."""

    def __init__(self, workload, image, out, shared):
        self._workload, self.image, self._out, self._shared = workload, image, out, shared

    def __getattr__(self, name):
        return getattr(self._workload, name)

    def tensor(self):
        """As a workload's."""
        return self._out, self._workload.inside(self._out)

    def scratch(self, name, shape, dtype=np.uint8):
        """As a workload's."""
        return self._shared.setdefault(name, np.empty(shape, dtype))


class Process:
    """What is measured in a process of its own: the import of pixfuse, or its first call."""

    def __init__(self, given):
        self.id, self.process = given["id"], given["process"]
        self.task = "process"
        self.rows, self.columns = given.get("rows"), given.get("columns")
        self.pipeline = given.get("pipeline")


def workloads(only=None):
    """Every workload that is measured in Python, or the one with this id."""
    given = json.loads((BENCHES / "workloads.json").read_text(encoding="utf-8"))
    chosen = [one for one in given if only in (None, one["id"])]
    if not chosen:
        raise SystemExit(f"error: there is no workload {only}; there are {', '.join(one['id'] for one in given)}")
    here = [one for one in chosen if "python" in one.get("languages", ["python"])]
    return [Process(one) if "process" in one else Workload(one) for one in here]
