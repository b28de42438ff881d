"""Makes files of every kind of PNG, WebP, GIF, BMP and TIFF, and lists what Pillow reads from them.

    python kinds.py            # the compact part, into kinds/, which is committed
    python kinds.py DIRECTORY  # all of them, for PIXFUSE_KINDS=DIRECTORY cargo test -p pixfuse-decode --test pillow

`pillow.txt` has the lines of `files/pillow.txt`: name, format, rows, columns, SHA-256 of the pixels. A kind that Pillow
does not read is left out. WebP animations are made by `webpmux`, where it is installed, in the full run only.
"""

import hashlib
import io
import itertools
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import warnings
import zlib

import numpy
from PIL import Image

warnings.simplefilter("ignore")
generator = numpy.random.default_rng(17)


def samples(rows, columns, channels, bits):
    """Slopes with noise, as whole numbers of that many bits."""
    y, x = numpy.mgrid[0:rows, 0:columns]
    planes = [(y * (5 + c) + x * (9 - c)) * 257 for c in range(channels)]
    noise = generator.integers(0, 9000, (rows, columns, channels))
    return ((numpy.stack(planes, -1) + noise) % 65536 >> (16 - bits)).astype(numpy.uint16)


def packed(values, bits, order=">"):
    """Rows of samples as bytes, each row from a new byte on."""
    flat = values.reshape(values.shape[0], -1)
    if bits == 16:
        return [row.astype(f"{order}u2").tobytes() for row in flat]
    if bits == 8:
        return [row.astype(numpy.uint8).tobytes() for row in flat]
    binary = (flat[..., None] >> numpy.arange(bits - 1, -1, -1)) & 1
    return [numpy.packbits(row.reshape(-1).astype(numpy.uint8)).tobytes() for row in binary]


# ---- PNG -----------------------------------------------------------------------------------------------------------

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PASSES = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def chunk(name, data=b""):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(color, bits, rows=9, columns=11, interlaced=False, before=b"", behind=b"", transparency=b"", entries=None):
    values = samples(rows, columns, CHANNELS[color], bits)
    header = struct.pack(">IIBBBBB", columns, rows, bits, color, 0, 0, interlaced)
    passes = [values]
    if interlaced:
        passes = [values[y::dy, x::dx] for y, x, dy, dx in PASSES]
    raw = b"".join(b"\0" + row for part in passes if part.size for row in packed(part, bits))
    palette = b""
    if color == 3:
        count = (1 << bits) if entries is None else entries
        palette = chunk(b"PLTE", generator.integers(0, 256, 3 * count, numpy.uint8).tobytes())
    transparency = chunk(b"tRNS", transparency) if transparency else b""
    data = zlib.compress(raw)
    middle = len(data) // 2
    pixels = chunk(b"IDAT", data[:middle]) + chunk(b"IDAT") + chunk(b"IDAT", data[middle:])
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + before + palette + transparency + pixels + behind + chunk(b"IEND")


ANCILLARY = {
    "gAMA": struct.pack(">I", 45455),
    "cHRM": struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000),
    "sRGB": b"\0",
    "pHYs": struct.pack(">IIB", 2835, 2835, 1),
    "tIME": struct.pack(">HBBBBB", 2026, 1, 2, 3, 4, 5),
    "tEXt": b"Comment\0plain",
    "zTXt": b"Comment\0\0" + zlib.compress(b"compressed"),
    "iTXt": b"Comment\0\1\0en\0Comment\0" + zlib.compress("größer".encode()),
    "iCCP": b"profile\0\0" + zlib.compress(b"\0" * 128),
    "sPLT": b"name\0\x08" + bytes(6),
    "oFFs": struct.pack(">iiB", 1, 2, 0),
    "prVt": b"private",
}


