"""What is wrong is said by name before anything is written."""

import itertools
import pickle
import re

import numpy as np
import pixfuse
import pytest
from awkward import GpuTensor, Throws, endless
from PIL import Image
from pixfuse import Pipeline, PipelineError

TEXT = "input(rgb8), resize(8, 16, bilinear), normalize(), output(rgb, f32, chw)"
OPEN = "input(rgb8), resize(_, _, bilinear), normalize(mean = _), output(rgb, f32, chw)"
IMAGE = np.zeros((20, 30, 3), np.uint8)
FULL = {"rows": 8, "columns": 16, "mean": 0.5}


def gray(text="input(gray8), output(gray, u8, hwc)"):
    return Pipeline(text)


# What is done, how it is done, and what the message must say; "..." stands for anything.
DECLARATIONS = {
    "an unknown filter": (
        lambda: Pipeline("input(rgb8), resize(8, 8, bilinar), output(rgb, f32)"),
        "resize: unknown filter `bilinar`...bilinear",
    ),
    "every mistake at once": (
        lambda: Pipeline("input(rgb9), resize(0, 8, bilinear)"),
        "rgb9...rows...output is missing",
    ),
    "no text": (lambda: Pipeline(""), "input is missing"),
    "nothing": (lambda: Pipeline(), "input is missing"),
    "a number as text": (lambda: Pipeline(5), "text: expected a str, found 5"),
    "bytes as text": (lambda: Pipeline(TEXT.encode()), "text: expected a str, found bytes"),
    "half a character": (lambda: Pipeline("input(rgb8\ud800)"), "input"),
    "text and clauses": (
        lambda: Pipeline(TEXT, output="rgb, f32, chw"),
        "output: given, but the text is the whole declaration",
    ),
    "an unknown clause": (lambda: Pipeline(input="rgb8", blur=5, output="rgb, f32"), "unknown clause `blur`"),
    "None as a clause": (
        lambda: Pipeline(input="rgb8", resize=None, output="rgb, f32"),
        "resize: expected its arguments, found None; leave resize out",
    ),
    "False as a clause": (
        lambda: Pipeline(input="rgb8", normalize=False, output="rgb, f32"),
        "normalize: expected its arguments, found False; leave normalize out",
    ),
    "True in a clause": (
        lambda: Pipeline(input="rgb8", resize=(True, 5, "nearest"), output="rgb, f32"),
        "resize: rows...`true`",
    ),
    "a flag with a value": (
        lambda: Pipeline(input="rgb8", resize=({"shortest": 8, "antialias": True}, "bilinear"), output="rgb, f32"),
        "resize: `antialias` has no value; write the word alone",
    ),
    "a number for True": (
        lambda: Pipeline(input="rgb8", letterbox=(8, 8, "bilinear", {"scale_up": 0}), output="rgb, f32"),
        "letterbox: ...scale_up",
    ),
    "shortest with no place": (
        lambda: Pipeline(OPEN, **FULL | {"shortest": 8}),
        "shortest: given, but resize(_, _, bilinear) has no shortest",
    ),
    "crop_rows with no place": (
        lambda: Pipeline(OPEN, **FULL | {"crop_rows": 8}),
        "crop_rows: given, but there is no center_crop",
    ),
    "crop_columns missing": (
        lambda: Pipeline("input(rgb8), center_crop(_, _), output(rgb, f32)", crop_rows=8),
        "crop_columns: not given, and center_crop",
    ),
    "longest as True": (
        lambda: Pipeline("input(rgb8), resize(longest = _, area), output(rgb, f32)", longest=True),
        "longest: expected a whole number of at least 1, found True",
    ),
    "an object as a clause": (lambda: Pipeline(input=object(), output="rgb, f32"), "input: expected...found object"),
    "an object in a list": (
        lambda: Pipeline(input="rgb8", normalize={"mean": [0, {1}, 0]}, output="rgb, f32"),
        "normalize: mean: expected...found set",
    ),
    "a name that is no str": (lambda: Pipeline(input="rgb8", normalize={5: 1}, output="rgb, f32"), "5: expected a str"),
    "a missing number": (lambda: Pipeline(OPEN, rows=8, mean=0.5), "columns: not given"),
    "a number with no place": (
        lambda: Pipeline(TEXT, rows=8),
        "rows: given, but resize(8, 16, bilinear) already says 8",
    ),
    "rows 0": (lambda: Pipeline(OPEN, **FULL | {"rows": 0}), "rows: expected a whole number of at least 1, found 0"),
    "rows below 0": (
        lambda: Pipeline(OPEN, **FULL | {"rows": -3}),
        "rows: expected a whole number of at least 1, found -3",
    ),
    "rows with a fraction": (
        lambda: Pipeline(OPEN, **FULL | {"rows": 8.5}),
        "rows: expected a whole number of at least 1, found 8.5",
    ),
    "rows past f64": (
        lambda: Pipeline(OPEN, **FULL | {"rows": 10**400}),
        "rows: expected a whole number of at least 1, found inf",
    ),
    "rows past the most": (lambda: Pipeline(OPEN, **FULL | {"rows": 65536}), "rows...65535...65536"),
    "columns as a list": (
        lambda: Pipeline(OPEN, **FULL | {"columns": [5]}),
        "columns: expected a whole number of at least 1, found list",
    ),
    "columns as text": (
        lambda: Pipeline(OPEN, **FULL | {"columns": "16"}),
        "columns: expected a whole number of at least 1, found '16'",
    ),
    "rows None": (
        lambda: Pipeline(OPEN, **FULL | {"rows": None}),
        "rows: expected a whole number of at least 1, found None",
    ),
    "mean None": (lambda: Pipeline(OPEN, **FULL | {"mean": None}), "mean: expected...found None"),
    "mean as text": (lambda: Pipeline(OPEN, **FULL | {"mean": "0.5"}), "mean: expected...found '0.5'"),
    "two means": (lambda: Pipeline(OPEN, **FULL | {"mean": [0.5, 0.5]}), "mean has 2 values...3 channels"),
    "mean not finite": (lambda: Pipeline(OPEN, **FULL | {"mean": float("nan")}), "mean...not a finite number"),
    "std 0": (lambda: Pipeline("input(rgb8), normalize(std = _), output(rgb, f32)", std=[1, 0, 1]), "std[1] is 0"),
    "a list that holds itself": (lambda: Pipeline(input="rgb8", resize=endless(), output="rgb, f32"), "resize"),
}

