"""Writes what the tests of every language compare `patches` and `tokens` with: the libraries' own counts, of sizes alone.

    python benches/conformance/counts.py [--check]

A line is `patches` or `tokens`, a class of transformers, its backend, keywords as JSON without blanks, and the digest of
the counts of all sizes in `crates/pixfuse/tests/goldens/sizes.txt`, as text with a blank between; 0 is an image that the
library refuses, or of which nothing would be left. `tokens` are of a processor, whose config stands in the place of the
class, with a tokenizer that takes a tag and a run of line breaks for one token each. `run.py` compares the same counts.
"""

import argparse
import functools
import hashlib
import importlib
import inspect
import json
import math
import os
import pathlib
import re
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
import transformers
from transformers.models.pixtral.image_processing_pixtral import get_resize_output_image_size
from transformers.processing_utils import ProcessorMixin
from transformers_classes import classes

ROOT = pathlib.Path(__file__).parents[2]
GOLDENS = ROOT / "crates/pixfuse-config/tests/goldens/counts.txt"

QWEN = [{}, {"max_pixels": 200704}, {"min_pixels": 65536, "max_pixels": 131072}, {"patch_size": 16}, {"merge_size": 1}]
SIZED = [{}, {"size": {"shortest_edge": 3136, "longest_edge": 200704}}, {"size": {"shortest_edge": 65536, "longest_edge": 131072}}, {"patch_size": 16}, {"merge_size": 1}]
TILES = [{}, {"crop_to_patches": True}, {"crop_to_patches": True, "max_patches": 6}, {"crop_to_patches": True, "max_patches": 3, "min_patches": 2}, {"crop_to_patches": False}]
SIDES = [{}, {"patch_size": 16}, {"merge_size": 1}, {"patch_size": 12, "merge_size": 3}, {"patch_size": 20}]
TOKENS = [{}, {"max_image_tokens": 300}, {"patch_size": 16}, {"merge_size": 1}, {"max_image_tokens": 100, "patch_size": 12}]

LOCAL = [{}, {"crop_to_patches": False}, {"max_patches": 9}, {"tile_size": 512}, {"min_patches": 4, "max_patches": 8}]

# Multiples of `max_image_size`: of other sizes these classes count fewer tiles than they make.
SPLIT = [{}, {"size": {"longest_edge": 728}}, {"size": {"longest_edge": 2048}, "max_image_size": {"longest_edge": 512}}, {"size": {"longest_edge": 364}}, {"size": {"longest_edge": 1092}}]

SOFT = [{}, *({"max_soft_tokens": tokens} for tokens in (70, 140, 560, 1120))]

# The classes whose count is the number of rows or tiles in their tensor, and five sets of keywords of each.
COUNTED = {
    "Qwen2VL": QWEN, "CohereCompass": QWEN, "PaddleOCRVL": QWEN, "MiniMaxM3VL": QWEN, "VideoLlama3": QWEN, "GlmImage": QWEN,
    "Glm4v": SIZED, "Glm46V": SIZED, "Cosmos3Edge": SIZED, "Ernie4_5_VLMoe": SIDES, "Ernie4_5_VL_Moe": SIDES,
    "Glm5Next": TOKENS, "MuseGlimmer": TOKENS,
    "Kimi_K25": [{}, {"max_patches": 1024}, {"patch_size": 16}, {"merge_size": 1}, {"size": {"max_height": 64, "max_width": 64}}],
    "GotOcr2": TILES, "Cohere2Vision": TILES[:3] + TILES[4:] + [{"crop_to_patches": True, "max_patches": 3}],
    "GraniteDocling": [{}, {"max_patches": 6}, {"max_patches": 12, "min_patches": 2}, {"crop_to_patches": False}, {"max_patches": 1}],
    "DeepseekOcr2": LOCAL, "UnlimitedOcr": LOCAL,
    "Step3p7": [{}, {"patch_size": 384}, {"patch_size": 256}, {"size": {"height": 512, "width": 512}}, {"size": {"height": 1024, "width": 1024}, "patch_size": 700}],
    "NeoMME": [{}, {"patch_size": 16}, {"patch_size": 48}, {"max_side": 700}, {"size": {"min_pixels": 65536, "max_pixels": 262144}}],
    "Aria": [{}, {"max_image_size": 490}, {"min_image_size": 100}, {"split_image": False}, {"do_normalize": False}],
    "Glmga": SIZED, "HunYuanVL": QWEN, "HYV4VL": QWEN, "Idefics3": SPLIT, "SmolVLM": SPLIT,
    "UltraVBert": [{}, {"max_image_tiles": 4}, {"size": {"longest_edge": 728}}, {"max_image_size": {"longest_edge": 512}}, {"max_image_tiles": 30}],
}  # fmt: skip

