"""Write `tiles.txt`: how transformers' processors cut images into tiles, by the rules that `tiles(rule = ..)` names; and
`tiled_declarations.txt` and `tiled.txt`: the tensors that they make of photos, as `make_pipelines.py` does.

    pip install -r crates/pixfuse/tests/goldens/requirements.txt
    python crates/pixfuse/tests/goldens/make_tiles.py [FOLDER]

The file is a table. A column is a rule with its numbers, as it is written in `tiles(..)` but without blanks; tiles have as
many rows and columns as the first number says. A line is the rows and columns of an image, and for each rule
`GRID/CONTENT/IMAGES`: rows and columns of tiles, those that the image is resized to, and how many images the tensor has.
The processors run over images without memory, and each resize tells its size.

A line of `tiled.txt` is `rows columns` of a photo, and for each name the digest of its `pixel_values`, little-endian f32.
"""

import random
from collections.abc import Callable

import numpy as np
import torch
import transformers
from make import Image, digest, write
from make_pipelines import PHOTOS, photo
from make_sizes import EDGES
from make_torch import wide_cpu
from transformers import image_processing_backends
from transformers.image_processing_utils import select_best_resolution
from transformers.image_utils import SizeDict

Cell = tuple[tuple[int, int], tuple[int, int], int]
asked: list[tuple[int, int]] = []


def resize(self, image, size, *_, **__):
    """Instead of a resize: the size, and an image of it without memory."""
    asked.append((int(size.height), int(size.width)))
    return torch.empty(*image.shape[:-2], *asked[-1], device="meta", dtype=torch.uint8)


def image(rows: int, columns: int) -> torch.Tensor:
    return torch.empty(1, 3, rows, columns, device="meta", dtype=torch.uint8)


