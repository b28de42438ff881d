"""Writes what transformers' image processor classes declare: the keys they take, their defaults, and who uses them.

    python benches/conformance/classes.py [--check]

`crates/pixfuse-config/src/transformers/classes.tsv` has one line a class: its name, its backend, its defaults as JSON
(null where a key has none), as `table` writes them. `model_types.tsv` has one line a model type: the classes that
`AutoImageProcessor` takes.
`video_classes.tsv` and `video_model_types.tsv` are those of video processors. `processors.tsv` has the processors that count
tokens: the model types that take them, their constructor's own numbers, and the keywords that they call an image class with.
Which key counts in which class is no matter of declarations: `table.rs` says that, and `run.py` measures it.
"""

import argparse
import collections
import enum
import importlib
import inspect
import json
import os
import pathlib
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
import transformers
from transformers.image_processing_backends import PilBackend, TorchvisionBackend
from transformers.image_processing_utils import BaseImageProcessor
from transformers.models.auto.image_processing_auto import IMAGE_PROCESSOR_MAPPING_NAMES
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES
from transformers.models.auto.video_processing_auto import VIDEO_PROCESSOR_MAPPING_NAMES
from transformers.processing_utils import ProcessorMixin
from transformers.video_processing_utils import BaseVideoProcessor

DATA = pathlib.Path(__file__).parents[2] / "crates/pixfuse-config/src/transformers"


def plain(value):
    """A default as JSON has it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return dict(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def defaults(cls):
    """The defaults of the keys that the class takes."""
    if issubclass(cls, (TorchvisionBackend, PilBackend)):
        return {key: plain(getattr(cls, key, None)) for key in cls.valid_kwargs.__annotations__}
    # Older classes say their keys in their constructor alone.
    signature = inspect.signature(cls.__init__).parameters
    keys = [name for name, parameter in signature.items() if parameter.kind is parameter.POSITIONAL_OR_KEYWORD and name != "self"]
    made = cls() if cls.__name__ != "TimmWrapperImageProcessor" else None
    return {key: plain(getattr(made, key, None)) for key in keys}


def classes():
    root = pathlib.Path(transformers.__file__).parent / "models"
    for path in sorted(root.glob("*/image_processing_*.py")):
        if path.parent.name == "auto":
            continue
        module = importlib.import_module(f"transformers.models.{path.parent.name}.{path.stem}")
        for name, cls in sorted(vars(module).items()):
            if inspect.isclass(cls) and cls.__module__ == module.__name__ and issubclass(cls, BaseImageProcessor) and cls.__name__ == name:
                yield name, cls


def videos():
    """Name and class of each video processor."""
    root = pathlib.Path(transformers.__file__).parent / "models"
    for path in sorted(root.glob("*/video_processing_*.py")):
        if path.parent.name == "auto":
            continue
        module = importlib.import_module(f"transformers.models.{path.parent.name}.{path.stem}")
        for name, cls in sorted(vars(module).items()):
            if inspect.isclass(cls) and cls.__module__ == module.__name__ and issubclass(cls, BaseVideoProcessor):
                yield name, cls


# What a constructor takes that is no number of its own, and what a call says that is none of the image's.
PARTS = {"image_processor", "tokenizer", "video_processor", "feature_extractor", "chat_template"}
OF_THE_CALL = {"data_format", "return_tensors"}


def processors():
    """Name and class of each processor that counts the tokens of an image."""
    root = pathlib.Path(transformers.__file__).parent / "models"
    for path in sorted(root.glob("*/processing_*.py")):
        if path.parent.name == "auto":
            continue
        module = importlib.import_module(f"transformers.models.{path.parent.name}.{path.stem}")
        for name, cls in sorted(vars(module).items()):
            own = inspect.isclass(cls) and cls.__module__ == module.__name__ and issubclass(cls, ProcessorMixin)
            if own and hasattr(cls, "_get_num_multimodal_tokens"):
                yield name, cls


def processor_line(name, cls):
    signature = inspect.signature(cls.__init__).parameters
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    own = {
        key: parameter.default
        for key, parameter in signature.items()
        if parameter.kind in kinds and key not in PARTS | {"self"} and not (isinstance(parameter.default, str) and key.endswith(("_token", "_prefix")))
    }
    own = {key: None if value is inspect.Parameter.empty else value for key, value in own.items()}
    older = getattr(cls.valid_processor_kwargs, "_defaults", {}).get("images_kwargs", {})
    keywords = {**getattr(cls, "images_kwargs", {}), **older}
    keywords = {key: plain(value) for key, value in keywords.items() if key not in OF_THE_CALL}
    models = sorted(model for model, processor in PROCESSOR_MAPPING_NAMES.items() if processor == name)
    return f"{name}\t{','.join(models) or '-'}\t{json.dumps(own)}\t{json.dumps(keywords)}\n"


def shortened(text):
    """JSON without spaces."""
    return json.dumps(text, separators=(",", ":"))


def table(classes):
    """Lines of a name, a backend and defaults behind a list of the keys that most of them have.

    A line with all of those begins its defaults with `+`, and leaves out which of them are null.
    """
    counts = collections.Counter(key for _, _, keys in classes for key in keys)
    shared = sorted(key for key, count in counts.items() if 10 * count >= 9 * len(classes))
    lines = [shortened(shared) + "\n"]
    for name, backend, keys in sorted(classes, key=lambda line: line[0]):
        has_all = all(key in keys for key in shared)
        own = {key: value for key, value in keys.items() if not (has_all and value is None and key in shared)}
        lines.append(f"{name}\t{backend}\t{'+' if has_all else ''}{shortened(own)}\n")
    return "".join(lines)


def texts():
    note = f"# transformers {transformers.__version__}, written by benches/conformance/classes.py\n"
    images = []
    for name, cls in classes():
        if not name.endswith(("ImageProcessor", "ImageProcessorPil")):
            continue
        backend = "torch" if issubclass(cls, TorchvisionBackend) else "pil" if issubclass(cls, PilBackend) else "own"
        images.append((name, backend, defaults(cls)))
    types = [
        f"{model}\t{names.get('torchvision') or '-'}\t{names.get('pil') or '-'}\n"
        for model, names in sorted(IMAGE_PROCESSOR_MAPPING_NAMES.items())
    ]
    clips = [(name, "torch", {key: plain(getattr(cls, key, None)) for key in cls.valid_kwargs.__annotations__}) for name, cls in videos()]
    clip_types = [
        f"{model}\t{names['torchvision']}\n"
        for model, names in sorted(VIDEO_PROCESSOR_MAPPING_NAMES.items())
        if names and names.get("torchvision")
    ]
    return {
        "classes.tsv": note + table(images),
        "model_types.tsv": note + "".join(types),
        "video_classes.tsv": note + table(clips),
        "video_model_types.tsv": note + "".join(clip_types),
        "processors.tsv": note + "".join(processor_line(name, cls) for name, cls in sorted(processors())),
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if what is committed differs")
    check = arguments.parse_args().check
    for name, text in texts().items():
        path = DATA / name
        if check and path.read_text() != text:
            sys.exit(f"{path} is not what transformers {transformers.__version__} declares")
        if not check:
            path.write_text(text)
            print(path, text.count("\n") - 1)


main()
