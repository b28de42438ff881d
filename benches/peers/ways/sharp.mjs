// sharp: raw pixels in, resized raw pixels out, and a loop for the planes.
//
// All its filters but the nearest neighbour are antialiased, and none is Pillow's to the bit: what is compared with a
// bilinear filter that is not, or with an area, is the nearest thing that it has.

import sharp from 'sharp'

import { toPlanes } from './planes.mjs'
import { OTHER_FILTER, OTHER_WEIGHTS } from './way.mjs'

// One thread, as everybody else; and a cache would answer instead of the resizer.
sharp.concurrency(1)
sharp.cache(false)

// Where a centre falls between two pixels it takes the other one: few pixels, each off by whatever its neighbour is.
const NEIGHBOURS = { largest: 255, mean: 1 }

const KERNELS = { bilinear: 'linear', area: 'linear', bicubic: 'cubic', lanczos: 'lanczos3' }

export function ways(workload) {
  const { image, rows, columns } = workload
  const source = () => sharp(image, { raw: { width: columns, height: rows, channels: 3 } })
  if (['nearest', 'nearest_exact', 'nearest_floor'].includes(workload.filter)) {
    const run = resized(workload, source, 'nearest')
    return [{ name: 'sharp, JavaScript loop', run, filter: 'nearest_exact', tolerance: NEIGHBOURS }]
  }
  const kernel = KERNELS[workload.filter]
  if (kernel === undefined) return []
  const run = resized(workload, source, kernel)
  return workload.antialias
    ? [{ name: 'sharp, JavaScript loop', run, tolerance: OTHER_WEIGHTS }]
    : [{ name: 'sharp, antialiased, JavaScript loop', run, tolerance: OTHER_FILTER }]
}

/** A run that resizes, crops and makes planes of what `source` gives. */
export function resized(workload, source, kernel) {
  const { resized: [height, width], top, left, outRows, outColumns, plane, start, gain, offset, channels } = workload
  const out = workload.tensor()
  const box = workload.cropped && { left, top, width: outColumns, height: outRows }
  return async () => {
    const whole = source().resize(width, height, { fit: 'fill', kernel })
    const pixels = await (box ? whole.extract(box) : whole).removeAlpha().raw().toBuffer()
    return toPlanes(pixels, 3, out, plane, start, gain, offset, channels)
  }
}
