"""Every video processor class of transformers: its default config and others, video by video."""

import importlib
import inspect
import os
import pathlib
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
warnings.simplefilter("ignore")
import numpy as np
import torch
import transformers
from PIL import Image
from transformers.video_processing_utils import BaseVideoProcessor

import judge
import pixfuse
from photos import SMALL, extended

# What a class's default config cannot do here, and the nearest that it can.
NEAR = {"Ernie4_5_VLMoe": {"draw_on_frames": False}}

# Keywords of a call, which mean what they mean in the class's own.
CALLS = [
    {"size": {"height": 64, "width": 80}}, {"size": {"shortest_edge": 50}}, {"size": {"shortest_edge": 3136, "longest_edge": 65536}},
    {"do_resize": False}, {"do_rescale": False}, {"do_normalize": False}, {"do_center_crop": True, "crop_size": {"height": 50, "width": 50}},
    {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.5, 0.6, 0.7]}, {"resample": 2}, {"patch_size": 12}, {"merge_size": 1},
    {"temporal_patch_size": 3}, {"no_such_keyword": 1}, {"cap_pixels_per_frame": True}, {"max_soft_tokens": 140}, {"do_pad": False},
    {"max_pixels": 100352, "min_pixels": 3136},
]  # fmt: skip


def classes():
    """Every class by its name."""
    root = pathlib.Path(transformers.__file__).parent / "models"
    found = {}
    for path in sorted(root.glob("*/video_processing_*.py")):
        if path.parent.name == "auto":
            continue
        module = importlib.import_module(f"transformers.models.{path.parent.name}.{path.stem}")
        for name, cls in vars(module).items():
            if inspect.isclass(cls) and cls.__module__ == module.__name__ and issubclass(cls, BaseVideoProcessor):
                found[name] = cls
    return found


def clip(photo, rows, columns, frames):
    """A photo that moves, frame by frame."""
    first = extended(photo, rows, columns)
    return np.stack([np.roll(first if index % 2 else first[:, ::-1], 3 * index, axis=0) for index in range(frames)])


def videos():
    """Name to frames: odd sizes and numbers, thin and large ones."""
    small = np.fromfile(SMALL, np.uint8).reshape(5, 96, 128, 3)
    sizes = [(333, 500, 4), (480, 270, 5), (101, 67, 8), (224, 224, 2), (301, 1204, 3), (720, 1280, 6), (64, 96, 1)]
    return {f"{frames} of {rows}x{columns}": clip(small[index % 5], rows, columns, frames) for index, (rows, columns, frames) in enumerate(sizes)}


def run(only=None, quick=False, say=lambda name, result: None):
    """Results by class: whether its default is reached, why not, and the tallies of videos and of others."""
    torch.set_num_threads(1)
    given, results = videos(), {}
    small, smaller = given["8 of 101x67"], given["1 of 64x96"]
    for name, cls in classes().items():
        if only and only not in name:
            continue
        default = NEAR.get(name.removesuffix("VideoProcessor"), {})
        result = results[name] = {"photos": judge.Tally(), "variants": judge.Tally(), "reason": None, "feature": None}
        try:
            ours = pixfuse.video_from_config({"video_processor_type": name, **default})
        except pixfuse.PipelineError as error:
            result["reason"], result["feature"] = str(error), getattr(error, "feature", None)
            say(name, result)
            continue
        theirs = cls.from_dict(dict(default))

        def judged(tally, what, videos, processors=(ours, theirs), **keywords):
            mine, library = processors
            tally.judge(
                what,
                lambda: mine(videos, return_tensors="np", **keywords),
                # Which frames to take is the caller's.
                lambda: library(videos, return_tensors="pt", do_sample_frames=False, **keywords),
            )

        for what, frames in given.items():
            judged(result["photos"], what, frames)
        judged(result["photos"], "two videos", [small, small[::-1].copy()])
        judged(result["photos"], "uneven videos", [given["5 of 480x270"], small])
        judged(result["photos"], "fewer frames", [small, small[:3]])
        judged(result["photos"], "Pillow images", [Image.fromarray(frame) for frame in small[:4]])
        judged(result["photos"], "planes", torch.from_numpy(np.ascontiguousarray(small.transpose(0, 3, 1, 2))))
        for keywords in () if quick else CALLS:
            words = ", ".join(f"{key} = {value!r}" for key, value in keywords.items())
            judged(result["variants"], f"call with {words}", small, **keywords)
            changed = []
            for make in (lambda: pixfuse.video_from_config({"video_processor_type": name, **default, **keywords}), lambda: cls.from_dict({**default, **keywords})):
                try:
                    changed.append(make())
                except Exception as error:
                    changed.append(_raises(error))
            judged(result["variants"], f"config with {words}", small, changed)
        say(name, result)
    return results


def _raises(error):
    def processor(*arguments, **keywords):
        raise error

    return processor
