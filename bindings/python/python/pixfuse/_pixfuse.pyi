import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, Protocol, Self, TypeAlias, TypedDict, TypeVar, final, overload

import numpy as np
import numpy.typing as npt
from typing_extensions import Buffer

class _Array(Protocol):
    def __array__(self) -> npt.NDArray[Any]: ...

class _ArrayInterface(Protocol):
    @property
    def __array_interface__(self) -> dict[str, Any]: ...

class _Reader(Protocol):
    def read(self) -> Buffer: ...

# A tensor of uint8 is one of torch.
class _Bytes(Protocol):
    def numpy(self) -> npt.NDArray[np.uint8]: ...

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class _Dlpack(Protocol):
    def __dlpack__(self) -> Any: ...
    def __dlpack_device__(self) -> tuple[Any, Any]: ...

# A Pillow image has `__array_interface__`, a tensor of torch or of another library `__dlpack__` or `__array__`.
_Pixels: TypeAlias = (
    npt.NDArray[np.uint8 | np.uint16 | np.float32] | Buffer | _ArrayInterface | _Dlpack | _Array
)
# Luma and chroma may be a plane each: (y, uv) for nv12 and nv21, (y, u, v) for i420.
_Image: TypeAlias = _Pixels | tuple[_Pixels, ...] | list[_Pixels]
# How an image is turned: an EXIF value from 1 to 8, as its own note says, or not at all.
_Orient: TypeAlias = int | Literal["exif", "stored"] | None
# What becomes of Pillow images of other modes than are read.
_Modes: TypeAlias = Literal["convert"] | None
# A file: its bytes, its path, or what it is read from.
_File: TypeAlias = Buffer | str | os.PathLike[str] | _Reader | _Bytes
# Many: any iterable, in which None is a file that is missing, or an Arrow array of binary.
_Files: TypeAlias = Iterable[_File | None] | _ArrowArray | _ArrowStream
_Made = TypeVar("_Made", covariant=True)
_Out = TypeVar("_Out", bound=npt.NDArray[Any] | Buffer | _Dlpack)
# What gives one for a shape and the name of a dtype.
_Allocates: TypeAlias = Callable[[tuple[int, ...], str], _Out]
_Into: TypeAlias = _Out | _Allocates[_Out]

_Number: TypeAlias = float | np.floating[Any] | np.integer[Any]
_Numbers: TypeAlias = _Number | Sequence[_Number] | npt.NDArray[np.floating[Any] | np.integer[Any]]
_Integer: TypeAlias = int | np.integer[Any]

# From here on: the tables of crates/pixfuse-spec, written by `cargo xtask typings`.

_PixelFormat: TypeAlias = (
    Literal[
        "gray8",
        "rgb8",
        "bgr8",
        "rgba8",
        "bgra8",
        "nv12",
        "nv21",
        "i420",
        "yuyv",
        "gray16",
        "rgb16",
        "bgr16",
        "gray32f",
        "rgb32f",
        "bgr32f",
    ]
)
_ChannelOrder: TypeAlias = Literal["gray", "rgb", "bgr", "rgba", "bgra"]
_Element: TypeAlias = Literal["f32", "f16", "bf16", "u8", "i8"]
_Layout: TypeAlias = Literal["hwc", "chw"]
_Filter: TypeAlias = (
    Literal[
        "nearest",
        "nearest_exact",
        "nearest_floor",
        "bilinear",
        "bicubic",
        "box",
        "hamming",
        "lanczos",
        "area",
        "lanczos4",
    ]
)
_Order: TypeAlias = (
    Literal[
        "fused",
        "torchvision",
        "torchvision_v2",
        "hf_pil",
        "hf_torch",
        "opencv",
        "numpy",
        "rapidocr",
        "paddleocr",
        "llama4",
    ]
)

class _SamplingOptions(TypedDict, total=False):
    like: Literal["pillow", "torch"]
    """`torch`, or nothing: Pillow's is the default and not written."""
    pillow: _Integer
    """`12` for the order of passes of Pillow 12 and older; nothing for that of Pillow 13."""
    precision: Literal["u8", "f32"]
    """What a resampled value is rounded to."""
    of: Literal["pixels", "rescaled", "normalized"]
    """Which values are resized, where they are floats of torch's; rescaled ones unless written."""
    clamp: bool
    """Whether floats that a resize makes stay between what pixel values of 0 and 255 are."""

_Sampling: TypeAlias = str | Sequence[_Filter | Literal["antialias"] | _SamplingOptions]

class _InputOptions(TypedDict, total=False):
    alpha: Literal["drop", "over", "premultiply"]
    """What becomes of alpha; required when the output has none."""
    background: _Integer | Sequence[_Integer]
    """With `alpha = over` what lies behind the image: one value, or red, green and blue."""
    gray: Literal["pillow", "opencv"]
    """Whose weights make gray of colours; required when the output is gray and the source is not."""
    matrix: Literal["bt601", "bt709", "bt2020"]
    """By which matrix YUV becomes RGB; BT.601 unless written."""
    range: Literal["limited", "full"]
    """Which values YUV has; limited unless written."""
    orient: _Integer
    """How the stored image is turned before anything else; 1 unless written."""

_Input: TypeAlias = str | Sequence[_PixelFormat | _Layout | _Integer | _InputOptions]

class _ResizeOptions(TypedDict, total=False):
    like: Literal["pillow", "torch"]
    """`torch`, or nothing: Pillow's is the default and not written."""
    pillow: _Integer
    """`12` for the order of passes of Pillow 12 and older; nothing for that of Pillow 13."""
    precision: Literal["u8", "f32"]
    """What a resampled value is rounded to."""
    of: Literal["pixels", "rescaled", "normalized"]
    """Which values are resized, where they are floats of torch's; rescaled ones unless written."""
    clamp: bool
    """Whether floats that a resize makes stay between what pixel values of 0 and 255 are."""
    shortest: _Integer | None | Literal["_"]
    """The shorter side becomes this long; the other follows."""
    max: _Integer
    """With `shortest`: if the longer side came out longer than this, it becomes this long instead."""
    longest: _Integer | None | Literal["_"]
    """The longer side becomes this long; the other follows."""
    rounding: Literal["half_even", "floor", "truncate"]
    """How the side that follows from `longest` or `max` is rounded."""
    cover: _Integer | Sequence[_Integer]
    """As small as the aspect allows, so that it covers a frame of these rows and columns."""
    rule: Literal["timm", "opencv"] | Literal["qwen2_vl", "glm4v", "glm_image", "paddleocr_vl", "lfm2_vl", "naflex", "mask2former", "textnet", "pp_lcnet", "glpn", "yolos", "vilt", "dpt", "pp_ocr", "pp_ocr_rec", "pixtral", "idefics2", "idefics3", "idefics3_canvas", "smolvlm_frame", "sam", "deepseek_vl", "aria", "hf_within", "kimi_k25", "gemma4", "neomme", "ultravbert", "minicpm", "minicpm_slices", "lfm2_vl_tiles", "glm5_next", "muse_glimmer", "nemotron_h_omni", "hy_v4_vl", "fuyu", "donut", "donut_thumbnail"]
    """How the sides that cover a frame are made."""
    multiple: _Integer
    """Of what both sides become multiples: a patch, or a patch times a merge."""
    min_pixels: _Integer
    """The least number of pixels."""
    max_pixels: _Integer
    """The largest number of pixels."""
    frame_pixels: _Integer
    """The largest number of pixels of one frame."""
    frames: _Integer
    """As how many frames an image counts: those of its video, or the size of a temporal patch."""
    temporal: _Integer
    """The size of a temporal patch, to whose multiples the number of frames is rounded in the budget."""
    merge: _Integer
    """How many patches a side of a square has, of which sides become multiples."""
    min_patches: _Integer
    """The least number of patches."""
    max_patches: _Integer
    """The largest number of patches."""
    min_side: _Integer
    """The least of the shorter side."""
    rows: _Integer
    """Rows to come near to."""
    columns: _Integer
    """Columns to come near to."""

