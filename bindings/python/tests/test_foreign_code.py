"""Code of the caller's that runs inside a call, and what it may do there: change the very arrays that were given.

Each case runs in a process of its own: what it would break is memory.
"""

import subprocess
import sys

import pytest

BEFORE = """
import gc, sys
import numpy as np
from PIL import Image
from pixfuse import Pipeline, PipelineError

TEXT = "input(rgb8), resize(4, 4, bilinear, antialias), output(rgb, u8, hwc)"
# Large enough to be memory of its own, which the system takes back at once.
SHAPE = (3000, 1000, 3)
image = np.full(SHAPE, 9, np.uint8)

def free():
    image.resize((1, 1, 3), refcheck=False)

class Index:
    def __init__(self, value): self.value = value
    def __index__(self):
        free()
        return self.value

class Out:
    '''A tensor of DLPack, whose code frees the image.'''
    def __init__(self): self.array = np.empty((4, 4, 3), np.uint8)
    def __dlpack_device__(self): return self.array.__dlpack_device__()
    def __dlpack__(self, **options):
        free()
        return self.array.__dlpack__(**options)

class Other:
    '''An image, whose code frees another one.'''
    def __init__(self, array): self.array = array
    @property
    def __array_interface__(self):
        free()
        return self.array.__array_interface__

def expect(call, words):
    try:
        result = call()
    except PipelineError as error:
        assert words is not None and words in str(error), error
    else:
        assert words is None, result
"""

CASES = {
    # The array is looked at behind that, so it is one pixel, which gives a tensor as any.
    "orient": "expect(lambda: Pipeline(TEXT)(image, orient=Index(3)), None)",
    "threads": "expect(lambda: Pipeline(TEXT)(image, threads=Index(2)), None)",
    "threads of a batch": "expect(lambda: Pipeline(TEXT).batch([image], threads=Index(2)), None)",
    "out": "expect(lambda: Pipeline(TEXT)(image, out=Out()), None)",
    "out of a shape that follows": """
whole = "input(rgb8), output(rgb, u8, hwc)"
out = Out()
out.array = np.empty(SHAPE, np.uint8)
expect(lambda: Pipeline(whole)(image, out=out), "out: ")
""",
    "out that frees itself": """
class Out:
    array = np.empty(SHAPE, np.uint8)
    def __dlpack_device__(self): return (1, 0)
    def __dlpack__(self, **options): return self.array.__dlpack__(**options)
class Index:
    def __index__(self):
        Out.array.resize((1, 1, 3), refcheck=False)
        return 1
expect(lambda: Pipeline("input(rgb8), output(rgb, u8, hwc)")(image, out=Out.array, threads=Index()), "out: shape (1, 1, 3)")
""",
    "another image of the batch": """
small = np.full((5, 5, 3), 7, np.uint8)
expect(lambda: Pipeline(TEXT).batch([image, Other(small)]), None)
""",
    "an iterator": """
def images():
    yield image
    free()
    yield np.full((5, 5, 3), 7, np.uint8)
expect(lambda: Pipeline(TEXT).batch(images()), None)
""",
    "another dtype": """
def free():
    image.shape = (3000, 3000)
    image.dtype = [("a", "u1", (1,))]
expect(lambda: Pipeline(TEXT)(image, out=Out()), "image: got another dtype while the arguments were read")
""",
    "planes": """
luma, chroma = np.full((3000, 1000), 9, np.uint8), np.full((1500, 500, 2), 9, np.uint8)
def free():
    luma.resize((1, 1), refcheck=False)
pipe = Pipeline("input(nv12), resize(4, 4, bilinear), output(rgb, u8)")
expect(lambda: pipe((luma, Other(chroma))), "image: plane 1: shape (1500, 500, 2), expected (1, 1, 2)")
""",
    "Pillow's memory": """
import ctypes

class Released(Image.Image):
    '''Gives its memory to somebody else as soon as it can.'''
    def __arrow_c_array__(self, requested_schema=None):
        self.capsules = super().__arrow_c_array__(requested_schema)
        return self.capsules

class Array(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in "length nulls offset buffers children".split()] + [
        (name, ctypes.c_void_p) for name in "data child dictionary release private".split()
    ]

picture = Image.new("RGB", (1000, 1000))
picture.__class__ = Released
pointer = ctypes.pythonapi.PyCapsule_GetPointer
pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]

def free():
    array = Array.from_address(pointer(picture.capsules[1], b"arrow_array"))
    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(array.release)(ctypes.addressof(array))
    picture.im = None

if hasattr(Image.Image, "__arrow_c_array__"):
    expect(lambda: Pipeline(TEXT)(picture, out=Out()), "image: the Pillow image gave its memory to somebody else")
""",
    "a dict that grows while it is read": """
class Number:
    def tolist(self):
        clause["std"] = 1
        return 0.5
clause = {"mean": Number()}
pipe = Pipeline(input="rgb8", normalize=clause, output="rgb, f32")
assert pipe.spec == "input(rgb8), normalize(mean = 0.5), output(rgb, f32, chw)", pipe.spec
""",
    "a list that shrinks while it is read": """
class Number:
    def tolist(self):
        mean.clear()
        return 0.5
mean = [Number(), 1, 2]
expect(lambda: Pipeline(input="rgb8", normalize={"mean": mean}, output="rgb, f32"), None)
""",
}


@pytest.mark.parametrize("name", CASES)
def test_foreign_code(name):
    run = subprocess.run([sys.executable, "-c", BEFORE + CASES[name]], capture_output=True, text=True)
    assert run.returncode == 0, (run.returncode, run.stdout + run.stderr)
