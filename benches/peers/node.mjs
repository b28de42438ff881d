// Each workload from Node.js: pixfuse against a JavaScript loop and sharp.
//
// One process; the ways take turns. Each is compared with pixfuse before anything is timed. One JSON object a line on
// standard output; `cargo xtask bench` runs this and makes the table.

import { parseArgs } from 'node:util'

import * as files from './ways/files.mjs'
import * as loops from './ways/loops.mjs'
import * as ours from './ways/ours.mjs'
import { FULL, QUICK, measure } from './ways/rounds.mjs'
import * as sharp from './ways/sharp.mjs'
import { compared } from './ways/way.mjs'
import { FileWorkload, workloads } from './ways/workload.mjs'

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' } } })

try {
  for (const workload of await workloads(values.only)) {
    const ways = (workload instanceof FileWorkload ? [files] : [ours, loops, sharp]).flatMap(peer => peer.ways(workload))
    const checks = []
    for (const way of ways) checks.push(await compared(way, workload))
    const times = await measure(ways.map(way => way.run), values.quick ? QUICK : FULL)
    for (const [index, { name, level }] of ways.entries()) {
      const { median, min, p90 } = times[index]
      console.log(JSON.stringify({
        workload: workload.id,
        name,
        language: 'Node.js',
        level: level ?? null,
        median_us: median,
        min_us: min,
        p90_us: p90,
        check: checks[index],
      }))
    }
  }
} catch (error) {
  console.error(`error: ${error.message}`)
  process.exitCode = 1
}
