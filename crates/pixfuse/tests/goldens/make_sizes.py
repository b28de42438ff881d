"""Write `sizes.txt`: the sizes that transformers' processors resize images to, by the rules that `resize(rule = ..)` names.

    pip install -r crates/pixfuse/tests/goldens/requirements.txt
    python crates/pixfuse/tests/goldens/make_sizes.py [FOLDER]

The file is a table. A column is a rule with its numbers, as it is written in `resize(..)` but without blanks. A line is the
rows and columns of an image, and for each rule the result as `ROWSxCOLUMNS`, or `-` where the library refuses the image or
leaves nothing of it. Nothing is resized: the call that would do it is asked for the size.
"""

import random
from collections.abc import Callable

import torch
import transformers
from make import write
from transformers import image_processing_backends
from transformers.image_transforms import get_resize_output_image_size as of_shorter_side
from transformers.image_utils import SizeDict
from transformers.image_utils import get_image_size_for_max_height_width as hf_within
from transformers.models.gemma4.image_processing_gemma4 import get_aspect_ratio_preserving_size as gemma4
from transformers.models.glm4v.image_processing_glm4v import smart_resize as glm4v
from transformers.models.glm_image.image_processing_glm_image import smart_resize as glm_image
from transformers.models.hy_v4_vl.video_processing_hy_v4_vl import HYV4VLVideoProcessor
from transformers.models.kimi_k25.image_processing_kimi_k25 import navit_resize as kimi_k25
from transformers.models.muse_glimmer.image_processing_muse_glimmer import smart_resize as muse_glimmer
from transformers.models.nemotron_h_omni.image_processing_nemotron_h_omni import get_patch_grid_size
from transformers.models.neomme.image_processing_neomme import get_resize_output_size as neomme
from transformers.models.paddleocr_vl.image_processing_paddleocr_vl import smart_resize as paddleocr_vl
from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize as qwen2_vl
from transformers.models.qwen3_vl.video_processing_qwen3_vl import smart_resize as qwen3_vl
from transformers.models.siglip2.image_processing_siglip2 import get_image_size_for_max_num_patches as naflex
from transformers.models.ultravbert.image_processing_ultravbert import (
    get_capped_longest_edge,
    get_resize_output_image_size,
)

Rule = Callable[[int, int], tuple[int, int]]


class Size(Exception):
    """Instead of a resize."""


def asked(self, image, size, *_, **__):
    raise Size(size.height, size.width)


def processor(name: str, **options) -> Rule:
    """What a processor asks its backend for, of an image without memory."""
    process = getattr(transformers, name)()

    def rule(rows: int, columns: int) -> tuple[int, int]:
        try:
            process.resize(torch.empty(1, 3, rows, columns, device="meta", dtype=torch.uint8), resample=0, **options)
        except Size as size:
            return size.args
        raise AssertionError(name)

    return rule


def lfm2_vl(rows: int, columns: int) -> tuple[int, int]:
    process = transformers.Lfm2VlImageProcessor()
    wide, high = process.smart_resize(rows, columns, 2, 64, 256, 16)
    return high, wide


def aria(rows: int, columns: int) -> tuple[int, int]:
    process = transformers.AriaImageProcessor()
    try:
        process._preprocess(
            [torch.empty(3, rows, columns, device="meta", dtype=torch.uint8)], True, 1 / 255, True, [0.5] * 3, [0.5] * 3,
            False, "pt", max_image_size=490, min_image_size=336, split_image=False, resample=0,
        )  # fmt: skip
    except Size as size:
        return size.args
    raise AssertionError("aria")


def idefics3_canvas(rows: int, columns: int) -> tuple[int, int]:
    image = torch.empty(1, 3, rows, columns, device="meta", dtype=torch.uint8)
    try:
        transformers.Idefics3ImageProcessor().resize_for_vision_encoder(image, 364)
    except Size as size:
        return size.args
    raise AssertionError("idefics3")


