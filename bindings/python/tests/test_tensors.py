"""Tensors of other libraries and Pillow images: read and written where they lie."""

import ctypes
import os
import subprocess
import sys

import numpy as np
import pixfuse
import pytest
from PIL import Image

TEXT = "input(rgb8), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)"
BFLOAT16 = TEXT.replace("f32", "bf16")


class Tensor:
    """What another library's tensor is to us: DLPack, and nothing else."""

    def __init__(self, array, device=(1, 0)):
        self.array, self.device = array, device

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.device


def planes(image):
    """The same pixels, channels outermost in memory."""
    return np.ascontiguousarray(image.transpose(2, 0, 1)).transpose(1, 2, 0)


@pytest.mark.parametrize("view", [np.asarray, planes, lambda image: image[3:40:2, 5:]], ids=["dense", "planes", "region"])
def test_dlpack(level, noise, view):
    pipe = pixfuse.Pipeline(TEXT)
    image = view(noise(45, 53, 3))
    expected = pipe(image.copy())
    np.testing.assert_array_equal(pipe(Tensor(image)), expected)
    np.testing.assert_array_equal(pipe.batch([Tensor(image)] * 2), [expected] * 2)
    planar = pixfuse.Pipeline(TEXT.replace("rgb8", "rgb8, chw"))
    np.testing.assert_array_equal(planar(Tensor(image.transpose(2, 0, 1))), expected)
    np.testing.assert_array_equal(np.from_dlpack(pipe(Tensor(image))), expected)


def test_dlpack_of_read_only_memory(noise):
    image = noise(45, 53, 3)
    expected = pixfuse.Pipeline(TEXT)(image)
    image.flags.writeable = False
    np.testing.assert_array_equal(pixfuse.Pipeline(TEXT)(Tensor(image)), expected)


def test_dlpack_of_a_gpu(noise):
    pipe = pixfuse.Pipeline(TEXT)
    message = "Tensor on device 2 of DLPack, expected the CPU (1); copy it to the CPU first"
    for call, name in [
        (lambda: pipe(Tensor(noise(4, 5, 3), (2, 0))), "image"),
        (lambda: pipe(noise(4, 5, 3), out=Tensor(np.empty((3, 24, 37), np.float32), (2, 0))), "out"),
    ]:
        with pytest.raises(pixfuse.PipelineError) as error:
            call()
        assert str(error.value) == f"{name}: {message}"


def test_dlpack_out(noise):
    pipe = pixfuse.Pipeline(TEXT)
    image = noise(45, 53, 3)
    expected = pipe(image)
    array = np.full((2, 3, 24, 37), -1, np.float32)
    out = Tensor(array)
    if not np.from_dlpack(out).flags.writeable:
        pytest.skip(f"numpy {np.__version__} gives no writable arrays")
    assert pipe.batch([image] * 2, out=out) is out
    np.testing.assert_array_equal(array, [expected] * 2)
    for wrong, message in [
        (np.empty((3, 24, 37)), "out: dtype float64, expected float32"),
        (np.empty((24, 37, 3), np.float32), "out: shape (24, 37, 3), expected (3, 24, 37)"),
        (np.empty((24, 37, 3), np.float32).transpose(2, 0, 1), "out: not C-contiguous"),
    ]:
        with pytest.raises(pixfuse.PipelineError) as error:
            pipe(image, out=Tensor(wrong))
        assert str(error.value).startswith(message)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.mark.parametrize("view", [np.asarray, planes, lambda image: image[3:40:2, 5:]], ids=["dense", "planes", "region"])
def test_torch(level, noise, torch, view):
    pipe = pixfuse.Pipeline(TEXT)
    image = view(noise(45, 53, 3))
    tensor = torch.from_numpy(image)
    expected = pipe(image.copy())
    np.testing.assert_array_equal(pipe(tensor), expected)
    planar = pixfuse.Pipeline(TEXT.replace("rgb8", "rgb8, chw"))
    np.testing.assert_array_equal(planar(tensor.permute(2, 0, 1)), expected)
    assert torch.equal(torch.from_numpy(pipe(tensor)), torch.from_dlpack(pipe(tensor)))


def test_torch_channels_last(noise, torch):
    """A batch of images as torch keeps it for convolutions: planes by shape, pixels by memory."""
    images = torch.from_numpy(noise(4, 3, 45, 53)).contiguous(memory_format=torch.channels_last)
    pipe = pixfuse.Pipeline(TEXT.replace("rgb8", "rgb8, chw"))
    np.testing.assert_array_equal(pipe.batch(images), pipe.batch(images.contiguous().numpy()))


