"""Writes the digests that tests compare videos with: what the library makes of five frames.

    python benches/conformance/video_goldens.py [--check] [--counts]

A line is a video processor of transformers, keywords as JSON without blanks, and the digest of what it returns: of each
result by its name, the name, the shape and the bytes. The frames are the five small photos, mirrored on to 157 x 211.
With `--counts` the file is `video_counts.txt`: a line is a video processor, keywords as JSON without blanks, a number of
frames, and the digest of the tokens that the model's processor counts for them of all sizes in
`crates/pixfuse/tests/goldens/sizes.txt`, as text with a blank between; 0 is a video that the library refuses.
"""

import argparse
import hashlib
import json
import os
import pathlib
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
import numpy as np
import torch
import transformers
from counts import counted, made_of
from photos import SMALL, extended
from transformers_classes import classes as image_classes
from video_classes import classes

GOLDENS = pathlib.Path(__file__).parents[2] / "crates/pixfuse-config/tests/goldens/videos.txt"
COUNTS = GOLDENS.with_name("video_counts.txt")
ROWS, COLUMNS = 157, 211

SMALLER = {"size": {"height": 72, "width": 96}}
SLICED = {"scale_resolution": 80, "patch_size": 4, "max_slice_nums": 5}
POOLED = {"size": {"height": 84, "width": 84}, "pooling_size": [4, 3]}
QWEN = {"size": {"shortest_edge": 12544, "longest_edge": 50176}}
# Keywords that keep tensors small, and odd numbers of frames that share a patch.
CASES = {
    "CohereCompass": [QWEN], "Cosmos3Edge": [{}], "EmbeddingGemma2": [{}], "Ernie4_5_VLMoe": [QWEN],
    "Gemma4": [{}], "Gemma4Unified": [{}], "Glm46V": [{}], "Glm4v": [{}, {"temporal_patch_size": 4}], "Glm5Next": [{}, {"max_image_tokens": 20, "temporal_patch_size": 3}], "Glmga": [{}],
    "HYV4VL": [{}, {"max_image_size": {"longest_edge": 20000}}], "InstructBlipVideo": [SMALLER], "InternVL": [SMALLER], "Kimi_K25": [{}], "LlavaNextVideo": [{}], "LlavaOnevision": [SMALLER],
    "MiniCPMOcr": [SLICED], "MiniCPMV4_6": [SLICED], "Molmo2": [POOLED, {**POOLED, "do_rescale": True, "do_normalize": True, "resample": 3}],
    "MiniMaxM3VL": [{}, {"vision_segment_max_frames": 2}], "MuseGlimmer": [{}], "PeVideo": [{}], "PerceptionLM": [SMALLER],
    "Qwen2VL": [QWEN, {**QWEN, "temporal_patch_size": 3}], "Qwen3VL": [QWEN, {**QWEN, "merge_size": 1}], "Sam2Video": [SMALLER],
    "SmolVLM": [{"max_image_size": {"longest_edge": 96}}], "Timesformer": [{}], "VJEPA2": [{"crop_size": 96}], "VideoLlava": [{}],
    "VideoMAE": [{}], "Videomt": [SMALLER], "Vivit": [{}],
}  # fmt: skip
MERGED = [{}, {"merge_size": 1}, {"patch_size": 12}, {"temporal_patch_size": 3}, {"size": {"shortest_edge": 12544, "longest_edge": 401408}}]
SOFT = [{}, *({"max_soft_tokens": tokens} for tokens in (70, 140, 560, 1120))]
# The processors that count tokens of videos, by their module: their image and video class, and five sets of keywords. Those
# of GLM-5 are compared beside their tensors, since sizes of theirs are refused.
COUNTED = {
    "cohere_compass": ("CohereCompass", "CohereCompass", MERGED), "cosmos3_edge": ("Cosmos3Edge", "Cosmos3Edge", [*MERGED[:3], MERGED[4], {"merge_size": 3}]),
    "embedding_gemma2": ("Gemma4", "EmbeddingGemma2", SOFT), "ernie4_5_vl_moe": ("Ernie4_5_VLMoe", "Ernie4_5_VLMoe", [*MERGED[:3], MERGED[4], {"merge_size": 3}]),
    "gemma4": ("Gemma4", "Gemma4", SOFT), "gemma4_unified": ("Gemma4Unified", "Gemma4Unified", SOFT), "glm46v": ("Glm46V", "Glm46V", MERGED), "glm4v": ("Glm4v", "Glm4v", MERGED),
    "hy_v4_vl": ("HYV4VL", "HYV4VL", [*MERGED[:4], {"max_image_size": {"longest_edge": 200000}}]),
    "kimi_k25": ("Kimi_K25", "Kimi_K25", [*MERGED[:4], {"max_patches": 1024}]),
    "minimax_m3_vl": ("MiniMaxM3VL", "MiniMaxM3VL", [*MERGED[:4], {"min_pixels": 12544, "max_pixels": 200704}]),
    "qwen2_vl": ("Qwen2VL", "Qwen2VL", MERGED), "qwen3_vl": ("Qwen2VL", "Qwen3VL", MERGED),
}  # fmt: skip
NEAR = {"Ernie4_5_VLMoe": {"draw_on_frames": False}}


def digest(results):
    """Of each result by its name, the name, the shape and the bytes."""
    made = hashlib.sha256()
    for name, value in sorted(results.items()):
        array = np.ascontiguousarray(value)
        made.update(f"{name} {array.shape} ".encode())
        made.update(array.tobytes())
    return made.hexdigest()[:16]


def counts():
    """The lines of the tokens."""
    known, images = classes(), image_classes()
    for module, (base, video, sets) in COUNTED.items():
        made, name = made_of(module, base, {}, images), f"{video}VideoProcessor"
        for index, keywords in enumerate(sets):
            keywords, frames = {**NEAR.get(video, {}), **keywords}, 4 + 3 * index
            made.video_processor = known[name].from_dict(dict(keywords))
            tokens = counted(lambda *sides: made._get_num_multimodal_tokens(video_sizes=[(frames, *sides)])["num_video_tokens"][0])
            text = hashlib.sha256(" ".join(map(str, tokens)).encode()).hexdigest()[:16]
            yield f"{name} {json.dumps(keywords, separators=(',', ':'))} {frames} {text}\n"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if what is committed differs")
    arguments.add_argument("--counts", action="store_true", help="tokens of sizes alone")
    given = arguments.parse_args()
    check = given.check
    torch.set_num_threads(1)
    note = f"# transformers {transformers.__version__}; made by benches/conformance/video_goldens.py"
    if given.counts:
        settle(COUNTS, f"{note} --counts\n" + "".join(counts()), check)
        return
    known = classes()
    frames = np.stack([extended(photo, ROWS, COLUMNS) for photo in np.fromfile(SMALL, np.uint8).reshape(5, 96, 128, 3)])
    lines = [f"{note}\n"]
    for base, sets in CASES.items():
        name = f"{base}VideoProcessor"
        for keywords in sets:
            keywords = {**NEAR.get(base, {}), **keywords}
            results = known[name].from_dict(dict(keywords))(frames, return_tensors="pt", do_sample_frames=False)
            lines.append(f"{name} {json.dumps(keywords, separators=(',', ':'))} {digest(results)}\n")
    settle(GOLDENS, "".join(lines), check)


def settle(path, text, check):
    """Writes a file, or compares what is there."""
    if check and path.read_text() != text:
        sys.exit(f"{path} is not what the installed library makes")
    if not check:
        path.write_text(text)
        print(text)


if __name__ == "__main__":
    main()
