// A JPEG file to a tensor: pixfuse, and sharp with a loop for the planes.

import sharp from 'sharp'

import { levels } from '../../../bindings/node/index.mjs'
import { toPlanes } from './loops.mjs'
import { on } from './ours.mjs'
import { ONE_LEVEL } from './way.mjs'

export function ways(workload) {
  const { file } = workload
  const all = [...levels()].reverse().map(level => {
    const pipe = on(workload, level)
    const options = { out: workload.tensor() }
    return { name: 'pixfuse', level, run: () => pipe.decodeSync(file, options).data }
  })
  const pipe = workload.pipe()
  all.push({ name: 'pixfuse, new output', level: pipe.level, run: () => pipe.decodeSync(file).data })
  all.push({ name: 'pixfuse, a promise', level: pipe.level, run: async () => (await pipe.decode(file)).data })
  return [...all, { name: 'sharp, JavaScript loop', run: withSharp(workload), tolerance: ONE_LEVEL }]
}

function withSharp(workload) {
  const { file, shortest, outRows, outColumns, plane, gain, offset, channels } = workload
  const out = workload.tensor()
  return async () => {
    const { width, height } = await sharp(file).metadata()
    const scale = shortest / Math.min(width, height)
    const [columns, rows] = [Math.trunc(width * scale), Math.trunc(height * scale)]
    const middle = {
      left: Math.floor((columns - outColumns) / 2),
      top: Math.floor((rows - outRows) / 2),
      width: outColumns,
      height: outRows,
    }
    const pixels = await sharp(file)
      .resize(columns, rows, { fit: 'fill', kernel: 'linear' })
      .extract(middle)
      .removeAlpha()
      .raw()
      .toBuffer()
    return toPlanes(pixels, out, plane, gain, offset, channels)
  }
}
