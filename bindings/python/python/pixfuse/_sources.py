"""Where a config is, and what an image is, as Python's libraries give them."""

import dataclasses
import json
import os
import sys
from typing import Any

import numpy

from ._pixfuse import Config, PipelineError

# Names of torchvision's filters, and transformers' numbers of them.
_FILTERS = {"nearest": 0, "nearest-exact": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}


def files_or_path(source: Any) -> tuple[list[tuple[str, str]] | None, str | None]:
    """The files of a config as pairs of name and text, or its path."""
    if isinstance(source, str) and source.lstrip("\ufeff \t\r\n").startswith("{"):
        return [("", source)], None
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        if not os.path.exists(path):
            raise PipelineError(
                f"source: {path!r} is neither a file nor a folder nor the text of a JSON object; pixfuse downloads nothing"
            )
        return None, path
    return [("", json.dumps(plain(record(source))))], None


def record(source: Any) -> Any:
    """The record of a config that is an object."""
    if isinstance(source, dict):
        return source
    if hasattr(source, "to_dict"):
        # A pretrained_cfg of timm, an image processor of transformers.
        return source.to_dict()
    if dataclasses.is_dataclass(source) and not isinstance(source, type):
        return dataclasses.asdict(source)
    if type(source).__module__.startswith("torchvision."):
        from . import _torchvision

        return _torchvision.record(source)
    raise PipelineError(
        f"source: {type(source).__name__}, expected a dict, the text of a JSON object, a path, or a transform of torchvision"
    )


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (numpy.integer, numpy.floating, numpy.bool)):
        return value.item()
    if isinstance(value, numpy.ndarray):
        return value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {name: plain(item) for name, item in fields.items() if item is not None}
    if type(value).__name__ == "InterpolationMode":
        return _FILTERS.get(value.value, value.value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, (bool, float, str)):
        return value
    raise PipelineError(f"source: a value of type {type(value).__name__}, expected what JSON can say")


def images_of(images: Any, config: Config) -> list[list[Any]]:
    """Images as a list of lists: samples of several images, or one list of all."""
    if config.is_paired:
        return _pairs(images, config)
    if not isinstance(images, (list, tuple)):
        return [_flat([images])]
    is_list_of_samples = bool(images) and all(isinstance(item, (list, tuple)) for item in images)
    nested = [list(item) for item in images] if is_list_of_samples else [_flat(images)]
    if config.is_single and is_list_of_samples and any(len(sample) > 1 for sample in nested):
        raise PipelineError(
            f"images: a sample of several images, which {config.class_name} prepares another way than one alone; "
            "give each image as a sample of its own"
        )
    return nested if config.is_nested else [[image for images in nested for image in images]]


def _pairs(images: Any, config: Config) -> list[list[Any]]:
    """Pairs of images: one, or a list of them."""

    def is_pair(item: Any) -> bool:
        images = isinstance(item, list) and len(item) == 2
        return images and all(is_pillow(image) or getattr(image, "ndim", None) == 3 for image in item)

    if is_pair(images):
        return [list(images)]
    if isinstance(images, list) and images and all(is_pair(item) for item in images):
        return [list(item) for item in images]
    raise PipelineError(f"images: {config.class_name} takes pairs of them; give a list of two images, or a list of such lists")


def _flat(images: Any) -> list[Any]:
    """Batches of four axes taken apart."""
    return [image for item in images for image in (item if getattr(item, "ndim", 3) == 4 else [item])]


def is_pillow(image: Any) -> bool:
    """Whether it is a Pillow image."""
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(image, pillow.Image)


def is_rgb(image: Any) -> bool:
    """Whether it is a Pillow image that every class reads as it is."""
    return is_pillow(image) and image.mode == "RGB" and "transparency" not in image.info


def read(image: Any, config: Config, ordered: Any) -> tuple[str, int, int, Any]:
    """The channels of an image (`rgb`, `gray`, `alpha`), its rows and columns, and what a pipeline reads."""
    if is_pillow(image):
        return _of_pillow(image, config)
    if isinstance(image, (str, bytes, os.PathLike)):
        raise PipelineError("image: a path or a file, expected an image; processor.decode(bytes) takes files")
    return _of_array(image, config, ordered)


def _of_pillow(image: Any, config: Config) -> tuple[str, int, int, Any]:
    columns, rows = image.size
    mode, has_note = image.mode, image.info.get("transparency") is not None
    if config.library == "transformers" or config.library == "transformers.js":
        if config.converts:
            if "A" in image.getbands() or has_note:
                return "alpha", rows, columns, image if mode == "RGBA" else image.convert("RGBA")
            return ("gray", rows, columns, image) if mode == "L" else ("rgb", rows, columns, _rgb(image))
        # The class takes the array of the image, whatever its mode means.
        if mode == "P":
            return "gray", rows, columns, numpy.asarray(image)
    channels = {"RGB": "rgb", "L": "gray", "RGBA": "alpha"}.get(mode)
    if channels is None:
        raise PipelineError(
            f'image: a Pillow image of mode {mode}, which {config.class_name} does not convert; image.convert("RGB") does'
        )
    return channels, rows, columns, image


def _rgb(image: Any) -> Any:
    return image if image.mode == "RGB" else image.convert("RGB")


def _of_array(image: Any, config: Config, ordered: Any) -> tuple[str, int, int, Any]:
    shape, dtype = getattr(image, "shape", None), getattr(image, "dtype", None)
    if shape is None or dtype is None:
        raise PipelineError(f"image: {type(image).__name__}, expected a Pillow image, a numpy array or a tensor")
    array = image if isinstance(image, numpy.ndarray) else _numpy(image)
    if array.dtype != numpy.uint8:
        raise PipelineError(
            f"image: an array of {array.dtype}, expected uint8: what the library makes of other pixels is another "
            "arithmetic, which no declaration says"
        )
    if array.ndim != 3:
        raise PipelineError(f"image: an array of {array.ndim} axes, expected (rows, columns, channels) or channels first")
    if config.library == "timm" or config.library == "open_clip" or config.library == "torchvision":
        ordered = "channels_last"
    sides = {0: "channels_first", 2: "channels_last"}
    if ordered is None:
        found = next((axis for axis in sides if array.shape[axis] in _counts(config)), None)
    else:
        found = next((axis for axis, name in sides.items() if name == getattr(ordered, "value", ordered)), None)
    if found is None or array.shape[found] not in (1, 3, 4):
        raise PipelineError(f"image: an array of shape {array.shape}, expected 1, 3 or 4 channels, first or last")
    channels = {1: "gray", 3: "rgb", 4: "alpha"}[array.shape[found]]
    if channels == "alpha" and config.backend == "torch":
        raise PipelineError(
            "image: an array of four channels, which torch blends in float32, as no declaration says; "
            "PIL.Image.fromarray(image) is blended as a Pillow image"
        )
    array = numpy.moveaxis(array, 0, 2) if found == 0 else array
    return channels, array.shape[0], array.shape[1], array


def _counts(config: Config) -> tuple[int, ...]:
    return (1, 3) if config.class_name in ("VivitImageProcessor", "VideoLlavaImageProcessor") else (1, 3, 4)


def _numpy(image: Any) -> Any:
    try:
        return numpy.asarray(image.numpy() if hasattr(image, "numpy") else image)
    except Exception as error:
        raise PipelineError(f"image: {type(image).__name__} cannot be read as an array: {error}") from error
