// The Node.js third of the demo: reads what the Rust program left in a directory, prints one line of JSON.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { Pipeline } from '../../bindings/node/index.mjs'

const RUNS = 200

const directory = process.argv[2]
const { pipeline, rows, columns } = JSON.parse(readFileSync(join(directory, 'input.json'), 'utf8'))
const image = { data: readFileSync(join(directory, 'photo.rgb')), width: columns, height: rows }

const pipe = new Pipeline(pipeline)
const { data: out, dims } = pipe.runSync(image)
const times = []
for (let run = 0; run < RUNS; run++) {
  const start = process.hrtime.bigint()
  pipe.runSync(image, { out })
  times.push(Number(process.hrtime.bigint() - start))
}
times.sort((a, b) => a - b)

// Every machine that Node.js runs on today stores the low byte first but one; that one gets its bytes turned here.
const bytes = Buffer.alloc(out.length * 4)
out.forEach((value, index) => bytes.writeFloatLE(value, index * 4))
console.log(JSON.stringify({
  language: 'Node.js',
  shape: dims,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  median_us: times[RUNS / 2] / 1000,
  level: String(pipe.level),
}))
