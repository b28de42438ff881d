"""One pipeline in many threads and processes."""

import io
import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pixfuse
import pytest
from PIL import Image

TEXT = "input(rgb8), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)"


def test_eight_threads_on_one_pipeline(level, noise):
    pipe = pixfuse.Pipeline(TEXT)
    # More sizes than a pipeline remembers, so that threads add and forget tables while others read them.
    images = [noise(10 + size, 90 - size, 3) for size in range(50)]
    expected = [pixfuse.Pipeline(TEXT)(image) for image in images]
    begin = threading.Barrier(8)

    def work(first):
        begin.wait()
        out = np.empty((3, 24, 37), np.float32)
        for step in range(400):
            index = (first * 7 + step) % len(images)
            if not np.array_equal(pipe(images[index], out=out), expected[index]):
                return index
        return None

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(8))) == [None] * 8


@pytest.mark.parametrize("call", ["call", "batch", "decode", "decode_batch"])
def test_other_threads_run_meanwhile(noise, call):
    pipe = pixfuse.Pipeline("input(rgb8), resize(3000, 3000, bilinear), normalize(), output(rgb, f32, chw)")
    image = noise(200, 300, 3)
    out = pipe(image)
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    run = {
        "call": lambda: pipe(image, out=out),
        "batch": lambda: pipe.batch([image], out=out[None]),
        "decode": lambda: pipe.decode(file.getvalue(), out=out),
        "decode_batch": lambda: pipe.decode_batch([file.getvalue()], out=out[None]),
    }[call]
    count, stop = [0], threading.Event()

    def counter():
        while not stop.is_set():
            count[0] += 1
            time.sleep(0)

    # Nobody is asked to give up the GIL for a minute, so the counter advances only while a call has released it.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)
    thread = threading.Thread(target=counter)
    thread.start()
    try:
        before = count[0]
        for _ in range(5):
            run()
        after = count[0]
    finally:
        stop.set()
        sys.setswitchinterval(interval)
        thread.join()
    assert after > before


def test_an_image_that_nobody_else_holds(noise):
    """The call itself keeps image and output alive."""
    pipe = pixfuse.Pipeline(TEXT)
    image = noise(45, 53, 3)
    expected = pipe(image)
    for _ in range(50):
        np.testing.assert_array_equal(pipe(image.copy(), out=np.empty_like(expected)), expected)


def in_child(pipe, image, results):
    results.put((os.getpid(), pipe(image).tobytes(), pipe.level))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_child_processes(noise, method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    context = multiprocessing.get_context(method)
    pipe = pixfuse.Pipeline(TEXT)
    image = noise(45, 53, 3)
    expected = pipe(image).tobytes()
    results = context.SimpleQueue()
    child = context.Process(target=in_child, args=(pipe, image, results))
    child.start()
    process, bytes_, level = results.get()
    child.join(30)
    assert child.exitcode == 0
    assert process != os.getpid() and bytes_ == expected and level == pipe.level


def test_no_thread_is_started(noise):
    pixfuse.Pipeline(TEXT).batch([noise(45, 53, 3)] * 4)
    if os.path.isdir("/proc/self/task"):
        program = (
            "import os, numpy; before = len(os.listdir('/proc/self/task')); import pixfuse;"
            f"pixfuse.Pipeline({TEXT!r})(numpy.zeros((9, 9, 3), numpy.uint8));"
            "raise SystemExit(len(os.listdir('/proc/self/task')) - before)"
        )
        assert os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-c", program) == 0


def mixed(noise):
    return [noise(10 + 7 * index % 60, 90 - 2 * index, 3) for index in range(30)]


def test_a_batch_is_the_same_on_any_number_of_threads(level, noise):
    pipe = pixfuse.Pipeline(TEXT)
    images = mixed(noise)
    expected = np.stack([pipe(image) for image in images])
    out = np.empty_like(expected)
    for threads in (1, 2, 7, 40):
        np.testing.assert_array_equal(pipe.batch(images, threads=threads), expected)
        out.fill(-1)
        assert pipe.batch(images, out, threads=threads) is out
        np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize(
    ("threads", "message"),
    [
        (0, "threads: 0, expected 1 to 1024"),
        (1025, "threads: 1025, expected 1 to 1024"),
        (-1, "threads: expected a whole number of at least 1, found -1"),
        (1.5, "threads: expected a whole number of at least 1, found 1.5"),
        ("two", "threads: expected a whole number of at least 1, found 'two'"),
    ],
)
def test_numbers_of_threads(noise, threads, message):
    with pytest.raises(pixfuse.PipelineError) as error:
        pixfuse.Pipeline(TEXT).batch([noise(4, 5, 3)], threads=threads)
    assert str(error.value) == message


def test_batches_from_sixty_four_threads(noise):
    pipe = pixfuse.Pipeline(TEXT)
    images = mixed(noise)
    expected = pipe.batch(images)
    begin = threading.Barrier(64)

    def work(index):
        begin.wait()
        return all(np.array_equal(pipe.batch(images, threads=2 + index % 5), expected) for _ in range(5))

    with ThreadPoolExecutor(64) as threads:
        assert all(threads.map(work, range(64), timeout=120))


def batch_in_child(pipe, images, results):
    results.put([pipe.batch(images, threads=threads).tobytes() for threads in (2, 5)])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_forked_children_make_threads_of_their_own(noise):
    pipe = pixfuse.Pipeline(TEXT)
    images = mixed(noise)
    expected = pipe.batch(images, threads=3)
    for _ in range(3):
        child = os.fork()
        if child == 0:
            same = False
            try:
                signal.alarm(60)
                same = all(np.array_equal(pipe.batch(images, threads=threads), expected) for threads in (2, 3, 5))
            finally:
                os._exit(0 if same else 1)
        assert os.waitpid(child, 0)[1] == 0, "the child's exit status, or its signal"

    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    child = context.Process(target=batch_in_child, args=(pipe, images, results))
    child.start()
    assert results.get() == [expected.tobytes()] * 2
    child.join(30)
    assert child.exitcode == 0
    np.testing.assert_array_equal(pipe.batch(images, threads=3), expected)


def test_rows_of_one_image(noise):
    image = noise(333, 250, 3)
    for text in ("resize(224, 200, bilinear), ", "letterbox(320, 320, bilinear, antialias), ", ""):
        pipe = pixfuse.Pipeline(f"input(rgb8), {text}normalize(), output(rgb, f32, chw)")
        expected = pipe(image)
        for threads in (1, 2, 7):
            assert np.array_equal(pipe(image, threads=threads), expected)
    with pytest.raises(pixfuse.PipelineError, match="threads"):
        pipe(image, threads=0)
