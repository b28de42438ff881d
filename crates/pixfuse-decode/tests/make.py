"""Makes files of every kind that Pillow writes, and lists what Pillow reads from them.

    python make.py

`files/pillow.txt` has a line for each file: its name, the format of the pixels, rows, columns and the SHA-256 of
`Image.open(file).convert(..).tobytes()`. OpenCV writes the PNG files of 16 bits, which Pillow cannot.
"""

import hashlib
import pathlib

import cv2
import numpy
from PIL import Image

FILES = pathlib.Path(__file__).parent / "files"
SIZES = {"odd": (37, 53), "block": (16, 16), "row": (1, 19), "column": (21, 1), "pixel": (1, 1)}


def picture(rows, columns, channels):
    """Slopes, edges and noise."""
    y, x = numpy.mgrid[0:rows, 0:columns]
    planes = [(y * (2 + c) + x * (5 - c) + 90 * ((x + 2 * y) // 11 % 2)) % 256 for c in range(channels)]
    noise = numpy.random.default_rng(rows * columns).integers(0, 40, (rows, columns, channels))
    return numpy.clip(numpy.stack(planes, -1) + noise, 0, 255).astype(numpy.uint8)


def jpegs():
    for size, (rows, columns) in SIZES.items():
        rgb = Image.fromarray(picture(rows, columns, 3))
        for sampling in ("4:4:4", "4:2:2", "4:2:0"):
            for progressive in (False, True):
                name = f"{size}-{sampling.replace(':', '')}{'-progressive' if progressive else ''}"
                yield name, rgb, {"subsampling": sampling, "progressive": progressive}
    rgb = Image.fromarray(picture(*SIZES["odd"], 3))
    yield "coarse", rgb, {"quality": 8}
    yield "fine", rgb, {"quality": 100}
    yield "restarts", rgb, {"restart_marker_rows": 1}
    yield "rgb", rgb, {"keep_rgb": True}
    yield "optimized", rgb, {"optimize": True}
    yield "gray", rgb.convert("L"), {}
    yield "gray-progressive", rgb.convert("L"), {"progressive": True}
    yield "cmyk", Image.fromarray(picture(*SIZES["odd"], 4), "CMYK"), {}
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"orientation-{orientation}", rgb.crop((0, 0, 19, 13)), {"exif": exif, "quality": 95}


def pngs():
    rgba = Image.fromarray(picture(11, 23, 4), "RGBA")
    rgb = rgba.convert("RGB")
    yield "rgb", rgb, {}
    yield "rgba", rgba, {}
    yield "gray", rgb.convert("L"), {}
    yield "gray-alpha", rgba.convert("LA"), {}
    yield "bits", rgb.convert("1"), {}
    yield "palette", rgb.quantize(200), {}
    yield "palette-4-bits", rgb.quantize(11), {"bits": 4}
    yield "palette-transparent", rgb.quantize(50), {"transparency": 3}
    exif = Image.Exif()
    exif[0x0112] = 6
    yield "orientation-6", rgb, {"exif": exif}


def webps():
    rgba = Image.fromarray(picture(*SIZES["odd"], 4), "RGBA")
    rgb = rgba.convert("RGB")
    yield "lossy", rgb, {"quality": 80}
    yield "lossy-coarse", rgb, {"quality": 5}
    yield "lossy-alpha", rgba, {"quality": 70}
    yield "lossless", rgb, {"lossless": True}
    yield "lossless-alpha", rgba, {"lossless": True, "exact": True}
    yield "pixel", rgb.crop((0, 0, 1, 1)), {}
    yield "animated", rgb, {"save_all": True, "append_images": [rgb.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]}
    exif = Image.Exif()
    exif[0x0112] = 8
    yield "orientation-8", rgb, {"exif": exif}


def main():
    for old in FILES.iterdir():
        old.unlink()
    lines = []
    for extension, made in (("jpg", jpegs()), ("png", pngs()), ("webp", webps())):
        for name, image, options in made:
            image.save(FILES / f"{name}.{extension}", **options)
    cv2.imwrite(str(FILES / "rgb-16-bits.png"), numpy.random.default_rng(1).integers(0, 65536, (9, 14, 3), numpy.uint16))
    for path in sorted(FILES.iterdir()):
        image = Image.open(path)
        gray = image.mode in ("L", "1")
        alpha = image.mode in ("LA", "RGBA") or "transparency" in image.info
        for mode, format in [("L", "gray8")] * gray + [("RGB", "rgb8")] * (not alpha) + [("RGBA", "rgba8")]:
            # Pillow reads no RGBA from CMYK in one step.
            converted = (image.convert("RGB") if image.mode == "CMYK" else image).convert(mode)
            digest = hashlib.sha256(converted.tobytes()).hexdigest()
            lines.append(f"{path.name} {format} {image.height} {image.width} {digest}\n")
    (FILES / "pillow.txt").write_text("".join(lines))


main()
