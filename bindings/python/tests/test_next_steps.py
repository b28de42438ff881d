"""What people give by mistake, and that the error says what to do: following it gives the tensor that was meant."""

import pathlib

import numpy as np
import pytest
from PIL import Image
from pixfuse import Pipeline, PipelineError, presets

TEXT = "input(rgb8), resize(8, 16, bilinear), normalize(), output(rgb, f32, chw)"
IMAGE = np.zeros((20, 30, 3), np.uint8)
TO_U8 = "multiply values of 0 to 1 by 255, round them and make them u8"


class Cuda:
    __cuda_array_interface__ = {"shape": (20, 30, 3), "typestr": "|u1", "data": (0, False), "version": 3}


class OrtValue:
    """As onnxruntime's: its DLPack has no version, and so no way to say that it may be written to."""

    def __init__(self, array):
        self.array = array

    def numpy(self):
        return self.array

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()

    def __dlpack__(self, **_):
        return read_only(self.array).__dlpack__(max_version=(1, 0))


def read_only(array):
    view = array[:]
    view.flags.writeable = False
    return view


def transparent():
    image = Image.new("P", (4, 4))
    image.info["transparency"] = 0
    return image


def call(thing, text=TEXT):
    return lambda: Pipeline(text)(thing)


def into(out):
    return lambda: Pipeline(TEXT)(IMAGE, out=out)


def pipe(source, rest="output(rgb, f32, chw)"):
    return f"input({source}), {rest}"


