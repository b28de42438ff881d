"""Sources other than 8-bit colours, and elements other than f32: what the libraries they are named after give."""

import cv2
import ml_dtypes
import numpy as np
import pytest
from pixfuse import Pipeline, PipelineError
from PIL import Image

SIZES = [(2, 2), (2, 130), (4, 66), (64, 48), (34, 258)]


def opencv_yuv(name, buffer):
    if name == "yuyv":
        return cv2.cvtColor(buffer, cv2.COLOR_YUV2RGB_YUY2)
    return cv2.cvtColor(buffer, getattr(cv2, f"COLOR_YUV2RGB_{name.upper()}"))


def buffer_of(name, noise, rows, columns):
    return noise(rows, columns, 2) if name == "yuyv" else noise(rows * 3 // 2, columns)


@pytest.mark.parametrize("name", ["nv12", "nv21", "i420", "yuyv"])
def test_yuv_is_opencv(name, level, noise):
    """Converted by OpenCV and then run over as RGB: the same bytes, whatever follows."""
    for rest in (
        "output(rgb, u8, hwc)",
        "output(bgr, f32, chw)",
        "resize(20, 33, nearest), output(rgb, u8, hwc)",
        "resize(20, 33, bilinear), normalize(mean = 0.4, std = 0.2), output(bgr, f16, chw)",
        "letterbox(40, 40, bilinear, antialias), normalize(), output(rgb, f32, chw)",
        "resize(17, 19, area), output(rgb, u8, hwc)",
    ):
        yuv, rgb = Pipeline(f"input({name}), {rest}"), Pipeline(f"input(rgb8), {rest}")
        for rows, columns in SIZES:
            buffer = buffer_of(name, noise, rows, columns)
            assert np.array_equal(yuv(buffer), rgb(opencv_yuv(name, buffer))), (rest, rows, columns)


def framed(image, columns_axis=1):
    """The same pixels inside a larger image."""
    margins = [(0, 0)] * image.ndim
    margins[columns_axis - 1 : columns_axis + 1] = [(2, 1), (3, 2)]
    larger = np.pad(image, margins, mode="wrap")
    inside = tuple(slice(before, before + side) for (before, _), side in zip(margins, image.shape))
    return larger[inside]


def yuv_planes(name, noise, rows, columns):
    """Luma and chroma, and what OpenCV makes of them; of odd sides, the upper left of the even image."""
    half, pairs = -(-rows // 2), -(-columns // 2)
    luma, u, v = noise(half * 2, pairs * 2), noise(half, pairs), noise(half, pairs)
    whole = np.concatenate([plane.ravel() for plane in (luma, u, v)]).reshape(half * 3, pairs * 2)
    rgb = cv2.cvtColor(whole, cv2.COLOR_YUV2RGB_I420)[:rows, :columns]
    chroma = {"nv12": [np.stack([u, v], -1)], "nv21": [np.stack([v, u], -1)], "i420": [u, v]}[name]
    return [luma[:rows, :columns], *chroma], rgb


@pytest.mark.parametrize("name", ["nv12", "nv21", "i420"])
def test_planes_with_padded_rows(name, noise):
    """A camera's planes have strides of their own; odd sides have a chroma sample for their last pixel."""
    pipe = Pipeline(f"input({name}), output(rgb, u8, hwc)")
    for size in [(1, 1), (5, 7), (6, 8), (33, 129)]:
        planes, expected = yuv_planes(name, noise, *size)
        padded = [framed(plane) for plane in planes]
        assert np.array_equal(pipe(tuple(planes)), expected)
        assert np.array_equal(pipe(padded), expected)
        assert np.array_equal(pipe.batch([planes, padded])[1], expected)


def test_turned_yuv(noise):
    buffer = noise(33, 22)
    rgb = cv2.cvtColor(buffer[:30], cv2.COLOR_YUV2RGB_NV12)
    pipe = Pipeline("input(nv12), output(rgb, u8, hwc)")
    assert np.array_equal(pipe(buffer[:30], orient=6), np.rot90(rgb, -1))
    assert np.array_equal(pipe(buffer[:30], orient=5), rgb.transpose(1, 0, 2))


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (lambda: np.zeros((31, 22), np.uint8), "shape (31, 22), expected (rows * 3/2, columns) of even sides"),
        (lambda: np.zeros((30, 22), np.uint16), "dtype uint16, expected uint8"),
        (lambda: (np.zeros((4, 4), np.uint8),), "1 planes given, nv12 has 2"),
        (lambda: (np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.uint8)), "plane 1: shape (4, 4), expected (2, 2, 2)"),
        (lambda: (np.zeros((4, 8), np.uint8)[:, ::2], np.zeros((2, 4), np.uint8)), "plane 0: rows are not dense"),
        (lambda: (np.zeros((4, 4), np.uint8)[::-1], np.zeros((2, 4), np.uint8)), "plane 0: rows are not dense"),
        (lambda: np.zeros((4, 8), np.uint8)[:, :7], "shape (4, 7), expected (rows * 3/2, columns) of even sides"),
        (lambda: (), "plane 0: shape nothing, expected (rows, columns)"),
        (lambda: None, "expected an array, found None"),
    ],
)
def test_planes_that_do_not_fit(image, message):
    with pytest.raises(PipelineError) as caught:
        Pipeline("input(nv12), output(rgb, u8)")(image())
    assert str(caught.value).startswith(f"image: {message}"), caught.value


