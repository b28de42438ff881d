"""`python -m pixfuse`: the `pixfuse` command where its script is not in PATH."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
