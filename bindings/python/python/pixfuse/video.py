"""What a model's config says of videos, as a callable: frames in, what its library returns out.

>>> import numpy, pixfuse
>>> processor = pixfuse.video_from_config({"video_processor_type": "Qwen3VLVideoProcessor"})
>>> frames = numpy.zeros((5, 480, 640, 3), numpy.uint8)
>>> made = processor(frames, return_tensors="np")
>>> made["pixel_values_videos"].shape, made["video_grid_thw"]
((1680, 1536), array([[ 3, 20, 28]]))
"""

import json
from typing import Any

from . import _room, _sources, _videos
from ._pixfuse import Config, Pipeline
from .processor import _OF_THE_CALL, Processor, _json

__all__ = ["VideoProcessor", "video_from_config"]

# Keywords of a call that say which frames to take, which is the caller's matter.
_OF_SAMPLING = ("do_sample_frames", "fps", "num_frames", "video_metadata")


def video_from_config(source: Any, **keywords: Any) -> "VideoProcessor":
    """Reads the config of a video processor of transformers and gives the VideoProcessor that does what it says, bit for bit.

    `source` is a dict, the text of a JSON object, a file, the folder of a model (processor_config.json,
    video_preprocessor_config.json and preprocessor_config.json in transformers' order of precedence, with config.json for
    the model's type), or a video processor of transformers. Keywords stand over the config's own keys;
    `video_processor_type` names the class of a config that says none. Video processors exist for torch alone, and these are
    torch's bytes.

    Raises PipelineError for what is no config, for a class or a key that is not known, for code beside a config, and for
    what pixfuse lacks: then `error.feature` names it. Nothing is approximated.
    """
    files, path = _sources.files_or_path(source)
    return VideoProcessor(Config.of_video(files, path, _json(keywords)), keywords)


