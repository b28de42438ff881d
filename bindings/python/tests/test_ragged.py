"""Batches whose tensors differ in size, against single calls put together by numpy."""

import numpy as np
import pytest
from pixfuse import Pipeline, PipelineError

PATCHES = Pipeline(
    "input(rgb8), resize(rule = glpn, multiple = 4, bilinear, antialias), normalize(), output(rgb, f32), patches(4)"
)
TILES = Pipeline("input(rgb8), tiles(16, 16, bicubic, antialias, rule = internvl, max = 6, thumbnail = last), output(rgb, u8)")
WHOLE = Pipeline("input(rgb8), resize(longest = 24, bilinear), normalize(mean = 0.5), output(rgb, f32, chw)")


@pytest.fixture
def images():
    generator = np.random.default_rng(4)
    return [generator.integers(0, 256, (*size, 3), np.uint8) for size in [(30, 41), (64, 9), (7, 70), (33, 33)]]


@pytest.mark.parametrize("pipe", [PATCHES, TILES])
@pytest.mark.parametrize("threads", [1, 3])
def test_concat(pipe, threads, images):
    each = [pipe(image) for image in images]
    array, offsets = pipe.concat(iter(images), threads=threads)
    np.testing.assert_array_equal(array, np.concatenate(each))
    assert offsets.dtype == np.int64 and offsets.tolist() == [0, *np.cumsum([len(tensor) for tensor in each])]
    out = np.zeros_like(array)
    assert pipe.concat(images, out)[0] is out
    np.testing.assert_array_equal(out, array)
    nothing, offsets = pipe.concat([])
    assert nothing.shape == (0, *array.shape[1:]) and offsets.tolist() == [0]


@pytest.mark.parametrize("pipe", [PATCHES, TILES, WHOLE])
def test_pad(pipe, images):
    each = [pipe(image) for image in images]
    array, mask = pipe.pad(images, threads=2)
    largest = np.max([tensor.shape for tensor in each], axis=0)
    assert array.shape == (len(images), *largest) and mask.dtype == bool
    for one, shows, tensor in zip(array, mask, each, strict=True):
        expected = np.zeros(largest, tensor.dtype)
        expected[tuple(slice(side) for side in tensor.shape)] = tensor
        np.testing.assert_array_equal(one, expected)
        there = np.zeros(shows.shape, bool)
        there[tuple(slice(side) for side in (tensor.shape[1:] if pipe is WHOLE else tensor.shape[:1]))] = True
        np.testing.assert_array_equal(shows, there)


def test_errors(images):
    with pytest.raises(PipelineError, match="whole images are not joined"):
        WHOLE.concat(images)
    with pytest.raises(PipelineError, match=r"image: number 1: 30 rows x 41 columns are no whole patches"):
        PATCHES.replace(resize=None).concat([images[0][:28, :40], images[0]])
    with pytest.raises(PipelineError, match=r"out: shape \(3,\), expected"):
        PATCHES.pad(images, np.zeros(3, np.float32))
