"""What a tensor stands for, to look at; what a pipeline says, part by part; and batches one after another."""

import io

import numpy as np
import pytest
from PIL import Image

import pixfuse
from pixfuse import Pipeline, PipelineError, presets


def pixels(rows=48, columns=64):
    y, x = np.mgrid[:rows, :columns]
    return np.stack([y * 5 % 256, x * 3 % 256, (x + y) * 2 % 256], 2).astype(np.uint8)


def png(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("output", ["rgb, f32, chw", "bgr, f16, hwc", "bgr, u8, hwc", "rgb, i8, chw, scale = 0.03"])
def test_pixels_are_those_before_normalize(output):
    normalize = "" if "u8" in output else "normalize(mean = [0.1, 0.4, 0.7], std = 0.3), "
    pipe = Pipeline(f"input(rgb8), resize(20, 30, bilinear), {normalize}output({output})")
    plain = Pipeline("input(rgb8), resize(20, 30, bilinear), output(rgb, u8, hwc)")
    picture = pipe.preview(pixels())
    assert (picture.rows, picture.columns, repr(picture)) == (20, 30, "Picture(20, 30)")
    assert np.array_equal(picture, plain(pixels()))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(picture.png()))), picture)
    assert np.asarray(picture, np.float32).dtype == np.float32 and picture == pipe.preview(pixels())
    assert pipe.preview(png(pixels())) == picture == pipe.preview(Image.fromarray(pixels()))


def test_other_samples():
    wide = Pipeline("input(rgb16), output(rgb, f32, hwc)")
    given = pixels().astype(np.uint16) * 257
    assert np.array_equal(wide.preview(given), pixels())
    floats = Pipeline("input(rgb32f), normalize(mean = 0.5), output(rgb, f32, chw)")
    assert np.array_equal(floats.preview((pixels() / 255).astype(np.float32)), pixels())
    gray = Pipeline("input(rgb8, gray = pillow), output(gray, f32, chw)").preview(pixels())
    assert np.array_equal(np.asarray(gray)[..., 0], np.asarray(Image.fromarray(pixels()).convert("L")))
    alpha = np.dstack([pixels(), np.full((48, 64), 9, np.uint8)])
    assert np.array_equal(Pipeline("input(rgba8), output(bgra, u8, hwc)").preview(alpha), pixels())


def test_margins():
    seen = np.asarray(presets.yolo.preview(pixels()[..., ::-1]))
    assert (seen[:80] == 114).all() and (seen[-80:] == 114).all() and not (seen[80:-80] == 114).all()
    # What is a number of the tensor is the pixel that it stands for.
    pipe = Pipeline("input(rgb8), pad(to = [50, 66], value = 0), normalize(mean = [0, 0.5, 1]), output(rgb, f32, chw)")
    assert np.asarray(pipe.preview(pixels()))[-1, -1].tolist() == [0, 128, 255]


def test_patches_stand_apart():
    pipe = Pipeline("input(rgb8), normalize(), output(rgb, f32, chw), patches(8, merge = 2, pad_to = 50)")
    seen = np.asarray(pipe.preview(pixels()))
    # Six by eight patches, of which two by two are merged.
    assert seen.shape == (48 + 5 + 2 * 2, 64 + 7 + 2 * 3, 3)
    assert np.array_equal(seen[:8, :8], pixels()[:8, :8]) and (seen[8] == 255).all() and (seen[:, 8] == 255).all()
    assert np.array_equal(seen[-8:, -8:], pixels()[-8:, -8:]) and (seen[17:20] == 255).all()
    single = Pipeline("input(rgb8), output(rgb, f32, chw), patches(16)")
    assert np.asarray(single.preview(pixels())).shape == (48 + 2, 64 + 3, 3)


@pytest.mark.parametrize("thumbnail", ["first", "last"])
def test_tiles_stand_side_by_side(thumbnail):
    rule = f"rule = internvl, max = 6, thumbnail = {thumbnail}"
    pipe = Pipeline(f"input(rgb8), tiles(56, 56, bicubic, antialias, {rule}), normalize(), output(rgb, f32, chw)")
    photo = pixels(100, 160)
    tensor = pipe.replace(normalize=None, output="rgb, u8, hwc")(photo)
    rows, columns = pipe.geometry(100, 160).tiles
    assert rows < columns and len(tensor) == rows * columns + 1
    seen = np.asarray(pipe.preview(photo))
    assert seen.shape == (rows * 56 + (rows - 1) * 2 + 6 + 56, columns * 56 + (columns - 1) * 2, 3)
    first = 1 if thumbnail == "first" else 0
    assert np.array_equal(seen[:56, 58:114], tensor[first + 1])
    assert np.array_equal(seen[-56:, :56], tensor[0 if first else -1]) and (seen[-56:, 56:] == 255).all()
    high = np.asarray(pipe.preview(pixels(160, 100)))
    assert high.shape == seen.transpose(1, 0, 2).shape


