"""Where things lie in the output, and back."""

import random

import numpy as np
import pytest
from pixfuse import Pipeline, PipelineError, from_config

FRAMES = [
    "resize(240, 320, bilinear)",
    "resize(shortest = 256, bilinear, antialias), center_crop(224, 224)",
    "resize(longest = 300, area), pad(3, 5, 7, 9)",
    "letterbox(640, 640, bilinear)",
    "letterbox(320, 640, bilinear, stride = 32, scale_up = false)",
    "letterbox(640, 640, bilinear, rule = yolox)",
    "letterbox(640, 640, bilinear, rule = opencv)",
    "crop(1, 2, 3, 4)",
    "center_crop(300, 20)",
    "pad(1, 2, 3, 4)",
]


def pipeline(frame):
    return Pipeline(f"input(rgb8), {frame}, output(rgb, u8, hwc)")


def sizes(count=40):
    chance = random.Random(2)
    for _ in range(count):
        yield chance.randint(4, 1500), chance.randint(6, 1500)


def boxes(height, width, count=20):
    generator = np.random.default_rng(height * 1501 + width)
    return np.sort(generator.random((count, 2, 2)), axis=1).reshape(count, 4) * [width, height, width, height]


def test_every_property():
    geometry = pipeline("resize(shortest = 256, bilinear, antialias), center_crop(224, 224)").geometry(512, 1024)
    assert geometry.source == (512, 1024)
    assert geometry.resized == (256, 512)
    assert geometry.output == (224, 224)
    assert geometry.scale == geometry.exact_scale == (0.5, 0.5)
    assert geometry.offset == (-16, -144)
    assert geometry.content == (0, 0, 224, 224)
    assert geometry.source_box == (288.0, 32.0, 736.0, 480.0)
    assert geometry.matrix.dtype == geometry.inverse.dtype == np.float64
    np.testing.assert_array_equal(geometry.matrix, [[0.5, 0, -144], [0, 0.5, -16]])
    np.testing.assert_array_equal(geometry.inverse, [[2, 0, 288], [0, 2, 32]])
    with pytest.raises(AttributeError):
        geometry.scale = (1.0, 1.0)
    # An array of its own each time: writing to one changes nothing.
    geometry.matrix[:] = 0
    assert geometry.matrix[0, 0] == 0.5


def test_equality_and_repr():
    pipe = pipeline("letterbox(640, 640, bilinear)")
    one, same, other = pipe.geometry(720, 1280), pipe.geometry(np.int64(720), 1280), pipe.geometry(720, 1281)
    assert one == same and (one != same) is False and one != other and one != "geometry"
    assert repr(one) == "<Geometry (720, 1280) to (640, 640): x * 0.5 + 0, y * 0.5 + 140>"
    assert hash(one) == hash(same) and len({one, same, other}) == 2


@pytest.mark.parametrize("frame", FRAMES)
def test_there_and_back(frame):
    for height, width in sizes():
        geometry = pipeline(frame).geometry(height, width)
        assert geometry.output == pipeline(frame).output_shape(height, width)[:2]
        found = boxes(height, width)
        there = geometry.map_boxes(found)
        np.testing.assert_allclose(geometry.unmap_boxes(there), found, rtol=0, atol=1e-9)
        # A box is two points, and both are what the matrices say.
        points = found.reshape(-1, 2)
        np.testing.assert_array_equal(geometry.map_points(points).reshape(-1, 4), there)
        np.testing.assert_array_equal(geometry.unmap_points(points).reshape(-1, 4), geometry.unmap_boxes(found))
        homogeneous = np.column_stack([points, np.ones(len(points))])
        np.testing.assert_allclose(homogeneous @ geometry.matrix.T, there.reshape(-1, 2), rtol=0, atol=1e-9)
        np.testing.assert_allclose(
            homogeneous @ geometry.inverse.T, geometry.unmap_points(points), rtol=1e-12, atol=1e-9
        )


