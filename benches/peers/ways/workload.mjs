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
 * `gain` and `offset` are the whole of `normalize`, `x * gain + offset`, for each channel of the output; `channels` names
 * the source channel that becomes each output channel.
 */
class Workload {
  constructor({ id, rows, columns, pipeline }, image) {
    Object.assign(this, { id, rows, columns, pipeline, image })
    const [outRows, outColumns, filter] = pipeline.resize ?? [rows, columns, null]
    Object.assign(this, { outRows, outColumns, filter, plane: outRows * outColumns })

    const { scale = 1 / 255, mean = 0, std = 1, eps = 0 } = pipeline.normalize
    const each = numbers => [0, 1, 2].map(channel => Array.isArray(numbers) ? numbers[channel] : numbers)
    this.gain = each(std).map(std => scale / (std + eps))
    this.offset = each(mean).map((mean, channel) => -mean / (each(std)[channel] + eps))
    this.channels = [...pipeline.output[0]].map(letter => pipeline.input.indexOf(letter))
  }

  /** The pixfuse pipeline, with another filter if one is given. */
  pipe(filter = this.filter) {
    const resize = filter && { resize: [this.outRows, this.outColumns, filter] }
    return new Pipeline({ ...this.pipeline, ...resize })
  }

  /** The image as pixfuse takes it. */
  get source() {
    return { data: this.image, width: this.columns, height: this.rows }
  }

  /** What pixfuse gives, with another filter if one is given. */
  expected(filter) {
    return this.pipe(filter).runSync(this.source).data
  }

  /** Memory for the tensor. */
  tensor() {
    return new Float32Array(3 * this.plane)
  }
}

/** The photo's file and one declaration. */
export class FileWorkload {
  filter = null

  constructor({ id, pipeline }) {
    const { center_crop: centerCrop, ...clauses } = pipeline
    const [outRows, outColumns] = centerCrop
    Object.assign(this, { id, outRows, outColumns, clauses: { ...clauses, centerCrop }, plane: outRows * outColumns })
    this.shortest = pipeline.resize[0].shortest
    this.file = readFileSync(PHOTO)
    const { mean, std } = pipeline.normalize
    this.gain = std.map(std => 1 / 255 / std)
    this.offset = mean.map((mean, channel) => -mean / std[channel])
    this.channels = [0, 1, 2]
  }

  /** The pixfuse pipeline. */
  pipe() {
    return new Pipeline(this.clauses)
  }

  /** What pixfuse gives. */
  expected() {
    return this.pipe().decodeSync(this.file).data
  }

  /** Memory for the tensor. */
  tensor() {
    return new Float32Array(3 * this.plane)
  }
}

/** Every workload that is measured in Node.js, or the one with this id. */
export async function workloads(only) {
  const list = JSON.parse(readFileSync(LIST, 'utf8'))
  const chosen = list.filter(({ id }) => only === undefined || id === only)
  if (chosen.length === 0) throw new Error(`there is no workload ${only}; there are ${list.map(({ id }) => id).join(', ')}`)
  const photo = await sharp(PHOTO).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const here = chosen.filter(({ languages = ['node'] }) => languages.includes('node'))
  return here.map(given => (given.file ? new FileWorkload(given) : new Workload(given, sized(photo, given))))
}

function sized({ data, info }, { rows, columns }) {
  if (info.height === rows && info.width === columns) return new Uint8Array(data)
  const pipe = new Pipeline({ input: 'rgb8', resize: [rows, columns, 'bilinear'], output: ['rgb', 'u8', 'hwc'] })
  return pipe.runSync({ data, width: info.width, height: info.height }).data
}
