"""Makes JPEG files of every kind there is, and lists what Pillow reads from them.

    python make_jpegs.py

`jpegs.bin` is the files one behind the other, `jpegs.txt` a line for each: its name, its length, rows and columns, and
the SHA-256 of `Image.open(file).convert("RGB").tobytes()`, or `refused` where Pillow raises. `jpegs-asked.txt` has what
some of them give after `draft` for a size, and cut to a length with `LOAD_TRUNCATED_IMAGES`. `cjpeg` (libjpeg-turbo's)
writes the arithmetic coded ones.
"""

import hashlib
import io
import itertools
import pathlib
import random
import struct
import subprocess

import numpy
from PIL import Image, ImageFile

from jpeg_writer import components, lossless, segment, write

HERE = pathlib.Path(__file__).parent
ADOBE = {transform: segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform)) for transform in (0, 1, 2)}
JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
# Each scan of the usual script of three components, luma refined twice.
SCRIPT = [
    ([0, 1, 2], (0, 0, 0, 1)),
    ([0], (1, 5, 0, 2)),
    ([2], (1, 63, 0, 1)),
    ([1], (1, 63, 0, 1)),
    ([0], (6, 63, 0, 2)),
    ([0], (1, 63, 2, 1)),
    ([0, 1, 2], (0, 0, 1, 0)),
    ([2], (1, 63, 1, 0)),
    ([1], (1, 63, 1, 0)),
    ([0], (1, 63, 1, 0)),
]
S420, S422, S444 = [(2, 2), (1, 1), (1, 1)], [(2, 1), (1, 1), (1, 1)], [(1, 1)] * 3
FACTORS = list(itertools.product(range(1, 5), repeat=2))


def named(sampling):
    return ",".join(f"{h}x{v}" for h, v in sampling)


def size(index):
    """Small sizes that are no multiples of a block, and the smallest."""
    return [(19, 13), (9, 17), (33, 8), (16, 16), (1, 1), (7, 25), (23, 3), (2, 1)][index % 8]


def samplings(count):
    return [s for s in itertools.product(FACTORS, repeat=count) if sum(h * v for h, v in s) <= 10]


def sampled():
    """Every sampling of three components that a scan can hold, of gray, and many of four."""
    for index, sampling in enumerate(samplings(3)):
        columns, rows = size(index)
        yield f"rgb-{named(sampling)}", columns, rows, sampling, [[0, 1, 2]], {}
    for index, factors in enumerate(FACTORS):
        yield f"gray-{named([factors])}", *size(index), [factors], [[0]], {}
    four = samplings(4)
    usual = [[a, b, c, d] for a in ((2, 2), (2, 1), (1, 2), (1, 1)) for b, c, d in itertools.product(((1, 1), a), repeat=3)]
    usual = [tuple(s) for s in usual if tuple(s) in four]
    for index, sampling in enumerate(dict.fromkeys(usual + random.Random(1).sample(four, 60))):
        head, name = [(ADOBE[0], "cmyk"), (ADOBE[2], "ycck"), (b"", "four")][index % 3]
        yield f"{name}-{named(sampling)}", *size(index), sampling, [[0, 1, 2, 3]], {"head": head}


def scanned():
    """Scans of some of the components, in any order."""
    for sampling, restart in ((S420, 0), (S444, 2), ([(1, 1), (2, 2), (2, 2)], 0), ([(2, 1), (1, 2), (1, 1)], 3)):
        for scans in ([[0], [1], [2]], [[0], [1, 2]], [[0, 1], [2]], [[0, 2], [1]], [[1, 2], [0]], [[2], [1], [0]]):
            text = ";".join("".join(map(str, scan)) for scan in scans)
            yield f"scans-{text}-{named(sampling)}-{restart}", 21, 18, sampling, scans, {"restart": restart}
    for scans in ([[0], [1], [2], [3]], [[0, 3], [1, 2]], [[0, 1, 2], [3]]):
        text = ";".join("".join(map(str, scan)) for scan in scans)
        for sampling in ([(1, 1)] * 4, [(2, 2), (1, 1), (1, 1), (2, 2)]):
            yield f"scans-{text}-{named(sampling)}", 21, 18, sampling, scans, {"head": ADOBE[2]}


def progressive():
    """Whole, and cut after each scan; without what some components have beside their mean."""
    for sampling in (S420, S422, S444, [(1, 2), (1, 1), (1, 1)]):
        for count in range(1, len(SCRIPT) + 1):
            # Smoothing needs a few blocks beside each other, and looks at five of them.
            yield f"progressive-{count}-{named(sampling)}", 53, 44, sampling, SCRIPT[:count], {"restart": count % 3}
        for left in ([0], [1], [2], [1, 2], [0, 1], [0, 2]):
            scans = [(scan, spectrum) for scan, spectrum in SCRIPT if len(scan) > 1 or scan[0] not in left]
            yield f"progressive-without-{left}-{named(sampling)}".replace(" ", ""), 36, 27, sampling, scans, {}
    for rows, columns in ((16, 16), (8, 8), (40, 9), (24, 48)):
        for scans in ([([0], (0, 0, 0, 0))], [([0], (0, 0, 0, 1))], [([0], (0, 0, 0, 0)), ([0], (1, 5, 0, 0))]):
            last = scans[-1][1]
            yield f"progressive-gray-{rows}x{columns}-{last[1]}-{last[3]}", columns, rows, [(1, 1)], scans, {}
    dc, ac = ([0, 1, 2, 3], (0, 0, 0, 0)), [([i], (1, 63, 0, 0)) for i in range(4)]
    for sampling in ([(1, 1)] * 4, [(2, 2), (1, 1), (1, 1), (2, 2)], [(2, 2), (1, 1), (1, 1), (1, 1)]):
        for count in (1, 3, 5):
            scans = [dc, *ac][:count]
            yield f"progressive-ycck-{count}-{named(sampling)}", 37, 30, sampling, scans, {"head": ADOBE[2]}


