"""The command `pixfuse`: what the library does, from a shell.

    pixfuse explain 'input(rgb8), resize(224, 224, bilinear), normalize(), output(rgb, f32, chw)'
    pixfuse import model/                       # the declaration of a model's config
    pixfuse run photo.jpg --config model/ -o x.npy
    pixfuse probe photo.jpg
    pixfuse tokens photo.jpg --config model/
    pixfuse preview photo.jpg --config model/ -o seen.png
    pixfuse check --config model/ --images photos/
    pixfuse check --timm resnet50.a1_in1k --images photos/ --pictures differences/
    pixfuse fingerprint --config model/

It exits with 0, with 1 where tensors differ, and with 2 where something cannot be done: the error is that of the library.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy

from . import _pixfuse, language, presets, seen
from ._pixfuse import Pipeline, PipelineError, __version__
from .header import probe
from .processor import from_config

__all__ = ["main"]

# What the bytes of a declaration mean: it changes with them, and never does for a text that was written.
SEMANTICS = 1

_FILES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command, and returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (PipelineError, OSError) as error:
        print(f"pixfuse: {error}", file=sys.stderr)
        return 2


def fingerprint(pipe: Pipeline) -> str:
    """What identifies the bytes of a pipeline: SHA-256 of its canonical text and of the version of the language's
    meaning, as 64 hexadecimal digits. It is the same on every machine, level and decoder."""
    return hashlib.sha256(f"pixfuse semantics {SEMANTICS}\n{pipe.spec}".encode()).hexdigest()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pixfuse",
        description="One declaration, one fused kernel: pixels to tensors, with the same bytes everywhere.",
        epilog="A declaration is given as text, by --config (a model's folder or file) or by --preset.",
    )
    parser.add_argument("--version", action="version", version=f"pixfuse {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Any, text: str, images: bool = False) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        if images:
            sub.add_argument("image", help="a photo's file")
        return sub

    def declared(sub: argparse.ArgumentParser, positional: bool) -> Any:
        group = sub.add_mutually_exclusive_group(required=True)
        if positional:
            group.add_argument("declaration", nargs="?", help="the text of a declaration")
        else:
            group.add_argument("-d", "--declaration", help="the text of a declaration")
        group.add_argument("--config", help="a model's folder, or its config's file")
        group.add_argument("--preset", choices=sorted(_pixfuse.names()), metavar="NAME", help="a preset's name")
        _backend(sub)
        return group

    sub = command("explain", _explain, "Say what a declaration does: its canonical text, the plan, and what runs it.")
    group = declared(sub, positional=True)
    group.add_argument("--language", action="store_true", help="all that a declaration can say")

    sub = command("import", _import, "Print the declaration of a model's config.")
    sub.add_argument("source", help="a model's folder, or its config's file")
    _backend(sub)

    sub = command("fingerprint", _fingerprint, "Print what identifies the bytes of a declaration, for model cards and caches.")
    declared(sub, positional=True)

    sub = command("run", _run, "Run a declaration over a photo's file, into a file of numpy.", images=True)
    declared(sub, positional=False)
    sub.add_argument("-o", "--output", required=True, help="the file to write: x.npy")

    command("probe", _probe, "Print what a photo's file says in its header, a line of JSON; no pixels are decoded.", images=True)

    sub = command(
        "tokens", _tokens, "Print how many tokens of a prompt a photo takes, of its header and of a model's config.", images=True
    )
    sub.add_argument("--config", required=True, help="a model's folder, or its processor's config")
    _backend(sub)

    sub = command("preview", _preview, "Show what the model sees: the picture that the tensor stands for.", images=True)
    declared(sub, positional=False)
    sub.add_argument("-o", "--output", required=True, help="the file to write: seen.png")

    sub = command(
        "check",
        _check,
        "Compare tensors with what a declaration gives, and name the stage that makes them differ. Without --tensors they "
        "are made by the library whose config it is, which must be installed.",
    )
    group = declared(sub, positional=False)
    group.add_argument("--timm", metavar="NAME", help="a model of timm, with timm's own config of it")
    group.add_argument("--torchvision", metavar="WEIGHTS", help="weights of torchvision: ResNet50_Weights.IMAGENET1K_V2")
    sub.add_argument("--images", required=True, nargs="+", help="photos' files, or folders of them")
    sub.add_argument("--tensors", nargs="+", help="a file of numpy for each image, in their order")
    sub.add_argument("--pictures", metavar="FOLDER", help="a folder to write a picture of each difference to")
    sub.add_argument("--json", action="store_true", help="print a line of JSON for each image")
    return parser


def _backend(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--backend", choices=("torch", "pil"), default="torch", help="whose bytes a config of transformers means (torch)"
    )


def _pipeline(options: argparse.Namespace) -> Pipeline:
    if options.config is not None:
        return from_config(options.config, options.backend).pipeline()
    if options.preset is not None:
        pipe: Pipeline = getattr(presets, options.preset)
        return pipe
    return Pipeline(options.declaration)


def _explain(options: argparse.Namespace) -> int:
    if options.language:
        print(language.TEXT, end="")
    elif options.config is not None:
        print(from_config(options.config, options.backend).explain())
    else:
        print(_pipeline(options).explain())
    return 0


def _import(options: argparse.Namespace) -> int:
    processor = from_config(options.source, options.backend)
    print(processor.declaration)
    for note in processor.notes:
        print(f"note: {note}", file=sys.stderr)
    return 0


def _fingerprint(options: argparse.Namespace) -> int:
    print(fingerprint(_pipeline(options)))
    return 0


def _run(options: argparse.Namespace) -> int:
    tensor = _pipeline(options).decode(Path(options.image).read_bytes())
    numpy.save(options.output, tensor)
    written = options.output if options.output.endswith(".npy") else f"{options.output}.npy"
    print(f"{written}: {tensor.dtype} {tensor.shape}, sha256 {hashlib.sha256(tensor.tobytes()).hexdigest()[:16]}")
    return 0


def _probe(options: argparse.Namespace) -> int:
    print(json.dumps(probe(Path(options.image))._asdict()))
    return 0


def _tokens(options: argparse.Namespace) -> int:
    print(from_config(options.config, options.backend).tokens(*probe(Path(options.image)).shown))
    return 0


def _preview(options: argparse.Namespace) -> int:
    pipe = _pipeline(options)
    if Path(options.output).suffix.lower() != ".png":
        raise PipelineError(f"output: {options.output}, expected the name of a PNG file: seen.png")
    picture = pipe.preview(Path(options.image))
    picture.save(options.output)
    print(f"{options.output}: {picture.columns} x {picture.rows}")
    return 0


def _image() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise PipelineError("pictures: they are written by Pillow, which is not installed: pip install pillow") from error
    return Image


def _check(options: argparse.Namespace) -> int:
    from . import parity

    images = [file for path in options.images for file in _photos(Path(path))]
    if not images:
        raise PipelineError(f"images: no photo in {', '.join(options.images)}, expected files of {', '.join(_FILES)}")
    if options.tensors is not None and len(options.tensors) != len(images):
        raise PipelineError(f"tensors: {len(options.tensors)} files for {len(images)} images, expected one for each")
    pipe, transform = _checked(options)
    differ = 0
    for index, image in enumerate(images):
        data = image.read_bytes()
        given = numpy.load(options.tensors[index]) if transform is None else transform(_loaded(image))
        found = parity.compare(pipe, data, given)
        differ += found.values > 0
        if found.values > 0 and options.pictures is not None:
            _picture(pipe, data, given, Path(options.pictures) / f"{image.stem}.png")
        if options.json:
            record = {"image": str(image), "stage": found.stage, "values": found.values, "most": found.most}
            print(json.dumps({**record, "explanation": found.explanation}))
        else:
            print(f"{image}: {found}")
    if not options.json:
        print(f"{len(images) - differ} of {len(images)} equal, every bit")
    return 1 if differ else 0


def _photos(path: Path) -> list[Path]:
    return sorted(file for file in path.iterdir() if file.suffix.lower() in _FILES) if path.is_dir() else [path]


def _checked(options: argparse.Namespace) -> tuple[Pipeline, Any]:
    """The pipeline, and what its library makes of an image; nothing where tensors are given."""
    from . import _library

    if options.timm is not None or options.torchvision is not None:
        if options.timm is not None:
            processor, transform = _library.of_timm(options.timm)
        else:
            processor, transform = _library.of_torchvision(options.torchvision)
        return processor.pipeline(), transform if options.tensors is None else None
    if options.tensors is not None:
        return _pipeline(options), None
    if options.config is None:
        raise PipelineError("tensors: a declaration has no library to compare with; give --tensors x.npy, or --config")
    return _pipeline(options), _library.of_config(options.config, options.backend)


def _picture(pipe: Pipeline, data: bytes, given: Any, path: Path) -> None:
    expected = pipe.decode(data)
    given = numpy.asarray(given)
    while given.ndim > expected.ndim and given.shape[0] == 1:
        given = given[0]
    if given.shape != expected.shape:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    _image().fromarray(seen.difference(pipe, given, expected)).save(path)


def _loaded(image: Path) -> Any:
    """The picture of a file as the libraries load a path: turned as EXIF says, RGB."""
    from PIL import ImageOps

    return ImageOps.exif_transpose(_image().open(image)).convert("RGB")


if __name__ == "__main__":
    sys.exit(main())
