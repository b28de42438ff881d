"""torchvision: the classic transforms on a Pillow image, the newer ones on a uint8 tensor, and the latter by hand."""

import numpy as np
import torch
import torchvision
from torchvision.transforms import v2

from .way import ONE_LEVEL, ROUNDING, Way

torch.set_num_threads(1)
torch.set_num_interop_threads(1)

classic = torchvision.transforms
Interpolation = classic.InterpolationMode


def ways(workload):
    """The ways whose filter torchvision has: its bilinear on Pillow images is antialiased and left out."""
    if workload.filter != "bilinear":
        yield Way("torchvision v1 on a Pillow image", on_picture(workload), filter="nearest_exact")
        if not workload.has_mean_and_std:
            # Common where a program has one Compose for every model.
            run = on_picture(workload, normalize=True)
            yield Way("torchvision v1 on a Pillow image, Normalize(0, 1)", run, filter="nearest_exact")
    rule = {"nearest": "nearest_floor"}.get(workload.filter)
    tolerance = ONE_LEVEL if workload.filter == "bilinear" else ROUNDING
    if workload.filter in (None, "nearest", "nearest_floor", "bilinear"):
        yield Way("torchvision v2 on a tensor", on_tensor(workload), rule, tolerance)
        yield Way("torchvision v2 by hand into out", by_hand(workload), rule, tolerance)


def on_picture(workload, normalize=False):
    """Compose(Resize, ToTensor, Normalize), as in every tutorial; the last where there is something to do, or always."""
    picture = workload.picture
    picture.load()
    steps = [classic.ToTensor()]
    if workload.size:
        steps.insert(0, classic.Resize(workload.size, Interpolation.NEAREST))
    if normalize or workload.has_mean_and_std:
        steps.append(classic.Normalize(workload.mean.tolist(), workload.std.tolist()))
    transform = classic.Compose(steps)
    return lambda: transform(picture)


def _interpolation(workload):
    return Interpolation.BILINEAR if workload.filter == "bilinear" else Interpolation.NEAREST


def on_tensor(workload):
    """v2.Compose(Resize, ToDtype, Normalize) on the pixels seen as a CHW tensor."""
    image = workload.image
    steps = [v2.ToDtype(torch.float32, scale=True)]
    if workload.swapped:
        steps.insert(0, lambda tensor: tensor.flip(0))
    if workload.size:
        steps.insert(0, v2.Resize(workload.size, _interpolation(workload), antialias=False))
    if workload.has_mean_and_std:
        steps.append(v2.Normalize(workload.mean.tolist(), workload.std.tolist()))
    transform = v2.Compose(steps)
    return lambda: transform(torch.from_numpy(image).permute(2, 0, 1)).contiguous()


def by_hand(workload):
    """The functional resize on uint8, then one multiplication and one addition into a tensor that is there."""
    image, interpolation, size = workload.image, _interpolation(workload), workload.size
    out = torch.empty(workload.shape)
    gain, offset = (torch.from_numpy(np.array(each)).view(3, 1, 1) for each in (workload.gain, workload.offset))

    def run():
        tensor = torch.from_numpy(image).permute(2, 0, 1)
        if size:
            tensor = v2.functional.resize(tensor, list(size), interpolation, antialias=False)
        if workload.swapped:
            tensor = tensor.flip(0)
        torch.mul(tensor, gain, out=out)
        return out.add_(offset) if workload.has_mean_and_std else out

    return run
