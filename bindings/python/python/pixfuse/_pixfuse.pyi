import os
from collections.abc import Iterable, Mapping, Sequence
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
# A file: its bytes, its path, or what it is read from.
_File: TypeAlias = Buffer | str | os.PathLike[str] | _Reader | _Bytes
# Many: any iterable, in which None is a file that is missing, or an Arrow array of binary.
_Files: TypeAlias = Iterable[_File | None] | _ArrowArray | _ArrowStream
_Out = TypeVar("_Out", bound=npt.NDArray[Any] | Buffer | _Dlpack)

_Number: TypeAlias = float | np.floating[Any] | np.integer[Any]
_Numbers: TypeAlias = _Number | Sequence[_Number] | npt.NDArray[np.floating[Any] | np.integer[Any]]
_Named: TypeAlias = Mapping[str, str | bool | None | _Numbers]
_Clause: TypeAlias = str | Sequence[str | _Number | None | _Named] | _Named
# An array of numbers, or what numpy makes one of.
_Points: TypeAlias = npt.NDArray[np.floating[Any] | np.integer[Any]] | _Array | Sequence[_Number | Sequence[_Number]]

__all__ = [
    "LANGUAGE",
    "Config",
    "Declaration",
    "FileError",
    "Geometry",
    "Pipeline",
    "PipelineError",
    "__version__",
    "clip",
    "decoders",
    "dinov2",
    "hand_written_loop",
    "imagenet",
    "levels",
    "names",
    "probe",
    "siglip",
    "timm",
    "to_tensor",
    "yolo",
    "yolox",
]

__version__: str
# The reference of the language, in Markdown.
LANGUAGE: Final[str]

class PipelineError(ValueError): ...

class FileError(PipelineError):
    code: str
    index: int | None

class _Failure(TypedDict):
    index: int
    name: str | None
    code: str
    message: str

@final
class Pipeline:
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
        input: _Clause,
        resize: _Clause = ...,
        letterbox: _Clause = ...,
        tiles: _Clause = ...,
        center_crop: _Clause | _Number = ...,
        crop: _Clause = ...,
        pad: _Clause = ...,
        normalize: _Clause | Literal[True] = ...,
        output: _Clause,
        patches: _Clause | _Number = ...,
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
        input: _Clause = ...,
        resize: _Clause | None = ...,
        letterbox: _Clause | None = ...,
        tiles: _Clause | None = ...,
        center_crop: _Clause | _Number | None = ...,
        crop: _Clause | None = ...,
        pad: _Clause | None = ...,
        normalize: _Clause | bool | None = ...,
        output: _Clause = ...,
    ) -> Pipeline: ...
    @overload
    def run(
        self, image: _Image, out: None = None, *, orient: _Orient = None, threads: int = 1
    ) -> npt.NDArray[Any]: ...
    @overload
    def run(self, image: _Image, out: _Out, *, orient: _Orient = None, threads: int = 1) -> _Out: ...
    @overload
    def __call__(
        self, image: _Image, out: None = None, *, orient: _Orient = None, threads: int = 1
    ) -> npt.NDArray[Any]: ...
    @overload
    def __call__(self, image: _Image, out: _Out, *, orient: _Orient = None, threads: int = 1) -> _Out: ...
    @overload
    def batch(
        self, images: Iterable[_Image], out: None = None, *, threads: int = 1, orient: _Orient = None
    ) -> npt.NDArray[Any]: ...
    @overload
    def batch(
        self, images: Iterable[_Image], out: _Out, *, threads: int = 1, orient: _Orient = None
    ) -> _Out: ...
    @overload
    def concat(
        self, images: Iterable[_Image], out: None = None, *, threads: int = 1, orient: _Orient = None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]: ...
    @overload
    def concat(
        self, images: Iterable[_Image], out: _Out, *, threads: int = 1, orient: _Orient = None
    ) -> tuple[_Out, npt.NDArray[np.int64]]: ...
    @overload
    def pad(
        self, images: Iterable[_Image], out: None = None, *, threads: int = 1, orient: _Orient = None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]: ...
    @overload
    def pad(
        self, images: Iterable[_Image], out: _Out, *, threads: int = 1, orient: _Orient = None
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
    ) -> npt.NDArray[Any]: ...
    @overload
    def decode(
        self,
        data: _File,
        out: _Out,
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
    ) -> npt.NDArray[Any]: ...
    @overload
    def decode_batch(
        self,
        files: _Files,
        out: _Out,
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
        out: _Out,
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
        out: _Out,
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
    def decode_geometry(
        self, data: _File, *, orient: _Orient = None, draft: tuple[int, int] | None = None
    ) -> Geometry: ...
    @property
    def spec(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def dtype(self) -> Literal["float32", "float16", "bfloat16", "uint8", "int8"]: ...
    def explain(self) -> str: ...
    def output_shape(self, rows: int, columns: int, *, orient: _Orient = None) -> tuple[int, ...]: ...
    def geometry(self, rows: int, columns: int, *, orient: _Orient = None) -> Geometry: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Pipeline], tuple[str]]: ...
    def __copy__(self) -> Pipeline: ...
    def __deepcopy__(self, _memo: object) -> Pipeline: ...

