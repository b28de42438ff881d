"""Frames of videos, put together as a model's library returns them."""

import itertools
import math
from typing import Any

import numpy

from . import _results, _sources
from ._pixfuse import Config, Pipeline, PipelineError, empty
from ._room import Out, Room


def clips_of(videos: Any) -> list[list[Any]]:
    """Videos as lists of frames: one of them, a list of them, or an array of five axes."""
    axes = getattr(videos, "ndim", None)
    if axes == 5:
        return [list(video) for video in videos]
    if axes == 4:
        return [list(videos)]
    if _is_frame(videos):
        return [[videos]]
    if not isinstance(videos, (list, tuple)) or not videos:
        raise PipelineError(
            f"videos: {type(videos).__name__}, expected (frames, rows, columns, 3) of uint8, a list of frames, or a list of those"
        )
    if all(_is_frame(frame) for frame in videos):
        return [list(videos)]
    return [clip for item in videos for clip in clips_of(item)]


def _is_frame(item: Any) -> bool:
    return _sources.is_pillow(item) or getattr(item, "ndim", None) == 3


def frame(image: Any, config: Config, ordered: Any) -> tuple[str, int, int, Any]:
    """The channels of a frame, its rows and columns, and what a pipeline reads."""
    if _sources.is_pillow(image) and image.mode != "RGB":
        raise PipelineError(f'frame: a Pillow image of mode {image.mode}, expected RGB; image.convert("RGB") is')
    return _sources.read(image, config, ordered)


def uneven(sizes: list[tuple[int, int]]) -> PipelineError:
    """Of frames that make no video."""
    return PipelineError(f"frames: of the sizes {sizes} in one video, expected one size and the same channels")


