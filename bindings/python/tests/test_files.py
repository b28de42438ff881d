"""Files as people have them: what is taken for one, many that do not all succeed, and what a header says."""

import array
import hashlib
import io
import mmap
import os
import pathlib
import pickle
import sys
import types

import numpy as np
import pixfuse
import pyarrow as pa
import pytest
from photos import encoded, picture
from PIL import Image
from pixfuse import FileError, Pipeline, PipelineError

TEXT = "input(rgb8), resize(8, 9, bilinear), output(rgb, u8, hwc)"
TESTS = pathlib.Path(__file__).parents[3] / "crates/pixfuse-decode/tests"
GOLDEN = [
    (folder, *line.split(" "))
    for folder in ("kinds", "unusual")
    for line in (TESTS / folder / "pillow.txt").read_text().splitlines()
]
IS_TURBO = "libjpeg-turbo-rs" not in pixfuse.decoders()


PHOTO = encoded(picture(60, 80))
OTHER = encoded(picture(31, 17), "PNG")
WHOLE = [PHOTO, OTHER, encoded(picture(9, 9), "WEBP")]


@pytest.fixture
def pipe():
    return Pipeline(TEXT)


# ---- The pixels of Pillow ------------------------------------------------------------------------------------------


def test_files_of_every_kind_have_the_pixels_of_pillow():
    """Rust and Node.js read the same lists. TIFF files are turned by Pillow, and by the lists of unusual files all are."""
    compared = 0
    for folder, name, *said in GOLDEN:
        file = (TESTS / folder / name).read_bytes()
        if folder == "unusual":
            rows, columns, digest, decoder = said
            if decoder == "libjpeg-turbo" and not IS_TURBO:
                continue
            tensor = Pipeline("input(rgba8, alpha = drop), output(rgb, u8, hwc)").decode(file)
        else:
            format, rows, columns, digest = said
            order = format.rstrip("168")
            wide = format.endswith("16")
            element = "normalize(scale = 1), output({}, f32, hwc)" if wide else "output({}, u8, hwc)"
            orient = None if name.endswith(".tif") else "stored"
            tensor = Pipeline(f"input({format}), {element.format(order)}").decode(file, orient=orient)
            if wide:
                tensor = tensor.astype("<u2")
        assert tensor.shape[:2] == (int(rows), int(columns)), name
        assert hashlib.sha256(tensor.tobytes()).hexdigest() == digest, f"{name} as {said[0]}"
        compared += 1
    assert compared > 250


# ---- What is a file ------------------------------------------------------------------------------------------------


class Reader:
    """What a stream is that cannot go back."""

    def __init__(self, data):
        self.data = data

    def read(self):
        data, self.data = self.data, b""
        return data


class Endless(Reader):
    def read(self):
        return self.data


class Path:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


def test_everything_that_is_a_file(pipe, tmp_path, monkeypatch):
    path = tmp_path / "größe 1.jpg"
    path.write_bytes(PHOTO)
    expected = pipe.decode(PHOTO)
    at_its_end = io.BytesIO()
    at_its_end.write(PHOTO)
    signed = array.array("b", PHOTO)
    with open(path, "rb") as opened, open(path, "rb") as raw, mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        files = {
            "bytes": PHOTO,
            "bytearray": bytearray(PHOTO),
            "memoryview": memoryview(PHOTO),
            "read-only memoryview": memoryview(bytearray(PHOTO)).toreadonly(),
            "signed": signed,
            "uint8": np.frombuffer(PHOTO, np.uint8),
            "int8": np.frombuffer(PHOTO, np.int8),
            "memoryview of an array": memoryview(np.frombuffer(PHOTO, np.uint8)),
            "pyarrow": pa.py_buffer(PHOTO),
            "mmap": mapped,
            "str": str(path),
            "pathlib": path,
            "path of bytes": Path(os.fsencode(path)),
            "path of str": Path(str(path)),
            "opened": opened,
            "BytesIO": at_its_end,
            "stream": Reader(PHOTO),
            "stream of bytearray": Reader(bytearray(PHOTO)),
        }
        for kind, file in files.items():
            assert np.array_equal(pipe.decode(file), expected), kind
        files["stream"], files["stream of bytearray"] = Reader(PHOTO), Reader(bytearray(PHOTO))
        block = pipe.decode_batch(files.values(), threads=2)
        assert block.shape == (len(files), 8, 9, 3) and (block == expected).all()
        assert pipe.decode_geometry(path) == pipe.decode_geometry(PHOTO)
        out = np.empty_like(expected)
        assert pipe.decode(mapped, out=out) is out and np.array_equal(out, expected)
    # One that is made of the memory of torch's tensors, which numpy() shows.
    torch = types.ModuleType("torch")
    torch.Tensor = type("Tensor", (), {"__init__": lambda self, array: setattr(self, "array", array)})
    torch.Tensor.numpy = lambda self: self.array
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert np.array_equal(pipe.decode(torch.Tensor(np.frombuffer(PHOTO, np.uint8))), expected)
    with pytest.raises(PipelineError, match="found Tensor whose memory is not one row of bytes"):
        pipe.decode(torch.Tensor(np.zeros((2, 5), np.uint8)))


