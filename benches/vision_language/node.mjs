// One workload in Node.js: pixfuse beside the class of transformers.js that has the config's name.
//
//     node node.mjs TASK.json ROUNDS
//
// pixfuse's tensor is transformers' (of Python) in every bit. transformers.js resizes by another filter, which its row says;
// where its tensor has another shape, or it has no such class, there is no row of it. One JSON object a way.

import assert from 'node:assert'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { Processor } = require('../../bindings/node')
// Of the peers' package, which pins it.
const transformers = await import(createRequire(new URL('../peers/', import.meta.url)).resolve('@huggingface/transformers'))

/** Calls of a turn that count, behind one that does not. */
const CALLS = 3

const task = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const rounds = Number(process.argv[3])
const { rows: height, columns: width, dims } = task
const pixels = new Uint8Array(readFileSync(task.pixels))
const expected = floats(readFileSync(task.tensor))

const ways = [...ours(), ...await theirs()]
const turns = ways.map(() => [])
for (let round = 0; round < rounds; round++) {
  for (const [index, way] of ways.entries()) turns[index].push(await turn(way))
}
for (const [index, { name, isPeer, check }] of ways.entries()) {
  const all = turns[index].flat().map(([time]) => time).sort((a, b) => a - b)
  const [time, cpu] = [0, 1].map(clock => median(turns[index].map(own => median(own.map(both => both[clock])))))
  const [p10, p90] = [0.1, 0.9].map(part => all[Math.floor(all.length * part)])
  console.log(JSON.stringify({ name, is_peer: isPeer, check, median: time, p10, p90, cpu }))
}

function ours() {
  const processor = Processor.fromConfig(task.config, { backend: 'torch' })
  const image = { data: pixels, width, height }
  const run = () => processor.runSync(image)
  const made = run().pixel_values
  assert.deepStrictEqual([...made.dims], dims)
  assert(Buffer.from(made.data.buffer, made.data.byteOffset, made.data.byteLength).equals(Buffer.from(expected.buffer)))
  const pipe = processor.pipeline()
  const out = new Float32Array(expected.length)
  return [
    { name: 'pixfuse', isPeer: false, check: 'equal', run },
    { name: 'pixfuse into out', isPeer: false, check: 'equal', run: () => pipe.runSync(image, { out }) },
  ]
}

async function theirs() {
  const { image_processor_type: name, ...config } = task.config
  const Class = transformers[name]
  if (!Class || name === 'ImageProcessor') return []
  // Its defaults are not those of Python: it is given what Python's class has.
  const processor = new Class(Processor.fromConfig(task.config, { backend: 'torch' }).config)
  const image = new transformers.RawImage(pixels, width, height, 3)
  const run = () => processor([image])
  const made = (await run()).pixel_values
  if (made.dims.join() !== dims.join()) {
    console.error(`transformers.js: ${name}: [${made.dims}] and not [${dims}]: left out`)
    return []
  }
  let sum = 0
  for (let index = 0; index < expected.length; index++) sum += Math.abs(made.data[index] - expected[index])
  return [{ name: 'transformers.js', isPeer: true, check: `another filter, off by ${(sum / expected.length).toFixed(3)} on average`, run }]
}

async function turn({ run }) {
  const times = []
  for (let call = 0; call <= CALLS; call++) {
    const start = performance.now()
    const worked = process.cpuUsage()
    const result = run()
    if (result instanceof Promise) await result
    const { user, system } = process.cpuUsage(worked)
    if (call) times.push([performance.now() - start, (user + system) / 1000])
  }
  return times
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

function floats(buffer) {
  return new Float32Array(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength))
}
