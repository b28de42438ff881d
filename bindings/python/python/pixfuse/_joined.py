"""Images and their tiles in patches, put together as a model's library returns them in one tensor."""

import math
from typing import Any

import numpy

from . import _results
from ._pixfuse import Config, PipelineError
from ._room import Out, Room


class Shown:
    """One of the images that an image becomes: itself, or a canvas with the rows and columns of tiles in it."""

    __slots__ = ("grid", "run")

    def __init__(self, run: _results.Run, grid: tuple[int, int]) -> None:
        self.run = run
        self.grid = grid

    @property
    def count(self) -> int:
        """How many images it is."""
        return self.run.shape[0] if isinstance(self.run, _results.Windows) else self.grid[0] * self.grid[1]

    def patches(self, side: int) -> tuple[int, int]:
        """Rows and columns of patches of each of them."""
        rows, columns = self.run.geometry().output
        return rows // self.grid[0] // side, columns // self.grid[1] // side


def collect(
    config: Config,
    images: list[list[Shown]],
    sources: list[tuple[int, int]],
    frames: list[int],
    return_tensors: str | None,
    threads: int,
    out: Out = None,
) -> dict[str, Any]:
    """Runs, and puts the results under the library's names; `images` has what each of them becomes, in its order, `sources`
    their rows and columns, and `frames` how many of them each video has, where they are of videos."""
    if return_tensors not in (None, "np", "pt"):
        raise PipelineError(f"return_tensors: {return_tensors!r}, expected None, 'np' or 'pt'")
    if not images:
        raise PipelineError("images: none, expected an image or a list of them")
    shown = [one for image in images for one in image]
    named: dict[str, Any] = {}
    for name, kind, value in config.outputs:
        if kind == "cut_grids":
            named[name] = [next((list(one.grid) for one in image if one.count > 1), [0, 0]) for image in images]
        elif kind == "cut_counts":
            named[name] = [sum(one.count for one in image) for image in images]
        elif kind in ("tile_stack", "patch_strip", "patch_rows"):
            room = Room(out, name, return_tensors, lambda shape: _tensor_shape(kind, value, shape))
            if kind == "tile_stack":
                made = _stack(images, threads, room)
            else:
                made = (_strip if kind == "patch_strip" else _rows)(shown, value, threads, room)
            if room.is_new:
                is_list = kind == "tile_stack" and return_tensors is None
                named[name] = list(made) if is_list else _results.given(made, return_tensors)
            else:
                named[name] = room.given
        elif kind == "source_sizes":
            named[name] = _results.given([list(source) for source in sources], return_tensors)
        elif kind == "of_sizes":
            dims, numbers, values = config.of_sizes(name, sources, frames)
            named[name] = _results.given(values.astype(numbers).reshape(dims), return_tensors)
        elif kind == "frame_count":
            named[name] = list(frames)
        else:
            named[name] = _results.given(_beside(kind, value, shown), return_tensors)
    return named


def _stack(images: list[list[Shown]], threads: int, room: Room) -> Any:
    """The images and tiles of each image, with zeros behind those of one that has fewer."""
    counts = [sum(one.count for one in image) for image in images]
    whole = images[0][0].run
    tile = whole.shape[1:] if isinstance(whole, _results.Windows) else whole.shape
    pixels = room.array((len(images), max(counts), *tile), whole.dtype, is_cleared=True)
    for places, image in zip(pixels, images):
        at = 0
        for one in image:
            place = places[at : at + one.count]
            one.run.into(place if isinstance(one.run, _results.Windows) else place[0], threads)
            at += one.count
    return pixels


def _strip(shown: list[Shown], side: int, threads: int, room: Room) -> Any:
    """All patches side by side: (1, channels, rows of a patch, columns of all)."""
    counts = [one.grid[0] * one.grid[1] * math.prod(one.patches(side)) for one in shown]
    strip = room.array((1, shown[0].run.shape[0], side, sum(counts) * side), shown[0].run.dtype)
    at = 0
    for one in shown:
        pixels = one.run.into(None, threads)
        (high, wide), (rows, columns) = one.grid, one.patches(side)
        # Tile by tile, and in each its patches row by row.
        tiles = pixels.reshape(len(pixels), high, rows, side, wide, columns, side).transpose(0, 3, 1, 4, 2, 5, 6)
        columns_of_all = high * wide * rows * columns * side
        strip[0, :, :, at : at + columns_of_all] = tiles.reshape(len(pixels), side, -1)
        at += columns_of_all
    return strip


def _rows(shown: list[Shown], patches: int, threads: int, room: Room) -> Any:
    """The patches of each image and tile: (images and tiles, patches, elements)."""
    pixels = room.array((sum(one.count for one in shown) * patches, shown[0].run.shape[1]), shown[0].run.dtype)
    at = 0
    for one in shown:
        place = pixels[at : at + one.count * patches]
        # Windows are run each into its own.
        is_parted = isinstance(one.run, _results.Windows)
        one.run.into(place.reshape(one.count, patches, -1) if is_parted else place, threads)
        at += one.count * patches
    return pixels.reshape(-1, patches, pixels.shape[1])


def _tensor_shape(kind: str, value: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of the tensor over the memory of an array of this one."""
    return (shape[0] // value, value, shape[1]) if kind == "patch_rows" else shape


def _beside(kind: str, value: int, shown: list[Shown]) -> Any:
    """The other kinds, one for each image and tile."""
    sizes = [one.patches(value) for one in shown for _ in range(one.count)]
    if kind == "patch_row_mask":
        most = shown[0].run.shape[0] // shown[0].count
        counts = numpy.asarray([[rows * columns] for rows, columns in sizes])
        return (numpy.arange(most) < counts).astype(numpy.int32)
    return numpy.asarray(sizes, numpy.int32 if kind == "patch_sizes" else numpy.int64)
