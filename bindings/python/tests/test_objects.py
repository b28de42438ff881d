"""A pipeline as a Python object: equal, hashable, immutable, pickled as its text."""

import concurrent.futures
import copy
import importlib.metadata
import inspect
import multiprocessing
import os
import pickle
import re
import subprocess
import sys
import weakref

import numpy as np
import pixfuse
import pytest
from pixfuse import Pipeline, PipelineError, presets

TEXT = "input(rgb8), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)"
OPEN = "input(rgb8), resize(_, _, bilinear), normalize(mean = _, std = _), output(rgb, f32, chw)"


@pytest.mark.parametrize(
    "given",
    [
        {"input": "rgb8", "resize": (24, 37, "bilinear"), "normalize": True, "output": ("rgb", "f32", "chw")},
        {
            "output": ["rgb", "f32", "chw"],
            "normalize": {},
            "resize": [24.0, np.int64(37), "bilinear"],
            "input": ["rgb8"],
        },
        {"input": "rgb8, hwc", "resize": "24, 37, bilinear", "normalize": "scale = 1/255", "output": "rgb, f32, chw"},
        {
            "input": "rgb8",
            "resize": np.array([24, 37]).tolist() + ["bilinear"],
            "normalize": {"scale": "1/255"},
            "output": "rgb, f32, chw",
        },
        {
            "input": "rgb8",
            "resize": (None, "_", "bilinear"),
            "normalize": (),
            "output": "rgb, f32, chw",
            "rows": 24,
            "columns": np.uint8(37),
        },
    ],
)
def test_keywords_say_what_text_says(given):
    assert Pipeline(**given) == Pipeline(TEXT)
    assert Pipeline(**given).spec == TEXT


FRAMED = "input(bgr8), {}, output(rgb, f32, chw)"


@pytest.mark.parametrize(
    "clauses, given",
    [
        (
            "letterbox(640, 320, bilinear, fill = [1, 2, 3], stride = 32, scale_up = false)",
            {"letterbox": (640, 320, "bilinear", {"fill": [1, 2, 3], "stride": 32, "scale_up": False})},
        ),
        ("letterbox(64, 32, area)", {"letterbox": (64, 32, "area", {"fill": 114, "scale_up": True})}),
        ("letterbox(64, 32, area)", {"letterbox": (None, "_", "area"), "rows": 64, "columns": 32}),
        ("letterbox(64, 32, area, rule = yolox)", {"letterbox": "64, 32, area, rule = yolox"}),
        (
            "resize(shortest = 256, bilinear, antialias), center_crop(224, 224)",
            {"resize": ({"shortest": 256}, "bilinear", "antialias"), "center_crop": (224, 224)},
        ),
        (
            "resize(shortest = 256, max = 500, bicubic, antialias, like = torch), center_crop(224, 200, rounding = floor)",
            {
                "resize": ({"shortest": None, "max": 500}, "bicubic", "antialias", {"like": "torch"}),
                "center_crop": (None, None, {"rounding": "floor"}),
                "shortest": 256,
                "crop_rows": np.int64(224),
                "crop_columns": 200,
            },
        ),
        ("resize(longest = 99, nearest)", {"resize": ({"longest": "_"}, "nearest"), "longest": 99}),
        ("resize(longest = 99, nearest)", {"resize": ("nearest", {"longest": 99})}),
        ("center_crop(8, 8)", {"center_crop": 8}),
        ("crop(1, 2, 3, 4), pad(5, 6, 7, 8, fill = 9)", {"crop": [1, 2, 3, 4], "pad": (5, 6, 7, 8, {"fill": 9})}),
    ],
)
def test_frames_as_keywords(clauses, given):
    pipe = Pipeline(input="bgr8", output=("rgb", "f32", "chw"), **given)
    assert pipe == Pipeline(FRAMED.format(clauses))
    assert pipe.spec == FRAMED.format(clauses)