def test_torch_out(noise, torch):
    pipe = pixfuse.Pipeline(TEXT)
    image = noise(45, 53, 3)
    out = torch.full((2, 3, 24, 37), -1.0)
    assert pipe.batch([image] * 2, out=out) is out
    np.testing.assert_array_equal(out.numpy(), [pipe(image)] * 2)
    assert pipe(image, out=out[0]).data_ptr() == out.data_ptr()
    channels_last = torch.empty((2, 3, 24, 37)).contiguous(memory_format=torch.channels_last)
    for wrong, error, message in [
        (torch.empty((3, 24, 37), dtype=torch.float64), pixfuse.PipelineError, "out: dtype float64, expected float32"),
        (channels_last[0], pixfuse.PipelineError, "out: not C-contiguous"),
        (torch.empty((3, 24, 37), device="meta"), pixfuse.PipelineError, "out: a Tensor on the device meta has no memory"),
        (torch.empty((3, 24, 37), requires_grad=True), pixfuse.PipelineError, "out: a Tensor requires grad; give its detach"),
    ]:
        with pytest.raises(error, match=message):
            pipe(image, out=wrong)


class Bfloat16:
    """What another library's tensor of bfloat16 is to us: an array of 16 bits, whose DLPack calls them bfloat16."""

    def __init__(self, array, device=(1, 0), **options):
        self.array, self.device, self.options = array, device, options

    def __dlpack__(self, max_version):
        capsule = self.array.__dlpack__(max_version=max_version, **self.options)
        # Behind the version and four more fields, behind the memory, its device and the number of axes.
        ctypes.c_uint8.from_address(address(capsule, b"dltensor_versioned") + 32 + 20).value = 4
        return capsule

    def __dlpack_device__(self):
        return self.device


class Unversioned(Bfloat16):
    """The same of a library from before DLPack had versions."""

    def __dlpack__(self):
        capsule = self.array.__dlpack__()
        ctypes.c_uint8.from_address(address(capsule, b"dltensor") + 20).value = 4
        return capsule


def address(capsule, name):
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    return pointer(capsule, name)


def test_bfloat16_of_another_library(level, noise):
    pipe = pixfuse.Pipeline(BFLOAT16)
    image = noise(45, 53, 3)
    expected = pipe(image).view(np.uint16)
    block = np.full((3, 3, 24, 37), 7, np.uint16)
    out = Bfloat16(block[1])
    assert pipe(image, out=out) is out
    np.testing.assert_array_equal(block[1], expected)
    assert (block[::2] == 7).all()
    whole = Bfloat16(block)
    assert pipe.batch([image] * 3, out=whole) is whole
    np.testing.assert_array_equal(block, [expected] * 3)


def test_bfloat16_of_another_library_must_fit(noise):
    right = np.full((3, 24, 37), 7, np.uint16)
    locked = right.view()
    locked.flags.writeable = False
    for wrong, message in [
        (Bfloat16(np.zeros((3, 24, 38), np.uint16)), "out: shape (3, 24, 38), expected (3, 24, 37)"),
        (Bfloat16(np.zeros(3 * 24 * 37, np.uint16)), "out: shape (2664,), expected (3, 24, 37)"),
        (Bfloat16(np.zeros((), np.uint16)), "out: shape (), expected (3, 24, 37)"),
        (Bfloat16(np.zeros((3, 24, 74), np.uint16)[..., ::2]), "out: not C-contiguous"),
        (Bfloat16(right[::-1]), "out: not C-contiguous"),
        (Bfloat16(np.zeros((24, 37, 3), np.uint16).transpose(2, 0, 1)), "out: not C-contiguous"),
        (Bfloat16(np.zeros(5329, np.uint8)[1:].view(np.uint16).reshape(3, 24, 37)), "out: not aligned"),
        (Bfloat16(locked), "out: read-only"),
        (Unversioned(right), "out: read-only"),
        (Bfloat16(right, copy=True), "out: Bfloat16 gives a copy of its memory"),
        (Bfloat16(right, device=(2, 0)), "out: Bfloat16 on device 2 of DLPack, expected the CPU (1)"),
        (Tensor(right), "out: dtype uint16, expected bfloat16"),
        (Tensor(np.zeros((3, 24, 37), np.float32)), "out: dtype float32, expected bfloat16"),
    ]:
        with pytest.raises(pixfuse.PipelineError) as error:
            pixfuse.Pipeline(BFLOAT16)(noise(45, 53, 3), out=wrong)
        assert str(error.value).startswith(message)
    assert (right == 7).all()


