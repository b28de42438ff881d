// Memory in and out: which images and outputs are taken, where their bytes are read, and what is refused.

import assert from 'node:assert/strict'
import test from 'node:test'

import { Pipeline } from '../index.mjs'
import { assertRefused, assertSame, bytes, image, pixels } from './images.mjs'

const pipe = new Pipeline('input(rgb8), resize(4, 5, bilinear), normalize(), output(rgb, f32, chw)')
const keep = new Pipeline('input(rgb8), output(rgb, u8, hwc)')
const source = image(7, 6)
const expected = pipe.runSync(source)

test('views are read where they are', () => {
  const memory = pixels(7 * 6 * 3 + 20, 9)
  memory.set(source.data, 13)
  const kinds = [
    new Uint8Array(memory.buffer, 13, 126),
    new Uint8ClampedArray(memory.buffer, 13, 126),
    Buffer.from(memory.buffer, 13, 126),
    Buffer.from(source.data),
    // Small arrays live in the heap of JavaScript until someone asks where they are.
    Uint8Array.from(source.data),
  ]
  for (const data of kinds) assertSame(pipe.runSync({ ...source, data }), expected)
  assertSame(keep.runSync({ data: new Uint8Array([1, 2, 3]), width: 1, height: 1 }), { data: new Uint8Array([1, 2, 3]), dims: [1, 1, 3] })
})

test('rows with a stride', () => {
  const padded = pixels(6 * 32, 3)
  for (let row = 0; row < 6; row++) padded.set(source.data.subarray(row * 21, row * 21 + 21), row * 32)
  const view = { ...source, data: padded, stride: 32 }
  assertSame(pipe.runSync(view), expected)
  // The last row needs no padding, and what follows is not looked at.
  assertSame(pipe.runSync({ ...view, data: padded.subarray(0, 5 * 32 + 21) }), expected)
  assertSame(pipe.runSync({ ...view, data: Buffer.concat([padded, padded]) }), expected)
  assertSame(pipe.runSync({ ...source, stride: 21, channels: 3 }), expected)
  assertSame(pipe.runSync({ ...source, stride: null, channels: undefined }), expected)
  assertRefused(() => pipe.runSync({ ...view, data: padded.subarray(0, 5 * 32 + 20) }), /^image: data: 180 bytes given, .* is at least 181 with 32 bytes from row to row$/)
  assertRefused(() => pipe.runSync({ ...view, stride: 20 }), /^image: stride: 20 bytes from row to row, but a row has 21$/)
  assertRefused(() => pipe.runSync({ ...view, stride: 2 ** 53 - 1 }), /^image: /)
})

test('planes', () => {
  const planar = new Pipeline('input(rgb8, chw), resize(4, 5, bilinear), normalize(), output(rgb, f32, chw)')
  const planes = new Uint8Array(126)
  const padded = new Uint8Array(10 * 6 * 3)
  for (let index = 0; index < 126; index++) {
    const [channel, pixel] = [index % 3, Math.floor(index / 3)]
    planes[channel * 42 + pixel] = source.data[index]
    padded[(channel * 6 + Math.floor(pixel / 7)) * 10 + (pixel % 7)] = source.data[index]
  }
  assertSame(planar.runSync({ ...source, data: planes }), expected)
  assertSame(planar.runSync({ ...source, data: padded, stride: 10 }), expected)
  assertRefused(() => planar.runSync({ ...source, data: padded, stride: 6 }), /^image: stride: 6 .* a row has 7$/)
  assertRefused(() => planar.runSync({ ...source, data: planes, stride: 2 ** 53 - 1 }), /^image: /)
})

test('out is filled and returned', () => {
  const memory = new Float32Array(70).fill(-1)
  const out = memory.subarray(5, 65)
  const tensor = pipe.runSync(source, { out })
  assert.equal(tensor.data, out)
  assertSame(tensor, expected)
  assert.ok(memory.subarray(0, 5).every(value => value === -1) && memory.subarray(65).every(value => value === -1))
  for (const out of [new Uint8Array(126), Buffer.alloc(126), new Uint8ClampedArray(126)]) {
    assert.equal(keep.runSync(source, { out }).data, out)
    assert.ok(bytes(out).equals(source.data))
  }
  for (const options of [undefined, null, {}, { out: undefined }, { out: null }]) assertSame(pipe.runSync(source, options), expected)
})

test('results are the caller\'s own', () => {
  const [first, second] = [pipe.runSync(source), pipe.runSync(source)]
  first.dims.push(1)
  first.data.fill(0)
  assertSame(second, expected)
  assert.deepEqual(pipe.runSync(source).dims, [3, 4, 5])
  const other = image(3, 2)
  assert.deepEqual([keep.runSync(source).dims, keep.runSync(other).dims, keep.runSync(source).dims], [[6, 7, 3], [2, 3, 3], [6, 7, 3]])
})

