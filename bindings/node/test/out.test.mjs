// Memory that a function gives when the shape of a tensor is known.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'

import * as pixfuse from '../index.mjs'
import { assertSame, image } from './images.mjs'

const { Pipeline, Processor, VideoProcessor } = pixfuse
const file = readFileSync(new URL('../../../crates/pixfuse-decode/tests/files/odd-420.jpg', import.meta.url))
const pipe = new Pipeline('input(rgb8), resize(6, 10, bilinear), normalize(), output(rgb, f32, chw)')
const patches = new Pipeline('input(rgb8), output(rgb, f32, chw), patches(4)')
const [source, other] = [image(47, 33), image(20, 30)]
const blocks = [image(12, 8), image(8, 16)]

// A function that remembers what it was asked for, and what it gave.
function memory(make = length => new Float32Array(length).fill(7)) {
  const calls = []
  const out = (shape, type, name) => {
    const given = make(shape.reduce((product, side) => product * side, 1))
    calls.push({ shape, type, name, given })
    return given
  }
  return { calls, out }
}

const runs = {
  runSync: [out => pipe.runSync(source, { out }), [3, 6, 10]],
  run: [out => pipe.run(source, { out, threads: 2 }), [3, 6, 10]],
  batchSync: [out => pipe.batchSync([source, other], { out }), [2, 3, 6, 10]],
  batch: [out => pipe.batch(new Set([source, other]), { out }), [2, 3, 6, 10]],
  concatSync: [out => patches.concatSync(blocks, { out }), [14, 48]],
  concat: [out => patches.concat(blocks, { out }), [14, 48]],
  padSync: [out => patches.padSync(blocks, { out }), [2, 8, 48]],
  pad: [out => patches.pad(blocks, { out }), [2, 8, 48]],
  decodeSync: [out => pipe.decodeSync(file, { out }), [3, 6, 10]],
  decode: [out => pipe.decode(file, { out }), [3, 6, 10]],
  'decode of a Blob': [out => pipe.decode(new Blob([file]), { out }), [3, 6, 10]],
  decodeBatchSync: [out => pipe.decodeBatchSync([file, file], { out }), [2, 3, 6, 10]],
  decodeBatch: [out => pipe.decodeBatch([file, file], { out }), [2, 3, 6, 10]],
}

for (const [name, [run, shape]] of Object.entries(runs)) {
  test(`${name} asks a function once`, async () => {
    const { calls, out } = memory()
    const made = await run(out)
    assert.deepEqual(calls.map(({ shape, type }) => [shape, type]), [[shape, 'f32']])
    assert.equal(made.data, calls[0].given)
    const plain = await run()
    assert.deepEqual(made, plain)
    assert.deepEqual(made.dims, shape)
  })

  test(`${name} throws what a function throws`, async () => {
    const error = new RangeError('no shared memory')
    await assert.rejects(async () => run(() => { throw error }), thrown => thrown === error)
    const count = shape.reduce((product, side) => product * side, 1)
    const wrong = {
      'out: expected a Float32Array, found undefined': undefined,
      'out: expected a Float32Array, found null': null,
      'out: expected a Float32Array, found a function': () => {},
      'out: expected a Float32Array, found a Float64Array': new Float64Array(count).fill(7),
      [`out: ${count + 1} elements given, the `]: new Float32Array(count + 1).fill(7),
    }
    for (const [message, given] of Object.entries(wrong)) {
      await assert.rejects(async () => run(() => given), thrown => thrown.code === 'InvalidArg' && thrown.message.startsWith(message))
      if (ArrayBuffer.isView(given)) assert(given.every(value => value === 7))
    }
  })
}

test('an image or a file that does not fit asks for nothing', async () => {
  const { calls, out } = memory()
  const short = { ...source, data: source.data.subarray(1) }
  for (const run of [
    () => pipe.runSync(short, { out }), () => pipe.run(short, { out }), () => pipe.batchSync([source, short], { out }),
    () => patches.concatSync([source], { out }), () => pipe.decodeSync(new Uint8Array(9), { out }),
    () => pipe.decodeBatch([file, new Uint8Array(9)], { out }),
  ]) await assert.rejects(async () => run())
  assert.deepEqual(calls, [])
})

test('a function that takes the image away', () => {
  const moved = { ...source, data: Uint8Array.from(source.data) }
  const out = shape => {
    structuredClone(moved.data.buffer, { transfer: [moved.data.buffer] })
    return new Float32Array(shape[0] * shape[1] * shape[2])
  }
  if (pixfuse.init === undefined) assert.throws(() => pipe.runSync(moved, { out }), { code: 'InvalidArg', message: /^image: / })
})

test('a function may run pipelines', () => {
  const made = pipe.runSync(source, { out: () => pipe.runSync(other).data })
  assertSame(made, pipe.runSync(source))
  const bytes = new Pipeline('input(rgb8), output(rgb, u8, hwc)')
  assert.throws(() => bytes.runSync(source, { out: () => source.data }), { message: /^out: shares memory with the image/ })
})