def test_torch_bfloat16(level, noise, torch):
    pipe = pixfuse.Pipeline(BFLOAT16)
    image = noise(45, 53, 3)
    expected = torch.from_numpy(pipe(image).view(np.int16))
    out = torch.full((3, 3, 24, 37), 7, dtype=torch.bfloat16)
    assert pipe(image, out=out[1]).data_ptr() == out[1].data_ptr()
    assert torch.equal(out[1].view(torch.int16), expected)
    assert (out[::2] == 7).all()
    assert pipe.batch([image] * 3, out=out) is out
    assert torch.equal(out.view(torch.int16), torch.stack([expected] * 3))


def test_torch_bfloat16_must_fit(noise, torch):
    def zeros(*shape, **options):
        return torch.zeros(shape, **{"dtype": torch.bfloat16, **options})

    with torch._subclasses.fake_tensor.FakeTensorMode():
        fake = zeros(2, 3, 24, 37)[1]
    for wrong, message in [
        (zeros(3, 24, 38), r"out: shape \(3, 24, 38\), expected \(3, 24, 37\)"),
        (zeros(24, 37, 3).permute(2, 0, 1), "out: not C-contiguous"),
        (zeros(3, 24, 74)[..., ::2], "out: not C-contiguous"),
        (zeros(3, 24, 37, dtype=torch.float16), "out: dtype float16, expected bfloat16"),
        (zeros(3, 24, 37, dtype=torch.int16), "out: dtype int16, expected bfloat16"),
        (zeros(3, 24, 37, device="meta"), "out: a Tensor on the device meta has no memory"),
        (zeros(3, 24, 37, requires_grad=True), r"out: a Tensor requires grad; give its detach\(\)"),
        (zeros(3, 24, 37).to_sparse(), "out: a Tensor has the layout torch.sparse_coo; give one that torch.empty makes"),
        (fake, "out: a FakeTensor has no memory"),
    ]:
        with pytest.raises(pixfuse.PipelineError, match=message):
            pixfuse.Pipeline(BFLOAT16)(noise(45, 53, 3), out=wrong)
    message = "out: a Tensor of torch.bfloat16, which numpy has not; give one that torch.empty makes"
    with pytest.raises(pixfuse.PipelineError, match=message):
        pixfuse.Pipeline(TEXT)(noise(45, 53, 3), out=zeros(3, 24, 37))


def test_tensors_without_an_array_are_refused_by_name(noise, torch):
    """Each by the argument, with what to do; and what torch itself says is the cause where nothing better is known."""
    pipe = pixfuse.Pipeline(TEXT)
    pixels = torch.from_numpy(noise(45, 53, 3))
    with torch._subclasses.fake_tensor.FakeTensorMode():
        fake = torch.zeros(45, 53, 3, dtype=torch.uint8)
    floats = pixels.float()
    for wrong, message in [
        (floats.clone().requires_grad_(), "requires grad; give its detach()"),
        (torch.nn.Parameter(floats.clone()), "requires grad; give its detach()"),
        (pixels.bfloat16(), "of torch.bfloat16, which numpy has not; give its float()"),
        (pixels.to("meta"), "on the device meta has no memory; make it on the CPU"),
        (pixels.to_sparse(), "has the layout torch.sparse_coo; give its to_dense()"),
        (torch.complex(floats, floats).conj(), "has its conjugate bit set; give its resolve_conj()"),
        (torch.complex(floats, floats).conj().imag, "has its negative bit set; give its resolve_neg()"),
        (fake, "has no memory: torch traces a program with it; call the pipeline outside of that"),
    ]:
        with pytest.raises(pixfuse.PipelineError) as raised:
            pipe(wrong)
        assert str(raised.value) == f"image: a {type(wrong).__name__} {message}"
        with pytest.raises(pixfuse.PipelineError, match="^out: a "):
            pipe(pixels, out=wrong)
    with pytest.raises(pixfuse.PipelineError, match="image: expected an array, found the class Tensor; give an instance"):
        pipe(torch.Tensor)


