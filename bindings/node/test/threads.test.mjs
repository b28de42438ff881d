// Promises and workers: other threads, and JavaScript that does as it likes meanwhile.

import assert from 'node:assert/strict'
import { pbkdf2 } from 'node:crypto'
import test from 'node:test'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MessageChannel, Worker, markAsUntransferable } from 'node:worker_threads'

import { Pipeline } from '../index.mjs'
import { assertSame, bytes, image } from './images.mjs'

const pipe = new Pipeline('input(rgb8), resize(320, 320, bilinear), normalize(), output(rgb, f32, chw)')
const packed = new Pipeline('input(rgb8), resize(320, 320, nearest), output(rgb, u8, hwc)')
const big = () => image(640, 480)
const source = big()
const expected = pipe.runSync(source)

test('a promise of the same tensor', async () => {
  const promise = pipe.run(source)
  assert.ok(promise instanceof Promise)
  assertSame(await promise, expected)
  assertSame(await packed.run(source), packed.runSync(source))
  const out = new Float32Array(expected.data.length)
  const tensor = await pipe.run(source, { out })
  assert.equal(tensor.data, out)
  assertSame(tensor, expected)
})

test('many at once', async () => {
  const sources = Array.from({ length: 24 }, (_, index) => image(64 + index, 48 + (index % 5), 3, index))
  const tensors = await Promise.all(sources.map(source => pipe.run(source)))
  tensors.forEach((tensor, index) => assertSame(tensor, pipe.runSync(sources[index])))
})

test('the buffer is the caller\'s again as soon as there is a promise', async () => {
  const overwritten = big()
  const first = pipe.run(overwritten)
  overwritten.data.fill(0)
  const transferred = big()
  const second = pipe.run(transferred)
  structuredClone(transferred.data.buffer, { transfer: [transferred.data.buffer] })
  assert.equal(transferred.data.length, 0)
  assertSame(await first, expected)
  assertSame(await second, expected)
})

test('a buffer that is given away is taken', async () => {
  const { data, ...size } = big()
  const promise = pipe.run({ data, ...size }, { transfer: true })
  assert.equal(data.length, 0)
  assertSame(await promise, expected)

  const memory = new Uint8Array(source.data.length + 20)
  memory.set(source.data, 9)
  const view = Buffer.from(memory.buffer, 9, source.data.length)
  const out = new Float32Array(expected.data.length)
  assertSame(await pipe.run({ ...size, data: view }, { transfer: true, out }), expected)
  assert.equal(memory.length, 0)

  // Nothing is taken for a run that does not come to be.
  const kept = big()
  await assert.rejects(pipe.run({ ...kept, width: 641 }, { transfer: true }), { code: 'InvalidArg' })
  await assert.rejects(pipe.run(kept, { transfer: true, out: new Float32Array(1) }), { code: 'InvalidArg' })
  assert.equal(kept.data.length, 640 * 480 * 3)
})

test('a buffer that Node.js does not let go is copied', async () => {
  const pooled = { data: Buffer.from(source.data.subarray(0, 300)), width: 10, height: 10 }
  assert.notEqual(pooled.data.buffer.byteLength, 300)
  const tensor = await pipe.run(pooled, { transfer: true })
  assertSame(tensor, pipe.runSync(pooled))
  const untransferable = big()
  markAsUntransferable(untransferable.data.buffer)
  assertSame(await pipe.run(untransferable, { transfer: true }), expected)
  assert.ok(bytes(untransferable.data).equals(source.data))
})

test('buffers that are gone before their runs begin', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  // The pool's threads are busy until the buffers are transferred and collected.
  const busy = Array.from({ length: 8 }, () => promisify(pbkdf2)('', '', 40_000, 64, 'sha512'))
  const { port1, port2 } = new MessageChannel()
  const runs = Array.from({ length: 12 }, (_, index) => {
    const { data, ...size } = big()
    const run = pipe.run({ data, ...size }, { transfer: index % 3 === 0 })
    if (index % 3 === 1) structuredClone(data.buffer, { transfer: [data.buffer] })
    if (index % 3 === 2) port1.postMessage(data.buffer, [data.buffer])
    assert.equal(data.length, 0)
    return run
  })
  port1.close()
  port2.close()
  collect()
  // What was freed is written over.
  const over = runs.map(() => new Uint8Array(640 * 480 * 3).fill(1))
  for (const run of runs) assertSame(await run, expected)
  assert.equal(over.length, 12)
  await Promise.all(busy)
})

test('an out that goes away', async () => {
  const detached = new Float32Array(expected.data.length)
  const first = pipe.run(source, { out: detached })
  structuredClone(detached.buffer, { transfer: [detached.buffer] })
  await assert.rejects(first, { code: 'InvalidArg', message: /^out: was detached or shrunk/ })

  const length = expected.data.length * 4
  const shrunk = new Float32Array(new ArrayBuffer(length, { maxByteLength: length }))
  const second = pipe.run(source, { out: shrunk })
  shrunk.buffer.resize(length / 2)
  await assert.rejects(second, { code: 'InvalidArg', message: /^out: was detached or shrunk/ })
})

test('an out that nobody else keeps', async () => {
  const runs = Array.from({ length: 16 }, () => pipe.run(source, { out: new Float32Array(expected.data.length) }))
  for (const tensor of await Promise.all(runs)) assertSame(tensor, expected)
})

/** Runs code of a worker to its first message. */
function inWorker(code, workerData) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true, workerData })
    worker.once('message', message => resolve({ worker, message }))
    worker.once('error', reject)
  })
}

const directory = new URL('..', import.meta.url)

test('two workers load the addon and run', async () => {
  const code = `
    const { parentPort, workerData: { addon, spec, source } } = require('node:worker_threads')
    const { Pipeline } = require(addon)
    const pipe = new Pipeline(spec)
    pipe.run(source).then(({ data, dims }) => parentPort.postMessage([{ data, dims }, pipe.runSync(source)]))
  `
  const { pathname } = new URL('index.js', directory)
  const workers = [1, 2].map(() => inWorker(code, { addon: pathname, spec: pipe.spec, source }))
  for (const { message } of await Promise.all(workers)) for (const tensor of message) assertSame(tensor, expected)
  assertSame(pipe.runSync(source), expected)
})

test('a worker that ends while its runs are under way', async () => {
  const code = `
    const { parentPort, workerData: { addon, spec, source } } = require('node:worker_threads')
    const { Pipeline } = require(addon)
    const pipe = new Pipeline(spec)
    for (let run = 0; run < 32; run++) pipe.run({ ...source, data: source.data.slice() }, { transfer: run % 2 === 0 })
    parentPort.postMessage('started')
  `
  const { pathname } = new URL('index.js', directory)
  for (let round = 0; round < 3; round++) {
    const { worker } = await inWorker(code, { addon: pathname, spec: pipe.spec, source })
    await worker.terminate()
  }
  assertSame(pipe.runSync(source), expected)
})
