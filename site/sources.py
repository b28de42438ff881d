"""Pages that are kept elsewhere in the repository, as the build reads them: none is copied into the site by hand."""

import re
from pathlib import Path

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
SOURCE = "https://github.com/pixfuse/pixfuse/blob/main"

PAGES = {
    "browsers.md": "bindings/web/README.md",
    "c.md": "bindings/c/README.md",
    "language.md": "crates/pixfuse-spec/LANGUAGE.md",
    "conformance.md": "benches/CONFORMANCE.md",
    "benchmarks.md": "benches/RESULTS.md",
}
PICTURES = {"seen.jpg": "examples/seen/seen.jpg", "tiles.jpg": "examples/seen/tiles.jpg", "photo.jpg": "examples/demo/photo.jpg"}


def on_files(files: Files, config):
    for name, path in PAGES.items():
        files.append(File.generated(config, name, content=page(path)))
    for name, path in PICTURES.items():
        files.append(File.generated(config, name, abs_src_path=str(ROOT / path)))
    for plot in sorted((ROOT / "benches/plots").glob("*.svg")):
        files.append(File.generated(config, f"plots/{plot.name}", abs_src_path=str(plot)))
    files.append(File.generated(config, "llms.txt", content=for_agents()))
    return files


def page(path: str) -> str:
    """A page with its links to files of the repository made links to where these can be read."""
    text = (ROOT / path).read_text("utf-8")

    def link(match: re.Match[str]) -> str:
        label, target = match[1], match[2]
        if target.startswith(("http", "#", "plots/")):
            return match[0]
        there = (ROOT / path).parent / target.partition("#")[0]
        return f"{label}({SOURCE}/{there.resolve().relative_to(ROOT).as_posix()})"

    # Tables as wide as there is room.
    return "---\nhide: [toc]\n---\n\n" + re.sub(r"(\[[^\]]*\])\(([^)\s]+)\)", link, text)


def for_agents() -> str:
    """llms.txt: what a program that writes code needs to know, and where more is."""
    head = (Path(__file__).parent / "llms.md").read_text("utf-8")
    return head + "\n" + (ROOT / PAGES["language.md"]).read_text("utf-8")
