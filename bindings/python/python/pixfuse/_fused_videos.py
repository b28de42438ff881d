"""A video processor of transformers whose frames are run by pixfuse; everything before them stays the library's."""

import contextvars
import importlib
import warnings
from typing import Any

from ._fused import Remade, tensors
from ._pixfuse import PipelineError
from .video import VideoProcessor, video_from_config

__all__ = ["FusedVideo", "library_class"]

# The keywords of the call that runs: what the library hands on has been filled up with its own attributes.
_KEYWORDS: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("keywords")
_OF_THE_LIBRARY = ("return_tensors", "return_metadata", "draw_on_frames")


def library_class(name: str) -> Any:
    videos = importlib.import_module("transformers.models.auto.video_processing_auto")
    found = videos.video_processor_class_from_name(name)
    if found is None:
        raise PipelineError(f"video_processor_type: transformers has no class {name}")
    return found


class FusedVideo(Remade):
    """What a class of transformers does differently: `_preprocess`, which gets the frames that were taken, as tensors."""

    falls_back = False

    def _made(self, record: dict[str, Any]) -> VideoProcessor:
        # What is drawn on frames is so before they come here, and what is returned beside the tensor is so after it.
        return video_from_config({**record, **{name: False for name in _OF_THE_LIBRARY if name in record}})

    def preprocess(self, videos: Any, **keywords: Any) -> Any:
        """As the library's, from videos to its BatchFeature."""
        token = _KEYWORDS.set({name: value for name, value in keywords.items() if value is not None})
        try:
            return super().preprocess(videos, **keywords)  # type: ignore[misc]
        finally:
            _KEYWORDS.reset(token)

    def _preprocess(self, videos: Any, return_tensors: Any = None, **keywords: Any) -> Any:
        try:
            return self._run(videos, getattr(return_tensors, "value", return_tensors))
        except PipelineError as error:
            if not FusedVideo.falls_back:
                raise
            warnings.warn(f"{type(self).__name__} ran by transformers and not by pixfuse: {error}", stacklevel=2)
            return super()._preprocess(videos, return_tensors=return_tensors, **keywords)  # type: ignore[misc]

    def _run(self, videos: Any, asked: Any) -> Any:
        keywords = {name: value for name, value in _KEYWORDS.get({}).items() if name not in _OF_THE_LIBRARY}
        # Frames come with their channels first, as tensors.
        keywords["input_data_format"] = "channels_first"
        kind = asked if asked in ("pt", "np") else None
        data = self._pixfuse()(videos, kind, **keywords)
        library = importlib.import_module("transformers.video_processing_utils").BaseVideoProcessor
        own = next(cls for cls in type(self).__mro__[2:] if "_preprocess" in vars(cls))
        first = self._pixfuse().outputs[0]
        if own is library and first != "pixel_values_videos":
            # A class that gives it another name does so itself, behind this.
            data["pixel_values_videos"] = data.pop(first)
        if kind is None:
            data = {name: tensors(value) for name, value in data.items()}
        feature = importlib.import_module("transformers.image_processing_base").BatchFeature
        # What is a list beside tensors stays one.
        lists = [name for name, value in data.items() if kind is not None and isinstance(value, list)]
        return feature(data, tensor_type=asked, skip_tensor_conversion=lists)
