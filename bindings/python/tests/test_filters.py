"""Every byte of a resize with a wide filter equals that of the library it is named after."""

import random

import cv2
import numpy as np
import pixfuse
import pytest
from conftest import CHANNELS
from PIL import Image

PAIRS = 500

EDGES = [
    ((1, 1), (1, 1)),
    ((1, 1), (7, 600)),
    ((600, 1), (1, 600)),
    ((3, 5), (2000, 2)),
    ((941, 13), (10, 50)),
    ((13, 941), (50, 10)),
    ((600, 2), (1, 3)),
    # One axis keeps its length, so there is no pass along it.
    ((40, 53), (40, 20)),
    ((40, 53), (90, 53)),
    ((53, 40), (7, 40)),
    ((64, 64), (64, 64)),
    # Whole factors: an area is a mean of blocks then.
    ((64, 96), (32, 48)),
    ((90, 60), (30, 30)),
    ((256, 128), (16, 32)),
    ((20, 30), (40, 90)),
    # One axis shrinks while the other grows.
    ((100, 10), (10, 100)),
    ((17, 300), (33, 31)),
    ((600, 600), (151, 149)),
    ((151, 149), (600, 600)),
]


def size_pairs():
    """(source, target) sizes: edges first, then random ones of which most are small."""
    yield from EDGES
    chance = random.Random(11)
    side = lambda: chance.randint(1, chance.choice((20, 60, 60, 60, 60, 600)))
    for _ in range(PAIRS):
        source, target = [side(), side()], [side(), side()]
        if chance.random() < 0.15:
            axis = chance.randrange(2)
            target[axis] = source[axis]
        yield tuple(source), tuple(target)


def opencv(interpolation):
    return lambda plane, rows, columns: cv2.resize(plane, (columns, rows), interpolation=interpolation)


def pillow(resampling):
    return lambda plane, rows, columns: np.asarray(Image.fromarray(plane).resize((columns, rows), resampling))


# Each takes and gives one channel: both libraries treat channels alike but for Pillow's alpha.
PARITY = {
    "area": opencv(cv2.INTER_AREA),
    "lanczos4": opencv(cv2.INTER_LANCZOS4),
    "box, antialias": pillow(Image.Resampling.BOX),
    "bilinear, antialias": pillow(Image.Resampling.BILINEAR),
    "hamming, antialias": pillow(Image.Resampling.HAMMING),
    "bicubic, antialias": pillow(Image.Resampling.BICUBIC),
    "lanczos, antialias": pillow(Image.Resampling.LANCZOS),
}


def each_channel(resize, image, rows, columns):
    planes = [np.ascontiguousarray(image[:, :, channel]) for channel in range(image.shape[2])]
    return np.stack([resize(plane, rows, columns).reshape(rows, columns) for plane in planes], axis=2)


@pytest.mark.parametrize("order", ["gray", "rgb", "rgba"])
@pytest.mark.parametrize("filter", PARITY)
def test_every_byte_is_the_librarys(level, noise, filter, order):
    if level == "neon" and filter == "area":
        pytest.skip("OpenCV fuses the multiply-add of INTER_AREA on Arm; the filter is its result on x86-64")
    for source, (rows, columns) in size_pairs():
        image = noise(*source, CHANNELS[order])
        pipe = pixfuse.Pipeline(f"input({order}8), resize({rows}, {columns}, {filter}), output({order}, u8, hwc)")
        assert pipe.level == level
        expected = each_channel(PARITY[filter], image, rows, columns)
        differs = np.argwhere(pipe(image) != expected)
        assert not len(differs), f"{source} to {(rows, columns)} differs first at {differs[0]}, {len(differs)} times"


@pytest.mark.parametrize("filter", PARITY)
def test_whole_images(level, noise, filter):
    """A photo's size, given to the library at once."""
    image = noise(480, 641, 3)
    pipe = pixfuse.Pipeline(f"input(rgb8), resize(224, 299, {filter}), output(rgb, u8, hwc)")
    np.testing.assert_array_equal(pipe(image), PARITY[filter](image, 224, 299))


def test_pillow_ignores_the_fourth_channel_of_rgbx(level, noise):
    image = noise(61, 83, 4)
    pipe = pixfuse.Pipeline("input(rgba8), resize(40, 97, lanczos, antialias), output(rgba, u8, hwc)")
    padded = Image.frombytes("RGBX", (83, 61), image.tobytes())
    expected = np.frombuffer(padded.resize((97, 40), Image.Resampling.LANCZOS).tobytes(), np.uint8)
    np.testing.assert_array_equal(pipe(image), expected.reshape(40, 97, 4))


@pytest.mark.parametrize("filter", PARITY)
def test_extremes_stay_in_range(level, filter):
    """Black and white edges, where a filter with negative lobes leaves 0 to 255 before it is rounded."""
    image = np.where(np.indices((31, 37)).sum(axis=0) // 5 % 2, 255, 0).astype(np.uint8)
    for rows, columns in [(62, 74), (100, 20), (13, 91), (8, 9)]:
        pipe = pixfuse.Pipeline(f"input(gray8), resize({rows}, {columns}, {filter}), output(gray, u8, hwc)")
        np.testing.assert_array_equal(pipe(image)[:, :, 0], PARITY[filter](image, rows, columns))


@pytest.mark.parametrize(
    "filter", ["area", "lanczos4", "bicubic", "bicubic, antialias", "bilinear, antialias, like = torch"]
)
def test_f32_is_the_same_function_of_the_byte(level, noise, filter):
    image = noise(53, 71, 3)
    for rows, columns in [(20, 31), (90, 100), (53, 20)]:
        text = f"input(rgb8), resize({rows}, {columns}, {filter})"
        byte = pixfuse.Pipeline(f"{text}, output(rgb, u8, hwc)")(image)
        plain = pixfuse.Pipeline(f"{text}, output(rgb, f32, hwc)")(image)
        np.testing.assert_array_equal(plain, byte.astype(np.float32))
        normalised = pixfuse.Pipeline(f"{text}, normalize(mean = 0.5, order = torchvision), output(rgb, f32, chw)")(
            image
        )
        expected = byte.transpose(2, 0, 1).astype(np.float32) / np.float32(255) - np.float32(0.5)
        np.testing.assert_array_equal(normalised, expected)


@pytest.mark.parametrize("filter", ["box", "bilinear", "hamming", "bicubic", "lanczos"])
def test_precision_f32_is_near_the_bytes(level, noise, filter):
    """Nothing is rounded between the passes, so it is within a level of Pillow, where Pillow does not clip."""
    image = noise(53, 71, 3) // 4 + 96
    for rows, columns in [(20, 31), (53, 20), (90, 100)]:
        text = f"input(rgb8), resize({rows}, {columns}, {filter}, antialias"
        rounded = pixfuse.Pipeline(f"{text}), output(rgb, u8, hwc)")(image)
        exact = pixfuse.Pipeline(f"{text}, precision = f32), output(rgb, f32, hwc)")(image)
        assert np.abs(exact - rounded).max() < 1.5
        assert (exact != np.round(exact)).any() or filter == "box"
