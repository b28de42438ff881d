"""transformers with pixfuse as a backend: the same classes, keys and bits, by pixfuse's kernels.

>>> import pixfuse.transformers                                                        # doctest: +SKIP
>>> pixfuse.transformers.register()                                                    # doctest: +SKIP
>>> from transformers import AutoImageProcessor                                        # doctest: +SKIP
>>> processor = AutoImageProcessor.from_pretrained("model", backend="pixfuse")         # doctest: +SKIP
>>> processor(images, return_tensors="pt")["pixel_values"]                             # doctest: +SKIP

`AutoProcessor.from_pretrained(.., backend="pixfuse")` works too, with a tokenizer and a video processor beside, whose
frames are run by pixfuse where it reaches the class; `use` takes a processor that is there already. Results are those
of the backend that transformers would take itself: torch where torchvision is installed, else PIL. What is saved is the
library's own, and loads without pixfuse.
"""

import functools
import importlib
import sys
import warnings
import weakref
from typing import Any

from ._fused import Remade, fused, tensors
from ._fused_videos import FusedVideo, library_class
from ._pixfuse import PipelineError
from .processor import Processor, from_config

__all__ = ["register", "use"]

BACKEND = "pixfuse"


def register(*, fallback: bool = False) -> None:
    """Makes `backend="pixfuse"` known to AutoImageProcessor, AutoVideoProcessor and AutoProcessor.

    A class or a config that pixfuse does not reach raises PipelineError when it is loaded, and an image that the class's
    declaration does not take (float pixels, say) raises it when it is called; with `fallback=True` both go the library's
    own way, with one warning. Video processors that pixfuse does not reach are the library's own, with a warning. No model's
    module is imported here, and calling this again only changes `fallback`.
    """
    images = importlib.import_module("transformers.models.auto.image_processing_auto")
    videos = importlib.import_module("transformers.models.auto.video_processing_auto")
    # After those: the library puts another module in its own place when its parts are first imported.
    library = importlib.import_module("transformers")
    _Loader.fallback = FusedVideo.falls_back = fallback
    for backends in images.IMAGE_PROCESSOR_MAPPING_NAMES.values():
        name = _library_name(backends)
        if name is not None:
            # A name that the library looks up in its own namespace: so nothing is imported before it is asked for.
            backends[BACKEND] = f"Pixfuse{name}"
            if backends[BACKEND] not in vars(library):
                setattr(library, backends[BACKEND], _loader(_Loader, name))
    for backends in videos.VIDEO_PROCESSOR_MAPPING_NAMES.values():
        if backends is not None and isinstance(backends.get("torchvision"), str):
            backends[BACKEND] = f"Pixfuse{backends['torchvision']}"
            if backends[BACKEND] not in vars(library):
                setattr(library, backends[BACKEND], _loader(_VideoLoader, backends["torchvision"]))
    _spare_tokenizers()


def _spare_tokenizers() -> None:
    """Keeps the backend of images from tokenizers: AutoProcessor hands it to them too, and they would save it as theirs."""
    base = importlib.import_module("transformers.tokenization_utils_base").PreTrainedTokenizerBase
    load = vars(base)["from_pretrained"].__func__
    if getattr(load, "spares_tokenizers", False):
        return

    @functools.wraps(load)
    def from_pretrained(cls: Any, *arguments: Any, **keywords: Any) -> Any:
        if keywords.get("backend") == BACKEND:
            del keywords["backend"]
        return load(cls, *arguments, **keywords)

    from_pretrained.spares_tokenizers = True  # type: ignore[attr-defined]
    base.from_pretrained = classmethod(from_pretrained)


