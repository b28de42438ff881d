"""A folder of config files as people publish them, each alone in a model's folder."""

import pathlib
import tempfile

import judge
import pixfuse
from photos import photos


def raises(processor, image):
    try:
        processor(image, return_tensors="np")
    except Exception:
        return True
    return False


def run(folder):
    """One row a file and backend: what became of it."""
    from transformers import AutoImageProcessor

    rows, tally = [], judge.Tally()
    images = {name: image for name, image in photos().items() if name in ("333x500", "101x67", "gray", "rgba", "palette")}
    for path in sorted(pathlib.Path(folder).rglob("*.json")):
        for backend, theirs_name in (("torch", "torchvision"), ("pil", "pil")):
            with tempfile.TemporaryDirectory() as model:
                name = "processor_config.json" if path.name.endswith(".processor.json") else "preprocessor_config.json"
                (pathlib.Path(model) / name).write_bytes(path.read_bytes())
                try:
                    ours = pixfuse.from_config(model, backend=backend)
                except pixfuse.PipelineError as error:
                    ours = error
                try:
                    theirs = AutoImageProcessor.from_pretrained(model, backend=theirs_name)
                except Exception as error:
                    theirs = error
            what = f"{path.name}, {backend}"
            row = {"file": path.name, "backend": backend}
            if isinstance(ours, Exception):
                fails = isinstance(theirs, Exception)
                if not fails and getattr(ours, "feature", None) is None:
                    # What is wrong in a config may be found by the library only when it is called.
                    fails = all(raises(theirs, image) for image in images.values())
                outcome = judge.RAISE if fails else judge.REFUSED
                row["outcome"], row["why"] = tally.add(outcome, what), str(ours)
            elif isinstance(theirs, Exception):
                row["outcome"], row["why"] = tally.add("read beyond transformers", what), ours.library
            else:
                own = judge.Tally()
                kind = "pt" if ours.backend == "torch" else "np"
                for photo, image in images.items():
                    tally.judge(f"{what}, {photo}", lambda: ours(image, return_tensors=kind), lambda: theirs(image, return_tensors=kind))
                    own.judge(photo, lambda: ours(image, return_tensors=kind), lambda: theirs(image, return_tensors=kind))
                row["outcome"], row["why"] = ", ".join(f"{count} {outcome}" for outcome, count in sorted(own.counts.items())), ""
            rows.append(row)
    return rows, tally
