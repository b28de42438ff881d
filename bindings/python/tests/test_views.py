"""Any view of an image gives what a dense copy of it gives."""

import array

import numpy as np
import pixfuse
import pytest
from conftest import CHANNELS
from PIL import Image

PIPELINES = [
    "output({order}, u8, hwc)",
    "normalize(), output({order}, f32, chw)",
    "resize(24, 37, nearest), output({order}, u8, chw)",
    "resize(24, 37, bilinear), normalize(), output({order}, f32, chw)",
    "resize(61, 70, bilinear), output({order}, u8, hwc)",
]

VIEWS = {
    "upside down": lambda image: image[::-1],
    "mirrored": lambda image: image[:, ::-1],
    "channels reversed": lambda image: image[:, :, ::-1],
    "all reversed, every second column": lambda image: image[::-1, ::2, ::-1],
    "every third row backwards": lambda image: image[::-3, 5:40],
    "region": lambda image: image[7:31, 3:44],
    "last pixel": lambda image: image[-1:, -1:],
    "one row": lambda image: image[13:14],
    "one column": lambda image: image[:, 20:21],
    "transposed": lambda image: image.swapaxes(0, 1),
    "fortran order": np.asfortranarray,
    "planes": lambda image: np.ascontiguousarray(image.transpose(2, 0, 1)).transpose(1, 2, 0),
    "one row many times": lambda image: np.broadcast_to(image[3:4], (50, *image.shape[1:])),
    "one pixel many times": lambda image: np.broadcast_to(image[3, 5], (40, 50, image.shape[2])),
}


def dense(view):
    return np.array(view, order="C")


@pytest.mark.parametrize("order", ["gray", "rgb", "rgba"])
@pytest.mark.parametrize("text", PIPELINES)
def test_strided_views(level, noise, text, order):
    pipe = pixfuse.Pipeline(f"input({order}8), {text.format(order=order)}")
    for name, view in VIEWS.items():
        for shape in [(45, 53), (40, 64)]:
            image = view(noise(*shape, CHANNELS[order]))
            before = dense(image)
            np.testing.assert_array_equal(pipe(image), pipe(before), err_msg=name)
            np.testing.assert_array_equal(image, before, err_msg=f"{name}: the image was written to")


@pytest.mark.parametrize("text", PIPELINES)
def test_planar_input(level, noise, text):
    text = text.format(order="rgb")
    interleaved, planar = (pixfuse.Pipeline(f"input({form}), {text}") for form in ("rgb8", "rgb8, chw"))
    image = noise(45, 53, 3)
    expected = interleaved(image)
    np.testing.assert_array_equal(planar(np.ascontiguousarray(image.transpose(2, 0, 1))), expected)
    np.testing.assert_array_equal(planar(image.transpose(2, 0, 1)), expected)
    padded = np.zeros((4, 50, 60), np.uint8)
    padded[1:, 2:47, 4:57] = image.transpose(2, 0, 1)
    np.testing.assert_array_equal(planar(padded[1:, 2:47, 4:57]), expected)
    # Pillow's pixels are interleaved, and it is known that they are.
    np.testing.assert_array_equal(planar(Image.fromarray(image)), expected)


@pytest.mark.parametrize("layout", ["hwc", "chw"])
def test_gray_has_a_channel_axis_or_none(noise, layout):
    pipe = pixfuse.Pipeline(f"input(gray8, {layout}), resize(9, 8, bilinear), output(gray, u8, hwc)")
    image = noise(20, 30)
    with_axis = image[:, :, None] if layout == "hwc" else image[None]
    np.testing.assert_array_equal(pipe(image), pipe(with_axis))


def test_read_only_memory(noise):
    pipe = pixfuse.Pipeline("input(rgb8), resize(24, 37, bilinear), output(rgb, u8, hwc)")
    image = noise(45, 53, 3)
    expected = pipe(image)
    image.flags.writeable = False
    np.testing.assert_array_equal(pipe(image), expected)
    np.testing.assert_array_equal(pipe(np.frombuffer(image.tobytes(), np.uint8).reshape(45, 53, 3)), expected)


class ArrayGiver:
    """As a tensor on the CPU of another library."""

    def __init__(self, image):
        self.image = image

    def __array__(self, dtype=None, copy=None):
        return self.image


class InterfaceGiver:
    def __init__(self, image):
        self.image = image
        self.__array_interface__ = image.__array_interface__


