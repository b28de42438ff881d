"""The ways to do a workload in Python, each compared with transformers before it is one."""

import re
import tempfile
import json
import pathlib

import numpy as np
import pixfuse
import torch
import transformers
from transformers.models.qwen3_vl.video_processing_qwen3_vl import Qwen3VLVideoProcessor

from race import Way


def ways(workload):
    """Those of a workload of one image, of many, or of a video."""
    if workload.frames:
        return of_video(workload)
    if workload.images:
        return of_mixed(workload)
    return of_image(workload)


def loaded(config, backend):
    """The image processor of transformers."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "preprocessor_config.json").write_text(json.dumps(config))
        return transformers.AutoImageProcessor.from_pretrained(folder, backend=backend)


def of_image(workload):
    image, config = workload.image, workload.config
    torch_processor, pil_processor = loaded(config, "torchvision"), loaded(config, "pil")
    processor, on_pil = (pixfuse.from_config(config, backend=backend) for backend in ("torch", "pil"))
    expected = torch_processor(image, return_tensors="pt")
    compare(workload, "pixfuse", processor(image, return_tensors="pt"), expected)
    compare(workload, "pixfuse, Pillow's filters", on_pil(image, return_tensors="np"), pil_processor(image, return_tensors="np"))
    pipe = processor.pipeline()
    out = np.empty(pipe.output_shape(workload.rows, workload.columns), np.float32)
    pixels = expected[processor.outputs[0]].numpy().reshape(out.shape)
    same(workload, "pixfuse into out", pipe(image, out), pixels)
    made = [
        Way("transformers, torch", lambda: torch_processor(image, return_tensors="pt"), is_peer=True),
        Way("transformers, Pillow", lambda: pil_processor(image, return_tensors="np"), is_peer=True),
        Way("pixfuse", lambda: processor(image, return_tensors="pt"), "new" if "out" not in workload.asked else None),
        Way("pixfuse, Pillow's filters", lambda: on_pil(image, return_tensors="np")),
        Way("pixfuse into out", lambda: pipe(image, out), "out"),
        Way("pixfuse, first results", lambda: processor(image, return_tensors="pt"), "new", keeps=True),
    ]
    if "u8" in workload.asked:
        compact = compact_of(processor)
        small = np.empty(compact.output_shape(workload.rows, workload.columns), np.uint8)
        whole = torch_processor(image, do_rescale=False, do_normalize=False, return_tensors="np")["pixel_values"]
        # Each still is there twice.
        once = whole.reshape(len(whole), 3, 2, -1)[:, :, 0].reshape(small.shape).astype(np.uint8)
        same(workload, "pixfuse, u8 without the copy", compact(image, small), once)
        made.append(Way("pixfuse, u8 without the copy, into out", lambda: compact(image, small), "u8"))
    return made


def compact_of(processor):
    """The same patches as bytes, each image once: what a server sends to a device that normalises."""
    text = re.sub(r"normalize\(.*?order = \w+\), ", "", processor.declaration)
    return pixfuse.Pipeline(text.replace("f32", "u8").replace("temporal = 2", "temporal = 1"))


def of_mixed(workload):
    images, config = workload.mixed, workload.config
    torch_processor, pil_processor = loaded(config, "torchvision"), loaded(config, "pil")
    processor = pixfuse.from_config(config)
    expected = torch_processor(images, return_tensors="pt")
    for threads in (1, 2):
        compare(workload, "pixfuse", processor(images, return_tensors="pt", threads=threads), expected)
    pipe = processor.pipeline()
    pixels = expected["pixel_values"].numpy()
    out = np.empty_like(pixels)
    same(workload, "pixfuse into out", pipe.concat(images, out, threads=2)[0], pixels)
    return [
        Way("transformers, torch", lambda: torch_processor(images, return_tensors="pt"), is_peer=True),
        Way("transformers, Pillow", lambda: pil_processor(images, return_tensors="np"), is_peer=True),
        Way("pixfuse", lambda: processor(images, return_tensors="pt")),
        Way("pixfuse, two threads", lambda: processor(images, return_tensors="pt", threads=2)),
        Way("pixfuse into out", lambda: pipe.concat(images, out)),
        Way("pixfuse into out, two threads", lambda: pipe.concat(images, out, threads=2), "threads"),
    ]


def of_video(workload):
    frames = workload.clip
    theirs = Qwen3VLVideoProcessor(do_sample_frames=False)
    processor = pixfuse.video_from_config(workload.config)
    expected = theirs(frames, return_tensors="pt")
    compare(workload, "pixfuse", processor(frames, return_tensors="pt"), expected)
    return [
        Way("transformers, torch", lambda: theirs(frames, return_tensors="pt"), is_peer=True),
        Way("pixfuse", lambda: processor(frames, return_tensors="pt")),
        Way("pixfuse, two threads", lambda: processor(frames, return_tensors="pt", threads=2)),
    ]


def compare(workload, name, result, expected):
    """Ends the program where a tensor differs in a bit."""
    if set(result) != set(expected):
        raise SystemExit(f"error: {workload.id}: {name} gives {sorted(result)}, expected {sorted(expected)}")
    for key, tensor in expected.items():
        same(workload, f"{name}, {key}", result[key], tensor)


def same(workload, name, result, expected):
    """The same of one tensor."""
    result, expected = (np.asarray(value) for value in (result, expected))
    if (result.shape, result.dtype, result.tobytes()) != (expected.shape, expected.dtype, expected.tobytes()):
        raise SystemExit(
            f"error: {workload.id}: {name} differs: {result.dtype} {result.shape}, expected {expected.dtype} {expected.shape}"
        )
