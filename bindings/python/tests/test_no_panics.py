"""Nothing panics, whatever is passed."""

import random

import numpy as np
from awkward import GpuTensor, Throws, endless
from PIL import Image
from pixfuse import Pipeline

TEXT = "input(rgb8), resize(8, 16, bilinear), normalize(), output(rgb, f32, chw)"
OPEN = "input(rgb8), resize(_, _, bilinear), normalize(mean = _), output(rgb, f32, chw)"
IMAGE = np.zeros((20, 30, 3), np.uint8)
FULL = {"rows": 8, "columns": 16, "mean": 0.5}


def things():
    """Objects that are no argument of anything, and some that are."""
    yield from (None, True, False, 0, -1, 8, 2**31, 2**63, 2**64, 10**400, 0.5, -0.0, 1e308, 1e-320)
    yield from (float("nan"), float("inf"), "", "_", "rgb8", "0.5", "\0", "\ud800", "(" * 5000, "input(" * 999)
    yield from (b"", b"abc", bytearray(9), memoryview(b"abc"), (), [], {}, set(), endless(), [None], [[0.5]])
    yield from (
        {"mean": endless()},
        {"std": [0, 0, 0]},
        {None: 1},
        {"a b": 1},
        {"mean": {"mean": 1}},
        ["nearest", {"x": "y"}],
    )
    yield from (object(), object, np.ndarray, int, len, iter([]), range(3), Throws(), GpuTensor(), 1j, Ellipsis, np)
    for dtype in ("u1", "i1", "?", "u2", ">u2", "f2", "f4", "f8", "c8", "O", "S3", "U2", "M8[s]", "u1,f4", "V3"):
        for shape in ((), (0,), (3,), (4, 5), (4, 5, 3), (3, 4, 5), (0, 5, 3), (3, 8, 16), (2, 3, 8, 16)):
            yield np.zeros(shape, dtype)
    yield np.broadcast_to(np.uint8(1), (200, 300, 3))
    yield np.ma.masked_array(IMAGE, IMAGE == 0)
    yield from (Image.new(mode, (5, 4)) for mode in ("1", "L", "P", "RGB", "RGBA", "LAB", "I", "F", "I;16"))


def test_no_argument_causes_a_panic():
    given = list(things())
    chance = random.Random(3)
    pick = lambda: chance.choice(given)
    pipes = [
        Pipeline(TEXT),
        Pipeline("input(gray8), output(gray, u8, hwc)"),
        Pipeline("input(rgb8, chw), resize(3, 5, nearest), output(bgr, u8, hwc)"),
        Pipeline("input(nv12), resize(3, 5, bilinear), output(rgb, f16, chw)"),
        Pipeline("input(i420), output(rgb, u8, hwc)"),
        Pipeline("input(yuyv, orient = 6), output(rgb, bf16)"),
        Pipeline("input(rgb16), resize(3, 5, bilinear, precision = f32), output(rgb, f32)"),
        Pipeline("input(gray32f), output(rgb, i8, chw, scale = 0.5)"),
    ]
    sides = ["rows", "columns", "shortest", "longest", "crop_rows", "crop_columns"]
    values = [*sides, "scale", "mean", "std", "eps"]
    clauses = ["input", "resize", "letterbox", "center_crop", "crop", "pad", "normalize", "output", "blur", ""]
    geometry = Pipeline("input(rgb8), letterbox(64, 32, bilinear), output(rgb, u8, hwc)").geometry(50, 40)
    maps = [geometry.map_points, geometry.unmap_points, geometry.map_boxes, geometry.unmap_boxes]

    def some(names):
        return {name: pick() for name in chance.sample(names, chance.randrange(len(names)))}

    calls = [
        *(lambda thing=thing, pipe=pipe: pipe(thing) for thing in given for pipe in pipes),
        *(lambda thing=thing, pipe=pipe: pipe.batch(thing) for thing in given for pipe in pipes),
        *(lambda thing=thing, pipe=pipe: pipe(IMAGE, out=thing) for thing in given for pipe in pipes),
        *(lambda thing=thing, pipe=pipe: pipe.decode(thing) for thing in given for pipe in pipes),
        *(lambda thing=thing, pipe=pipe: pipe.decode_batch(thing) for thing in given for pipe in pipes),
        *(lambda thing=thing: pipes[0](IMAGE, orient=thing) for thing in given),
        *(lambda thing=thing: Pipeline(thing) for thing in given),
        *(lambda thing=thing, name=name: Pipeline(OPEN, **FULL | {name: thing}) for thing in given for name in values),
        *(lambda: Pipeline(OPEN, **some(values)) for _ in range(500)),
        *(lambda: Pipeline(**some(clauses + values)) for _ in range(1000)),
        *(
            lambda: Pipeline(**{"input": "rgb8", "output": "rgb, f32"} | {chance.choice(clauses): pick()})
            for _ in range(1000)
        ),
        *(lambda: chance.choice(pipes)(pick(), pick()) for _ in range(1000)),
        *(lambda: chance.choice(pipes).batch([pick(), pick()], out=pick()) for _ in range(500)),
        *(lambda: chance.choice(pipes).decode(pick(), pick(), orient=pick(), max_pixels=pick()) for _ in range(500)),
        *(lambda: chance.choice(pipes).decode_batch([pick()], threads=pick()) for _ in range(200)),
        *(lambda: chance.choice(pipes).decode_geometry(pick(), orient=pick()) for _ in range(200)),
        *(lambda: chance.choice(pipes).output_shape(pick(), pick()) for _ in range(500)),
        *(lambda: chance.choice(pipes).geometry(pick(), pick()) for _ in range(500)),
        *(lambda thing=thing, map=map: map(thing) for thing in given for map in maps),
        *(lambda: chance.choice(maps)(pick(), clip=pick()) for _ in range(500)),
        *(lambda: chance.choice([*pipes, geometry]) == pick() for _ in range(100)),
    ]
    failed = 0
    for call in calls:
        # A panic would be a BaseException, and end the test.
        try:
            call()
        except (ValueError, TypeError, RuntimeError, MemoryError, BufferError) as error:
            failed += 1
            assert str(error)
    assert failed > len(calls) / 2


