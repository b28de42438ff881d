"""What the tests share: levels, and images with edges and noise."""

import numpy as np
import pixfuse
import pytest

# Every level there is. One that this CPU lacks is reported as skipped, never passed over.
LEVELS = ("scalar", "neon", "simd128", "sse41", "avx2", "avx512")

CHANNELS = {"gray": 1, "rgb": 3, "bgr": 3, "rgba": 4, "bgra": 4}


@pytest.fixture(params=LEVELS)
def level(request, monkeypatch):
    """A level, on which every pipeline of the test is made."""
    if request.param not in pixfuse.levels():
        pytest.skip(f"this CPU has no {request.param}")
    monkeypatch.setenv("PIXFUSE_LEVEL", request.param)
    return request.param


@pytest.fixture
def noise():
    """A function from a shape to an image; the same images in every run."""
    generator = np.random.default_rng(20240229)
    return lambda *shape: generator.integers(0, 256, shape, dtype=np.uint8)
