"""Tensors of one call, put together as a model's library returns them."""

from collections.abc import Callable
from typing import Any

import numpy

from ._pixfuse import Config, Geometry, Pipeline, PipelineError, empty
from ._room import Out, Room, tensor_shape, torch


class Run:
    """What one image becomes: the shape and dtype of its tensor, its rows and columns, and what runs it into an array,
    a new one where it is given None."""

    __slots__ = ("_pipe", "into", "source")

    def __init__(self, pipe: Pipeline, rows: int, columns: int, into: Callable[[Any, int], Any]) -> None:
        self._pipe = pipe
        self.source = (rows, columns)
        self.into = into

    @property
    def shape(self) -> tuple[int, ...]:
        return self._pipe.output_shape(*self.source)

    @property
    def dtype(self) -> str:
        return self._pipe.dtype

    def geometry(self) -> Geometry:
        return self._pipe.geometry(*self.source)


class Windows(Run):
    """The same of windows of a canvas: the tensor has one of each in front."""

    __slots__ = ("_canvas", "_parts", "grid")

    def __init__(self, pipe: Pipeline, canvas: Run, grid: tuple[int, int], parts: list[tuple[int, int, int, int]]) -> None:
        rows, columns = canvas.source
        super().__init__(pipe, rows, columns, self._into)
        self._canvas, self._parts, self.grid = canvas, parts, grid

    @property
    def shape(self) -> tuple[int, ...]:
        _, _, rows, columns = self._parts[0]
        return (len(self._parts), *self._pipe.output_shape(rows, columns))

    def _into(self, out: Any, threads: int) -> Any:
        out = empty(self.shape, self.dtype) if out is None else out
        canvas = self._canvas.into(None, threads)
        for place, (top, left, rows, columns) in zip(out, self._parts):
            self._pipe(canvas[top : top + rows, left : left + columns], place, threads=threads)
        return out


def collect(
    config: Config,
    runs: list[Run],
    lengths: list[int],
    return_tensors: str | None,
    threads: int,
    views: list[Run | None] | None = None,
    out: Out = None,
) -> dict[str, Any]:
    """Runs, and puts the results under the library's names; `lengths` has the number of images of each sample, `views` what
    the first of the other tensors is made of, image by image."""
    if return_tensors not in (None, "np", "pt"):
        raise PipelineError(f"return_tensors: {return_tensors!r}, expected None, 'np' or 'pt'")
    if not runs:
        raise PipelineError("images: none, expected an image or a list of them")
    if config.is_uniform and len({run.source for run in runs}) > 1:
        raise PipelineError(
            f"images: of several sizes in one call, in which the sizes {config.class_name} makes depend on each other; "
            "give each image alone"
        )
    tensor, of = next((name, kind) for name, kind, _ in config.outputs if kind in ("pixels", "pixels_alone"))
    room = Room(out, tensor, return_tensors, lambda shape: tensor_shape(config, of, lengths, shape))
    if len(runs) == 1 and runs[0].dtype != "bfloat16":
        pixels = _alone(config, runs[0], return_tensors, threads, room)
    elif config.concatenates or config.is_sequence:
        pixels = _concatenated(runs, threads, room)
    elif config.pads:
        pixels = _padded(runs, threads, room)
    else:
        pixels = _stacked(runs, return_tensors, threads, room)
    if config.is_gray:
        for image in pixels:
            config.grayscale(image[None])
    named = {}
    for name, kind, value in config.outputs:
        if kind == "pixels":
            made = _sequences(runs, lengths, pixels, room.zeros) if config.is_sequence else _with_axes(config, pixels)
        elif kind == "pixels_alone":
            made = [[image] for image in pixels] if isinstance(pixels, list) else pixels[:, None]
        elif kind == "view_tiles" or kind == "view_tile_counts":
            made = [0 if view is None else view.shape[0] for view in views or ()]
        elif kind == "view_tile_grids":
            grids = [(1, 1) if view is None else view.geometry().tiles or (1, 1) for view in views or ()]
            made = [[columns, rows] for rows, columns in grids]
        elif kind == "row_ends":
            grids = [view.grid if isinstance(view, Windows) else (0, 0) for view in views or ()]
            most = max((rows * columns for rows, columns in grids), default=0)
            if not most:
                continue
            made = [
                [row < rows - 1 and column == columns - 1 for row in range(rows) for column in range(columns)]
                + [False] * (most - rows * columns)
                for rows, columns in grids
            ]
        elif kind == "each":
            made = [value] * len(runs)
        elif kind == "whole":
            made = value
        elif kind == "tile_mask":
            made = _sequences(runs, lengths, numpy.ones(len(pixels), numpy.bool_))
        elif kind == "tile_pixel_mask":
            ones = empty((len(pixels), *pixels.shape[2:]), numpy.int64)
            ones.fill(1)
            made = _sequences(runs, lengths, ones)
        else:
            made = _beside(kind, value, runs, pixels, config.is_framed)
            if kind == "source_sides":
                made = numpy.asarray(made, numpy.float32)
            if kind == "row_scale":
                made = numpy.asarray(made, numpy.float32 if config.backend == "torch" else numpy.float64)
        if config.is_nested and kind in _OF_IMAGES and not (config.is_sequence and kind == "pixels"):
            made = _samples(made, lengths, config.pads, room.zeros if kind == "pixels" else numpy.zeros)
        if kind == "aspect_ratio_mask":
            # Where a sample has no image, the first of its tiles counts.
            made[..., 0] = 1
        # Lists of samples and of texts are no tensors.
        is_tensor = kind not in (*_OF_SAMPLES, *_LISTS) and not (kind == "whole" and isinstance(value, list))
        if name == tensor and not room.is_new:
            named[name] = room.given
        else:
            named[name] = given(made, return_tensors) if is_tensor else made
    return named


