"""Makes `heif`: files of AVIF by Pillow, of HEIC by pillow-heif, and the pixels that these read from them.

    pip install pillow==13.0.0 pillow-heif==1.8.1 numpy; apt-get install libavif-bin; python make_heif.py

A line of `pillow.txt` is the name of a file, its rows, columns, bits, frames, what EXIF calls its turn or 0, and the digest
of the pixels as red, green, blue and alpha, as stored. Of HEIC, whose pixels depend on libheif, there are the pixels
themselves.
"""

import hashlib
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

HERE = Path(__file__).parent / "heif"


def picture(rows, columns, channels=3):
    """Waves with some noise, which no channel is without."""
    random = np.random.default_rng(rows * columns)
    row, column = np.mgrid[:rows, :columns]
    waves = [np.sin(row / (3 + 2 * c)) + np.cos(column / (4 + c) + c) for c in range(channels)]
    pixels = 128 + 60 * np.stack(waves, -1) + random.integers(-8, 9, (rows, columns, channels))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8).squeeze())


def exif(orientation):
    notes = Image.Exif()
    notes[0x112] = orientation
    return notes.tobytes()


def main():
    HERE.mkdir(exist_ok=True)
    lines = []

    def told(name, image, bits=8, frames=1, turn=0):
        path = HERE / name
        rgba = np.asarray(image.convert("RGBA"))
        what = hashlib.sha256(rgba.tobytes()).hexdigest()
        if path.suffix == ".heic":
            path.with_suffix(".rgba").write_bytes(rgba.tobytes())
        lines.append(f"{name} {rgba.shape[0]} {rgba.shape[1]} {bits} {frames} {turn} {what}")

    def avif(name, image, turn=0, frames=1, bits=8, **options):
        if options or frames == 1:
            image.save(HERE / name, quality=70, **options)
        told(name, Image.open(HERE / name), bits, frames, turn)

    for subsampling in ("4:2:0", "4:2:2", "4:4:4", "4:0:0"):
        for range_ in ("full", "limited"):
            name = f"{subsampling.replace(':', '')}-{range_}.avif"
            avif(name, picture(37, 53), subsampling=subsampling, range=range_)
    avif("alpha.avif", picture(21, 30, 4), subsampling="4:2:0")
    avif("alpha-premultiplied.avif", picture(21, 30, 4), alpha_premultiplied=True)
    avif("animated.avif", picture(16, 24), frames=2, save_all=True, append_images=[picture(16, 24).rotate(180)])
    for orientation in range(2, 9):
        avif(f"orientation-{orientation}.avif", picture(13, 18), turn=orientation, exif=exif(orientation))
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory) / "picture.png"
        picture(30, 44).save(source)
        for bits, yuv in ((10, "420"), (12, "444")):
            path = HERE / f"{bits}-bits.avif"
            subprocess.run(["avifenc", "--depth", str(bits), "--yuv", yuv, str(source), str(path)], check=True)
            told(path.name, Image.open(path), bits)

    pillow_heif.register_heif_opener()
    for chroma in ("420", "422", "444"):
        picture(37, 53).save(HERE / f"{chroma}.heic", quality=80, chroma=chroma)
        told(f"{chroma}.heic", Image.open(HERE / f"{chroma}.heic"), turn=1)
    picture(20, 30, 4).save(HERE / "alpha.heic", quality=80, chroma="444")
    told("alpha.heic", Image.open(HERE / "alpha.heic"), turn=1)
    # Turned by its boxes: these are sides and pixels as shown.
    picture(24, 36).save(HERE / "turned.heic", quality=80, chroma="444", exif=exif(6))
    told("turned.heic", Image.open(HERE / "turned.heic"), turn=1)
    (HERE / "pillow.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
