// Sources of luma and chroma, of wide samples and with alpha, and tensors of short elements.

import assert from 'node:assert/strict'
import test from 'node:test'

import { Pipeline } from '../index.mjs'
import { pixels } from './images.mjs'

const clamp = value => Math.max(0, Math.min(255, value))

/** OpenCV's integers of BT.601, limited range. */
function rgb(y, u, v) {
  const luma = Math.max(0, y - 16) * 1220542 + (1 << 19)
  const [du, dv] = [u - 128, v - 128]
  return [luma + 1673527 * dv, luma - 852492 * dv - 409993 * du, luma + 2116026 * du]
    .map(sum => clamp(Math.floor(sum / (1 << 20))))
}

test('nv12 in one buffer, in padded planes and in a promise', async () => {
  const [width, height] = [7, 5]
  const pipe = new Pipeline('input(nv12), output(rgb, u8, hwc)')
  const dense = pixels(width * height + 8 * 3, 1)
  const image = { data: dense, width, height }
  const { data, dims } = pipe.runSync(image)
  assert.deepEqual(dims, [height, width, 3])
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const chroma = width * height + (row >> 1) * 8 + (column >> 1) * 2
      const expected = rgb(dense[row * width + column], dense[chroma], dense[chroma + 1])
      const at = (row * width + column) * 3
      assert.deepEqual([...data.subarray(at, at + 3)], expected, `row ${row}, column ${column}`)
    }
  }
  const [luma, chroma] = [new Uint8Array(10 * height), new Uint8Array(16 * 3)]
  for (let row = 0; row < height; row++) luma.set(dense.subarray(row * width, (row + 1) * width), row * 10)
  for (let row = 0; row < 3; row++) chroma.set(dense.subarray(35 + row * 8, 35 + (row + 1) * 8), row * 16)
  const planes = { planes: [{ data: luma, stride: 10 }, { data: chroma, stride: 16 }], width, height }
  assert.deepEqual(pipe.runSync(planes).data, data)
  assert.deepEqual((await pipe.run(planes)).data, data)
  assert.deepEqual((await pipe.run(image)).data, data)
  assert.deepEqual((await pipe.run({ ...image, data: dense.slice() }, { transfer: true })).data, data)
  assert.deepEqual([...pipe.batchSync([image, planes]).data], [...data, ...data])
})

test('what planes must be', () => {
  const pipe = new Pipeline('input(nv12), output(rgb, u8, hwc)')
  const refuses = (image, message) => assert.throws(() => pipe.runSync(image), { code: 'InvalidArg', message })
  const plane = new Uint8Array(64)
  refuses({ data: plane, width: 4, height: 4 }, 'image: data: 64 bytes given, but nv12 of 4 rows x 4 columns is 24')
  refuses({ planes: [{ data: plane }], width: 4, height: 4 }, 'image: 1 planes given, nv12 has 2')
  refuses(
    { planes: [{ data: plane, stride: 3 }, { data: plane }], width: 4, height: 4 },
    'image: plane 0: 3 bytes from row to row, but a row of nv12 with 4 columns has 4',
  )
  refuses(
    { planes: [{ data: plane }, { data: plane.subarray(0, 7) }], width: 4, height: 4 },
    'image: planes: 7 bytes given, but plane 1 of nv12 needs 8',
  )
  refuses(
    { planes: [{ data: plane }, { data: [] }], width: 4, height: 4 },
    'image: planes: data: expected a Uint8Array, Buffer or Uint8ClampedArray, found an array',
  )
  assert.throws(
    () => new Pipeline('input(rgb8), output(rgb, u8)').runSync({ planes: [{ data: plane }], width: 2, height: 2 }),
    { message: 'image: planes: expected `data` for input(rgb8), which has no chroma planes' },
  )
})

test('wide samples', async () => {
  const pipe = new Pipeline('input(rgb16), normalize(), output(bgr, f32, hwc)')
  const data = Uint16Array.of(0, 1, 65535, 256, 257, 30000)
  const image = { data, width: 2, height: 1 }
  const expected = [...data].map(value => Math.fround(value * Math.fround(1 / 65535)))
  const [r, g, b, r2, g2, b2] = expected
  assert.deepEqual([...pipe.runSync(image).data], [b, g, r, b2, g2, r2])
  assert.deepEqual([...(await pipe.run(image)).data], [b, g, r, b2, g2, r2])
  assert.deepEqual([...(await pipe.run({ ...image, data: data.slice() }, { transfer: true })).data], [b, g, r, b2, g2, r2])
  assert.throws(
    () => pipe.runSync({ data: new Uint8Array(12), width: 2, height: 1 }),
    { code: 'InvalidArg', message: 'image: data: expected a Uint16Array, found a Uint8Array; write input(rgb8)' },
  )
  const floats = new Pipeline('input(gray32f), output(rgb, f32, hwc)')
  assert.deepEqual([...floats.runSync({ data: Float32Array.of(0.5), width: 1, height: 1 }).data], [0.5, 0.5, 0.5])
})

test('short elements', async () => {
  const image = { data: Uint8Array.of(0, 1, 2, 255), width: 4, height: 1 }
  const run = (output, out) => new Pipeline(`input(gray8), normalize(scale = 1/2), ${output}`).runSync(image, { out }).data
  const halves = run('output(gray, f16)')
  const bits = new Uint16Array(halves.buffer, halves.byteOffset, halves.length)
  assert.deepEqual([...bits], [0, 0x3800, 0x3c00, 0x57f8])
  assert.equal(halves.constructor.name, globalThis.Float16Array ? 'Float16Array' : 'Uint16Array')
  const out = new Uint16Array(4)
  assert.equal(run('output(gray, f16)', out), out)
  assert.deepEqual(out, bits)
  assert.deepEqual(run('output(gray, bf16)'), Uint16Array.of(0, 0x3f00, 0x3f80, 0x42ff))
  assert.deepEqual(run('output(gray, i8, chw, scale = 0.5, zero_point = -3)'), Int8Array.of(-3, -2, -1, 127))
  assert.deepEqual(run('output(gray, u8, chw, scale = 0.2, zero_point = 1)'), Uint8Array.of(1, 3, 6, 255))
  const pipe = new Pipeline({
    input: 'gray8', normalize: { scale: '1/2' }, output: ['gray', 'i8', { scale: 0.5, zeroPoint: -3 }],
  })
  assert.deepEqual((await pipe.run(image)).data, Int8Array.of(-3, -2, -1, 127))
})

test('alpha and gray', () => {
  const image = { data: Uint8Array.of(200, 100, 50, 128), width: 1, height: 1 }
  const run = text => [...new Pipeline(text).runSync(image).data]
  assert.deepEqual(run('input(rgba8, alpha = over, background = [0, 0, 255]), output(rgb, u8)'), [100, 50, 152])
  assert.deepEqual(run('input(rgba8, alpha = premultiply), output(rgba, u8)'), [100, 50, 25, 128])
  assert.deepEqual(run('input(rgba8, alpha = drop, gray = pillow), output(gray, u8)'), [124])
  assert.deepEqual(run('input(rgba8, alpha = drop, gray = opencv), output(gray, u8)'), [124])
})
