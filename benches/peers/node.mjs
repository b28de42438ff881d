// Each workload from Node.js: pixfuse against sharp, @napi-rs/image, OpenCV, transformers.js and JavaScript loops.
//
// One process, in which the ways take turns. Each is compared with pixfuse before anything is timed. One JSON object a
// line on standard output, what is done on standard error; `cargo xtask bench` runs this and makes the table.

import { parseArgs } from 'node:util'

import * as batches from './ways/batches.mjs'
import * as files from './ways/files.mjs'
import * as floor from './ways/floor.mjs'
import * as loops from './ways/loops.mjs'
import * as napiImage from './ways/napi-image.mjs'
import * as opencv from './ways/opencv.mjs'
import * as ours from './ways/ours.mjs'
import { FULL, QUICK, measure } from './ways/rounds.mjs'
import * as sharp from './ways/sharp.mjs'
import * as transformers from './ways/transformers.mjs'
import { compared } from './ways/way.mjs'
import { workloads } from './ways/workload.mjs'

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' } } })

try {
  for (const workload of await workloads(values.only)) await measured(workload)
} catch (error) {
  console.error(`error: ${error.message}`)
  process.exitCode = 1
}

/** Every way to do a workload. */
function ways(workload) {
  switch (workload.task) {
    case 'file':
      return files.ways(workload)
    case 'batch':
      return batches.ways(workload)
    case 'call':
      return ours.calls(workload)
    default:
      return [ours, loops, sharp, napiImage, opencv, transformers, floor].flatMap(peer => peer.ways(workload))
  }
}

async function measured(workload) {
  const all = ways(workload)
  const checks = []
  for (const way of all) {
    console.error(`${workload.id}: checking ${way.name}`)
    checks.push(await compared(way, workload))
  }
  console.error(`${workload.id}: measuring ${all.length} rows`)
  const times = await measure(all, values.quick ? QUICK : FULL)
  for (const [index, { name, kind = 'peer', threads = 1, level = null }] of all.entries()) {
    const { median, min, p90 } = times[index]
    console.log(JSON.stringify({
      workload: workload.id,
      name,
      kind,
      threads,
      language: 'Node.js',
      level,
      median_us: median,
      min_us: min,
      p90_us: p90,
      check: checks[index],
    }))
  }
}