def marked():
    """Restart markers, bytes that belong to nothing, and what says which colours there are."""
    for sampling in (S420, S422, S444):
        for restart in (1, 2, 5, 100):
            yield f"restarts-{restart}-{named(sampling)}", 45, 20, sampling, [[0, 1, 2]], {"restart": restart}
    for number in (3, 4, 5):
        yield f"restarts-off-by-{number}", 45, 20, S420, [[0, 1, 2]], {"restart": 2, "number": number}
    for name, between in (("fill", b"\xff\xff\xff"), ("bytes", b"\1\2\3"), ("comment", segment(0xFE, b"about"))):
        yield f"between-{name}", 20, 20, S420, [[0], [1], [2]], {"between": between}
        yield f"between-{name}-progressive", 20, 20, S420, SCRIPT, {"between": between}
    for head_name, head in (("none", b""), ("jfif", JFIF), *((f"adobe-{t}", head) for t, head in ADOBE.items())):
        for ids in ([1, 2, 3], [0, 1, 2], [82, 71, 66], [7, 8, 9]):
            yield f"ids-{ids}-{head_name}".replace(" ", ""), 17, 9, S422, [[0, 1, 2]], {"head": head, "ids": ids}
        for sampling in ([(1, 1)] * 4,):
            yield f"four-{head_name}", 17, 9, sampling, [[0, 1, 2, 3]], {"head": head}
    for ids in ([1, 1, 2], [1, 2, 2], [1, 2, 1], [5, 5, 5]):
        for sampling in (S444, S420):
            yield f"same-ids-{ids}-{named(sampling)}".replace(" ", ""), 17, 9, sampling, [[0, 1, 2]], {"ids": ids}


def drawn():
    for index, (name, columns, rows, sampling, scans, options) in enumerate(
        itertools.chain(sampled(), scanned(), progressive(), marked())
    ):
        frame = components(sampling, columns, rows, index, options.pop("ids", None))
        yield name, write(frame, columns, rows, scans, **options)
    for channels, ids in ((1, [1]), (3, [1, 2, 3]), (3, [82, 71, 66])):
        yield f"lossless-{ids}".replace(" ", ""), lossless(channels, 11, 7, channels, ids)
    frame = components([(1, 1)], 9, 9, 0)
    whole = write(frame, 9, 9, [[0]])
    at = whole.index(b"\xff\xc0")
    yield "no-rows", whole[: at + 5] + b"\0\0" + whole[at + 7 :]
    yield "12-bits", whole[: at + 1] + b"\xc1\0\x0b\x0c" + whole[at + 5 :]
    yield "hierarchical", whole[: at + 1] + b"\xc5" + whole[at + 2 :]
    yield "two-channels", write(components([(1, 1)] * 2, 9, 9, 0), 9, 9, [[0, 1]])


def arithmetic():
    y, x = numpy.mgrid[0:29, 0:37]
    picture = numpy.stack([(x * 5 + y * 3) % 256, (x * y) % 256, (y * 9) % 256], -1).astype(numpy.uint8)
    for sampling in ("1x1", "2x1", "2x2", "1x2", "1x1,2x2,2x2"):
        for more in ([], ["-progressive"], ["-grayscale"], ["-restart", "1"]):
            ppm = io.BytesIO()
            Image.fromarray(picture).save(ppm, "PPM")
            command = ["cjpeg", "-arithmetic", "-quality", "70", "-sample", sampling, *more]
            file = subprocess.run(command, input=ppm.getvalue(), capture_output=True, check=True).stdout
            yield f"arithmetic-{sampling}{''.join(more)}", file


def read(file, draft=None):
    """Rows, columns and digest of what Pillow reads."""
    try:
        image = Image.open(io.BytesIO(file))
        if draft:
            image.draft(None, draft[::-1])
        # Pillow takes four channels to be inverted, as Adobe's programs write them.
        digest = hashlib.sha256(image.convert("RGB").tobytes()).hexdigest()
    except (OSError, SyntaxError):
        return "0 0 refused"
    return f"{image.height} {image.width} {digest}"


def asked(whole):
    """Drafts and cuts of every seventh file; arithmetic codes are cut to black in Pillow only."""
    for name, file in whole[::7]:
        image = Image.open(io.BytesIO(file))
        for by in (2, 3, 4, 8):
            rows, columns = image.height // by, image.width // by
            if rows and columns and not name.startswith("lossless"):
                yield f"{name} draft {rows} {columns} {read(file, (rows, columns))}"
        if not name.startswith(("arithmetic", "lossless")):
            first = file.index(b"\xff\xda")
            for part in range(1, 6):
                length = first + (len(file) - first) * part // 6
                yield f"{name} cut {length} 0 {read(file[:length])}"


def main():
    files = [*drawn(), *arithmetic()]
    names = [name for name, _ in files]
    assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]
    (HERE / "jpegs.bin").write_bytes(b"".join(file for _, file in files))
    lines = [f"{name} {len(file)} {read(file)}\n" for name, file in files]
    (HERE / "jpegs.txt").write_text("".join(lines))
    whole = [(name, file) for name, file in files if "refused" not in read(file)]
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    (HERE / "jpegs-asked.txt").write_text("".join(f"{line}\n" for line in asked(whole)))


if __name__ == "__main__":
    main()