def ultravbert(rows: int, columns: int, longest: int, tile: int, most: int) -> tuple[int, int]:
    side = get_capped_longest_edge(rows, columns, longest, tile, most)
    return get_resize_output_image_size(torch.empty(3, rows, columns, device="meta"), side)


def minicpm(rows: int, columns: int, slices: bool, most: int, mode: str) -> tuple[int, int]:
    """The view of the whole, or the canvas of slices; one pixel of nothing for an image that is not cut."""
    process = transformers.MiniCPMV4_6ImageProcessor()
    grid = process.get_sliced_grid((rows, columns), most, 448)
    if not slices:
        return process.find_best_resize((rows, columns), 448, 14, mode, grid is None)
    if grid is None:
        raise ValueError("not cut")
    return process.get_refine_size((rows, columns), grid, 448, 14, mode, True)


def lfm2_vl_tiles(rows: int, columns: int) -> tuple[int, int]:
    _, _, wide, high, _ = transformers.Lfm2VlImageProcessor()._get_grid_layout(rows, columns, 2, 10, 512)
    return high, wide


def hy_v4_vl(rows: int, columns: int, frames: int, factor: int, most: int, frame: int) -> tuple[int, int]:
    return HYV4VLVideoProcessor.smart_resize(rows, columns, frames, factor=factor, max_pixels=most, max_image_size=frame)


def nemotron_h_omni(rows: int, columns: int, patch: int, merge: int, least: int, most: int) -> tuple[int, int]:
    high, wide = get_patch_grid_size(rows, columns, patch, merge, least, most)
    return high * patch, wide * patch


def pp_ocr(limit: int, kind: str, most: int | None) -> Rule:
    process = transformers.PPOCRV5ServerDetImageProcessor()

    def rule(rows: int, columns: int) -> tuple[int, int]:
        size, _ = process.get_image_size(torch.empty(3, rows, columns, device="meta"), limit, kind, most)
        return size.height, size.width

    return rule


def pp_ocr_rec(rows: int, columns: int, high: int, wide: int, most: int) -> tuple[int, int]:
    size = {"height": high, "width": wide}
    target = transformers.PPOCRV6SmallRecImageProcessor(size=size, max_image_width=most).get_target_size([(rows, columns)])
    return target.height, target.width


def pp_lcnet(rows: int, columns: int) -> tuple[int, int]:
    image = torch.empty(3, rows, columns, device="meta")
    size = transformers.PPLCNetImageProcessor().get_image_size(image, target_short_edge=256, size_divisor=32)
    return size.height, size.width