ALWAYS = [{}, {"do_normalize": False}, {"do_rescale": False}, {"image_mean": [0.5, 0.5, 0.5]}, {"do_convert_rgb": True}]
NEXT = [{}, {"size": {"height": 672, "width": 672}, "crop_size": {"height": 672, "width": 672}}, {"do_normalize": False}, {"do_rescale": False}, {"do_convert_rgb": True}]
ONEVISION = [{}, *NEXT[2:], {"image_std": [0.5, 0.5, 0.5]}]
LLAVA = [{}, {"crop_size": {"height": 336, "width": 336}}, {"crop_size": {"height": 448, "width": 392}}, {"size": {"shortest_edge": 300}}, {"do_normalize": False}]
PIXTRAL = [{}, {"size": {"longest_edge": 1540}}, {"size": {"longest_edge": 896}}, {"patch_size": {"height": 28, "width": 28}}, {"size": {"longest_edge": 999}, "patch_size": {"height": 14, "width": 14}}]
TILED = [{}, {"max_patches": 6}, {"max_patches": 3, "min_patches": 2}, {"crop_to_patches": False}, {"min_patches": 4}]

# The processors, by their module: the class of their images, the numbers that a model's config gives them, and five sets of
# keywords of each.
PROCESSORS = {
    "apertus1p5": ("Apertus1p5", {}, [{}, {"size": {"min_pixels": 16384, "max_pixels": 262144}}, {"size": {"min_pixels": 300000, "max_pixels": 600000}}, {"spatial_factor": 32}, {"do_resize": False}]),
    "aria": ("Aria", {}, [{}, {"max_image_size": 490}, {"split_image": False}, {"min_image_size": 100}, {"do_normalize": False}]),
    "aya_vision": ("GotOcr2", {"patch_size": 14, "img_size": 364, "downsample_factor": 2}, TILED),
    "chameleon": ("Chameleon", {"image_seq_length": 1024}, ALWAYS),
    "cohere2_vision": ("Cohere2Vision", {}, TILES[:3] + TILES[4:] + [{"crop_to_patches": True, "max_patches": 3}]),
    "cohere_compass": ("CohereCompass", {}, QWEN),
    "colmodernvbert": ("Idefics3", {"image_seq_len": 64}, SPLIT),
    "colpali": ("Siglip", {"image_processor": {"image_seq_length": 1024}}, ALWAYS),
    "colqwen2": ("Qwen2VL", {}, QWEN),
    "cosmos3_edge": ("Cosmos3Edge", {}, SIZED),
    "dots3_note": ("Qwen2VL", {}, QWEN),
    "embedding_gemma2": ("Gemma4", {}, SOFT),
    "emu3": ("Emu3", {}, [{}, {"min_pixels": 4096, "max_pixels": 65536}, {"do_normalize": False}, {"do_rescale": False}, {"do_convert_rgb": False}]),
    "ernie4_5_vl_moe": ("Ernie4_5_VLMoe", {}, SIDES),
    "exaone4_5": ("Qwen2VL", {}, QWEN),
    "florence2": ("CLIP", {"image_processor": {"image_seq_length": 577}}, ALWAYS),
    "fuyu": ("Fuyu", {}, [{}, {"size": {"height": 600, "width": 900}}, {"size": {"height": 300, "width": 300}}, {"size": {"height": 1080, "width": 1080}}, {"do_normalize": False}]),
    "gemma3": ("Gemma3", {"image_seq_length": 256}, ALWAYS),
    "gemma3n": ("Siglip", {"image_seq_length": 256}, ALWAYS),
    "gemma4": ("Gemma4", {}, SOFT),
    "gemma4_unified": ("Gemma4Unified", {}, SOFT),
    "glm46v": ("Glm46V", {}, SIZED),
    "glm4v": ("Glm4v", {}, SIZED),
    "glm5_next": ("Glm5Next", {}, TOKENS),
    "granite4_vision": ("LlavaNext", {"patch_size": 14, "vision_feature_select_strategy": "full", "downsample_rate": "4/8"}, NEXT),
    "granite_docling": ("GraniteDocling", {"image_seq_len": 64}, TILED[:3] + [{"crop_to_patches": False}, {"max_patches": 1}]),
    "hunyuan_vl": ("HunYuanVL", {"cat_extra_token": True}, QWEN),
    "hy_v4_vl": ("HYV4VL", {}, QWEN),
    "hyperclovax_vision_v2": ("Qwen2VL", {}, QWEN),
    "idefics3": ("Idefics3", {"image_seq_len": 169}, SPLIT),
    "internvl": ("GotOcr2", {"image_seq_length": 256}, TILED),
    "kimi_k25": ("Kimi_K25", {}, COUNTED["Kimi_K25"]),
    "lfm3_vl": ("Qwen2VL", {}, QWEN),
    "lighton_ocr": ("Pixtral", {"patch_size": 14, "spatial_merge_size": 2}, PIXTRAL),
    "llava": ("CLIP", {"patch_size": 14, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1}, LLAVA),
    "llava_next": ("LlavaNext", {"patch_size": 14, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1}, NEXT),
    "llava_next_video": ("LlavaNext", {"patch_size": 14, "vision_feature_select_strategy": "full"}, NEXT),
    "llava_onevision": ("LlavaOnevision", {"num_image_tokens": 729, "vision_feature_select_strategy": "full", "vision_aspect_ratio": "anyres_max_9"}, ONEVISION),
    "minimax_m3_vl": ("MiniMaxM3VL", {}, QWEN),
    "molmo2": ("Molmo2", {"use_single_crop_col_tokens": False}, [{}, {"max_crops": 24}, {"size": {"height": 336, "width": 336}, "overlap_margins": [2, 3]}, {"pooling_size": [3, 4]}, {"patch_size": 18, "max_crops": 3}]),
    "muse_glimmer": ("MuseGlimmer", {}, TOKENS),
    "muse_spark": ("MuseGlimmer", {}, TOKENS),
    "paligemma": ("Siglip", {"image_processor": {"image_seq_length": 256}}, ALWAYS),
    "perception_lm": ("PerceptionLM", {"patch_size": 14, "pooling_ratio": 2}, [{}, {"tile_size": 448}, {"tile_size": 280}, {"do_normalize": False}, {"do_rescale": False}]),
    "pixtral": ("Pixtral", {"patch_size": 14, "spatial_merge_size": 2}, PIXTRAL),
    "qianfan_ocr": ("GotOcr2", {"image_seq_length": 256}, TILED),
    "qwen2_5_omni": ("Qwen2VL", {}, QWEN),
    "qwen2_5_vl": ("Qwen2VL", {}, QWEN),
    "qwen2_vl": ("Qwen2VL", {}, QWEN),
    "qwen3_omni_moe": ("Qwen2VL", {}, QWEN),
    "qwen3_vl": ("Qwen2VL", {}, QWEN),
    "shieldgemma2": ("Gemma3", {"image_seq_length": 256}, ALWAYS),
    "video_llama_3": ("VideoLlama3", {}, QWEN),
}  # fmt: skip

