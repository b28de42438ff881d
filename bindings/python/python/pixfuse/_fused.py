"""What image and video processors of transformers have in common that are run by pixfuse."""

import importlib
import weakref
from collections.abc import Callable
from typing import Any

__all__ = ["Remade", "fused", "tensors"]

# Of each processor its declaration, until one of its attributes changes: not among the attributes, which are saved.
_PROCESSORS: "weakref.WeakKeyDictionary[Any, Any]" = weakref.WeakKeyDictionary()
_CLASSES: dict[str, type] = {}


class Remade:
    """A processor of transformers whose attributes are read as a config, once until one of them changes."""

    def __setattr__(self, name: str, value: Any) -> None:
        _PROCESSORS.pop(self, None)
        super().__setattr__(name, value)

    def _pixfuse(self) -> Any:
        """What the attributes say, as a Processor or VideoProcessor."""
        made = _PROCESSORS.get(self)
        if made is None:
            record = {name: value for name, value in self.to_dict().items() if not name.startswith("_")}  # type: ignore[attr-defined]
            made = _PROCESSORS[self] = self._made(record)
        return made

    def _made(self, record: dict[str, Any]) -> Any:
        raise NotImplementedError


def fused(name: str, part: type, library: Callable[[str], Any], module: str) -> Any:
    """The library's class with `part` before it. It has the library's name, so that what is saved has it."""
    if name not in _CLASSES:
        of_library = library(name)
        _CLASSES[name] = type(name, (part, of_library), {"__module__": module, "__doc__": of_library.__doc__})
    return _CLASSES[name]


def tensors(value: Any) -> Any:
    """Arrays as the library gives them: tensors over the same memory."""
    torch = importlib.import_module("torch")
    numpy = importlib.import_module("numpy")
    if isinstance(value, numpy.ndarray):
        return torch.from_numpy(value)
    if isinstance(value, list):
        return [tensors(item) for item in value]
    return value