_Resize: TypeAlias = str | Sequence[_Integer | None | Literal["_"] | _Filter | Literal["antialias"] | _ResizeOptions]

class _LetterboxOptions(TypedDict, total=False):
    like: Literal["pillow", "torch"]
    """`torch`, or nothing: Pillow's is the default and not written."""
    pillow: _Integer
    """`12` for the order of passes of Pillow 12 and older; nothing for that of Pillow 13."""
    precision: Literal["u8", "f32"]
    """What a resampled value is rounded to."""
    fill: _Integer | Sequence[_Integer]
    """What stands around it; 114 unless written."""
    rule: Literal["ultralytics", "yolox", "opencv"]
    """How the content is rounded and placed."""
    stride: _Integer
    """The margins are cut to what is left of a multiple of this: the result is then smaller than these rows and columns."""
    scale_up: bool
    """Whether a small image is enlarged."""

_Letterbox: TypeAlias = (
    str
    | Sequence[_Integer | None | Literal["_"] | _Filter | Literal["antialias"] | _LetterboxOptions]
)

class _TilesOptions(TypedDict, total=False):
    like: Literal["pillow", "torch"]
    """`torch`, or nothing: Pillow's is the default and not written."""
    pillow: _Integer
    """`12` for the order of passes of Pillow 12 and older; nothing for that of Pillow 13."""
    precision: Literal["u8", "f32"]
    """What a resampled value is rounded to."""
    rule: Literal["internvl", "granite_docling", "cohere2_vision", "ovis2", "perception_lm", "llava_next", "mllama", "llama4", "idefics3"]
    """Which grid of tiles, and how the image lies in it."""
    min: _Integer
    """The fewest tiles, without the thumbnail; 1 unless written."""
    max: _Integer
    """The most tiles, without the thumbnail; for every rule but those of a list and of Idefics3."""
    canvases: Sequence[Sequence[_Integer]]
    """The rows and columns of the canvases to choose from; empty for every rule but that of a list."""
    thumbnail: Literal["first", "last"]
    """Whether the whole image, resized to one tile, stands before or behind the others. Rules whose canvas the image fills leave it out where there is one tile only, which shows the whole image already; PerceptionLM's does not."""
    pad_to: _Integer
    """The tensor has so many tiles, the last of them zeros; as many as there are unless written."""

_Tiles: TypeAlias = str | Sequence[_Integer | _Filter | Literal["antialias"] | _TilesOptions]

class _CenterCropOptions(TypedDict, total=False):
    rounding: Literal["half_even", "floor", "truncate"]
    """Where the odd row or column of the margin goes."""
    fill: _Integer | Sequence[_Integer]
    """What stands around a smaller image; 0 unless written."""

_CenterCrop: TypeAlias = str | _Integer | Sequence[_Integer | None | Literal["_"] | _CenterCropOptions]

_Crop: TypeAlias = str | Sequence[_Integer]

class _PadOptions(TypedDict, total=False):
    fill: _Integer | Sequence[_Integer]
    """A pixel value, which is normalised as the image is: one, or one an output channel; 0 unless written."""
    value: _Numbers
    """What stands in the tensor, after normalising: one value, or one an output channel."""
    border: Literal["symmetric"]
    """How the image itself goes on there."""
    to: _Integer | Sequence[_Integer]
    """Rows and columns of a frame that is filled. A larger image is an error."""
    multiple: _Integer | Sequence[_Integer]
    """What both sides become multiples of, or rows and columns."""
    beyond: _Integer | Sequence[_Integer]
    """As `multiple`, and one more where a side is one already."""
    least: _Integer | Sequence[_Integer]
    """The fewest rows and columns. A side that is longer stays as it is."""
    at: Literal["top_left", "center"]
    """Where the image lies in it."""

_Pad: TypeAlias = str | _PadOptions | Sequence[_Integer | _PadOptions]

class _NormalizeOptions(TypedDict, total=False):
    scale: _Number | str | None
    """Factor on the pixel value; 1/255 unless written, 1/65535 for 16 bits, and 1 for f32."""
    mean: _Numbers | None | Literal["_"]
    """One value for every channel, or one an *output* channel, in the output's order; 0 unless written."""
    std: _Numbers | None | Literal["_"]
    """As `mean`; 1 unless written. `std + eps` is never zero."""
    eps: _Number | str | None
    """Added to each `std`; 0 unless written."""
    order: _Order
    """Which operations follow each other; one multiply-add unless written."""

_Normalize: TypeAlias = str | Literal[True] | _NormalizeOptions | Sequence[_NormalizeOptions]

class _OutputOptions(TypedDict, total=False):
    scale: _Number | str
    """What one step of the integer is worth, above zero."""
    zero_point: _Integer
    """The integer of 0; 0 unless written."""

_Output: TypeAlias = str | Sequence[_ChannelOrder | _Element | _Layout | _OutputOptions]

class _PatchesOptions(TypedDict, total=False):
    merge: _Integer
    """Patches follow each other in squares of `merge` x `merge`, row by row in a square and of squares; 1 is row by row."""
    temporal: _Integer
    """How often a patch holds the image: the frames of a video that a single image stands for."""
    order: Literal["cthw", "tchw", "thwc"]
    """How the elements of a patch follow each other, from the outermost; `cthw` for `chw` and `thwc` for `hwc` unless written."""
    pad_to: _Integer
    """The tensor has so many rows, the last of them zeros; as many as there are patches unless written."""

_Patches: TypeAlias = str | _Integer | Sequence[_Integer | _PatchesOptions]

# Up to here: the tables.

# An array of numbers, or what numpy makes one of.
_Points: TypeAlias = npt.NDArray[np.floating[Any] | np.integer[Any]] | _Array | Sequence[_Number | Sequence[_Number]]

__all__ = [
    "LANGUAGE",
    "Config",
    "Declaration",
    "FileError",
    "Geometry",
    "Picture",
    "Pipeline",
    "PipelineError",
    "__version__",
    "clip_pil",
    "clip_torch",
    "decoders",
    "dinov2_pil",
    "dinov2_torch",
    "empty",
    "hand_written_loop",
    "imagenet",
    "levels",
    "names",
    "open_clip",
    "probe",
    "siglip_pil",
    "siglip_torch",
    "timm",
    "to_tensor",
    "writable",
    "yolo",
    "yolox",
]

