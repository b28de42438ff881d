// pixfuse from Node.js: every level into an output that is there, and the best one where something is new.

import { levels } from '../../../bindings/node/index.mjs'

/** Calls that are timed as one where a call is all there is: the clock is not fine enough for one. */
const CALLS = 100

export function ways(workload) {
  const { source } = workload
  const all = known(workload)
  const pipe = workload.pipe()
  const options = { out: workload.tensor() }
  let fresh = pipe
  // A pipeline that has seen nothing yet: it makes the tables of this size first.
  const before = () => {
    fresh = workload.pipe()
  }
  const cold = { level: pipe.level, kind: 'cold' }
  all.push({ ...cold, name: 'pixfuse, new size', before, run: () => fresh.runSync(source, options).data })
  all.push({ ...cold, name: 'pixfuse, new output', run: () => pipe.runSync(source).data })
  return all
}

/** The same where a call is all there is to measure. */
export function calls(workload) {
  return known(workload).map(way => ({ ...way, kind: 'overhead', repeat: CALLS }))
}

function known(workload) {
  const { source } = workload
  return [...levels()].reverse().map(level => {
    const pipe = on(workload, level)
    const options = { out: workload.tensor() }
    return { name: 'pixfuse', level, kind: 'ours', run: () => pipe.runSync(source, options).data }
  })
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