# Lists of a list for each sample.
_OF_SAMPLES = ("tile_counts", "tile_rows", "tile_columns", "split_rows", "split_columns")
# Lists of one for each image.
_LISTS = ("view_tile_counts", "view_tile_grids", "row_ends")
# What has an axis of images, before which one of samples goes where a class has those.
_OF_IMAGES = ("pixels", "mask", "aspect_ratio_ids", "aspect_ratio_mask", *_OF_SAMPLES)


def plain(pipe: Pipeline, name: str, image: Any, return_tensors: str | None, threads: int) -> dict[str, Any] | None:
    """What `collect` gives for one image where there is a tensor and nothing beside it; nothing for another kind."""
    if return_tensors not in (None, "np", "pt"):
        return None
    pixels = pipe(image, None, threads=threads)
    if return_tensors is None:
        return {name: [pixels]}
    return {name: given(pixels[None], return_tensors)}


def _alone(config: Config, run: Run, return_tensors: str | None, threads: int, room: Room) -> Any:
    """The tensor of one image, as it is among many."""
    is_whole = config.concatenates or config.is_sequence
    if not room.is_new:
        pixels = room.array(run.shape if is_whole else (1, *run.shape), run.dtype)
        run.into(pixels if is_whole else pixels[0], threads)
        return pixels
    pixels = run.into(None, threads)
    if is_whole:
        return pixels
    return [pixels] if return_tensors is None and not config.pads else pixels[None]


def _stacked(runs: list[Run], return_tensors: str | None, threads: int, room: Room) -> Any:
    """One array of tensors of one shape, or a list of them."""
    shapes = {run.shape for run in runs}
    if return_tensors is None:
        pixels: Any = [empty(run.shape, run.dtype) for run in runs]
    elif len(shapes) == 1:
        pixels = room.array((len(runs), *runs[0].shape), runs[0].dtype)
    else:
        raise PipelineError(
            f"images: their tensors have the shapes {', '.join(map(str, sorted(shapes)))}, expected one: "
            "images of one size, a size that does not follow from the image, or return_tensors=None"
        )
    for index, run in enumerate(runs):
        run.into(pixels[index], threads)
    return pixels


def _padded(runs: list[Run], threads: int, room: Room) -> Any:
    """One array of the most rows and columns, or of the most tiles, with zeros behind what is smaller."""
    shapes = [run.shape for run in runs]
    shape = tuple(max(sides) for sides in zip(*shapes))
    is_even = all(of_run == shape for of_run in shapes)
    pixels = room.array((len(runs), *shape), runs[0].dtype, is_cleared=not is_even)
    for index, (run, of_run) in enumerate(zip(runs, shapes)):
        place = pixels[index][tuple(slice(side) for side in of_run)]
        if of_run[1:] == shape[1:]:
            run.into(place, threads)
        else:
            content = empty(of_run, run.dtype)
            run.into(content, threads)
            place[...] = content
    return pixels


def _concatenated(runs: list[Run], threads: int, room: Room) -> Any:
    """The patches or tiles of all images, one image behind the other."""
    shapes = [run.shape for run in runs]
    kinds = {shape[1:] for shape in shapes}
    if len(kinds) != 1:
        raise PipelineError(f"images: patches or tiles of the shapes {sorted(kinds)}, expected one")
    pixels = room.array((sum(shape[0] for shape in shapes), *shapes[0][1:]), runs[0].dtype)
    at = 0
    for run, shape in zip(runs, shapes):
        run.into(pixels[at : at + shape[0]], threads)
        at += shape[0]
    return pixels