__version__: str
# The reference of the language, in Markdown.
LANGUAGE: Final[str]

class _Mistake(TypedDict):
    message: str
    kind: Literal["syntax", "clause", "argument", "value", "rule"]
    clause: str | None
    argument: str | None
    index: int | None
    value: str | None
    expected: list[str] | range | None

class PipelineError(ValueError):
    """What was wrong with a declaration or an argument: its name, its value and what was expected.

    Nothing has been written to an output when it is raised.

    `mistakes` lists those of a declaration, and is empty for another argument. Each is a dict: `message`; `kind`, which is "syntax", "clause", "argument", "value" or "rule"; `clause`, `argument` and `index`, a place in a list; `value`, what stands there; and `expected`, a list of names or a range of integers. What there is none of is None.
    """
    mistakes: list[_Mistake]

class FileError(PipelineError):
    """What was wrong with a file, and not with the call: other files may do.

    `code` is one word for it, which stays the same in later versions: "missing", "unreadable", "unknown_format", "no_decoder", "truncated", "damaged", "unsupported", "too_large", "too_long", "colours" or "size". `index` is its place in the list of a batch, else None.
    """
    code: str
    index: int | None

# A length is there where that of the files is.
class _Batches(Protocol[_Made]):
    def __iter__(self) -> Self: ...
    def __next__(self) -> _Made: ...
    def __len__(self) -> int: ...

class _Failure(TypedDict):
    index: int
    name: str | None
    code: str
    message: str

