// pixfuse from Node.js: every level into an output that is there, and the best one into a new output.

import { levels } from '../../../bindings/node/index.mjs'

export function ways(workload) {
  const { source } = workload
  const all = [...levels()].reverse().map(level => {
    const pipe = on(workload, level)
    const options = { out: workload.tensor() }
    return { name: 'pixfuse', level, run: () => pipe.runSync(source, options).data }
  })
  const pipe = workload.pipe()
  all.push({ name: 'pixfuse, new output', level: pipe.level, run: () => pipe.runSync(source).data })
  return all
}

/** The pipeline on a level, which is chosen when a pipeline is made. */
export function on(workload, level) {
  const before = process.env.PIXFUSE_LEVEL ?? ''
  process.env.PIXFUSE_LEVEL = level
  try {
    return workload.pipe()
  } finally {
    // Empty is as good as unset.
    process.env.PIXFUSE_LEVEL = before
  }
}
