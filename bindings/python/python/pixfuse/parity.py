"""Whether a tensor is what a declaration says, and where it is not, which stage made it another.

A stage is found by swapping: the declaration is run again with one stage done as people do it by mistake, and the swap
whose result is the given tensor names the stage. Nothing is guessed from the size of a difference, but for the decoder
of a file, whose other pixels cannot be made here.

>>> import numpy, pixfuse.parity
>>> text = "input(rgb8), resize(8, 8, bilinear, antialias), normalize(), output(rgb, f32, chw)"
>>> image = numpy.random.default_rng(1).integers(0, 256, (20, 30, 3), numpy.uint8)
>>> given = pixfuse.Pipeline(text.replace("bilinear, antialias", "bicubic, antialias"))(image)
>>> print(pixfuse.parity.compare(text, image, given))
filter: the tensor is that of resize(8, 8, bicubic, antialias)
"""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy

from . import _text
from ._pixfuse import Pipeline, PipelineError

__all__ = ["STAGES", "Difference", "compare"]

STAGES = (
    "decode",
    "orientation",
    "colour",
    "channel order",
    "size rule",
    "crop",
    "filter",
    "rounding",
    "rescale",
    "normalise",
    "normalise order",
    "layout",
)

# What is no rounding of f32 any more, of the largest value.
_NEAR = 2e-5


@dataclass(frozen=True)
class Difference:
    """How a tensor differs from what a declaration gives."""

    stage: str | None
    """One of STAGES, or None: where `values` is 0 the tensors are equal, else no swap explains them."""
    explanation: str
    values: float
    """The part of all values that differ."""
    most: float
    """The largest difference."""

    def __str__(self) -> str:
        return self.explanation if self.stage is None else f"{self.stage}: {self.explanation}"


def compare(declaration: "str | Pipeline", image: Any, given: Any) -> Difference:
    """Compares a tensor with what a declaration gives for an image, or for the bytes of a file.

    `given` has the shape of the pipeline's output, or that with its channels moved to the other end; leading ones do not
    count.
    """
    pipe = declaration if isinstance(declaration, Pipeline) else Pipeline(declaration)
    source = _Source(image)
    expected = source.run(pipe)
    given = numpy.asarray(given)
    while given.ndim > expected.ndim and given.shape[0] == 1:
        given = given[0]
    if given.shape != expected.shape:
        turned = _turned(given, expected.shape)
        if turned is not None:
            return Difference("layout", f"shape {given.shape}, expected {expected.shape}: channels are at the other end", 1.0, numpy.inf)
        for stage, said, swapped in _sizes(pipe.spec):
            if _shape(swapped, source) == given.shape:
                return Difference(stage, f"shape {given.shape}, expected {expected.shape}; {said} gives it", 1.0, numpy.inf)
        return Difference(None, f"shape {given.shape}, expected {expected.shape}", 1.0, numpy.inf)
    values, most = _difference(given, expected)
    if values == 0:
        return Difference(None, "equal, every bit", 0.0, 0.0)
    span = max(float(numpy.abs(expected.astype(numpy.float64)).max()), 1e-3)
    near: tuple[float, str, str] | None = None
    for stage, said, make in _swaps(pipe.spec, source):
        try:
            swapped = make()
        except PipelineError:
            continue
        if swapped.shape != given.shape:
            continue
        if numpy.array_equal(swapped, given):
            return Difference(stage, f"the tensor is that of {said}", values, most)
        rest = _difference(given, swapped)[1]
        if rest < _NEAR * span and (near is None or rest < near[0]) and rest < most / 4:
            near = (rest, stage, said)
    if near is not None:
        return Difference(near[1], f"the tensor is that of {near[2]}, to within {near[0]:.2g}", values, most)
    if most < _NEAR * span:
        return Difference("normalise order", f"equal to within {most:.2g}: another order of operations", values, most)
    if source.is_jpeg and float(numpy.abs(given - expected).mean()) < 0.1 * float(expected.std() + 1e-9):
        return Difference("decode", "no swap of a later stage gives the tensor, and the file is a JPEG: another decoder's pixels", values, most)
    return Difference(None, f"{values:.1%} of values differ, by at most {most:.3g}; no single stage explains it", values, most)


class _Source:
    """An image, or a file that is decoded for each pipeline."""

    def __init__(self, image: Any) -> None:
        self.is_file = isinstance(image, (bytes, bytearray, memoryview))
        self.image = bytes(image) if self.is_file else image
        self.is_jpeg = self.is_file and self.image[:2] == b"\xff\xd8"

    def run(self, pipe: Pipeline, **options: Any) -> Any:
        return pipe.decode(self.image, **options) if self.is_file else pipe(self.image, **options)