@final
class Pipeline:
    """A preprocessing pipeline, ready to run: pixels to a tensor in one pass.

    Made from the text of a declaration, or from its clauses as keyword arguments: input, resize, letterbox, tiles, center_crop,
    crop, pad, normalize, output and patches. A clause is a str with what stands between its brackets, or a tuple of numbers, words
    and dicts with what has a name; True is a clause without arguments. Raises PipelineError, with every mistake and its
    place.

    Numbers written `_` (or None in a tuple) are keyword arguments of their own: rows, columns, shortest, longest, crop_rows,
    crop_columns, scale, mean, std and eps. `mean` and `std` are one number, or one for each output channel in the output's
    order.

    >>> import numpy, pixfuse
    >>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 4, bilinear), normalize(), output(rgb, f32, chw)")
    >>> pipe == pixfuse.Pipeline(
    ...     input="rgb8", resize=(None, 4, "bilinear"), normalize=True, output=("rgb", "f32", "chw"), rows=2
    ... )
    True
    >>> pipe(numpy.zeros((6, 8, 3), numpy.uint8)).shape
    (3, 2, 4)

    >>> pixfuse.Pipeline(
    ...     input="bgr8", letterbox=(640, 640, "bilinear", {"stride": 32, "scale_up": False}), output=("rgb", "f32", "chw")
    ... )
    Pipeline("input(bgr8), letterbox(640, 640, bilinear, stride = 32, scale_up = false), output(rgb, f32, chw)")
    >>> pixfuse.Pipeline(
    ...     input="rgb8", resize=({"shortest": None}, "bilinear", "antialias"), output="rgb, f32", shortest=256
    ... ).output_shape(480, 640)
    (3, 256, 341)

    A pipeline is immutable, hashable and pickled as its text; one may be used from many threads at once. The environment
    variable PIXFUSE_LEVEL, read when a pipeline is made, chooses its level; the bytes are the same on each.
    """
    @overload
    def __new__(
        cls,
        text: str,
        /,
        *,
        rows: int = ...,
        columns: int = ...,
        shortest: int = ...,
        longest: int = ...,
        crop_rows: int = ...,
        crop_columns: int = ...,
        scale: _Number = ...,
        mean: _Numbers = ...,
        std: _Numbers = ...,
        eps: _Number = ...,
    ) -> Self: ...
    @overload
    def __new__(
        cls,
        text: None = None,
        /,
        *,
        input: _Input,
        resize: _Resize = ...,
        letterbox: _Letterbox = ...,
        tiles: _Tiles = ...,
        center_crop: _CenterCrop = ...,
        crop: _Crop = ...,
        pad: _Pad = ...,
        normalize: _Normalize = ...,
        output: _Output,
        patches: _Patches = ...,
        rows: int = ...,
        columns: int = ...,
        shortest: int = ...,
        longest: int = ...,
        crop_rows: int = ...,
        crop_columns: int = ...,
        scale: _Number = ...,
        mean: _Numbers = ...,
        std: _Numbers = ...,
        eps: _Number = ...,
    ) -> Self: ...
    def replace(
        self,
        *,
        input: _Input = ...,
        resize: _Resize | None = ...,
        letterbox: _Letterbox | None = ...,
        tiles: _Tiles | None = ...,
        center_crop: _CenterCrop | None = ...,
        crop: _Crop | None = ...,
        pad: _Pad | None = ...,
        normalize: _Normalize | bool | None = ...,
        output: _Output = ...,
        patches: _Patches | None = ...,
        size: _Numbers = ...,
        filter: _Sampling = ...,
        mean: _Numbers = ...,
        std: _Numbers = ...,
        scale: _Number = ...,
        eps: _Number = ...,
        element: _Element = ...,
    ) -> Pipeline:
        """The same pipeline with other clauses, given as keyword arguments of `Pipeline`: for images of other channels,
        another size or dtype. Each takes the place of the whole clause of its name, or is added; None leaves one out.

        Or with other parts of clauses, and all else as it is: `size` (the side of the tensor's image, or rows and columns),
        `filter` with its options, `mean`, `std`, `scale` and `eps` of normalize(..), and `element`. A size that does not
        follow from one number, as of a resize to 256 that is cropped to 224, raises PipelineError.

        >>> from pixfuse import presets
        >>> presets.yolo.replace(input="rgb8", size=320)
        Pipeline("input(rgb8), letterbox(320, 320, bilinear), normalize(order = torchvision), output(rgb, f32, chw)")
        >>> presets.yolo.replace(filter="area", mean=[0.5, 0.4, 0.3], element="bf16").filter
        'area'
        >>> presets.siglip_pil.replace(resize=(384, 384, "bicubic", "antialias")).output_shape(480, 640)
        (3, 384, 384)
        """
    @overload
    def run(
        self, image: _Image, out: None = None, *, orient: _Orient = None, threads: int = 1, modes: _Modes = None
    ) -> npt.NDArray[Any]:
        """Runs over one image into a new array, or into `out`, which is returned: `pipe(image)` is `pipe.run(image)`.

        `image` is a numpy array of uint8 (uint16 for rgb16 and its kin, float32 for rgb32f) with any strides, (rows,
        columns, channels), or (channels, rows, columns) for input(.., chw); a gray one may be (rows, columns). For
        nv12, nv21 and i420 it is one array (rows * 3/2, columns) as OpenCV has it, or a tuple of the planes, (y, uv) or
        (y, u, v), with rows of any stride; for yuyv an array (rows, columns, 2) of even columns. Also a Pillow image of
        mode L, RGB or RGBA, a tensor of torch or of another library with __dlpack__, in the CPU's memory, and anything
        with the buffer protocol, __array_interface__ or __array__. `out` is a writable C-contiguous array or tensor of
        exactly the output's shape and dtype that shares no memory with the image; for bf16 an array of ml_dtypes, or a
        tensor of bfloat16; one in front of the shape, as models take it, may be there. `threads` share the rows of the
        result, as they share the images of `batch`.

        Or `out` is a function that gives such an array or tensor, for memory that is pinned or shared: it is called once,
        when the image has been looked at and before anything is written, with the shape as a tuple and the name of the
        dtype, as `dtype` of the pipeline. What it gives is returned; what it raises is raised.

        >>> import numpy, pixfuse
        >>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 4, bilinear), normalize(), output(rgb, f32, chw)")
        >>> pipe(numpy.zeros((6, 8, 3), numpy.uint8), out=lambda shape, dtype: numpy.full(shape, 7, dtype)).max()
        np.float32(0.0)

        `out=lambda shape, dtype: torch.empty(shape, dtype=getattr(torch, dtype), pin_memory=True)` is for a copy to a GPU.

        A Pillow image is read as it is stored: its EXIF note is **not** followed unless `orient="exif"` asks for it, as
        `ImageOps.exif_transpose` reads it, while `decode` follows the note of a file unless `orient="stored"` forbids it.
        So a model that is trained by one and served by the other needs one of the two words. `orient` may also be an EXIF
        value from 1 to 8; without it, and without a note, input(.., orient = ..) says it.

        >>> import pixfuse, PIL.Image
        >>> photo = PIL.Image.new("RGB", (8, 6))
        >>> photo.getexif()[0x0112] = 6
        >>> pipe = pixfuse.Pipeline("input(rgb8), output(rgb, u8, hwc)")
        >>> pipe(photo).shape, pipe(photo, orient="exif").shape
        ((6, 8, 3), (8, 6, 3))

        A Pillow image of another mode than input(...) reads is refused, with what reads it and loses nothing. With
        `modes="convert"` its own `convert` makes one that is read, of mode L, RGB or RGBA: a palette, CMYK and gray become
        colours, and alpha is dropped where input(...) has none. Modes of more than 8 bits stay refused.

        >>> rgb = pixfuse.Pipeline("input(rgb8), output(rgb, u8, hwc)")
        >>> rgb(PIL.Image.new("L", (1, 1), 7), modes="convert").tolist()
        [[[7, 7, 7]]]

        Nothing is copied: arrays, tensors and buffers are read where they lie, whatever their strides, and so are
        Pillow images that Pillow (11.2 or newer) keeps in one piece. Larger ones than 16 MB are kept in several, and
        copied; PIL.Image.core.set_use_block_allocator(1), before they are made or loaded, keeps each of them in one,
        and so does PILLOW_BLOCK_SIZE=1024m in the environment. torch.from_numpy makes the result a tensor, without a
        copy too.

        The GIL is released meanwhile: no other thread may write to `image` or use `out` until the call returns. Raises
        PipelineError when an argument does not fit; nothing has been written to `out` then.
        """
    @overload
    def run(
        self, image: _Image, out: _Into[_Out], *, orient: _Orient = None, threads: int = 1, modes: _Modes = None
    ) -> _Out: ...
    @overload
    def __call__(
        self, image: _Image, out: None = None, *, orient: _Orient = None, threads: int = 1, modes: _Modes = None
    ) -> npt.NDArray[Any]:
        """As `run`."""
    @overload
    def __call__(
        self, image: _Image, out: _Into[_Out], *, orient: _Orient = None, threads: int = 1, modes: _Modes = None
    ) -> _Out: ...
    @overload
    def batch(
        self, images: Iterable[_Image], out: None = None, *, threads: int = 1, orient: _Orient = None, modes: _Modes = None
    ) -> npt.NDArray[Any]:
        """Runs over images of any sizes into one array, (images, ...), in their order; `images` is any iterable.

        Images, `out` (a function is called once, with the shape of all), `orient` and `modes` are as in a call of the pipeline,
        and the images must give tensors of one shape, which resize(...) makes. `threads` is how many threads work on them, from
        1 to 1024: the calling one and others, which all pipelines share and which start when they are first needed, in a forked
        child too. The bytes are the same for any number; more than there are cores gain nothing. Raises PipelineError, which
        names the image by its number.

        >>> import numpy, pixfuse
        >>> pipe = pixfuse.Pipeline("input(gray8), resize(2, 4, nearest), output(gray, u8, hwc)")
        >>> pipe.batch([numpy.zeros((6, 8), numpy.uint8), numpy.ones((3, 3), numpy.uint8)]).shape
        (2, 2, 4, 1)
        """
    @overload
    def batch(
        self, images: Iterable[_Image], out: _Into[_Out], *, threads: int = 1, orient: _Orient = None, modes: _Modes = None
    ) -> _Out: ...
    @overload
    def concat(
        self, images: Iterable[_Image], out: None = None, *, threads: int = 1, orient: _Orient = None, modes: _Modes = None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
        """Runs over images of any sizes into one array of all their patches or tiles, (all of them, ...), one image behind
        another: (array, offsets). `offsets` are where each image's begin, and their number: one more than there are images.

        The array is made once, as large as geometry says, and every kernel writes to its place in it. Arguments and errors
        are those of `batch`; whole images are refused, which `pad` and `batch` make one array of. `geometry(..).patches`
        and `.tiles` are the grids.

        >>> import numpy, pixfuse
        >>> pipe = pixfuse.Pipeline("input(rgb8), output(rgb, f32), patches(14, merge = 2)")
        >>> images = [numpy.zeros((28, 56, 3), numpy.uint8), numpy.ones((56, 56, 3), numpy.uint8)]
        >>> patches, offsets = pipe.concat(images)
        >>> patches.shape, offsets
        ((24, 588), array([ 0,  8, 24]))
        """
    @overload
    def concat(
        self, images: Iterable[_Image], out: _Into[_Out], *, threads: int = 1, orient: _Orient = None, modes: _Modes = None
    ) -> tuple[_Out, npt.NDArray[np.int64]]: ...
    @overload
    def pad(
        self, images: Iterable[_Image], out: None = None, *, threads: int = 1, orient: _Orient = None, modes: _Modes = None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Runs over images of any sizes into one array in which each is as large as the largest, (images, ...): (array, mask).
        What is added is zeros, behind the last patch or tile, below and to the right of a whole image. `mask`, of bool, says
        where images are: (images, patches), (images, tiles) or (images, rows, columns).

        Arguments and errors are those of `batch`.

        >>> import numpy, pixfuse
        >>> pipe = pixfuse.Pipeline("input(gray8), output(gray, u8, chw)")
        >>> array, mask = pipe.pad([numpy.full((1, 2), 7, numpy.uint8), numpy.full((2, 1), 9, numpy.uint8)])
        >>> array.shape, array[1].tolist(), mask[1].tolist()
        ((2, 1, 2, 2), [[[9, 0], [9, 0]]], [[True, False], [True, False]])
        """
    @overload
    def pad(
        self, images: Iterable[_Image], out: _Into[_Out], *, threads: int = 1, orient: _Orient = None, modes: _Modes = None
    ) -> tuple[_Out, npt.NDArray[np.bool_]]: ...
    @overload
    def decode(
        self,
        data: _File,
        out: None = None,
        *,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
    ) -> npt.NDArray[Any]:
        """Decodes a JPEG, PNG, WebP, GIF, BMP or TIFF file and runs over it, into a new array or into `out`, which is returned.
        A function is asked for it as in a call of the pipeline, when the file's header has been read.

        `data` is the whole file: bytes, anything whose buffer is one row of bytes (a memoryview, an mmap, a pyarrow Buffer),
        a tensor of torch of them, or where it is: a path (str or os.PathLike), or an object with read(), which is read from
        its beginning if it has one. What may only be read is not copied, but for numpy's arrays. The image is turned as its EXIF note
        says (which a call of the pipeline does for no Pillow image, unless it is given orient="exif"); without one as
        input(.., orient = ..) says; `orient`, an EXIF value from 1 to 8, or "stored" for 1, overrides both. The pixels
        are those that Pillow decodes, in the channels of input(...): a gray file gives colours too, an opaque one alpha
        255. A file with alpha needs input(rgba8), or input(rgba8, alpha = drop), which reads every file. `decoders()`
        names the decoders.

        An image of more than `max_pixels` (178,956,970, as Pillow's) or with a side longer than `max_side` (65,535) is
        refused before memory is asked for. With `draft=(rows, columns)` a JPEG file whose sides, as stored, are at least 2, 4
        or 8 times as large is decoded at half, a quarter or an eighth of its size, as by Pillow's `Image.draft`: faster,
        and not what a filter makes of the whole image. `truncated="fill"` fills what is missing or damaged in a JPEG file,
        as Pillow's `LOAD_TRUNCATED_IMAGES`. Both need the decoder libjpeg-turbo, as in the wheels.

        The GIL is released meanwhile, as in a call of the pipeline. Raises FileError, a PipelineError, when the file cannot
        be read, is truncated, damaged, of another kind or of other channels, with one word for it as its `code`; nothing
        has been written to `out` then.

        >>> import io, pixfuse, PIL.Image
        >>> file = io.BytesIO()
        >>> PIL.Image.new("RGB", (8, 6)).save(file, "JPEG")
        >>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 4, bilinear), normalize(), output(rgb, f32, chw)")
        >>> pipe.decode(file.getvalue()).shape
        (3, 2, 4)
        >>> pipe.decode(file.getvalue()[:300])
        Traceback (most recent call last):
            ...
        pixfuse.FileError: file: this JPEG file of 300 bytes ends too early: it is truncated
        """
    @overload
    def decode(
        self,
        data: _File,
        out: _Into[_Out],
        *,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
    ) -> _Out: ...
    @overload
    def decode_batch(
        self,
        files: _Files,
        out: None = None,
        *,
        threads: int | None = None,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
        on_error: Literal["raise"] | None = None,
        fill: None = None,
    ) -> npt.NDArray[Any]:
        """Decodes files and runs over them, into one array, (files, ...), in their order; `files` is any iterable.

        Files and `out` are as in `decode` (a function is called once, with the shape of all), and the files must give tensors
        of one shape, which resize(...) makes. Or `files`
        is an Arrow array of binary, large_binary or binary_view, in one piece or in chunks, from any library that has the
        Arrow C interface (`__arrow_c_array__`, `__arrow_c_stream__`), which is read where it lies. With `threads` that many
        share the work.

        A file that fails, or None or a null in its place, raises FileError, which names it by its number; those before it
        may have been written to `out` then. With `on_error="fill"` its tensor has the value `fill` in each element, with
        `on_error="skip"` it has none, and those behind it move up. Either gives two things: the array, and a list with a
        dict for each file that failed: its `index`, its `name` (its path, or the `name` of what was read, else None), a
        `code` as of FileError, and the `message`. `out` has room for all files, and those of it that were decoded are
        given. What is no file's fault raises PipelineError.

        >>> import pixfuse, PIL.Image, io
        >>> file = io.BytesIO()
        >>> PIL.Image.new("RGB", (8, 6)).save(file, "PNG")
        >>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 4, bilinear), output(rgb, u8, hwc)")
        >>> tensor, failures = pipe.decode_batch([file, b"<html>", None], on_error="fill", fill=114)
        >>> tensor.shape, tensor[1, 0, 0, 0], [(failure["index"], failure["code"]) for failure in failures]
        ((3, 2, 4, 3), np.uint8(114), [(1, 'unknown_format'), (2, 'missing')])
        """
    @overload
    def decode_batch(
        self,
        files: _Files,
        out: _Into[_Out],
        *,
        threads: int | None = None,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
        on_error: Literal["raise"] | None = None,
        fill: None = None,
    ) -> _Out: ...
    @overload
    def decode_batch(
        self,
        files: _Files,
        out: None = None,
        *,
        threads: int | None = None,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
        on_error: Literal["fill"],
        fill: _Number,
    ) -> tuple[npt.NDArray[Any], list[_Failure]]: ...
    @overload
    def decode_batch(
        self,
        files: _Files,
        out: _Into[_Out],
        *,
        threads: int | None = None,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
        on_error: Literal["fill"],
        fill: _Number,
    ) -> tuple[_Out, list[_Failure]]: ...
    @overload
    def decode_batch(
        self,
        files: _Files,
        out: None = None,
        *,
        threads: int | None = None,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
        on_error: Literal["skip"],
        fill: None = None,
    ) -> tuple[npt.NDArray[Any], list[_Failure]]: ...
    @overload
    def decode_batch(
        self,
        files: _Files,
        out: _Into[_Out],
        *,
        threads: int | None = None,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
        on_error: Literal["skip"],
        fill: None = None,
    ) -> tuple[Any, list[_Failure]]: ...
    @overload
    def decode_batches(
        self,
        files: Iterable[_File | None],
        size: int,
        *,
        out: None = None,
        threads: int | None = None,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
        on_error: Literal["raise"] | None = None,
        fill: None = None,
    ) -> _Batches[npt.NDArray[Any]]:
        """Decodes files batch by batch: an iterator of what `decode_batch` gives of `size` files at a time, the last perhaps of
        fewer, and of all its arguments; `out` can only be a function, which is called for each batch. A bar of progress shows
        how many batches are done, and no more than one is in memory. `files` is any iterable, which is read as batches are asked
        for; numbers of files are those in their batch.

        `for tensor in tqdm(pipe.decode_batches(paths, 64, threads=2)): ...`

        >>> import pixfuse, PIL.Image, io
        >>> file = io.BytesIO()
        >>> PIL.Image.new("RGB", (8, 6)).save(file, "PNG")
        >>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 4, bilinear), output(rgb, u8, hwc)")
        >>> batches = pipe.decode_batches([file] * 5, 2)
        >>> len(batches), [len(tensor) for tensor in batches]
        (3, [2, 2, 1])
        """
    @overload
    def decode_batches(
        self,
        files: Iterable[_File | None],
        size: int,
        *,
        out: None = None,
        threads: int | None = None,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
        on_error: Literal["fill", "skip"],
        fill: _Number | None = None,
    ) -> _Batches[tuple[npt.NDArray[Any], list[_Failure]]]: ...
    @overload
    def decode_batches(
        self,
        files: Iterable[_File | None],
        size: int,
        *,
        out: _Allocates[_Out],
        threads: int | None = None,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
        on_error: Literal["raise"] | None = None,
        fill: None = None,
    ) -> _Batches[_Out]: ...
    @overload
    def decode_batches(
        self,
        files: Iterable[_File | None],
        size: int,
        *,
        out: _Allocates[_Out],
        threads: int | None = None,
        orient: _Orient = None,
        max_pixels: int | None = None,
        max_side: int | None = None,
        draft: tuple[int, int] | None = None,
        truncated: Literal["error", "fill"] | None = None,
        on_error: Literal["fill", "skip"],
        fill: _Number | None = None,
    ) -> _Batches[tuple[Any, list[_Failure]]]: ...
    def decode_geometry(
        self, data: _File, *, orient: _Orient = None, draft: tuple[int, int] | None = None
    ) -> Geometry:
        """Where `decode` puts things of this file: as `geometry`, for the turned image; nothing but the header is read.

        With `draft`, as in `decode`, the places are still those of the whole image.
        """
    @property
    def spec(self) -> str:
        """The canonical text of the declaration, which makes an equal pipeline."""
    @property
    def clauses(self) -> dict[str, str]:
        """The clauses in the order of work: a dict of their names, with what stands between their brackets.

        >>> import pixfuse
        >>> pixfuse.Pipeline("input(rgb8), normalize(), output(rgb, f32, chw)").clauses
        {'input': 'rgb8', 'normalize': '', 'output': 'rgb, f32, chw'}
        """
    @property
    def size(self) -> tuple[int, int] | None:
        """(rows, columns) of the image that the tensor holds, of a tile where it holds tiles; None where they follow from the
        source.
        """
    @property
    def filter(self) -> str | None:
        """How pixels are resampled, with its options; None where the image keeps its size."""
    @property
    def mean(self) -> tuple[float, ...] | None:
        """`mean` of normalize(..), one for each channel of the output; None without it."""
    @property
    def std(self) -> tuple[float, ...] | None:
        """`std` of normalize(..), as `mean`."""
    @property
    def scale(self) -> float | None:
        """The factor of normalize(..) on pixel values; None without it."""
    @property
    def element(self) -> Literal["f32", "f16", "bf16", "u8", "i8"]:
        """The element type as the language has it: f32, f16, bf16, u8 or i8."""
    def preview(self, image: _Image | _File, *, boxes: _Points | None = None, orient: _Orient = None) -> Picture:
        """The picture that the tensor of an image stands for: what the model sees.

        Pixels are as the filter gives them, before normalize(..); tiles stand side by side with the thumbnail beside them,
        and patches apart. `image` is as in a call, or a file as in `decode` (its bytes or path). Of each of `boxes`, (x1, y1,
        x2, y2) in the image, the edges are drawn where `geometry` puts them.

        >>> import numpy, pixfuse
        >>> pipe = pixfuse.Pipeline("input(bgr8), letterbox(32, 32, bilinear), normalize(), output(rgb, f32, chw)")
        >>> pipe.preview(numpy.zeros((6, 8, 3), numpy.uint8), boxes=[[0, 0, 4, 3]])
        Picture(32, 32)
        """
    def _repr_html_(self) -> str:
        """For notebooks: the clauses as a table."""
    @property
    def level(self) -> str:
        """The level it runs on, one of `levels()`."""
    @property
    def dtype(self) -> Literal["float32", "float16", "bfloat16", "uint8", "int8"]:
        """The name of the output's dtype."""
    def explain(self) -> str:
        """What it does, for people: the text, the plan step by step, which kernel runs it on which level, and which
        decoders `decode` uses.
        """
    def output_shape(self, rows: int, columns: int, *, orient: _Orient = None) -> tuple[int, ...]:
        """The shape of the output for an image that is stored in this size.

        input(.., orient = ..) turns it first, or `orient`, as in a call.

        >>> import pixfuse
        >>> pixfuse.Pipeline("input(rgb8), output(rgb, f32, chw)").output_shape(480, 640)
        (3, 480, 640)
        """
    def geometry(self, rows: int, columns: int, *, orient: _Orient = None) -> Geometry:
        """Where a run over an image that is stored in this size puts things: maps points and boxes to the output and back.

        input(.., orient = ..) turns it first, or `orient`, as in a call; points and boxes are those of the turned image,
        the one that people draw boxes on.

        >>> import pixfuse
        >>> pipe = pixfuse.Pipeline("input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)")
        >>> pipe.geometry(720, 1280).unmap_boxes([100, 130, 200, 240], clip=True)
        array([200.,   0., 400., 200.])
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Pipeline], tuple[str]]: ...
    def __copy__(self) -> Pipeline: ...
    def __deepcopy__(self, _memo: object) -> Pipeline: ...

@final
class Geometry:
    """Where things of a source image lie in the output, and back; `Pipeline.geometry` makes it.

    Sizes, scales and offsets are (rows, columns). Points are (x, y) and boxes (x1, y1, x2, y2), as detectors give them: x
    grows with the columns, y with the rows, the unit is one pixel. Coordinates are those of edges: the first pixel reaches
    from 0 to 1, its centre is 0.5, and the whole image is the box (0, 0, columns, rows).

    Both ways are `output = source * scale + offset`. A letterbox has one scale for both axes, its ratio from before the
    rounding of the sides, as Ultralytics, YOLOX and OpenCV take boxes back.

    >>> import pixfuse
    >>> pipe = pixfuse.Pipeline("input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)")
    >>> geometry = pipe.geometry(720, 1280)
    >>> geometry.content, geometry.scale
    ((140, 0, 360, 640), (0.5, 0.5))
    >>> geometry.matrix
    array([[  0.5,   0. ,   0. ],
           [  0. ,   0.5, 140. ]])
    >>> geometry.map_boxes([[200, 0, 400, 200], [0, 0, 1280, 720]])
    array([[100., 140., 200., 240.],
           [  0., 140., 640., 500.]])

    It is immutable, hashable, and pickled as its numbers, from which `Geometry(...)` makes it again.
    """
    def __new__(
        cls,
        source: Sequence[int],
        resized: Sequence[int],
        output: Sequence[int],
        content: Sequence[int],
        scale: Sequence[float],
        offset: Sequence[int],
        patches: Sequence[int] | None = None,
        tiles: Sequence[int] | None = None,
        thumbnail: int | None = None,
    ) -> Self: ...
    @property
    def source(self) -> tuple[int, int]:
        """(rows, columns) of the source."""
    @property
    def resized(self) -> tuple[int, int]:
        """(rows, columns) that the whole source is resampled to, before anything is cut off or put around it."""
    @property
    def output(self) -> tuple[int, int]:
        """(rows, columns) of the output; with tiles(..) those of the canvas that is cut."""
    def followed_by(self, next: Geometry) -> Geometry:
        """The geometry of two runs one after another: from the source of this one to the output of `next`, whose source is the
        output of this one. Boxes and points go through both in one step, and back.

        A declaration of two resizes needs none of it: its geometry is that of both. Raises PipelineError when `next` is of a
        source of another size, when this output is cut into patches or tiles, and when the two together begin inside a pixel.

        >>> import pixfuse
        >>> thumbnail = pixfuse.Pipeline("input(rgb8), resize(longest = 512, bilinear, antialias), output(rgb, u8, hwc)")
        >>> model = pixfuse.Pipeline("input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)")
        >>> first = thumbnail.geometry(1080, 1920)
        >>> both = first.followed_by(model.geometry(*first.output))
        >>> both.unmap_boxes([0, 140, 320, 320], clip=True)
        array([  0.,   0., 960., 540.])
        """
    @property
    def content(self) -> tuple[int, int, int, int]:
        """The part of the output that shows the source, in pixels: (top, left, rows, columns). The rest is filled."""
    @property
    def source_box(self) -> tuple[float, float, float, float]:
        """The part of the source that `content` shows: (x1, y1, x2, y2), in source pixels."""
    @property
    def scale(self) -> tuple[float, float]:
        """Output pixels per source pixel along rows and columns, as points and boxes are mapped: a letterbox's one ratio twice,
        else `exact_scale`.
        """
    @property
    def exact_scale(self) -> tuple[float, float]:
        """The resized over the source rows and columns, by which pixels are resampled."""
    @property
    def offset(self) -> tuple[int, int]:
        """The (row, column) of the output where the first pixel of the resized image lies; negative when it is cut off."""
    @property
    def patches(self) -> tuple[int, int] | None:
        """(rows, columns) of patches with patches(..), else None; their product is the number that show the image."""
    @property
    def tiles(self) -> tuple[int, int] | None:
        """(rows, columns) of tiles with tiles(..), else None; the thumbnail is none of them."""
    @property
    def thumbnail(self) -> int | None:
        """Which image of the tensor shows the whole source as one tile, or None: the first, or the one behind the tiles."""
    @property
    def images(self) -> int:
        """How many images of the tensor show the source: the tiles and the thumbnail, and 1 without tiles(..)."""
    def tile(self, index: int) -> Geometry:
        """The Geometry of one image of the tensor, which is its output: of a tile or of the thumbnail, in their order.

        Raises IndexError where there are not so many.

        >>> import pixfuse
        >>> pipe = pixfuse.Pipeline(
        ...     "input(rgb8), tiles(448, 448, bicubic, antialias, rule = internvl, max = 12, thumbnail = last), output(rgb, f32)"
        ... )
        >>> geometry = pipe.geometry(1080, 1920)
        >>> geometry.tiles, geometry.thumbnail, pipe.output_shape(1080, 1920)
        ((2, 4), 8, (9, 3, 448, 448))
        >>> geometry.tile(5).unmap_boxes([[0, 0, 224, 448]])
        array([[ 480.,  540.,  720., 1080.]])
        """
    def patch(self, row: int, column: int) -> Geometry:
        """The Geometry of one patch, which is its output: of a row and a column of the grid `patches`.

        A box of what a token looks at goes back to the photo by it. In the tensor the patch (r, c) of a grid with w columns is
        number `(r // m * w + r % m) * m + c // m * m * m + c % m` with merge = m: `r * w + c` without it. Raises IndexError
        where there are not so many.

        >>> import pixfuse
        >>> pipe = pixfuse.Pipeline("input(rgb8), resize(240, 320, bilinear, antialias), output(rgb, u8), patches(16)")
        >>> geometry = pipe.geometry(480, 640)
        >>> geometry.patches, geometry.patch(1, 3).source_box
        ((15, 20), (96.0, 32.0, 128.0, 64.0))
        """
    @property
    def matrix(self) -> npt.NDArray[np.float64]:
        """From the source to the output: [[sx, 0, tx], [0, sy, ty]], an array of float64 that is new at each access."""
    @property
    def inverse(self) -> npt.NDArray[np.float64]:
        """From the output to the source: the inverse of `matrix`, of the same form."""
    def map_points(self, points: _Points, *, clip: bool = False) -> npt.NDArray[np.float64]:
        """Points (x, y) of the source, in the output; `clip` moves those outside onto its edge.

        `points` is an array of numbers, or anything that numpy makes one of, whose last axis has length 2. The result is a
        new array of float64 of the same shape. Raises PipelineError when the last axis has another length.
        """
    def unmap_points(self, points: _Points, *, clip: bool = False) -> npt.NDArray[np.float64]:
        """Points (x, y) of the output, in the source; as `map_points`."""
    def map_boxes(self, boxes: _Points, *, clip: bool = False) -> npt.NDArray[np.float64]:
        """Boxes (x1, y1, x2, y2) of the source, in the output; as `map_points`, with a last axis of length 4."""
    def unmap_boxes(self, boxes: _Points, *, clip: bool = False) -> npt.NDArray[np.float64]:
        """Boxes (x1, y1, x2, y2) of the output, in the source; as `map_boxes`."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Geometry], tuple[Any, ...]]: ...
    def __copy__(self) -> Geometry: ...
    def __deepcopy__(self, _memo: object) -> Geometry: ...

