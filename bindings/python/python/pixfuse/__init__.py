"""Image preprocessing for vision models: one declaration, one fused kernel, the same bytes on every machine.

>>> import numpy, pixfuse
>>> pipe = pixfuse.Pipeline(
...     "input(rgb8), resize(240, 256, bilinear), "
...     "normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)"
... )
>>> image = numpy.zeros((576, 768, 3), numpy.uint8)
>>> tensor = pipe(image)
>>> tensor.shape, tensor.dtype
((3, 240, 256), dtype('float32'))
>>> pipe(image, out=tensor) is tensor
True
>>> pipe.batch([image, image[::-1, ::2]]).shape
(2, 3, 240, 256)

What is wrong is said before anything is written:

>>> pipe(image[:, :, 0])
Traceback (most recent call last):
    ...
pixfuse.PipelineError: image: shape (576, 768), expected (rows, columns, 3) for input(rgb8); write input(gray8) with output(rgb, ..), or give the gray three times

`pixfuse.from_config` reads the config that a model is published with; `pixfuse.presets` has pipelines that people use, `help(pixfuse.language)` says what a
declaration can say, and `help(pixfuse.Pipeline)` what may be given.
"""

from . import language, presets
from ._pixfuse import Declaration, FileError, Geometry, Picture, Pipeline, PipelineError, __version__, decoders, levels

from .header import Header, probe
from .processor import Processor, from_config
from .video import VideoProcessor, video_from_config

__all__ = [
    "Declaration",
    "FileError",
    "Geometry",
    "Header",
    "Picture",
    "Pipeline",
    "PipelineError",
    "Processor",
    "VideoProcessor",
    "__version__",
    "decoders",
    "from_config",
    "language",
    "levels",
    "presets",
    "probe",
    "video_from_config",
]

# They are found here, whatever the native module is called: in pickles, tracebacks and help.
for _public in (
    Declaration, FileError, Geometry, Header, Picture, Pipeline, PipelineError, Processor, VideoProcessor, from_config, probe,
    video_from_config,
):
    _public.__module__ = __name__
decoders.__module__ = levels.__module__ = __name__
del _public
