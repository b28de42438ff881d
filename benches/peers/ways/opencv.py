"""OpenCV, in every formulation that a careful user might find: the fastest of them is what pixfuse is compared with.

Each writes into memory that is there wherever OpenCV lets it. Channels are swapped for free by taking planes in the
other order; only what people usually write swaps pixels.
"""

import cv2
import numpy as np

from .way import Way

cv2.setNumThreads(1)

FILTERS = {
    None: None,
    "nearest": cv2.INTER_NEAREST,
    "nearest_floor": cv2.INTER_NEAREST,
    "bilinear": cv2.INTER_LINEAR,
    "area": cv2.INTER_AREA,
}


def ways(workload):
    """Every formulation for a workload whose filter OpenCV has: its Lanczos and its cubic are not antialiased."""
    if workload.filter not in FILTERS or workload.antialias:
        return
    # Its index rule differs from the plain loop's, and has a name of its own.
    filter = "nearest" if workload.filter == "nearest_floor" else None
    for name, make in FORMULATIONS.items():
        if run := make(workload):
            yield Way(f"cv2: {name}" if workload.size is None else f"cv2: resize, {name}", run, filter=filter)


def _resized(workload):
    """A function that gives the resized u8 pixels, in the same memory each time."""
    image = workload.image
    if workload.size is None:
        return lambda: image
    rows, columns = workload.size
    small, interpolation = workload.scratch("small", (rows, columns, 3)), FILTERS[workload.filter]
    return lambda: cv2.resize(image, (columns, rows), dst=small, interpolation=interpolation)


def _framed(workload):
    """The same, in a letterbox that is kept: its margins are filled once."""
    if workload.fill is None:
        return _resized(workload)
    image, (rows, columns), interpolation = workload.image, workload.size, FILTERS[workload.filter]
    canvas = np.full((*workload.shape[1:], 3), workload.fill, np.uint8)
    # Whole rows, which OpenCV writes to where they are.
    inside = canvas[-workload.top : -workload.top + rows]

    def run():
        cv2.resize(image, (columns, rows), dst=inside, interpolation=interpolation)
        return canvas

    return run


def _planes(workload):
    """u8 planes to split into, in the source's order, the same in the output's order, the tensor and its content."""
    planes = tuple(workload.scratch(channel, workload.resized) for channel in range(3))
    return planes, [planes[channel] for channel in workload.channels], *workload.tensor()


def _tables(workload):
    """What each of the 256 u8 values becomes: f32, one row an output channel."""
    return np.arange(256, dtype=np.float32) * workload.gain[:, None] + workload.offset[:, None]


def split_lookup(workload):
    resized, (planes, ordered, out, inside), tables = _resized(workload), _planes(workload), _tables(workload)
    work = list(zip(ordered, [table.reshape(1, 256) for table in tables], inside, strict=True))

    def run():
        cv2.split(resized(), planes)
        for plane, table, target in work:
            cv2.LUT(plane, table, dst=target)
        return out

    return run


def lookup_split(workload):
    resized, (out, inside) = _resized(workload), workload.tensor()
    order = [workload.channels.index(channel) for channel in range(3)]
    table = np.ascontiguousarray(_tables(workload)[order].T).reshape(1, 256, 3)
    pixels = workload.scratch("pixels", (*workload.resized, 3), np.float32)
    planes = tuple(inside[channel] for channel in order)

    def run():
        cv2.split(cv2.LUT(resized(), table, dst=pixels), planes)
        return out

    return run


def split_in_place(workload):
    """A conversion and two passes in place: no ufunc then goes through its buffer for mixed types."""
    resized, (planes, ordered, out, inside) = _resized(workload), _planes(workload)
    work = list(zip(ordered, workload.gain, workload.offset, inside, strict=True))

    def run():
        cv2.split(resized(), planes)
        for plane, gain, offset, target in work:
            np.copyto(target, plane)
            np.multiply(target, gain, out=target)
            if offset:
                np.add(target, offset, out=target)
        return out

    return run


def split_multiply(workload):
    resized, (planes, ordered, out, inside) = _resized(workload), _planes(workload)
    work = list(zip(ordered, workload.gain, workload.offset, inside, strict=True))

    def run():
        cv2.split(resized(), planes)
        for plane, gain, offset, target in work:
            np.multiply(plane, gain, out=target)
            if offset:
                np.add(target, offset, out=target)
        return out

    return run


