"""Writes what the tests of every language compare `patches` and `tokens` with: the libraries' own counts, of sizes alone.

    python benches/conformance/counts.py [--check]

A line is `patches` or `tokens`, a class of transformers, its backend, keywords as JSON without blanks, and the digest of
the counts of all sizes in `crates/pixfuse/tests/goldens/sizes.txt`, as text with a blank between; 0 is an image that the
library refuses, or of which nothing would be left. `tokens` are of a processor with a tokenizer that does nothing.
"""

import argparse
import hashlib
import importlib
import json
import math
import os
import pathlib
import sys
import types

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
import transformers
from transformers_classes import classes

ROOT = pathlib.Path(__file__).parents[2]
GOLDENS = ROOT / "crates/pixfuse-config/tests/goldens/counts.txt"

QWEN = [{}, {"max_pixels": 200704}, {"min_pixels": 65536, "max_pixels": 131072}, {"patch_size": 16}, {"merge_size": 1}]
SIZED = [{}, {"size": {"shortest_edge": 3136, "longest_edge": 200704}}, {"size": {"shortest_edge": 65536, "longest_edge": 131072}}, {"patch_size": 16}, {"merge_size": 1}]
TILES = [{}, {"crop_to_patches": True}, {"crop_to_patches": True, "max_patches": 6}, {"crop_to_patches": True, "max_patches": 3, "min_patches": 2}, {"crop_to_patches": False}]
SIDES = [{}, {"patch_size": 16}, {"merge_size": 1}, {"patch_size": 12, "merge_size": 3}, {"patch_size": 20}]
TOKENS = [{}, {"max_image_tokens": 300}, {"patch_size": 16}, {"merge_size": 1}, {"max_image_tokens": 100, "patch_size": 12}]

LOCAL = [{}, {"crop_to_patches": False}, {"max_patches": 9}, {"tile_size": 512}, {"min_patches": 4, "max_patches": 8}]

SOFT = [{}, *({"max_soft_tokens": tokens} for tokens in (70, 140, 560, 1120))]

# The classes whose count is the number of rows or tiles in their tensor, and five sets of keywords of each.
COUNTED = {
    "Qwen2VL": QWEN, "CohereCompass": QWEN, "PaddleOCRVL": QWEN, "MiniMaxM3VL": QWEN, "VideoLlama3": QWEN, "GlmImage": QWEN,
    "Glm4v": SIZED, "Glm46V": SIZED, "Cosmos3Edge": SIZED, "Ernie4_5_VLMoe": SIDES, "Ernie4_5_VL_Moe": SIDES,
    "Glm5Next": TOKENS, "MuseGlimmer": TOKENS,
    "Kimi_K25": [{}, {"max_patches": 1024}, {"patch_size": 16}, {"merge_size": 1}, {"size": {"max_height": 64, "max_width": 64}}],
    "GotOcr2": TILES, "Cohere2Vision": TILES[:3] + TILES[4:],
    "GraniteDocling": [{}, {"max_patches": 6}, {"max_patches": 12, "min_patches": 2}, {"crop_to_patches": False}, {"max_patches": 1}],
    "DeepseekOcr2": LOCAL, "UnlimitedOcr": LOCAL,
    "Step3p7": [{}, {"patch_size": 384}, {"patch_size": 256}, {"size": {"height": 512, "width": 512}}, {"size": {"height": 1024, "width": 1024}, "patch_size": 700}],
    "NeoMME": [{}, {"patch_size": 16}, {"patch_size": 48}],
}  # fmt: skip

# The processors whose tokens are so many patches each, and the class of their images.
PROCESSORS = {
    "qwen2_vl": "Qwen2VL", "cohere_compass": "CohereCompass", "cosmos3_edge": "Cosmos3Edge", "ernie4_5_vl_moe": "Ernie4_5_VLMoe",
    "glm4v": "Glm4v", "glm46v": "Glm46V", "glm5_next": "Glm5Next", "kimi_k25": "Kimi_K25", "minimax_m3_vl": "MiniMaxM3VL",
    "muse_glimmer": "MuseGlimmer", "video_llama_3": "VideoLlama3", "gemma4": "Gemma4", "gemma4_unified": "Gemma4Unified",
}  # fmt: skip


def sizes():
    lines = (ROOT / "crates/pixfuse/tests/goldens/sizes.txt").read_text().splitlines()[2:]
    return [tuple(int(side) for side in line.split()[:2]) for line in lines]


