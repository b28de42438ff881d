"""Pictures and their files."""

import io

import numpy as np
from PIL import Image


def picture(rows, columns, channels=3):
    """Slopes and edges, as a photo has them."""
    y, x = np.mgrid[0:rows, 0:columns]
    planes = [(y * (2 + c) + x * (5 - c) + 90 * ((x + 2 * y) // 11 % 2)) % 256 for c in range(channels)]
    return Image.fromarray(np.stack(planes, -1).astype(np.uint8))


def encoded(image, format="JPEG", **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()
