"""The site's code is what happens: every block of Python of a page runs, one behind another, beside a photo.

A page that needs a library which is not installed runs where it is, in `cargo xtask test --engines`. JavaScript is run by
`bindings/node/test/site.test.mjs`, Rust by the documentation tests of pixfuse-decode; `xtask/src/documentation.rs` looks that
there is a test for each block.
"""

import importlib.util
import re
import shutil
import textwrap
from pathlib import Path

import pixfuse
import pytest

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "site/docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


def blocks(page, language):
    text = (DOCS / page).read_text(encoding="utf-8")
    return [textwrap.dedent(code) for _, found, code in BLOCK.findall(text) if found == language]


@pytest.mark.parametrize("page", [page for page in PAGES if page != "engines.md" and blocks(page, "python")])
def test_python(page, tmp_path, monkeypatch):
    shutil.copy(ROOT / "examples/demo/photo.jpg", tmp_path)
    monkeypatch.chdir(tmp_path)
    # Recipes that a page includes are run by `cargo xtask test --engines`.
    codes = [code for code in blocks(page, "python") if "--8<--" not in code]
    for name in re.findall(r"^(?:import|from) (\w+)", "".join(codes), re.MULTILINE):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{page}: {name} is not installed")
    names = {"__name__": "page"}
    for code in codes:
        exec(compile(code, page, "exec"), names)


def test_a_model_takes_ten_lines(tmp_path, monkeypatch):
    """The first page, in each language: its tensor is that of a declaration whose goldens are what the library made."""
    shutil.copy(ROOT / "examples/demo/photo.jpg", tmp_path)
    monkeypatch.chdir(tmp_path)
    lines = (ROOT / "crates/pixfuse/tests/goldens/declarations.txt").read_text().splitlines()
    golden = pixfuse.Pipeline(dict(line.split(" ", 1) for line in lines)["hf_vit_torch"]).decode("photo.jpg")
    (python,), (js,) = blocks("index.md", "python"), blocks("index.md", "js")
    rust = (ROOT / "site/rust/index.md").read_text().split("```")[1].removeprefix("rust\n")
    for code in (python, js, rust):
        assert len([line for line in code.splitlines() if line.strip()]) <= 10, code
    names = {}
    exec(compile(python, "index.md", "exec"), names)
    assert names["tensor"].tobytes() == golden.tobytes()
    declared = re.search(r'parse\(\s*"(.*?)",?\s*\)', rust, re.DOTALL)[1].replace("\\\n", "")
    # The tensor of JavaScript is compared by `bindings/node/test/site.test.mjs`.
    assert pixfuse.Pipeline(declared).decode("photo.jpg").tobytes() == golden.tobytes()


def test_what_is_included_is_there():
    for page in PAGES:
        for path in re.findall(r'--8<-- "([^":]+)', (DOCS / page).read_text(encoding="utf-8")):
            assert (ROOT / path).is_file(), f"{page}: {path}"
