"""vLLM: inputs that are processed before the engine, as a dict, with the number of tokens of each image."""

from typing import Any

import numpy as np
import pixfuse
from PIL import Image
from transformers import Qwen2VLImageProcessor

PROCESSOR = pixfuse.from_config({"image_processor_type": "Qwen2VLImageProcessor"})  # or a model's folder


def inputs(images: list[Image.Image]) -> tuple[dict[str, Any], list[int]]:
    """What `MultiModalKwargsItems.from_hf_inputs` takes, and the length of each image's `PlaceholderRange`."""
    made = PROCESSOR(images, return_tensors="np")
    return dict(made), [PROCESSOR.tokens(image.height, image.width) for image in images]


def tensors(paths: list[str]) -> np.ndarray:
    made, tokens = inputs([Image.open(path) for path in paths])
    assert tokens == [int(grid.prod()) // 4 for grid in made["image_grid_thw"]]
    return made["pixel_values"]


def library(paths: list[str]) -> np.ndarray:
    return Qwen2VLImageProcessor()([Image.open(path) for path in paths], return_tensors="np")["pixel_values"]