def _difference(given: Any, expected: Any) -> tuple[float, float]:
    """The part of the values that differ, and the most."""
    differs = given != expected
    with numpy.errstate(invalid="ignore", over="ignore"):
        apart = numpy.abs(given.astype(numpy.float64) - expected.astype(numpy.float64))
    return float(differs.mean()), float(apart.max(initial=0.0))


def _turned(given: Any, shape: tuple[int, ...]) -> Any:
    if given.ndim != 3:
        return None
    return next((axes for axes in ((2, 0, 1), (1, 2, 0)) if tuple(given.shape[axis] for axis in axes) == shape), None)


def _shape(text: str, source: _Source) -> tuple[int, ...] | None:
    try:
        return tuple(source.run(Pipeline(text)).shape)
    except PipelineError:
        return None


_FILTERS = (
    "nearest",
    "nearest_exact",
    "bilinear",
    "area",
    "lanczos4",
    "bicubic",
    "box, antialias",
    "bilinear, antialias",
    "hamming, antialias",
    "bicubic, antialias",
    "lanczos, antialias",
    "bilinear, antialias, like = torch",
    "bicubic, antialias, like = torch",
)
_ORDERS = ("fused", "torchvision", "torchvision_v2", "hf_pil", "hf_torch", "opencv", "numpy")
_SAMPLING = re.compile(
    r"\b(nearest_exact|nearest_floor|nearest|bilinear|bicubic|area|lanczos4|lanczos|box|hamming)\b"
    r"((?:, (?:antialias|like = \w+|pillow = \d+|precision = \w+|of = \w+|clamp = \w+))*)"
)


def _sizes(text: str) -> Iterator[tuple[str, str, str]]:
    """Declarations of another size: stage, words, text."""
    clauses = _text.clauses(text)
    resize = clauses.get("resize")
    if resize is None:
        return
    sampling = _SAMPLING.search(resize)
    if sampling is None:
        return
    filter_text = sampling[0]
    side = re.search(r"\b(shortest|longest) = (\d+)", resize)
    exact = re.match(r"(\d+), (\d+)", resize)
    crop = re.match(r"(\d+), (\d+)", clauses.get("center_crop", ""))
    sizes: list[str] = []
    if side is not None:
        sizes += [f"{side[2]}, {side[2]}", f"longest = {side[2]}", f"shortest = {side[2]}"]
        if crop is not None:
            sizes += [f"{crop[1]}, {crop[2]}", f"shortest = {crop[1]}"]
    elif exact is not None:
        sizes += [f"shortest = {min(int(exact[1]), int(exact[2]))}", f"longest = {max(int(exact[1]), int(exact[2]))}"]
        sizes += [f"{exact[2]}, {exact[1]}"]
    for size in sizes:
        changed = f"{size}, {filter_text}"
        if changed == resize:
            continue
        yield "size rule", f"resize({changed})", _text.replaced(text, resize=changed)
        if exact is not None:
            cropped = f"{exact[1]}, {exact[2]}"
            yield "size rule", f"resize({changed}), center_crop({cropped})", _text.replaced(text, resize=changed, center_crop=cropped)
        if crop is not None:
            yield "size rule", f"resize({changed}) without a crop", _text.replaced(text, resize=changed, center_crop=None)


