"""Files to tensors: the pixels of Pillow, turned as EXIF says, and what is wrong said in words."""

import io
import random
import threading
import time

import numpy as np
import pixfuse
import pytest
from photos import encoded, picture
from PIL import Image, ImageOps
from pixfuse import Pipeline, PipelineError

WHOLE = "input(rgb8), output(rgb, u8, hwc)"
TEXT = "input(rgb8), resize(24, 37, bilinear, antialias), normalize(), output(rgb, f32, chw)"


def noted(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"subsampling": "4:4:4"},
        {"subsampling": "4:2:2", "quality": 30},
        {"progressive": True},
        {"format": "PNG"},
        {"format": "WEBP"},
        {"format": "WEBP", "lossless": True},
    ],
)
def test_pixels_are_those_of_pillow(options):
    for rows, columns in [(1, 1), (7, 9), (48, 64), (131, 77)]:
        file = encoded(picture(rows, columns), **options)
        expected = np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))
        assert np.array_equal(Pipeline(WHOLE).decode(file), expected)
        swapped = Pipeline("input(bgr8), output(bgr, u8, chw)").decode(file)
        assert np.array_equal(swapped, expected[:, :, ::-1].transpose(2, 0, 1))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_is_followed(orientation, format, level):
    file = encoded(picture(41, 67), format, exif=noted(orientation))
    pipe = Pipeline(TEXT)
    stored = Image.open(io.BytesIO(file))
    shown = np.asarray(ImageOps.exif_transpose(stored))
    expected = pipe(shown)
    assert np.array_equal(pipe.decode(file), expected)
    pixels = np.asarray(stored)
    assert np.array_equal(pipe(pixels, orient=orientation), expected)
    assert np.array_equal(Pipeline(TEXT.replace("rgb8", f"rgb8, orient = {orientation}"))(pixels), expected)
    assert np.array_equal(Pipeline(TEXT.replace("rgb8", "rgb8, orient = 7"))(pixels, orient=orientation), expected)
    assert np.array_equal(pipe.decode(file, orient=1), pipe(pixels))

    letterbox = Pipeline("input(rgb8, orient = 5), letterbox(64, 64, bilinear), output(rgb, u8)")
    geometry = letterbox.decode_geometry(file)
    assert geometry.source == shown.shape[:2]
    assert geometry == letterbox.geometry(41, 67, orient=orientation)
    assert letterbox.decode_geometry(file, orient=1).source == (41, 67)
    whole = Pipeline("input(rgb8, orient = 5), output(rgb, u8, hwc)")
    assert whole.output_shape(41, 67, orient=orientation) == shown.shape == whole.decode(file).shape


def test_where_a_file_says_nothing_the_pipeline_does():
    file = encoded(picture(20, 30))
    turned = Pipeline("input(rgb8, orient = 6), output(rgb, u8, hwc)").decode(file)
    assert np.array_equal(turned, np.rot90(Pipeline(WHOLE).decode(file), -1))


def test_every_kind_of_bytes():
    file = encoded(picture(20, 30))
    pipe = Pipeline(TEXT)
    expected = pipe.decode(file)
    array = np.frombuffer(file, np.uint8)
    for data in (bytearray(file), memoryview(file), array, memoryview(array)):
        assert np.array_equal(pipe.decode(data), expected)
    out = np.empty_like(expected)
    assert pipe.decode(file, out) is out and np.array_equal(out, expected)
    assert pipe.decode(file, out=out) is out


@pytest.mark.parametrize("threads", [None, 1, 2, 5])
def test_batches(threads):
    sizes = [(30, 40), (77, 50), (24, 37), (200, 300), (9, 9)]
    files = [encoded(picture(*size), format) for size in sizes for format in ("JPEG", "PNG", "WEBP")]
    pipe = Pipeline(TEXT)
    expected = np.stack([pipe.decode(file) for file in files])
    assert np.array_equal(pipe.decode_batch(files, threads=threads), expected)
    out = np.empty_like(expected)
    assert pipe.decode_batch(iter(files), out, threads=threads) is out
    assert np.array_equal(out, expected)


PHOTO = encoded(picture(60, 80))
ALPHA = encoded(picture(6, 8, 4), "PNG")