def test_boxes_are_where_geometry_puts_them():
    pipe = Pipeline("input(rgb8), letterbox(40, 40, bilinear), normalize(), output(rgb, f32, chw)")
    photo = np.zeros((20, 40, 3), np.uint8)
    seen = np.asarray(pipe.preview(photo, boxes=[[4, 2, 12, 8], [50, 50, 60, 60]]))
    found = np.argwhere((seen == (255, 64, 0)).all(2))
    left, top, right, bottom = pipe.geometry(20, 40).map_boxes([4, 2, 12, 8])
    assert found.min(0).tolist() == [top, left] and found.max(0).tolist() == [bottom - 1, right - 1]
    assert len(found) == 2 * (8 + 6) - 4
    with pytest.raises(PipelineError, match="boxes: shape"):
        pipe.preview(photo, boxes=[1, 2, 3])


def test_files_are_turned_as_decode_turns_them(tmp_path):
    file = tmp_path / "photo.jpg"
    image = Image.fromarray(pixels())
    image.getexif()[0x0112] = 6
    image.save(file, exif=image.getexif())
    pipe = Pipeline("input(rgb8), normalize(), output(rgb, f32, chw)")
    seen = pipe.preview(file)
    assert (seen.rows, seen.columns) == (64, 48) and pipe.preview(str(file), orient="stored").rows == 48
    assert np.array_equal(seen, pipe.replace(normalize=None, output="rgb, u8, hwc").decode(file))
    seen.save(tmp_path / "seen.png")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "seen.png")), seen)
    with pytest.raises(pixfuse.FileError):
        pipe.preview(b"<html>")
    with pytest.raises(OSError):
        seen.save(tmp_path / "none" / "seen.png")
    with pytest.raises(PipelineError, match="shape"):
        pipe.preview(np.zeros((2, 2), np.uint8))


def test_parts():
    pipe = presets.clip_torch
    assert pipe.clauses["resize"] == "shortest = 224, bicubic, antialias, like = torch" and list(pipe.clauses)[0] == "input"
    assert pipe.size == (224, 224) and pipe.filter == "bicubic, antialias, like = torch"
    assert pipe.mean == (0.48145466, 0.4578275, 0.40821073) and pipe.std[2] == 0.27577711 and pipe.scale == 1 / 255
    assert pipe.element == "f32"
    plain = Pipeline("input(rgb8), output(rgb, u8)")
    assert [plain.size, plain.filter, plain.mean, plain.std, plain.scale] == [None] * 5
    larger = pipe.replace(size=336, mean=np.array([0.5, 0.5, 0.5]), element="bf16", input="bgr8")
    assert larger.size == (336, 336) and larger.mean == (0.5,) * 3 and larger.std == pipe.std
    assert larger.replace(size=(336, 336)) == larger
    with pytest.raises(PipelineError, match="size: the resize before the crop has another.*give the clauses"):
        presets.imagenet.replace(size=384)
    html = pipe._repr_html_()
    assert "<th style='text-align: left'>center_crop</th>" in html and "[3, 224, 224]" in html


def test_batches_one_after_another():
    pipe = Pipeline("input(rgb8), resize(4, 4, area), output(rgb, u8, hwc)")
    files = [png(pixels(8, 8 + index)) for index in range(7)]
    batches = pipe.decode_batches(files, 3, threads=2)
    assert len(batches) == 3
    made = list(batches)
    assert [len(batch) for batch in made] == [3, 3, 1] and len(batches) == 0 and list(batches) == []
    assert np.array_equal(np.concatenate(made), pipe.decode_batch(files))
    # Files are read as batches are asked for.
    read = []
    lazy = pipe.decode_batches((read.append(1) or file for file in files), 2, on_error="skip")
    tensor, failures = next(lazy)
    assert len(read) == 2 and len(tensor) == 2 and failures == []
    with pytest.raises(TypeError):
        len(lazy)
    with pytest.raises(pixfuse.FileError) as caught:
        list(pipe.decode_batches([*files[:4], b"<html>"], 3))
    assert caught.value.index == 1
    for arguments, message in [((3, 2), "files: expected a list"), ((files, 0), "size: expected a whole number")]:
        with pytest.raises(PipelineError, match=message):
            pipe.decode_batches(*arguments)
    with pytest.raises(PipelineError, match="out: each batch"):
        pipe.decode_batches(files, 2, out=np.empty((2, 4, 4, 3), np.uint8))
    with pytest.raises(TypeError):
        next(pipe.decode_batches(files, 2, thread=2))
