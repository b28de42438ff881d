"""What a model's config says, as a callable: images in, what its library returns out.

>>> import numpy, pixfuse
>>> processor = pixfuse.from_config({"image_processor_type": "ViTImageProcessor", "size": 224})
>>> processor.backend
'torch'
>>> image = numpy.zeros((480, 640, 3), numpy.uint8)
>>> processor(image, return_tensors="np")["pixel_values"].shape
(1, 3, 224, 224)
>>> processor(image, size={"height": 384, "width": 384}, return_tensors="np")["pixel_values"].shape
(1, 3, 384, 384)
"""

import json
from collections.abc import Iterable
from typing import Any

from . import _joined, _results, _room, _sources
from ._pixfuse import Config, Geometry, Pipeline, PipelineError

__all__ = ["Processor", "from_config"]

# Keywords of a call that say nothing about pixels here.
_OF_THE_CALL = ("data_format", "device", "disable_grouping", "input_data_format", "return_tensors")


def from_config(source: Any, backend: str = "torch", **keywords: Any) -> "Processor":
    """Reads a model's config and gives the Processor that does what it says, bit for bit.

    `source` is a dict, the text of a JSON object, a file, or the folder of a model: transformers' processor_config.json
    and preprocessor_config.json in their order of precedence, with config.json for the model's type; timm's config.json
    or pretrained_cfg; open_clip's open_clip_config.json; a config of transformers.js; the metadata of an ONNX file of
    Ultralytics. Also an object: `weights.transforms()` of torchvision, a Compose of its resize, crop, tensor and
    normalize, a pretrained_cfg of timm, a PreprocessCfg of open_clip, and an image processor of transformers.

    `backend` is "torch" or "pil": whose filters and roundings a config of transformers means. Their bytes differ, the
    config does not say which, and the other libraries have one each.

    Keywords stand over the config's own keys, as those of `from_pretrained` do; `image_processor_type` names the class
    of a config that says none, `use_test_size=True` takes the size that a model of timm was tested with.

    Raises PipelineError for what is no config, for a class or a key that is not known, for code beside a config, and for
    what pixfuse lacks: then `error.feature` names it. Nothing is approximated.
    """
    files, path = _sources.files_or_path(source)
    return Processor(Config(files, path, backend, _json(keywords)), backend, keywords)


