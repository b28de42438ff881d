"""Makes the two models of this example, and what Pillow, numpy and onnxruntime give for the photo of the demo.

    pip install onnx onnxruntime pillow numpy
    python examples/browser/make_models.py
"""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

HERE = Path(__file__).parent
PHOTO = HERE.parent / "demo/photo.jpg"
RANDOM = np.random.default_rng(7)


def save(name, nodes, source, result, weights):
    tensors = [numpy_helper.from_array(values, key) for key, values in weights.items()]
    graph = helper.make_graph(nodes, name, [source], [result], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


def weights(*shape):
    return (RANDOM.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)


# A classifier of four classes, with a tensor of floats.
save(
    "classifier",
    [
        helper.make_node("Conv", ["pixel_values", "weight"], ["cells"], strides=[8, 8]),
        helper.make_node("Relu", ["cells"], ["lit"]),
        helper.make_node("GlobalAveragePool", ["lit"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["logits"]),
    ],
    helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, [1, 3, 224, 224]),
    helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 4]),
    {"weight": weights(4, 3, 8, 8)},
)

# The mean of embedded patches, which come as bytes: rescaling is the model's.
save(
    "patches",
    [
        helper.make_node("Cast", ["patches"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["floats", "weight"], ["embedded"]),
        helper.make_node("ReduceMean", ["embedded"], ["embedding"], axes=[0], keepdims=0),
    ],
    helper.make_tensor_value_info("patches", TensorProto.UINT8, ["patches", 14 * 14 * 3]),
    helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [2]),
    {"weight": weights(2, 14 * 14 * 3).T.copy() / np.float32(255)},
)

photo = Image.open(PHOTO).convert("RGB")
columns, rows = photo.size
scale = 256 / min(rows, columns)
resized = photo.resize((int(columns * scale), int(rows * scale)), Image.BICUBIC)
left, top = (resized.width - 224) // 2, (resized.height - 224) // 2
pixels = np.asarray(resized.crop((left, top, left + 224, top + 224)), np.float32) / np.float32(255)
mean, std = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
image = ((pixels - mean) / std).transpose(2, 0, 1)[None]

whole = np.asarray(photo.resize((168, 126), Image.BICUBIC))
patches = whole.reshape(9, 14, 12, 14, 3).transpose(0, 2, 4, 1, 3).reshape(9 * 12, 3 * 14 * 14)


def run(name, **given):
    session = onnxruntime.InferenceSession(HERE / f"{name}.onnx", providers=["CPUExecutionProvider"])
    return session.run(None, given)[0].ravel().tolist()


expected = {"logits": run("classifier", pixel_values=image), "embedding": run("patches", patches=patches)}
(HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