CALLS = {
    "None": (lambda: Pipeline(TEXT)(None), "image: expected an array, found None"),
    "a file name": (lambda: Pipeline(TEXT)("cat.jpg"), "image: expected an array, found 'cat.jpg'"),
    "nested lists": (lambda: Pipeline(TEXT)([[[1, 2, 3]]]), "image: expected an array, found list"),
    "float32": (lambda: Pipeline(TEXT)(IMAGE.astype(np.float32)), "image: dtype float32, expected uint8"),
    "bool": (lambda: Pipeline(TEXT)(IMAGE.astype(bool)), "image: dtype bool, expected uint8"),
    "int8": (lambda: Pipeline(TEXT)(IMAGE.view(np.int8)), "image: dtype int8, expected uint8"),
    "another byte order": (lambda: Pipeline(TEXT)(IMAGE.astype(">u2")), "image: dtype >u2, expected uint8"),
    "records": (lambda: Pipeline(TEXT)(np.zeros((4, 4), "u1,u1,u1")), "image: dtype...expected uint8"),
    "objects": (lambda: Pipeline(TEXT)(IMAGE.astype(object)), "image: dtype object, expected uint8"),
    "planes for pixels": (
        lambda: Pipeline(TEXT)(IMAGE.transpose(2, 0, 1)),
        "image: shape (3, 20, 30), expected (rows, columns, 3) for input(rgb8)",
    ),
    "pixels for planes": (
        lambda: Pipeline(input="rgb8, chw", output="rgb, f32")(IMAGE),
        "image: shape (20, 30, 3), expected (3, rows, columns) for input(rgb8, chw)",
    ),
    "four channels": (
        lambda: Pipeline(TEXT)(np.zeros((4, 4, 4), np.uint8)),
        "image: shape (4, 4, 4), expected (rows, columns, 3)",
    ),
    "no channels": (lambda: Pipeline(TEXT)(IMAGE[:, :, 0]), "image: shape (20, 30), expected (rows, columns, 3)"),
    "colour for gray": (
        lambda: gray()(IMAGE),
        "image: shape (20, 30, 3), expected (rows, columns) or (rows, columns, 1)",
    ),
    "a batch for an image": (lambda: Pipeline(TEXT)(IMAGE[None]), "image: shape (1, 20, 30, 3)"),
    "bytes": (lambda: Pipeline(TEXT)(memoryview(bytes(60))), "image: shape (60,)"),
    "no dimension": (lambda: Pipeline(TEXT)(np.uint8(5)), "image: shape ()"),
    "no rows": (lambda: Pipeline(TEXT)(IMAGE[:0]), "image: 0 rows x 30 columns"),
    "no columns": (lambda: Pipeline(TEXT)(IMAGE[:, :0]), "image: 20 rows x 0 columns"),
    "a palette": (lambda: gray()(Image.new("P", (4, 4))), "image: a Pillow image of mode 'P', expected L for input(gray8)"),
    "one bit": (lambda: gray()(Image.new("1", (4, 4))), "image: a Pillow image of mode '1'"),
    "16 bits": (lambda: gray()(Image.new("I;16", (4, 4))), "image: a Pillow image of mode 'I;16'"),
    "luma and alpha": (lambda: gray()(Image.new("LA", (4, 4))), "image: a Pillow image of mode 'LA'"),
    "CMYK": (
        lambda: Pipeline("input(rgba8), output(rgba, u8)")(Image.new("CMYK", (4, 4))),
        "image: a Pillow image of mode 'CMYK'",
    ),
    "HSV": (lambda: Pipeline(TEXT)(Image.new("HSV", (4, 4))), "image: a Pillow image of mode 'HSV'"),
    "Pillow's order for OpenCV's": (
        lambda: Pipeline("input(bgr8), output(rgb, u8)")(Image.new("RGB", (4, 4))),
        "image: is rgb8...input(bgr8)",
    ),
    "a number of images": (lambda: Pipeline(TEXT).batch(5), "images: expected a list of images, found 5"),
    "no images": (lambda: gray().batch([]), "image: a batch of nothing has no shape here"),
    "a bad one of many": (
        lambda: Pipeline(TEXT).batch([IMAGE, IMAGE, None]),
        "image: number 2: expected an array, found None",
    ),
    "a bad shape of many": (lambda: Pipeline(TEXT).batch([IMAGE, IMAGE[0]]), "image: number 1: shape (30, 3)"),
    "two shapes": (
        lambda: Pipeline("input(rgb8), output(rgb, u8)").batch([IMAGE, IMAGE[1:]]),
        "image: number 1: gives a tensor [3, 19, 30]...[3, 20, 30]...resize",
    ),
    "text as images": (lambda: Pipeline(TEXT).batch("ab"), "image: number 0: expected...found 'a'"),
    "rows 0": (lambda: Pipeline(TEXT).output_shape(0, 5), "image: 0 rows"),
    "rows below 0": (
        lambda: Pipeline(TEXT).output_shape(-1, 5),
        "rows: expected a whole number of at least 1, found -1",
    ),
    "columns huge": (
        lambda: Pipeline(TEXT).output_shape(5, 2**70),
        "columns: expected a whole number of at least 1, found",
    ),
    "columns as text": (
        lambda: Pipeline(TEXT).output_shape(5, "5"),
        "columns: expected a whole number of at least 1, found '5'",
    ),
}


