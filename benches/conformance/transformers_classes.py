"""Every image processor class of transformers: its default config and others, photo by photo."""

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
from transformers.image_processing_backends import TorchvisionBackend
from transformers.image_processing_utils import BaseImageProcessor

import judge
import pixfuse
from photos import every_blend, photos

# What a class's default config cannot do here, and the nearest that it can.
NEAR = {"LayoutLMv2": {"apply_ocr": False}, "LayoutLMv3": {"apply_ocr": False}}


# The classes that take two images, whose points they match.
PAIRED = ("EfficientLoFTR", "LightGlue", "SuperGlue")


def paired(image):
    """An image and another one of its size."""
    if isinstance(image, Image.Image):
        return [image, image.transpose(Image.Transpose.ROTATE_180)]
    if isinstance(image, list):
        return [[image[0], image[2]], [image[2].convert("L").convert("RGB"), image[0]]]
    return [image, image.flip(0) if isinstance(image, torch.Tensor) else image[::-1].copy()]


def gray_pairs(image):
    """Pairs of three channels of which some are gray, which stays as it is: in all of a call, or where it is."""
    gray = image.convert("L").convert("RGB")
    return {"gray pair": [gray, gray], "gray beside a colour": [gray, image], "a pair of gray and one of colours": [[gray, gray], [image, image]]}


def classes():
    """Every class by its name, and its backend."""
    root = pathlib.Path(transformers.__file__).parent / "models"
    found = {}
    for path in sorted(root.glob("*/image_processing_*.py")):
        if path.parent.name == "auto":
            continue
        module = importlib.import_module(f"transformers.models.{path.parent.name}.{path.stem}")
        for name, cls in vars(module).items():
            own = inspect.isclass(cls) and cls.__module__ == module.__name__ and cls.__name__ == name
            if own and issubclass(cls, BaseImageProcessor) and name.endswith(("ImageProcessor", "ImageProcessorPil")):
                found[name] = (cls, "torch" if issubclass(cls, TorchvisionBackend) else "pil")
    found.pop("TimmWrapperImageProcessor", None)
    return found