def test_torch_bfloat16_needs_no_other_package(torch):
    program = """
import sys
sys.modules["ml_dtypes"] = None
import numpy, pixfuse, torch
pipe = pixfuse.Pipeline("input(gray8), output(gray, bf16)")
out = torch.zeros((1, 2, 3), dtype=torch.bfloat16)
assert pipe(numpy.full((2, 3), 255, numpy.uint8), out=out) is out and (out == 255).all(), out
try:
    pipe(numpy.zeros((2, 3), numpy.uint8))
except pixfuse.PipelineError as error:
    assert "ml_dtypes" in str(error)
else:
    raise AssertionError("numpy has a bfloat16 of its own")
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(("mode", "channels"), [("L", "gray"), ("RGB", "rgb"), ("RGBA", "rgba")])
@pytest.mark.parametrize(
    "steps",
    [
        "output({}, u8, hwc)",
        "normalize(), output({}, f32, chw)",
        "resize(24, 37, nearest), output({}, u8, chw)",
        "letterbox(24, 37, bilinear, fill = 7), normalize(), output({}, f32, chw)",
        "resize(24, 37, bicubic, antialias), normalize(), output({}, f32, chw)",
    ],
)
def test_pillow(level, noise, mode, channels, steps):
    """Any width: rows of Pillow's are not padded, and are read as if they were not only where that is so."""
    depth = {"L": (), "RGB": (3,), "RGBA": (4,)}[mode]
    for layout in ("hwc", "chw"):
        pipe = pixfuse.Pipeline(f"input({channels}8, {layout}), {steps.format(channels)}")
        dense = pixfuse.Pipeline(f"input({channels}8), {steps.format(channels)}")
        for rows, columns in [(45, 53), (1, 1), (3, 2), (40, 64), (7, 19)]:
            pixels = noise(rows, columns, *depth)
            image = Image.fromarray(pixels)
            np.testing.assert_array_equal(pipe(image), dense(pixels))
            # An image that was loaded has memory of another kind than one made of an array.
            np.testing.assert_array_equal(pipe(image.copy()), dense(pixels))
            np.testing.assert_array_equal(pipe(image.transpose(Image.Transpose.ROTATE_90)), dense(np.rot90(pixels)))


def test_pillow_images_among_others(noise):
    pipe = pixfuse.Pipeline(TEXT)
    pixels = [noise(45, 53, 3), noise(20, 61, 3), noise(33, 8, 3)]
    expected = pipe.batch(pixels)
    images = [Image.fromarray(image) for image in pixels]
    np.testing.assert_array_equal(pipe.batch(images), expected)
    np.testing.assert_array_equal(pipe.batch(images, threads=2), expected)
    np.testing.assert_array_equal(pipe.batch([images[0], pixels[1], images[2]], threads=2), expected)
    with pytest.raises(pixfuse.PipelineError, match="is rgb8, the pipeline reads input\\(bgr8\\)"):
        pixfuse.Pipeline(TEXT.replace("rgb8", "bgr8"))(images[0])
    with pytest.raises(pixfuse.PipelineError, match="mode 'RGB', expected RGBA for .*; write input\\(rgb8\\)"):
        pixfuse.Pipeline(TEXT.replace("rgb8", "rgba8, alpha = drop"))(images[0])


def test_pillow_images_of_several_pieces_and_padded_rows(noise):
    pixels = noise(45, 53, 3)
    expected = pixfuse.Pipeline(TEXT)(pixels)
    settings = Image.core.get_block_size(), Image.core.get_alignment()
    try:
        Image.core.set_block_size(4096)
        np.testing.assert_array_equal(pixfuse.Pipeline(TEXT)(Image.fromarray(pixels)), expected)
        Image.core.set_block_size(settings[0])
        Image.core.set_alignment(64)
        np.testing.assert_array_equal(pixfuse.Pipeline(TEXT)(Image.fromarray(pixels)), expected)
    finally:
        Image.core.set_block_size(settings[0])
        Image.core.set_alignment(settings[1])


def test_an_image_that_pillow_cannot_load(tmp_path, noise):
    whole = tmp_path / "whole.png"
    Image.fromarray(noise(45, 53, 3)).save(whole)
    broken = tmp_path / "broken.png"
    broken.write_bytes(whole.read_bytes()[:2000])
    with pytest.raises(OSError, match="truncated"):
        pixfuse.Pipeline(TEXT)(Image.open(broken))


PEAK = """
import re, sys
import numpy as np, pixfuse
from PIL import Image

def peak():
    # Not `getrusage` on Linux, which starts from the peak of the process that this one was forked from.
    if sys.platform == "linux":
        return int(re.search(r"VmHWM:\\s*(\\d+) kB", open("/proc/self/status").read())[1]) * 1024
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

"""