STEPS = {
    # Samples.
    "float32": (
        call(IMAGE.astype(np.float32)),
        f"image: dtype float32, expected uint8; write input(rgb32f), or {TO_U8}",
    ),
    "float64": (
        call(IMAGE / 255),
        f"image: dtype float64, expected uint8; make it f32 and write input(rgb32f), or {TO_U8}",
    ),
    "float32 with alpha": (
        call(np.zeros((4, 4, 4), np.float32), pipe("rgba8, alpha = drop")),
        f"image: dtype float32, expected uint8; {TO_U8}",
    ),
    "float64 for f32": (
        call(IMAGE / 255, pipe("rgb32f")),
        "image: dtype float64, expected float32; make it f32",
    ),
    "uint8 for f32": (call(IMAGE, pipe("bgr32f")), "image: dtype uint8, expected float32; write input(bgr8)"),
    "uint16": (call(IMAGE.astype(np.uint16)), "image: dtype uint16, expected uint8; write input(rgb16)"),
    "int64": (call(IMAGE.astype(int)), "image: dtype int64, expected uint8; make values of 0 to 255 u8"),
    "bool": (call(IMAGE > 0), "image: dtype bool, expected uint8; give 0 and 255 as u8"),
    "big-endian": (
        call(IMAGE.astype(">u2"), pipe("rgb16")),
        "image: dtype >u2, expected uint16; put its bytes into this machine's order",
    ),
    # Axes and channels.
    "planes": (
        call(IMAGE.transpose(2, 0, 1)),
        "image: shape (3, 20, 30), expected (rows, columns, 3) for input(rgb8); write input(rgb8, chw)",
    ),
    "no planes": (
        call(IMAGE, pipe("rgb8, chw")),
        "image: shape (20, 30, 3), expected (3, rows, columns) for input(rgb8, chw); write input(rgb8)",
    ),
    "alpha": (
        call(np.zeros((4, 4, 4), np.uint8)),
        "image: shape (4, 4, 4), expected (rows, columns, 3) for input(rgb8); write input(rgba8, alpha = drop)",
    ),
    "gray": (
        call(IMAGE[..., 0]),
        "image: shape (20, 30), expected (rows, columns, 3) for input(rgb8); "
        "write input(gray8) with output(rgb, ..), or give the gray three times",
    ),
    "a block of images": (
        call(IMAGE[None]),
        "image: shape (1, 20, 30, 3), expected (rows, columns, 3) for input(rgb8); `batch` takes many images",
    ),
    "one image as a batch": (
        lambda: Pipeline(TEXT).batch(IMAGE),
        "images: shape (20, 30, 3) is one image; give it to the pipeline, or in a list",
    ),
    # Things that are no array.
    "a list": (
        call([IMAGE, IMAGE]),
        "image: expected an array, found list; `batch` takes many images, numpy.asarray makes an array of numbers",
    ),
    "a path": (call("cat.jpg"), "image: expected an array, found 'cat.jpg'; `decode` takes files"),
    "a pathlib path": (
        call(pathlib.PurePosixPath("cat.jpg")),
        "image: expected an array, found PurePosixPath; `decode` takes files",
    ),
    "the bytes of a file": (
        call(b"\xff\xd8\xff\xe0"),
        "image: shape (4,), expected (rows, columns, 3) for input(rgb8); `decode` takes files",
    ),
    "what OpenCV gives for no file": (
        call(None),
        "image: expected an array, found None, which cv2.imread gives for a file that it cannot read",
    ),
    "a class": (call(np.ndarray), "image: expected an array, found the class ndarray; give an instance of it"),
    "a class as out": (into(np.ndarray), "out: expected an array, found the class ndarray; give an instance of it"),
    "a GPU's array": (call(Cuda()), "image: Cuda in the memory of a GPU; copy it to the CPU first"),
    "a GPU's array as out": (into(Cuda()), "out: Cuda in the memory of a GPU; copy it to the CPU first"),
    "onnxruntime's value as out": (
        into(OrtValue(np.empty((3, 8, 16), np.float32))),
        "out: read-only; ortvalue.numpy() is the same memory, and may be written to",
    ),
    # Pillow's modes.
    "16 bits": (
        call(Image.new("I;16", (4, 4))),
        "image: a Pillow image of mode 'I;16', expected RGB for input(rgb8); input(gray16) reads it",
    ),
    "32 bits": (
        call(Image.new("I", (4, 4))),
        "image: a Pillow image of mode 'I', expected RGB for input(rgb8); "
        "numpy.asarray(image).astype(numpy.uint16), where its values fit, with input(gray16)",
    ),
    "floats": (
        call(Image.new("F", (4, 4))),
        "image: a Pillow image of mode 'F', expected RGB for input(rgb8); input(gray32f) reads it",
    ),
    "gray of Pillow": (
        call(Image.new("L", (4, 4))),
        "image: a Pillow image of mode 'L', expected RGB for input(rgb8); "
        'image.convert("RGB"), or input(gray8) with output(rgb, ..)',
    ),
    "alpha of Pillow": (
        call(Image.new("RGBA", (4, 4))),
        "image: a Pillow image of mode 'RGBA', expected RGB for input(rgb8); write input(rgba8, alpha = drop)",
    ),
    **{
        f"{mode} keeps its alpha": (
            call(Image.new(mode, (4, 4))),
            f"image: a Pillow image of mode '{mode}', expected RGB for input(rgb8); "
            'image.convert("RGBA") with input(rgba8, alpha = drop)',
        )
        for mode in ("LA", "La", "PA", "RGBa")
    },
    "a palette with a transparent colour": (
        call(transparent()),
        "image: a Pillow image of mode 'P', expected RGB for input(rgb8); "
        'image.convert("RGBA") with input(rgba8, alpha = drop)',
    ),
    "a palette": (
        call(Image.new("P", (4, 4))),
        "image: a Pillow image of mode 'P', expected RGB for input(rgb8); image.convert(\"RGB\")",
    ),
    "one bit": (
        call(Image.new("1", (4, 4)), "input(gray8), output(gray, u8, hwc)"),
        "image: a Pillow image of mode '1', expected L for input(gray8); image.convert(\"L\")",
    ),
    "Pillow's order for OpenCV's": (
        lambda: presets.yolo(Image.new("RGB", (4, 4))),
        "image: is rgb8, the pipeline reads input(bgr8); write input(rgb8)",
    ),
    # Turning.
    "a note in an array": (
        lambda: Pipeline(TEXT)(IMAGE, orient="exif"),
        "orient: 'exif' is read of files and Pillow images, found ndarray; give the value, 1 to 8",
    ),
    "a note in a size": (
        lambda: Pipeline(TEXT).output_shape(4, 4, orient="exif"),
        "orient: 'exif' is a note in an image, of which there is none; give its value, 1 to 8",
    ),
    "another word": (
        lambda: Pipeline(TEXT)(IMAGE, orient="Exif"),
        "orient: expected an integer from 1 to 8, 'exif' or 'stored', found 'Exif'",
    ),
}


