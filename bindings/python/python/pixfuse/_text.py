"""The canonical text of a declaration, taken apart: `spec` has one spelling for everything."""

import re

_CLAUSE = re.compile(r"(\w+)\(((?:[^()]|\([^()]*\))*)\)")

# In the order of work, which is that of the text.
_ORDER = ("input", "resize", "letterbox", "tiles", "center_crop", "crop", "pad", "normalize", "output", "patches")


def clauses(text: str) -> dict[str, str]:
    """The arguments of each clause, by its name."""
    return {match[1]: match[2] for match in _CLAUSE.finditer(text)}


def replaced(text: str, **changed: str | None) -> str:
    """The text with other arguments of some clauses; None leaves a clause out."""
    found = {**clauses(text), **changed}
    return ", ".join(f"{name}({found[name]})" for name in _ORDER if found.get(name) is not None)


def numbers(arguments: str, name: str) -> list[float] | None:
    """The numbers of `name = ..` among a clause's arguments."""
    found = re.search(rf"\b{name} = (\[[^\]]*\]|[-0-9.e/]+)", arguments)
    return None if found is None else [_number(value) for value in found[1].strip("[]").split(",")]


def argument(arguments: str, name: str, value: str | None) -> str:
    """The arguments with another value of a name, or without it."""
    rest = re.sub(rf"(, )?\b{name} = (\[[^\]]*\]|[^,\]]+)", "", arguments).strip(", ")
    return rest if value is None else ", ".join(part for part in (rest, f"{name} = {value}") if part)


def _number(text: str) -> float:
    over, _, under = text.strip().partition("/")
    return float(over) / float(under) if under else float(over)
