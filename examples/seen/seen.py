"""Draws what four models see of one photo: `python examples/seen/seen.py`, with pixfuse and Pillow installed.

Each picture is the tensor itself, before it becomes numbers: `pipe.preview`, which draws patches apart.
"""

from pathlib import Path

import numpy as np
import pixfuse
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).parent
PHOTO = HERE.parent / "demo/photo.jpg"
NORMALIZE = "normalize(mean = [0.48145466, 0.4578275, 0.40821073], std = [0.26862954, 0.26130258, 0.27577711])"
SEEN = [
    ("CLIP", f"input(rgb8), resize(shortest = 224, bicubic, antialias, like = torch), center_crop(224, 224), {NORMALIZE}"),
    ("ViT", "input(rgb8), resize(224, 224, bilinear, antialias, like = torch), normalize(mean = 0.5, std = 0.5)"),
    ("YOLO", "input(rgb8), letterbox(640, 640, bilinear), normalize()"),
    (
        "Qwen2-VL",
        "input(rgb8), resize(rule = qwen2_vl, multiple = 28, min_pixels = 3136, max_pixels = 200704, bicubic, antialias, "
        f"like = torch), {NORMALIZE}",
    ),
]
SIDE, GAP, TEXT = 224, 16, 40


def tile(name: str, declaration: str, data: bytes) -> tuple[Image.Image, str]:
    """The picture of one model, in a square, and its caption."""
    pipe = pixfuse.Pipeline(f"{declaration}, output(rgb, f32, chw)")
    rows, columns = pipe.decode(data).shape[1:]
    caption = f"{name}: {rows} x {columns}"
    if "qwen2_vl" in declaration:
        pipe = pipe.replace(patches="14, merge = 2, temporal = 2")
        caption += f", {len(pipe.decode(data))} patches"
    picture = Image.fromarray(np.asarray(pipe.preview(data)))
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return picture, caption


def apart(data: bytes) -> Image.Image:
    """Tiles with their thumbnail, patches, and a letterbox, each with one box of the photo."""
    tiles = "tiles(448, 448, bicubic, antialias, like = torch, rule = internvl, max = 12, thumbnail = last)"
    size = "resize(rule = qwen2_vl, multiple = 28, min_pixels = 3136, max_pixels = 100352, bicubic, antialias, like = torch)"
    pipes = [
        pixfuse.Pipeline(f"input(rgb8), {tiles}, normalize(), output(rgb, f32, chw)"),
        pixfuse.Pipeline(f"input(rgb8), {size}, normalize(), output(rgb, f32, chw), patches(14, merge = 2, temporal = 2)"),
        pixfuse.presets.yolo,
    ]
    sheet = Image.new("RGB", (len(pipes) * (400 + GAP) + GAP, 400 + 2 * GAP), (232, 232, 240))
    for index, pipe in enumerate(pipes):
        picture = Image.fromarray(np.asarray(pipe.preview(data, boxes=[[100, 60, 300, 400]])))
        picture.thumbnail((400, 400), Image.Resampling.LANCZOS)
        sheet.paste(picture, (GAP + index * (400 + GAP), GAP + (400 - picture.height) // 2))
    return sheet


def main() -> None:
    data = PHOTO.read_bytes()
    photo = Image.open(PHOTO).convert("RGB")
    tiles = [(photo.copy(), f"the photo: {photo.height} x {photo.width}"), *(tile(*seen, data) for seen in SEEN)]
    tiles[0][0].thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    sheet = Image.new("RGB", (len(tiles) * (SIDE + GAP) + GAP, SIDE + TEXT + GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for index, (picture, caption) in enumerate(tiles):
        left = GAP + index * (SIDE + GAP)
        sheet.paste(picture, (left + (SIDE - picture.width) // 2, GAP + (SIDE - picture.height) // 2))
        draw.text((left + SIDE / 2, GAP + SIDE + 8), caption, fill="black", font=font, anchor="mt")
    sheet.save(HERE / "seen.jpg", quality=90, subsampling=0)
    apart(data).save(HERE / "tiles.jpg", quality=85)


if __name__ == "__main__":
    main()
