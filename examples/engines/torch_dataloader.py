"""torch's DataLoader: two workers, which may be forked or started anew, decode into memory that they share."""

import numpy as np
import torch
from pixfuse import presets
from torch.utils.data import DataLoader, Dataset

PIPE = presets.imagenet


class Files(Dataset[torch.Tensor]):
    def __init__(self, paths: list[str]) -> None:
        self.paths = paths

    def __len__(self) -> int:
        return len(self.paths)

    def __getitems__(self, indices: list[int]) -> torch.Tensor:
        # A whole batch at once. What is shared already goes to the other process as a name.
        batch = torch.empty((len(indices), 3, 224, 224)).share_memory_()
        PIPE.decode_batch([self.paths[index] for index in indices], out=batch)
        return batch


def whole(batch: torch.Tensor) -> torch.Tensor:
    return batch


def tensors(paths: list[str], start: str = "fork") -> np.ndarray:
    loader = DataLoader(
        Files(paths), batch_size=4, num_workers=2, multiprocessing_context=start, collate_fn=whole
    )
    return torch.cat(list(loader)).numpy()


def spawned(paths: list[str]) -> np.ndarray:
    return tensors(paths, "spawn")
