"""The stubs say what the module is, and a program that uses all of it passes the strictest checks."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).with_name("typed_sample.py")


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Runs a module of mypy; the runs share what they know of numpy."""
    directory = tmp_path_factory.mktemp("mypy")

    def run(*arguments):
        done = subprocess.run([sys.executable, "-m", *arguments], cwd=directory, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    return run


def test_the_sample_is_well_typed(checked):
    checked("mypy", "--strict", str(SAMPLE))


def test_the_sample_runs():
    assert runpy.run_path(str(SAMPLE))["shape"] == (3, 4, 8)


def test_the_stubs_are_the_modules(checked):
    checked("mypy.stubtest", "pixfuse")
