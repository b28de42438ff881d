"""Crops, margins and letterboxes, against what the libraries' own code does with numpy and OpenCV."""

import math
import random

import cv2
import numpy as np
import pixfuse
import pytest
from PIL import Image

EDGES = [(1, 1), (640, 640), (1, 900), (900, 1), (320, 320), (48, 64), (47, 65), (720, 1280), (33, 32), (641, 639)]


def sources(count, most=160):
    yield from EDGES
    chance = random.Random(5)
    for _ in range(count):
        yield chance.randint(1, most), chance.randint(1, most)


def opencv(image, rows, columns):
    if image.shape[:2] == (rows, columns):
        return image
    return cv2.resize(image, (columns, rows), interpolation=cv2.INTER_LINEAR)


def ultralytics(image, rows, columns, fill=114, stride=None, scale_up=True):
    """`LetterBox.__call__` of Ultralytics."""
    height, width = image.shape[:2]
    ratio = min(rows / height, columns / width)
    if not scale_up:
        ratio = min(ratio, 1.0)
    new_width, new_height = max(round(width * ratio), 1), max(round(height * ratio), 1)
    wide, high = columns - new_width, rows - new_height
    if stride:
        wide, high = wide % stride, high % stride
    wide, high = wide / 2, high / 2
    top, bottom = round(high - 0.1), round(high + 0.1)
    left, right = round(wide - 0.1), round(wide + 0.1)
    content = opencv(image, new_height, new_width)
    return cv2.copyMakeBorder(content, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(fill,) * 3)


def yolox(image, rows, columns):
    """`preproc` of YOLOX, before it reorders and converts."""
    padded = np.full((rows, columns, 3), 114, np.uint8)
    ratio = min(rows / image.shape[0], columns / image.shape[1])
    high, wide = max(int(image.shape[0] * ratio), 1), max(int(image.shape[1] * ratio), 1)
    padded[:high, :wide] = opencv(image, high, wide)
    return padded


@pytest.mark.parametrize(
    "arguments", [{}, {"fill": 0}, {"stride": 32}, {"scale_up": False}, {"stride": 8, "scale_up": False}]
)
def test_letterbox_of_ultralytics(level, noise, arguments):
    for rows, columns in [(96, 96), (64, 160), (61, 37)]:
        pipe = pixfuse.Pipeline(input="bgr8", letterbox=(rows, columns, "bilinear", arguments), output="bgr, u8, hwc")
        for source in sources(40):
            image = noise(*source, 3)
            result = pipe(image)
            assert result.shape == (*pipe.output_shape(*source)[:2], 3)
            np.testing.assert_array_equal(result, ultralytics(image, rows, columns, **arguments), err_msg=f"{source}")


def test_letterbox_of_yolox(level, noise):
    for rows, columns in [(96, 96), (64, 160), (61, 37)]:
        pipe = pixfuse.Pipeline(
            f"input(bgr8), letterbox({rows}, {columns}, bilinear, rule = yolox), output(bgr, u8, hwc)"
        )
        for source in sources(40):
            image = noise(*source, 3)
            np.testing.assert_array_equal(pipe(image), yolox(image, rows, columns), err_msg=f"{source}")


def test_letterbox_of_opencv(level, noise):
    for rows, columns in [(96, 96), (64, 160), (61, 37)]:
        pipe = pixfuse.Pipeline(
            f"input(bgr8), letterbox({rows}, {columns}, bilinear, rule = opencv, fill = 7), output(bgr, u8, hwc)"
        )
        parameters = cv2.dnn.Image2BlobParams()
        parameters.size = (columns, rows)
        parameters.paddingmode = cv2.dnn.DNN_PMODE_LETTERBOX
        parameters.borderValue = (7, 7, 7, 7)
        for source in sources(40):
            # OpenCV refuses a content without rows or columns.
            if min(rows / source[0], columns / source[1]) * min(source) < 1:
                continue
            image = noise(*source, 3)
            expected = cv2.dnn.blobFromImageWithParams(image, parameters)[0].transpose(1, 2, 0)
            np.testing.assert_array_equal(pipe(image), expected, err_msg=f"{source}")


