// Options, methods that are passed on, pipelines with other clauses, and what becomes of clones.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { MessageChannel, Worker } from 'node:worker_threads'

import sharp from 'sharp'

import { Geometry, Pipeline, presets } from '../index.mjs'
import { assertSame, image } from './images.mjs'

const file = readFileSync(new URL('../../../crates/pixfuse-decode/tests/files/odd-420.jpg', import.meta.url))
const pipe = new Pipeline('input(rgb8), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)')
const source = image(9, 7)
const geometry = pipe.geometry(7, 9)
const refused = message => ({ code: 'InvalidArg', message })

test('an option that a function does not know is refused, with the nearest that it knows', async () => {
  const calls = {
    outputShape: [7, 9], geometry: [7, 9], runSync: [source], run: [source], batchSync: [[source]], batch: [[source]],
    decodeSync: [file], decode: [file], decodeBatchSync: [[file]], decodeBatch: [[file]], decodeGeometry: [file],
  }
  for (const [name, values] of Object.entries(calls)) {
    await assert.rejects(async () => pipe[name](...values, { nonsense: 1 }), refused(/^options: unknown option `nonsense`, expected /))
    await assert.rejects(async () => pipe[name](...values, 'out'), refused('options: expected an object, found string'))
    await pipe[name](...values, null)
    await pipe[name](...values, {})
  }
  for (const name of ['mapPoints', 'unmapPoints', 'mapBoxes', 'unmapBoxes']) {
    assert.throws(() => geometry[name]([1, 2, 3, 4], { clips: true }), refused('options: unknown option `clips`, expected clip; did you mean `clip`?'))
  }
  for (const [wrong, right] of [['maxpixels', 'maxPixels'], ['max_pixels', 'maxPixels'], ['max_side', 'maxSide'], ['Out', 'out'], ['orientation', undefined]]) {
    const hint = right === undefined ? '' : `; did you mean \`${right}\`?`
    const message = `options: unknown option \`${wrong}\`, expected one of out, orient, maxPixels, maxSide, draft, truncated${hint}`
    assert.throws(() => pipe.decodeSync(file, { [wrong]: 6 }), refused(message))
  }
  assert.throws(() => pipe.batchSync([source], { thread: 4 }), refused(/did you mean `threads`\?$/))
  assert.throws(() => pipe.runSync(source, { transfer: true }), refused(/unknown option `transfer`/))
})

test('functions of a pipeline are passed on', async () => {
  const sources = [source, image(5, 5), image(30, 20)]
  const files = [file, file]
  const tensors = sources.map(source => pipe.runSync(source))
  sources.map(pipe.runSync).forEach((tensor, index) => assertSame(tensor, tensors[index]))
  const runs = await Promise.all(sources.map(pipe.run))
  runs.forEach((tensor, index) => assertSame(tensor, tensors[index]))
  files.map(pipe.decodeSync).forEach(tensor => assertSame(tensor, pipe.decodeSync(file)))
  for (const tensor of await Promise.all(files.map(pipe.decode))) assertSame(tensor, pipe.decodeSync(file))
  assertSame([[source]].map(pipe.batchSync)[0], pipe.batchSync([source]))
  assert.deepEqual(files.map(pipe.decodeGeometry)[1], pipe.decodeGeometry(file))
  const { runSync, outputShape } = pipe
  assertSame(runSync(source), tensors[0])
  assert.deepEqual(outputShape(7, 9), [3, 24, 37])
  // A number is none of map's unless the list is behind it.
  assert.throws(() => pipe.runSync(source, 1), refused('options: expected an object, found number'))
})

test('the channels of a preset are those of the caller', async () => {
  const { data, info } = await sharp(source.data, { raw: { width: 9, height: 7, channels: 3 } }).raw().toBuffer({ resolveWithObject: true })
  const swapped = new Uint8Array(data)
  for (let at = 0; at < swapped.length; at += 3) [swapped[at], swapped[at + 2]] = [swapped[at + 2], swapped[at]]
  const yolo = presets.yolo.with({ input: 'rgb8' })
  assertSame(yolo.runSync({ data, ...info }), presets.yolo.runSync({ ...source, data: swapped }))
  assert.equal(yolo.spec, presets.yolo.spec.replace('bgr8', 'rgb8'))

  const other = presets.siglipPil.with({ resize: [384, 384, 'bicubic', 'antialias'], normalize: true, output: ['bgr', 'f16', 'hwc'] })
  assert.equal(other.spec, 'input(rgb8), resize(384, 384, bicubic, antialias), normalize(), output(bgr, f16, hwc)')
  assert.equal(other.with({ normalize: false, resize: null, input: undefined }).spec, 'input(rgb8), output(bgr, f16, hwc)')
  assert.throws(() => other.with({ normalise: false }), refused(/did you mean `normalize`\?/))
  assert.throws(() => other.with({ input: 'rgb9' }), refused(/unknown pixel format `rgb9`/))
  assert.throws(() => other.with('input(rgb8)'), refused(/^clauses: expected an object like \{ input: 'rgb8' \}, found 'input\(rgb8\)'$/))
})

