"""The site's code is what happens: every block of Python of a page runs, one behind another, beside a photo.

A page that needs a library which is not installed runs where it is. A block of `py` runs nowhere, and there are few. JavaScript is run by `bindings/node/test/site.test.mjs`, Rust by the documentation tests of pixfuse-decode.
"""

import importlib.util
import re
import shutil
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "site/docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)

# A model's folder that has to be fetched.
NOT_RUN = ["coming-from/transformers.md"]


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


def test_few_blocks_are_not_run():
    assert [page for page in PAGES for _ in blocks(page, "py")] == NOT_RUN


def test_what_is_included_is_there():
    for page in PAGES:
        for path in re.findall(r'--8<-- "([^":]+)', (DOCS / page).read_text(encoding="utf-8")):
            assert (ROOT / path).is_file(), f"{page}: {path}"
