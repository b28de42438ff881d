"""The library whose config it is, as `pixfuse check` compares with it: what it makes of a Pillow image."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy

from ._pixfuse import PipelineError
from .processor import Processor, from_config


def of_config(config: str, backend: str) -> Callable[[Any], Any]:
    """The image processor of transformers in a model's folder."""
    path = Path(config)
    automatic = _installed("transformers").AutoImageProcessor
    kind = {"torch": "torchvision", "pil": "pil"}[backend]
    processor = automatic.from_pretrained(str(path if path.is_dir() else path.parent), backend=kind)
    return lambda image: numpy.asarray(processor(image, return_tensors="np")["pixel_values"][0])


def of_timm(name: str) -> tuple[Processor, Callable[[Any], Any]]:
    """The processor of a model of timm by the config that timm has of it, and timm's own transform."""
    config = _installed("timm").models.get_pretrained_cfg(name)
    if config is None:
        raise PipelineError(f"timm: it has no pretrained config of the name {name!r}; timm.list_pretrained() lists them")
    data = importlib.import_module("timm.data")
    resolved = data.resolve_data_config(pretrained_cfg=config.to_dict())
    transform = data.create_transform(**resolved, is_training=False)
    return from_config(config), lambda image: numpy.asarray(transform(image))


def of_torchvision(name: str) -> tuple[Processor, Callable[[Any], Any]]:
    """The processor of weights of torchvision, by their name, and their own transform."""
    models = _installed("torchvision").models
    try:
        transform = models.get_weight(name).transforms()
    except (AttributeError, KeyError, ValueError) as error:
        expected = "the name of weights, such as ResNet50_Weights.IMAGENET1K_V2"
        raise PipelineError(f"torchvision: {name!r}, expected {expected}: {error}") from error
    return from_config(transform), lambda image: numpy.asarray(transform(image))


def _installed(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise PipelineError(f"check: {name} is not installed; give --tensors x.npy, or pip install {name}") from error
