"""Writes the digests that tests compare videos with: what the library makes of five frames.

    python benches/conformance/video_goldens.py [--check]

A line is a video processor of transformers, keywords as JSON without blanks, and the digest of what it returns: of each
result by its name, the name, the shape and the bytes. The frames are the five small photos, mirrored on to 157 x 211.
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
from photos import SMALL, extended
from video_classes import classes

GOLDENS = pathlib.Path(__file__).parents[2] / "crates/pixfuse-config/tests/goldens/videos.txt"
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
NEAR = {"Ernie4_5_VLMoe": {"draw_on_frames": False}}


def digest(results):
    """Of each result by its name, the name, the shape and the bytes."""
    made = hashlib.sha256()
    for name, value in sorted(results.items()):
        array = np.ascontiguousarray(value)
        made.update(f"{name} {array.shape} ".encode())
        made.update(array.tobytes())
    return made.hexdigest()[:16]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if what is committed differs")
    check = arguments.parse_args().check
    torch.set_num_threads(1)
    known = classes()
    frames = np.stack([extended(photo, ROWS, COLUMNS) for photo in np.fromfile(SMALL, np.uint8).reshape(5, 96, 128, 3)])
    lines = [f"# transformers {transformers.__version__}; made by benches/conformance/video_goldens.py\n"]
    for base, sets in CASES.items():
        name = f"{base}VideoProcessor"
        for keywords in sets:
            keywords = {**NEAR.get(base, {}), **keywords}
            results = known[name].from_dict(dict(keywords))(frames, return_tensors="pt", do_sample_frames=False)
            lines.append(f"{name} {json.dumps(keywords, separators=(',', ':'))} {digest(results)}\n")
    text = "".join(lines)
    if check and GOLDENS.read_text() != text:
        sys.exit(f"{GOLDENS} is not what the installed library makes")
    if not check:
        GOLDENS.write_text(text)
        print(text)


if __name__ == "__main__":
    main()