def split_weighted(workload):
    resized, (planes, ordered, out, inside) = _resized(workload), _planes(workload)
    work = list(zip(ordered, workload.gain.tolist(), workload.offset.tolist(), inside, strict=True))

    def run():
        cv2.split(resized(), planes)
        for plane, gain, offset, target in work:
            cv2.addWeighted(plane, gain, plane, 0.0, offset, dst=target, dtype=cv2.CV_32F)
        return out

    return run


def split_convert(workload):
    resized, (planes, ordered, out, inside) = _resized(workload), _planes(workload)
    work = list(zip(ordered, workload.gain.tolist(), workload.offset.tolist(), inside, strict=True))

    def run():
        cv2.split(resized(), planes)
        for plane, gain, offset, target in work:
            cv2.multiply(plane, gain, dst=target, dtype=cv2.CV_32F)
            if offset:
                cv2.add(target, offset, dst=target)
        return out

    return run


def _blob_parameters(workload, size=None):
    parameters = cv2.dnn.Image2BlobParams()
    parameters.scalefactor = (*workload.gain.tolist(), 1.0)
    parameters.mean = (*(workload.mean / workload.scale).tolist(), 0.0)
    parameters.swapRB = workload.swapped
    if size:
        parameters.size = size[::-1]
    return parameters


def blob(workload):
    resized, parameters = _framed(workload), _blob_parameters(workload)
    return lambda: cv2.dnn.blobFromImageWithParams(resized(), param=parameters)


def blob_into(workload):
    resized, parameters = _framed(workload), _blob_parameters(workload)
    out = workload.tensor()[0][None]

    def run():
        cv2.dnn.blobFromImageWithParams(resized(), out, parameters)
        return out

    return run


def blob_with_its_resize(workload):
    if workload.filter != "bilinear":
        return None
    image, parameters = workload.image, _blob_parameters(workload, workload.shape[1:])
    if workload.fill is not None:
        parameters.paddingmode = cv2.dnn.DNN_PMODE_LETTERBOX
        parameters.borderValue = (float(workload.fill),) * 3
    return lambda: cv2.dnn.blobFromImageWithParams(image, param=parameters)


def old_blob(workload):
    resized, mean = _framed(workload), tuple((workload.mean / workload.scale).tolist())
    std = np.float32(workload.std).reshape(1, 3, 1, 1) if workload.has_mean_and_std else None

    def run():
        tensor = cv2.dnn.blobFromImage(resized(), workload.scale, mean=mean, swapRB=workload.swapped)
        if std is not None:
            tensor /= std
        return tensor

    return run


def as_usual(workload):
    """What stands in most repositories."""
    image, size, mean, std = workload.image, workload.size, np.float32(workload.mean), np.float32(workload.std)
    interpolation, border = FILTERS[workload.filter], None
    if workload.fill is not None:
        (rows, columns), (out_rows, out_columns), top, left = size, workload.shape[1:], -workload.top, -workload.left
        border = (top, out_rows - rows - top, left, out_columns - columns - left)
        fill = (workload.fill,) * 3

    def run():
        pixels = image if size is None else cv2.resize(image, size[::-1], interpolation=interpolation)
        if border:
            pixels = cv2.copyMakeBorder(pixels, *border, cv2.BORDER_CONSTANT, value=fill)
        if workload.swapped:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
        tensor = pixels.astype(np.float32) / 255.0
        if workload.has_mean_and_std:
            tensor = (tensor - mean) / std
        return np.ascontiguousarray(tensor.transpose(2, 0, 1))

    return run


FORMULATIONS = {
    "split, LUT": split_lookup,
    "LUT, split": lookup_split,
    "split, numpy multiply": split_multiply,
    "split, numpy in place": split_in_place,
    "split, addWeighted": split_weighted,
    "split, multiply and add": split_convert,
    "blobFromImageWithParams": blob,
    "blobFromImageWithParams into out": blob_into,
    "blobFromImageWithParams for both": blob_with_its_resize,
    "blobFromImage, divide": old_blob,
    "astype, numpy": as_usual,
}
