"""The command `pixfuse`, and the parity checker under it."""

import io
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import pixfuse
from pixfuse import command, parity, seen

TEXT = (
    "input(rgb8), resize(shortest = 72, bilinear, antialias), center_crop(64, 64), "
    "normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = torchvision), output(rgb, f32, chw)"
)


def pixels(rows=97, columns=131, channels=3, seed=3):
    """A picture with edges and texture, so that no two filters agree."""
    y, x = np.mgrid[0:rows, 0:columns]
    waves = [np.sin(x / (3 + c) + y / 7) * 60 + np.cos(y / (4 + c)) * 40 + 128 for c in range(channels)]
    noise = np.random.default_rng(seed).integers(-25, 26, (rows, columns, channels))
    return np.clip(np.stack(waves, 2) + noise, 0, 255).astype(np.uint8)


def png(array, **keywords):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG", **keywords)
    return file.getvalue()


def run(capsys, *arguments):
    code = command.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_explain_import_and_fingerprint(capsys, tmp_path):
    code, out, _ = run(capsys, "explain", TEXT)
    assert code == 0 and out.startswith(TEXT) and "resample" in out
    code, out, _ = run(capsys, "explain", "--language")
    assert code == 0 and out == pixfuse.language.__doc__ and "`letterbox(640, 640, bilinear)`" in out
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"image_processor_type": "ViTImageProcessor"}))
    code, out, _ = run(capsys, "import", tmp_path)
    assert code == 0 and out.startswith("input(rgb8), resize(224, 224, bilinear, antialias, like = torch)")
    prints = {run(capsys, "fingerprint", text)[1] for text in (TEXT, TEXT.replace(", ", ",  "))}
    assert len(prints) == 1 and re.fullmatch(r"[0-9a-f]{64}\n", prints.pop())
    assert run(capsys, "fingerprint", "--preset", "clip_pil")[1] != run(capsys, "fingerprint", TEXT)[1]


def test_the_module_is_the_command():
    for arguments, code in ((["fingerprint", TEXT], 0), (["explain", "input(rgb8)"], 2)):
        ran = subprocess.run([sys.executable, "-m", "pixfuse", *arguments], capture_output=True, text=True, timeout=60)
        assert ran.returncode == code, ran
    shown = subprocess.run([sys.executable, "-m", "pixfuse", "--version"], capture_output=True, text=True, timeout=60)
    assert shown.stdout == f"pixfuse {pixfuse.__version__}\n"


def test_errors_are_those_of_the_library(capsys, tmp_path):
    code, out, err = run(capsys, "explain", "input(rgb8), output(rgb, f33)")
    assert (code, out) == (2, "") and "did you mean `f32`?" in err
    code, _, err = run(capsys, "run", tmp_path / "none.jpg", "-d", TEXT, "-o", tmp_path / "x.npy")
    assert code == 2 and "none.jpg" in err
    with pytest.raises(SystemExit) as caught:
        command.main(["explain"])
    assert caught.value.code == 2


def test_run_and_preview(capsys, tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(png(pixels()))
    code, out, _ = run(capsys, "run", photo, "-d", TEXT, "-o", tmp_path / "x.npy")
    assert code == 0 and "float32 (3, 64, 64)" in out
    tensor = np.load(tmp_path / "x.npy")
    np.testing.assert_array_equal(tensor, pixfuse.Pipeline(TEXT)(pixels()))
    code, out, _ = run(capsys, "preview", photo, "-d", TEXT, "-o", tmp_path / "seen.png")
    assert code == 0 and "64 x 64" in out
    expected = pixfuse.Pipeline(re.sub(r"normalize\(.*?\), ", "", TEXT).replace("f32, chw", "u8, hwc"))(pixels())
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "seen.png")), expected)


