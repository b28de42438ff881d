// The workloads of `workloads.json`, with the photo in their size.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import sharp from 'sharp'

import { Pipeline } from '../../../bindings/node/index.mjs'

const LIST = new URL('../../workloads.json', import.meta.url)
const PHOTO = fileURLToPath(new URL('../../../examples/demo/photo.jpg', import.meta.url))

/**
 * One source size and one declaration.
 *
 * `gain` and `offset` are the whole of `normalize`, `x * gain + offset`, for each channel of the output; `channels`
 * names the source channel that becomes each output channel. `task` is `image`, `batch`, `file` or `call`. The whole image is
 * resized to `resized`; the tensor begins at `top` and `left` in that, or, where they are negative, as far before it.
 */
class Workload {
  constructor({ id, rows, columns, images, file, call, pipeline }, image, jpeg) {
    const task = images ? 'batch' : file ? 'file' : call ? 'call' : 'image'
    Object.assign(this, { id, rows, columns, task, images: images ?? 1, image, file: jpeg })
    const { center_crop: centerCrop, ...clauses } = pipeline
    this.clauses = centerCrop ? { ...clauses, centerCrop } : clauses
    const framing = pipeline.resize ?? pipeline.letterbox ?? []
    const words = framing.filter(word => typeof word === 'string')
    this.filter = words[0] ?? null
    this.antialias = words.includes('antialias')
    this.fill = pipeline.letterbox?.at(-1).fill ?? null
    this.cropped = centerCrop !== undefined

    const { scale = 1 / 255, mean = 0, std = 1, eps = 0 } = pipeline.normalize
    const each = numbers => [0, 1, 2].map(channel => Array.isArray(numbers) ? numbers[channel] : numbers)
    Object.assign(this, { mean: each(mean), std: each(std) })
    this.gain = this.std.map(std => scale / (std + eps))
    this.offset = this.mean.map((mean, channel) => -mean / (this.std[channel] + eps))
    this.channels = [...pipeline.output[0]].map(letter => pipeline.input.indexOf(letter))

    const pipe = this.pipe()
    const geometry = pipe.geometry(rows, columns)
    ;[, this.outRows, this.outColumns] = pipe.outputShape(rows, columns)
    this.plane = this.outRows * this.outColumns
    this.sourceBox = geometry.sourceBox
    const source = [rows, columns]
    this.resized = geometry.exactScale.map((by, axis) => Math.round(by * source[axis]))
    ;[this.top, this.left] = geometry.offset.map(offset => -offset)
    /** Where in each plane the content begins: only whole rows are margins. */
    this.start = this.fill === null ? 0 : -this.top * this.outColumns
  }

  /** The pixfuse pipeline, with another filter if one is given. */
  pipe(filter) {
    const { resize } = this.clauses
    const other = filter && resize && { resize: resize.map(word => (word === this.filter ? filter : word)) }
    return new Pipeline({ ...this.clauses, ...other })
  }

  /** The image as pixfuse takes it. */
  get source() {
    return { data: this.image, width: this.columns, height: this.rows }
  }

  /** The pixels in red, green, blue, for those who know no other order. */
  get rgb() {
    const rgb = new Uint8Array(this.image.length)
    for (let at = 0; at < rgb.length; at += 3) {
      for (let c = 0; c < 3; c++) rgb[at + c] = this.image[at + this.channels[c]]
    }
    return rgb
  }

  /** What pixfuse gives, with another filter if one is given. */
  expected(filter) {
    return this.task === 'file' ? this.pipe().decodeSync(this.file).data : this.pipe(filter).runSync(this.source).data
  }

  /** Memory for the tensor; what shows nothing of the source is filled already, as in a program that keeps it. */
  tensor() {
    const out = new Float32Array(3 * this.plane)
    if (this.fill !== null) {
      for (let c = 0, { plane } = this; c < 3; c++) {
        out.fill(this.fill * this.gain[c] + this.offset[c], c * plane, (c + 1) * plane)
      }
    }
    return out
  }
}

/** Every workload that is measured in Node.js, or the one with this id. */
export async function workloads(only) {
  const list = JSON.parse(readFileSync(LIST, 'utf8'))
  const chosen = list.filter(({ id }) => only === undefined || id === only)
  const ids = list.map(({ id }) => id).join(', ')
  if (chosen.length === 0) throw new Error(`there is no workload ${only}; there are ${ids}`)
  const photo = await sharp(PHOTO).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const here = chosen.filter(({ languages = ['node'] }) => languages.includes('node'))
  const made = async given => {
    const pixels = sized(photo, given)
    return new Workload(given, pixels, given.file ? await jpeg(photo, given, pixels) : null)
  }
  return Promise.all(here.map(made))
}

function sized({ data, info }, { rows, columns }) {
  if (info.height === rows && info.width === columns) return new Uint8Array(data)
  const pipe = new Pipeline({ input: 'rgb8', resize: [rows, columns, 'bilinear'], output: ['rgb', 'u8', 'hwc'] })
  return pipe.runSync({ data, width: info.width, height: info.height }).data
}

/** A JPEG as cameras write them (quality 90, chroma halved); the photo's own file if that is the size. */
async function jpeg({ info }, { rows, columns }, pixels) {
  if (info.height === rows && info.width === columns) return readFileSync(PHOTO)
  const raw = { width: columns, height: rows, channels: 3 }
  return sharp(pixels, { raw }).jpeg({ quality: 90, chromaSubsampling: '4:2:0', optimiseCoding: false }).toBuffer()
}