def filled(name: str, side: int, least: int, most: int) -> Callable[[int, int], Cell]:
    """The classes with `crop_image_to_patches`: the first resize is that of the canvas."""
    process = getattr(transformers, name)()

    def rule(rows: int, columns: int) -> Cell:
        asked.clear()
        cut = process.crop_image_to_patches(
            image(rows, columns), least, most, patch_size=SizeDict(height=side, width=side), resample=3
        )
        cut = cut[0] if isinstance(cut, tuple) else cut
        high, wide = asked[0]
        return (high // side, wide // side), asked[0], cut.shape[1]

    return rule


def local_tiles(name: str, side: int, least: int, most: int) -> Callable[[int, int], Cell]:
    """Those whose view of the whole image is a tensor of its own."""
    process = getattr(transformers, name)()

    def rule(rows: int, columns: int) -> Cell:
        asked.clear()
        _, count = process.crop_image_to_patches(image(rows, columns), least, most, side, resample=3)
        high, wide = asked[0]
        return (high // side, wide // side), asked[0], count

    return rule


def perception_lm(most: int) -> Callable[[int, int], Cell]:
    process = transformers.PerceptionLMImageProcessor(max_num_tiles=most)

    def rule(rows: int, columns: int) -> Cell:
        asked.clear()
        cut = process._preprocess(
            [image(rows, columns)[0]], True, 3, False, 1.0, False, None, None, "thumb+tile", 448, most, None, False
        )["pixel_values"][0]
        thumbnail, (high, wide) = asked
        assert thumbnail == (448, 448)
        return (high // 448, wide // 448), (high, wide), cut.shape[0]

    return rule


def llava_next(side: int, canvases: list[list[int]]) -> Callable[[int, int], Cell]:
    process = transformers.LlavaNextImageProcessor()

    def rule(rows: int, columns: int) -> Cell:
        asked.clear()
        cut = process._get_image_patches(image(rows, columns)[0], canvases, (side, side), side, 3)
        content, thumbnail = asked
        assert thumbnail == (side, side)
        high, wide = select_best_resolution((rows, columns), canvases)
        return (high // side, wide // side), content, len(cut)

    return rule


def mllama(side: int, most: int) -> Callable[[int, int], Cell]:
    process = transformers.MllamaImageProcessor()

    def rule(rows: int, columns: int) -> Cell:
        asked.clear()
        _, grid = process.resize(image(rows, columns), SizeDict(height=side, width=side), most, 2)
        return tuple(map(int, grid)), asked[0], int(grid[0] * grid[1])

    return rule


def llama4(side: int, most: int) -> Callable[[int, int], Cell]:
    process = transformers.Llama4ImageProcessor()

    def rule(rows: int, columns: int) -> Cell:
        asked.clear()
        # It compares canvases where the image is: in memory.
        cut = process._preprocess(
            [torch.zeros(1, dtype=torch.uint8).expand(3, rows, columns)], True, SizeDict(height=side, width=side), 2, False, 1.0, False, None, None, most,
            False, None, None,
        )  # fmt: skip
        high, wide = asked[0]
        grid = tuple(int(count) for count in cut["aspect_ratios"][0])
        return grid, (high, wide), cut["pixel_values"][0].shape[0]

    return rule


ONEVISION = transformers.LlavaOnevisionImageProcessor.image_grid_pinpoints
NEXT = transformers.LlavaNextImageProcessor.image_grid_pinpoints


def canvases(pinpoints: list[list[int]]) -> str:
    return str(pinpoints).replace(" ", "")


RULES: dict[str, tuple[int, Callable[[int, int], Cell]]] = {
    "rule=internvl,max=12,thumbnail=last": (448, filled("GotOcr2ImageProcessor", 448, 1, 12)),
    "rule=internvl,min=3,max=6,thumbnail=last": (384, filled("GotOcr2ImageProcessor", 384, 3, 6)),
    "rule=internvl,min=2,max=6": (768, local_tiles("DeepseekOcr2ImageProcessor", 768, 2, 6)),
    "rule=internvl,min=2,max=32": (640, local_tiles("UnlimitedOcrImageProcessor", 640, 2, 32)),
    "rule=granite_docling,max=32,thumbnail=last": (512, filled("GraniteDoclingImageProcessor", 512, 1, 32)),
    "rule=cohere2_vision,max=12,thumbnail=last": (512, filled("Cohere2VisionImageProcessor", 512, 1, 12)),
    "rule=ovis2,max=9,thumbnail=first": (448, filled("Ovis2ImageProcessor", 448, 1, 9)),
    "rule=perception_lm,max=36,thumbnail=first": (448, perception_lm(36)),
    "rule=perception_lm,max=5,thumbnail=first": (448, perception_lm(5)),
    f"rule=llava_next,canvases={canvases(NEXT)},thumbnail=first": (336, llava_next(336, NEXT)),
    f"rule=llava_next,canvases={canvases(ONEVISION)},thumbnail=first": (384, llava_next(384, ONEVISION)),
    "rule=mllama,max=4": (560, mllama(560, 4)),
    "rule=mllama,max=9": (224, mllama(224, 9)),
    "rule=llama4,max=16,thumbnail=last": (336, llama4(336, 16)),
    "rule=llama4,max=5,thumbnail=last": (100, llama4(100, 5)),
}

RANDOM_SIZES = 230


def sizes() -> list[tuple[int, int]]:
    generator = random.Random(21)
    side = lambda: generator.randint(1, generator.choice((60, 700, 700, 2000, 6000)))
    # Quotients of small numbers, where grids are as near as each other, and sides of tiles and about them.
    def tie() -> tuple[int, int]:
        scale = generator.choice((16, 64, 112, 224, 448))
        rows, columns = (scale * generator.randint(1, 12) + generator.choice((0, 0, 0, -1, 1)) for _ in range(2))
        return rows, columns

    # Lines of which canvases show less than a pixel, besides.
    return EDGES + [(1, 1000), (3000, 1)] + [(side(), side()) if index % 2 else tie() for index in range(RANDOM_SIZES)]


def write_grids() -> None:
    """Without pixels: each resize is asked for its size."""
    columns = [f"{side},{rule}" for rule, (side, _) in RULES.items()]
    lines = [f"# transformers {transformers.__version__}; made by make_tiles.py", " ".join(["rows", "columns", *columns])]
    backend = image_processing_backends.TorchvisionBackend
    resizes, backend.resize = backend.resize, resize
    for high, wide in sizes():
        cells = []
        for _, rule in RULES.values():
            grid, content, count = rule(high, wide)
            cells.append(f"{grid[0]}x{grid[1]}/{content[0]}x{content[1]}/{count}")
        lines.append(" ".join([str(high), str(wide), *cells]))
    backend.resize = resizes
    write("tiles.txt", lines)


SMALL = [[56, 112], [112, 56], [112, 112], [168, 56], [56, 168]]
LARGER = [[high * 48, wide * 48] for high in range(1, 5) for wide in range(1, 5)]
CROPS = {"crop_to_patches": True}
BICUBIC, BILINEAR, LANCZOS = "bicubic, antialias", "bilinear, antialias", "lanczos, antialias"

# The class without its backend's ending, its keywords, and the clause: tiles, filter, rule.
TILED: dict[str, tuple[str, dict, str, str, str]] = {
    "internvl": (
        "GotOcr2ImageProcessor", {**CROPS, "size": {"height": 56, "width": 56}, "min_patches": 1, "max_patches": 12},
        "56, 56", BICUBIC, "rule = internvl, max = 12, thumbnail = last",
    ),
    "internvl_wide": (
        "GotOcr2ImageProcessor", {**CROPS, "size": {"height": 40, "width": 64}, "min_patches": 2, "max_patches": 6},
        "40, 64", BICUBIC, "rule = internvl, min = 2, max = 6, thumbnail = last",
    ),
    "granite_docling": (
        "GraniteDoclingImageProcessor", {**CROPS, "size": {"height": 32, "width": 32}, "max_patches": 20},
        "32, 32", BICUBIC, "rule = granite_docling, max = 20, thumbnail = last",
    ),
    "cohere2_vision": (
        "Cohere2VisionImageProcessor", {**CROPS, "size": {"height": 64, "width": 64}, "max_patches": 12},
        "64, 64", BICUBIC, "rule = cohere2_vision, max = 12, thumbnail = last",
    ),
    "ovis2": (
        "Ovis2ImageProcessor", {**CROPS, "size": {"height": 56, "width": 56}, "max_patches": 9},
        "56, 56", BICUBIC, "rule = ovis2, max = 9, thumbnail = first",
    ),
    "perception_lm": (
        "PerceptionLMImageProcessor", {"tile_size": 56, "max_num_tiles": 12},
        "56, 56", BICUBIC, "rule = perception_lm, max = 12, thumbnail = first",
    ),
    "llava_next": (
        "LlavaNextImageProcessor",
        {"size": {"shortest_edge": 56}, "crop_size": {"height": 56, "width": 56}, "image_grid_pinpoints": SMALL},
        "56, 56", BICUBIC, f"rule = llava_next, canvases = {SMALL}, thumbnail = first",
    ),
    "llava_onevision": (
        "LlavaOnevisionImageProcessor", {"size": {"height": 48, "width": 48}, "image_grid_pinpoints": LARGER},
        "48, 48", BICUBIC, f"rule = llava_next, canvases = {LARGER}, thumbnail = first",
    ),
    "mllama": (
        "MllamaImageProcessor", {"size": {"height": 56, "width": 56}, "max_image_tiles": 4},
        "56, 56", BILINEAR, "rule = mllama, max = 4, pad_to = 4",
    ),
    "idefics3": (
        "Idefics3ImageProcessor", {"size": {"longest_edge": 224}, "max_image_size": {"longest_edge": 56}},
        "56, 56", LANCZOS, "rule = idefics3, thumbnail = last",
    ),
    "smolvlm": (
        "SmolVLMImageProcessor", {"size": {"longest_edge": 320}, "max_image_size": {"longest_edge": 72}},
        "72, 72", LANCZOS, "rule = idefics3, thumbnail = last",
    ),
}  # fmt: skip

# The resize of u8 before the tiles, where there is one.
FIRST = {"idefics3": "rule = idefics3, longest = 224", "smolvlm": "rule = idefics3, longest = 320"}

TILED_SIZES = [
    (1, 1), (1, 100), (100, 1), (56, 56), (55, 57), (112, 112), (113, 300), (300, 113), (48, 200), (700, 700), (480, 640),
    (640, 480), (30, 40), (200, 100), (2, 3), (168, 56), (301, 299), (90, 500),
]  # fmt: skip


def write_tensors() -> None:
    names, declarations, processes = [], [], []
    for name, (class_name, keywords, tile, filter, rule) in TILED.items():
        for backend, ending, like in [("torch", "", ", like = torch"), ("pil", "Pil", "")]:
            found = getattr(transformers, class_name + ending, None)
            if found is None:
                continue
            process = found(**keywords)
            numbers = [f"{part} = [{', '.join(map(str, getattr(process, f'image_{part}')))}]" for part in ("mean", "std")]
            names.append(f"{name}_{backend}")
            first = f"resize({FIRST[name]}, {filter}{like}), " if name in FIRST else ""
            declarations.append(
                f"{names[-1]} input(rgb8), {first}tiles({tile}, {filter}, {rule}{like}), "
                f"normalize({', '.join(numbers)}, order = hf_{backend}), output(rgb, f32, chw)"
            )
            processes.append(process)
    lines = [f"# transformers {transformers.__version__}; made by make_tiles.py", " ".join(["rows", "columns", *names])]
    for index, (rows, columns) in enumerate(TILED_SIZES):
        pixels = photo(PHOTOS[index % len(PHOTOS)], rows, columns)
        digests = []
        for process in processes:
            values = process(Image.fromarray(pixels), return_tensors="np")["pixel_values"]
            digests.append(digest([np.ascontiguousarray(values, "<f4")]))
        lines.append(" ".join([str(rows), str(columns), *digests]))
    write("tiled.txt", lines)
    write("tiled_declarations.txt", declarations)


def main() -> None:
    wide_cpu()
    write_grids()
    write_tensors()


if __name__ == "__main__":
    main()
