// sharp: raw pixels in, resized raw pixels out, and a loop for the planes. Its `linear` is antialiased and left out.

import sharp from 'sharp'

import { toPlanes } from './loops.mjs'

// One thread, as everybody else; and a cache would answer instead of the resizer.
sharp.concurrency(1)
sharp.cache(false)

// Where a centre falls between two pixels it takes the other one: few pixels, each off by whatever its neighbour is.
const NEIGHBOURS = { largest: 255, mean: 1 }

export function ways(workload) {
  if (!['nearest', 'nearest_exact', 'nearest_floor'].includes(workload.filter)) return []
  const { image, rows, columns, outRows, outColumns, plane, gain, offset, channels } = workload
  const raw = { width: columns, height: rows, channels: 3 }
  const resize = { width: outColumns, height: outRows, fit: 'fill', kernel: 'nearest' }
  const out = workload.tensor()
  const run = async () => {
    const resized = await sharp(image, { raw }).resize(resize).removeAlpha().raw().toBuffer()
    return toPlanes(resized, out, plane, gain, offset, channels)
  }
  return [{ name: 'sharp, JavaScript loop', run, filter: 'nearest_exact', tolerance: NEIGHBOURS }]
}