class Processor:
    """Images to what a model's library returns, by one declaration; made by `from_config`.

    It is immutable, is pickled as its config, and may be used from many threads at once.
    """

    __slots__ = ("_asked", "_before", "_calls", "_config", "_keywords", "_pipelines", "_plain", "_views")

    def __init__(self, config: Config, asked: str, keywords: dict[str, Any]) -> None:
        self._config = config
        self._asked = asked
        self._keywords = _json(keywords)
        # What was made for the keywords of calls, and for images of other channels.
        self._calls: dict[str, Processor] = {}
        self._pipelines: dict[str, Pipeline] = {}
        # The name of the tensor, where a call gives that alone: one image is then on the short way.
        self._plain = _only_name(config)
        self._views = tuple(Processor(view, asked, {}) for view in config.views)
        self._before = None if config.before is None else Processor(config.before, asked, {})

    @property
    def declaration(self) -> str:
        """The declaration for an RGB image: the canonical text, to print, commit and compare."""
        return self._config.declaration("rgb")

    @property
    def backend(self) -> str:
        """Whose bytes it gives: "torch" or "pil"."""
        return self._config.backend

    @property
    def library(self) -> str:
        """The library whose config it is: "transformers", "timm", "open_clip", "torchvision" or another."""
        return self._config.library

    @property
    def class_name(self) -> str:
        """The class that reads the config: "CLIPImageProcessor"."""
        return self._config.class_name

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what a call returns, the tensor's first."""
        own = tuple(name for name, _, _ in self._config.outputs)
        return own + tuple(name for view in self._views for name in view.outputs if name not in own)

    @property
    def views(self) -> "tuple[Processor, ...]":
        """The other tensors that the class makes of the same image, each as a Processor of that one alone.

        >>> import numpy, pixfuse
        >>> processor = pixfuse.from_config({"image_processor_type": "DeepseekOcr2ImageProcessor"})
        >>> [view.outputs for view in processor.views]
        [('pixel_values_local',)]
        >>> image = numpy.zeros((1080, 1920, 3), numpy.uint8)
        >>> result = processor(image, return_tensors="np")
        >>> result["pixel_values"].shape, result["pixel_values_local"].shape, result["num_local_patches"]
        ((1, 3, 1024, 1024), (2, 3, 768, 768), array([2]))
        """
        return self._views

    @property
    def config(self) -> dict[str, Any]:
        """Every key that the class takes, with its value here: a new dict."""
        config: dict[str, Any] = json.loads(self._config.record)
        return config

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know: keys that the class does not read, a name that was looked up."""
        return tuple(self._config.notes)

    def pipeline(self, channels: str = "rgb") -> Pipeline:
        """The Pipeline for images of these channels: "rgb", "gray", "alpha" (RGBA), or "file" for what is decoded.

        Where a class makes several tensors it is that of the first one; `views` has the others.
        """
        if self._before is not None:
            raise PipelineError(
                f"pipeline: {self.class_name} resizes an image twice for {self.outputs[0]}, which is no one Pipeline; "
                "call the processor"
            )
        return self._pipeline(channels)

    def _pipeline(self, channels: str) -> Pipeline:
        if channels not in self._pipelines:
            self._pipelines[channels] = Pipeline(self._config.declaration(channels))
        return self._pipelines[channels]

    def explain(self) -> str:
        """What was read and what became of it, for people, and the plan of its pipeline."""
        return f"{self._config.explain()}\n\n{self._pipeline('rgb').explain()}"

    def __call__(
        self, images: Any, return_tensors: str | None = None, *, threads: int = 1, out: _room.Out = None, **keywords: Any
    ) -> dict[str, Any]:
        """Runs over an image or a list of them, and returns a dict with the library's names, shapes and dtypes.

        An image is a Pillow image of any mode that the class takes, or uint8 memory: a numpy array or a tensor, (rows,
        columns, channels) or (channels, rows, columns). `return_tensors` is "np" for numpy arrays, "pt" for tensors of
        torch, None for lists of arrays, one for each image. Other keywords are those of the class's own call (`size`,
        `do_resize`, `image_mean` ..), and mean what they mean there; what was read for them is kept.

        With `out`, a function, pixels go where the caller wants them: it is called once for each tensor of pixels, before
        that is written, with its shape, the name of its dtype and its name, and gives an array or a tensor, which the dict
        has then. What is made beside the pixels, masks and sizes, is new. What the function raises is raised.

        >>> shared = {}
        >>> def allocate(shape, dtype, name):
        ...     shared[name] = numpy.empty(shape, dtype)
        ...     return shared[name]
        >>> processor = pixfuse.from_config({"image_processor_type": "ViTImageProcessor"})
        >>> made = processor(numpy.zeros((480, 640, 3), numpy.uint8), "np", out=allocate)
        >>> made["pixel_values"] is shared["pixel_values"], made["pixel_values"].shape
        (True, (1, 3, 224, 224))

        Where the class fails with an image, a gray one say, PipelineError says so.
        """
        _room.check(out, return_tensors)
        if not keywords and out is None and self._plain is not None and _sources.is_rgb(images):
            made = _results.plain(self.pipeline(), self._plain, images, return_tensors, threads)
            if made is not None:
                return made
        called = self._with(keywords)
        if called._config.is_gray and keywords.get("disable_grouping") is False:
            raise PipelineError("disable_grouping: False, with which the gray of an image depends on the others of its call")
        ordered = keywords.get("input_data_format")
        samples = _sources.images_of(images, called._config)
        lengths = [len(sample) for sample in samples]
        given = [image for sample in samples for image in sample]
        if called._is_joined:
            return called._joined([(image, ordered) for image in given], return_tensors, threads, out)
        runs = [called._image(image, ordered) for image in given]
        views = [[view._image_of_view(image, ordered) for image in given] for view in called._views]
        first: list[_results.Run | None] = views[0] if views else [None] * len(runs)
        named = _results.collect(called._config, runs, lengths, return_tensors, threads, first, out)
        for view, of_images in zip(called._views, views):
            there = [run for run in of_images if run is not None]
            if there:
                named |= _results.collect(view._config, there, [len(there)], return_tensors, threads, out=out)
        return named

    def decode(
        self,
        files: bytes | Iterable[bytes],
        return_tensors: str | None = None,
        *,
        threads: int = 1,
        orient: int | None = None,
        max_pixels: int | None = None,
        out: _room.Out = None,
        **keywords: Any,
    ) -> dict[str, Any]:
        """As a call, over whole files of JPEG, PNG or WebP: bytes, or a list of them.

        Files are loaded as the library loads a path: turned as EXIF says, and made RGB, gray repeated, alpha dropped.
        """
        _room.check(out, return_tensors)
        called = self._with(keywords)
        datas: list[Any] = [files] if isinstance(files, (bytes, bytearray, memoryview)) else list(files)
        options = {"orient": orient, "max_pixels": max_pixels}
        if called._views or called._before is not None or called._is_joined:
            images = [_pixels(data, options) for data in datas]
            return called(images, return_tensors, threads=threads, out=out, input_data_format="channels_last")
        runs = [called._file(data, options) for data in datas]
        return _results.collect(called._config, runs, [len(datas)], return_tensors, threads, out=out)

    def patches(self, height: int, width: int, **keywords: Any) -> int:
        """How many patches, or tiles with their thumbnail, an image of this size becomes: 1 where it stays whole.

        It is what transformers' `get_number_of_image_patches` says, of the size alone: a server can count before it decodes.
        Where that counts another number than its own tensor has this is the tensor's: of Idefics3 and its kin 1 for an image
        that stays whole, which that calls 0, and of Apertus, whose codes are `tokens`. Keywords are those of a call.
        `pipeline().geometry(height, width)` has the grid of them.

        Raises PipelineError where the class refuses an image of this size.

        >>> processor = pixfuse.from_config({"image_processor_type": "Qwen2VLImageProcessor"})
        >>> processor.patches(1080, 1920)
        4888
        >>> processor.patches(1080, 1920, max_pixels=512 * 512)
        1260
        """
        return self._with(keywords)._cut(height, width)[1]

    def geometry(self, height: int, width: int, **keywords: Any) -> Geometry:
        """Where an image of this size lies in the first tensor: maps boxes and points to it and back, through both resizes
        where the class resizes an image twice. `views` have the others; keywords are those of a call.

        Raises PipelineError where the class refuses an image of this size, and where the tensor holds windows of a canvas.

        >>> processor = pixfuse.from_config({"image_processor_type": "Step3p7ImageProcessor"})
        >>> processor.geometry(1080, 1920).unmap_boxes([0, 0, 364, 364])
        array([  0.,   0., 960., 540.])
        """
        called = self._with(keywords)
        if called._config.is_limited:
            called._config.admits(height, width)
        if called._before is None:
            return called._pipeline("rgb").geometry(height, width)
        if called._config.windows(height, width) is not None:
            raise PipelineError(f"geometry: {self.class_name} gives windows of a canvas for {self.outputs[0]}, each with its own")
        first = called._before.geometry(height, width)
        return first.followed_by(called._pipeline("rgb").geometry(*first.output))

    def tokens(self, height: int, width: int, **keywords: Any) -> int:
        """How many tokens of a prompt an image of this size takes, as transformers' `_get_num_multimodal_tokens` counts them.

        It is of the model's processor, with the keywords that this calls its image class with, and with the row breaks and
        tags that it counts. A tag and a run of line breaks are one token each, as in the tokenizers of models that have them.
        Its own numbers (`image_seq_length`, `patch_size` ..) are those of processor_config.json: `from_config` of a model's
        folder reads them, and PipelineError says so where they are in the count and were not given.

        >>> processor = pixfuse.from_config({"image_processor_type": "Qwen2VLImageProcessor"})
        >>> processor.tokens(1080, 1920)
        1222
        >>> config = {"processor_class": "InternVLProcessor", "image_processor": {"image_processor_type": "GotOcr2ImageProcessor"}}
        >>> pixfuse.from_config(config).tokens(1080, 1920)
        2306
        """
        called = self._with(json.loads(self._config.processor_keywords) | keywords)
        grid, count = called._cut(height, width) if called._config.has_tokens_of_grid else ((1, 1), 1)
        return called._config.tokens((height, width), grid, count)

    def _cut(self, height: int, width: int) -> tuple[tuple[int, int], int]:
        """Rows and columns of patches or tiles in the first tensor, and how many there are in all of them."""
        if self._config.is_limited:
            self._config.admits(height, width)
        views = sum(view._cut(height, width)[1] for view in self._views if view._config.holds(height, width))
        windows = self._config.windows(height, width)
        if self._is_joined or self._config.place != "apart":
            rows, columns = self._config.grid(height, width) if windows is None else windows[1]
            return (rows, columns), rows * columns + views
        if self._before is not None:
            grid, count = ((1, 1), int(self._config.is_counted)) if windows is None else (windows[1], len(windows[2]))
            return grid, count + views
        geometry = self.pipeline().geometry(height, width)
        rows, columns = geometry.patches or geometry.tiles or (1, 1)
        return (rows, columns), rows * columns + (geometry.thumbnail is not None) + views

    def item_key(self, file: Any, **keywords: Any) -> str:
        """A key of what `decode` makes of a file, for caches and routers: a fast hash of its stored bytes and of this config.

        BLAKE3, as 64 hexadecimal digits, the same in every language; nothing is decoded. `file` is as in `Pipeline.decode`,
        keywords are those of a call. Two files with one key cannot be made: a cache may be shared.

        >>> processor = pixfuse.from_config({"image_processor_type": "ViTImageProcessor"})
        >>> processor.item_key(b"the bytes of a file") == processor.item_key(b"the bytes of a file")
        True
        >>> processor.item_key(b"the bytes of a file") == processor.item_key(b"the bytes of a file", size=384)
        False
        """
        return self._with(keywords)._config.item_key(file)

    def __repr__(self) -> str:
        return f"<Processor {self.class_name} of {self.library}, backend {self.backend}: {self.declaration}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Processor) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restored, self._key())

    def _key(self) -> tuple[Any, ...]:
        return (tuple(self._config.files), self._asked, self._keywords)

    def _with(self, keywords: dict[str, Any]) -> "Processor":
        """This processor with the keywords of a call; calls with the same ones share it."""
        if not keywords:
            return self
        keywords = {key: value for key, value in keywords.items() if key not in _OF_THE_CALL}
        if not keywords:
            return self
        key = _json(keywords)
        if key not in self._calls:
            called = Processor(self._config.with_keywords(key), self._asked, {})
            # A server that is asked for a size an image would keep them all.
            if len(self._calls) >= 64:
                self._calls.clear()
            self._calls[key] = called
        return self._calls[key]

    def _image(self, image: Any, ordered: Any) -> _results.Run:
        """What an image becomes, and how it is run into an array."""
        if self._before is not None:
            _, rows, columns, _ = _sources.read(image, self._config, ordered)
            windows = self._config.windows(rows, columns)
            if windows is None:
                return self._image_twice(self._before._image(image, ordered))
            canvas, grid, parts = windows
            made = Processor(canvas, self._asked, {})._image(image, ordered)
            return _results.Windows(self._pipeline("rgb"), made, grid, parts)
        channels, rows, columns, image = _sources.read(image, self._config, ordered)
        if self._config.is_limited:
            self._config.admits(rows, columns)
        pipe = self.pipeline(channels)
        return _results.Run(pipe, rows, columns, lambda out, threads: pipe(image, out, threads=threads))

    def _image_twice(self, before: _results.Run) -> _results.Run:
        """The same of an image that another declaration makes first."""
        if self._config.is_limited:
            self._config.admits(*before.source)
        pipe, (rows, columns, _) = self._pipeline("rgb"), before.shape
        return _results.Run(
            pipe, rows, columns, lambda out, threads: pipe(before.into(None, threads), out, threads=threads)
        )

    @property
    def _is_joined(self) -> bool:
        """Whether images and tiles are patches of one tensor."""
        return self._config.outputs[0][1] in ("patch_strip", "patch_rows", "tile_stack")

    def _joined(
        self,
        images: list[tuple[Any, Any]],
        return_tensors: str | None,
        threads: int,
        out: _room.Out,
        frames: tuple[int, ...] = (),
    ) -> dict[str, Any]:
        order = [view for view in self._views if view._config.place == "before"]
        order += [self] + [view for view in self._views if view._config.place == "behind"]
        shown, sources = [], []
        for image, ordered in images:
            _, rows, columns, _ = _sources.read(image, self._config, ordered)
            if self._config.is_limited:
                self._config.admits(rows, columns)
            sources.append((rows, columns))
            there = [view for view in order if view._config.holds(rows, columns)]
            grids = [view._config.grid(rows, columns) for view in there]
            shown.append([_joined.Shown(view._image(image, ordered), grid) for view, grid in zip(there, grids)])
        return _joined.collect(self._config, shown, sources, list(frames), return_tensors, threads, out)

    def _image_of_view(self, image: Any, ordered: Any) -> _results.Run | None:
        """The same in a view, which is not made of every image."""
        _, rows, columns, _ = _sources.read(image, self._config, ordered)
        return self._image(image, ordered) if self._config.holds(rows, columns) else None

    def _file(self, data: bytes, options: dict[str, Any]) -> _results.Run:
        # A JPEG file has no alpha, and is read faster as what it is.
        pipe = self.pipeline("rgb" if bytes(data[:2]) == b"\xff\xd8" else "file")
        rows, columns = pipe.decode_geometry(data, orient=options["orient"]).source
        if self._config.is_limited:
            self._config.admits(rows, columns)
        rest = {key: value for key, value in options.items() if value is not None}
        return _results.Run(pipe, rows, columns, lambda out, threads: pipe.decode(data, out, **rest))


def _restored(files: Iterable[tuple[str, str]], asked: str, keywords: str) -> Processor:
    """The processor of a pickle."""
    return Processor(Config(list(files), None, asked, keywords), asked, json.loads(keywords))


def _pixels(data: bytes, options: dict[str, Any]) -> Any:
    """A file as an array of its pixels, for a class that reads them more than once."""
    channels = "rgb8" if bytes(data[:2]) == b"\xff\xd8" else "rgba8, alpha = drop"
    pipe = Pipeline(f"input({channels}), output(rgb, u8, hwc)")
    return pipe.decode(data, **{key: value for key, value in options.items() if value is not None})


def _only_name(config: Config) -> str | None:
    shapes_more = config.pads or config.concatenates or config.is_sequence or config.is_nested or config.is_limited or config.is_uniform
    if config.views or config.before is not None:
        return None
    if shapes_more or config.patch_axes or [kind for _, kind, _ in config.outputs] != ["pixels"]:
        return None
    return config.outputs[0][0]


def _json(keywords: dict[str, Any]) -> str:
    return json.dumps({key: _sources.plain(value) for key, value in keywords.items()}, sort_keys=True)
