"""Tensors of one call, put together as a model's library returns them."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy

from ._pixfuse import Config, Geometry, Pipeline, PipelineError


class Run:
    """What one image becomes: the shape and dtype of its tensor, its rows and columns, and what runs it into an array."""

    __slots__ = ("_pipe", "dtype", "into", "shape", "source")

    def __init__(self, pipe: Pipeline, rows: int, columns: int, into: Callable[[Any, int], Any]) -> None:
        self._pipe = pipe
        self.source = (rows, columns)
        self.shape = pipe.output_shape(rows, columns)
        self.dtype = pipe.dtype
        self.into = into

    def geometry(self) -> Geometry:
        return self._pipe.geometry(*self.source)


def collect(
    config: Config, runs: list[Run], lengths: list[int], return_tensors: str | None, threads: int
) -> dict[str, Any]:
    """Runs, and puts the results under the library's names; `lengths` has the number of images of each sample."""
    if return_tensors not in (None, "np", "pt"):
        raise PipelineError(f"return_tensors: {return_tensors!r}, expected None, 'np' or 'pt'")
    if not runs:
        raise PipelineError("images: none, expected an image or a list of them")
    if config.concatenates:
        pixels = _concatenated(runs, threads)
    elif config.pads:
        pixels = _padded(runs, threads)
    else:
        pixels = _stacked(runs, return_tensors, threads)
    named = {}
    for name, kind, value in config.outputs:
        if kind == "pixels":
            made = _with_axes(config, pixels)
        elif kind == "each":
            made = [value] * len(runs)
        elif kind == "whole":
            # A number for the whole batch; lists are no tensors.
            made = numpy.asarray(value) if return_tensors is not None and isinstance(value, int) else value
            named[name] = _given(made, return_tensors) if isinstance(made, numpy.ndarray) else made
            continue
        else:
            made = _beside(kind, value, runs, pixels, config.is_framed)
        if config.is_nested and kind in ("pixels", "mask"):
            made = _samples(made, lengths, config.pads)
        if return_tensors is not None and isinstance(made, list):
            made = numpy.asarray(made)
        named[name] = _given(made, return_tensors)
    return named


def _stacked(runs: list[Run], return_tensors: str | None, threads: int) -> Any:
    """One array of tensors of one shape, or a list of them."""
    shapes = {run.shape for run in runs}
    if return_tensors is None:
        pixels: Any = [numpy.empty(run.shape, run.dtype) for run in runs]
    elif len(shapes) == 1:
        pixels = numpy.empty((len(runs), *runs[0].shape), runs[0].dtype)
    else:
        raise PipelineError(
            f"images: their tensors have the shapes {', '.join(map(str, sorted(shapes)))}, expected one: "
            "images of one size, a size that does not follow from the image, or return_tensors=None"
        )
    for index, run in enumerate(runs):
        run.into(pixels[index], threads)
    return pixels


def _padded(runs: list[Run], threads: int) -> Any:
    """One array of the largest rows and columns, with zeros behind smaller ones."""
    shape = (runs[0].shape[0], max(run.shape[1] for run in runs), max(run.shape[2] for run in runs))
    is_even = all(run.shape == shape for run in runs)
    pixels = (numpy.empty if is_even else numpy.zeros)((len(runs), *shape), runs[0].dtype)
    for index, run in enumerate(runs):
        if run.shape == shape:
            run.into(pixels[index], threads)
        else:
            content = numpy.empty(run.shape, run.dtype)
            run.into(content, threads)
            pixels[index][:, : run.shape[1], : run.shape[2]] = content
    return pixels


def _concatenated(runs: list[Run], threads: int) -> Any:
    """The patches of all images, one image behind the other."""
    widths = {run.shape[1] for run in runs}
    if len(widths) != 1:
        raise PipelineError(f"images: patches of {sorted(widths)} elements, expected images of one number of channels")
    pixels = numpy.empty((sum(run.shape[0] for run in runs), runs[0].shape[1]), runs[0].dtype)
    at = 0
    for run in runs:
        run.into(pixels[at : at + run.shape[0]], threads)
        at += run.shape[0]
    return pixels


def _with_axes(config: Config, pixels: Any) -> Any:
    """Patches with the axes that the library keeps apart."""
    axes = config.patch_axes
    return pixels.reshape(pixels.shape[0], -1, *axes) if axes else pixels


def _beside(kind: str, value: Any, runs: list[Run], pixels: Any, is_framed: bool) -> Any:
    """What the library returns beside the tensor, one for each image."""
    if kind == "source_sizes":
        return [list(run.source) for run in runs]
    geometries = [run.geometry() for run in runs]
    if kind == "resized_sizes":
        return [list(geometry.resized) for geometry in geometries]
    if kind in ("mask", "bool_mask"):
        made = numpy.zeros((len(runs), *pixels[0].shape[1:]), numpy.int64 if kind == "mask" else numpy.bool_)
        for index, (run, geometry) in enumerate(zip(runs, geometries)):
            # A frame around the image is no content; a crop's own margin is.
            rows, columns = geometry.content[2:] if is_framed else run.shape[1:]
            made[index, :rows, :columns] = 1
        return made
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


def _samples(made: Any, lengths: list[int], pads: bool) -> Any:
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
    filled = numpy.zeros((len(lengths), most, *made.shape[1:]), made.dtype)
    at = 0
    for index, length in enumerate(lengths):
        filled[index, :length] = made[at : at + length]
        at += length
    return filled


def _given(made: Any, return_tensors: str | None) -> Any:
    return importlib.import_module("torch").from_numpy(made) if return_tensors == "pt" else made