def test_a_tensor_of_torch(pipe):
    torch = pytest.importorskip("torch")
    tensor = torch.frombuffer(bytearray(PHOTO), dtype=torch.uint8)
    assert np.array_equal(pipe.decode(tensor), pipe.decode(PHOTO))
    assert np.array_equal(pipe.decode_batch([tensor]), pipe.decode_batch([PHOTO]))


@pytest.mark.skipif(sys.platform != "linux", reason="it reads how much memory Linux has given")
def test_memory_that_is_only_read_is_not_copied(pipe, tmp_path):
    path = tmp_path / "large"
    path.write_bytes(OTHER)
    # A hole behind the file's end, which no decoder looks at.
    os.truncate(path, 1 << 30)

    def most():
        return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        expected = pipe.decode(OTHER)
        pathlib.Path("/proc/self/clear_refs").write_text("5")
        before = most()
        for view in (mapped, memoryview(mapped), pa.py_buffer(mapped)):
            assert np.array_equal(pipe.decode(view), expected)
            assert np.array_equal(pipe.decode_batch([view])[0], expected)
            assert pixfuse.probe(view).stored == (31, 17)
        del view
        assert most() - before < 100_000, "kB"


def test_an_output_over_a_file_is_refused():
    memory = np.zeros(60 * 80 * 3, np.uint8)
    memory[: len(PHOTO)] = np.frombuffer(PHOTO, np.uint8)
    whole = Pipeline("input(rgb8), output(rgb, u8, hwc)")
    expected = whole.decode(PHOTO)
    out = memory.reshape(60, 80, 3)
    # Arrays are copied, other memory is read where it lies.
    buffer = pa.foreign_buffer(memory.ctypes.data, len(PHOTO), memory)
    for call in (lambda: whole.decode(buffer, out=out), lambda: whole.decode_batch([buffer], out=out[None])):
        with pytest.raises(PipelineError, match="^out: shares memory with a file that is read$"):
            call()
    assert bytes(memory[: len(PHOTO)]) == PHOTO
    whole.decode(memory[: len(PHOTO)], out=out)
    assert np.array_equal(out, expected)


FILE = "data: expected a file: its bytes, its path, or an object with read(), found "