@final
class Geometry:
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
    def source(self) -> tuple[int, int]: ...
    @property
    def resized(self) -> tuple[int, int]: ...
    @property
    def output(self) -> tuple[int, int]: ...
    @property
    def content(self) -> tuple[int, int, int, int]: ...
    @property
    def source_box(self) -> tuple[float, float, float, float]: ...
    @property
    def scale(self) -> tuple[float, float]: ...
    @property
    def exact_scale(self) -> tuple[float, float]: ...
    @property
    def offset(self) -> tuple[int, int]: ...
    @property
    def patches(self) -> tuple[int, int] | None: ...
    @property
    def tiles(self) -> tuple[int, int] | None: ...
    @property
    def thumbnail(self) -> int | None: ...
    @property
    def images(self) -> int: ...
    def tile(self, index: int) -> Geometry: ...
    @property
    def matrix(self) -> npt.NDArray[np.float64]: ...
    @property
    def inverse(self) -> npt.NDArray[np.float64]: ...
    def map_points(self, points: _Points, *, clip: bool = False) -> npt.NDArray[np.float64]: ...
    def unmap_points(self, points: _Points, *, clip: bool = False) -> npt.NDArray[np.float64]: ...
    def map_boxes(self, boxes: _Points, *, clip: bool = False) -> npt.NDArray[np.float64]: ...
    def unmap_boxes(self, boxes: _Points, *, clip: bool = False) -> npt.NDArray[np.float64]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Geometry], tuple[Any, ...]]: ...
    def __copy__(self) -> Geometry: ...
    def __deepcopy__(self, _memo: object) -> Geometry: ...

@final
class Declaration:
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
    ) -> Pipeline: ...
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
    ) -> Pipeline: ...
    @property
    def spec(self) -> str: ...

@final
class Config:
    def __new__(
        cls, files: Sequence[tuple[str, str]] | None, path: str | None, backend: str, keywords: str
    ) -> Self: ...
    def with_keywords(self, keywords: str) -> Config: ...
    @property
    def files(self) -> list[tuple[str, str]]: ...
    @property
    def library(self) -> str: ...
    @property
    def class_name(self) -> str: ...
    @property
    def backend(self) -> str: ...
    def declaration(self, channels: str) -> str: ...
    @property
    def outputs(self) -> list[tuple[str, str, Any]]: ...
    @property
    def pads(self) -> bool: ...
    @property
    def converts(self) -> bool: ...
    @property
    def is_nested(self) -> bool: ...
    @property
    def is_single(self) -> bool: ...
    @property
    def concatenates(self) -> bool: ...
    @property
    def is_sequence(self) -> bool: ...
    @property
    def is_framed(self) -> bool: ...
    @property
    def patch_axes(self) -> list[int]: ...
    @property
    def is_limited(self) -> bool: ...
    def admits(self, rows: int, columns: int) -> None: ...
    @property
    def record(self) -> str: ...
    @property
    def notes(self) -> list[str]: ...
    def explain(self) -> str: ...

def names() -> list[str]: ...
def __dir__() -> list[str]: ...
def decoders() -> str: ...
def levels() -> list[str]: ...
def probe(data: _File) -> tuple[str, tuple[int, int], tuple[int, int], int, int, bool, int, int | None]: ...

# The presets, which `presets.py` lists too.
clip: Final[Pipeline]
dinov2: Final[Pipeline]
hand_written_loop: Final[Pipeline]
imagenet: Final[Pipeline]
siglip: Final[Pipeline]
timm: Final[Pipeline]
to_tensor: Final[Pipeline]
yolo: Final[Pipeline]
yolox: Final[Pipeline]