def _swaps(text: str, source: _Source) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """Every swap: its stage, what is swapped in words, and the tensor it gives."""

    def other(stage: str, said: str, changed: str, **options: Any) -> tuple[str, str, Callable[[], Any]]:
        return stage, said, lambda: source.run(Pipeline(changed), **options)

    clauses = _text.clauses(text)
    normalize, output = clauses.get("normalize"), clauses["output"]
    for order in _ORDERS if normalize is not None else ():
        changed = _text.argument(normalize or "", "order", None if order == "fused" else order)
        yield other("normalise order", f"normalize({changed})", _text.replaced(text, normalize=changed))
    for orient in range(1, 9):
        yield other("orientation", f"the image turned as EXIF {orient} says", text, orient=orient)
    for alpha in ("alpha = drop", "alpha = premultiply", "alpha = over, background = 0", "alpha = over, background = 255"):
        stored = clauses["input"].split(",")[0]
        if stored in ("rgba8", "bgra8"):
            yield other("colour", alpha, _text.replaced(text, input=f"{stored}, {alpha}"))
    # Who reads BGR and says RGB, or the reverse: mean and std stay where they are.
    if output.startswith(("rgb", "bgr")):
        yield _of_channels("channel order", "red and blue changed over", text, source)
    if normalize is not None:
        mean, std = _text.numbers(normalize, "mean"), _text.numbers(normalize, "std")
        for names in (("mean", "std"), ("mean",), ("std",)):
            changed = normalize
            for name, values in (("mean", mean), ("std", std)):
                if name in names and values is not None:
                    changed = _text.argument(changed, name, str(values[::-1]))
            if changed != normalize:
                yield other("normalise", f"{' and '.join(names)} in the other order", _text.replaced(text, normalize=changed))
        for scale in ("0.003922", "0.0039", "1/256", "1", "1/127.5"):
            changed = _text.argument(normalize, "scale", scale)
            yield other("rescale", f"scale = {scale}", _text.replaced(text, normalize=changed))
            plain = _text.argument(changed, "order", None)
            yield other("rescale", f"scale = {scale}, fused", _text.replaced(text, normalize=plain))
    for stage, said, changed in _sizes(text):
        yield other(stage, said, changed)
    for name in ("resize", "letterbox"):
        arguments = clauses.get(name)
        found = _SAMPLING.search(arguments) if arguments is not None else None
        if arguments is None or found is None:
            continue
        for filter_text in _FILTERS:
            if filter_text != found[0]:
                changed = arguments.replace(found[0], filter_text, 1)
                yield other("filter", f"{name}({changed})", _text.replaced(text, **{name: changed}))
        # Filters that do not round to a u8, and those that round otherwise.
        plain = "".join(part for part in (found[1], ", antialias" if "antialias" in found[2] else ""))
        if found[1] in ("bilinear", "bicubic", "box", "hamming", "lanczos"):
            changed = arguments.replace(found[0], f"{plain}, precision = f32", 1)
            float_text = _text.replaced(text, **{name: changed})
            unordered = _text.replaced(float_text, normalize=_text.argument(normalize, "order", None)) if normalize is not None else float_text
            yield other("rounding", f"{name}({changed}): not rounded to a u8", unordered)
            for said, rounded in (
                ("rounded half away from zero", lambda values: numpy.floor(values + 0.5)),
                ("truncated", numpy.floor),
                ("rounded half to even", numpy.rint),
            ):
                yield _rounded(f"{name}({changed}), {said}", text, _text.replaced(float_text, normalize=None), rounded, source)
    crop = clauses.get("center_crop")
    if crop is not None:
        size = crop.split(", rounding")[0]
        for rounding in ("half_even", "floor", "truncate"):
            changed = size if rounding == "half_even" else f"{size}, rounding = {rounding}"
            if changed != crop:
                yield other("crop", f"center_crop({changed})", _text.replaced(text, center_crop=changed))
        yield from _moved(text, size, source)


def _moved(text: str, size: str, source: _Source) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """A crop that begins a pixel or two beside."""
    sides = re.match(r"(\d+), (\d+)", size)
    if sides is None:
        return
    pipe = Pipeline(text)
    if source.is_file:
        geometry = pipe.decode_geometry(source.image)
    else:
        shape = numpy.shape(source.image)
        if len(shape) < 2:
            return
        geometry = pipe.geometry(shape[0], shape[1])
    top, left = (-offset for offset in geometry.offset)
    if top < 0 or left < 0:
        return
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            if (down, right) != (0, 0) and top + down >= 0 and left + right >= 0:
                window = f"{top + down}, {left + right}, {sides[1]}, {sides[2]}"
                changed = _text.replaced(text, center_crop=None, crop=window)
                yield "crop", f"crop({window})", functools.partial(_run, source, changed)


def _run(source: _Source, text: str) -> Any:
    return source.run(Pipeline(text))


def _of_channels(stage: str, said: str, text: str, source: _Source) -> tuple[str, str, Callable[[], Any]]:
    """Red and blue changed over before they are normalised."""

    def run() -> Any:
        clauses = _text.clauses(text)
        normalize, output = clauses.get("normalize"), clauses["output"]
        turned = output.replace("rgb", "BGR").replace("bgr", "rgb").replace("BGR", "bgr")
        # The output's other order has the other channels in its places, and mean and std stay in theirs.
        return source.run(Pipeline(_text.replaced(text, output=turned, normalize=normalize)))

    return stage, said, run


def _rounded(
    said: str, text: str, unmapped: str, rounded: Callable[[Any], Any], source: _Source
) -> tuple[str, str, Callable[[], Any]]:
    """The resampled values, rounded to a u8 in another way and then normalised as the declaration says."""

    def run() -> Any:
        clauses = _text.clauses(unmapped)
        layout = "hwc" if "hwc" in clauses["output"] else "chw"
        channels = clauses["output"].split(",")[0]
        floats = source.run(Pipeline(_text.replaced(unmapped, output=f"{channels}, f32, {layout}")))
        pixels = numpy.clip(rounded(floats), 0, 255).astype(numpy.uint8)
        whole = _text.clauses(text)
        # Of pixels that are there: no resize and no crop.
        stored = {"rgb": "rgb8", "bgr": "bgr8", "gray": "gray8", "rgba": "rgba8", "bgra": "bgra8"}[channels]
        rest = {"input": f"{stored}, {layout}", "output": whole["output"]}
        if "normalize" in whole:
            rest["normalize"] = whole["normalize"]
        order = ("input", "normalize", "output")
        return Pipeline(", ".join(f"{name}({rest[name]})" for name in order if name in rest))(pixels)

    return "rounding", said, run