class VideoProcessor:
    """Videos to what a model's library returns, each frame by one declaration; made by `video_from_config`.

    Which frames of a video are taken is the caller's: all that are given are. It is immutable, is pickled as its config, and
    may be used from many threads at once.
    """

    __slots__ = ("_calls", "_config", "_counted", "_keywords", "_pipelines")

    def __init__(self, config: Config, keywords: dict[str, Any]) -> None:
        self._config = config
        self._keywords = _json(keywords)
        # What was made for the keywords of calls, for numbers of frames, and for declarations.
        self._calls: dict[str, VideoProcessor] = {}
        self._counted: dict[int, Config] = {}
        self._pipelines: dict[str, Pipeline] = {}

    @property
    def declaration(self) -> str:
        """The declaration for a frame of a video of as many frames as share a patch; `pipeline(frames)` has another's."""
        return self._config.declaration("rgb")

    @property
    def backend(self) -> str:
        """Whose bytes it gives: "torch"."""
        return self._config.backend

    @property
    def class_name(self) -> str:
        """The class that reads the config: "Qwen3VLVideoProcessor"."""
        return self._config.class_name

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what a call returns, the tensor's first."""
        return tuple(name for name, _, _ in self._config.outputs)

    @property
    def config(self) -> dict[str, Any]:
        """Every key that the class takes, with its value here: a new dict."""
        config: dict[str, Any] = json.loads(self._config.record)
        return config

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know: keys that the class does not read, a name that was looked up."""
        return tuple(self._config.notes)

    def pipeline(self, frames: int) -> Pipeline:
        """The Pipeline for each RGB frame of a video of so many: a size may depend on their number."""
        return self._pipeline(self._of(frames), "rgb")

    def explain(self) -> str:
        """What was read and what became of it, for people, and the plan of its pipeline."""
        return f"{self._config.explain()}\n\n{self._pipeline(self._config, 'rgb').explain()}"

    def __call__(
        self, videos: Any, return_tensors: str | None = None, *, threads: int = 1, out: _room.Out = None, **keywords: Any
    ) -> dict[str, Any]:
        """Runs over a video or a list of them, and returns a dict with the library's names, shapes and dtypes.

        A video is uint8 memory, a numpy array or a tensor of (frames, rows, columns, channels) or (frames, channels, rows,
        columns), or a list of frames, each an array of three axes or a Pillow image of mode RGB, all of one size.
        `return_tensors` is "np" for numpy arrays, "pt" for tensors of torch, None for lists. Other keywords are those of the
        class's own call (`size`, `do_resize`, `image_mean` ..), and mean what they mean there. `out` is as in a call of
        a Processor: a function of shape, dtype and name that gives the memory of the tensor of pixels.

        A model that takes frames together repeats the last one where their number is no multiple.
        """
        _room.check(out, return_tensors)
        called = self._with(keywords)
        ordered = keywords.get("input_data_format")
        if called._is_joined:
            return called._joined(_videos.clips_of(videos), ordered, return_tensors, threads, out)
        clips = [called._clip(frames, ordered) for frames in _videos.clips_of(videos)]
        return _videos.collect(called._config, clips, return_tensors, threads, out)

    def patches(self, frames: int, height: int, width: int, **keywords: Any) -> int:
        """How many patches a video of so many frames of this size becomes, of the sizes alone.

        It is what transformers' `get_num_of_video_patches` says.

        >>> processor = pixfuse.video_from_config({"video_processor_type": "Qwen3VLVideoProcessor"})
        >>> processor.patches(5, 480, 640)
        1680
        """
        called = self._with(keywords)
        config = called._of(frames)
        if called._is_joined:
            return frames * called._of_frames.patches(height, width)
        rows, columns = called._grid(config, height, width)
        multiple, temporal, _, _ = config.frames or (1, 1, False, None)
        return -(-frames // multiple) * multiple // temporal * rows * columns

    def tokens(self, frames: int, height: int, width: int, **keywords: Any) -> int:
        """How many tokens of a prompt a video of so many frames of this size takes, of the sizes alone.

        It is what transformers' `_get_num_multimodal_tokens` counts of `video_sizes`. Raises PipelineError where the class does
        not say how many of its patches a model makes a token of.

        >>> processor = pixfuse.video_from_config({"video_processor_type": "Qwen3VLVideoProcessor"})
        >>> processor.tokens(5, 480, 640)
        420
        """
        called = self._with(keywords)
        config = called._of(frames)
        return config.tokens((height, width), called._grid(config, height, width), frames)

    def _grid(self, config: Config, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of patches of a frame."""
        if config.is_limited:
            config.admits(height, width)
        return self._pipeline(config, "rgb").geometry(height, width).patches or (1, 1)

    def __repr__(self) -> str:
        return f"<VideoProcessor {self.class_name} of transformers: {self.declaration}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VideoProcessor) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restored, self._key())

    def _key(self) -> tuple[Any, ...]:
        return (tuple(self._config.files), self._keywords)

    def _with(self, keywords: dict[str, Any]) -> "VideoProcessor":
        """This processor with the keywords of a call; calls with the same ones share it."""
        keywords = {key: value for key, value in keywords.items() if key not in _OF_THE_CALL + _OF_SAMPLING}
        if not keywords:
            return self
        key = _json(keywords)
        if key not in self._calls:
            called = VideoProcessor(self._config.with_keywords(key), {})
            if len(self._calls) >= 64:
                self._calls.clear()
            self._calls[key] = called
        return self._calls[key]

    def _of(self, frames: int) -> Config:
        """The config for videos of so many frames."""
        if frames not in self._counted:
            counted = self._config.with_frames(frames)
            if len(self._counted) >= 64:
                self._counted.clear()
            self._counted[frames] = counted
        return self._counted[frames]

    def _pipeline(self, config: Config, channels: str) -> Pipeline:
        declaration = config.declaration(channels)
        if declaration not in self._pipelines:
            if len(self._pipelines) >= 64:
                self._pipelines.clear()
            self._pipelines[declaration] = Pipeline(declaration)
        return self._pipelines[declaration]

    def _clip(self, frames: list[Any], ordered: Any) -> _videos.Clip:
        """What a video becomes, and how its frames are run into an array."""
        config = self._of(len(frames))
        channels, rows, columns, images = self._even(frames, config, ordered)
        if config.is_limited:
            config.admits(rows, columns)
        return _videos.Clip(config, self._pipeline(config, channels), rows, columns, images)

    def _even(self, frames: list[Any], config: Config, ordered: Any) -> tuple[str, int, int, list[Any]]:
        """The channels, rows and columns of all frames of a video, and what a pipeline reads of each."""
        read = [_videos.frame(image, config, ordered) for image in frames]
        channels, rows, columns, _ = read[0]
        sizes = sorted({(rows, columns) for _, rows, columns, _ in read})
        if len(sizes) > 1 or any(kind != channels for kind, *_ in read):
            raise _videos.uneven(sizes)
        return channels, rows, columns, [image for *_, image in read]

    @property
    def _is_joined(self) -> bool:
        """Whether frames are images with tiles, and patches of one tensor."""
        return self._config.outputs[0][1] in ("patch_strip", "patch_rows")

    @property
    def _of_frames(self) -> Processor:
        """What each frame becomes then."""
        return Processor(self._config, self.backend, {})

    def _joined(
        self, clips: list[list[Any]], ordered: Any, return_tensors: str | None, threads: int, out: _room.Out
    ) -> dict[str, Any]:
        for frames in clips:
            self._even(frames, self._config, ordered)
        images = [(frame, ordered) for frames in clips for frame in frames]
        lengths = tuple(len(frames) for frames in clips)
        return self._of_frames._joined(images, return_tensors, threads, out, lengths)


def _restored(files: Any, keywords: str) -> VideoProcessor:
    """The processor of a pickle."""
    return VideoProcessor(Config.of_video(list(files), None, keywords), json.loads(keywords))
