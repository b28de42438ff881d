"""timm, open_clip and torchvision: every published config, each distinct one on photos."""

import collections
import json
import warnings

warnings.simplefilter("ignore")
import numpy as np
import torch

import judge
import pixfuse
from photos import photos

# Photos that tell sizes, crops and filters apart; the rest of them on a sample.
FEW = ("683x455", "101x67")


def _judged(tally, what, make, transform, images):
    try:
        ours = make()
    except pixfuse.PipelineError as error:
        tally.add(judge.REFUSED, what, error)
        return False
    for name, image in images.items():
        tally.judge(
            f"{what}, {name}",
            lambda: {"x": ours(image, return_tensors="np")["pixel_values"][0]},
            lambda: {"x": transform(image).numpy()},
        )
    return True


def _reached(distinct, tally, judged):
    """How many configs have a distinct one that is read, and how many there are."""
    return sum(len(names) for key, names in distinct.items() if judged[key]), sum(map(len, distinct.values()))


def _images(index):
    every = photos()
    # A thin image of hundreds of thousands of columns takes seconds a library.
    every.pop("1x60")
    return every if index % 20 == 0 else {name: every[name] for name in FEW}


def timm_configs():
    import timm
    import timm.data

    distinct, tally, judged = collections.defaultdict(list), judge.Tally(), {}
    for name in timm.models.list_pretrained():
        config = timm.models.get_pretrained_cfg(name, allow_unregistered=True).to_dict()
        for tested in (False, True):
            resolved = timm.data.resolve_data_config(pretrained_cfg=config, use_test_size=tested)
            distinct[json.dumps(resolved)].append((name, tested, config))
    for index, (key, uses) in enumerate(sorted(distinct.items())):
        name, tested, config = uses[0]
        resolved = json.loads(key)
        transform = timm.data.create_transform(**{k: tuple(v) if isinstance(v, list) else v for k, v in resolved.items()}, is_training=False)
        judged[key] = _judged(
            tally,
            f"{name}{' (test size)' if tested else ''}",
            lambda: pixfuse.from_config({"pretrained_cfg": config}, **({"use_test_size": True} if tested else {})),
            transform,
            _images(index),
        )
    reached = {name for key, uses in distinct.items() if judged[key] for name, tested, _ in uses if not tested}
    return {"reached": len(reached), "of": len(timm.models.list_pretrained()), "distinct": len(distinct), "tally": tally}


def open_clip_configs():
    import open_clip
    from open_clip.pretrained import get_pretrained_cfg
    from open_clip.transform import PreprocessCfg, image_transform_v2, merge_preprocess_dict

    distinct, tally, judged = collections.defaultdict(list), judge.Tally(), {}
    keys = ("mean", "std", "interpolation", "resize_mode")
    for model, tag in open_clip.list_pretrained():
        published, config = get_pretrained_cfg(model, tag), open_clip.get_model_config(model) or {}
        preprocess = {key: published[key] for key in keys if key in published}
        size = (config.get("vision_cfg") or {}).get("image_size", 224)
        file = {"model_cfg": {"vision_cfg": {"image_size": size}}, "preprocess_cfg": preprocess}
        distinct[json.dumps(file, sort_keys=True)].append((model, tag))
    # Ways that no published one takes.
    extra = [{"size": [224, 320], "interpolation": "bilinear"}, {"resize_mode": "longest"}, {"resize_mode": "squash", "size": [96, 80]}]
    for index, (key, names) in enumerate([*sorted(distinct.items()), *((json.dumps({"preprocess_cfg": one}), []) for one in extra)]):
        file = json.loads(key)
        size = file.get("model_cfg", {}).get("vision_cfg", {}).get("image_size")
        overlay = {**file["preprocess_cfg"], **({"size": size} if size is not None else {})}
        overlay = {k: tuple(v) if isinstance(v, list) else v for k, v in overlay.items()}
        transform = image_transform_v2(PreprocessCfg(**merge_preprocess_dict(PreprocessCfg(), overlay)), is_train=False)
        judged[key] = _judged(tally, " ".join(names[0]) if names else key, lambda: pixfuse.from_config(file), transform, _images(index))
    reached, of = _reached(distinct, tally, judged)
    return {"reached": reached, "of": of, "distinct": len(distinct), "tally": tally}


def torchvision_weights():
    from torchvision.models import get_model_weights, list_models
    from torchvision.transforms import v2

    distinct, tally, judged, reasons = collections.defaultdict(list), judge.Tally(), {}, {}
    for name in list_models():
        for weights in get_model_weights(name):
            transform = weights.transforms()
            words = {key: str(value) for key, value in vars(transform).items() if not key.startswith("_")}
            distinct[type(transform).__name__ + json.dumps(words, sort_keys=True)].append((str(weights), transform))
    for index, (key, uses) in enumerate(sorted(distinct.items())):
        what, transform = uses[0]
        try:
            pixfuse.from_config(transform)
        except pixfuse.PipelineError as error:
            reasons[type(transform).__name__] = str(error)
        judged[key] = _judged(tally, what, lambda: pixfuse.from_config(transform), transform, _images(index))
    composed = {
        "Compose of v2 on Pillow": v2.Compose([v2.Resize(256), v2.CenterCrop(224), v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]),
        "Compose of v2 on tensors": v2.Compose([v2.ToImage(), v2.Resize((200, 180), antialias=True), v2.ToDtype(torch.float32, scale=True)]),
        "Compose of v2, squared": v2.Compose([v2.Resize((224, 224), interpolation=v2.InterpolationMode.BICUBIC), v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]),
    }
    for what, transform in composed.items():
        _judged(tally, what, lambda: pixfuse.from_config(transform), transform, _images(0))
    reached, of = _reached(distinct, tally, judged)
    return {"reached": reached, "of": of, "distinct": len(distinct), "tally": tally, "reasons": reasons}
