"""What the documentation shows is what happens."""

import doctest
import importlib.util
import inspect
import re
from pathlib import Path

import pixfuse
import pytest
from pixfuse import parity, presets, processor, seen, video

PACKAGE = Path(__file__).parents[1]


@pytest.mark.parametrize("module", [pixfuse, presets, parity, processor, seen, video])
def test_examples(module):
    found = doctest.DocTestFinder(exclude_empty=True).find(module)
    runner = doctest.DocTestRunner()
    for test in found:
        runner.run(test)
    results = runner.summarize()
    assert results.failed == 0
    assert results.attempted >= (25 if module is pixfuse else 3)


@pytest.mark.parametrize(
    "readme", [PACKAGE / "README.md", PACKAGE.parents[1] / "README.md"], ids=["package", "project"]
)
def test_readme(readme):
    names = {}
    for code in re.findall(r"^```python\n(.*?)^```", readme.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        exec(code, names)
    assert names["x"].shape == (3, 240, 256) and names["xs"].shape == (2, 3, 240, 256)
    if "boxes" in names:
        assert names["boxes"].tolist() == [[200, 0, 400, 200]]


def test_everything_public_is_described():
    for name in pixfuse.__all__:
        value = getattr(pixfuse, name)
        if name != "__version__":
            assert inspect.getdoc(value), name
    for public in (pixfuse.Pipeline, pixfuse.Declaration, pixfuse.Geometry, pixfuse.Picture):
        for name, method in vars(public).items():
            if not name.startswith("_"):
                assert inspect.getdoc(method), name


def test_stubs_carry_the_docstrings():
    at = importlib.util.spec_from_file_location("stubs", PACKAGE / "stubs.py")
    stubs = importlib.util.module_from_spec(at)
    at.loader.exec_module(stubs)
    text = stubs.STUBS.read_text(encoding="utf-8")
    assert "What was wrong with a declaration" in text
    assert stubs.with_docstrings(text, pixfuse._pixfuse) == text, "run `python bindings/python/stubs.py`"