def test_boxes_of_ultralytics_and_yolox():
    """`scale_boxes` of Ultralytics; YOLOX divides by the ratio."""
    for height, width in sizes(200):
        ratio = min(640 / height, 640 / width)
        left = round((640 - round(width * ratio)) / 2 - 0.1)
        top = round((640 - round(height * ratio)) / 2 - 0.1)
        found = boxes(640, 640)
        geometry = pipeline("letterbox(640, 640, bilinear)").geometry(height, width)
        assert geometry.offset == geometry.content[:2] == (top, left)
        expected = (found - [left, top, left, top]) / ratio
        np.testing.assert_array_equal(geometry.unmap_boxes(found), expected)
        clipped = expected.clip(0, [width, height, width, height])
        np.testing.assert_array_equal(geometry.unmap_boxes(found, clip=True), clipped)
        yolox = pipeline("letterbox(640, 640, bilinear, rule = yolox)").geometry(height, width)
        np.testing.assert_array_equal(yolox.unmap_boxes(found), found / ratio)


def test_a_marked_pixel_lands_where_the_geometry_says(noise):
    """The geometry is that of the pixels: a white square, and the box that it becomes."""
    for frame in ("resize(90, 240, nearest)", "letterbox(200, 240, nearest)", "center_crop(50, 200), pad(5, 6, 7, 8)"):
        pipe = pipeline(frame)
        image = np.zeros((60, 80, 3), np.uint8)
        image[20:40, 40:60] = 255
        x1, y1, x2, y2 = np.rint(pipe.geometry(60, 80).map_boxes([40, 20, 60, 40])).astype(int)
        result = np.argwhere(pipe(image)[:, :, 0] == 255)
        assert tuple(result.min(axis=0)) == (y1, x1) and tuple(result.max(axis=0) + 1) == (y2, x2), frame


@pytest.mark.parametrize(
    "given",
    [
        [100, 130, 200, 240],
        (100.0, 130.0, 200.0, 240.0),
        [[100, 130, 200, 240]] * 3,
        np.array([100, 130, 200, 240], np.uint8),
        np.array([[100, 130, 200, 240]] * 5, np.float32)[::-2],
        np.asfortranarray([[100.0, 130.0, 200.0, 240.0]] * 3),
        np.array([100, 130, 200, 240], ">f8"),
        np.full((2, 3, 4), [100, 130, 200, 240], np.int16),
        np.empty((0, 4)),
    ],
)
def test_what_may_be_given(given):
    geometry = pipeline("letterbox(640, 640, bilinear)").geometry(720, 1280)
    before = np.array(given)
    result = geometry.unmap_boxes(given)
    assert type(result) is np.ndarray and result.dtype == np.float64 and result.shape == before.shape
    assert result.flags.c_contiguous and result.flags.writeable
    np.testing.assert_array_equal(result, np.broadcast_to([200.0, -20.0, 400.0, 200.0], before.shape))
    np.testing.assert_array_equal(given, before)


METHODS = [("map_points", 2), ("unmap_points", 2), ("map_boxes", 4), ("unmap_boxes", 4)]


@pytest.mark.parametrize("method, last", METHODS)
def test_clip(method, last):
    geometry = pipeline("pad(1, 2, 3, 4)").geometry(10, 20)
    rows, columns = (10, 20) if method.startswith("un") else (14, 26)
    far = np.array([1e6, 1e6, -1e6, -1e6][:last] if last == 4 else [1e6, -1e6])
    expected = [columns, rows, 0, 0] if last == 4 else [columns, 0]
    np.testing.assert_array_equal(getattr(geometry, method)(far, clip=True), expected)
    assert abs(getattr(geometry, method)(far, clip=False)).min() > 9e5