def variants(cls, default):
    """Configs that change one key each, as people's do."""
    keys = getattr(getattr(cls, "valid_kwargs", None), "__annotations__", None) or list(inspect.signature(cls.__init__).parameters)
    changes = [
        {"size": 96}, {"size": {"shortest_edge": 96}}, {"size": {"height": 70, "width": 96}}, {"size": [81, 64]},
        {"size": {"shortest_edge": 64, "longest_edge": 77}}, {"size": {"longest_edge": 90}}, {"size": {"max_height": 90, "max_width": 61}},
        {"size": {"shortest_edge": 90, "longest_edge": 90}}, {"size": None},
        {"do_resize": False}, {"do_center_crop": True, "crop_size": 80}, {"do_center_crop": True, "crop_size": {"height": 71, "width": 90}},
        {"do_center_crop": False}, {"do_center_crop": True}, {"do_rescale": False}, {"do_normalize": False}, {"do_normalize": True},
        {"do_rescale": False, "do_normalize": False}, {"rescale_factor": 1 / 127.5}, {"rescale_factor": 0.0078},
        {"image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711], "do_normalize": True},
        {"image_mean": 0.45, "image_std": 0.22}, {"image_mean": [0.45], "image_std": [0.22]}, {"image_mean": None},
        {"do_convert_rgb": True}, {"do_convert_rgb": False}, {"do_convert_rgb": None}, {"default_to_square": True, "size": 90}, {"default_to_square": False, "size": 90},
        {"do_pad": True}, {"do_pad": False}, {"do_pad": True, "pad_size": {"height": 800, "width": 800}}, {"max_size": 120, "size": 80},
        {"pad_and_return_pixel_mask": False}, {"image_size": 90}, {"do_flip_channel_order": False}, {"crop_pct": 0.9}, {"offset": False},
        {"include_top": False}, {"rescale_offset": True}, {"keep_aspect_ratio": True}, {"ensure_multiple_of": 14}, {"reduce_labels": True},
        {"unknown_key": 1},
    ] + [{"resample": number} for number in range(6)]
    # What few classes have.
    own = {
        "max_side": [{"max_side": 90}, {"size": {"min_pixels": 9000, "max_pixels": 20000}}, {"max_side": 70, "size": {"min_pixels": 9000, "max_pixels": 20000}}],
        "max_image_size": [{"max_image_size": {"longest_edge": 96}}, {"max_image_size": {"longest_edge": 96}, "size": {"longest_edge": 250}}, {"max_image_size": {}}],
        "max_image_tiles": [{"max_image_tiles": 3}],
    }
    for key in own.keys() & set(keys):
        changes += own[key]
    # Every switch of the class's own.
    for key in keys:
        value = getattr(cls, key, None)
        if isinstance(value, bool) or key.startswith("do_") or key.startswith("return_image"):
            changes.append({key: not value})
    return [{**default, **change} for change in changes]


def read(name, config, backend):
    return pixfuse.from_config({"image_processor_type": name.removesuffix("Pil"), **config}, backend=backend)


def run(only=None, quick=False, say=lambda name, result: None):
    """Results by class: whether its default is reached, why not, and the tallies of photos and of variants."""
    torch.set_num_threads(1)
    images, results = photos(), {}
    thumbnails = {"101x67": images["101x67"], "gray": images["gray"].crop((0, 0, 60, 85)), "rgba": images["rgba"].crop((0, 0, 60, 85))}
    for name, (cls, backend) in classes().items():
        if only and only not in name:
            continue
        base = name.removesuffix("Pil").removesuffix("ImageProcessor")
        default = NEAR.get(base, {})
        kind = "pt" if backend == "torch" else "np"
        result = results[name] = {"backend": backend, "photos": judge.Tally(), "variants": judge.Tally(), "reason": None, "feature": None, "near": default}
        try:
            ours = read(name, default, backend)
        except pixfuse.PipelineError as error:
            result["reason"], result["feature"] = str(error), getattr(error, "feature", None)
            ours = None
        theirs = cls.from_dict(dict(default)) if ours else None
        give = paired if base in PAIRED else lambda image: image
        for what, image in {**images, **(gray_pairs(images["101x67"]) if base in PAIRED else {})}.items() if ours else ():
            image = image if isinstance(image, list) else give(image)
            result["photos"].judge(what, lambda: ours(image, return_tensors=kind), lambda: theirs(image, return_tensors=kind))
        if ours:
            array = np.asarray(images["101x67"])
            for what, given in (("array", array), ("planes", np.ascontiguousarray(array.transpose(2, 0, 1))), ("tensor", torch.from_numpy(array)), ("blends", every_blend()), ("list", [images["101x67"], images["333x500"], images["101x67"]])):
                given = give(given)
                result["photos"].judge(what, lambda: ours(given, return_tensors=kind), lambda: theirs(given, return_tensors=kind))
        for change in () if quick else variants(cls, default):
            words = ", ".join(f"{key} = {value!r}" for key, value in change.items() if key not in default)
            try:
                processor = read(name, change, backend)
            except pixfuse.PipelineError as error:
                # What is lacking is lacking, whatever the library makes of it.
                if getattr(error, "feature", None) is not None:
                    result["variants"].add(judge.REFUSED, words, error)
                    continue
                processor = error
            try:
                theirs = cls.from_dict(dict(change))
            except Exception as error:
                theirs = error
            for what, image in thumbnails.items():
                def library():
                    if isinstance(theirs, Exception):
                        raise theirs
                    return theirs(give(image), return_tensors=kind)

                def own():
                    if isinstance(processor, Exception):
                        raise processor
                    return processor(give(image), return_tensors=kind)

                result["variants"].judge(f"{words}, {what}", own, library)
        if not quick and ours:
            calls(result["variants"], ours, cls.from_dict(dict(default)), kind, give(thumbnails["101x67"]))
        say(name, result)
    return results


# Keywords of a call, which mean what they mean in the class's own.
CALLS = [
    {"size": {"height": 64, "width": 80}}, {"size": {"shortest_edge": 50}}, {"size": {"shortest_edge": 50, "longest_edge": 70}}, {"size": 60},
    {"do_resize": False}, {"do_rescale": False}, {"do_normalize": False}, {"do_center_crop": True, "crop_size": {"height": 50, "width": 50}},
    {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.5, 0.6, 0.7]}, {"resample": 2}, {"resample": 3}, {"no_such_keyword": 1}, {"do_pad": True}, {"do_pad": False},
]


def calls(tally, ours, theirs, kind, image):
    for keywords in CALLS:
        words = "call with " + ", ".join(f"{key} = {value!r}" for key, value in keywords.items())
        tally.judge(words, lambda: ours(image, return_tensors=kind, **keywords), lambda: theirs(image, return_tensors=kind, **keywords))
