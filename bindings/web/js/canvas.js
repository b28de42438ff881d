// Pixels of what only a browser can read: canvases, bitmaps, images and videos of a page, and files of formats that have no
// decoder here. None of it is exact: browsers manage colours, scale chroma in their own ways, and some add noise.

import { refused } from './module.js'

const WHY = 'a browser manages its colours, and some add noise to what a canvas gives'

// Whether what a canvas gives is what was put on it: Firefox and Brave can add noise, against tracking.
let noisy

/**
 * The pixels of a picture, as `run` takes them, for `input(rgba8, ..)`. They are marked `exact: false`, and refused with
 * `exact: true`.
 */
export async function pixels(source, options) {
  const { exact = false } = options ?? {}
  if (isImageData(source)) {
    if (exact) throw refused(`image: exact: true, but an ImageData comes off a canvas: ${WHY}; give the file to decode`)
    return shown(source)
  }
  if (exact) throw refused(`image: exact: true, but ${named(source)} is no exact source: ${WHY}; give the file to decode`)
  if (isOf(source, 'Blob')) {
    const bitmap = await createImageBitmap(source, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
    try {
      return drawn(bitmap, bitmap.width, bitmap.height)
    } finally {
      bitmap.close()
    }
  }
  const [width, height] = sides(source)
  if (!(width > 0 && height > 0)) throw refused(`image: ${named(source)} of ${width} x ${height} pixels; wait until it is loaded`)
  return drawn(source, width, height)
}

const isOf = (value, name) => globalThis[name] !== undefined && value instanceof globalThis[name]
const isImageData = value => isOf(value, 'ImageData')
const named = source => source?.constructor?.name ?? String(source)

// Rows and columns of what can be drawn.
function sides(source) {
  if (isOf(source, 'HTMLImageElement')) return [source.naturalWidth, source.naturalHeight]
  if (isOf(source, 'HTMLVideoElement')) return [source.videoWidth, source.videoHeight]
  if (isOf(source, 'VideoFrame')) return [source.displayWidth, source.displayHeight]
  const drawable = ['HTMLCanvasElement', 'OffscreenCanvas', 'ImageBitmap'].some(name => isOf(source, name))
  if (!drawable) {
    throw refused(`image: ${named(source)}, expected a canvas, an ImageBitmap, an ImageData, an image or video of a page, a VideoFrame or a Blob`)
  }
  return [source.width, source.height]
}

function context(width, height) {
  const canvas = globalThis.OffscreenCanvas === undefined
    ? Object.assign(document.createElement('canvas'), { width, height })
    : new OffscreenCanvas(width, height)
  return canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' })
}

function drawn(source, width, height) {
  const canvas = context(width, height)
  canvas.drawImage(source, 0, 0, width, height)
  return shown(canvas.getImageData(0, 0, width, height))
}

function shown({ data, width, height, colorSpace = 'srgb' }) {
  if (colorSpace !== 'srgb') throw refused(`image: colorSpace: '${colorSpace}', expected 'srgb', which models are trained on`)
  noisy ??= hasNoise()
  return { data, width, height, channels: 4, exact: false, noisy }
}

function hasNoise() {
  const side = 16
  const canvas = context(side, side)
  const put = canvas.createImageData(side, side)
  for (let at = 0; at < put.data.length; at++) put.data[at] = at % 4 === 3 ? 255 : (at * 37) % 256
  canvas.putImageData(put, 0, 0)
  return canvas.getImageData(0, 0, side, side).data.some((value, at) => value !== put.data[at])
}