test('a pipeline is not cloned, and says what to send', async () => {
  const said = /a_pipeline_has_to_be_made_anew_of_its_spec.* could not be cloned/
  assert.throws(() => structuredClone(pipe), { name: 'DataCloneError', message: said })
  const { port1, port2 } = new MessageChannel()
  assert.throws(() => port1.postMessage({ pipe }), { name: 'DataCloneError', message: said })
  port1.close()
  port2.close()
  assert.throws(() => new Worker('', { eval: true, workerData: pipe }), { name: 'DataCloneError', message: said })
})

test('a geometry travels as its numbers', async () => {
  const letterbox = new Pipeline('input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)').geometry(721, 1283)
  const { port1, port2 } = new MessageChannel()
  port1.postMessage(letterbox)
  const [received] = await once(port2, 'message')
  port1.close()
  for (const numbers of [structuredClone(letterbox), received, JSON.parse(JSON.stringify(letterbox)), letterbox]) {
    const made = Geometry.from(numbers)
    assert.deepEqual(made, letterbox)
    assert.ok(made.equals(letterbox) && letterbox.equals(numbers))
    assert.deepEqual(made.unmapBoxes([[100, 130, 200, 240]]), letterbox.unmapBoxes([[100, 130, 200, 240]]))
  }
  assert.ok(!geometry.equals(letterbox) && !geometry.equals({}) && !geometry.equals(null))
  for (const [numbers, message] of [
    [undefined, /^numbers: expected what a geometry's toJSON gives, found undefined$/],
    [{}, /^numbers: source: expected 2 numbers; give all/],
    [{ ...structuredClone(letterbox), scale: [1] }, /^numbers: scale: expected 2 numbers/],
    [{ ...structuredClone(letterbox), source: [0, 4] }, /^geometry: source: 0 is none/],
    [{ ...structuredClone(letterbox), offset: [0.5, 4] }, /^geometry: offset: 0\.5 is none/],
  ]) {
    assert.throws(() => Geometry.from(numbers), refused(message))
  }
  assert.throws(() => new Geometry({}), refused(/Geometry\.from/))
})

test('an `out` that is taken away during a run is named', async () => {
  const message = refused('out: was detached or shrunk before the work was done; leave it alone until the promise is kept')
  const lost = () => {
    const out = new Float32Array(3 * 24 * 37)
    return { out, lose: () => structuredClone(out.buffer, { transfer: [out.buffer] }) }
  }
  const shrunk = () => {
    const buffer = new ArrayBuffer(3 * 24 * 37 * 4, { maxByteLength: 3 * 24 * 37 * 4 })
    return { out: new Float32Array(buffer), lose: () => buffer.resize(8) }
  }
  for (const make of [lost, shrunk]) {
    for (const call of [out => pipe.run(source, { out }), out => pipe.batch([source], { out }), out => pipe.decode(file, { out })]) {
      const { out, lose } = make()
      const promise = call(out)
      lose()
      await assert.rejects(promise, message)
    }
  }
})

test('batches of nothing', async () => {
  for (const tensor of [pipe.batchSync([]), await pipe.batch([]), pipe.batchSync([], { threads: 2 }), pipe.decodeBatchSync([])]) {
    assert.deepEqual(tensor.dims, [0, 3, 24, 37])
    assert.deepEqual(tensor.data, new Float32Array(0))
  }
  const out = new Float32Array(0)
  assert.equal(pipe.batchSync([], { out }).data, out)
  assert.equal((await pipe.batch([], { out })).data, out)
  assert.equal(pipe.decodeBatchSync([], { out }).data, out)
  assert.throws(() => pipe.batchSync([], { out: new Float32Array(1) }), refused(/^out: 1 elements given/))
  const open = new Pipeline('input(rgb8), resize(shortest = 9, bilinear), output(rgb, u8)')
  const said = refused(/^image: a batch of nothing has no shape here.*give one at least/)
  assert.throws(() => open.batchSync([]), said)
  await assert.rejects(open.batch([]), said)
  assert.throws(() => open.decodeBatchSync([]), said)
})