def _aspect_ratio(grid: tuple[int, int], most: int) -> int:
    """Which of the grids of at most so many tiles it is, from 1: by their rows, then by their columns."""
    rows, columns = grid
    return columns + sum(most // before for before in range(1, rows))


def _with_axes(config: Config, pixels: Any) -> Any:
    """Patches with the axes that the library keeps apart."""
    axes = config.patch_axes
    return pixels.reshape(pixels.shape[0], -1, *axes) if axes else pixels


def _beside(kind: str, value: Any, runs: list[Run], pixels: Any, is_framed: bool) -> Any:
    """What the library returns beside the tensor, one for each image."""
    if kind in ("source_sizes", "source_sides"):
        return [list(run.source) for run in runs]
    geometries = [run.geometry() for run in runs]
    if kind == "resized_sizes":
        return [list(geometry.resized) for geometry in geometries]
    if kind in ("resized_rows", "resized_columns"):
        return [[geometry.resized[kind == "resized_columns"]] for geometry in geometries]
    if kind == "row_scale":
        return [[geometry.resized[0] / run.source[0]] for run, geometry in zip(runs, geometries)]
    if kind in ("mask", "bool_mask"):
        sides = pixels[0].shape[1:]
        made = empty((len(runs), *sides), numpy.int64 if kind == "mask" else numpy.bool_)
        for mask, run, geometry in zip(made, runs, geometries):
            # A frame around the image is no content; a crop's own margin is.
            rows, columns = geometry.content[2:] if is_framed else run.shape[1:]
            mask[:rows, :columns] = 1
            mask[rows:] = 0
            mask[:rows, columns:] = 0
        return made
    tiles = [geometry.tiles or (1, 1) for geometry in geometries]
    if kind == "tile_counts":
        return [rows * columns + (geometry.thumbnail is not None) for (rows, columns), geometry in zip(tiles, geometries)]
    if kind in ("tile_rows", "tile_columns"):
        return [grid[kind == "tile_columns"] for grid in tiles]
    if kind in ("split_rows", "split_columns"):
        return [
            grid[kind == "split_columns"] if geometry.thumbnail else 0 for grid, geometry in zip(tiles, geometries)
        ]
    if kind == "aspect_ratio_ids":
        return numpy.asarray([_aspect_ratio(grid, value) for grid in tiles])
    if kind == "aspect_ratio_mask":
        counts = numpy.asarray([[rows * columns] for rows, columns in tiles])
        return (numpy.arange(value) < counts).astype(numpy.int64)
    if kind == "tile_count":
        return [run.shape[0] if geometry.tiles else 1 for run, geometry in zip(runs, geometries)]
    if kind == "tile_grid":
        return [list(grid) for grid in tiles]
    grids = [geometry.patches or (0, 0) for geometry in geometries]
    if kind == "grid_thw":
        return [[1, rows, columns] for rows, columns in grids]
    if kind == "grid":
        return [[rows, columns] for rows, columns in grids]
    if kind == "patch_groups":
        return [rows * columns // value for rows, columns in grids]
    if kind == "patch_positions":
        made = numpy.full((len(runs), runs[0].shape[0], 2), -1, numpy.int64)
        for index, (rows, columns) in enumerate(grids):
            places = numpy.arange(rows * columns)
            made[index, : rows * columns, 0] = places % columns
            made[index, : rows * columns, 1] = places // columns
        return made
    made = numpy.zeros((len(runs), runs[0].shape[0]), numpy.int32)
    for index, (rows, columns) in enumerate(grids):
        made[index, : rows * columns] = 1
    return made


def _sequences(runs: list[Run], lengths: list[int], tiles: Any, zeros: Callable[..., Any] = numpy.zeros) -> Any:
    """The tiles of each sample's images, with zeros behind those of a sample that has fewer."""
    ends = numpy.cumsum([0, *lengths])
    counts = [sum(run.shape[0] for run in runs[start:end]) for start, end in zip(ends, ends[1:])]
    if len(counts) == 1:
        return tiles[None]
    filled = zeros((len(counts), max(counts), *tiles.shape[1:]), tiles.dtype)
    at = 0
    for index, count in enumerate(counts):
        filled[index, :count] = tiles[at : at + count]
        at += count
    return filled


def _samples(made: Any, lengths: list[int], pads: bool, zeros: Callable[..., Any]) -> Any:
    """An axis of samples before that of their images; a sample of fewer images is filled up with zeros where it pads."""
    if isinstance(made, list):
        images = iter(made)
        return [[next(images) for _ in range(length)] for length in lengths]
    most = max(lengths)
    if len(set(lengths)) == 1:
        return made.reshape(len(lengths), most, *made.shape[1:])
    if not pads:
        raise PipelineError(
            f"images: samples of {sorted(set(lengths))} images, expected one length, or return_tensors=None"
        )
    filled = zeros((len(lengths), most, *made.shape[1:]), made.dtype)
    at = 0
    for index, length in enumerate(lengths):
        filled[index, :length] = made[at : at + length]
        at += length
    return filled


def given(made: Any, return_tensors: str | None) -> Any:
    if return_tensors is None:
        return made
    if return_tensors == "pt" and str(getattr(made, "dtype", "")) == "torch.bfloat16":
        return made
    array = made if isinstance(made, numpy.ndarray) else numpy.asarray(made)
    return torch().from_numpy(array) if return_tensors == "pt" else array