def test_what_is_no_file_is_said(pipe, tmp_path):
    class Broken:
        name = "remote.jpg"

        def read(self):
            raise ConnectionResetError("the other side went away")

    text = tmp_path / "text"
    text.write_text("a")
    for given, said in [
        (5, FILE + "5"),
        (None, FILE + "None"),
        (io.BytesIO, FILE + "the class BytesIO"),
        (np.zeros(9), FILE + "ndarray whose memory is not one row of bytes"),
        (np.zeros((3, 3), np.uint8), FILE + "ndarray whose memory is not one row of bytes"),
        (io.StringIO("x"), FILE + 'StringIO, which reads text; open the file with "rb"'),
        (Endless("x"), FILE + "Endless, whose read() gives 'x'"),
    ]:
        for call in (pipe.decode, pixfuse.probe, pipe.decode_geometry):
            with pytest.raises(PipelineError) as error:
                call(given)
            assert str(error.value) == said and not isinstance(error.value, FileError)
    for given, code, said in [
        (Broken(), "unreadable", 'file: "remote.jpg" cannot be read: the other side went away'),
        (str(tmp_path / "none.jpg"), "unreadable", f'file: "{tmp_path}/none.jpg" cannot be read: '),
        (tmp_path, "unreadable", f'file: "{tmp_path}" cannot be read: '),
        ("nul\0", "unreadable", 'file: "nul\\0" cannot be read: '),
        (text, "unknown_format", "file: expected a JPEG"),
    ]:
        with pytest.raises(FileError) as error:
            pipe.decode(given)
        assert error.value.code == code and error.value.index is None
        if os.name == "posix":
            assert str(error.value).startswith(said)
    for given in ("photo.jpg", b"bytes"):
        with pytest.raises(PipelineError, match="^files: expected a list of files, found .*; `decode` takes one$"):
            pipe.decode_batch(given)


# ---- Arrow ---------------------------------------------------------------------------------------------------------


class OnlyStream:
    """An object of another library."""

    def __init__(self, array):
        self.array = array

    def __arrow_c_stream__(self, requested_schema=None):
        return self.array.__arrow_c_stream__(requested_schema)


def test_arrow_arrays(pipe):
    files = [OTHER, PHOTO, WHOLE[2], OTHER]
    expected = pipe.decode_batch(files)
    for kind in (pa.binary(), pa.large_binary(), pa.binary_view()):
        array = pa.array(files, kind)
        chunked = pa.chunked_array([files[:1], [], files[1:3], files[3:]], kind)
        for given in (array, chunked, OnlyStream(chunked), pa.chunked_array([array])):
            assert np.array_equal(pipe.decode_batch(given, threads=2), expected), kind
        # A part of an array begins inside its buffers.
        assert np.array_equal(pipe.decode_batch(array[1:3]), expected[1:3])
        assert np.array_equal(pipe.decode_batch(array.slice(3)), expected[3:])
        assert pipe.decode_batch(pa.array([], kind)).shape == (0, 8, 9, 3)
        assert pipe.decode_batch(pa.chunked_array([], kind)).shape == (0, 8, 9, 3)
        out = np.empty_like(expected)
        assert pipe.decode_batch(array, out) is out and np.array_equal(out, expected)

        mixed = pa.array([None, PHOTO, b"short", None, b"", *files[:9], None], kind)
        failed = [0, 2, 3, 4, 9]
        for given in (mixed, pa.chunked_array([mixed[:2], mixed[2:]])):
            block, failures = pipe.decode_batch(given, on_error="fill", fill=7)
            assert [failure["index"] for failure in failures] == failed
            assert [failure["code"] for failure in failures] == [
                "missing", "unknown_format", "missing", "unknown_format", "missing"
            ]
            assert (block[failed] == 7).all() and np.array_equal(block[5:9], expected)
            assert "(\"short\")" in failures[1]["message"] and failures[1]["name"] is None
        with pytest.raises(FileError, match="^number 1: file: there is none, the list has a null here$") as error:
            pipe.decode_batch(pa.array([PHOTO, None], kind))
        assert (error.value.code, error.value.index) == ("missing", 1)


def test_many_rows_of_an_arrow_array_are_no_objects(pipe):
    """A million nulls: what is made of them is made by the core."""
    rows = pa.nulls(1_000_000, pa.binary())
    block, failures = pipe.decode_batch(rows, on_error="skip")
    assert block.shape == (0, 8, 9, 3) and len(failures) == 1_000_000