def use(processor: Any, *, fallback: bool = False) -> Any:
    """The processor with its image and video processors run by pixfuse: one of AutoProcessor, changed in place, or an image
    or video processor, of which a new one is given.

    Raises PipelineError where pixfuse does not reach the class or its config; with `fallback=True` it stays as it was. A video
    processor beside an image processor stays as it was, with a warning.
    """
    video = getattr(processor, "video_processor", None)
    if video is not None:
        processor.video_processor = _loaded_video(
            type(video).__name__, lambda made: made.from_dict(video.to_dict()), lambda: video
        )
    part = getattr(processor, "image_processor", None)
    if part is not None:
        processor.image_processor = use(part, fallback=fallback)
        return processor
    if not hasattr(processor, "valid_kwargs") or not hasattr(processor, "to_dict"):
        raise PipelineError(
            f"processor: {type(processor).__name__}, expected an image processor of transformers, or a processor that has one"
        )
    if isinstance(processor, (_Fused, FusedVideo)):
        return processor
    name = type(processor).__name__
    if name.endswith("VideoProcessor"):
        made = _fused_video(name).from_dict(processor.to_dict())
        return _reached(made) if not fallback else _loaded_video(name, lambda _: made, lambda: processor)
    return _loaded(name, lambda made: made.from_dict(processor.to_dict()), lambda: processor, fallback)