class Clip:
    """One video: what each frame becomes, and the tensor of them all."""

    __slots__ = ("_frames", "_images", "_is_frame_first", "_pipe", "chunk", "count", "source", "temporal")

    def __init__(self, config: Config, pipe: Pipeline, rows: int, columns: int, images: list[Any]) -> None:
        multiple, self.temporal, self._is_frame_first, self.chunk = config.frames or (1, 1, False, None)
        self._pipe, self._images, self.source = pipe, images, (rows, columns)
        # With the last one repeated.
        self._frames = -(-len(images) // multiple) * multiple
        self.count = len(images)

    @property
    def dtype(self) -> str:
        return self._pipe.dtype

    @property
    def frame(self) -> tuple[int, ...]:
        """The shape of the tensor of a frame."""
        return self._pipe.output_shape(*self.source)

    @property
    def groups(self) -> int:
        """How many times its patches follow one another: once for the frames that share them."""
        return self._frames // self.temporal

    @property
    def resized(self) -> tuple[int, int]:
        """Rows and columns that a frame is resized to."""
        return self._pipe.geometry(*self.source).resized

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of patches of a frame."""
        return self._pipe.geometry(*self.source).patches or (0, 0)

    def into(self, out: Any, threads: int) -> None:
        """Runs all frames into an array of them."""
        if self.count > 1 and self._frames == self.count:
            self._pipe.batch(self._images, out, threads=threads)
            return
        for index, image in enumerate(self._images):
            self._pipe(image, out[index], threads=threads)
        out[self.count :] = out[self.count - 1]

    def into_patches(self, out: Any, threads: int) -> None:
        """Runs all frames into rows of patches, each patch with the elements of the frames that share it."""
        patches, elements = self.frame
        if self.temporal == 1:
            self.into(out.reshape(self._frames, patches, elements), threads)
            return
        made = empty((patches, elements), self.dtype)
        # Channels and then frames are outermost in a patch, or the other way round.
        channels = 1 if self._is_frame_first else 3
        places = out.reshape(self.groups, patches, channels, self.temporal, elements // channels)
        made_places = made.reshape(patches, channels, elements // channels)
        for index in range(self._frames):
            if index < self.count:
                self._pipe(self._images[index], made, threads=threads)
            places[index // self.temporal, :, :, index % self.temporal] = made_places


def collect(
    config: Config, clips: list[Clip], return_tensors: str | None, threads: int, out: Out = None
) -> dict[str, Any]:
    """Runs, and puts the results under the library's names."""
    if return_tensors not in (None, "np", "pt"):
        raise PipelineError(f"return_tensors: {return_tensors!r}, expected None, 'np' or 'pt'")
    if not clips:
        raise PipelineError("videos: none, expected a video or a list of them")
    tensor = next(name for name, kind, _ in config.outputs if kind == "pixels")
    axes = config.patch_axes if config.concatenates else []
    kept = math.prod(axes)
    room = Room(out, tensor, return_tensors, lambda shape: (shape[0], shape[1] // kept, *axes) if axes else shape)
    if config.concatenates:
        pixels = _concatenated(config, clips, threads, room)
    elif len(clips[0].frame) == 2:
        pixels = _one_behind_the_other(clips, threads, room)
    else:
        kinds = [kind for _, kind, _ in config.outputs]
        # Videos that are filled up with frames alone have frames of one size.
        pads = config.pads and ("frame_pixel_mask" in kinds or len({clip.frame for clip in clips}) == 1)
        pixels = _stacked(clips, pads, return_tensors, threads, room)
    named = {}
    for name, kind, value in config.outputs:
        made = pixels if kind == "pixels" else _beside(kind, value, clips, pixels)
        if name == tensor and not room.is_new:
            named[name] = room.given
        elif made is not None and (kind != "frame_mask" or return_tensors is not None):
            named[name] = _results.given(made, return_tensors)
    return named


def _concatenated(config: Config, clips: list[Clip], threads: int, room: Room) -> Any:
    """The patches of all videos, one video behind the other."""
    shapes = [(clip.groups * clip.frame[0], clip.frame[1] * clip.temporal) for clip in clips]
    widths = {width for _, width in shapes}
    if len(widths) != 1:
        raise PipelineError(f"videos: patches of {sorted(widths)} elements, expected one number")
    pixels = room.array((sum(rows for rows, _ in shapes), widths.pop()), clips[0].dtype)
    at = 0
    for clip, (rows, _) in zip(clips, shapes):
        clip.into_patches(pixels[at : at + rows], threads)
        at += rows
    axes = config.patch_axes
    return pixels.reshape(pixels.shape[0], -1, *axes) if axes else pixels


def _one_behind_the_other(clips: list[Clip], threads: int, room: Room) -> Any:
    """The frames of all videos on one axis."""
    pixels = room.array((sum(clip.count for clip in clips), *clips[0].frame), clips[0].dtype)
    at = 0
    for clip in clips:
        clip.into(pixels[at : at + clip.count], threads)
        at += clip.count
    return pixels


def _stacked(clips: list[Clip], pads: bool, return_tensors: str | None, threads: int, room: Room) -> Any:
    """One array of videos of one shape, filled up with zeros where the class does that, or a list of them."""
    shapes = [(clip.count, *clip.frame) for clip in clips]
    if len(set(shapes)) == 1 and return_tensors is not None:
        pixels = room.array((len(clips), *shapes[0]), clips[0].dtype)
        for made, clip in zip(pixels, clips):
            clip.into(made, threads)
        return pixels
    if return_tensors is not None and not pads:
        raise PipelineError(
            f"videos: their tensors have the shapes {', '.join(map(str, sorted(set(shapes))))}, expected one: "
            "videos of as many frames, a size that does not follow from the frame, or return_tensors=None"
        )
    videos = []
    for clip, shape in zip(clips, shapes):
        made = empty(shape, clip.dtype)
        clip.into(made, threads)
        videos.append(made)
    if not pads or return_tensors is None:
        return videos
    pixels = room.array((len(clips), *(max(sides) for sides in zip(*shapes))), clips[0].dtype, is_cleared=True)
    for place, video in zip(pixels, videos):
        place[tuple(slice(side) for side in video.shape)] = video
    return pixels


def _beside(kind: str, value: Any, clips: list[Clip], pixels: Any) -> Any:
    """What the library returns beside the tensor; nothing where it leaves that out."""
    if kind == "each":
        return [value] * len(clips)
    if kind == "source_sizes":
        return [list(clip.source) for clip in clips]
    if kind == "frame_count":
        return [clip.count for clip in clips]
    if kind == "grid_thw":
        return numpy.asarray([[count, *clip.grid] for clip in clips for count in _chunks(clip)])
    if kind == "grid_count":
        return [len(_chunks(clip)) for clip in clips]
    if kind == "patch_groups":
        return [math.prod(clip.grid) // value for clip in clips]
    if kind == "patch_positions":
        places = [_positions(clip) for clip in clips]
        return numpy.concatenate(places)
    if kind == "frame_mask":
        counts = [clip.count for clip in clips]
        if len(set(counts)) == 1:
            return None
        return numpy.arange(max(counts)) < numpy.asarray(counts)[:, None]
    # A mask of pixels.
    masks = []
    for clip, video in zip(clips, pixels):
        rows, columns = clip.frame[1:]
        mask = numpy.zeros((video.shape[0], *video.shape[2:]), numpy.int64)
        mask[:, :rows, :columns] = 1
        masks.append(mask)
    return numpy.stack(masks) if isinstance(pixels, numpy.ndarray) else masks


def _chunks(clip: Clip) -> list[int]:
    """How many frames, or groups of those that share patches, each grid counts."""
    most = clip.chunk or clip.groups
    return [min(most, clip.groups - start) for start in range(0, clip.groups, most)]


def _positions(clip: Clip) -> Any:
    """Column and row of each patch of each frame, -1 for those that fill it up."""
    rows, columns = clip.grid
    made = numpy.full((clip.count, clip.frame[0], 2), -1, numpy.int64)
    for place, (row, column) in zip(made[0], itertools.product(range(rows), range(columns))):
        place[:] = column, row
    made[1:] = made[0]
    return made
