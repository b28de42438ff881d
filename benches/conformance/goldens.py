"""Writes the digests that the tests of every language compare with: what the libraries make of a few configs.

    python benches/conformance/goldens.py [--check]

Each config is a file of `crates/pixfuse-config/tests/goldens`, read by its library itself; the digest is that of its
tensors of the five small photos, mirrored on to 157 x 211.
"""

import argparse
import hashlib
import json
import os
import pathlib
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
import numpy as np
import torch
from PIL import Image
from photos import SMALL, extended

GOLDENS = pathlib.Path(__file__).parents[2] / "crates/pixfuse-config/tests/goldens"
ROWS, COLUMNS = 157, 211


def transform(config, backend):
    """What the config's own library makes of a Pillow image."""
    if "pretrained_cfg" in config:
        import timm.data

        resolved = timm.data.resolve_data_config(pretrained_cfg=config["pretrained_cfg"])
        made = timm.data.create_transform(**{k: tuple(v) if isinstance(v, list) else v for k, v in resolved.items()}, is_training=False)
        return lambda image: made(image).numpy()
    if "preprocess_cfg" in config:
        from open_clip.transform import PreprocessCfg, image_transform_v2, merge_preprocess_dict

        size = config["model_cfg"]["vision_cfg"]["image_size"]
        made = image_transform_v2(PreprocessCfg(**merge_preprocess_dict(PreprocessCfg(), {**config["preprocess_cfg"], "size": size})), is_train=False)
        return lambda image: made(image).numpy()
    from transformers import AutoImageProcessor

    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "preprocessor_config.json").write_text(json.dumps(config))
        made = AutoImageProcessor.from_pretrained(folder, backend={"torch": "torchvision"}.get(backend, backend))
    return lambda image: np.asarray(called(made, image, backend)["pixel_values"])


def called(made, image, backend):
    return made(image, return_tensors="pt" if backend == "torch" else "np")


def several(images, folder):
    """Classes that make several tensors of an image, or one of the image and its tiles: the digest of each, by its name."""
    import transformers

    lines = ["# made by benches/conformance/goldens.py: config, backend, tensor, its digest of the same photos\n"]
    for path in sorted((GOLDENS / folder).glob("*.json")):
        config = json.loads(path.read_text())
        for backend, ending in (("torch", ""), ("pil", "Pil")):
            found = getattr(transformers, config["image_processor_type"] + ending, None)
            if found is None:
                continue
            results = [called(found.from_dict(config), image, backend) for image in images]
            for name in sorted(name for name in results[0] if "pixel_values" in name):
                digest = hashlib.sha256()
                for result in results:
                    digest.update(np.asarray(result[name]).tobytes())
                lines.append(f"{path.name} {backend} {name} {digest.hexdigest()[:16]}\n")
    return "".join(lines)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if what is committed differs")
    check = arguments.parse_args().check
    torch.set_num_threads(1)
    small = np.fromfile(SMALL, np.uint8).reshape(5, 96, 128, 3)
    images = [Image.fromarray(extended(photo, ROWS, COLUMNS)) for photo in small]
    lines = ["# made by benches/conformance/goldens.py: config, backend, the digest of five photos of 157 x 211\n"]
    for path in sorted(GOLDENS.glob("*.json")):
        config = json.loads(path.read_text())
        of_transformers = "image_processor_type" in config or "feature_extractor_type" in config
        for backend in ("torch", "pil") if of_transformers else ("pil",):
            made, digest = transform(config, backend), hashlib.sha256()
            for image in images:
                digest.update(made(image).tobytes())
            lines.append(f"{path.name} {backend} {digest.hexdigest()[:16]}\n")
    for text, path in (("".join(lines), GOLDENS / "digests.txt"), *((several(images, name), GOLDENS / f"{name}.txt") for name in ("views", "joined"))):
        if check and path.read_text() != text:
            sys.exit(f"{path} is not what the installed libraries make")
        if not check:
            path.write_text(text)
            print(text)


main()
