// Many images into one block: pixfuse on one thread and on two, and what others do with one image after the other.

import sharp from 'sharp'

import { levels } from '../../../bindings/node/index.mjs'
import * as floor from './floor.mjs'
import { bilinear } from './loops.mjs'
import { on } from './ours.mjs'
import { resized } from './sharp.mjs'
import { ONE_LEVEL, OTHER_FILTER } from './way.mjs'

const THREADS = [1, 2]

export function ways(workload) {
  const { image, images, plane, rows, columns } = workload
  const block = new Float32Array(images * 3 * plane)
  const parts = Array.from({ length: images }, (_, at) => block.subarray(at * 3 * plane, (at + 1) * 3 * plane))
  // Each image has memory of its own, as those of a data loader.
  const copies = parts.map(() => image.slice())
  const sources = copies.map(data => ({ data, width: columns, height: rows }))

  const all = THREADS.flatMap(threads => [...levels()].reverse().map(level => {
    const pipe = on(workload, level)
    const options = { out: block, threads }
    return { name: 'pixfuse', level, kind: 'ours', threads, run: () => pipe.batchSync(sources, options).data }
  }))

  const item = (copy, at) => Object.assign(Object.create(workload), { image: copy, tensor: () => parts[at] })
  const each = make => copies.map((copy, at) => make(item(copy, at)))
  const loops = each(bilinear)
  const run = () => {
    for (const one of loops) one()
    return block
  }
  all.push({ name: 'JavaScript loop', run, tolerance: ONE_LEVEL })

  const raw = { width: columns, height: rows, channels: 3 }
  const sharps = each(item => resized(item, () => sharp(item.image, { raw }), 'linear'))
  for (const threads of THREADS) {
    // Each image is a task of the thread pool: as many at a time as there are threads.
    const run = async () => {
      const next = sharps.values()
      const work = async () => {
        for (const one of next) await one()
      }
      await Promise.all(Array.from({ length: threads }, work))
      return block
    }
    all.push({ name: 'sharp, antialiased, JavaScript loop', threads, run, tolerance: OTHER_FILTER })
  }

  const rowsTouched = floor.touched(workload)
  const fetched = () => copies.map((copy, at) => floor.fetchAndFill(copy, rowsTouched, parts[at]))
  all.push({ name: 'floor: fetch once, write once', kind: 'floor', run: fetched })
  return all
}
