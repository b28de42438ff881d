"""Uses all of the public interface; `mypy --strict` reads it, and it runs."""

import io
import pickle
import weakref
from typing import Any, assert_type

import numpy as np
import numpy.typing as npt
import pixfuse
from PIL import Image
from pixfuse import presets

pipe = pixfuse.Pipeline(
    "input(rgb8), resize(_, 8, bilinear), normalize(mean = _), output(rgb, f32, chw)", rows=4, mean=[0.5, 0.4, 0.3]
)
same = pixfuse.Pipeline(
    input="rgb8",
    resize=(None, 8, "bilinear"),
    normalize={"mean": (0.5, 0.4, 0.3)},
    output=("rgb", "f32", "chw"),
    rows=4,
)
dropped = pixfuse.Pipeline(input=("rgba8", {"alpha": "drop"}), normalize=True, output="rgb, f32")
letterbox = pixfuse.Pipeline(
    input="bgr8",
    letterbox=(None, 8, "bilinear", {"stride": 4, "scale_up": False, "fill": [1, 2, 3]}),
    pad=(1, 2, 3, 4),
    output=("rgb", "f32", "chw"),
    rows=4,
)
cropped = pixfuse.Pipeline(
    input="rgb8",
    resize=({"shortest": None}, "bilinear", "antialias"),
    center_crop=(None, "_"),
    output="rgb, f32",
    shortest=8,
    crop_rows=4,
    crop_columns=5,
)
assert pipe == same and hash(pipe) == hash(same)

image = np.zeros((10, 20, 3), np.uint8)
tensor = pipe(image)
assert_type(tensor, npt.NDArray[Any])
out = np.empty((3, 4, 8), np.float32)
same_array: npt.NDArray[np.float32] = pipe(image, out=out)


def allocated(shape: tuple[int, ...], dtype: str) -> npt.NDArray[np.float32]:
    return np.empty(shape, dtype)


of_a_function: npt.NDArray[np.float32] = pipe(image, allocated)
of_all: npt.NDArray[np.float32] = pipe.batch([image], out=allocated)
pipe(memoryview(image.tobytes()).cast("B", (10, 20, 3)))
pipe(Image.new("RGB", (20, 10)))
block = pipe.batch([image, image[::-1]], out=np.empty((2, 3, 4, 8), np.float32))
pipe.batch(image for _ in range(2))

file = io.BytesIO()
Image.new("RGB", (20, 10)).save(file, "PNG")
assert_type(pipe.decode(file.getvalue(), orient=6, max_pixels=200, max_side=20), npt.NDArray[Any])
decoded: npt.NDArray[np.float32] = pipe.decode(bytearray(file.getvalue()), out)
assert_type(pipe.decode_batch([file.getvalue(), file.getbuffer()], threads=2), npt.NDArray[Any])
pipe.decode_batch([file.getvalue()], out=np.empty((1, 3, 4, 8), np.float32), orient=None, max_pixels=None)
pipe.decode(io.BytesIO(file.getvalue()))
assert_type(pipe.decode_batch([file, None], on_error="fill", fill=0.5)[0], npt.NDArray[Any])
skipped, failures = pipe.decode_batch([b"", "no such file"], on_error="skip")
codes: list[str] = [failure["code"] for failure in failures if failure["index"] or failure["name"] is None]
assert codes == ["unknown_format", "unreadable"] and skipped.shape == (0, 3, 4, 8)
header: pixfuse.Header = pixfuse.probe(file)
assert letterbox.geometry(*header.stored, orient=header.orientation) == letterbox.decode_geometry(file)
try:
    pipe.decode(b"")
except pixfuse.FileError as error:
    code: str = error.code
pipe(image, orient=3)
pipe.run(Image.new("RGB", (20, 10)), orient="exif")
pipe.batch([Image.new("RGB", (20, 10))], orient="exif")
pipe.decode(file.getvalue(), orient="stored")

shape: tuple[int, ...] = pipe.output_shape(10, 20)
assert pipe.output_shape(10, 20, orient=6) == shape
geometry: pixfuse.Geometry = letterbox.geometry(10, 20)
assert_type(geometry.unmap_boxes([[0, 0, 8, 4], [1.5, 0, 2, 3]], clip=True), npt.NDArray[np.float64])
assert_type(geometry.map_points(np.zeros((5, 2), np.float32)), npt.NDArray[np.float64])
assert_type(geometry.matrix @ np.ones(3), npt.NDArray[np.float64])
numbers: tuple[float, ...] = (*geometry.source_box, *geometry.scale, *geometry.offset, *geometry.content)
assert letterbox.decode_geometry(file.getvalue(), orient=8) == letterbox.geometry(10, 20, orient=8)
assert {geometry: 1}[pickle.loads(pickle.dumps(geometry))] == 1 and weakref.ref(pipe)() is pipe
assert geometry == letterbox.geometry(10, 20) and geometry.source == (10, 20)
words: list[str] = [pipe.spec, pipe.level, pipe.dtype, pipe.explain(), pixfuse.decoders(), *pixfuse.levels(), pixfuse.__version__]
preset: pixfuse.Pipeline = presets.imagenet
names: list[str] = presets.names()

try:
    pipe(image[0])
except pixfuse.PipelineError as error:
    assert isinstance(error, ValueError)
else:
    raise AssertionError

try:
    pixfuse.Pipeline(5)  # type: ignore[call-overload]
except pixfuse.PipelineError:
    pass


def misspelled() -> None:
    """Never called: what the tables of clauses do not have is no argument."""
    pixfuse.Pipeline(input="rgb8", resize=(8, 8, "bilinaer"), output=("rgb", "f32"))  # type: ignore[arg-type]
    pixfuse.Pipeline(input="rgb8", letterbox=(8, 8, "bilinear", {"scaleup": False}), output="rgb, f32")  # type: ignore[arg-type]
    pixfuse.Pipeline(input=("rgba8", {"alpha": "dorp"}), output="rgb, f32")  # type: ignore[arg-type]
    pixfuse.Pipeline(input="rgb8", tiles=(8, 8, "area", {"rule": "internvl", "max": "6"}), output="rgb, u8")  # type: ignore[arg-type]
    pixfuse.Pipeline(input="rgb8", blur=3, output="rgb, f32")  # type: ignore[call-overload]
    letterbox.replace(element="f33")  # type: ignore[arg-type]


sized = pixfuse.Pipeline(
    input="rgb8",
    resize=[{"rule": "qwen2_vl", "multiple": 28, "min_pixels": 784, "max_pixels": 7840}, "bicubic", "antialias"],
    output=["rgb", "f32"],
)
replaced = pipe.replace(filter=("bicubic", "antialias", {"like": "torch"}), normalize={"mean": 0.5, "scale": "1/255"})
for mistake in [] if sized == replaced else pixfuse.PipelineError().mistakes:
    assert_type(mistake["expected"], list[str] | range | None)