def test_yuyv_of_odd_columns():
    """The last pixel's V would lie behind its row."""
    memory = np.zeros((4, 8, 2), np.uint8)
    for image in (memory[:, :7], memory[:1, :7], np.zeros((4, 7, 2), np.uint8)):
        with pytest.raises(PipelineError, match=r"expected \(rows, columns, 2\) of even columns for input\(yuyv\)"):
            Pipeline("input(yuyv), output(rgb, u8)")(image)


def over(rgba):
    behind = Image.new("RGBA", rgba.shape[1::-1], (250, 7, 99, 255))
    return np.asarray(Image.alpha_composite(behind, Image.fromarray(rgba)))[..., :3]


def premultiplied(rgba):
    return np.asarray(Image.fromarray(rgba).convert("RGBa"))[..., :3]


BACKGROUND = "alpha = over, background = [250, 7, 99]"

# Pixels of so many channels to RGB, by a library.
PACKED = {
    "gray8": (1, lambda gray: cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB)),
    "rgb8": (3, lambda rgb: rgb),
    "bgr8": (3, lambda bgr: cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)),
    "rgba8, alpha = drop": (4, lambda rgba: cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB)),
    "bgra8, alpha = drop": (4, lambda bgra: cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGB)),
    f"rgba8, {BACKGROUND}": (4, over),
    f"bgra8, {BACKGROUND}": (4, lambda bgra: over(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA))),
    "rgba8, alpha = premultiply": (4, premultiplied),
    "bgra8, alpha = premultiply": (4, lambda bgra: premultiplied(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA))),
}
PLANES = ["nv12", "nv21", "i420"]
WIDE = ["gray16", "rgb16", "bgr16", "gray32f", "rgb32f", "bgr32f"]
FORMATS = [*PACKED, *(f"{name}, chw" for name in PACKED), *PLANES, "yuyv", *WIDE, *(f"{name}, chw" for name in WIDE)]


def source(form, noise, rows, columns):
    """An image of this format, the same as a part of a larger one, and the image that a library makes of it."""
    name, planar = form.removesuffix(", chw"), form.endswith(", chw")
    if name in PLANES:
        planes, rgb = yuv_planes(name, noise, rows, columns)
        return planes, [framed(plane) for plane in planes], rgb
    if name == "yuyv":
        image = noise(rows, columns + columns % 2, 2)
        return image, framed(image), cv2.cvtColor(image, cv2.COLOR_YUV2RGB_YUY2)
    if name in WIDE:
        channels = 1 if name.startswith("gray") else 3
        image = noise(rows, columns, channels * 2).view(np.uint16)
        if name.endswith("32f"):
            image = image * np.float32(0.9)
        rgb = np.broadcast_to(image, (rows, columns, 3)) if channels == 1 else image[..., :: -1 if "bgr" in name else 1]
        rgb = rgb.astype(np.float32)
    else:
        channels, convert = PACKED[name]
        image = noise(rows, columns, channels)
        rgb = convert(image)
    if planar:
        image = np.ascontiguousarray(image.transpose(2, 0, 1))
    return image, framed(image, 2 if planar else 1), rgb


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_as_converted_before(form, level, noise):
    """What a library converts and a pipeline of RGB then runs over: the same bytes."""
    u8 = "output(rgb, u8, hwc)"
    reads, precision = "rgb8", ""
    if any(name in form for name in WIDE):
        u8 = "normalize(scale = 0.002), output(rgb, u8, hwc, scale = 0.7)"
        reads, precision = "rgb32f", ", precision = f32"
    f32 = "normalize(scale = 0.003, mean = 0.4, std = 0.2), output(bgr, f32, chw)"
    f16 = "normalize(scale = 0.01), output(rgb, f16, chw)"
    for filter in ("", "nearest", f"bilinear{precision}", f"bilinear, antialias{precision}"):
        resize = filter and f"resize(20, 33, {filter}), "
        for output in (f32, u8, f16):
            pipe, converted = (Pipeline(f"input({read}), {resize}{output}") for read in (form, reads))
            for size in [(1, 1), (2, 2), (5, 7), (6, 9), (33, 130), (64, 67)]:
                image, part, rgb = source(form, noise, *size)
                expected = converted(rgb)
                assert np.array_equal(pipe(image), expected), (resize, output, size)
                assert np.array_equal(pipe(part), expected), (resize, output, size)