@final
class Picture:
    """A picture of red, green and blue; `Pipeline.preview` makes it. A notebook shows it.

    >>> import numpy, pixfuse
    >>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 3, nearest), normalize(), output(rgb, f32, chw)")
    >>> picture = pipe.preview(numpy.full((4, 6, 3), 7, numpy.uint8))
    >>> picture.rows, picture.columns, numpy.asarray(picture).shape, picture.png()[1:4]
    (2, 3, (2, 3, 3), b'PNG')
    """
    @property
    def rows(self) -> int:
        """Its rows."""
    @property
    def columns(self) -> int:
        """Its columns."""
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        """A new array of uint8, (rows, columns, 3): `numpy.asarray(picture)`, and what `PIL.Image.fromarray` takes."""
    def png(self) -> bytes:
        """The bytes of a PNG file."""
    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a PNG file."""
    def _repr_png_(self) -> bytes:
        """For notebooks."""

@final
class Declaration:
    """A declaration with numbers written `_`: called with them, it gives a Pipeline.

    Numbers are keyword arguments, those that the declaration leaves open: rows, columns, shortest, longest, crop_rows,
    crop_columns, scale, mean, std and eps. `mean` and `std` are one number, or one for each output channel in the output's
    order. Raises PipelineError when a number is missing, not asked for or against the rules.
    """
    def bind(
        self,
        *,
        rows: int = ...,
        columns: int = ...,
        shortest: int = ...,
        longest: int = ...,
        crop_rows: int = ...,
        crop_columns: int = ...,
        scale: _Number = ...,
        mean: _Numbers = ...,
        std: _Numbers = ...,
        eps: _Number = ...,
    ) -> Pipeline:
        """The pipeline with these numbers: `declaration(..)` is `declaration.bind(..)`."""
    def __call__(
        self,
        *,
        rows: int = ...,
        columns: int = ...,
        shortest: int = ...,
        longest: int = ...,
        crop_rows: int = ...,
        crop_columns: int = ...,
        scale: _Number = ...,
        mean: _Numbers = ...,
        std: _Numbers = ...,
        eps: _Number = ...,
    ) -> Pipeline:
        """As `bind`."""
    @property
    def spec(self) -> str:
        """The canonical text, with its `_`."""

@final
class Config:
    """A config that was read: what `pixfuse.Processor` runs by."""
    def __new__(
        cls, files: Sequence[tuple[str, str]] | None, path: str | None, backend: str, keywords: str
    ) -> Self: ...
    @staticmethod
    def of_video(files: Sequence[tuple[str, str]] | None, path: str | None, keywords: str) -> Config:
        """Reads the config of a video processor in the same way, for videos of as many frames as share a patch."""
    def with_frames(self, count: int) -> Config:
        """The same config for videos of so many frames."""
    @property
    def frames(self) -> tuple[int, int, bool, int | None] | None:
        """To which multiple of frames the last one is repeated, how many share a patch, whether they lie one behind the other in
        it, and the most that one grid counts.
        """
    def with_keywords(self, keywords: str) -> Config:
        """The same config with the keywords of a call, a JSON object."""
    @property
    def files(self) -> list[tuple[str, str]]:
        """The files that it was read from."""
    @property
    def library(self) -> str:
        """Whose config it is."""
    @property
    def class_name(self) -> str:
        """The class that reads it."""
    @property
    def backend(self) -> str:
        """Whose bytes it gives: `torch` or `pil`."""
    def declaration(self, channels: str) -> str:
        """The declaration for images of these channels: `rgb`, `gray`, `alpha`, or `file` for what is decoded.

        Raises what the library raises, or what is lacking.
        """
    @property
    def outputs(self) -> list[tuple[str, str, Any]]:
        """What the library returns, in its order: its name, what it is, and for `each` and `whole` the value."""
    @property
    def pads(self) -> bool:
        """Whether smaller images of a batch are padded to the largest."""
    @property
    def is_paired(self) -> bool:
        """Whether images come in pairs."""
    @property
    def is_uniform(self) -> bool:
        """Whether the images of one call must have one size."""
    @property
    def is_gray(self) -> bool:
        """Whether the channels of a call's tensor become their gray, which `grayscale` does."""
    def grayscale(self, images: npt.NDArray[Any]) -> None:
        """Puts the gray of images, an array of (images, 3, rows, columns) of f32 that is written to, into their three planes."""
    @property
    def processor_keywords(self) -> str:
        """The keywords that the library's processor calls the class with, as JSON."""
    @property
    def has_tokens_of_grid(self) -> bool:
        """Whether `tokens` go by the grid and the number of patches or tiles."""
    def tokens(self, source: tuple[int, int], grid: tuple[int, int], count: int) -> int:
        """How many tokens an image takes: of its rows and columns, those of its patches or tiles, and how many there are."""
    @property
    def converts(self) -> bool:
        """Whether the class makes RGB of an image of any mode."""
    @property
    def is_nested(self) -> bool:
        """Whether a list of images is one sample: the frames of a video, the images of a prompt."""
    def of_sizes(
        self, name: str, sources: Sequence[tuple[int, int]], frames: Sequence[int]
    ) -> tuple[list[int], str, npt.NDArray[Any]]:
        """The output of this name for images of these rows and columns, or for the frames of videos of so many, where it is
        `of_sizes`: its sides, the name of its type, and its numbers.
        """
    @property
    def is_single(self) -> bool:
        """Whether a sample of several images is prepared another way."""
    @property
    def concatenates(self) -> bool:
        """Whether the patches of all images lie in one array, one image behind the other."""
    @property
    def is_sequence(self) -> bool:
        """Whether the tiles of a sample's images lie one behind the other, on an axis of their own for each sample."""
    @property
    def is_framed(self) -> bool:
        """Whether a frame lies around each image."""
    @property
    def patch_axes(self) -> list[int]:
        """The axes that the library keeps apart in a patch, behind the one of channels and frames."""
    @property
    def is_limited(self) -> bool:
        """Whether images of some sizes are refused, so that `admits` must be asked."""
    @property
    def views(self) -> list[Config]:
        """The other tensors that the class makes of an image."""
    @property
    def before(self) -> Config | None:
        """What an image becomes before the declaration reads it."""
    @property
    def place(self) -> Literal["apart", "before", "behind"]:
        """In which tensor it is: `apart` in one of its own, `before` or `behind` what each image is in the first one."""
    @property
    def is_counted(self) -> bool:
        """Whether its images are among those that the class counts."""
    def grid(self, rows: int, columns: int) -> tuple[int, int]:
        """Rows and columns of tiles that the result for an image of this size is cut into, 1 and 1 where it is not."""
    def holds(self, rows: int, columns: int) -> bool:
        """Whether there is this tensor of an image of this size."""
    def windows(
        self, rows: int, columns: int
    ) -> tuple[Config, tuple[int, int], list[tuple[int, int, int, int]]] | None:
        """The canvas of an image of this size, rows and columns of windows, and of each of them top, left, rows and columns;
        `None` where it is of the image itself.
        """
    def admits(self, rows: int, columns: int) -> None:
        """Raises when the declaration is not the class's result for an image of this size."""
    @property
    def record(self) -> str:
        """Every key that the class takes, with its value here, as JSON."""
    @property
    def notes(self) -> list[str]:
        """What a reader should know."""
    def item_key(self, data: _File) -> str:
        """The key of a file for caches: BLAKE3 of its bytes and of what is done with them."""
    def explain(self) -> str:
        """What was read and what became of it, for people."""