@pytest.mark.parametrize("method, last", METHODS)
@pytest.mark.parametrize(
    "given, words",
    [
        (np.zeros((5, 3)), "shape (5, 3), expected a last axis of length {}"),
        ([1.0], "shape (1,), expected a last axis of length {}"),
        (5.0, "shape (), expected a last axis of length {}"),
        ([], "shape (0,), expected a last axis of length {}"),
        (np.zeros((2, 4, 0)), "shape (2, 4, 0), expected a last axis of length {}"),
        ("abcd", "dtype <U4, expected numbers"),
        (["1", "2", "3", "4"], "dtype <U1, expected numbers"),
        (None, "dtype object, expected numbers"),
        ([None] * 4, "dtype object, expected numbers"),
        ([True] * 4, "dtype bool, expected numbers"),
        ([1j] * 4, "dtype complex128, expected numbers"),
    ],
)
def test_what_may_not(method, last, given, words):
    geometry = pipeline("pad(1, 2, 3, 4)").geometry(10, 20)
    with pytest.raises(PipelineError) as raised:
        getattr(geometry, method)(given)
    assert str(raised.value) == f"{method.split('_')[1]}: {words.format(last)}"


@pytest.mark.parametrize("arguments", [(0, 5), (-1, 5), (5, "5"), (2**70, 5), (None, None), (1.5, 2)])
def test_sizes_are_checked(arguments):
    with pytest.raises(PipelineError, match="^(rows|columns|image): "):
        pipeline("pad(1, 2, 3, 4)").geometry(*arguments)


def test_two_runs_in_one_step():
    first = pipeline("resize(longest = 512, bilinear)").geometry(1080, 1920)
    next_one = pipeline("letterbox(640, 640, bilinear)").geometry(*first.output)
    both = first.followed_by(next_one)
    assert (both.source, both.output, both.content) == ((1080, 1920), (640, 640), next_one.content)
    some = boxes(1080, 1920)
    np.testing.assert_allclose(both.map_boxes(some), next_one.map_boxes(first.map_boxes(some)), rtol=0, atol=1e-9)
    back = first.unmap_boxes(next_one.unmap_boxes(some))
    np.testing.assert_allclose(both.unmap_boxes(some), back, rtol=0, atol=1e-9)
    with pytest.raises(PipelineError, match=r"geometry: next: is of 1080 rows x 1920 columns, this output has 640 rows"):
        both.followed_by(first)
    with pytest.raises(TypeError):
        first.followed_by((288, 512))


def test_a_declaration_of_two_resizes_has_the_geometry_of_both():
    clauses = "resize(rule = smolvlm_frame, longest = 300, rows = 64, columns = 48, lanczos, antialias)"
    first = pipeline("resize(rule = idefics3, longest = 300, lanczos, antialias)").geometry(480, 640)
    both = first.followed_by(pipeline("resize(64, 48, bilinear)").geometry(*first.output))
    whole = pipeline(clauses).geometry(480, 640)
    some = boxes(480, 640)
    np.testing.assert_allclose(whole.map_boxes(some), both.map_boxes(some), rtol=0, atol=1e-9)


def test_boxes_through_two_resizes():
    processor = from_config({"image_processor_type": "Step3p7ImageProcessor"})
    # An image above 3024 is made smaller before it is made a square.
    geometry = processor.geometry(4000, 6000)
    assert (geometry.source, geometry.output) == ((4000, 6000), (728, 728))
    np.testing.assert_allclose(geometry.unmap_boxes([0.0, 0.0, 364.0, 182.0]), [0.0, 0.0, 3000.0, 1000.0])
    with pytest.raises(PipelineError, match="geometry: Step3p7ImageProcessor gives windows of a canvas for pixel_values_local"):
        processor.views[0].geometry(4000, 6000)
    assert from_config({"image_processor_type": "ViTImageProcessor"}).geometry(40, 60, size={"height": 8, "width": 8}) == Pipeline(
        "input(rgb8), resize(8, 8, bilinear), output(rgb, u8)"
    ).geometry(40, 60)
