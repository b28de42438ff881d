"""Hugging Face datasets: a column of files, mapped by two processes."""

from pathlib import Path

import numpy as np
from datasets import Dataset
from pixfuse import presets

PIPE = presets.imagenet


def decoded(batch: dict[str, list[bytes]]) -> dict[str, np.ndarray]:
    return {"pixel_values": PIPE.decode_batch(batch["file"])}


def tensors(paths: list[str]) -> np.ndarray:
    files = Dataset.from_dict({"file": [Path(path).read_bytes() for path in paths]})
    mapped = files.map(decoded, batched=True, batch_size=4, num_proc=2, remove_columns=["file"])
    return mapped.with_format("numpy")["pixel_values"][:]