def test_a_header_is_enough_to_count(capsys, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = tmp_path / "photo.png"
    # The header, and nothing of the pixels.
    photo.write_bytes(png(pixels(480, 640), exif=exif)[:120])
    code, out, _ = run(capsys, "probe", photo)
    header = json.loads(out)
    assert (code, header["format"], header["stored"], header["shown"], header["orientation"]) == (0, "PNG", [480, 640], [640, 480], 6)
    config = {"processor_class": "PixtralProcessor", "patch_size": 16, "image_processor": {"image_processor_type": "PixtralImageProcessor"}}
    (tmp_path / "processor_config.json").write_text(json.dumps(config))
    assert run(capsys, "tokens", photo, "--config", tmp_path) == (0, f"{40 * (30 + 1)}\n", "")
    (tmp_path / "processor_config.json").write_text(json.dumps({"image_processor": {"image_processor_type": "ViTImageProcessor"}}))
    code, out, err = run(capsys, "tokens", photo, "--config", tmp_path)
    assert (code, out) == (2, "") and "tokens" in err


@pytest.mark.parametrize(
    "output", ["rgb, f32, chw", "bgr, f32, hwc", "rgb, f16, chw", "bgr, u8, hwc", "gray, f32", "rgb, i8, chw, scale = 0.03"]
)
def test_a_picture_is_what_was_seen(output):
    gray = ", gray = pillow" if output.startswith("gray") else ""
    normalize = "" if "u8" in output else "normalize(mean = 0.45, std = 0.3), "
    pipe = pixfuse.Pipeline(f"input(rgb8{gray}), {normalize}output({output})")
    expected = pixels(9, 7)
    if gray:
        expected = np.repeat(np.asarray(Image.fromarray(expected).convert("L"))[..., None], 3, 2)
    apart = np.abs(seen.picture(pipe, pipe(pixels(9, 7))).astype(int) - expected)
    assert apart.max() <= (2 if "i8" in output else 0)


def test_a_picture_of_patches_is_refused():
    pipe = pixfuse.Pipeline("input(rgb8), output(rgb, f32), patches(4)")
    with pytest.raises(pixfuse.PipelineError, match="leave patches"):
        seen.picture(pipe, pipe(pixels(8, 8)))


def by_numpy(u8, order="torchvision", mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), scale=None):
    """(rows, columns, 3) of u8 as torchvision's ToTensor and Normalize make it, or with one mistake."""
    mean, std = np.array(mean, np.float32), np.array(std, np.float32)
    if order == "float64":
        values = ((u8 / 255 - mean.astype(np.float64)) / std.astype(np.float64)).astype(np.float32)
    else:
        values = u8.astype(np.float32) * np.float32(scale) if scale else u8.astype(np.float32) / np.float32(255)
        values = (values - mean) / std
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def resized(image, size=None, filter=Image.Resampling.BILINEAR, crop=(0, 0)):
    """The u8 that TEXT makes by Pillow: the shorter side 72, the middle 64 x 64."""
    columns, rows = image.size
    size = size or (int(72 * columns / rows), 72)
    small = image.resize(size, filter)
    top, left = round((small.size[1] - 64) / 2) + crop[0], round((small.size[0] - 64) / 2) + crop[1]
    return np.asarray(small.crop((left, top, left + 64, top + 64)))


def without_antialias(image):
    import cv2

    small = cv2.resize(np.asarray(image), (int(72 * image.size[0] / image.size[1]), 72), interpolation=cv2.INTER_LINEAR)
    left = round((small.shape[1] - 64) / 2)
    return small[4:68, left : left + 64]


def half_away(image):
    """Resampled in floats and rounded half away from zero, once."""
    text = re.sub(r"normalize\(.*?\), ", "", TEXT).replace("bilinear, antialias", "bilinear, antialias, precision = f32")
    floats = pixfuse.Pipeline(text)(np.asarray(image))
    return np.floor(floats + 0.5).astype(np.uint8).transpose(1, 2, 0)


SEEDED = {
    "rounding": lambda image: by_numpy(half_away(image)),
    "filter, bicubic": lambda image: by_numpy(resized(image, filter=Image.Resampling.BICUBIC)),
    "filter, not antialiased": lambda image: by_numpy(without_antialias(image)),
    "size rule": lambda image: by_numpy(np.asarray(image.resize((64, 64), Image.Resampling.BILINEAR))),
    "crop": lambda image: by_numpy(resized(image, crop=(1, 0))),
    "normalise order": lambda image: by_numpy(resized(image), order="float64"),
    "channel order": lambda image: by_numpy(resized(image)[..., ::-1]),
    "normalise": lambda image: by_numpy(resized(image), mean=(0.406, 0.456, 0.485), std=(0.225, 0.224, 0.229)),
    "rescale": lambda image: by_numpy(resized(image), scale=0.003922),
    "layout": lambda image: by_numpy(resized(image)).transpose(1, 2, 0),
}


@pytest.mark.parametrize("mistake", SEEDED)
def test_a_seeded_mistake_is_named_by_its_stage(mistake):
    image = Image.fromarray(pixels())
    found = parity.compare(TEXT, png(pixels()), SEEDED[mistake](image))
    assert found.stage == mistake.split(",")[0], found
    assert found.values > 0


def test_an_ignored_note_of_orientation():
    exif = Image.Exif()
    exif[0x0112] = 6
    file = png(pixels(), exif=exif)
    turned = Image.fromarray(pixels()).transpose(Image.Transpose.ROTATE_270)
    assert parity.compare(TEXT, file, by_numpy(resized_turned(turned))).stage is None
    found = parity.compare(TEXT, file, by_numpy(resized(Image.fromarray(pixels()))))
    assert found.stage == "orientation", found


