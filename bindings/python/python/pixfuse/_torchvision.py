"""Transforms of torchvision as the record that configs are read from: names and attributes of steps."""

from collections.abc import Iterator
from typing import Any

from ._pixfuse import PipelineError


def record(transform: Any) -> dict[str, Any]:
    """The record of a transform: what `weights.transforms()` gives, or a Compose."""
    name = type(transform).__name__
    return {"torchvision": name, "steps": list(_steps(transform))}


def _steps(transform: Any) -> Iterator[dict[str, Any]]:
    name, module = type(transform).__name__, type(transform).__module__
    is_v2 = ".v2" in module
    if module == "torchvision.transforms._presets":
        yield from _preset(transform, name)
    elif name in ("Compose", "Sequential"):
        for step in getattr(transform, "transforms", transform):
            yield from _steps(step)
    elif name == "Identity":
        return
    elif name == "Resize":
        yield _resize(transform.size, transform, is_v2, max_size=transform.max_size)
    elif name == "CenterCrop":
        yield {"step": "CenterCrop", "size": transform.size}
    elif name == "ToDtype":
        yield {"step": "ToDtype", "dtype": _dtype(transform.dtype), "scale": transform.scale}
    elif name == "ConvertImageDtype":
        yield {"step": "ToDtype" if is_v2 else "ConvertImageDtype", "dtype": _dtype(transform.dtype), "scale": True}
    elif name == "Normalize":
        yield {"step": "Normalize", "mean": [float(value) for value in transform.mean], "std": [float(value) for value in transform.std]}
    else:
        # Those without attributes that count, and those that are not read: the name is enough for both.
        yield {"step": name}


def _resize(size: Any, transform: Any, is_v2: bool, max_size: int | None = None) -> dict[str, Any]:
    return {
        "step": "Resize",
        "size": list(size) if isinstance(size, (list, tuple)) else [size],
        "max_size": max_size,
        "interpolation": getattr(transform.interpolation, "value", transform.interpolation),
        "antialias": transform.antialias,
        "is_v2": is_v2,
    }


def _preset(transform: Any, name: str) -> Iterator[dict[str, Any]]:
    """The steps of a preset, for a Pillow image."""
    if name == "ImageClassification":
        yield _resize(transform.resize_size, transform, False)
        yield {"step": "CenterCrop", "size": list(transform.crop_size)}
    elif name == "SemanticSegmentation":
        if transform.resize_size is not None and transform.resize_size != [None]:
            yield _resize(transform.resize_size, transform, False)
    elif name != "ObjectDetection":
        yield {"step": name}
        return
    yield {"step": "PILToTensor"}
    yield {"step": "ConvertImageDtype", "dtype": "float32", "scale": True}
    if name != "ObjectDetection":
        yield {"step": "Normalize", "mean": list(transform.mean), "std": list(transform.std)}


def _dtype(dtype: Any) -> str:
    if isinstance(dtype, dict):
        raise PipelineError("source: ToDtype with a dict of dtypes, expected torch.float32")
    return str(dtype).removeprefix("torch.")
