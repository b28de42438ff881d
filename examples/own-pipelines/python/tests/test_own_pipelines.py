"""One's own pipelines in Python: on their own kernels, with the bytes of the same text anywhere."""

import pickle
import re
from pathlib import Path

import numpy as np
import own_pipelines
import pixfuse
import pytest

DETECTOR = "input(bgr8), resize({}, {}, bilinear), normalize(), output(rgb, f32, chw)"


@pytest.fixture
def image():
    return np.random.default_rng(5).integers(0, 256, (123, 211, 3), dtype=np.uint8)


def test_readme():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    names = {}
    exec(code, names)
    assert names["classifier"](names["image"]).shape == (3, 224, 224)


def test_names():
    assert own_pipelines.names() == ["classifier", "detector"]
    assert {"Pipeline", "PipelineError", "classifier", "detector"} <= set(dir(own_pipelines))


@pytest.mark.parametrize("level", pixfuse.levels())
def test_a_closed_declaration_is_a_pipeline(monkeypatch, image, level):
    assert "kernel    Classifier" in own_pipelines.classifier.explain()
    monkeypatch.setenv("PIXFUSE_LEVEL", level)
    same = pixfuse.Pipeline(own_pipelines.classifier.spec)
    assert "kernel    grid" in same.explain() and same.level == level
    np.testing.assert_array_equal(own_pipelines.classifier(image), same(image))


@pytest.mark.parametrize("level", pixfuse.levels())
def test_an_open_declaration_takes_its_numbers(monkeypatch, image, level):
    monkeypatch.setenv("PIXFUSE_LEVEL", level)
    assert own_pipelines.detector.spec == DETECTOR.format("_", "_")
    assert repr(own_pipelines.detector) == f"<Declaration detector: {own_pipelines.detector.spec}>"
    pipe = own_pipelines.detector(rows=77, columns=96)
    assert "kernel    Detector" in pipe.explain() and pipe.level == level
    np.testing.assert_array_equal(pipe(image), pixfuse.Pipeline(DETECTOR.format(77, 96))(image))


@pytest.mark.parametrize(
    "numbers, words",
    [
        ({"rows": 77}, "columns: not given"),
        ({"rows": 77, "columns": 0}, "columns: expected a whole number"),
        ({"rows": 77, "columns": 96, "mean": 0.5}, "mean: given, but"),
        ({"rows": 77, "columns": 96, "depth": 3}, "unknown number `depth`, expected one of rows, columns,"),
    ],
)
def test_wrong_numbers(numbers, words):
    with pytest.raises(own_pipelines.PipelineError, match=words):
        own_pipelines.detector(**numbers)
    with pytest.raises(TypeError):
        own_pipelines.detector(77, 96)


@pytest.mark.parametrize(
    "pipe, kernel",
    [
        (own_pipelines.classifier, "Classifier"),
        (own_pipelines.detector(rows=77, columns=96), "Detector"),
        (own_pipelines.Pipeline("input(rgb8), output(bgr, u8, hwc)"), "grid"),
    ],
)
def test_pickles_come_back_to_this_module_and_kernel(image, pipe, kernel):
    data = pickle.dumps(pipe)
    assert b"own_pipelines" in data and b"pixfuse" not in data
    copied = pickle.loads(data)
    assert type(copied) is own_pipelines.Pipeline and copied == pipe
    assert f"kernel    {kernel}" in copied.explain()
    np.testing.assert_array_equal(copied(image), pipe(image))


def test_the_text_of_a_declaration_finds_its_kernel():
    assert "kernel    Classifier" in own_pipelines.Pipeline(own_pipelines.classifier.spec).explain()
    assert "kernel    Detector" in own_pipelines.Pipeline(DETECTOR.format("_", 5), rows=4).explain()
    assert "kernel    grid" in own_pipelines.Pipeline(DETECTOR.format(4, 5).replace("bilinear", "nearest")).explain()
    other = own_pipelines.classifier.replace(output="bgr, f32, chw")
    assert "kernel    grid" in other.explain()
    assert "kernel    Classifier" in other.replace(output="rgb, f32, chw").explain()


def test_errors_travel():
    with pytest.raises(own_pipelines.PipelineError) as raised:
        own_pipelines.classifier(None)
    assert type(pickle.loads(pickle.dumps(raised.value))) is own_pipelines.PipelineError