test('a promise has called the function', async () => {
  const { calls, out } = memory()
  const promise = pipe.run(source, { out })
  assert.equal(calls.length, 1)
  assert(calls[0].given.every(value => value === 7))
  assert.equal((await promise).data, calls[0].given)
})

test('halves are of the type that the function gives', { skip: globalThis.Float16Array === undefined }, () => {
  const halves = pipe.with({ element: 'f16' })
  const made = halves.runSync(source, { out: ([...shape], type) => (assert.equal(type, 'f16'), new Float16Array(180)) })
  assert(made.data instanceof Float16Array)
  assertSame(made, halves.runSync(source))
})

test('each batch of files has an array of its own', async () => {
  const { calls, out } = memory()
  const batches = []
  for await (const batch of pipe.decodeBatches([file, file, file], 2, { out })) batches.push(batch.data)
  assert.deepEqual(calls.map(({ shape }) => shape[0]), [2, 1])
  assert(batches.every((data, index) => data === calls[index].given))
})

const configs = {
  'one tensor': [{ image_processor_type: 'ViTImageProcessor', size: { height: 24, width: 20 } }],
  'a mask beside it': [{ image_processor_type: 'DetrImageProcessor', size: { shortest_edge: 24, longest_edge: 30 } }],
  patches: [{ image_processor_type: 'Qwen2VLImageProcessor', max_pixels: 3136, min_pixels: 784 }],
  'axes of a patch': [{ image_processor_type: 'Glm4vImageProcessor' }],
  tiles: [{ image_processor_type: 'GotOcr2ImageProcessor', size: { height: 16, width: 16 }, crop_to_patches: true }],
  samples: [{ image_processor_type: 'Idefics3ImageProcessor', size: { longest_edge: 32 }, max_image_size: { longest_edge: 16 } }],
  several: [{ image_processor_type: 'DeepseekOcr2ImageProcessor' }, image(1100, 900), 2],
  'a strip': [{ image_processor_type: 'MiniCPMV4_6ImageProcessor' }, image(1100, 900)],
}

for (const [name, [config, shown = source, tensors = 1]] of Object.entries(configs)) {
  test(`a processor asks for ${name}`, async () => {
    const processor = Processor.fromConfig(config)
    const plain = processor.runSync([shown, shown])
    for (const run of [options => processor.runSync([shown, shown], options), options => processor.run([shown, shown], options)]) {
      const { calls, out } = memory()
      const made = await run({ out })
      assert.deepEqual(made, plain)
      assert.equal(calls.length, tensors)
      for (const { shape, name, given } of calls) {
        assert.equal(made[name].data, given)
        assert.deepEqual(made[name].dims, shape)
      }
    }
  })
}

test('samples of several lengths, files and videos', async () => {
  const nested = Processor.fromConfig(configs.samples[0])
  const samples = [[source], [source, source]]
  const of = memory()
  const made = nested.runSync(samples, { out: of.out })
  assert.deepEqual(made, nested.runSync(samples))
  assert.equal(of.calls.length, 1)
  assert.equal(made.pixel_values.data, of.calls[0].given)
  const vit = Processor.fromConfig(configs['one tensor'][0])
  for (const run of [options => vit.decodeSync(file, options), options => vit.decode([file], options)]) {
    const { calls, out } = memory()
    assert.equal((await run({ out })).pixel_values.data, calls[0].given)
    assert.deepEqual(await run({ out }), await run())
  }
  if (VideoProcessor === undefined) return
  for (const type of ['Qwen3VLVideoProcessor', 'LlavaOnevisionVideoProcessor']) {
    const processor = VideoProcessor.fromConfig({ video_processor_type: type })
    const { calls, out } = memory()
    const made = processor.runSync([source, source, source], { out })
    assert.deepEqual(made, processor.runSync([source, source, source]))
    assert.equal(made[calls[0].name].data, calls[0].given)
    assert.deepEqual(made[calls[0].name].dims, calls[0].shape)
  }
})

test('what processors refuse', () => {
  const processor = Processor.fromConfig({ image_processor_type: 'ViTImageProcessor' })
  const refused = message => ({ code: 'InvalidArg', message })
  assert.throws(() => processor.runSync(source, { out: new Float32Array(3) }), refused('out: expected a function of shape, type and name, found a Float32Array'))
  assert.throws(() => processor.runSync(source, { out: () => [] }), refused('out: expected a Float32Array, found an array'))
  assert.throws(() => processor.runSync(source, { out: () => new Int8Array(3) }), refused('out: expected a Float32Array, found an Int8Array'))
  const message = 'out: 3 elements given, the tensor [1, 3, 224, 224] needs 150528'
  assert.throws(() => processor.runSync(source, { out: () => new Float32Array(3) }), refused(message))
})
