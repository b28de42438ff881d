"""`normalize` in another library's order of operations is that library's f32, for each of the 256 values."""

import itertools

import cv2
import ml_dtypes
import numpy as np
import pixfuse
import pytest

f32 = np.float32
X = np.arange(256, dtype=np.uint8)


def torchvision(scale, mean, std):
    scaled = X.astype(f32) / f32(255) if scale == 1 / 255 else X.astype(f32) * f32(scale)
    return (scaled - f32(mean)) / f32(std)


def torchvision_v2(scale, mean, std):
    return (X.astype(f32) * f32(scale) - f32(mean)) / f32(std)


def hf_pil(scale, mean, std):
    return ((X * np.float64(scale)).astype(f32) - f32(mean)) / f32(std)


def hf_torch(scale, mean, std):
    inverse = f32(1.0 / scale)
    return (X.astype(f32) - f32(mean) * inverse) / (f32(std) * inverse)


def opencv(scale, mean, std):
    return (X.astype(f32) - f32(mean / scale)) * f32(scale / std)


def numpy(scale, mean, std):
    scaled = X / 255 if scale == 1 / 255 else X * scale
    return ((scaled - mean) / std).astype(f32)


def rapidocr(scale, mean, std):
    """`DetPreProcess.normalize`: pixels of f32, numbers of f64 in arrays, cast last."""
    return ((X.astype("float32") * scale - np.array(mean)) / np.array(std)).astype(f32)


def paddleocr(scale, mean, std):
    """PaddleX' `NormalizeImage`: in place, so that each step is rounded."""
    plane = X.astype(f32)
    plane *= scale / std
    plane += -mean / std
    return plane


def llama4(scale, mean, std):
    """Tensors of bfloat16, with a scale that is a number of Python."""
    bf16 = lambda values: np.asarray(values, f32).astype(ml_dtypes.bfloat16).astype(f32)
    scaled = bf16(X.astype(f32) * f32(scale))
    return bf16(bf16(scaled - bf16(mean)) / bf16(std))


ORDERS = {
    order.__name__: order
    for order in (torchvision, torchvision_v2, hf_pil, hf_torch, opencv, numpy, rapidocr, paddleocr, llama4)
}
CONSTANTS = {
    "default": (1 / 255, [0.0] * 3, [1.0] * 3),
    "imagenet": (1 / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    "clip": (1 / 255, [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]),
    "halves": (1 / 255, [0.5] * 3, [0.5] * 3),
    "other scale": (0.0171, [1.0, 0.1, 0.7], [1.0, 3.0, 0.3]),
    "pixels": (1.0, [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]),
}


def text(order, scale, mean, std, eps=0.0, output="rgb, f32, chw"):
    scale = "1/255" if scale == 1 / 255 else repr(scale)
    return f"normalize(scale = {scale}, mean = {mean}, std = {std}, eps = {eps}, order = {order}), output({output})"


def bits(array):
    return np.ascontiguousarray(array).view(np.uint32)


@pytest.mark.parametrize("source", ["rgb8", "bgr8", "rgba8, alpha = drop"])
@pytest.mark.parametrize("constants", CONSTANTS.values(), ids=CONSTANTS)
@pytest.mark.parametrize("order", ORDERS)
def test_every_value(level, order, constants, source):
    scale, mean, std = constants
    image = np.repeat(X[:, None], 4 if "rgba" in source else 3, axis=1)[None]
    expected = np.stack([ORDERS[order](scale, m, s) for m, s in zip(mean, std)])
    for layout in ("chw", "hwc"):
        pipe = pixfuse.Pipeline(f"input({source}), {text(order, *constants, output=f'rgb, f32, {layout}')}")
        result = pipe(image)[:, 0] if layout == "chw" else pipe(image)[0].T
        np.testing.assert_array_equal(bits(result), bits(expected))


@pytest.mark.parametrize("order", ORDERS)
def test_eps_is_added_to_std_in_f64(level, order):
    pipe = pixfuse.Pipeline(f"input(gray8), {text(order, 1 / 255, 0.45, 0.2, 1e-5, 'gray, f32, hwc')}")
    np.testing.assert_array_equal(bits(pipe(X[None])[0, :, 0]), bits(ORDERS[order](1 / 255, 0.45, 0.2 + 1e-5)))


def test_opencvs_order_is_blobFromImage(level, noise):
    image = noise(33, 47, 3)
    for scale, mean in [(1 / 255, (104.0, 117.0, 123.0)), (0.017, (103.94, 116.78, 123.68)), (1.0, (0.5, 1.0, 1.5))]:
        pipe = pixfuse.Pipeline(
            input="bgr8",
            normalize={"scale": scale, "mean": [m * scale for m in mean], "order": "opencv"},
            output=("bgr", "f32", "chw"),
        )
        # The declaration's mean is that of scaled pixels, and OpenCV's is not.
        np.testing.assert_array_equal(bits(pipe(image)), bits(cv2.dnn.blobFromImage(image, scale, mean=mean)[0]))


def test_the_orders_differ():
    """Each from each other, with some constants; else a mistaken order would go unseen."""
    results = {
        order: [compute(scale, mean[0], std[0]).tobytes() for scale, mean, std in CONSTANTS.values()]
        for order, compute in ORDERS.items()
    }
    for one, other in itertools.combinations(results, 2):
        assert results[one] != results[other], f"{one} and {other}"


def test_after_a_resize(level, noise):
    """On bytes that a filter made, and in margins."""
    image = noise(61, 45, 3)
    scale, mean, std = CONSTANTS["imagenet"]
    for order in ORDERS:
        frame = "input(rgb8), letterbox(40, 40, bilinear, antialias)"
        pixels = pixfuse.Pipeline(f"{frame}, output(rgb, u8, chw)")(image)
        result = pixfuse.Pipeline(f"{frame}, {text(order, scale, mean, std)}")(image)
        expected = np.stack([ORDERS[order](scale, mean[c], std[c])[pixels[c]] for c in range(3)])
        np.testing.assert_array_equal(bits(result), bits(expected))