def test_arrow_arrays_of_something_else(pipe):
    table = pa.table({"image": pa.array([PHOTO])})
    said = "files: expected an Arrow array of binary, large_binary or binary_view, found "
    for given, what in [
        (pa.array(["a.jpg"]), "StringArray of strings; give paths as a list of str"),
        (table, "Table of a struct or table; give its column of files"),
        (table.to_batches()[0], "RecordBatch of a struct or table; give its column of files"),
        (pa.array([PHOTO]).dictionary_encode(), "DictionaryArray of a dictionary; decode it to its values first"),
        (pa.array([1, 2]), "Int64Array of l"),
        (pa.array([b"abc"], pa.binary(3)), "FixedSizeBinaryArray of w:3"),
    ]:
        with pytest.raises(PipelineError) as error:
            pipe.decode_batch(given)
        assert str(error.value) == said + what
    assert pipe.decode_batch(table["image"]).shape == (1, 8, 9, 3)

    class Lies:
        def __init__(self, capsules):
            self.capsules = capsules

        def __arrow_c_array__(self, requested_schema=None):
            return self.capsules

    capsules = pa.array([PHOTO]).__arrow_c_array__()
    assert pipe.decode_batch(Lies(capsules)).shape == (1, 8, 9, 3)
    with pytest.raises(PipelineError, match="^files: an Arrow array that was released before$"):
        pipe.decode_batch(Lies(capsules))
    for wrong in (None, (1, 2), capsules[::-1], (capsules[0],)):
        with pytest.raises((TypeError, ValueError)):
            pipe.decode_batch(Lies(wrong))


# ---- Files that fail -----------------------------------------------------------------------------------------------


def test_failures_are_data(pipe, tmp_path):
    path = tmp_path / "page.jpg"
    path.write_bytes(b"<html>")
    half = io.BytesIO(PHOTO[:800])
    half.name = "half.jpg"
    files = [PHOTO, path, None, OTHER, half, str(tmp_path / "none.jpg"), WHOLE[2], encoded(Image.new("LA", (5, 4)), "PNG")]
    good = [0, 3, 6]
    told = [
        (1, str(path), "unknown_format"),
        (2, None, "missing"),
        (4, "half.jpg", "truncated"),
        (5, str(tmp_path / "none.jpg"), "unreadable"),
        (7, None, "colours"),
    ]
    expected = pipe.decode_batch(WHOLE)
    for threads in (1, 3):
        block, failures = pipe.decode_batch(files, on_error="fill", fill=114, threads=threads)
        assert block.shape == (8, 8, 9, 3) and np.array_equal(block[good], expected)
        assert (np.delete(block, good, 0) == 114).all()
        assert [(failure["index"], failure["name"], failure["code"]) for failure in failures] == told
        assert failures[2]["message"] == "file: this JPEG file of 800 bytes ends too early: it is truncated"
        skipped, same = pipe.decode_batch(files, on_error="skip", threads=threads)
        assert np.array_equal(skipped, expected) and same == failures
        out = np.zeros((8, 8, 9, 3), np.uint8)
        part, _ = pipe.decode_batch(files, out, on_error="skip", threads=threads)
        assert np.shares_memory(part, out) and np.array_equal(part, expected)
        assert pipe.decode_batch(files, out, on_error="fill", fill=0)[0] is out
    block, failures = pipe.decode_batch(WHOLE, on_error="skip")
    assert np.array_equal(block, expected) and failures == []
    with pytest.raises(FileError) as error:
        pipe.decode_batch(files)
    assert (error.value.code, error.value.index) == ("unknown_format", 1)
    assert str(error.value).startswith("number 1: file: expected a JPEG")
    float_pipe = Pipeline(TEXT.replace("u8", "f32"))
    block, _ = float_pipe.decode_batch([b""], on_error="fill", fill=float("nan"))
    assert np.isnan(block).all()


