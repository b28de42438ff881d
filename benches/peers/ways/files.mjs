// A JPEG file to a tensor: pixfuse, and sharp with a loop for the planes.
//
// sharp decodes at a half, a quarter or an eighth of the size where that is enough, unless it is told not to. pixfuse does
// so when it is asked to, in the row with `draft`.

import sharp from 'sharp'

import { decoders, levels } from '../../../bindings/node/index.mjs'
import { on } from './ours.mjs'
import { resized } from './sharp.mjs'
import { OTHER_FILTER, OTHER_WEIGHTS } from './way.mjs'

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
  if (!decoders().includes('libjpeg-turbo-rs')) {
    const options = { out: workload.tensor(), draft: workload.resized }
    const drafted = { name: 'pixfuse, draft', kind: 'reduced', level: pipe.level, tolerance: OTHER_FILTER }
    all.push({ ...drafted, run: () => pipe.decodeSync(file, options).data })
  }
  const run = resized(workload, () => sharp(file), 'linear')
  all.push({ name: 'sharp, JavaScript loop', run, tolerance: OTHER_WEIGHTS })
  all.push({ name: 'floor: sharp, pixels only', kind: 'floor', run: () => sharp(file).raw().toBuffer() })
  return all
}