def test_gray_of_colours(level, noise):
    for rows, columns in [(1, 1), (7, 13), (40, 129)]:
        rgb = noise(rows, columns, 3)
        pillow = Pipeline("input(rgb8, gray = pillow), output(gray, u8, hwc)")(rgb)
        assert np.array_equal(pillow[..., 0], np.asarray(Image.fromarray(rgb).convert("L")))
        opencv = Pipeline("input(bgr8, gray = opencv), output(gray, u8, hwc)")(rgb)
        assert np.array_equal(opencv[..., 0], cv2.cvtColor(rgb, cv2.COLOR_BGR2GRAY))
        resized = Pipeline("input(rgb8, gray = pillow), resize(9, 8, bicubic, antialias), output(gray, u8, hwc)")(rgb)
        expected = Image.fromarray(rgb).convert("L").resize((8, 9), Image.Resampling.BICUBIC)
        assert np.array_equal(resized[..., 0], np.asarray(expected))


def test_alpha(level, noise):
    for rows, columns in [(1, 1), (7, 13), (40, 129)]:
        rgba = noise(rows, columns, 4)
        image = Image.fromarray(rgba)
        behind = Image.new("RGBA", image.size, (250, 7, 99, 255))
        over = Pipeline("input(rgba8, alpha = over, background = [250, 7, 99]), output(rgb, u8, hwc)")(rgba)
        assert np.array_equal(over, np.asarray(Image.alpha_composite(behind, image))[..., :3])
        product = Pipeline("input(rgba8, alpha = premultiply), output(rgba, u8, hwc)")(rgba)
        assert np.array_equal(product, np.asarray(image.convert("RGBa")))
        assert np.array_equal(Pipeline("input(rgba8, alpha = premultiply), output(bgr, u8, hwc)")(image), product[..., 2::-1])


def test_gray_is_repeated(level, noise):
    gray = noise(33, 47)
    text = "resize(20, 21, bilinear, antialias), normalize(mean = [0.1, 0.2, 0.3], std = 0.5), output(rgb, f32, chw)"
    assert np.array_equal(
        Pipeline(f"input(gray8), {text}")(gray), Pipeline(f"input(rgb8), {text}")(np.repeat(gray[..., None], 3, 2))
    )


def test_wide_samples(level):
    """An integer of 16 bits is an f32, exactly; resampling is that of the f32 image."""
    generator = np.random.default_rng(5)
    words = generator.integers(0, 65536, (37, 53, 3), dtype=np.uint16)
    for rest in (
        "output(rgb, f32, hwc)",
        "resize(20, 70, nearest), output(bgr, f32, chw)",
        "resize(20, 70, bilinear, precision = f32), output(rgb, f16, chw)",
        "resize(9, 11, lanczos, antialias, precision = f32), output(rgb, f32, chw)",
    ):
        wide, floats = Pipeline(f"input(rgb16), {rest}"), Pipeline(f"input(rgb32f), {rest}")
        assert np.array_equal(wide(words), floats(words.astype(np.float32)), equal_nan=True), rest
        assert np.array_equal(wide(words[::-1, ::2]), wide(words[::-1, ::2].copy()), equal_nan=True)
    scaled = Pipeline("input(rgb16), normalize(), output(rgb, f32, hwc)")(words)
    assert np.abs(scaled - words / 65535).max() < 1e-7
    floats = generator.random((21, 40), dtype=np.float32)
    assert np.array_equal(Pipeline("input(gray32f), output(gray, f32, hwc)")(floats)[..., 0], floats)
    linear = Pipeline("input(gray32f), resize(50, 90, bilinear, precision = f32), output(gray, f32, hwc)")(floats)
    assert np.abs(linear[..., 0] - cv2.resize(floats, (90, 50), interpolation=cv2.INTER_LINEAR)).max() < 1e-6
    with pytest.raises(PipelineError, match="dtype uint8, expected uint16"):
        Pipeline("input(rgb16), output(rgb, f32)")(np.zeros((4, 4, 3), np.uint8))