@pytest.mark.parametrize("call, message", STEPS.values(), ids=STEPS)
def test_the_error_names_the_next_step(call, message):
    with pytest.raises(PipelineError) as raised:
        call()
    assert str(raised.value) == message


def test_the_steps_lead_there(noise):
    image = noise(20, 30, 3)
    wanted = Pipeline(TEXT)(image)
    rest = "resize(8, 16, bilinear), normalize(), output(rgb, f32, chw)"
    np.testing.assert_array_equal(Pipeline(pipe("rgb8, chw", rest))(image.transpose(2, 0, 1)), wanted)
    alpha = np.dstack([image, image[..., 0]])
    np.testing.assert_array_equal(Pipeline(pipe("rgba8, alpha = drop", rest))(alpha), wanted)
    gray = Pipeline(pipe("gray8", rest))(image[..., 0])
    np.testing.assert_array_equal(gray, Pipeline(TEXT)(np.dstack([image[..., 0]] * 3)))
    floats = Pipeline(pipe("rgb32f", "output(rgb, f32, hwc)"))((image / 255).astype(np.float32))
    np.testing.assert_array_equal(floats, (image / 255).astype(np.float32))


def test_pillow_images_of_other_samples_are_read(noise):
    wide = noise(6, 8).astype(np.uint16) * 257
    image = Image.fromarray(wide)
    assert image.mode == "I;16"
    gray16 = Pipeline(pipe("gray16", "output(gray, f32, hwc)"))
    np.testing.assert_array_equal(gray16(image), gray16(wide))
    floats = noise(6, 8).astype(np.float32) / 255
    gray32 = Pipeline(pipe("gray32f", "output(gray, f32, hwc)"))
    np.testing.assert_array_equal(gray32(Image.fromarray(floats)), gray32(floats))


ORIENT = "input(rgb8), resize(8, 16, bilinear, antialias), output(rgb, u8, hwc)"


@pytest.mark.parametrize("note", [None, *range(10)])
def test_one_switch_turns_pillow_images_and_files(noise, note):
    """A photo that a model was trained on by Pillow and is served from a file: the same tensor, by the same word."""
    import io

    from PIL import ImageOps

    notes = Image.Exif()
    if note is not None:
        notes[0x0112] = note
    file = io.BytesIO()
    Image.fromarray(noise(20, 30, 3)).save(file, "PNG", exif=notes)
    pipe = Pipeline(ORIENT)
    opened = Image.open(file)
    turned, stored = pipe(ImageOps.exif_transpose(opened)), pipe(np.asarray(opened))
    for orient, wanted in (("exif", turned), ("stored", stored), (1, stored)):
        np.testing.assert_array_equal(pipe(Image.open(file), orient=orient), wanted)
        np.testing.assert_array_equal(pipe.batch([Image.open(file)], orient=orient)[0], wanted)
        np.testing.assert_array_equal(pipe.decode(file.getvalue(), orient=orient), wanted)
        np.testing.assert_array_equal(pipe.decode_batch([file.getvalue()], orient=orient)[0], wanted)
    # And what each does without it.
    np.testing.assert_array_equal(pipe(opened), stored)
    np.testing.assert_array_equal(pipe.decode(file.getvalue()), turned)


def test_a_photo_without_a_note_is_turned_as_the_declaration_says():
    photo = Image.new("RGB", (8, 6))
    pipe = Pipeline("input(rgb8, orient = 6), output(rgb, u8, hwc)")
    assert pipe(photo, orient="exif").shape == (8, 6, 3)
    assert pipe(photo, orient="stored").shape == (6, 8, 3)
