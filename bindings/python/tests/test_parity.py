"""Every byte of a resize equals that of the library its filter is named after."""

import random

import cv2
import numpy as np
import pixfuse
import pytest
from conftest import CHANNELS, LEVELS
from PIL import Image

PAIRS = 500


def size_pairs():
    """(source, target) sizes: edges first, then random ones of which half are small."""
    sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 100, 255, 256, 400]
    for side in sizes:
        yield (side, side), (side, side)
        yield (2 * side, 2 * side), (side, side)
        yield (side, side), (2 * side, 2 * side)
        yield (3 * side, 4 * side), (side, side)
        yield (1, side), (side, 1)
        yield (side, 1), (1, side)
    chance = random.Random(7)
    side = lambda: chance.randint(1, chance.choice((40, 400)))
    for _ in range(PAIRS):
        yield (side(), side()), (side(), side())


def opencv(interpolation):
    def resize(image, rows, columns):
        resized = cv2.resize(image, (columns, rows), interpolation=interpolation)
        return resized.reshape(rows, columns, image.shape[2])

    return resize


def pillow(resampling):
    def resize(image, rows, columns):
        source = Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image)
        return np.asarray(source.resize((columns, rows), resampling)).reshape(rows, columns, image.shape[2])

    return resize


PARITY = {
    ("nearest", "OpenCV"): opencv(cv2.INTER_NEAREST),
    ("bilinear", "OpenCV"): opencv(cv2.INTER_LINEAR),
    ("nearest_exact", "OpenCV"): opencv(cv2.INTER_NEAREST_EXACT),
    ("nearest_exact", "Pillow"): pillow(Image.Resampling.NEAREST),
}


@pytest.mark.parametrize("order", ["gray", "rgb", "rgba"])
@pytest.mark.parametrize("filter, library", PARITY)
def test_every_byte_is_the_librarys(level, noise, filter, library, order):
    resize = PARITY[filter, library]
    for source, (rows, columns) in size_pairs():
        image = noise(*source, CHANNELS[order])
        pipe = pixfuse.Pipeline(f"input({order}8), resize({rows}, {columns}, {filter}), output({order}, u8, hwc)")
        assert pipe.level == level
        expected = resize(image, rows, columns)
        differs = np.argwhere(pipe(image) != expected)
        assert not len(differs), f"{source} to {(rows, columns)} differs first at {differs[0]}, {len(differs)} times"


@pytest.mark.parametrize(
    "source, target", [((1080, 1920), (640, 640)), ((1080, 1920), (224, 224)), ((37, 5001), (5001, 37))]
)
@pytest.mark.parametrize("filter, library", PARITY)
def test_large_images(level, noise, filter, library, source, target):
    image = noise(*source, 3)
    pipe = pixfuse.Pipeline(input="rgb8", resize=(*target, filter), output="rgb, u8, hwc")
    np.testing.assert_array_equal(pipe(image), PARITY[filter, library](image, *target))


def test_nearest_floor_is_the_loop_people_write(level, noise):
    for source, (rows, columns) in size_pairs():
        image = noise(*source, 3)
        pipe = pixfuse.Pipeline(f"input(rgb8), resize({rows}, {columns}, nearest_floor), output(rgb, u8, hwc)")
        y = [int(row * (source[0] / rows)) for row in range(rows)]
        x = [int(column * (source[1] / columns)) for column in range(columns)]
        np.testing.assert_array_equal(pipe(image), image[np.ix_(y, x)])


def test_no_level_is_left_out():
    assert set(pixfuse.levels()) <= set(LEVELS)
    assert "scalar" in pixfuse.levels()