@pytest.mark.parametrize(
    "wrap",
    [
        memoryview,
        lambda image: memoryview(image.tobytes()).cast("B", image.shape),
        lambda image: memoryview(bytearray(image.tobytes())).cast("B", image.shape),
        lambda image: memoryview(array.array("B", image.tobytes())).cast("B", image.shape),
        lambda image: memoryview(image)[::-1][::-1],
        ArrayGiver,
        InterfaceGiver,
        Image.fromarray,
        lambda image: image.view(np.recarray),
        lambda image: image.astype(np.dtype(">u1")),
    ],
)
def test_other_objects(noise, wrap):
    pipe = pixfuse.Pipeline("input(rgb8), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)")
    image = noise(45, 53, 3)
    np.testing.assert_array_equal(pipe(wrap(image)), pipe(image))


@pytest.mark.parametrize("mode, format", [("L", "gray8"), ("RGB", "rgb8"), ("RGBA", "rgba8")])
def test_pillow_modes(noise, mode, format):
    order = format[:-1]
    pipe = pixfuse.Pipeline(f"input({format}), resize(9, 8, nearest), output({order}, u8, hwc)")
    image = noise(20, 30, CHANNELS[order]).squeeze()
    np.testing.assert_array_equal(pipe(Image.fromarray(image, mode)), pipe(image))


def test_out_may_be_any_exact_memory(noise):
    pipe = pixfuse.Pipeline("input(rgb8), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)")
    image = noise(45, 53, 3)
    expected = pipe(image)
    block = np.zeros((5, 3, 24, 37), np.float32)
    raw = bytearray(expected.nbytes)
    for out in (
        np.empty_like(expected),
        block[2],
        memoryview(np.empty_like(expected)),
        memoryview(raw).cast("f", expected.shape),
        np.empty_like(expected).view(np.recarray),
    ):
        assert pipe(image, out=out) is out
        np.testing.assert_array_equal(np.asarray(out), expected)
        assert pipe(image, out) is out
    assert raw == expected.tobytes()
    assert not block[:2].any() and not block[3:].any()


def test_out_is_written_over_completely(level, noise):
    for rows, columns in [(1, 1), (3, 5), (16, 16), (17, 33), (64, 100)]:
        for element, layout in [("f32", "chw"), ("f32", "hwc"), ("u8", "chw"), ("u8", "hwc")]:
            pipe = pixfuse.Pipeline(
                f"input(rgb8), resize({rows}, {columns}, bilinear), output(rgb, {element}, {layout})"
            )
            image = noise(31, 45, 3)
            expected = pipe(image)
            # What lies before and after stays as it was.
            guarded = np.full(expected.size + 128, 77, expected.dtype)
            out = guarded[64:-64].reshape(expected.shape)
            pipe(image, out=out)
            np.testing.assert_array_equal(out, expected)
            assert (guarded[:64] == 77).all() and (guarded[-64:] == 77).all()


def test_batch(level, noise):
    pipe = pixfuse.Pipeline("input(rgb8), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)")
    images = [noise(45, 53, 3), noise(20, 31, 3)[::-1], Image.fromarray(noise(9, 8, 3)), noise(45, 53, 3)]
    expected = np.stack([pipe(image) for image in images])
    np.testing.assert_array_equal(pipe.batch(images), expected)
    np.testing.assert_array_equal(pipe.batch(tuple(images)), expected)
    np.testing.assert_array_equal(pipe.batch(image for image in images), expected)
    out = np.empty_like(expected)
    assert pipe.batch(images, out=out) is out
    np.testing.assert_array_equal(out, expected)
    frames = noise(6, 45, 53, 3)
    np.testing.assert_array_equal(pipe.batch(frames), np.stack([pipe(frame) for frame in frames]))


@pytest.mark.parametrize("mode, format, side", [("L", "gray8", 4200), ("RGB", "rgb8", 2100), ("RGBA", "rgba8", 2100)])
def test_pillow_images_in_pieces(noise, mode, format, side):
    """Of more than 16 MB: Pillow gives no address of them."""
    order = format[:-1]
    image = Image.fromarray(noise(60, 70, 3)).resize((side, side)).convert(mode)
    with pytest.raises(ValueError):
        image.__arrow_c_array__()
    pipe = pixfuse.Pipeline(f"input({format}), output({order}, u8, hwc)")
    expected = np.asarray(image).reshape(side, side, -1)
    assert np.array_equal(pipe(image), expected)
    assert np.array_equal(pipe(image.crop((1, 0, side, side))), expected[:, 1:])