def test_exceptions_of_files(pipe):
    with pytest.raises(FileError) as error:
        pipe.decode(PHOTO[:800])
    assert issubclass(FileError, PipelineError) and issubclass(PipelineError, ValueError)
    assert FileError.__module__ == "pixfuse" and (FileError.code, FileError.index) == ("", None)
    copy = pickle.loads(pickle.dumps(error.value))
    assert type(copy) is FileError and (str(copy), copy.code, copy.index) == (str(error.value), "truncated", None)
    for call, code in [
        (lambda: pipe.decode(PHOTO, max_pixels=5), "too_large"),
        (lambda: pipe.decode(PHOTO, max_side=5), "too_long"),
        (lambda: pipe.decode(b"\0\0\0\x18ftypavif\0\0\0\0mif1avif"), "no_decoder"),
        (lambda: Pipeline("input(rgb8), crop(0, 0, 99, 9), output(rgb, u8)").decode(PHOTO), "size"),
        (lambda: pipe.decode(OTHER[:60] + bytes(len(OTHER) - 60)), "damaged"),
    ]:
        with pytest.raises(FileError) as error:
            call()
        assert error.value.code == code
    for call in (
        lambda: pipe.decode(PHOTO, out=np.zeros((2, 2))),
        lambda: pipe.decode(PHOTO, max_pixels=-1),
        lambda: Pipeline("input(rgb8), output(rgb, u8)").decode_batch(WHOLE, on_error="skip"),
        lambda: Pipeline("input(rgb8), output(rgb, u8)").decode_batch([b""], on_error="skip"),
    ):
        with pytest.raises(PipelineError) as error:
            call()
        assert not isinstance(error.value, FileError)


def test_options_of_failures(pipe):
    for options, said in [
        ({"on_error": "ignore"}, "on_error: expected 'raise', 'fill' or 'skip', found 'ignore'"),
        ({"on_error": 5}, "on_error: expected 'raise', 'fill' or 'skip', found 5"),
        ({"on_error": "fill"}, "fill: on_error='fill' needs the value of a failed file's elements, such as fill=0"),
        ({"on_error": "fill", "fill": "0"}, "fill: expected a number, found '0'"),
        ({"on_error": "fill", "fill": 0.5}, "fill: 0.5, expected a whole number from 0 to 255, as elements of u8 are"),
        ({"on_error": "skip", "fill": 0}, "fill: is said of on_error='fill' only"),
        ({"fill": 0}, "fill: is said of on_error='fill' only"),
    ]:
        with pytest.raises(PipelineError) as error:
            pipe.decode_batch([PHOTO], **options)
        assert str(error.value) == said
    assert pipe.decode_batch([PHOTO], on_error="raise").shape == pipe.decode_batch([PHOTO], on_error=None).shape


# ---- Headers -------------------------------------------------------------------------------------------------------


def test_headers():
    exif = Image.Exif()
    exif[0x0112] = 6
    header = pixfuse.probe(encoded(picture(6, 8), exif=exif))
    assert header == ("JPEG", (6, 8), (8, 6), 3, 8, False, 1, 6)
    assert header == pixfuse.Header("JPEG", (6, 8), (8, 6), 3, 8, False, 1, 6)
    compared = 0
    for folder, name in sorted({line[:2] for line in GOLDEN}):
        path = TESTS / folder / name
        header = pixfuse.probe(path)
        with Image.open(path) as image:
            assert header.format.upper() == image.format
            assert header.stored == image.size[::-1] or path.suffix == ".tif"
            assert header.frames == getattr(image, "n_frames", 1), name
            mode = image.mode if "transparency" not in image.info else image.convert("RGBA").mode
        if mode in ("L", "LA", "RGB", "RGBA", "CMYK") and path.suffix in (".png", ".jpg", ".webp") and header.bits < 16:
            assert header.channels == len(mode) or image.info.get("transparency") is not None, name
            assert header.alpha == mode.endswith("A"), name
        pipe = Pipeline("input(rgba8, alpha = drop), letterbox(32, 32, bilinear), output(rgb, u8)")
        assert pipe.geometry(*header.stored, orient=header.orientation) == pipe.decode_geometry(path)
        assert pipe.geometry(*header.stored, orient=header.orientation).source == header.shown
        compared += 1
    assert compared > 130
    # A header is there before the rest of the file is.
    assert pixfuse.probe(PHOTO[:700]).stored == (60, 80)
    with pytest.raises(FileError, match="ends too early"):
        pixfuse.probe(PHOTO[:100])
