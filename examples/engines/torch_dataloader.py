"""torch's DataLoader: two workers, which may be forked or started anew."""

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

    def __getitems__(self, indices: list[int]) -> list[torch.Tensor]:
        # A whole batch at once, into one tensor.
        return list(torch.from_numpy(PIPE.decode_batch([self.paths[index] for index in indices])))


def tensors(paths: list[str], start: str = "fork") -> np.ndarray:
    loader = DataLoader(Files(paths), batch_size=4, num_workers=2, multiprocessing_context=start)
    return torch.cat(list(loader)).numpy()


def spawned(paths: list[str]) -> np.ndarray:
    return tensors(paths, "spawn")
