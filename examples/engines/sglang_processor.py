"""sglang: an external multimodal processor whose images pixfuse makes, with the keys and bits of transformers' own."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pixfuse.transformers
from PIL import Image
from transformers import Qwen2VLImageProcessor

try:
    from sglang.srt.multimodal.processors.qwen_vl import QwenVLImageProcessor
except ImportError:  # its shape, for where sglang is not installed

    class QwenVLImageProcessor:
        def __init__(self, hf_config: Any, server_args: Any, _processor: Any, *args: Any, **kwargs: Any) -> None:
            self._processor = _processor


class Processor(QwenVLImageProcessor):
    """In a package that SGLANG_EXTERNAL_MM_PROCESSOR_PACKAGE names."""

    def __init__(self, hf_config: Any, server_args: Any, _processor: Any, *args: Any, **kwargs: Any) -> None:
        # What AutoProcessor gave, with its image processor run by pixfuse.
        super().__init__(hf_config, server_args, pixfuse.transformers.use(_processor), *args, **kwargs)


def image_data(processor: Any, images: list[Image.Image]) -> list[dict[str, Any]]:
    """Or without one: what `Engine.generate(input_ids=.., image_data=..)` takes as it is."""
    return [dict(processor.image_processor(images=images, return_tensors="np"), format="processor_output")]


def loaded() -> Any:
    """What stands for AutoProcessor's here, as no model is fetched."""
    return SimpleNamespace(image_processor=Qwen2VLImageProcessor())


def tensors(paths: list[str]) -> np.ndarray:
    made = image_data(Processor(None, None, loaded())._processor, [Image.open(path) for path in paths])
    return made[0]["pixel_values"]


def library(paths: list[str]) -> np.ndarray:
    made = image_data(loaded(), [Image.open(path) for path in paths])
    assert sorted(made[0]) == ["format", "image_grid_thw", "pixel_values"]
    return made[0]["pixel_values"]