@pytest.mark.parametrize("call, words", [*DECLARATIONS.values(), *CALLS.values()], ids=[*DECLARATIONS, *CALLS])
def test_the_message_names_what_is_wrong(call, words):
    with pytest.raises(PipelineError) as raised:
        call()
    pattern = ".*".join(map(re.escape, words.split("...")))
    assert re.search(pattern, str(raised.value), re.DOTALL), raised.value


def read_only(array):
    array.flags.writeable = False
    return array


OUTS = {
    "shape": (np.empty((3, 8, 15), np.float32), "out: shape (3, 8, 15), expected (3, 8, 16)"),
    "layout": (np.empty((8, 16, 3), np.float32), "out: shape (8, 16, 3), expected (3, 8, 16)"),
    "a block of two": (np.empty((2, 3, 8, 16), np.float32), "out: shape (2, 3, 8, 16), expected (3, 8, 16)"),
    "a block of blocks": (np.empty((1, 1, 3, 8, 16), np.float32), "out: shape (1, 1, 3, 8, 16)"),
    "flat": (np.empty(3 * 8 * 16, np.float32), "out: shape (384,), expected (3, 8, 16)"),
    "float64": (np.empty((3, 8, 16)), "out: dtype float64, expected float32"),
    "uint8": (np.empty((3, 8, 16), np.uint8), "out: dtype uint8, expected float32"),
    "big endian": (np.empty((3, 8, 16), ">f4"), "out: dtype >f4, expected float32"),
    "fortran order": (np.empty((3, 8, 16), np.float32, order="F"), "out: not C-contiguous"),
    "every second": (np.empty((3, 8, 32), np.float32)[:, :, ::2], "out: not C-contiguous"),
    "reversed": (np.empty((3, 8, 16), np.float32)[::-1], "out: not C-contiguous"),
    "read-only": (read_only(np.empty((3, 8, 16), np.float32)), "out: read-only"),
    "read-only bytes": (memoryview(bytes(4 * 384)).cast("f", (3, 8, 16)), "out: read-only"),
    "not aligned": (np.empty(4 * 384 + 1, np.uint8)[1:].view(np.float32).reshape(3, 8, 16), "out: not aligned"),
    "a list": ([], "out: expected an array, found list"),
    "text": ("out", "out: expected an array, found 'out'"),
}


