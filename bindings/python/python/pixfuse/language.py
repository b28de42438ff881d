from ._pixfuse import LANGUAGE as TEXT

# `help(pixfuse.language)` shows the reference of the language, the same text as in Rust and Node.js.
__doc__ = TEXT

__all__ = ["TEXT"]
