"""Tensors against the digests that the core's and Node.js' tests have too: what libraries made that are too heavy for
every run (PyTorch, torchvision, timm, transformers), and OpenCV and Pillow at the versions that are written down."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pixfuse
import pytest
from conftest import CHANNELS

GOLDENS = Path(__file__).parents[3] / "crates/pixfuse/tests/goldens"
PHOTOS = np.fromfile(GOLDENS / "photos/photos.rgb", np.uint8).reshape(5, 96, 128, 3)


# Under an emulator only every eleventh, say: with a prime each column has its turn.
EVERY = int(os.environ.get("PIXFUSE_GOLDENS_EVERY", "1"))


def table(name, numbers):
    """For each line the numbers that it begins with, and a digest for each name of the heading."""
    lines = [line.split() for line in (GOLDENS / name).read_text().splitlines() if not line.startswith("#")]
    heading, *lines = lines
    for line in lines:
        yield [int(number) for number in line[:numbers]], dict(zip(heading[numbers:], line[numbers:], strict=True))


def digest(tensors):
    """The first 64 bits of the SHA-256 of the tensors' bytes, one after another."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(tensor.tobytes())
    return digest.hexdigest()[:16]


def pixels(rows, columns, channels, seed):
    """The source that a seed stands for: the finaliser of MurmurHash3."""
    x = np.arange(rows * columns * channels, dtype=np.uint64) + seed * 0x9E3779B9
    x = (x & 0xFFFFFFFF).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return (x & 255).astype(np.uint8).reshape(rows, columns, channels)


def photo(small, rows, columns):
    """This many rows and columns of a photo, mirrored at its edges."""
    turns = [(np.arange(length) + length) % (2 * side) for length, side in zip((rows, columns), small.shape)]
    y, x = [np.minimum(turn, 2 * side - 1 - turn) for turn, side in zip(turns, small.shape)]
    return small[y][:, x]


@pytest.mark.parametrize("name", ["resize.txt", "torch.txt"])
def test_resizes_equal_the_libraries(level, name):
    lines = list(table(name, 5))
    assert len(lines) == 325
    for (source_rows, source_columns, rows, columns, seed), digests in lines[::EVERY]:
        images = {order: pixels(source_rows, source_columns, CHANNELS[order], seed) for order in ("gray", "rgb", "rgba")}
        for filter, expected in digests.items():
            text = f"resize({rows}, {columns}, {filter})"
            tensors = [
                pixfuse.Pipeline(f"input({order}8), {text}, output({order}, u8, hwc)")(image)
                for order, image in images.items()
            ]
            assert digest(tensors) == expected, f"{source_rows} x {source_columns}: {text}"


def test_sizes_by_rule_equal_transformers():
    """The size is that of the geometry; `-` stands for what the library refuses."""
    lines = list(table("sizes.txt", 2))
    assert len(lines) == 263
    pipes = {
        rule: pixfuse.Pipeline(f"input(rgb8), resize({rule}, bicubic, antialias), output(rgb, f32, chw)")
        for rule in lines[0][1]
    }
    for (rows, columns), sizes in lines:
        for rule, expected in sizes.items():
            size = [] if expected == "-" else [int(side) for side in expected.split("x")]
            if size and max(size) <= 65535:
                assert list(pipes[rule].geometry(rows, columns).output) == size, f"{rows} x {columns}: {rule}"
                continue
            name = rule.partition(",")[0].replace("=", " = ")
            with pytest.raises(pixfuse.PipelineError, match="the most is 65535" if size else name):
                pipes[rule].geometry(rows, columns)


def test_whole_pipelines_equal_their_libraries(monkeypatch):
    """On five photos of each size. The core's tests run all levels; here they take turns."""
    levels = pixfuse.levels()
    declarations = dict(line.split(" ", 1) for line in (GOLDENS / "declarations.txt").read_text().splitlines())
    pipes = {}
    for level in levels:
        monkeypatch.setenv("PIXFUSE_LEVEL", level)
        pipes[level] = {name: pixfuse.Pipeline(text) for name, text in declarations.items()}
    lines = list(table("pipelines.txt", 2))
    assert len(declarations) >= 30 and len(lines) == 122
    for line, ((rows, columns), digests) in enumerate(lines):
        assert digests.keys() == declarations.keys()
        photos = [photo(small, rows, columns) for small in PHOTOS]
        for index, (name, expected) in enumerate(digests.items()):
            if (line * len(digests) + index) % EVERY:
                continue
            pipe = pipes[levels[(line + index) % len(levels)]][name]
            assert digest(map(pipe, photos)) == expected, f"{pipe.level}: {name}: {rows} x {columns}"