def counted(count):
    """The count of every size, 0 for an error."""
    def one(height, width):
        try:
            return max(0, int(count(height, width)))
        except (ValueError, ZeroDivisionError, RuntimeError):
            return 0

    return [one(*size) for size in sizes()]


def is_tight(process, height, width, keywords):
    """Whether GLM-5's canvas is the multiples above its content: what pixfuse has no margins for is refused."""
    from transformers.models.glm5_next.image_processing_glm5_next import smart_resize

    patch, merge = (keywords.get(key, getattr(process, key)) for key in ("patch_size", "merge_size"))
    least, most = (keywords.get(key, getattr(process, key)) for key in ("min_image_tokens", "max_image_tokens"))
    factor = patch * merge
    canvas = smart_resize(2, height, width, 2, factor, least, most)
    scale = min(canvas[0] / height, canvas[1] / width)
    if height * width >= factor * factor * least:
        scale = min(1.0, scale)
    content = [max(1, min(whole, math.floor(side * scale))) for side, whole in zip((height, width), canvas)]
    return all(math.ceil(side / factor) * factor == whole for side, whole in zip(content, canvas))


def is_wide(process, height, width, keywords):
    """Whether the view of the whole image has a row and a column: the library counts the tiles of one that it fails with."""
    is_cut = keywords.get("crop_to_patches", process.crop_to_patches)
    is_tile = "DeepseekOcr2" in type(process).__name__ and not is_cut
    side = keywords.get("tile_size", process.tile_size) if is_tile else process.size.height
    return round(min(height, width) * (side / max(height, width))) > 0


def processor(module, image_processor):
    """A processor that has no more than its images' half."""
    found = importlib.import_module(f"transformers.models.{module}.processing_{module}")
    cls = next(value for name, value in vars(found).items() if name.endswith("Processor") and getattr(value, "__module__", "") == found.__name__)
    made = object.__new__(cls)
    made.image_processor = image_processor
    made.tokenizer = types.SimpleNamespace(init_kwargs={}, model_max_length=1)
    return made


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if what is committed differs")
    check = arguments.parse_args().check
    known = classes()
    lines = [f"# transformers {transformers.__version__}; made by benches/conformance/counts.py\n"]

    def line(kind, name, backend, keywords, counts):
        digest = hashlib.sha256(" ".join(map(str, counts)).encode()).hexdigest()[:16]
        lines.append(f"{kind} {name} {backend} {json.dumps(keywords, separators=(',', ':'))} {digest}\n")

    for base, sets in COUNTED.items():
        for name in (f"{base}ImageProcessor", f"{base}ImageProcessorPil"):
            if name not in known:
                continue
            cls, backend = known[name]
            if sets is LOCAL and backend == "pil":
                # What it counts is not what it makes: tiles of another size, and of small images too.
                continue
            made = cls()
            for keywords in sets:
                def count(high, wide):
                    if base == "Glm5Next" and not is_tight(made, high, wide, keywords):
                        return 0
                    if base == "Step3p7" and made._is_extreme_aspect(wide, high):
                        # It puts these into a square first, which is refused.
                        return 0
                    if sets is LOCAL and not is_wide(made, high, wide, keywords):
                        return 0
                    return made.get_number_of_image_patches(high, wide, dict(keywords))

                line("patches", f"{base}ImageProcessor", backend, keywords, counted(count))
    for module, base in PROCESSORS.items():
        made = processor(module, known[f"{base}ImageProcessor"][0]())
        # Muse Glimmer's processor divides by the merge that it was made with, whatever a call says.
        for keywords in (sets for sets in COUNTED.get(base, SOFT) if base != "MuseGlimmer" or "merge_size" not in sets):
            def count(high, wide):
                if base == "Glm5Next" and not is_tight(made.image_processor, high, wide, keywords):
                    return 0
                return made._get_num_multimodal_tokens(image_sizes=[(high, wide)], **keywords)["num_image_tokens"][0]

            line("tokens", f"{base}ImageProcessor", "torch", keywords, counted(count))
    text = "".join(lines)
    if check and GOLDENS.read_text() != text:
        sys.exit(f"{GOLDENS} is not what the installed libraries count")
    if not check:
        GOLDENS.write_text(text)
        print(text)


if __name__ == "__main__":
    main()