const detached = new Uint8Array(126)
structuredClone(detached.buffer, { transfer: [detached.buffer] })
const shrunk = new ArrayBuffer(126, { maxByteLength: 256 })
const [fixed, tracking] = [new Uint8Array(shrunk, 0, 126), new Uint8Array(shrunk)]
shrunk.resize(100)

const images = [
  [undefined, /^image: data: expected a Uint8Array, Buffer or Uint8ClampedArray, found undefined$/],
  [null, /^image: data: .* found undefined$/],
  [{}, /^image: data: .* found undefined$/],
  ['image', /^image: expected \{ data, width, height \}, found a string; `decode` takes files$/],
  [source.data, /^image: expected \{ data, width, height \}, found a Uint8Array; `decode` takes files$/],
  [new Blob([]), /^image: expected .* found a Blob; `decode` takes files$/],
  [Promise.resolve(source), /^image: expected .* found a Promise; `await` it first$/],
  [{ ...source, data: new Uint8Array(168) }, /^image: data: 168 bytes given, but rgb8 of 6 rows x 7 columns is 126; write input\(rgba8, alpha = drop\)$/],
  [{ data: source.data, width: 7, height: 6, colorSpace: 'srgb' }, /^image: has 4 channels, input\(rgb8\) needs 3; write input\(rgba8, alpha = drop\)$/],
  [{ ...source, data: [1, 2, 3] }, /^image: data: .* found an array$/],
  [{ ...source, data: source.data.buffer }, /^image: data: .* found an ArrayBuffer$/],
  [{ ...source, data: new DataView(source.data.buffer) }, /^image: data: .* found a DataView$/],
  [{ ...source, data: new Float32Array(126) }, /^image: data: .* found a Float32Array; write input\(rgb32f\), or multiply values of 0 to 1 by 255, round them/],
  [{ ...source, data: new BigUint64Array(126) }, /^image: data: .* found a BigUint64Array; make values of 0 to 255 u8$/],
  [{ ...source, data: new Int8Array(126) }, /^image: data: .* found an Int8Array; make values of 0 to 255 u8$/],
  [{ ...source, data: new Proxy(source.data, {}) }, /^image: data: .* found an object$/],
  [{ ...source, data: new Uint8Array(new SharedArrayBuffer(126)) }, /^image: data: .* SharedArrayBuffer/],
  [{ ...source, data: detached }, /^image: data: .* found one whose buffer is detached$/],
  [{ ...source, data: fixed }, /^image: data: (0|100) bytes given/],
  [{ ...source, data: tracking }, /^image: data: 100 bytes given/],
  [{ ...source, data: new Uint8Array(0) }, /^image: data: 0 bytes given, but rgb8 of 6 rows x 7 columns is 126$/],
  [{ ...source, data: source.data.subarray(1) }, /^image: data: 125 bytes given, but rgb8 of 6 rows x 7 columns is 126$/],
  [{ ...source, data: pixels(127, 1) }, /^image: data: 127 bytes given, .* is 126; padded rows need `stride`$/],
  [{ ...source, width: undefined }, /^image: width: expected a whole number of at least 1, found undefined$/],
  [{ ...source, width: '7' }, /^image: width: .* found '7'$/],
  [{ ...source, width: 7n }, /^image: width: .* found a bigint$/],
  [{ ...source, width: 0 }, /^image: width: .* found 0$/],
  [{ ...source, width: -7 }, /^image: width: .* found -7$/],
  [{ ...source, width: 6.5 }, /^image: width: .* found 6.5$/],
  [{ ...source, width: NaN }, /^image: width: .* found NaN$/],
  [{ ...source, width: Infinity }, /^image: width: .* found inf$/],
  [{ ...source, width: 2 ** 53 }, /^image: width: /],
  [{ ...source, width: 2 ** 31 }, /^image: .* a side is at most/],
  [{ ...source, width: 2 ** 53 - 1, height: 2 ** 53 - 1 }, /^image: /],
  [{ ...source, width: 2 ** 31 - 1, height: 2 ** 31 - 1 }, /^image: /],
  [{ ...source, height: null }, /^image: height: .* found null$/],
  [{ ...source, height: 5 }, /^image: data: 126 bytes given, .* is 105/],
  [{ ...source, channels: 4 }, /^image: has 4 channels, input\(rgb8\) needs 3; write input\(rgba8, alpha = drop\)$/],
  [{ ...source, channels: 'rgb' }, /^image: channels: expected a whole number of at least 1, found 'rgb'$/],
  [{ ...source, stride: 0 }, /^image: stride: expected a whole number of at least 1, found 0$/],
  [{ ...source, stride: -21 }, /^image: stride: .* found -21$/],
]