def test_numbers_for_later():
    wanted = Pipeline(
        "input(rgb8), resize(24, 37, bilinear), normalize(mean = [0.5, 0.25, 0.125], std = 2), output(rgb, f32, chw)"
    )
    for mean in ([0.5, 0.25, 0.125], (0.5, 0.25, 0.125), np.array([0.5, 0.25, 0.125]), np.float32([0.5, 0.25, 0.125])):
        for std in (2, 2.0, [2], np.float32(2), np.array(2), np.array([2])):
            assert Pipeline(OPEN, rows=24, columns=37, mean=mean, std=std) == wanted


def test_attributes():
    pipe = Pipeline(TEXT.replace(" ", "\n"))
    assert pipe.spec == TEXT
    assert pipe.level == pixfuse.levels()[-1]
    assert pipe.dtype == "float32"
    assert Pipeline("input(gray8), output(gray, u8, hwc)").dtype == "uint8"
    assert pipe.output_shape(100, 50) == (3, 24, 37)
    assert Pipeline("input(gray8), output(gray, u8, hwc)").output_shape(np.int64(5), 7) == (5, 7, 1)
    assert eval(repr(pipe)) == pipe
    explained = pipe.explain()
    assert TEXT in explained and pipe.level in explained and "OpenCV" in explained
    assert "decoders  JPEG  libjpeg-turbo" in explained
    assert "decoders" not in Pipeline("input(nv12), output(rgb, u8)").explain()
    assert pixfuse.__version__ == importlib.metadata.version("pixfuse")


def test_equality_and_hash():
    one, same, other = Pipeline(TEXT), Pipeline(f" {TEXT} "), Pipeline(TEXT.replace("37", "38"))
    assert one == same and hash(one) == hash(same)
    assert one != other and one != TEXT and one is not None
    assert {one: 1}[same] == 1 and other not in {one}
    with pytest.raises(TypeError):
        _ = one < other


def test_immutable():
    pipe = Pipeline(TEXT)
    for name in ("spec", "level", "other"):
        with pytest.raises(AttributeError):
            setattr(pipe, name, 1)
    with pytest.raises(TypeError):
        type("Mine", (Pipeline,), {})


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(noise, protocol):
    pipe = Pipeline(TEXT)
    data = pickle.dumps(pipe, protocol)
    assert b"pixfuse" in data and b"_pixfuse" not in data
    copied = pickle.loads(data)
    assert copied == pipe and type(copied) is Pipeline
    image = noise(45, 53, 3)
    np.testing.assert_array_equal(copied(image), pipe(image))


def test_copies_are_the_pipeline_itself():
    pipe = Pipeline(TEXT)
    assert copy.copy(pipe) is pipe
    assert copy.deepcopy([pipe, pipe])[1] is pipe


def test_weak_references():
    pipe = Pipeline(TEXT)
    geometry = pipe.geometry(5, 6)
    references = [weakref.ref(pipe), weakref.ref(geometry)]
    assert [reference() for reference in references] == [pipe, geometry]
    assert weakref.WeakKeyDictionary({pipe: 1})[Pipeline(TEXT)] == 1
    del pipe, geometry
    assert [reference() for reference in references] == [None, None]


def double(pair):
    """What a worker of a pool does."""
    geometry, pipe = pair
    return geometry, pipe.geometry(*geometry.source)