# The processors that are not compared, and why.
UNREAD = {}


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


class Tokenizer:
    """The tokens of tags, a run of line breaks and single letters; every special token that is asked for."""

    init_kwargs = {}
    model_max_length = 1
    all_special_tokens = []
    chat_template = valid_kwargs = None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return 0 if name.endswith("_id") else f"<{name}>"

    def tokenize(self, text):
        return re.findall(r"<[^<>]*>|\n+|.", text)

    def __call__(self, text, **_):
        return {"input_ids": self.encode(text)}

    def encode(self, text, **_):
        return list(range(len(self.tokenize(text))))

    def convert_tokens_to_ids(self, tokens):
        return 0 if isinstance(tokens, str) else [0] * len(tokens)

    def get_vocab(self):
        return {"|SPEAKER|": 0, "|NEWLINE|": 1}

    def add_tokens(self, *_, **__):
        return 0

    add_special_tokens = add_tokens


class Part:
    """What a processor is made with, and no count is of."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None


def class_of(module):
    """The processor's class."""
    found = importlib.import_module(f"transformers.models.{module}.processing_{module}")
    own = (value for name, value in vars(found).items() if name.endswith("Processor") and getattr(value, "__module__", "") == found.__name__)
    return next(cls for cls in own if inspect.isclass(cls) and issubclass(cls, ProcessorMixin))


def processor(module, image_processor, own):
    """A processor with a tokenizer of ours, and nothing for sound and videos."""
    cls = class_of(module)
    parts = {"image_processor": image_processor, "tokenizer": Tokenizer(), "video_processor": Part(), "feature_extractor": Part()}
    named = inspect.signature(cls.__init__).parameters
    whether = ProcessorMixin.check_argument_for_proper_class
    ProcessorMixin.check_argument_for_proper_class = lambda self, name, argument: type(argument)
    try:
        made = cls(**{name: part for name, part in parts.items() if name in named}, **own)
    finally:
        ProcessorMixin.check_argument_for_proper_class = whether
    return made


