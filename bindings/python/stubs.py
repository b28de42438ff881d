"""Carries the docstrings of the built module into its stubs, where editors look for them.

`python bindings/python/stubs.py` writes `_pixfuse.pyi` anew; a test asserts that this changes nothing.
"""

import ast
import inspect
from pathlib import Path
from types import ModuleType

STUBS = Path(__file__).parent / "python/pixfuse/_pixfuse.pyi"

Documented = ast.ClassDef | ast.FunctionDef


def with_docstrings(stubs: str, module: ModuleType) -> str:
    """The stubs, in which each class and function, or its first overload, has the docstring that `module` gives it; what
    is there under two names has it once."""
    lines = stubs.splitlines()
    # From the last to the first, so that the line numbers of those before stay true.
    for node, docstring in reversed(list(_documented(ast.parse(stubs).body, module))):
        indent = " " * (node.col_offset + 4)
        block = _literal(docstring, indent)
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            assert first.end_lineno is not None
            lines[first.lineno - 1 : first.end_lineno] = block
        elif isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.value.value is ...:
            end = first.lineno - 1
            lines[end : end + 1] = [lines[end][: first.col_offset].rstrip(), *block]
        else:
            decorators = getattr(first, "decorator_list", [])
            start = min(line.lineno for line in [first, *decorators]) - 1
            lines[start:start] = block
    return "\n".join(lines) + "\n"


def _documented(body: list[ast.stmt], owner: object) -> list[tuple[Documented, str]]:
    """Every definition with a docstring of its own, in the order of the text."""
    found: list[tuple[Documented, str]] = []
    seen: set[str] = set()
    known: list[tuple[str, object]] = []
    for node in body:
        if not isinstance(node, Documented) or node.name in seen or not hasattr(owner, node.name):
            continue
        seen.add(node.name)
        value = getattr(owner, node.name)
        docstring = inspect.getdoc(value)
        # What Python itself says of `__new__` or `__eq__` helps nobody.
        if docstring and docstring != inspect.getdoc(getattr(object, node.name, None)):
            same = next((name for name, other in known if other is value), None)
            found.append((node, docstring if same is None else f"As `{same}`."))
            known.append((node.name, value))
        if isinstance(node, ast.ClassDef):
            found.extend(_documented(node.body, value))
    return found


def _literal(docstring: str, indent: str) -> list[str]:
    escaped = docstring.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    first, *others = escaped.splitlines()
    if not others:
        return [f'{indent}"""{first}"""']
    return [f'{indent}"""{first}', *(f"{indent}{line}".rstrip() for line in others), f'{indent}"""']


if __name__ == "__main__":
    from pixfuse import _pixfuse

    STUBS.write_text(with_docstrings(STUBS.read_text("utf-8"), _pixfuse), "utf-8")