def pngs():
    for color, depths in DEPTHS.items():
        for bits, interlaced in itertools.product(depths, (False, True)):
            name = f"type-{color}-{bits}{'-interlaced' * interlaced}"
            yield name, png(color, bits, interlaced=interlaced), not interlaced or bits == 8
            for rows, columns in ((1, 1), (1, 5), (7, 1), (8, 8), (17, 3)):
                yield f"{name}-{rows}x{columns}", png(color, bits, rows, columns, interlaced), False
    for bits in (1, 2, 4, 8):
        yield f"palette-{bits}-alpha", png(3, bits, transparency=bytes([0, 100])), bits == 4
        yield f"palette-{bits}-one", png(3, bits, transparency=b"\xff\0"), bits == 2
        yield f"palette-{bits}-short", png(3, bits, entries=max(1, (1 << bits) // 2)), bits == 8
        yield f"palette-{bits}-long-alpha", png(3, bits, entries=1, transparency=bytes(range(2))), bits == 1
    yield "gray-8-transparent", png(0, 8, transparency=b"\0\x20"), True
    yield "gray-1-transparent", png(0, 1, transparency=b"\0\1"), True
    yield "rgb-8-transparent", png(2, 8, transparency=bytes(6)), True
    for name, data in ANCILLARY.items():
        for color in DEPTHS:
            extra = chunk(name.encode(), data)
            yield f"{name}-before-{color}", png(color, 8, before=extra), color == 2
            yield f"{name}-behind-{color}", png(color, 8, behind=extra), False
    background = {0: bytes(2), 2: bytes(6), 3: bytes(1), 4: bytes(2), 6: bytes(6)}
    for color, data in background.items():
        yield f"bKGD-{color}", png(color, 8, behind=b"", before=chunk(b"bKGD", data)), color == 6
    yield "all", png(2, 8, before=b"".join(chunk(name.encode(), data) for name, data in ANCILLARY.items())), True
    frame = struct.pack(">IIIIIHHBB", 0, 11, 9, 0, 0, 1, 10, 0, 0)
    later = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 1, 11, 9, 0, 0, 1, 10, 0, 0)) + chunk(b"fdAT", b"\0\0\0\2junk")
    yield "animated", png(6, 8, before=chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"fcTL", frame), behind=later), True


# ---- GIF -----------------------------------------------------------------------------------------------------------


def gifs():
    rgb = Image.fromarray(samples(13, 17, 3, 8).astype(numpy.uint8))
    for colours, interlace, transparency in itertools.product((2, 3, 16, 200), (0, 1), (None, 0, 1)):
        options = {} if transparency is None else {"transparency": transparency}
        file = saved(rgb.quantize(colours), "GIF", interlace=interlace, **options)
        name = f"{colours}{'-interlaced' * interlace}" + (f"-transparent-{transparency}" if options else "")
        yield name, file, colours in (3, 200) and (transparency != 0)
        # On a larger canvas, and beyond it.
        at = file.index(b"\x2c", 13 + (3 << (file[10] & 7) + 1 if file[10] & 0x80 else 0))
        placed = bytearray(file)
        placed[6:10] = struct.pack("<HH", 24, 19)
        placed[at + 1 : at + 5] = struct.pack("<HH", 3, 4)
        yield f"{name}-placed", bytes(placed), colours == 16 and interlace == 0
        placed[6:10] = struct.pack("<HH", 9, 7)
        yield f"{name}-beyond", bytes(placed), colours == 16 and interlace == 1 and transparency != 0
    yield "gray", saved(rgb.convert("L"), "GIF"), True
    yield "bits", saved(rgb.convert("1"), "GIF"), True
    frames = [rgb.quantize(20), rgb.rotate(180).quantize(30)]
    yield "animated", saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), True
    yield "large", saved(Image.fromarray(generator.integers(0, 256, (70, 90), numpy.uint8)), "GIF"), False


# ---- BMP -----------------------------------------------------------------------------------------------------------


def bmp(bits, rows, data, columns=11, compression=0, palette=b"", masks=b"", size=40, top_down=False):
    if size == 12:
        header = struct.pack("<IHHHH", 12, columns, rows, 1, bits)
    else:
        height = -rows if top_down else rows
        header = struct.pack("<IiiHHIIiiII", size, columns, height, 1, bits, compression, len(data), 0, 0, 0, 0)
        header = (header + (masks if size > 40 else b"")).ljust(size, b"\0")
    after = (masks if size == 40 else b"") + palette
    start = 14 + len(header) + len(after)
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + after + data


