// Never run: the compiler reads it. What `require` gives is the object of all names, and has no `default`.

import pixfuse = require('pixfuse')
import use = require('pixfuse/transformers-js')

const pipe: pixfuse.Pipeline = new pixfuse.Pipeline('input(rgb8), output(rgb, u8, hwc)')
const names: string[] = [pipe.spec, pixfuse.version, pixfuse.decoders()]
// @ts-expect-error
pixfuse.default
use.use(names)
