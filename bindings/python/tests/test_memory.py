"""No input ends the process: with 1 GiB of memory each call gives the right tensor or an error, and little is kept."""

import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pixfuse
import pytest

WIDE = 40_000_000


def png(columns, rows, data):
    """A file of one bit a pixel, whose pixels are whatever `data` says."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", columns, rows, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def white(columns):
    return png(columns, 1, zlib.compress(b"\0" + b"\xff" * -(-columns // 8), 9))


def resident():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def limited():
    """In the child."""
    import resource

    files = [white(WIDE + 8 * more) for more in range(4)]
    assert max(map(len, files)) < 6000
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    before, outcomes = resident(), []

    def check(case, call):
        try:
            tensor = call()
        except (pixfuse.PipelineError, MemoryError) as error:
            said = ("memory", "Memory", "the most is", "damaged", "too early")
            assert any(words in repr(error) for words in said), (case, error)
            outcomes.append("error")
        else:
            assert (np.asarray(tensor, np.float32) == 255).all(), case
            outcomes.append("tensor")
            del tensor
        grown = resident() - before
        assert grown < 64 << 20, f"{case}: {grown >> 20} MiB more than before"

    for filter, count in [("lanczos, antialias", 4), ("area", 1)]:
        pipe = pixfuse.Pipeline(f"input(rgb8), resize(7, 9, {filter}), output(rgb, u8)")
        for file in files[:count]:
            try:
                pipe.decode(file)
            except pixfuse.PipelineError as error:
                assert "max_side = 65535" in str(error)
            check(filter, lambda: pipe.decode(file, max_side=WIDE * 2))
    for shape in [(1, WIDE, 3), (WIDE, 1, 3)]:
        image = np.broadcast_to(np.uint8(255), shape)
        for clauses in ["resize(5, 5, box, antialias), ", "resize(shortest = 3, bilinear), "]:
            pipe = pixfuse.Pipeline(f"input(rgb8), {clauses}output(rgb, u8)")
            check(f"{clauses}of {shape}", lambda: pipe(image))
    for clauses in ["resize(65535, 65535, lanczos, antialias)", "letterbox(65535, 65535, bilinear)", "pad(65000, 65000, 9, 9)"]:
        pipe = pixfuse.Pipeline(f"input(rgb8), {clauses}, output(rgb, u8)")
        check(clauses, lambda: pipe(np.full((1, 1, 3), 255, np.uint8), threads=2))
    check("a header that lies", lambda: pipe.decode(png(13_377, 13_377, b"\x78\x9c")))
    print("checked", outcomes.count("error"), outcomes.count("tensor"))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_inputs_that_ask_for_more_than_there_is():
    program = f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r}); import test_memory; test_memory.limited()"
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert child.returncode == 0, child.stderr
    assert child.stdout.startswith("checked "), child.stdout
