"""What a file says of itself before its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import _pixfuse

if TYPE_CHECKING:
    from ._pixfuse import _File


class Header(NamedTuple):
    """The header of a file; `probe` reads it. Sizes are (rows, columns)."""

    format: str
    """JPEG, PNG, WebP, GIF, BMP or TIFF."""
    stored: tuple[int, int]
    """The size as the pixels are stored."""
    shown: tuple[int, int]
    """The size when the image is turned as the file's note says."""
    channels: int
    """1 of gray, 3 of colours, one more with alpha; 4 of CMYK. Of a palette those of its entries."""
    bits: int
    """Of a sample as stored; of an index into a palette where there is one."""
    alpha: bool
    """Whether pixels have alpha: input(rgba8) reads them, input(rgb8) does not."""
    frames: int
    """Of an animation, or images in a TIFF file; the first one is decoded."""
    orientation: int | None
    """What the file's note says, 1 to 8, as EXIF counts; None without a note."""


def probe(data: _File) -> Header:
    """Reads the header of a file, and no pixels.

    `data` is a file as in `Pipeline.decode`. With what it gives, `Pipeline.geometry` knows where things of the file go, as
    `Pipeline.decode_geometry` does. Raises FileError as `decode`, as far as the header tells.

    >>> import io, pixfuse, PIL.Image
    >>> file = io.BytesIO()
    >>> PIL.Image.new("LA", (8, 6)).save(file, "PNG")
    >>> header = pixfuse.probe(file)
    >>> header.format, header.shown, header.channels, header.alpha
    ('PNG', (6, 8), 2, True)
    >>> pipe = pixfuse.Pipeline("input(rgba8, alpha = drop), letterbox(16, 16, bilinear), output(rgb, f32, chw)")
    >>> geometry = pipe.geometry(*header.stored, orient=header.orientation)
    >>> geometry.scale
    (2.0, 2.0)
    >>> geometry == pipe.decode_geometry(file)
    True
    """
    return Header(*_pixfuse.probe(data))
