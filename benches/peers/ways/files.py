"""A JPEG file to a tensor: pixfuse, simplejpeg or Pillow and torchvision, and decoders alone."""

import io

import numpy as np
import pixfuse
import simplejpeg
import torch
import torchvision
from PIL import Image
from torchvision.transforms import v2

from .ours import on
from .way import ONE_LEVEL, Way

torch.set_num_threads(1)


def ways(workload):
    """pixfuse on every level, what people write instead, and what a decoder takes of it."""
    file = workload.file
    for level in reversed(pixfuse.levels()):
        yield Way("pixfuse", _into(on(workload, level), workload), level=level)
    pipe = workload.pipe()
    yield Way("pixfuse, new output", lambda: pipe.decode(file), level=str(pipe.level))
    transform, memory = _transform(workload), bytearray(file)
    yield Way(
        "simplejpeg, torchvision v2",
        lambda: transform(torch.from_numpy(simplejpeg.decode_jpeg(file)).permute(2, 0, 1)).contiguous(),
        tolerance=ONE_LEVEL,
    )
    yield Way(
        "torchvision.io, torchvision v2",
        lambda: transform(torchvision.io.decode_image(torch.frombuffer(memory, dtype=torch.uint8))).contiguous(),
        tolerance=ONE_LEVEL,
    )
    classic = _classic(workload)
    yield Way("Pillow, torchvision v1", lambda: classic(Image.open(io.BytesIO(file)).convert("RGB")))
    yield Way("simplejpeg, pixfuse", lambda: pipe(simplejpeg.decode_jpeg(file)))


def _into(pipe, workload):
    file, out = workload.file, np.empty(workload.shape, np.float32)
    return lambda: pipe.decode(file, out=out)


def _transform(workload):
    """On a uint8 tensor, as torchvision recommends it."""
    shortest = workload.pipeline["resize"][0]["shortest"]
    return v2.Compose(
        [
            v2.Resize(shortest, antialias=True),
            v2.CenterCrop(workload.pipeline["center_crop"]),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(workload.mean, workload.std),
        ]
    )


def _classic(workload):
    """On a Pillow image, as in every tutorial."""
    shortest = workload.pipeline["resize"][0]["shortest"]
    classic = torchvision.transforms
    return classic.Compose(
        [
            classic.Resize(shortest),
            classic.CenterCrop(workload.pipeline["center_crop"]),
            classic.ToTensor(),
            classic.Normalize(workload.mean, workload.std),
        ]
    )
