"""Draws what four models see of one photo: `python examples/seen/seen.py`, with pixfuse and Pillow installed.

Each picture is the tensor itself, with the normalisation undone (`pixfuse.seen`); only the lines of patches are drawn.
"""

from pathlib import Path

import pixfuse
import pixfuse.seen
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
    picture = Image.fromarray(pixfuse.seen.picture(pipe, pipe.decode(data)))
    caption = f"{name}: {picture.height} x {picture.width}"
    if "qwen2_vl" in declaration:
        draw = ImageDraw.Draw(picture)
        for x in range(14, picture.width, 14):
            draw.line([(x, 0), (x, picture.height)], fill="white" if x % 28 == 0 else (255, 255, 255, 90))
        for y in range(14, picture.height, 14):
            draw.line([(0, y), (picture.width, y)], fill="white" if y % 28 == 0 else (255, 255, 255, 90))
        caption += f", {picture.height // 14 * (picture.width // 14)} patches"
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return picture, caption


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


if __name__ == "__main__":
    main()
