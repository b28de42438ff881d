"""Tiles and thumbnails: tensors and grids of transformers, written down by the core's `make_tiles.py`."""

import copy
import pickle

import numpy as np
import pixfuse
import pytest
from pixfuse import Geometry, Pipeline, PipelineError
from test_goldens import GOLDENS, PHOTOS, digest, photo, table

LLAVA = {
    "input": "rgb8",
    "tiles": (30, 30, "bilinear", "antialias", {"rule": "llava_next", "canvases": [[30, 60], (60, 60), [90, 30]],
                                                "thumbnail": "first"}),
    "output": ("rgb", "f32"),
}  # fmt: skip


def test_tensors_equal_transformers():
    declarations = dict(line.split(" ", 1) for line in (GOLDENS / "tiled_declarations.txt").read_text().splitlines())
    lines = list(table("tiled.txt", 2))
    assert len(lines) == 18 and len(declarations) >= 16
    for index, ((rows, columns), digests) in enumerate(lines):
        image = photo(PHOTOS[index % len(PHOTOS)], rows, columns)
        for name, expected in digests.items():
            pipe = Pipeline(declarations[name])
            tensor = pipe(image)
            assert tensor.shape == pipe.output_shape(rows, columns)
            assert digest([tensor]) == expected, (name, rows, columns)


def test_grids_equal_transformers():
    counts = 0
    for (rows, columns), cells in table("tiles.txt", 2):
        for rule, expected in cells.items():
            side, rest = rule.split(",", 1)
            pipe = Pipeline(f"input(rgb8), tiles({side}, {side}, bicubic, antialias, {rest}), output(rgb, u8)")
            geometry = pipe.geometry(rows, columns)
            found = "/".join(["x".join(map(str, geometry.tiles)), "x".join(map(str, geometry.resized)), str(geometry.images)])
            assert found == expected, (rule, rows, columns)
            assert pipe.output_shape(rows, columns) == (geometry.images, 3, int(side), int(side))
            counts += 1
    assert counts > 3000


def test_keywords_mean_the_text():
    pipe = Pipeline(**LLAVA)
    assert pipe.spec == (
        "input(rgb8), tiles(30, 30, bilinear, antialias, rule = llava_next, canvases = [[30, 60], [60, 60], [90, 30]], "
        "thumbnail = first), output(rgb, f32, chw)"
    )
    assert pickle.loads(pickle.dumps(pipe)) == Pipeline(pipe.spec)


def test_every_patch_has_its_geometry():
    pipe = Pipeline("input(rgb8), resize(24, 32, bilinear, antialias), output(rgb, u8), patches(4, merge = 2)")
    geometry = pipe.geometry(48, 64)
    # Every patch shows its part of the photo, and in the tensor it is where the formula says.
    photo = np.arange(48 * 64, dtype=np.uint32).astype(np.uint8).reshape(48, 64, 1).repeat(3, 2)
    tensor = pipe(photo)
    (_, wide), merge = geometry.patches, 2
    for row, column in np.ndindex(*geometry.patches):
        patch = geometry.patch(row, column)
        assert patch.source_box == (column * 8, row * 8, column * 8 + 8, row * 8 + 8) and patch.output == (4, 4)
        alone = Pipeline(f"input(rgb8), resize(24, 32, bilinear, antialias), crop({row * 4}, {column * 4}, 4, 4), output(rgb, u8)")
        index = (row // merge * wide + row % merge) * merge + column // merge * merge * merge + column % merge
        np.testing.assert_array_equal(tensor[index], alone(photo).reshape(-1))
    with pytest.raises(IndexError, match="row 6 and column 0 are none of 6 rows x 8 columns"):
        geometry.patch(6, 0)
    with pytest.raises(IndexError, match="none of no patches"):
        Pipeline("input(rgb8), output(rgb, u8)").geometry(4, 4).patch(0, 0)


def test_every_tile_has_its_geometry():
    geometry = Pipeline(**LLAVA).geometry(100, 80)
    assert (geometry.tiles, geometry.thumbnail, geometry.images) == ((2, 2), 0, 5)
    assert (geometry.output, geometry.content) == ((60, 60), (0, 6, 60, 48))
    tile = geometry.tile(4)
    assert (tile.output, tile.content, tile.source_box) == ((30, 30), (0, 0, 30, 24), (40.0, 50.0, 80.0, 100.0))
    assert geometry.tile(0).source_box == (0.0, 0.0, 80.0, 100.0) and tile.tiles is None
    np.testing.assert_allclose(tile.unmap_boxes([[0, 0, 24, 30]]), [[40, 50, 80, 100]])
    for same in (pickle.loads(pickle.dumps(geometry)), copy.deepcopy(geometry)):
        assert same == geometry and same.tile(4) == tile
    with pytest.raises(IndexError, match="5 is none of the 5 images"):
        geometry.tile(5)
    numbers = geometry.__reduce__()[1]
    with pytest.raises(PipelineError, match="thumbnail: 2 is none"):
        Geometry(*numbers[:-1], 2)
    whole = pixfuse.Pipeline("input(rgb8), output(rgb, f32)").geometry(3, 4)
    assert (whole.tiles, whole.thumbnail, whole.images, whole.tile(0)) == (None, None, 1, whole)
