"""Daft: a column of files becomes a column of tensors, by a function of batches."""

from pathlib import Path

import daft
import numpy as np
from pixfuse import presets

PIPE = presets.imagenet


@daft.func.batch(return_dtype=daft.DataType.tensor(daft.DataType.float32(), (3, 224, 224)))
def decoded(files: daft.Series) -> np.ndarray:
    return PIPE.decode_batch(files.to_arrow())


def tensors(paths: list[str]) -> np.ndarray:
    frame = daft.from_pydict({"file": [Path(path).read_bytes() for path in paths]})
    made = frame.select(decoded(frame["file"]).alias("tensor")).to_pydict()["tensor"]
    return np.stack(made)
