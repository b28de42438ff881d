"""f32 results are one function of the u8 result: fma(x, a, b), rounded once."""

from fractions import Fraction

import cv2
import numpy as np
import pixfuse
import pytest

IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
CONSTANTS = {
    "default": {},
    "imagenet": IMAGENET,
    "eps": {**IMAGENET, "eps": 1e-5},
    "plain pixels": {"scale": 1.0, "mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]},
    "one number": {"mean": 0.5, "std": 0.5},
    "huge and tiny": {"scale": 3e-3, "mean": [-1e30, 1e-30, 7.0], "std": [1e-3, 1e10, 1.0]},
}


def nearest_f32(exact):
    """The f32 nearest to a rational number, the even one of two that are equally near."""
    guess = np.float32(float(exact))
    candidates = [np.nextafter(guess, np.float32(-np.inf)), guess, np.nextafter(guess, np.float32(np.inf))]
    return min(candidates, key=lambda f32: (abs(Fraction(float(f32)) - exact), f32.view(np.uint32) & 1))


def table(channel, scale=1 / 255, mean=0.0, std=1.0, eps=0.0):
    """The value of every pixel in an output channel, from the definition."""
    of = lambda values: values[channel] if isinstance(values, list) else values
    a = np.float32(scale / (of(std) + eps))
    b = np.float32(-of(mean) / (of(std) + eps))
    return np.array([nearest_f32(x * Fraction(float(a)) + Fraction(float(b))) for x in range(256)], np.float32)


def test_rounding_is_to_nearest_even():
    assert nearest_f32(Fraction(1, 3)) == np.float32(1 / 3)
    assert nearest_f32(1 + Fraction(1, 2**24)) == 1.0
    assert nearest_f32(1 + Fraction(3, 2**24)) == np.float32(1 + 2**-22)
    # Rounded to f64 first, this one would be a tie.
    assert nearest_f32(1 + Fraction(1, 2**24) + Fraction(1, 2**80)) == np.float32(1 + 2**-23)


@pytest.mark.parametrize("layout", ["hwc", "chw"])
@pytest.mark.parametrize(
    "formats", ["rgb8 rgb", "bgr8 rgb", "rgb8 bgr", "rgba8,alpha=drop rgb", "gray8 gray", "rgba8 bgra"]
)
@pytest.mark.parametrize("constants", CONSTANTS.values(), ids=CONSTANTS)
def test_every_value_is_one_rounded_multiply_add(level, noise, constants, formats, layout):
    source, order = formats.split()
    if len(order) != 3 and any(isinstance(value, list) for value in constants.values()):
        # One list a channel count: repeat the last, or keep the first.
        count = 1 if order == "gray" else 4
        fit = lambda value: (value + value[-1:])[:count] if isinstance(value, list) else value
        constants = {name: fit(value) for name, value in constants.items()}
    pipe = pixfuse.Pipeline(input=source, normalize=constants or True, output=(order, "f32", layout))

    letters = {"gray8": "y", "rgb8": "rgb", "bgr8": "bgr", "rgba8": "rgba"}[source.split(",")[0]]
    wanted = "y" if order == "gray" else order
    # Every value in every channel, 16 rows of 19 columns: whole blocks and a tail.
    image = noise(16, 19, len(letters))
    image.reshape(-1, len(letters))[:256] = np.arange(256)[:, None] ^ np.array([0, 85, 170, 255])[: len(letters)]
    expected = np.stack(
        [table(channel, **constants)[image[:, :, letters.index(letter)]] for channel, letter in enumerate(wanted)],
        axis=0 if layout == "chw" else 2,
    )
    result = pipe(image)
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result.view(np.uint32), expected.view(np.uint32))


def test_a_resized_value_is_the_same_function_of_opencvs_byte(level, noise):
    tables = [table(channel, **IMAGENET) for channel in range(3)]
    for source, (rows, columns) in [((97, 61), (40, 83)), ((576, 768), (240, 256)), ((5, 5), (33, 17))]:
        image = noise(*source, 3)
        pipe = pixfuse.Pipeline(
            input="bgr8", resize=(rows, columns, "bilinear"), normalize=IMAGENET, output=("rgb", "f32", "chw")
        )
        resized = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_LINEAR)[:, :, ::-1]
        expected = np.stack([tables[channel][resized[:, :, channel]] for channel in range(3)])
        np.testing.assert_array_equal(pipe(image), expected)


def test_negative_zero_and_zero_are_one(level):
    """The fold of mean = 0 gives one zero: equal bytes, not only equal numbers."""
    zeros = np.zeros((3, 40, 3), np.uint8)
    plain = pixfuse.Pipeline("input(rgb8), normalize(), output(rgb, f32, chw)")
    signed = pixfuse.Pipeline("input(rgb8), normalize(mean = -0), output(rgb, f32, chw)")
    assert plain(zeros).tobytes() == signed(zeros).tobytes()