def __getattr__(name: str) -> Any:
    # A pickle finds the class of an instance here.
    if name.endswith("ImageProcessor") or name.endswith("ImageProcessorPil"):
        return _fused(name)
    if name.endswith("VideoProcessor"):
        return _fused_video(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _library_name(backends: dict[str, Any]) -> str | None:
    """The class whose bytes are given: torch's where it can be loaded, else PIL's."""
    has_torch = importlib.import_module("transformers.utils").is_torchvision_available()
    given = {name: value for name, value in backends.items() if isinstance(value, str) and name != BACKEND}
    first = ("torchvision", "pil") if has_torch else ("pil", "torchvision")
    return next((given[name] for name in first if name in given), None)


class _Loader:
    """Stands in the library's namespace until an image processor is asked for."""

    fallback = False
    name = ""

    @classmethod
    def from_pretrained(cls, source: Any, *arguments: Any, **keywords: Any) -> Any:
        return _loaded(
            cls.name,
            lambda made: _without_code(made.from_pretrained(source, *arguments, **keywords)),
            lambda: _library_class(cls.name).from_pretrained(source, *arguments, **keywords),
            _Loader.fallback,
        )

    @classmethod
    def from_dict(cls, record: dict[str, Any], **keywords: Any) -> Any:
        return _loaded(
            cls.name,
            lambda made: made.from_dict(record, **keywords),
            lambda: _library_class(cls.name).from_dict(record, **keywords),
            _Loader.fallback,
        )


class _VideoLoader:
    """Stands in the library's namespace until a video processor is asked for."""

    name = ""

    @classmethod
    def from_pretrained(cls, source: Any, *arguments: Any, **keywords: Any) -> Any:
        return _loaded_video(
            cls.name,
            lambda made: made.from_pretrained(source, *arguments, **keywords),
            lambda: library_class(cls.name).from_pretrained(source, *arguments, **keywords),
        )


def _loader(kind: type, name: str) -> type:
    return type(name, (kind,), {"name": name, "__module__": __name__})


def _loaded_video(name: str, load: Any, otherwise: Any) -> Any:
    """A video processor of ours, or the library's where pixfuse does not reach it: a folder has one beside its images, and
    who serves these alone must be able to load it."""
    try:
        return _reached(load(_fused_video(name)))
    except PipelineError as error:
        warnings.warn(f"{name} is not run by pixfuse but by transformers: {error}", stacklevel=3)
        return otherwise()


def _reached(made: Any) -> Any:
    made._pixfuse()
    return made


def _loaded(name: str, load: Any, otherwise: Any, fallback: bool) -> Any:
    """An image processor of ours; where pixfuse does not reach it, its error or the library's own."""
    try:
        made = load(_fused(name))
        made._falls_back_to_library(fallback)
        made._pixfuse()
    except PipelineError as error:
        if not fallback:
            raise
        warnings.warn(f"{name} is not run by pixfuse but by transformers: {error}", stacklevel=3)
        return otherwise()
    return made


def _without_code(processor: Any) -> Any:
    """The processor, unless code of the model's own repository may be meant and not the library's class."""
    code = getattr(processor, "auto_map", None)
    if code:
        raise PipelineError(
            f"auto_map: {code}: the model has code of its own beside {type(processor).__name__}, and which of them is meant "
            "the config does not say; load the one that is, and give it to pixfuse.transformers.use if it is the library's"
        )
    return processor


def _library_class(name: str) -> Any:
    images = importlib.import_module("transformers.models.auto.image_processing_auto")
    found = images.get_image_processor_class_from_name(name)
    if found is None:
        raise PipelineError(f"image_processor_type: transformers has no class {name}")
    return found


def _fused(name: str) -> Any:
    """The library's class with its pixels made by pixfuse."""
    return fused(name, _Fused, _library_class, __name__)


def _fused_video(name: str) -> Any:
    """The same for a class of videos."""
    return fused(name, FusedVideo, library_class, __name__)


_FALLBACKS: "weakref.WeakKeyDictionary[Any, bool]" = weakref.WeakKeyDictionary()


class _Fused(Remade):
    """What a class of transformers does differently: `preprocess`."""

    def _made(self, record: dict[str, Any]) -> Processor:
        backend = "pil" if type(self).__name__.endswith("Pil") or not _is_torch(self) else "torch"
        return from_config(record, backend=backend)

    def _falls_back_to_library(self, falls_back: bool) -> None:
        _FALLBACKS[self] = falls_back

    def preprocess(self, images: Any, *arguments: Any, **keywords: Any) -> Any:
        """As the library's, from images to its BatchFeature."""
        if keywords.keys() - {"return_tensors"} or keywords.get("return_tensors") not in (None, "np", "pt"):
            # As long as a small resize takes: left out where there is nothing to find.
            _validator()(self.valid_kwargs, keywords)  # type: ignore[attr-defined]
        try:
            return self._run(images, arguments, {name: value for name, value in keywords.items() if value is not None})
        except PipelineError as error:
            if not _FALLBACKS.get(self, False):
                raise
            warnings.warn(f"{type(self).__name__} ran by transformers and not by pixfuse: {error}", stacklevel=2)
            return super().preprocess(images, *arguments, **keywords)  # type: ignore[misc]

    def _run(self, images: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        if any(argument is not None for argument in arguments):
            raise PipelineError("preprocess: maps and annotations beside images are not made by pixfuse")
        asked = keywords.pop("return_tensors", None)
        asked = getattr(asked, "value", asked)
        order = keywords.pop("data_format", None)
        order = getattr(order, "value", order)
        if order not in (None, "channels_first"):
            raise PipelineError(f"data_format: {order}, expected channels_first; transpose the result, or leave it out")
        device = keywords.pop("device", None)
        keywords.pop("disable_grouping", None)
        kind = asked if asked in ("pt", "np") else None
        data = self._pixfuse()(images, kind, **keywords)
        if kind is None and _is_torch(self):
            data = {name: tensors(value) for name, value in data.items()}
        result = _batch()(None if kind is not None else data, tensor_type=None if kind is not None else asked)
        if kind is not None:
            # They are tensors: to go through them once more takes as long as the rest of this.
            result.data = data
        return result if device is None or str(device) == "cpu" else result.to(device)


def _batch() -> Any:
    name = "transformers.image_processing_base"
    return (sys.modules.get(name) or importlib.import_module(name)).BatchFeature


def _validator() -> Any:
    return importlib.import_module("huggingface_hub.dataclasses").validate_typed_dict


def _is_torch(processor: Any) -> bool:
    return getattr(processor, "backend", "pil") == "torchvision"