def test_short_floats(level, noise):
    """The f32 result, rounded as numpy rounds."""
    image = noise(29, 35, 3)
    for resize in ("", "resize(12, 40, bilinear), ", "resize(12, 40, bicubic, antialias, precision = f32), "):
        for order in ("", ", order = torchvision") if "f32" not in resize else ("",):
            text = f"input(rgb8), {resize}normalize(mean = 0.45, std = 8e-6{order}), output(bgr, {{}}, {{}})"
            for layout in ("chw", "hwc"):
                exact = Pipeline(text.format("f32", layout))(image)
                with np.errstate(over="ignore"):
                    half = exact.astype(np.float16)
                assert resize or np.isinf(half).any(), "some are beyond the range of f16"
                assert np.array_equal(Pipeline(text.format("f16", layout))(image), half)
                assert np.array_equal(Pipeline(text.format("bf16", layout))(image), exact.astype(ml_dtypes.bfloat16))
    pipe = Pipeline("input(rgb8), output(rgb, bf16)")
    assert (pipe.dtype, pipe(image).dtype) == ("bfloat16", ml_dtypes.bfloat16)
    out = np.empty((3, 29, 35), np.float16)
    with pytest.raises(PipelineError, match="dtype float16, expected bfloat16"):
        pipe(image, out=out)
    assert Pipeline("input(rgb8), output(rgb, f16)")(image, out=out) is out


@pytest.mark.parametrize(("element", "zero_point"), [("i8", 0), ("i8", -128), ("i8", 17), ("u8", 0), ("u8", 128)])
def test_integers_in_steps(element, zero_point, level, noise):
    """ONNX QuantizeLinear: saturate(round(y / scale) + zero_point), halves to even, in f32."""
    kind = {"i8": np.int8, "u8": np.uint8}[element]
    image = noise(31, 37, 3)
    for scale in (0.007, 0.0186584499, 0.5, 3.0):
        for resize in ("", "resize(12, 40, bilinear), ", "resize(12, 40, bicubic, antialias, precision = f32), "):
            text = f"input(rgb8), {resize}normalize(mean = [0.4, 0.5, 0.6], std = 0.2), output(rgb, {{}}"
            exact = Pipeline(text.format("f32, hwc)"))(image)
            steps = np.rint(exact / np.float32(scale)) + zero_point
            expected = np.clip(steps, np.iinfo(kind).min, np.iinfo(kind).max).astype(kind)
            quantized = Pipeline(text.format(f"{element}, hwc, scale = {scale}, zero_point = {zero_point})"))(image)
            assert quantized.dtype == kind
            assert np.array_equal(quantized, expected)




@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "PA", "RGBA", "CMYK", "YCbCr", "HSV", "LAB"])
@pytest.mark.parametrize(("format", "wanted"), [("gray8", "L"), ("rgb8", "RGB"), ("rgba8", "RGBA")])
def test_modes_are_converted_where_that_is_asked(mode, format, wanted):
    channels = {"L": "gray", "RGB": "rgb", "RGBA": "rgba"}[wanted]
    pipe = Pipeline(f"input({format}), output({channels}, u8, hwc)")
    pixels = np.random.default_rng(5).integers(0, 256, (5, 7, 3), np.uint8)
    try:
        image = Image.fromarray(pixels).convert(mode)
        expected = image.convert(wanted)
    except ValueError:
        pytest.skip(f"Pillow has no way from RGB to {mode} and {wanted}")
    expected = np.asarray(expected).reshape(5, 7, -1)
    assert np.array_equal(pipe(image, modes="convert"), expected)
    assert np.array_equal(pipe.batch([image, image], modes="convert")[1], expected)
    assert np.array_equal(pipe.pad([image], modes="convert")[0][0], expected)


def test_what_is_not_converted():
    pipe = Pipeline("input(rgb8), output(rgb, u8, hwc)")
    with pytest.raises(PipelineError, match="mode 'I;16', expected RGB for input.rgb8.; input.gray16. reads it"):
        pipe(Image.new("I;16", (2, 2)), modes="convert")
    with pytest.raises(PipelineError, match="image: a Pillow image of mode 'CMYK'"):
        pipe(Image.new("CMYK", (2, 2)), modes=None)
    with pytest.raises(PipelineError, match="modes: expected \"convert\", found 'RGB'"):
        pipe(Image.new("CMYK", (2, 2)), modes="RGB")
    array = np.zeros((2, 2, 3), np.uint8)
    assert np.array_equal(pipe(array, modes="convert"), array)