def test_margins_are_normalised_in_the_outputs_order(level, noise):
    mean, std = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    image = noise(50, 120, 3)
    pipe = pixfuse.Pipeline(
        input="bgr8",
        letterbox=(96, 96, "bilinear", {"fill": [10, 20, 30]}),
        normalize={"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "order": "torchvision"},
        output=("rgb", "f32", "chw"),
    )
    content = opencv(image, 40, 96)[:, :, ::-1]
    pixels = np.full((96, 96, 3), [10, 20, 30], np.uint8)
    pixels[28:68] = content
    expected = (pixels.astype(np.float32) / np.float32(255) - mean) / std
    np.testing.assert_array_equal(pipe(image), expected.transpose(2, 0, 1))


def torchvision(image, rows, columns):
    """`center_crop` of torchvision."""
    height, width = image.shape[:2]
    if rows > height or columns > width:
        left, top = max((columns - width) // 2, 0), max((rows - height) // 2, 0)
        right, bottom = max((columns - width + 1) // 2, 0), max((rows - height + 1) // 2, 0)
        image = np.pad(image, ((top, bottom), (left, right), (0, 0)))
        height, width = image.shape[:2]
    top, left = round((height - rows) / 2.0), round((width - columns) / 2.0)
    return image[top : top + rows, left : left + columns]


def hugging_face(rounded):
    """`center_crop` of Hugging Face's processors: the image in a larger one, if need be, and the middle of it."""

    def crop(image, rows, columns):
        def place(result, source):
            start = rounded((source - result) / 2)
            return slice(max(start, 0), min(start + result, source)), max(-start, 0)

        (across_rows, top), (across_columns, left) = place(rows, image.shape[0]), place(columns, image.shape[1])
        kept = image[across_rows, across_columns]
        padded = np.zeros((rows, columns, image.shape[2]), np.uint8)
        padded[top : top + kept.shape[0], left : left + kept.shape[1]] = kept
        return padded

    return crop


CENTRES = {"half_even": torchvision, "floor": hugging_face(math.floor), "truncate": hugging_face(int)}


@pytest.mark.parametrize("rounding", CENTRES)
def test_center_crop(level, noise, rounding):
    for rows, columns in [(24, 24), (31, 50), (50, 31), (1, 1), (130, 131)]:
        pipe = pixfuse.Pipeline(
            input="rgb8", center_crop=(rows, columns, {"rounding": rounding}), output=("rgb", "u8", "hwc")
        )
        for source in sources(40):
            image = noise(*source, 3)
            np.testing.assert_array_equal(pipe(image), CENTRES[rounding](image, rows, columns), err_msg=f"{source}")


def test_the_roundings_differ():
    image = np.arange(7 * 7 * 1, dtype=np.uint8).reshape(7, 7, 1) + 1
    results = {name: crop(image, 10, 4).tobytes() for name, crop in CENTRES.items()}
    assert results["half_even"] != results["floor"] and results["floor"] != results["truncate"]


def shortest(height, width, side, most=None):
    """`_compute_resized_output_size` of torchvision."""
    short, long = min(height, width), max(height, width)
    new_short, new_long = side, int(side * long / short)
    if most is not None and new_long > most:
        new_short, new_long = int(most * new_short / new_long), most
    return (new_long, new_short) if width <= height else (new_short, new_long)


@pytest.mark.parametrize("most", [None, 75])
def test_shortest_of_torchvision(level, noise, most):
    arguments = {"shortest": 40} | ({"max": most} if most else {})
    pipe = pixfuse.Pipeline(input="rgb8", resize=(arguments, "bilinear", "antialias"), output="rgb, u8, hwc")
    # What has a side that rounds to nothing torchvision cannot resize.
    for source in (source for source in sources(60) if max(source) < 30 * min(source)):
        image = noise(*source, 3)
        rows, columns = shortest(*source, 40, most)
        expected = Image.fromarray(image).resize((columns, rows), Image.Resampling.BILINEAR)
        np.testing.assert_array_equal(pipe(image), np.asarray(expected), err_msg=f"{source}")


def test_longest(level, noise):
    pipe = pixfuse.Pipeline(input="rgb8", resize=({"longest": 80}, "area"), output="rgb, u8, hwc")
    for height, width in sources(60):
        image = noise(height, width, 3)
        rows, columns = (max(int(80 * side / max(height, width)), 1) for side in (height, width))
        expected = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
        if level != "neon":
            np.testing.assert_array_equal(pipe(image), expected)
        assert pipe.output_shape(height, width) == (rows, columns, 3)


FILTERS = {
    "nearest": lambda image, rows, columns: cv2.resize(image, (columns, rows), interpolation=cv2.INTER_NEAREST),
    "bilinear": opencv,
    "lanczos4": lambda image, rows, columns: cv2.resize(image, (columns, rows), interpolation=cv2.INTER_LANCZOS4),
    "bicubic, antialias": lambda image, rows, columns: np.asarray(
        Image.fromarray(image).resize((columns, rows), Image.Resampling.BICUBIC)
    ),
}


@pytest.mark.parametrize("filter", FILTERS)
def test_a_crop_is_cut_from_the_whole_resized_image(level, noise, filter):
    """Only what is kept is computed, and it is what the whole computation would give."""
    chance = random.Random(9)
    for _ in range(80):
        source, (rows, columns) = ((chance.randint(1, 90), chance.randint(1, 90)) for _ in range(2))
        top, left = chance.randrange(rows), chance.randrange(columns)
        high, wide = chance.randint(1, rows - top), chance.randint(1, columns - left)
        margins = [chance.randrange(5) for _ in range(4)]
        image = noise(*source, 3)
        whole = FILTERS[filter](image, rows, columns)
        pipe = pixfuse.Pipeline(
            input="rgb8",
            resize=f"{rows}, {columns}, {filter}",
            crop=(top, left, high, wide),
            pad=(*margins, {"fill": [1, 2, 3]}),
            output="rgb, u8, hwc",
        )
        above, before, below, behind = margins
        expected = np.full((above + high + below, before + wide + behind, 3), [1, 2, 3], np.uint8)
        expected[above : above + high, before : before + wide] = whole[top : top + high, left : left + wide]
        np.testing.assert_array_equal(pipe(image), expected)


@pytest.mark.parametrize("layout", ["hwc", "chw"])
def test_pad_without_a_resize(level, noise, layout):
    pipe = pixfuse.Pipeline(f"input(gray8), pad(1, 20, 3, 40, fill = 9), output(gray, u8, {layout})")
    for source in sources(10, 50):
        image = noise(*source)
        expected = np.pad(image, ((1, 3), (20, 40)), constant_values=9)
        np.testing.assert_array_equal(pipe(image).squeeze(2 if layout == "hwc" else 0), expected)


def test_clauses_after_one_another(level, noise):
    """A letterbox, cut and padded: three margins inside each other."""
    pipe = pixfuse.Pipeline(
        "input(bgr8), letterbox(96, 96, bilinear), center_crop(90, 110, fill = 5), pad(1, 2, 3, 4, fill = 6), "
        "output(bgr, u8, hwc)"
    )
    for source in sources(20):
        image = noise(*source, 3)
        cropped = np.pad(ultralytics(image, 96, 96)[3:93], ((0, 0), (7, 7), (0, 0)), constant_values=5)
        expected = np.pad(cropped, ((1, 3), (2, 4), (0, 0)), constant_values=6)
        np.testing.assert_array_equal(pipe(image), expected)


def test_a_crop_outside_is_refused_before_anything_is_written(noise):
    pipe = pixfuse.Pipeline("input(rgb8), crop(10, 10, 20, 20), output(rgb, u8, hwc)")
    out = np.full((20, 20, 3), 7, np.uint8)
    for call in (
        lambda: pipe(noise(29, 30, 3), out=out),
        lambda: pipe.output_shape(30, 29),
        lambda: pipe.geometry(29, 30),
    ):
        with pytest.raises(pixfuse.PipelineError, match=r"image: crop\(10, 10, 20, 20\) reaches outside"):
            call()
    assert (out == 7).all()
