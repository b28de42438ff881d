"""Images and their tiles in patches, put together as a model's library returns them in one tensor."""

from typing import Any

import numpy

from . import _results
from ._pixfuse import Config, PipelineError, empty


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
        elif kind == "tile_stack":
            stack = _stack(images, threads)
            named[name] = list(stack) if return_tensors is None else _results.given(stack, return_tensors)
        elif kind == "source_sizes":
            named[name] = _results.given([list(source) for source in sources], return_tensors)
        elif kind == "of_sizes":
            dims, numbers, values = config.of_sizes(name, sources, frames)
            named[name] = _results.given(values.astype(numbers).reshape(dims), return_tensors)
        elif kind == "frame_count":
            named[name] = list(frames)
        else:
            made = _strip(shown, value, threads) if kind == "patch_strip" else _beside(kind, value, shown, threads)
            named[name] = _results.given(made, return_tensors)
    return named


def _stack(images: list[list[Shown]], threads: int) -> Any:
    """The images and tiles of each image, with zeros behind those of one that has fewer."""
    counts = [sum(one.count for one in image) for image in images]
    whole = images[0][0].run
    tile = whole.shape[1:] if isinstance(whole, _results.Windows) else whole.shape
    pixels = numpy.zeros((len(images), max(counts), *tile), whole.dtype)
    for places, image in zip(pixels, images):
        at = 0
        for one in image:
            place = places[at : at + one.count]
            one.run.into(place if isinstance(one.run, _results.Windows) else place[0], threads)
            at += one.count
    return pixels


def _strip(shown: list[Shown], side: int, threads: int) -> Any:
    """All patches side by side: (1, channels, rows of a patch, columns of all)."""
    parts = []
    for one in shown:
        pixels = one.run.into(None, threads)
        (high, wide), (rows, columns) = one.grid, one.patches(side)
        # Tile by tile, and in each its patches row by row.
        tiles = pixels.reshape(len(pixels), high, rows, side, wide, columns, side).transpose(0, 3, 1, 4, 2, 5, 6)
        parts.append(tiles.reshape(len(pixels), side, -1))
    return numpy.concatenate(parts, axis=2)[None]


def _beside(kind: str, value: int, shown: list[Shown], threads: int) -> Any:
    """The other kinds, one for each image and tile."""
    if kind == "patch_rows":
        pixels = empty((sum(one.count for one in shown) * value, shown[0].run.shape[1]), shown[0].run.dtype)
        at = 0
        for one in shown:
            place = pixels[at : at + one.count * value]
            # Windows are run each into its own.
            is_parted = isinstance(one.run, _results.Windows)
            one.run.into(place.reshape(one.count, value, -1) if is_parted else place, threads)
            at += one.count * value
        return pixels.reshape(-1, value, pixels.shape[1])
    sizes = [one.patches(value) for one in shown for _ in range(one.count)]
    if kind == "patch_row_mask":
        most = shown[0].run.shape[0] // shown[0].count
        counts = numpy.asarray([[rows * columns] for rows, columns in sizes])
        return (numpy.arange(most) < counts).astype(numpy.int32)
    return numpy.asarray(sizes, numpy.int32 if kind == "patch_sizes" else numpy.int64)