def bmps():
    rows, columns = 9, 11

    def lines(values, bits):
        return b"".join(row + b"\0" * (-len(row) % 4) for row in packed(values, bits))

    for bits in (1, 4, 8):
        colours = generator.integers(0, 256, (1 << bits, 4), numpy.uint8)
        values = samples(rows, columns, 1, bits)
        for size, top_down in ((12, False), (40, False), (40, True), (64, False), (124, False)):
            palette = (colours[:, :3] if size == 12 else colours).tobytes()
            name = f"{bits}-header-{size}{'-top-down' * top_down}"
            yield name, bmp(bits, rows, lines(values, bits), palette=palette, size=size, top_down=top_down), size == 40
        ramp = numpy.arange(1 << bits) * (255 if bits == 1 else 1)
        palette = numpy.stack([ramp] * 3 + [ramp * 0], -1).astype(numpy.uint8).tobytes()
        if bits != 4:
            yield f"{bits}-gray", bmp(bits, rows, lines(values, bits), palette=palette), True
    colours = generator.integers(0, 256, (256, 4), numpy.uint8).tobytes()
    runs = b""
    for row in samples(rows, columns, 1, 8)[..., 0]:
        runs += bytes([4, row[0], 0, 3, row[1], row[2], row[3], 0, columns - 7, row[4], 0, 0])
    yield "8-runs", bmp(8, rows, runs + b"\0\1", compression=1, palette=colours), True
    yield "8-runs-delta", bmp(8, rows, b"\3\5\0\2\2\1" + b"\x0b\7\0\0" * 8 + b"\0\1", compression=1, palette=colours), True
    runs = b""
    for row in samples(rows, columns, 1, 8)[..., 0]:
        runs += bytes([4, row[0], 0, 3, row[1], row[2], columns - 7, row[4], 0, 0])
    yield "4-runs", bmp(4, rows, runs + b"\0\1", compression=2, palette=colours[:64]), True
    deep = samples(rows, columns, 1, 16)
    short = b"".join(row.astype("<u2").tobytes() + b"\0" * (columns % 2 * 2) for row in deep[..., 0])
    yield "16", bmp(16, rows, short), True
    for name, masks in {"565": (0xF800, 0x7E0, 0x1F), "555": (0x7C00, 0x3E0, 0x1F)}.items():
        yield f"16-{name}", bmp(16, rows, short, compression=3, masks=struct.pack("<3I", *masks)), True
    for channels in (3, 4):
        yield f"{channels * 8}", bmp(channels * 8, rows, lines(samples(rows, columns, channels, 8), 8)), True
    for number, masks in enumerate((
        (0xFF0000, 0xFF00, 0xFF, 0x0), (0xFF000000, 0xFF0000, 0xFF00, 0x0), (0xFF000000, 0xFF00, 0xFF, 0x0),
        (0xFF000000, 0xFF0000, 0xFF00, 0xFF), (0xFF, 0xFF00, 0xFF0000, 0xFF000000),
        (0xFF0000, 0xFF00, 0xFF, 0xFF000000), (0xFF000000, 0xFF00, 0xFF, 0xFF0000), (0, 0, 0, 0),
    )):
        data = lines(samples(rows, columns, 4, 8), 8)
        yield f"32-masks-{number}", bmp(32, rows, data, compression=3, masks=struct.pack("<4I", *masks), size=124), True
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        yield f"pillow-{mode}", saved(Image.fromarray(samples(9, 11, 4, 8).astype(numpy.uint8)).convert(mode), "BMP"), False


# ---- TIFF ----------------------------------------------------------------------------------------------------------


def packbits(data):
    return b"".join(bytes([len(part) - 1]) + part for part in (data[at : at + 128] for at in range(0, len(data), 128)))


