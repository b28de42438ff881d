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
  assertRefused(() => pipe.batchSync([]), /^image: a batch needs at least one image$/)
  for (const images of [undefined, null, 5, sources[0]]) assert.throws(() => pipe.batchSync(images), TypeError)
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
