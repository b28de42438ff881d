// Many images into one block.

import assert from 'node:assert/strict'
import test from 'node:test'

import { Pipeline } from '../index.mjs'
import { assertRefused, assertSame, image } from './images.mjs'

const pipe = new Pipeline('input(rgb8), resize(4, 5, bilinear), normalize(), output(rgb, f32, chw)')
const sources = [image(7, 6, 3, 1), image(9, 2, 3, 2), image(1, 1, 3, 3)]

test('a batch is its tensors, one after another', () => {
  const { data, dims } = pipe.batchSync(sources)
  assert.deepEqual(dims, [3, 3, 4, 5])
  sources.forEach((source, index) => {
    assertSame({ data: data.slice(index * 60, index * 60 + 60), dims: [3, 4, 5] }, pipe.runSync(source))
  })
  const out = new Float32Array(180)
  const given = pipe.batchSync(new Set(sources), { out })
  assert.equal(given.data, out)
  assertSame(given, { data, dims })
  const u8 = new Pipeline('input(rgb8), resize(2, 2, nearest), output(bgr, u8, hwc)')
  assert.deepEqual(u8.batchSync(sources).dims, [3, 2, 2, 3])
  assertSame({ ...u8.batchSync(sources.slice(0, 1)), dims: [2, 2, 3] }, u8.runSync(sources[0]))
})

test('batches that are none', () => {
  const none = { undefined: undefined, null: null, 'a number': 5, 'an object': sources[0], 'a string': 'photo.jpg' }
  for (const [found, given] of Object.entries(none)) {
    assertRefused(() => pipe.batchSync(given), new RegExp(`^images: expected an array of images, found ${found}$`))
    assertRefused(() => pipe.decodeBatchSync(given), new RegExp(`^files: expected an array of files, found ${found}$`))
  }
  const keep = new Pipeline('input(rgb8), output(rgb, u8)')
  assertRefused(() => keep.batchSync(sources), /^image: number 1: gives a tensor \[3, 2, 9\], number 0 gives \[3, 6, 7\]; a batch needs one shape/)
  // 281 terabytes, which is more than any process can address.
  const huge = new Pipeline('input(rgba8), resize(65535, 65535, nearest), normalize(), output(rgba, f32)')
  assert.throws(() => huge.batchSync(Array(4096).fill(image(1, 1, 4))), RangeError)
  const out = new Float32Array(179).fill(-1)
  assertRefused(() => pipe.batchSync(sources, { out }), /^out: 179 elements given, the batch \[3, 3, 4, 5\] needs 180$/)
  assert.ok(out.every(value => value === -1))
  assertRefused(() => pipe.batchSync(sources, { out: new Uint8Array(180) }), /^out: expected a Float32Array/)
  assertRefused(() => pipe.batchSync(sources, new Float32Array(180)), /^options: /)
})

const many = () => Array.from({ length: 30 }, (_, index) => image(64 + index, 48 + (index % 5), 3, index))

test('a batch is the same on any number of threads', async () => {
  const expected = pipe.batchSync(many())
  for (const threads of [1, 2, 7, 40]) {
    assertSame(pipe.batchSync(many(), { threads }), expected)
    assertSame(await pipe.batch(many(), { threads }), expected)
    assertSame(await pipe.batch(many(), { threads, transfer: true }), expected)
  }
  for (const [threads, message] of [
    [0, /^threads: expected a whole number of at least 1, found 0$/],
    [1.5, /^threads: expected a whole number of at least 1, found 1.5$/],
    ['2', /^threads: expected a whole number of at least 1, found '2'$/],
    [1025, /^threads: 1025, expected 1 to 1024$/],
  ]) {
    assertRefused(() => pipe.batchSync(sources, { threads }), message)
    await assert.rejects(pipe.batch(sources, { threads }), { code: 'InvalidArg', message })
  }
})

test('many batches at once', async () => {
  const expected = pipe.batchSync(many())
  const batches = await Promise.all(Array.from({ length: 64 }, (_, index) => pipe.batch(many(), { threads: 1 + (index % 4) })))
  for (const batch of batches) assertSame(batch, expected)
})

test('a promise of a batch reads what was given', async () => {
  const expected = pipe.batchSync(many())
  const copied = many()
  const first = pipe.batch(copied)
  for (const { data } of copied) data.fill(0)
  assertSame(await first, expected)

  // Images of one buffer are taken with it.
  const memory = new Uint8Array(2 * 126 + 7)
  const two = [0, 1].map(index => {
    memory.set(sources[0].data, 7 + index * 126)
    return { ...sources[0], data: memory.subarray(7 + index * 126, 7 + (index + 1) * 126) }
  })
  assert.equal(sources[0].data.length, 126)
  const taken = pipe.batch([...two, sources[1]], { transfer: false })
  assert.equal(memory.length, 259)
  const again = pipe.batch([...two, { ...sources[1], data: sources[1].data.slice() }], { transfer: true })
  assert.equal(memory.length, 0)
  const both = pipe.batchSync([sources[0], sources[0], sources[1]])
  assertSame(await taken, both)
  assertSame(await again, both)

  const out = new Float32Array(180)
  const given = await pipe.batch(sources, { out, threads: 2 })
  assert.equal(given.data, out)
  assertSame(given, pipe.batchSync(sources))
  await assert.rejects(pipe.batch(sources, { out: new Float32Array(179) }), /^Error: out: 179 elements given, the batch \[3, 3, 4, 5\] needs 180$/)
  await assert.rejects(pipe.batch([sources[0], { ...sources[1], width: 10 }]), /^Error: image: number 1: data: 54 bytes given/)
})