def tiff(values, bits, photometric, order="<", compression=1, tile=None, rows_each=4, predictor=1, extra=(), tags=()):
    rows, columns, channels = values.shape
    pieces = []
    if tile:
        for y, x in itertools.product(range(0, rows, tile), range(0, columns, tile)):
            part = values[y : y + tile, x : x + tile]
            part = numpy.pad(part, ((0, tile - part.shape[0]), (0, tile - part.shape[1]), (0, 0)))
            pieces.append(part)
    else:
        pieces = [values[y : y + rows_each] for y in range(0, rows, rows_each)]
    if predictor == 2:
        pieces = [numpy.concatenate([part[:, :1], numpy.diff(part, axis=1)], 1) for part in pieces]
    data = [b"".join(packed(part & ((1 << bits) - 1), bits, order)) for part in pieces]
    data = [{1: bytes, 8: zlib.compress, 32773: packbits}[compression](part) for part in data]
    file = (b"II\x2a\0" if order == "<" else b"MM\0\x2a") + b"\0\0\0\0"
    offsets = []
    for part in data:
        offsets.append(len(file))
        file += part + b"\0" * (len(part) % 2)
    entries = [
        (256, 4, [columns]), (257, 4, [rows]), (258, 3, [bits] * channels), (259, 3, [compression]),
        (262, 3, [photometric]), (277, 3, [channels]), (317, 3, [predictor]), *tags,
    ]
    where = ([(322, 4, [tile]), (323, 4, [tile]), (324, 4, offsets), (325, 4, [len(part) for part in data])] if tile
             else [(273, 4, offsets), (278, 4, [rows_each]), (279, 4, [len(part) for part in data])])
    entries += where + ([(338, 3, list(extra))] if extra else [])
    if photometric == 3:
        entries.append((320, 3, generator.integers(0, 65536, 3 << bits).tolist()))
    directory, blocks = b"", b""
    behind = len(file) + 2 + 12 * len(entries) + 4
    for tag, kind, numbers in sorted(entries):
        content = struct.pack(f"{order}{len(numbers)}{'HI'[kind - 3]}", *numbers)
        if len(content) > 4:
            place = struct.pack(f"{order}I", behind + len(blocks))
            blocks += content + b"\0" * (len(content) % 2)
            content = place
        directory += struct.pack(f"{order}HHI", tag, kind, len(numbers)) + content.ljust(4, b"\0")
    start = len(file)
    file += struct.pack(f"{order}H", len(entries)) + directory + bytes(4) + blocks
    return file[:4] + struct.pack(f"{order}I", start) + file[8:]


def tiffs():
    layouts = [(1, 0, (1, 2, 4, 8)), (1, 1, (1, 2, 4, 8, 16)), (3, 2, (8, 16)), (1, 3, (1, 2, 4, 8))]
    for channels, photometric, depths in layouts:
        for bits, order, compression, tile in itertools.product(depths, "<>", (1, 8, 32773), (None, 16)):
            values = samples(19, 21, channels, bits)
            name = f"{photometric}-{bits}-{'little' if order == '<' else 'big'}-{compression}" + "-tiles" * bool(tile)
            compact = (compression, order) == (8, ">") if tile else (compression, order) in ((1, "<"), (32773, ">"))
            yield name, tiff(values, bits, photometric, order, compression, tile), compact and bits != 2
            if bits in (8, 16) and compression == 8 and photometric != 3:
                file = tiff(values, bits, photometric, order, compression, tile, predictor=2)
                yield f"{name}-predictor", file, order == ">" and tile is None
    for bits, order in itertools.product((8, 16), "<>"):
        name = f"{bits}-{'little' if order == '<' else 'big'}"
        yield f"alpha-{name}", tiff(samples(9, 11, 4, bits), bits, 2, order, extra=[2]), True
        yield f"gray-alpha-{name}", tiff(samples(9, 11, 2, bits), bits, 1, order, extra=[2]), bits == 8
    for orientation in range(1, 9):
        yield f"orientation-{orientation}", tiff(samples(9, 11, 3, 8), 8, 2, tags=[(274, 3, [orientation])]), False
    for mode, compression in itertools.product(("1", "L", "LA", "P", "RGB", "RGBA"), ("tiff_lzw", "tiff_adobe_deflate", "packbits")):
        image = Image.fromarray(samples(40, 50, 4, 8).astype(numpy.uint8)).convert(mode)
        yield f"pillow-{mode}-{compression}", saved(image, "TIFF", compression=compression), mode == "RGB"
        if mode != "1" and compression != "packbits":
            yield f"pillow-{mode}-{compression}-predictor", saved(image, "TIFF", compression=compression, tiffinfo={317: 2}), False


