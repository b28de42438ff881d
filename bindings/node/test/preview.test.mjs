// What a tensor stands for, to look at; what a pipeline says, part by part; and batches one after another.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Pipeline, presets } from '../index.mjs'

const image = (height, width) => ({
  data: Uint8Array.from({ length: height * width * 3 }, (_, index) => (index * 7) % 251), width, height, channels: 3,
})
const plain = new Pipeline('input(rgb8), output(rgb, u8, hwc)')
const refused = (call, message) => assert.throws(call, error => error.code === 'InvalidArg' && message.test(error.message))

test('the picture of an image is a PNG file of the pixels before normalize', () => {
  const pipe = new Pipeline('input(rgb8), resize(8, 9, bilinear), normalize(mean = 0.4, std = 0.2), output(bgr, f32, chw)')
  const expected = new Pipeline('input(rgb8), resize(8, 9, bilinear), output(rgb, u8, hwc)').runSync(image(20, 30))
  const file = pipe.previewSync(image(20, 30))
  assert.ok(file instanceof Uint8Array)
  assert.deepEqual(plain.decodeSync(file), expected)
  // Of a file, too, which is turned as asked.
  const stored = plain.previewSync(image(20, 30))
  assert.deepEqual(pipe.previewSync(stored), file)
  assert.deepEqual(plain.decodeSync(plain.previewSync(stored, { orient: 6 })).dims, [30, 20, 3])
  assert.deepEqual(plain.decodeSync(plain.previewSync(image(20, 30), { orient: 6 })).dims, [30, 20, 3])
})

test('patches stand apart, and boxes are drawn', () => {
  const pipe = new Pipeline('input(rgb8), normalize(), output(rgb, f32, chw), patches(8)')
  assert.deepEqual(plain.decodeSync(pipe.previewSync(image(16, 24))).dims, [17, 26, 3])
  const black = { ...image(8, 8), data: new Uint8Array(192) }
  const { data } = plain.decodeSync(plain.previewSync(black, { boxes: [[1, 2, 5, 6]] }))
  assert.deepEqual([...data.subarray(3 * (2 * 8 + 1), 3 * (2 * 8 + 2))], [255, 64, 0])
  assert.equal(data.filter(value => value === 64).length, 12)
  refused(() => plain.previewSync(black, { boxes: [[1, 2, 5]] }), /^boxes: number 0 has 3 numbers/)
  refused(() => plain.previewSync(black, { box: [] }), /box/)
  assert.throws(() => plain.previewSync(new Uint8Array(4)), { code: 'unknown_format' })
  refused(() => plain.previewSync({ width: 2, height: 2 }), /^image: /)
})

test('parts are read and replaced', () => {
  const pipe = presets.clipTorch
  assert.equal(pipe.clauses.center_crop, '224, 224, rounding = truncate')
  assert.deepEqual(pipe.size, [224, 224])
  assert.equal(pipe.filter, 'bicubic, antialias, like = torch')
  assert.deepEqual([pipe.mean[0], pipe.std[0], pipe.scale], [0.48145466, 0.26862954, 1 / 255])
  assert.deepEqual([plain.size, plain.filter, plain.mean, plain.std, plain.scale], Array(5).fill(undefined))
  const other = pipe.with({ size: 336, mean: 0.5, filter: ['lanczos', 'antialias'], element: 'f16', input: 'bgr8' })
  assert.deepEqual([other.size, other.mean, other.filter, other.element], [[336, 336], [0.5, 0.5, 0.5], 'lanczos, antialias', 'f16'])
  assert.equal(presets.yolo.with({ size: [320, 640] }).clauses.letterbox, '320, 640, bilinear')
  refused(() => presets.imagenet.with({ size: 384 }), /^size: the resize before the crop has another/)
})

test('batches of files one after another', async () => {
  const pipe = new Pipeline('input(rgb8), resize(2, 2, area), output(rgb, u8, hwc)')
  const files = [1, 2, 3, 4, 5].map(side => plain.previewSync(image(side, 6)))
  const parts = []
  for await (const { data, dims } of pipe.decodeBatches(files, 2, { threads: 2 })) parts.push([...data], dims[0])
  assert.deepEqual([parts[1], parts[3], parts[5], parts.length], [2, 2, 1, 6])
  assert.deepEqual(parts.filter(Array.isArray).flat(), [...pipe.decodeBatchSync(files).data])
  const { value } = await pipe.decodeBatches([null, ...files], 3, { onError: 'skip' }).next()
  assert.deepEqual([value.dims[0], value.failures.length], [2, 1])
  await assert.rejects(pipe.decodeBatches(files, 0).next(), /^Error: size: expected a whole number of at least 1, found 0/)
  await assert.rejects(pipe.decodeBatches(files, 2, { out: new Uint8Array(24) }).next(), /^Error: out: each batch/)
})
