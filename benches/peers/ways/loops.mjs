// Loops in plain JavaScript, as well as they can be written: typed arrays, everything that repeats in a table, and
// functions that get all they use as arguments. A closure reads its variables again for each pixel, at twice the time;
// looking the 256 values up instead of computing them took 1.4 times as long.

import { toPlanes } from './planes.mjs'
import { separable } from './separable.mjs'
import { ONE_LEVEL } from './way.mjs'

export function ways(workload) {
  if (workload.antialias) return [{ name: 'JavaScript loop', run: separable(workload), tolerance: ONE_LEVEL }]
  switch (workload.filter) {
    case null:
      return [{ name: 'JavaScript loop', run: normalized(workload) }]
    case 'nearest':
    case 'nearest_floor':
      return [{ name: 'JavaScript loop', run: nearest(workload), filter: 'nearest_floor' }]
    case 'bilinear':
      return [{ name: 'JavaScript loop', run: bilinear(workload), tolerance: ONE_LEVEL }]
    default:
      return []
  }
}

function normalized(workload) {
  const { image, plane, gain, offset, channels } = workload
  const out = workload.tensor()
  return () => toPlanes(image, 3, out, plane, 0, gain, offset, channels)
}

function nearest(workload) {
  const { image, rows, columns, outRows, outColumns, gain, offset, channels } = workload
  const starts = (count, source, step) =>
    Int32Array.from({ length: count }, (_, at) => Math.floor(at * (source / count)) * step)
  const down = starts(outRows, rows, columns * 3)
  const along = starts(outColumns, columns, 3)
  const out = workload.tensor()
  return () => nearestLoop(image, out, down, along, gain, offset, channels)
}

function nearestLoop(image, out, down, along, gain, offset, channels) {
  const [gain0, gain1, gain2] = gain
  const [offset0, offset1, offset2] = offset
  const [a, b, c] = channels
  const plane = down.length * along.length
  for (let y = 0, i = 0; y < down.length; y++) {
    const row = down[y]
    for (let x = 0; x < along.length; x++, i++) {
      const at = row + along[x]
      out[i] = image[at + a] * gain0 + offset0
      out[plane + i] = image[at + b] * gain1 + offset1
      out[2 * plane + i] = image[at + c] * gain2 + offset2
    }
  }
  return out
}

/** Half-pixel centres without antialiasing, as OpenCV's INTER_LINEAR, but not rounded to u8 in between. */
export function bilinear(workload) {
  const { image, rows, columns, resized: [height, width], plane, start, gain, offset, channels } = workload
  const down = pairs(height, rows, columns * 3)
  const along = pairs(width, columns, 3)
  const out = workload.tensor()
  return () => bilinearLoop(image, out, plane, start, down, along, gain, offset, channels)
}

/** The two source positions, in bytes, of each output position along an axis, and the weight of the second. */
function pairs(count, source, step) {
  const [before, after, weight] = [new Int32Array(count), new Int32Array(count), new Float32Array(count)]
  for (let at = 0; at < count; at++) {
    const centre = Math.min(Math.max((at + 0.5) * (source / count) - 0.5, 0), source - 1)
    const floor = Math.floor(centre)
    before[at] = floor * step
    after[at] = Math.min(floor + 1, source - 1) * step
    weight[at] = centre - floor
  }
  return [before, after, weight]
}

function bilinearLoop(image, out, plane, start, down, along, gain, offset, channels) {
  const [above, below, vertical] = down
  const [left, right, horizontal] = along
  const [gain0, gain1, gain2] = gain
  const [offset0, offset1, offset2] = offset
  const [a, b, c] = channels
  const columns = left.length
  for (let y = 0, i = start; y < above.length; y++) {
    const top = above[y]
    const bottom = below[y]
    const v = vertical[y]
    for (let x = 0; x < columns; x++, i++) {
      const h = horizontal[x]
      const topLeft = top + left[x]
      const topRight = top + right[x]
      const bottomLeft = bottom + left[x]
      const bottomRight = bottom + right[x]
      let first = image[topLeft + a]
      let second = image[bottomLeft + a]
      first += (image[topRight + a] - first) * h
      second += (image[bottomRight + a] - second) * h
      out[i] = (first + (second - first) * v) * gain0 + offset0
      first = image[topLeft + b]
      second = image[bottomLeft + b]
      first += (image[topRight + b] - first) * h
      second += (image[bottomRight + b] - second) * h
      out[plane + i] = (first + (second - first) * v) * gain1 + offset1
      first = image[topLeft + c]
      second = image[bottomLeft + c]
      first += (image[topRight + c] - first) * h
      second += (image[bottomRight + c] - second) * h
      out[2 * plane + i] = (first + (second - first) * v) * gain2 + offset2
    }
  }
  return out
}