test('images that are none', async () => {
  const out = new Float32Array(60).fill(-1)
  for (const [bad, message] of images) {
    assertRefused(() => pipe.runSync(bad, { out }), message)
    assertRefused(() => pipe.runSync(bad), message)
    await assert.rejects(pipe.run(bad, { out }), { code: 'InvalidArg', message })
    const inBatch = new RegExp(message.source.replace('^image: ', '^image: number 1: '))
    assertRefused(() => pipe.batchSync([source, bad], { out: new Float32Array(120) }), inBatch)
  }
  assert.ok(out.every(value => value === -1), 'out is as it was')
})

test('outputs that are none', async () => {
  const lost = new Float32Array(60)
  structuredClone(lost.buffer, { transfer: [lost.buffer] })
  const outs = [
    [new Float32Array(59), /^out: 59 elements given, the tensor \[3, 4, 5\] needs 60$/],
    [new Float32Array(61), /^out: 61 elements given/],
    [new Float32Array(0), /^out: 0 elements given/],
    [new Uint8Array(240), /^out: expected a Float32Array, found a Uint8Array$/],
    [new Float64Array(60), /^out: .* found a Float64Array$/],
    [new ArrayBuffer(240), /^out: .* found an ArrayBuffer$/],
    [new Float32Array(new SharedArrayBuffer(240)), /^out: .* SharedArrayBuffer/],
    [lost, /^out: .* detached$/],
    [Array(60).fill(0), /^out: .* found an array$/],
    [60, /^out: .* found 60$/],
    ['out', /^out: .* found a string$/],
  ]
  for (const [out, message] of outs) {
    assertRefused(() => pipe.runSync(source, { out }), message)
    await assert.rejects(pipe.run(source, { out }), { code: 'InvalidArg', message })
  }
  assertRefused(() => keep.runSync(source, { out: new Float32Array(126) }), /^out: expected a Uint8Array, found a Float32Array$/)
  for (const options of [new Float32Array(60), 5, 'out']) assertRefused(() => pipe.runSync(source, options), /^options: /)
})

test('an output that shares memory with the image is refused', () => {
  const memory = new ArrayBuffer(1024)
  const shared = { ...source, data: new Uint8Array(memory, 100, 126) }
  shared.data.set(source.data)
  const before = Buffer.from(Buffer.from(memory))
  for (const offset of [0, 100, 224]) {
    assertRefused(() => pipe.runSync(shared, { out: new Float32Array(memory, offset, 60) }), /^out: shares memory with the image/)
  }
  assertRefused(() => pipe.batchSync([source, shared], { out: new Float32Array(memory, 0, 120) }), /^out: shares memory/)
  assert.ok(Buffer.from(memory).equals(before), 'nothing was written')
  assertSame(pipe.runSync(shared, { out: new Float32Array(memory, 228, 60) }), expected)
})

test('getters and proxies', async () => {
  const thrown = new Error('from the getter')
  const throws = () => { throw thrown }
  const same = error => error === thrown
  for (const key of ['data', 'planes', 'width', 'height', 'channels', 'stride']) {
    const bad = Object.defineProperty({ ...source }, key, { get: throws })
    assert.throws(() => pipe.runSync(bad), same)
    assert.throws(() => pipe.batchSync([bad]), same)
    await assert.rejects(pipe.run(bad), same)
  }
  assert.throws(() => pipe.runSync(source, { get out() { throws() } }), same)
  assert.throws(() => pipe.runSync(new Proxy(source, { get: throws })), same)
  assertSame(pipe.runSync(new Proxy(source, {})), expected)

  // A getter that takes the memory away when another property was read already.
  const victim = { data: Uint8Array.from(pixels(126, 1)), width: 7, get height() { structuredClone(this.data.buffer, { transfer: [this.data.buffer] }); return 6 } }
  assertRefused(() => pipe.runSync(victim), /detached/)

  // Each property is read once.
  const reads = []
  pipe.runSync(new Proxy(source, { get: (target, key) => { reads.push(key); return target[key] } }))
  assert.deepEqual(reads, ['data', 'planes', 'width', 'height', 'channels', 'stride', 'colorSpace'])
})

test('methods need a pipeline', () => {
  assert.throws(() => Pipeline.prototype.runSync.call({}, source), TypeError)
  assert.throws(() => Pipeline.prototype.runSync(source), TypeError)
  for (const bad of [[], [1], [0, 1], [1, -1], ['1', 1], [1, null], [2 ** 53, 1]]) assertRefused(() => pipe.outputShape(...bad), /^image: /)
})