# What is called, and what is said.
WRONG = {
    "a number": (
        lambda pipe: pipe.decode(5),
        "data: expected a file: its bytes, its path, or an object with read(), found 5",
    ),
    "pixels": (
        lambda pipe: pipe.decode(np.zeros((4, 5, 3), np.uint8)),
        "data: expected a file: its bytes, its path, or an object with read(), found ndarray whose memory is not one row of bytes",
    ),
    "every second byte": (
        lambda pipe: pipe.decode(np.frombuffer(PHOTO, np.uint8)[::2]),
        "data: expected a file: its bytes, its path, or an object with read(), found ndarray whose memory is not one row of bytes",
    ),
    "floats": (
        lambda pipe: pipe.decode(np.zeros(9)),
        "data: expected a file: its bytes, its path, or an object with read(), found ndarray whose memory is not one row of bytes",
    ),
    "nothing": (lambda pipe: pipe.decode(b""), "file: expected a JPEG, PNG, WebP, GIF, BMP or TIFF file, found no bytes"),
    "a page": (
        lambda pipe: pipe.decode(b"<html>"),
        'file: expected a JPEG, PNG, WebP, GIF, BMP or TIFF file, found 6 bytes that begin with 3c 68 74 6d 6c 3e ("<html>")',
    ),
    "half": (
        lambda pipe: pipe.decode(PHOTO[:800]),
        "file: this JPEG file of 800 bytes ends too early: it is truncated",
    ),
    "alpha": (
        lambda pipe: pipe.decode(ALPHA),
        "file: this PNG file has colours with alpha, and input(rgb8) has no alpha; "
        "input(rgba8, alpha = drop) reads every file, and drops it",
    ),
    "too many pixels": (
        lambda pipe: pipe.decode(PHOTO, max_pixels=4799),
        "file: 60 rows x 80 columns are 4800 pixels, more than max_pixels = 4799; to read it, raise max_pixels",
    ),
    "a long side": (
        lambda pipe: pipe.decode(PHOTO, max_side=79),
        "file: of 60 rows x 80 columns a side is longer than max_side = 79; to read it, raise max_side",
    ),
    "a negative side": (
        lambda pipe: pipe.decode_batch([PHOTO], max_side=-1),
        "max_side: expected a whole number of at least 1, found -1",
    ),
    "no pixels": (
        lambda pipe: pipe.decode(PHOTO, max_pixels=0),
        "max_pixels: expected a whole number of at least 1, found 0",
    ),
    "orient 9": (
        lambda pipe: pipe.decode(PHOTO, orient=9),
        "orient: expected an integer from 1 to 8, 'exif' or 'stored', found 9",
    ),
    "orient of an image": (
        lambda pipe: pipe(np.zeros((4, 5, 3), np.uint8), orient="right"),
        "orient: expected an integer from 1 to 8, 'exif' or 'stored', found 'right'",
    ),
    "orient of a size": (
        lambda pipe: pipe.geometry(4, 5, orient=0),
        "orient: expected an integer from 1 to 8, 'exif' or 'stored', found 0",
    ),
    "another shape": (
        lambda pipe: pipe.decode(PHOTO, out=np.empty((3, 24, 38), np.float32)),
        "out: shape (3, 24, 38), expected (3, 24, 37)",
    ),
    "one of many": (
        lambda pipe: pipe.decode_batch([PHOTO, PHOTO[:800], b""]),
        "number 2: file: expected a JPEG, PNG, WebP, GIF, BMP or TIFF file, found no bytes",
    ),
    "half of many": (
        lambda pipe: pipe.decode_batch([PHOTO, PHOTO[:800], PHOTO], threads=2),
        "number 1: file: this JPEG file of 800 bytes ends too early: it is truncated",
    ),
    "a number of many": (
        lambda pipe: pipe.decode_batch([PHOTO, 7]),
        "number 1: data: expected a file: its bytes, its path, or an object with read(), found 7",
    ),
    "no list": (lambda pipe: pipe.decode_batch(5), "files: expected a list of files, found 5"),
    "no threads": (lambda pipe: pipe.decode_batch([PHOTO], threads=0), "threads: 0, expected 1 to 1024"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case):
    call, said = WRONG[case]
    with pytest.raises(PipelineError) as error:
        call(Pipeline(TEXT))
    assert str(error.value) == said


def test_a_refused_file_writes_nothing():
    out = np.full((3, 24, 37), 7, np.float32)
    for file in (b"", PHOTO[:100], PHOTO[:1000], ALPHA):
        with pytest.raises(PipelineError):
            Pipeline(TEXT).decode(file, out=out)
    assert (out == 7).all()


def damaged(file, chance):
    """One to four damages of the kinds that disks, networks and attackers make."""
    file = bytearray(file)
    for _ in range(chance.randrange(1, 5)):
        at, to, length = chance.randrange(len(file)), chance.randrange(len(file)), chance.randrange(1, 33)
        match chance.randrange(6):
            case 0:
                file[at] ^= 1 << chance.randrange(8)
            case 1:
                file[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
            case 2:
                # A damaged header is found early; its sizes and tables are worth more than their share of bytes.
                file[at % 400] = chance.randrange(256)
            case 3:
                file[to:to] = file[at : at + length]
            case 4:
                del file[max(at, 16) : at + length]
            case 5:
                del file[max(at, 16) :]
    return bytes(file)


def test_ten_thousand_damaged_files():
    """A tensor or an error, soon, and no byte beside the output."""
    chance = random.Random(7)
    formats = [
        [{"format": "JPEG"}, {"format": "JPEG", "progressive": True}, {"format": "JPEG", "exif": noted(6)}],
        [{"format": "PNG"}, {"format": "PNG", "bits": 8}],
        [{"format": "WEBP"}, {"format": "WEBP", "lossless": True}],
    ]
    files = [[encoded(picture(37, 53), **options) for options in format] for format in formats]
    pipe = Pipeline("input(rgba8, alpha = drop), resize(7, 9, bilinear), output(rgb, f32, chw)")
    around = np.full(32 + 3 * 7 * 9 + 32, 85, np.float32)
    out = around[32:-32].reshape(3, 7, 9)
    tensors, slowest = 0, 0
    for turn in range(10_000):
        file = damaged(chance.choice(files[turn % 3]), chance)
        start = time.perf_counter()
        try:
            pipe.decode(file, out, max_pixels=1 << 18)
            tensors += 1
        except PipelineError as error:
            assert str(error).startswith("file: ")
        slowest = max(slowest, time.perf_counter() - start)
        assert (around[:32] == 85).all() and (around[-32:] == 85).all()
    assert 500 < tensors < 9_000, f"{tensors} tensors: the damage is not what it was"
    assert slowest < 10


def test_threads_share_a_pipeline():
    pipe = Pipeline(TEXT)
    files = [encoded(picture(30 + size, 90 - size)) for size in range(20)]
    expected = [pipe.decode(file) for file in files]
    wrong = []

    def work():
        for _ in range(20):
            wrong.extend(i for i, file in enumerate(files) if not np.array_equal(pipe.decode(file), expected[i]))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_decoders_are_named():
    named = pixfuse.decoders()
    assert all(name in named for name in ("JPEG", "libjpeg-turbo", "PNG", "WebP", "image-webp", "EXIF"))