def names() -> list[str]:
    """The names of the declared pipelines of this module, each an attribute of it."""
def __dir__() -> list[str]:
    """What Python calls for `dir(module)`."""
def decoders() -> str:
    """Which decoder reads which files, for people: what to name in a bug report.

    >>> import pixfuse
    >>> print(pixfuse.decoders().splitlines()[1])
    PNG   png
    """
def empty(shape: Sequence[int], dtype: object) -> npt.NDArray[Any]:
    """`numpy.empty(shape, dtype)`, in memory that is kept for the next array when this one is gone."""
def levels() -> list[str]:
    """The levels that this CPU has, the slowest first: what the environment variable `PIXFUSE_LEVEL` may name.

    >>> import pixfuse
    >>> "scalar" in pixfuse.levels()
    True
    """
def writable(out: object, shape: Sequence[int], dtype: str) -> Any:
    """An array over the memory of an object that has this shape and dtype and may be written to; the object where it is of
    bfloat16.
    """
def probe(data: _File) -> tuple[str, tuple[int, int], tuple[int, int], int, int, bool, int, int | None]:
    """What a file's header says, in the order of `pixfuse.Header`."""

# The presets, which `presets.py` lists too.
clip_pil: Final[Pipeline]
clip_torch: Final[Pipeline]
dinov2_pil: Final[Pipeline]
dinov2_torch: Final[Pipeline]
hand_written_loop: Final[Pipeline]
imagenet: Final[Pipeline]
open_clip: Final[Pipeline]
siglip_pil: Final[Pipeline]
siglip_torch: Final[Pipeline]
timm: Final[Pipeline]
to_tensor: Final[Pipeline]
yolo: Final[Pipeline]
yolox: Final[Pipeline]