@pytest.mark.parametrize("out, words", OUTS.values(), ids=OUTS)
def test_out_must_fit_exactly(out, words):
    before = np.array(out, copy=True)
    with pytest.raises(PipelineError) as raised:
        Pipeline(TEXT)(IMAGE, out=out)
    assert words in str(raised.value)
    np.testing.assert_array_equal(np.asarray(out), before)
    with pytest.raises(PipelineError, match="^out: "):
        Pipeline(TEXT).batch([IMAGE, IMAGE, IMAGE], out=out)


def test_a_block_of_one_is_what_models_take(noise):
    pipe, image = Pipeline(TEXT), noise(20, 30, 3)
    block = np.full((2, 3, 8, 16), 7, np.float32)
    assert pipe(image, out=block[:1]).shape == (1, 3, 8, 16)
    np.testing.assert_array_equal(block[0], pipe(image))
    assert (block[1] == 7).all()


def test_out_must_not_be_the_image(noise):
    pipe = Pipeline("input(rgb8), output(bgr, u8, hwc)")
    memory = noise(41, 30, 3)
    before = memory.copy()
    for image, out in [
        (memory[:20], memory[:20]),
        (memory[:20], memory[10:30]),
        (memory[19::-1], memory[:20]),
        (memory[::2][:20], memory[21:]),
    ]:
        with pytest.raises(PipelineError, match="^out: shares memory with the image"):
            pipe(image, out=out)
        np.testing.assert_array_equal(memory, before)
    np.testing.assert_array_equal(pipe(memory[:20], out=memory[20:40]), before[:20, :, ::-1])


