"""Memory that a function gives when the shape of a tensor is known."""

import io

import numpy as np
import pytest
from PIL import Image
from pixfuse import Pipeline, PipelineError, from_config, video_from_config

PIPE = Pipeline("input(rgb8), resize(6, 10, bilinear), normalize(), output(rgb, f32, chw)")
PATCHES = Pipeline("input(rgb8), output(rgb, f32, chw), patches(4)")
IMAGE = np.random.default_rng(3).integers(0, 256, (33, 47, 3), np.uint8)
IMAGES = [IMAGE, IMAGE[::-1, :20]]
BLOCKS = [IMAGE[:8, :12], IMAGE[:16, :8]]


class Memory:
    """A function that remembers what it was asked for, and what it gave."""

    def __init__(self, make=np.empty):
        self.make, self.asked, self.given = make, [], []

    def __call__(self, shape, dtype, *name):
        self.asked.append((shape, dtype, *name))
        self.given.append(self.make(shape, dtype))
        return self.given[-1]


def png(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


RUNS = {
    "call": (lambda out: PIPE(IMAGE, out), (3, 6, 10)),
    "threads": (lambda out: PIPE(IMAGE, out, threads=2), (3, 6, 10)),
    "batch": (lambda out: PIPE.batch(iter(IMAGES), out), (2, 3, 6, 10)),
    "empty batch": (lambda out: PIPE.batch([], out), (0, 3, 6, 10)),
    "concat": (lambda out: PATCHES.concat(BLOCKS, out)[0], (14, 48)),
    "pad": (lambda out: PATCHES.pad(BLOCKS, out)[0], (2, 8, 48)),
    "decode": (lambda out: PIPE.decode(png(IMAGE), out), (3, 6, 10)),
    "decode_batch": (lambda out: PIPE.decode_batch([png(IMAGE)] * 2, out, threads=2), (2, 3, 6, 10)),
}


@pytest.mark.parametrize("run, shape", RUNS.values(), ids=RUNS)
def test_a_function_is_asked_once(run, shape):
    memory = Memory()
    made = run(memory)
    assert memory.asked == [(shape, "float32")] and made is memory.given[0]
    np.testing.assert_array_equal(made, run(None))


@pytest.mark.parametrize("run, shape", RUNS.values(), ids=RUNS)
def test_what_a_function_raises_is_raised(run, shape):
    error = MemoryError("no pinned memory")

    def fails(*_):
        raise error

    with pytest.raises(MemoryError) as raised:
        run(fails)
    assert raised.value is error
    # What it gives is looked at as an array is, and nothing is written to what does not fit.
    larger = (*shape[:-1], shape[-1] + 1)
    wrong = {
        "expected an array, found None": None,
        "dtype float64, expected float32": np.full(shape, 7.0),
        f"shape {larger}": np.full(larger, 7, np.float32),
        "expected an array, found function": lambda *_: None,
    }
    for message, given in wrong.items():
        with pytest.raises(PipelineError) as raised:
            run(lambda *_, given=given: given)
        assert str(raised.value).startswith(f"out: {message}")
        assert not isinstance(given, np.ndarray) or (given == 7).all()
    locked = np.full(shape, 7, np.float32)
    locked.flags.writeable = False
    if locked.size:
        with pytest.raises(PipelineError, match="^out: read-only"):
            run(lambda *_: locked)


def test_an_image_that_does_not_fit_asks_for_nothing():
    memory = Memory()
    for run in (
        lambda: PIPE(IMAGE[..., 0], memory),
        lambda: PIPE.batch([IMAGE, IMAGE.astype(float)], memory),
        lambda: PATCHES.concat([IMAGE], memory),
        lambda: PIPE.decode(b"<html>", memory),
        lambda: from_config({"image_processor_type": "ViTImageProcessor"})(IMAGE.astype(float), "np", out=memory),
    ):
        with pytest.raises(PipelineError):
            run()
    assert memory.asked == []


def test_an_image_that_the_function_takes_away():
    image = IMAGE.copy()

    def shrinks(shape, dtype):
        image.resize((1, 1, 3), refcheck=False)
        return np.full(shape, 7, dtype)

    # The view is made anew: the image is read as it is now, or refused.
    made = PIPE(image, shrinks)
    np.testing.assert_array_equal(made, PIPE(image))


def test_a_function_may_run_pipelines():
    made = PIPE(IMAGE, lambda shape, dtype: PIPE(np.zeros_like(IMAGE)))
    np.testing.assert_array_equal(made, PIPE(IMAGE))


def test_a_class_is_no_function():
    with pytest.raises(PipelineError, match="out: expected an array, found the class ndarray"):
        PIPE(IMAGE, np.ndarray)


def test_memory_that_an_image_lies_in():
    wide = Pipeline("input(rgb8), output(rgb, u8, hwc)")
    with pytest.raises(PipelineError, match="out: shares memory with the image"):
        wide(IMAGE, lambda shape, dtype: IMAGE)


def test_each_batch_of_files_has_memory_of_its_own():
    memory = Memory()
    batches = list(PIPE.decode_batches([png(IMAGE)] * 3, 2, out=memory))
    assert [shape for shape, _ in memory.asked] == [(2, 3, 6, 10), (1, 3, 6, 10)]
    assert all(made is given for made, given in zip(batches, memory.given, strict=True))


def test_skipped_files_leave_the_end_of_the_memory():
    memory = Memory(np.zeros)
    made, failures = PIPE.decode_batch([png(IMAGE), b"<html>"], memory, on_error="skip")
    assert memory.asked == [((2, 3, 6, 10), "float32")] and len(failures) == 1
    assert np.shares_memory(made, memory.given[0]) and not memory.given[0][1].any()


@pytest.mark.parametrize("element, dtype", [("u8", "uint8"), ("f16", "float16"), ("i8", "int8")])
def test_dtypes(element, dtype):
    clauses = {"u8": "", "f16": "normalize(), ", "i8": "normalize(mean = 0.5, std = 0.25), "}
    quantize = ", scale = 0.02" if element == "i8" else ""
    pipe = Pipeline(f"input(rgb8), {clauses[element]}output(rgb, {element}, chw{quantize})")
    memory = Memory()
    assert pipe(IMAGE, memory).dtype == dtype and memory.asked == [((3, 33, 47), dtype)]


def test_tensors_of_torch():
    torch = pytest.importorskip("torch")
    made = PIPE(IMAGE, lambda shape, dtype: torch.empty(shape, dtype=getattr(torch, dtype)).share_memory_())
    assert made.is_shared()
    np.testing.assert_array_equal(made.numpy(), PIPE(IMAGE))
    short = Pipeline("input(rgb8), resize(6, 10, bilinear), normalize(), output(rgb, bf16, chw)")
    made = short.batch(IMAGES, lambda shape, dtype: torch.empty(shape, dtype=getattr(torch, dtype)))
    assert made.dtype == torch.bfloat16 and made.shape == (2, 3, 6, 10)


CONFIGS = {
    "one tensor": ({"image_processor_type": "ViTImageProcessor", "size": {"height": 24, "width": 20}}, ["pixel_values"]),
    "a mask beside it": ({"image_processor_type": "DetrImageProcessor", "size": {"shortest_edge": 24, "longest_edge": 30}}, ["pixel_values"]),
    "patches": ({"image_processor_type": "Qwen2VLImageProcessor", "max_pixels": 56 * 56, "min_pixels": 28 * 28}, ["pixel_values"]),
    "axes of a patch": ({"image_processor_type": "Glm4vImageProcessor"}, ["pixel_values"]),
    "tiles": ({"image_processor_type": "GotOcr2ImageProcessor", "size": {"height": 16, "width": 16}, "crop_to_patches": True}, ["pixel_values"]),
    "samples": ({"image_processor_type": "Idefics3ImageProcessor", "size": {"longest_edge": 32}, "max_image_size": {"longest_edge": 16}}, ["pixel_values"]),
    "several": ({"image_processor_type": "DeepseekOcr2ImageProcessor"}, ["pixel_values", "pixel_values_local"]),
    "a strip": ({"image_processor_type": "MiniCPMV4_6ImageProcessor"}, None),
}


@pytest.mark.parametrize("config, names", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("count", [1, 2])
def test_processors(config, names, count):
    processor = from_config(config)
    large = np.random.default_rng(2).integers(0, 256, (900, 1100, 3), np.uint8)
    image = large if names is None or len(names) > 1 else IMAGE
    images = [image, image[: len(image) // 2]][:count]
    try:
        plain = processor(images, "np")
    except PipelineError:
        images = [image] * count
        plain = processor(images, "np")
    memory = Memory(lambda shape, dtype: np.full(shape, 9, dtype))
    made = processor(images, "np", out=memory)
    assert [name for _, _, name in memory.asked] == (names or [next(iter(plain))])
    assert list(made) == list(plain)
    for (shape, dtype, name), given in zip(memory.asked, memory.given, strict=True):
        assert made[name] is given and plain[name].shape == shape and plain[name].dtype == dtype
    for name in plain:
        np.testing.assert_array_equal(made[name], plain[name])


def test_processors_of_files_and_samples():
    processor = from_config({"image_processor_type": "ViTImageProcessor", "size": {"height": 24, "width": 20}})
    memory = Memory()
    made = processor.decode([png(IMAGE)] * 2, "np", out=memory)
    assert made["pixel_values"] is memory.given[0]
    np.testing.assert_array_equal(made["pixel_values"], processor([IMAGE] * 2, "np")["pixel_values"])
    # Samples of several lengths are copied into the tensor, and what they lack is cleared.
    config = {"image_processor_type": "Idefics3ImageProcessor", "size": {"longest_edge": 32}, "max_image_size": {"longest_edge": 16}}
    nested, memory = from_config(config), Memory(lambda shape, dtype: np.full(shape, 9, dtype))
    made = nested([[IMAGE], [IMAGE, IMAGE]], "np", out=memory)
    assert made["pixel_values"] is memory.given[0] and len(memory.asked) == 1
    np.testing.assert_array_equal(made["pixel_values"], nested([[IMAGE], [IMAGE, IMAGE]], "np")["pixel_values"])


def test_processors_of_videos():
    frames = np.random.default_rng(5).integers(0, 256, (3, 60, 90, 3), np.uint8)
    for kind in ("Qwen3VLVideoProcessor", "LlavaOnevisionVideoProcessor"):
        processor, memory = video_from_config({"video_processor_type": kind}), Memory()
        made, plain = processor(frames, "np", out=memory), processor(frames, "np")
        name = processor.outputs[0]
        assert made[name] is memory.given[0] and memory.asked == [(plain[name].shape, "float32", name)]
        np.testing.assert_array_equal(made[name], plain[name])


def test_what_processors_refuse():
    processor = from_config({"image_processor_type": "ViTImageProcessor"})
    with pytest.raises(PipelineError, match="out: return_tensors=None gives lists of arrays"):
        processor(IMAGE, out=Memory())
    with pytest.raises(PipelineError, match="out: expected a function of shape, dtype and name, found ndarray"):
        processor(IMAGE, "np", out=np.empty((1, 3, 224, 224), np.float32))
    with pytest.raises(PipelineError, match="out: dtype float64, expected float32"):
        processor(IMAGE, "np", out=lambda shape, dtype, name: np.empty(shape))
