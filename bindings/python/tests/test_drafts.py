"""JPEG files at a part of their size, and what is missing of them, as Pillow makes it."""

import io

import numpy as np
import pixfuse
import pytest
from photos import encoded, picture
from PIL import Image, ImageFile
from pixfuse import FileError, Pipeline, PipelineError

IS_TURBO = "libjpeg-turbo-rs" not in pixfuse.decoders()
turbo = pytest.mark.skipif(not IS_TURBO, reason="the decoder in Rust knows no draft and fills nothing")


@turbo
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0", "4:2:2"])
@pytest.mark.parametrize("progressive", [False, True])
def test_draft_and_resize_are_those_of_pillow(subsampling, progressive):
    resize = Pipeline("input(rgb8), resize(20, 30, bicubic, antialias), output(rgb, u8, hwc)")
    whole = Pipeline("input(rgb8), output(rgb, u8, hwc)")
    reduced = 0
    for rows, columns in [(19, 29), (40, 60), (41, 61), (79, 121), (80, 120), (161, 240), (333, 507)]:
        file = encoded(picture(rows, columns), subsampling=subsampling, progressive=progressive)
        image = Image.open(io.BytesIO(file))
        image.draft(None, (30, 20))
        reduced += image.size != (columns, rows)
        expected = np.asarray(image)
        assert np.array_equal(whole.decode(file, draft=(20, 30)), expected)
        expected = np.asarray(image.resize((30, 20), Image.Resampling.BICUBIC))
        assert np.array_equal(resize.decode(file, draft=(20, 30)), expected)
        assert np.array_equal(resize.decode_batch([file] * 2, draft=(20, 30))[1], expected)
        # Nothing else asks for it, and PNG has none.
        assert np.array_equal(whole.decode(file), np.asarray(Image.open(io.BytesIO(file))))
    assert reduced == 6
    png = encoded(picture(80, 120), "PNG")
    assert np.array_equal(resize.decode(png, draft=(20, 30)), resize.decode(png))


@turbo
def test_geometry_of_a_draft_is_that_of_the_whole_image():
    file = encoded(picture(161, 240))
    pipe = Pipeline("input(rgb8), letterbox(40, 40, bilinear), output(rgb, u8, hwc)")
    geometry = pipe.decode_geometry(file, draft=(40, 40))
    assert geometry.source == (161, 240)
    # The drafted image is 81 x 120: what was in the whole is half of that.
    drafted = pipe.geometry(81, 120)
    places = np.array([[0, 0], [120, 80], [240, 160]], np.float64)
    np.testing.assert_allclose(geometry.map_points(places), drafted.map_points(places / 2), atol=1e-9)
    assert pipe.decode_geometry(file) == pipe.geometry(161, 240)


@turbo
def test_truncated_files_are_filled_as_pillow_fills_them(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = Pipeline("input(rgb8), output(rgb, u8, hwc)")
    for progressive in (False, True):
        file = encoded(picture(61, 83), progressive=progressive)
        for part in (0.4, 0.7, 0.95):
            cut = file[: int(len(file) * part)]
            expected = np.asarray(Image.open(io.BytesIO(cut)).convert("RGB"))
            assert np.array_equal(whole.decode(cut, truncated="fill"), expected)
            assert np.array_equal(whole.decode_batch([cut], truncated="fill")[0], expected)
            for options in ({}, {"truncated": None}, {"truncated": "error"}):
                with pytest.raises(FileError) as error:
                    whole.decode(cut, **options)
                assert error.value.code == "truncated"
    for given in ("black", 5):
        with pytest.raises(PipelineError, match="^truncated: expected 'error' or 'fill', found "):
            whole.decode(encoded(picture(60, 80)), truncated=given)
    for given in (5, (1, 2, 3), (0, 1), "12"):
        with pytest.raises(PipelineError, match="^draft: expected rows and columns, both at least 1, found "):
            whole.decode(encoded(picture(60, 80)), draft=given)


@pytest.mark.skipif(IS_TURBO, reason="libjpeg-turbo knows both")
@pytest.mark.parametrize(("options", "said"), [({"draft": (20, 30)}, r"^draft: \[20, 30\]"), ({"truncated": "fill"}, "^truncated: fill")])
def test_what_the_decoder_does_not_know_ends_a_call(options, said):
    pipe = Pipeline("input(rgb8), resize(20, 30, bilinear), output(rgb, u8, hwc)")
    for call in (
        lambda: pipe.decode(encoded(picture(60, 80)), **options),
        lambda: pipe.decode_batch([encoded(picture(60, 80))], on_error="skip", **options),
        lambda: pipe.decode_batch([None], on_error="fill", fill=0, **options),
    ):
        with pytest.raises(PipelineError, match=said + " is asked for, which the JPEG decoder of this build") as error:
            call()
        assert not isinstance(error.value, FileError)