def test_out_is_untouched_after_an_error():
    out = np.full((2, 3, 8, 16), 7, np.float32)
    pipe = Pipeline(TEXT)
    for call in (
        lambda: pipe(IMAGE[:, :, 0], out=out[0]),
        lambda: pipe(IMAGE.astype(np.int16), out=out[0]),
        lambda: pipe.batch([IMAGE, IMAGE[:0]], out=out),
        lambda: pipe.batch([IMAGE, IMAGE, IMAGE], out=out),
        lambda: pipe.batch(itertools.chain([IMAGE], (1 / 0 for _ in [0])), out=out),
    ):
        with pytest.raises((PipelineError, ZeroDivisionError)):
            call()
        assert (out == 7).all()


def test_mistakes_of_a_declaration_are_told_by_their_fields():
    def mistakes(*text, **clauses):
        with pytest.raises(PipelineError) as raised:
            Pipeline(*text, **clauses)
        found = raised.value.mistakes
        assert pickle.loads(pickle.dumps(raised.value)).mistakes == found
        assert all(mistake.pop("message") in str(raised.value) for mistake in found)
        return found

    nothing = dict.fromkeys(["clause", "argument", "index", "value", "expected"])
    rows = {**nothing, "kind": "value", "clause": "resize", "argument": "rows", "value": "0", "expected": range(1, 65536)}
    assert mistakes("input(rgb8), resize(0, 8, bilinear), output(rgb, f32)") == [rows]
    clauses = {"resize": (0, 8, "bilinear"), "normalize": {"std": [1, 0, 1]}, "output": "rgb, f33"}
    assert mistakes(input="rgb8", **clauses) == [
        rows,
        {**nothing, "kind": "rule", "clause": "normalize", "argument": "std", "index": 1, "value": "0"},
        {
            **nothing,
            "kind": "value",
            "clause": "output",
            "argument": "element",
            "value": "f33",
            "expected": ["f32", "f16", "bf16", "u8", "i8"],
        },
    ]
    (open_, *_) = mistakes(OPEN)
    assert open_ == {**nothing, "kind": "argument", "argument": "rows"}
    assert mistakes(5) == PipelineError("by somebody else").mistakes == []


def test_an_objects_own_exception_stays_what_it_is():
    with pytest.raises(TypeError, match="can't convert cuda:0") as raised:
        Pipeline(TEXT)(GpuTensor())
    assert raised.value.__notes__ == ["image: while GpuTensor was read as an array"]
    with pytest.raises(RuntimeError, match="no __dlpack__ today"):
        Pipeline(TEXT)(Throws())


def test_a_released_buffer():
    memory = memoryview(bytearray(60)).cast("B", (4, 5, 3))
    memory.release()
    with pytest.raises(ValueError, match="released"):
        Pipeline(TEXT)(memory)


def test_memory_for_the_output_runs_out():
    huge = np.broadcast_to(np.uint8(3), (2**22, 2**22, 3))
    with pytest.raises(MemoryError):
        Pipeline("input(rgb8), output(rgb, f32, chw)")(huge)
    small = Pipeline("input(rgb8), resize(4, 4, bilinear), output(rgb, u8, hwc)")(huge[: 2**16])
    np.testing.assert_array_equal(small, np.full((4, 4, 3), 3))


def test_wrong_signatures_are_type_errors():
    pipe = Pipeline(TEXT)
    for call in (pipe, lambda: pipe(IMAGE, None, 3), lambda: pipe(IMAGE, output=1), lambda: Pipeline(TEXT, TEXT)):
        with pytest.raises(TypeError):
            call()


def test_level_of_the_environment(monkeypatch):
    monkeypatch.setenv("PIXFUSE_LEVEL", "avx9000")
    with pytest.raises(PipelineError, match="level: PIXFUSE_LEVEL is `avx9000`, expected one of scalar"):
        Pipeline(TEXT)
    monkeypatch.setenv("PIXFUSE_LEVEL", "neon" if "neon" not in pixfuse.levels() else "avx2")
    with pytest.raises(PipelineError, match="level: this CPU has no"):
        Pipeline(TEXT)