def resized_turned(image):
    columns, rows = image.size
    return resized(image, (72, int(72 * rows / columns)))


def test_alpha_that_was_premultiplied():
    rgba = np.concatenate([pixels(64, 64), pixels(64, 64, 1, 9)], 2)
    text = "input(rgba8, alpha = drop), output(rgb, f32, chw)"
    given = pixfuse.Pipeline("input(rgba8, alpha = premultiply), output(rgb, f32, chw)")(rgba)
    found = parity.compare(text, rgba, given)
    assert found.stage == "colour", found


def test_another_decoder_of_a_jpeg():
    file = io.BytesIO()
    Image.fromarray(pixels()).save(file, "JPEG", quality=85, subsampling=2)
    whole = Image.open(io.BytesIO(file.getvalue())).convert("RGB")
    right = by_numpy(resized(whole))
    assert parity.compare(TEXT, file.getvalue(), right).stage is None
    # A decoder that repeats chroma instead of interpolating it, and one of another inverse DCT, differ by a few levels.
    noise = np.random.default_rng(5).integers(-2, 3, np.shape(whole))
    other = Image.fromarray(np.clip(np.asarray(whole).astype(int) + noise, 0, 255).astype(np.uint8))
    found = parity.compare(TEXT, file.getvalue(), by_numpy(resized(other)))
    assert found.stage == "decode", found


@pytest.mark.parametrize("seed", range(12))
def test_what_is_right_has_no_stage(seed):
    rows, columns = [(120, 160), (73, 180), (96, 96), (72, 72)][seed % 4]
    image = pixels(rows, columns, 3, seed)
    right = by_numpy(resized(Image.fromarray(image)))
    for given in (right, right[None]):
        found = parity.compare(TEXT, png(image), given)
        assert (found.stage, found.values, str(found)) == (None, 0, "equal, every bit")


def test_check_exits_with_1_where_tensors_differ(capsys, tmp_path):
    photo, right, wrong = tmp_path / "a.png", tmp_path / "right.npy", tmp_path / "wrong.npy"
    photo.write_bytes(png(pixels()))
    image = Image.fromarray(pixels())
    np.save(right, by_numpy(resized(image)))
    np.save(wrong, by_numpy(resized(image)[..., ::-1]))
    code, out, _ = run(capsys, "check", "-d", TEXT, "--images", photo, "--tensors", right)
    assert code == 0 and "1 of 1 equal, every bit" in out
    code, out, _ = run(capsys, "check", "-d", TEXT, "--images", photo, "--tensors", wrong)
    assert code == 1 and "channel order: " in out
    code, out, _ = run(capsys, "check", "-d", TEXT, "--images", photo, "--tensors", wrong, "--json")
    assert code == 1 and json.loads(out)["stage"] == "channel order"
    code, _, err = run(capsys, "check", "-d", TEXT, "--images", photo, "--tensors", right, wrong)
    assert code == 2 and "2 files for 1 images" in err


def test_check_draws_where_tensors_differ(capsys, tmp_path):
    photo, wrong, drawn = tmp_path / "a.png", tmp_path / "wrong.npy", tmp_path / "drawn"
    photo.write_bytes(png(pixels()))
    tensor = pixfuse.Pipeline(TEXT)(pixels())
    tensor[0, 3, 5] += 1
    tensor[2, 4, 6] -= 0.5
    np.save(wrong, tensor)
    code, _, _ = run(capsys, "check", "-d", TEXT, "--images", photo, "--tensors", wrong, "--pictures", drawn)
    picture = np.asarray(Image.open(drawn / "a.png"))
    assert code == 1 and picture.shape == (64, 64, 3)
    assert picture[3, 5].tolist() == [255, 0, 0] and picture[4, 6, 2] in (127, 128)
    assert (picture.reshape(-1, 3).any(1)).sum() == 2


def test_check_knows_the_configs_of_timm_and_torchvision(capsys, tmp_path):
    pytest.importorskip("timm")
    photo = tmp_path / "a.png"
    photo.write_bytes(png(pixels()))
    for named in (["--timm", "resnet18.a1_in1k"], ["--torchvision", "ResNet18_Weights.IMAGENET1K_V1"]):
        code, out, _ = run(capsys, "check", *named, "--images", photo)
        assert code == 0 and "1 of 1 equal, every bit" in out
        code, _, err = run(capsys, "check", named[0], "no_such_name", "--images", photo)
        assert code == 2 and "no_such_name" in err
