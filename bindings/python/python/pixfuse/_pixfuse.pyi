from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, Protocol, Self, TypeAlias, TypeVar, final, overload

import numpy as np
import numpy.typing as npt
from typing_extensions import Buffer

class _Array(Protocol):
    def __array__(self) -> npt.NDArray[Any]: ...

class _ArrayInterface(Protocol):
    @property
    def __array_interface__(self) -> dict[str, Any]: ...

# A Pillow image has `__array_interface__`, a torch tensor `__array__`.
_Image: TypeAlias = npt.NDArray[np.uint8] | Buffer | _ArrayInterface | _Array
_Out = TypeVar("_Out", bound=npt.NDArray[Any] | Buffer)

_Number: TypeAlias = float | np.floating[Any] | np.integer[Any]
_Numbers: TypeAlias = _Number | Sequence[_Number] | npt.NDArray[np.floating[Any] | np.integer[Any]]
_Named: TypeAlias = Mapping[str, str | None | _Numbers]
_Clause: TypeAlias = str | Sequence[str | _Number | None | _Named] | _Named

__all__ = [
    "Declaration",
    "Pipeline",
    "PipelineError",
    "__version__",
    "hand_written_loop",
    "levels",
    "names",
    "opencv_imagenet",
    "unit_planes",
]

__version__: str

class PipelineError(ValueError): ...

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
        normalize: _Clause | Literal[True] = ...,
        output: _Clause,
        rows: int = ...,
        columns: int = ...,
        scale: _Number = ...,
        mean: _Numbers = ...,
        std: _Numbers = ...,
        eps: _Number = ...,
    ) -> Self: ...
    @overload
    def __call__(self, image: _Image, out: None = None) -> npt.NDArray[Any]: ...
    @overload
    def __call__(self, image: _Image, out: _Out) -> _Out: ...
    @overload
    def batch(self, images: Iterable[_Image], out: None = None) -> npt.NDArray[Any]: ...
    @overload
    def batch(self, images: Iterable[_Image], out: _Out) -> _Out: ...
    @property
    def spec(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def dtype(self) -> Literal["float32", "uint8"]: ...
    def explain(self) -> str: ...
    def output_shape(self, rows: int, columns: int) -> tuple[int, int, int]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Pipeline], tuple[str]]: ...
    def __copy__(self) -> Pipeline: ...
    def __deepcopy__(self, _memo: object) -> Pipeline: ...

@final
class Declaration:
    def __call__(
        self,
        *,
        rows: int = ...,
        columns: int = ...,
        scale: _Number = ...,
        mean: _Numbers = ...,
        std: _Numbers = ...,
        eps: _Number = ...,
    ) -> Pipeline: ...
    @property
    def spec(self) -> str: ...

def names() -> list[str]: ...
def levels() -> list[str]: ...

# The presets, which `presets.py` lists too.
hand_written_loop: Final[Pipeline]
opencv_imagenet: Final[Pipeline]
unit_planes: Final[Pipeline]