def config_of(module, base, own):
    """The config that a model has with this processor, as `processor_config.json` says it."""
    own = dict(own)
    image = {"image_processor_type": f"{base}ImageProcessor", **own.pop("image_processor", {})}
    return {"processor_class": class_of(module).__name__, **own, "image_processor": image}


def made_of(module, base, own, known):
    """The library's own processor of that config."""
    own = dict(own)
    if base == "Pixtral":
        # These take an image of 1 or 3 rows for one of so many channels where they count, and not where they make it.
        found = sys.modules[class_of(module).__module__]
        found.get_resize_output_image_size = functools.partial(get_resize_output_image_size, input_data_format="channels_last")
    image = known.get(f"{base}ImageProcessor") or known[f"{base}ImageProcessorPil"]
    return processor(module, image[0](**own.pop("image_processor", {})), own)


def tokens_of(made, base, keywords):
    """How many tokens the library counts for a size."""

    def count(high, wide):
        if base == "Glm5Next" and not is_tight(made.image_processor, high, wide, keywords):
            return 0
        return made._get_num_multimodal_tokens(image_sizes=[(high, wide)], **json.loads(json.dumps(keywords)))["num_image_tokens"][0]

    return count


def patches_of(made, base, sets, keywords):
    """How many patches or tiles the library counts for a size."""

    def count(high, wide):
        if base == "Glm5Next" and not is_tight(made, high, wide, keywords):
            return 0
        if base == "Step3p7" and made._is_extreme_aspect(wide, high):
            # It puts these into a square first, which is refused.
            return 0
        if sets is LOCAL and not is_wide(made, high, wide, keywords):
            return 0
        count = made.get_number_of_image_patches(high, wide, dict(keywords))
        if isinstance(count, tuple):
            # Rows and columns of patches; or the number of tiles, with 0 for an image that stays whole, and those.
            return count[0] * count[1] if len(count) == 2 else max(1, count[0])
        return count

    return count


def all_counts():
    """Kind, class or config, backend, keywords and the function that counts for a size."""
    known = classes()
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
                yield "patches", f"{base}ImageProcessor", backend, keywords, patches_of(made, base, sets, keywords)
    for module, (base, own, sets) in PROCESSORS.items():
        made = made_of(module, base, own, known)
        for keywords in sets:
            yield "tokens", config_of(module, base, own), "torch", keywords, tokens_of(made, base, keywords)


def unknown_processors():
    """The processors that count and are not here."""
    root = pathlib.Path(transformers.__file__).parent / "models"
    modules = {path.parent.name for path in root.glob("*/processing_*.py") if "_get_num_multimodal_tokens" in path.read_text()}
    return sorted(modules - PROCESSORS.keys() - UNREAD.keys())


def short(value):
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def compare():
    """Rows of a table: what pixfuse counts beside what the library does, and whether all of them are equal."""
    import pixfuse

    rows, total = {}, [0, 0]
    for kind, config, backend, keywords, count in all_counts():
        given = {"image_processor_type": config} if isinstance(config, str) else config
        ours = pixfuse.from_config(given, backend=backend)

        def one(high, wide):
            try:
                return getattr(ours, kind)(high, wide, **keywords)
            except pixfuse.PipelineError:
                return 0

        theirs, own = counted(count), [one(*size) for size in sizes()]
        name = config if isinstance(config, str) else config["processor_class"]
        equal = sum(a == b for a, b in zip(theirs, own))
        row = rows.setdefault((kind, name), [0, 0, 0])
        for index, more in enumerate((equal, len(own), 1)):
            row[index] += more
        total[0] += equal
        total[1] += len(own)
    return rows, total


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if what is committed differs")
    check = arguments.parse_args().check
    if missing := unknown_processors():
        sys.exit(f"processors that count and are not compared: {', '.join(missing)}")
    lines = [f"# transformers {transformers.__version__}; made by benches/conformance/counts.py\n"]
    for kind, config, backend, keywords, count in all_counts():
        digest = hashlib.sha256(" ".join(map(str, counted(count))).encode()).hexdigest()[:16]
        lines.append(f"{kind} {short(config)} {backend} {short(keywords)} {digest}\n")
    text = "".join(lines)
    if check and GOLDENS.read_text() != text:
        sys.exit(f"{GOLDENS} is not what the installed libraries count")
    if not check:
        GOLDENS.write_text(text)
        print(text)


if __name__ == "__main__":
    main()