def glm5_next(rows: int, columns: int, least: int, most: int, frames: int = 0) -> tuple[int, int]:
    """The content that the processor asks for, of an image or of so many frames, where its canvas is the multiples above it."""
    process = transformers.Glm5NextVideoProcessor() if frames else transformers.Glm5NextImageProcessor()
    image = torch.empty(1, *([frames] if frames else []), 3, rows, columns, device="meta", dtype=torch.uint8)
    budget = {"factor": 28, "temporal_factor": 2, "min_image_tokens": least, "max_image_tokens": most}
    # Without a resize for an image that has the right size, which is then only padded.
    content = [rows, columns]

    def note(self, image, size, *_, **__):
        content[:] = size.height, size.width
        return torch.empty(1, *image.shape[1:-2], size.height, size.width, device="meta", dtype=torch.uint8)

    backend, before = image_processing_backends.TorchvisionBackend, image_processing_backends.TorchvisionBackend.resize
    backend.resize = note
    try:
        canvas = process.resize(image, resample=0, **budget).shape[-2:]
    except ValueError:
        return 0, 0
    finally:
        backend.resize = before
    is_tight = all(-(-side // 28) * 28 == whole for side, whole in zip(content, canvas))
    return tuple(content) if is_tight else (0, 0)


def fuyu(rows: int, columns: int, high: int, wide: int) -> tuple[int, int]:
    image = torch.empty(1, 3, rows, columns, device="meta", dtype=torch.uint8)
    try:
        return tuple(transformers.FuyuImageProcessor().resize(image, SizeDict(height=high, width=wide), 0).shape[-2:])
    except Size as size:
        return size.args


def donut_thumbnail(rows: int, columns: int, high: int, wide: int) -> tuple[int, int]:
    image = torch.empty(1, 3, rows, columns, device="meta", dtype=torch.uint8)
    try:
        return tuple(transformers.DonutImageProcessor().thumbnail(image, SizeDict(height=high, width=wide), 0).shape[-2:])
    except Size as size:
        return size.args


def donut(rows: int, columns: int, high: int, wide: int) -> tuple[int, int]:
    """Its thumbnail of the size that the backend makes of the shorter side."""
    image = torch.empty(1, 3, rows, columns, device="meta", dtype=torch.uint8)
    sides = of_shorter_side(image, size=min(high, wide), default_to_square=False)
    return donut_thumbnail(*sides, high, wide)


def edges(shortest: int, longest: int) -> SizeDict:
    return SizeDict(shortest_edge=shortest, longest_edge=longest)


RULES: dict[str, Rule] = {
    "rule=qwen2_vl,multiple=28,min_pixels=3136,max_pixels=1003520": lambda h, w: qwen2_vl(h, w, 28, 3136, 1003520),
    "rule=qwen2_vl,multiple=32,min_pixels=65536,max_pixels=16777216": lambda h, w: qwen2_vl(h, w, 32, 65536, 16777216),
    "rule=glm4v,multiple=28,min_pixels=12544,max_pixels=9633792,frames=2": lambda h, w: glm4v(
        2, h, w, 2, 28, 12544, 9633792
    ),
    "rule=glm4v,multiple=32,min_pixels=131072,max_pixels=786432,frames=5,temporal=2": lambda h, w: qwen3_vl(
        5, h, w, 2, 32, 131072, 786432
    ),
    "rule=glm4v,multiple=28,min_pixels=12544,max_pixels=9633792,frames=7,temporal=2": lambda h, w: qwen3_vl(
        7, h, w, 2, 28, 12544, 9633792
    ),
    "rule=glm_image,multiple=32,min_pixels=262144,max_pixels=4194304": lambda h, w: glm_image(
        h, w, 32, 262144, 4194304
    ),
    "rule=paddleocr_vl,multiple=28,min_pixels=147456,max_pixels=2359296": lambda h, w: paddleocr_vl(
        h, w, 28, 147456, 2359296
    ),
    "rule=lfm2_vl,multiple=32,min_pixels=65536,max_pixels=262144": lfm2_vl,
    "rule=naflex,multiple=16,max_patches=256": lambda h, w: naflex(h, w, 16, 256),
    "rule=naflex,multiple=14,max_patches=729": lambda h, w: naflex(h, w, 14, 729),
    "rule=mask2former,multiple=32,shortest=384,max=640": processor(
        "Mask2FormerImageProcessor", size=edges(384, 640), size_divisor=32
    ),
    "rule=textnet,multiple=32,shortest=640": processor(
        "TextNetImageProcessor", size=SizeDict(shortest_edge=640), size_divisor=32
    ),
    "rule=pp_lcnet,multiple=32,shortest=256": pp_lcnet,
    "rule=glpn,multiple=32": processor("GLPNImageProcessor", size=None, size_divisor=32),
    "rule=yolos,multiple=16,shortest=512,max=864": processor("YolosImageProcessor", size=edges(512, 864)),
    "rule=vilt,multiple=32,shortest=384": processor(
        "ViltImageProcessor", size=SizeDict(shortest_edge=384), size_divisor=32
    ),
    "rule=vilt,multiple=32,shortest=288": processor(
        "BridgeTowerImageProcessor", size=SizeDict(shortest_edge=288), size_divisor=32
    ),
    "rule=dpt,multiple=14,rows=518,columns=518": processor(
        "DPTImageProcessor", size=SizeDict(height=518, width=518), ensure_multiple_of=14, keep_aspect_ratio=True
    ),
    "rule=dpt,multiple=32,rows=384,columns=512": processor(
        "DPTImageProcessor", size=SizeDict(height=384, width=512), ensure_multiple_of=32, keep_aspect_ratio=True
    ),
    "rule=pp_ocr,shortest=736,max=4000": pp_ocr(736, "min", 4000),
    "rule=pp_ocr,longest=960": pp_ocr(960, "max", None),
    "rule=pp_ocr_rec,max=3200,rows=48,columns=320": lambda h, w: pp_ocr_rec(h, w, 48, 320, 3200),
    "rule=pp_ocr_rec,max=333,rows=32,columns=100": lambda h, w: pp_ocr_rec(h, w, 32, 100, 333),
    "rule=pixtral,multiple=16,longest=1024": processor(
        "PixtralImageProcessor", size=SizeDict(longest_edge=1024), patch_size=SizeDict(height=16, width=16)
    ),
    "rule=idefics2,shortest=378,max=980": processor("Idefics2ImageProcessor", size=edges(378, 980)),
    "rule=idefics3,longest=1456": processor("Idefics3ImageProcessor", size=SizeDict(longest_edge=1456)),
    "rule=idefics3_canvas,multiple=364": idefics3_canvas,
    "rule=sam,longest=1024": processor("SamImageProcessor", size=SizeDict(longest_edge=1024)),
    "rule=deepseek_vl,longest=384,min_side=14": processor(
        "DeepseekVLImageProcessor", size=SizeDict(height=384, width=384), min_size=14
    ),
    "rule=aria,longest=490,min_side=336": aria,
    "rule=hf_within,rows=224,columns=224": lambda h, w: hf_within((h, w), 224, 224),
    "rule=hf_within,rows=600,columns=333": lambda h, w: hf_within((h, w), 600, 333),
    "rule=kimi_k25,multiple=14,max_patches=4096,longest=7168": lambda h, w: kimi_k25(h, w, 14, 2, 4096, 512)[0],
    "rule=gemma4,multiple=48,max_pixels=645120": lambda h, w: gemma4(h, w, 16, 2520, 3),
    "rule=neomme,min_pixels=262144,max_pixels=1048576,max=2048": lambda h, w: neomme(
        h, w, 2048, SizeDict(min_pixels=262144, max_pixels=1048576)
    ),
    "rule=ultravbert,multiple=512,max_patches=16,longest=3072": lambda h, w: ultravbert(h, w, 3072, 512, 16),
    "rule=minicpm,multiple=56,max_patches=9,longest=448": lambda h, w: minicpm(h, w, False, 9, "16x"),
    "rule=minicpm,multiple=28,max_patches=1,longest=448": lambda h, w: minicpm(h, w, False, 1, "4x"),
    "rule=minicpm_slices,multiple=56,max_patches=9,longest=448": lambda h, w: minicpm(h, w, True, 9, "16x"),
    "rule=minicpm_slices,multiple=28,max_patches=12,longest=448": lambda h, w: minicpm(h, w, True, 12, "4x"),
    "rule=lfm2_vl_tiles,multiple=512,max_patches=10": lfm2_vl_tiles,
    "rule=ultravbert,multiple=100,max_patches=5,longest=950": lambda h, w: ultravbert(h, w, 950, 100, 5),
    "rule=glm5_next,multiple=28,min_pixels=12544,max_pixels=6272000": lambda h, w: glm5_next(h, w, 16, 8000),
    "rule=glm5_next,multiple=28,min_pixels=200704,max_pixels=401408": lambda h, w: glm5_next(h, w, 256, 512),
    "rule=glm5_next,multiple=28,min_pixels=12544,max_pixels=1568000,frames=5,temporal=2": lambda h, w: glm5_next(
        h, w, 16, 2000, 5
    ),
    "rule=glm5_next,multiple=28,min_pixels=401408,max_pixels=627200,frames=7,temporal=2": lambda h, w: glm5_next(
        h, w, 512, 800, 7
    ),
    "rule=muse_glimmer,multiple=28,max_patches=4096": lambda h, w: muse_glimmer(h, w, 28, 4096),
    "rule=nemotron_h_omni,multiple=16,merge=2,min_patches=1024,max_patches=13312": lambda h, w: nemotron_h_omni(h, w, 16, 2, 1024, 13312),
    "rule=nemotron_h_omni,multiple=14,merge=3,min_patches=100,max_patches=400": lambda h, w: nemotron_h_omni(h, w, 14, 3, 100, 400),
    "rule=hy_v4_vl,multiple=32,max_pixels=33554432,frame_pixels=1048576,frames=8": lambda h, w: hy_v4_vl(h, w, 8, 32, 33554432, 1048576),
    "rule=hy_v4_vl,multiple=28,max_pixels=400000,frame_pixels=90000,frames=5": lambda h, w: hy_v4_vl(h, w, 5, 28, 400000, 90000),
    "rule=muse_glimmer,multiple=32,max_patches=100": lambda h, w: muse_glimmer(h, w, 32, 100),
    "rule=fuyu,rows=1080,columns=1920": lambda h, w: fuyu(h, w, 1080, 1920),
    "rule=fuyu,rows=333,columns=160": lambda h, w: fuyu(h, w, 333, 160),
    "rule=donut,rows=2560,columns=1920": lambda h, w: donut(h, w, 2560, 1920),
    "rule=donut,rows=480,columns=999": lambda h, w: donut(h, w, 480, 999),
    "rule=donut_thumbnail,rows=640,columns=480": lambda h, w: donut_thumbnail(h, w, 640, 480),
    "rule=neomme,max=1024": lambda h, w: neomme(h, w, 1024, None),
}

# Sides of one pixel, ratios about the limits, halves of multiples, sides that are right already, and large ones.
EDGES = [
    (1, 1), (1, 200), (1, 201), (201, 1), (200, 1), (3, 600), (3, 601), (2, 2), (14, 14), (13, 15), (28, 28), (27, 5000),
    (42, 70), (70, 42), (98, 126), (32, 32), (31, 64), (16, 48), (48, 16), (224, 224), (384, 384), (384, 640), (640, 384),
    (512, 512), (512, 864), (518, 518), (640, 480), (480, 640), (800, 1333), (378, 980), (980, 980), (1024, 1024),
    (1023, 1025), (1080, 1920), (1920, 1080), (1536, 1536), (1786, 2526), (4000, 3000), (2160, 3840), (5000, 25),
    (9999, 50), (511, 2044), (511, 2045),
]  # fmt: skip
RANDOM_SIZES = 220


def sizes() -> list[tuple[int, int]]:
    generator = random.Random(20)
    side = lambda: generator.randint(1, generator.choice((60, 700, 700, 2000, 6000)))
    # A multiple and a half, where rounding has a tie.
    tie = lambda: generator.choice((14, 16, 28, 32)) * generator.randint(1, 60) + generator.choice((0, 7, 8, 14, 16))
    return EDGES + [(side(), side()) if index % 3 else (tie(), tie()) for index in range(RANDOM_SIZES)]


def main() -> None:
    image_processing_backends.TorchvisionBackend.resize = asked
    lines = [f"# transformers {transformers.__version__}; made by make_sizes.py", " ".join(["rows", "columns", *RULES])]
    for rows, columns in sizes():
        cells = []
        for rule in RULES.values():
            try:
                size = rule(rows, columns)
                cells.append("x".join(str(int(side)) for side in size) if min(size) > 0 else "-")
            except (ValueError, ZeroDivisionError):
                cells.append("-")
        lines.append(" ".join([str(rows), str(columns), *cells]))
    write("sizes.txt", lines)


if __name__ == "__main__":
    main()