def test_a_hundred_thousand_random_arguments():
    """Small images and outputs of any dtype, shape and strides: a result or an error, and no byte beside the output."""
    chance = random.Random(11)
    dtypes = [np.uint8, np.uint8, np.uint8, np.uint16, np.float32, np.float16, np.int8]
    inputs = ["rgb8", "gray8", "rgba8, alpha = drop", "rgb8, chw", "nv12", "nv21", "i420", "yuyv", "rgb16", "gray32f"]
    resizes = ["", "resize(3, 5, nearest), ", "resize(9, 4, bilinear), ", "letterbox(8, 8, bilinear, antialias), "]
    outputs = ["rgb, f32, chw", "bgr, u8, hwc", "rgb, f16, hwc", "rgb, i8, chw, scale = 0.1"]
    pipes = []
    for source in inputs:
        for resize in resizes:
            for output in outputs:
                try:
                    pipes.append(Pipeline(f"input({source}), {resize}output({output})"))
                except ValueError:
                    assert source in ("rgb16", "gray32f")
    side = lambda: chance.choice((0, 1, 2, 3, 4, 6, 7, 9, 12, 16))

    def array():
        shape = [(side(), side(), 3), (side(), side()), (3, side(), side()), (side(), side(), side())]
        memory = np.full(chance.choice(shape), 7, chance.choice(dtypes))
        steps = [slice(None, None, chance.choice((1, 1, 1, -1, 2))) for _ in memory.shape]
        return memory[tuple(steps)]

    def fitting(pipe):
        """An image that the pipeline reads, unless a side is 0."""
        rows, columns = side(), side()
        source = pipe.spec[len("input(") :].split(",")[0].split(")")[0]
        if source in ("nv12", "nv21", "i420"):
            return np.zeros((rows // 2 * 3, columns // 2 * 2), np.uint8)
        channels = {"gray8": 1, "gray32f": 1, "rgba8": 4, "yuyv": 2}.get(source, 3)
        dtype = {"rgb16": np.uint16, "gray32f": np.float32}.get(source, np.uint8)
        shape = (channels, rows, columns) if ", chw)" in pipe.spec.split("output")[0] else (rows, columns, channels)
        return np.zeros(shape, dtype)[:: chance.choice((1, -1))]

    def image():
        if chance.random() < 0.2:
            return tuple(array() for _ in range(chance.randrange(4)))
        return array()

    ran = 0
    for _ in range(100_000):
        pipe = chance.choice(pipes)
        given = fitting(pipe) if chance.random() < 0.5 else image()
        out = around = None
        if chance.random() < 0.5:
            try:
                rows, columns = given.shape[:2]
                shape = pipe.output_shape(rows, columns)
            except (AttributeError, ValueError):
                shape = (3, side(), side())
            dtype = np.dtype(pipe.dtype)
            size = int(np.prod(shape))
            around = np.full(size + 64, 85, dtype)
            out = around[32 : 32 + size].reshape(shape)
        try:
            if chance.random() < 0.2:
                pipe.batch([given, image()], threads=chance.choice((1, 2)))
            else:
                pipe(given, out=out, orient=chance.choice((None, None, 3, 6, 9)))
            ran += 1
        except ValueError as error:
            assert str(error)
        if around is not None:
            assert (around[:32] == 85).all() and (around[len(around) - 32 :] == 85).all()
    assert ran > 20_000