# ---- WebP ----------------------------------------------------------------------------------------------------------


def webps():
    rgba = Image.fromarray(samples(21, 27, 4, 8).astype(numpy.uint8))
    for mode, lossless, exact in (("RGB", 0, 0), ("RGB", 1, 0), ("RGBA", 0, 0), ("RGBA", 1, 0), ("RGBA", 1, 1)):
        image = rgba.convert(mode)
        name = f"{mode}-{'lossless' if lossless else 'lossy'}{'-exact' * exact}"
        for quality in (5, 60, 95):
            yield f"{name}-{quality}", saved(image, "WEBP", lossless=lossless, exact=exact, quality=quality), False
        for blend, whole in itertools.product("+-", (True, False)):
            still = saved(image if whole else image.crop((0, 0, 14, 10)), "WEBP", lossless=lossless, exact=exact)
            frames = animation(still, blend, "+0+0" if whole else "+4+6", saved(image, "WEBP"))
            if frames:
                yield f"animated-{name}-{blend}{'whole' if whole else 'part'}", frames, False
    for flags, mode in itertools.product(range(0, 0x40, 4), ("RGB", "RGBA")):
        still = saved(rgba.convert(mode), "WEBP", lossless=1)
        if still[12:16] == b"VP8L":
            head = b"WEBPVP8X\x0a\0\0\0" + bytes([flags, 0, 0, 0, 26, 0, 0, 20, 0, 0])
            yield f"flags-{flags:02x}-{mode}", b"RIFF" + struct.pack("<I", len(head) + len(still) - 12) + head + still[12:], flags in (0, 0x1C)


def animation(first, blend, offset, second):
    if not shutil.which("webpmux"):
        return None
    with tempfile.TemporaryDirectory() as directory:
        paths = [pathlib.Path(directory) / name for name in ("a.webp", "b.webp", "out.webp")]
        paths[0].write_bytes(second)
        paths[1].write_bytes(first)
        # The first frame is the one that is placed; the other one makes the canvas as large as it is.
        frames = ["-frame", paths[1], f"+100{offset}+0{blend}b", "-frame", paths[0], "+100+0+0+0+b"]
        made = subprocess.run(["webpmux", *map(str, frames), "-o", str(paths[2])], capture_output=True)
        return paths[2].read_bytes() if made.returncode == 0 else None


# --------------------------------------------------------------------------------------------------------------------


def saved(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def pixels(file):
    """What Pillow reads: lines of format, rows, columns and digest."""
    image = Image.open(io.BytesIO(file))
    image.load()
    if image.mode in ("I;16", "I;16B"):
        yield "gray16", image.height, image.width, numpy.asarray(image).astype("<u2").tobytes()
        return
    if image.mode == "PA":
        return
    gray = image.mode in ("L", "1")
    alpha = image.mode in ("LA", "RGBA") or "transparency" in image.info
    for mode, format in [("L", "gray8")] * (gray and not alpha) + [("RGB", "rgb8")] * (not alpha) + [("RGBA", "rgba8")]:
        yield format, image.height, image.width, image.convert(mode).tobytes()


def main():
    compact = len(sys.argv) < 2
    directory = pathlib.Path(__file__).parent / "kinds" if compact else pathlib.Path(sys.argv[1])
    directory.mkdir(exist_ok=True)
    for old in directory.iterdir():
        old.unlink()
    lines, refused = [], []
    for extension, made in (("png", pngs()), ("gif", gifs()), ("bmp", bmps()), ("tif", tiffs()), ("webp", webps())):
        for name, file, is_compact in made:
            if compact and not is_compact:
                continue
            try:
                found = list(pixels(file))
            except Exception as error:
                refused.append(f"{name}.{extension}: {error}")
                continue
            (directory / f"{name}.{extension}").write_bytes(file)
            for format, rows, columns, content in found:
                lines.append(f"{name}.{extension} {format} {rows} {columns} {hashlib.sha256(content).hexdigest()}\n")
    (directory / "pillow.txt").write_text("".join(sorted(lines)))
    print(f"{len(list(directory.iterdir())) - 1} files; Pillow does not read {len(refused)}:", *refused, sep="\n  ")


main()
