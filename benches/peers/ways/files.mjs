// A JPEG file to a tensor: pixfuse, and sharp with a loop for the planes.

import sharp from 'sharp'

import { levels } from '../../../bindings/node/index.mjs'
import { on } from './ours.mjs'
import { resized } from './sharp.mjs'
import { OTHER_WEIGHTS } from './way.mjs'

export function ways(workload) {
  const { file } = workload
  const all = [...levels()].reverse().map(level => {
    const pipe = on(workload, level)
    const options = { out: workload.tensor() }
    return { name: 'pixfuse', level, kind: 'ours', run: () => pipe.decodeSync(file, options).data }
  })
  const pipe = workload.pipe()
  const more = { level: pipe.level, kind: 'cold' }
  all.push({ ...more, name: 'pixfuse, new output', run: () => pipe.decodeSync(file).data })
  all.push({ ...more, name: 'pixfuse, a promise', run: async () => (await pipe.decode(file)).data })
  const run = resized(workload, () => sharp(file), 'linear')
  all.push({ name: 'sharp, JavaScript loop', run, tolerance: OTHER_WEIGHTS })
  all.push({ name: 'floor: sharp, pixels only', kind: 'floor', run: () => sharp(file).raw().toBuffer() })
  return all
}
