// @napi-rs/image: fast_image_resize behind RGBA pixels, which are given to it as a canvas has them.

import { FastResizeFilter, ResizeFit, Transformer } from '@napi-rs/image'

import { toPlanes } from './planes.mjs'
import { OTHER_FILTER, OTHER_WEIGHTS } from './way.mjs'

const FILTERS = {
  area: FastResizeFilter.Box,
  bilinear: FastResizeFilter.Bilinear,
  bicubic: FastResizeFilter.CatmullRom,
  lanczos: FastResizeFilter.Lanczos3,
}

export function ways(workload) {
  const filter = FILTERS[workload.filter]
  if (filter === undefined) return []
  const run = resized(workload, filter)
  if (workload.antialias) return [{ name: '@napi-rs/image, JavaScript loop', run, tolerance: OTHER_WEIGHTS }]
  return [{ name: '@napi-rs/image, antialiased, JavaScript loop', run, tolerance: OTHER_FILTER }]
}

function resized(workload, filter) {
  const { image, rows, columns, resized: [height, width], plane, start, gain, offset, channels } = workload
  const { top, left, outRows, outColumns, cropped } = workload
  const rgba = new Uint8Array(rows * columns * 4).fill(255)
  for (let at = 0, to = 0; at < image.length; at += 3, to += 4) rgba.set(image.subarray(at, at + 3), to)
  const out = workload.tensor()
  const options = { width, height, filter, fit: ResizeFit.Fill }
  return () => {
    const whole = Transformer.fromRgbaPixels(rgba, columns, rows).fastResize(options)
    const pixels = (cropped ? whole.crop(left, top, outColumns, outRows) : whole).rawPixelsSync()
    return toPlanes(pixels, 4, out, plane, start, gain, offset, channels)
  }
}
