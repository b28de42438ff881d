"""Objects that no argument should be."""


def endless():
    items = []
    items.append(items)
    return items


class Throws:
    """Everything that is asked of it fails."""

    def __getattr__(self, name):
        raise RuntimeError(f"no {name} today")

    def __repr__(self):
        raise RuntimeError("no repr today")


class GpuTensor:
    def __array__(self, dtype=None, copy=None):
        raise TypeError("can't convert cuda:0 device type tensor to numpy")