@pytest.mark.parametrize(
    "frame",
    [
        "letterbox(640, 640, bilinear)",
        "letterbox(64, 96, area, rule = opencv)",
        "resize(shortest = 256, bilinear, antialias), center_crop(224, 224)",
        "pad(1, 2, 3, 4)",
    ],
)
def test_geometries_travel(frame):
    pipe = Pipeline(f"input(rgb8), {frame}, output(rgb, f32, chw)")
    geometry = pipe.geometry(721, 1283)
    copies = [pickle.loads(pickle.dumps(geometry, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for other in [*copies, copy.copy(geometry), copy.deepcopy(geometry), pipe.geometry(721, 1283)]:
        assert other == geometry and hash(other) == hash(geometry) and type(other) is pixfuse.Geometry
        assert repr(other) == repr(geometry) and other.source_box == geometry.source_box
        np.testing.assert_array_equal(other.unmap_boxes([[1, 2, 3, 4]]), geometry.unmap_boxes([[1, 2, 3, 4]]))
    assert geometry != pipe.geometry(722, 1283) and len({geometry, *copies, pipe.geometry(722, 1283)}) == 2
    assert b"_pixfuse" not in pickle.dumps(geometry)


def test_geometries_travel_between_processes():
    pipe = Pipeline("input(rgb8), letterbox(64, 64, bilinear), output(rgb, f32, chw)")
    given = [pipe.geometry(rows, 80) for rows in (20, 90)]
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        for geometry, (same, made) in zip(given, pool.map(double, [(geometry, pipe) for geometry in given]), strict=True):
            assert geometry == same == made


def test_numbers_that_are_no_geometry():
    numbers = ((20, 80), (16, 64), (64, 64), (24, 0, 16, 64), (0.8, 0.8), (24, 0))
    assert pixfuse.Geometry(*numbers).content == (24, 0, 16, 64)
    for index, wrong, message in [
        (0, (0, 80), "geometry: source: 0 is none; give numbers of a geometry"),
        (2, (64, 10**17), "geometry: output: 100000000000000000 is none; give numbers of a geometry"),
        (4, (0.8, float("nan")), "geometry: scale: NaN is none; give numbers of a geometry"),
        (4, (0.8, -1), "geometry: scale: -1 is none; give numbers of a geometry"),
        (5, (10**17, 0), "geometry: offset: 100000000000000000 is none; give numbers of a geometry"),
    ]:
        with pytest.raises(PipelineError) as raised:
            pixfuse.Geometry(*numbers[:index], wrong, *numbers[index + 1 :])
        assert str(raised.value) == message


def test_signatures():
    """What `help` and editors show of a call."""
    pipe = Pipeline(TEXT)
    call = "(image, out=None, *, orient=None, threads=1, modes=None)"
    assert str(inspect.signature(pipe)) == str(inspect.signature(pipe.__call__)) == call
    assert str(inspect.signature(pipe.batch)) == "(images, out=None, *, threads=1, orient=None, modes=None)"
    for method in (pipe.decode, pipe.decode_batch):
        assert {"out", "orient", "max_pixels"} <= set(inspect.signature(method).parameters)
    made = inspect.signature(Pipeline).parameters
    clauses = ["input", "resize", "letterbox", "tiles", "center_crop", "crop", "pad", "normalize", "output", "patches"]
    numbers = list(inspect.signature(pixfuse.Declaration.__call__).parameters)[1:]
    assert numbers[0] == "rows" and list(made) == ["text", *clauses, *numbers]
    assert "exif" in inspect.getdoc(pipe.__call__)
    image = np.zeros((30, 40, 3), np.uint8)
    np.testing.assert_array_equal(pipe.run(image), pipe(image))


def test_what_the_wheel_says_of_threads_is_true():
    """Interpreters without the GIL take wheels of an ABI of their own, `cp314t` or `abi3t`."""
    wheel = importlib.metadata.distribution("pixfuse")
    abis = [abi for _, abi, _ in re.findall(r"^Tag: (.*)-(.*)-(.*)$", wheel.read_text("WHEEL"), re.MULTILINE)]
    free_threading = any("Free Threading" in text for text in wheel.metadata.get_all("Classifier"))
    assert free_threading == any(abi.endswith("t") for abi in abis), abis


def test_errors_travel():
    with pytest.raises(ValueError) as raised:
        Pipeline("input(rgb9)")
    assert type(raised.value) is PipelineError
    copied = pickle.loads(pickle.dumps(raised.value))
    assert type(copied) is PipelineError and str(copied) == str(raised.value)


def test_presets():
    assert presets.names() == pixfuse._pixfuse.names()
    assert sorted(presets.__all__) == sorted(["names", *presets.names()]), "presets.py lists others than the core has"
    assert dir(presets) == sorted(presets.__all__)
    for name in presets.names():
        pipe = getattr(presets, name)
        assert isinstance(pipe, Pipeline)
        assert name.replace("_", "") in pipe.explain().lower(), "it runs on another kernel than its own"
        assert pickle.loads(pickle.dumps(pipe)).explain() == pipe.explain()


def test_presets_are_made_when_they_are_asked_for():
    program = (
        "import pixfuse; from pixfuse import presets; made = vars(pixfuse._pixfuse);"
        "assert not set(presets.names()) & set(made) and set(presets.names()) < set(dir(pixfuse._pixfuse));"
        "assert presets.imagenet is presets.imagenet is made['imagenet'] and 'timm' not in made"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    with pytest.raises(AttributeError, match="module 'pixfuse.presets' has no attribute 'imagenat'"):
        _ = presets.imagenat
    with pytest.raises(AttributeError, match="module 'pixfuse._pixfuse' has no attribute 'imagenat'"):
        _ = pixfuse._pixfuse.imagenat


def test_a_wrong_level_does_not_break_the_import():
    program = "import pixfuse\ntry: pixfuse.presets.yolo\nexcept pixfuse.PipelineError as error: print(error)"
    environment = {**os.environ, "PIXFUSE_LEVEL": "avx9000"}
    run = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)
    assert run.stdout.startswith("level: PIXFUSE_LEVEL is `avx9000`")


@pytest.mark.parametrize("name", presets.names())
def test_a_preset_equals_the_grids_kernel(level, noise, name):
    # In another layout it is the text of no declaration, so it runs on the grid.
    text = getattr(presets, name).spec
    own = Pipeline(text)
    assert own.level == level and "kernel    grid" not in own.explain()
    image = noise(73, 91, 3)
    wider = Pipeline(text.replace("chw", "hwc"))
    assert "kernel    grid" in wider.explain()
    np.testing.assert_array_equal(own(image), wider(image).transpose(2, 0, 1))


def test_a_pipeline_with_other_clauses():
    yolo = presets.yolo
    rgb = yolo.replace(input="rgb8")
    assert rgb == Pipeline(yolo.spec.replace("bgr8", "rgb8"))
    image = np.arange(7 * 5 * 3, dtype=np.uint8).reshape(7, 5, 3)
    assert np.array_equal(rgb(image), yolo(image[:, :, ::-1]))
    other = presets.siglip_pil.replace(
        resize=(384, 384, "bicubic", "antialias"), normalize={"mean": [0.5, 0.4, 0.3]}, output=("bgr", "f16", "hwc")
    )
    assert other.spec == (
        "input(rgb8), resize(384, 384, bicubic, antialias), normalize(mean = [0.5, 0.4, 0.3]), output(bgr, f16, hwc)"
    )
    assert other.replace(normalize=None, resize=False).spec == "input(rgb8), output(bgr, f16, hwc)"
    assert other.replace() == other
    for clauses, said in [
        ({"normalise": None}, "did you mean `normalize`?"),
        ({"input": "rgb9"}, "unknown pixel format `rgb9`"),
        ({"output": None}, "output is missing"),
        ({"letterbox": (9, 9, "bilinear")}, "letterbox"),
        ({"resize": (None, 9, "bilinear")}, "rows"),
    ]:
        with pytest.raises(PipelineError) as error:
            other.replace(**clauses)
        assert said in str(error.value)


def test_batches_of_nothing():
    pipe = Pipeline(TEXT)
    for batch in (pipe.batch([]), pipe.batch([], threads=2), pipe.decode_batch([]), pipe.decode_batch(iter(()), threads=2)):
        assert batch.shape == (0, 3, 24, 37) and batch.dtype == np.float32
    out = np.empty((0, 3, 24, 37), np.float32)
    assert pipe.batch([], out=out) is out
    assert pipe.decode_batch([], out=out) is out
    open_ended = Pipeline("input(rgb8), resize(shortest = 9, bilinear), output(rgb, u8)")
    for call in (open_ended.batch, open_ended.decode_batch):
        with pytest.raises(PipelineError, match=r"^image: a batch of nothing has no shape here.*give one at least"):
            call([])
    with pytest.raises(PipelineError, match=r"^out: shape"):
        pipe.batch([], out=np.empty((1, 3, 24, 37), np.float32))