# Nothing in it is as large as a copy of a view. What a view gives is compared later, so that copies come last.
VIEWS = PEAK + """
interleaved, planar = (
    pixfuse.Pipeline(f"input({form}), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)")
    for form in ("rgb8", "rgb8, chw")
)
four = pixfuse.Pipeline("input(rgba8, alpha = drop), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)")

rows, columns = 4000, 6000
memory = np.empty((rows, columns, 4), np.uint8)
for row in range(rows):
    memory[row] = (np.arange(4 * columns) * 7 + row * 13).reshape(columns, 4) // 11
image = memory.reshape(-1)[: rows * columns * 3].reshape(rows, columns, 3)
locked = image.view()
locked.flags.writeable = False

class Tensor:
    def __init__(self, array): self.array = array
    def __dlpack__(self, **options): return self.array.__dlpack__(**options)
    def __dlpack_device__(self): return (1, 0)

views = {
    "turned": (interleaved, image[::-1, ::2, ::-1]),
    "planes": (planar, image.transpose(2, 0, 1)),
    "read-only": (interleaved, locked),
    "memoryview": (interleaved, memoryview(image)[::-1]),
    "memoryview, turned": (interleaved, memoryview(image[::-1, ::2, ::-1])),
    "DLPack": (interleaved, Tensor(image)),
    "DLPack, planes": (planar, Tensor(image.transpose(2, 0, 1))),
    "DLPack, region": (interleaved, Tensor(image[7:, 9::2])),
}
if "torch" in sys.argv:
    import torch
    views["torch"] = (interleaved, torch.from_numpy(image)[3:, 5:])
    views["torch, channels last"] = (planar, torch.from_numpy(image).permute(2, 0, 1))
    assert views["torch, channels last"][1][None].is_contiguous(memory_format=torch.channels_last)
pillow = Image.fromarray(memory)
if hasattr(pillow, "__arrow_c_array__"):
    views["Pillow RGBA"] = (four, pillow)
    part = pillow.crop((0, 0, 2048, 2040)).convert("RGB")
    views["Pillow RGB"] = (interleaved, part)
small = np.zeros((3, 5, 4), np.uint8)
interleaved(small[..., :3]), four(small), planar(small[..., :3].transpose(2, 0, 1)), interleaved(Image.new("RGB", (5, 3)))
out = np.empty((3, 24, 37), np.float32)
results = {}
for name, (pipe, view) in views.items():
    before = peak()
    results[name] = pipe(view)
    pipe(view, out=out), pipe.batch([view]), pipe.batch([view], threads=2)
    grown = peak() - before
    assert grown < 4 << 20, f"{name}: {grown} bytes"
    assert np.array_equal(out, results[name])
before = peak()
image.copy()
assert peak() - before > image.nbytes // 2, "a copy should be seen"
for name, (pipe, view) in views.items():
    if isinstance(view, Tensor): view = view.array
    assert np.array_equal(pipe(np.array(view, order="C")[..., : 4 if pipe is four else 3] if pipe is not planar else np.array(view, order="C")), results[name]), name
print(len(views), "views")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_no_view_is_copied():
    try:
        import torch  # noqa: F401

        arguments = ["torch"]
    except ImportError:
        arguments = []
    program = [sys.executable, "-c", VIEWS, *arguments]
    run = subprocess.run(program, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split()[0] == str(8 + 2 * len(arguments) + 2 * hasattr(Image.Image, "__arrow_c_array__"))


LARGE = PEAK + """
def grown(image):
    before = peak()
    return pipe(image), peak() - before

pipe = pixfuse.Pipeline("input(rgb8), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)")
small = Image.fromarray(np.random.default_rng(1).integers(0, 256, (256, 256, 3), np.uint8))
pipe(small)
if sys.argv[1:] == ["call"]:
    Image.core.set_use_block_allocator(1)
whole, grew = grown(small.resize((6000, 4000)))
assert grew < 4 << 20, grew
Image.core.set_use_block_allocator(0)
Image.core.set_block_size(16 << 20)
copied, grew = grown(small.resize((6000, 4000)))
assert grew > 4000 * 6000 * 3 // 2, f"{grew} bytes: a copy should be seen"
assert np.array_equal(whole, copied)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
@pytest.mark.skipif(not hasattr(Image.Image, "__arrow_c_array__"), reason="this Pillow gives its pixels to nobody")
@pytest.mark.parametrize(("setting", "environment"), [("call", {}), ("environment", {"PILLOW_BLOCK_SIZE": "1024m"})])
def test_a_large_pillow_image_in_one_piece(setting, environment):
    program = [sys.executable, "-c", LARGE, setting]
    run = subprocess.run(program, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
