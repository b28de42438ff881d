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
FILTERS = {
    None: None,
    "nearest": Interpolation.NEAREST,
    "nearest_floor": Interpolation.NEAREST,
    "bilinear": Interpolation.BILINEAR,
    "bicubic": Interpolation.BICUBIC,
    "lanczos": Interpolation.LANCZOS,
}


def ways(workload):
    """The ways whose filter torchvision has: all on Pillow images is antialiased, and no Lanczos is on tensors."""
    if workload.filter not in FILTERS:
        return
    if workload.fill is None and (workload.antialias or workload.filter != "bilinear"):
        yield from on_pictures(workload)
    if workload.filter == "lanczos":
        return
    rule = {"nearest": "nearest_floor"}.get(workload.filter)
    tolerance = ONE_LEVEL if workload.filter in ("bilinear", "bicubic") else ROUNDING
    # A tensor of an array is a view of its interleaved pixels, which torchvision resizes four times as fast as planes.
    yield Way("torchvision v2 on a tensor", on_tensor(workload), rule, tolerance)
    yield Way("torchvision v2 on a tensor of planes", on_tensor(workload, planes=True), rule, tolerance)
    yield Way("torchvision v2 by hand into out", by_hand(workload), rule, tolerance)


def on_pictures(workload):
    """Compose(Resize, CenterCrop, ToTensor, Normalize), as in every tutorial."""
    rule = None if workload.antialias else "nearest_exact"
    yield Way("torchvision v1 on a Pillow image", on_picture(workload), rule)
    if not workload.has_mean_and_std:
        # Common where a program has one Compose for every model.
        run = on_picture(workload, normalize=True)
        yield Way("torchvision v1 on a Pillow image, Normalize(0, 1)", run, rule)


def classic_steps(workload, normalize=False):
    """The classic transforms, from a Pillow image; Normalize where there is something to do, or always."""
    steps = [classic.ToTensor()]
    if "center_crop" in workload.pipeline:
        steps.insert(0, classic.CenterCrop(workload.pipeline["center_crop"]))
    if workload.size:
        steps.insert(0, classic.Resize(workload.shortest or workload.size, FILTERS[workload.filter]))
    if normalize or workload.has_mean_and_std:
        steps.append(classic.Normalize(workload.mean.tolist(), workload.std.tolist()))
    return classic.Compose(steps)


def steps(workload):
    """The newer transforms, from a uint8 tensor."""
    steps = []
    if workload.size:
        size = workload.shortest or workload.size
        steps.append(v2.Resize(size, FILTERS[workload.filter], antialias=workload.antialias))
    if "center_crop" in workload.pipeline:
        steps.append(v2.CenterCrop(workload.pipeline["center_crop"]))
    if workload.fill is not None:
        steps.append(v2.Pad(_padding(workload), fill=workload.fill))
    if workload.swapped:
        steps.append(lambda tensor: tensor.flip(0))
    steps.append(v2.ToDtype(torch.float32, scale=True))
    if workload.has_mean_and_std:
        steps.append(v2.Normalize(workload.mean.tolist(), workload.std.tolist()))
    return v2.Compose(steps)


def _padding(workload):
    """Left, top, right, bottom."""
    (rows, columns), (_, out_rows, out_columns) = workload.size, workload.shape
    top, left = -workload.top, -workload.left
    return [left, top, out_columns - columns - left, out_rows - rows - top]


def on_picture(workload, normalize=False):
    """The classic Compose on the pixels as a Pillow image."""
    picture, transform = workload.picture, classic_steps(workload, normalize)
    return lambda: transform(picture)


def on_tensor(workload, planes=False):
    """The newer Compose on the pixels seen as a CHW tensor, or on planes as a decoder of torchvision gives them."""
    image, transform = workload.image, steps(workload)
    if planes:
        tensor = torch.from_numpy(image).permute(2, 0, 1).contiguous()
        return lambda: transform(tensor).contiguous()
    return lambda: transform(torch.from_numpy(image).permute(2, 0, 1)).contiguous()


def by_hand(workload):
    """The functional resize on uint8, then one multiplication and one addition into a tensor that is there."""
    image, interpolation, size = workload.image, FILTERS[workload.filter], workload.size
    out, inside = (torch.from_numpy(memory) for memory in workload.tensor())
    gain, offset = (torch.from_numpy(np.array(each)).view(3, 1, 1) for each in (workload.gain, workload.offset))
    crop, antialias = workload.pipeline.get("center_crop"), workload.antialias

    def run():
        tensor = torch.from_numpy(image).permute(2, 0, 1)
        if size:
            tensor = v2.functional.resize(tensor, list(size), interpolation, antialias=antialias)
        if crop:
            tensor = v2.functional.center_crop(tensor, crop)
        if workload.swapped:
            tensor = tensor.flip(0)
        torch.mul(tensor, gain, out=inside)
        if workload.has_mean_and_std:
            inside.add_(offset)
        return out

    return run
