"""Memory for the tensors of a call of a Processor."""

import importlib
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy

from ._pixfuse import Config, PipelineError, empty, writable

# What gives the memory of a tensor for its shape, the name of its dtype, and its own; nothing where it is new.
Out = Callable[[tuple[int, ...], str, str], Any] | None


def check(out: Any, return_tensors: Any) -> None:
    if out is None:
        return
    if not callable(out):
        raise PipelineError(f"out: expected a function of shape, dtype and name, found {type(out).__name__}")
    if return_tensors is None:
        raise PipelineError("out: return_tensors=None gives lists of arrays, which no function makes; give 'np' or 'pt'")


class Room:
    """The memory of one tensor: new, or what the caller's function gives, which is asked once."""

    __slots__ = ("_out", "_return_tensors", "_shape_of", "given", "name")

    def __init__(
        self,
        out: Out,
        name: str,
        return_tensors: str | None,
        shape_of: Callable[[tuple[int, ...]], tuple[int, ...] | None] = lambda shape: shape,
    ) -> None:
        """`shape_of` gives the shape of the tensor for that of an array over its memory, nothing for an array that is
        copied into it."""
        self._out = out
        self._return_tensors = return_tensors
        self._shape_of = shape_of
        self.given: Any = None
        self.name = name

    @property
    def is_new(self) -> bool:
        return self._out is None

    def array(self, shape: tuple[int, ...], dtype: str, is_cleared: bool = False) -> Any:
        """An array to write to, of zeros where it must be cleared."""
        tensor = None if self._out is None else self._shape_of(shape)
        if tensor is None:
            return self._new(shape, dtype, is_cleared)
        array = self._asked(tensor, dtype)
        if is_cleared:
            array[...] = 0
        return array.reshape(shape)

    def zeros(self, shape: tuple[int, ...], dtype: Any) -> Any:
        """The tensor itself, of zeros, for what was made before and is copied into it."""
        if self._out is None:
            return numpy.zeros(shape, dtype)
        array = self._asked(shape, str(dtype))
        array[...] = 0
        return array

    def _asked(self, shape: tuple[int, ...], dtype: str) -> Any:
        assert self._out is not None
        self.given = self._out(shape, dtype, self.name)
        return writable(self.given, shape, dtype)

    def _new(self, shape: tuple[int, ...], dtype: str, is_cleared: bool) -> Any:
        if is_cleared:
            return numpy.zeros(shape, dtype)
        if dtype != "bfloat16":
            return empty(shape, dtype)
        if self._return_tensors == "pt":
            return torch().empty(shape, dtype=torch().bfloat16)
        try:
            return numpy.empty(shape, importlib.import_module("ml_dtypes").bfloat16)
        except ImportError:
            message = "return_tensors: the class gives bfloat16, which numpy has not; give 'pt', or install ml_dtypes"
            raise PipelineError(message) from None


def tensor_shape(config: Config, kind: str, lengths: list[int], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape of the tensor over the memory of an array of all images; nothing where samples are filled up in another."""
    if kind == "pixels_alone":
        return (shape[0], 1, *shape[1:])
    if config.is_sequence:
        return (1, *shape) if len(lengths) == 1 else None
    if config.patch_axes:
        axes = config.patch_axes
        shape = (shape[0], math.prod(shape[1:]) // math.prod(axes), *axes)
    if config.is_nested:
        return (len(lengths), lengths[0], *shape[1:]) if len(set(lengths)) == 1 else None
    return shape


def torch() -> Any:
    # The import itself takes longer than to look whether it has been made.
    return sys.modules.get("torch") or importlib.import_module("torch")
