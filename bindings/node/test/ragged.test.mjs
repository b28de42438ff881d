// Batches whose tensors differ in size, against single runs.

import assert from 'node:assert/strict'
import test from 'node:test'

import { Pipeline } from '../index.mjs'
import { assertRefused, image } from './images.mjs'

const images = [[41, 30], [9, 64], [70, 7], [33, 33]].map(([width, height], seed) => image(width, height, 3, seed))
const patches = new Pipeline(
  'input(rgb8), resize(rule = glpn, multiple = 4, bilinear, antialias), normalize(), output(rgb, f32), patches(4)')
const tiles = new Pipeline(
  'input(rgb8), tiles(16, 16, bicubic, antialias, rule = internvl, max = 6, thumbnail = last), output(rgb, u8)')
const whole = new Pipeline('input(rgb8), resize(longest = 24, bilinear), normalize(mean = 0.5), output(rgb, f32, chw)')

test('patches and tiles of all images, one behind another', async () => {
  for (const pipe of [patches, tiles]) {
    const each = images.map(image => pipe.runSync(image))
    const joined = pipe.concatSync(images, { threads: 2 })
    assert.deepEqual([...joined.data], each.flatMap(({ data }) => [...data]))
    let sum = 0
    assert.deepEqual(joined.offsets, [0, ...each.map(({ dims }) => (sum += dims[0]))])
    assert.deepEqual(joined.dims, [sum, ...each[0].dims.slice(1)])
    const out = new joined.data.constructor(joined.data.length)
    assert.equal(pipe.concatSync(images, { out }).data, out)
    assert.deepEqual(out, joined.data)
    assert.deepEqual(await pipe.concat(images), joined)
    assert.deepEqual(pipe.concatSync([]).dims, [0, ...each[0].dims.slice(1)])
  }
})

test('each image as large as the largest', async () => {
  for (const pipe of [patches, tiles]) {
    const { data, dims, mask } = pipe.padSync(images)
    const length = data.length / images.length
    assert.deepEqual(mask.dims, dims.slice(0, 2))
    for (const [index, image] of images.entries()) {
      const one = pipe.runSync(image)
      const padded = data.subarray(index * length, (index + 1) * length)
      assert.deepEqual(padded.subarray(0, one.data.length), one.data)
      assert.ok(padded.subarray(one.data.length).every(value => value === 0))
      const shows = [...mask.data.subarray(index * dims[1], (index + 1) * dims[1])]
      assert.deepEqual(shows, shows.map((_, place) => Number(place < one.dims[0])))
    }
    assert.deepEqual(await pipe.pad(images, { threads: 2 }), { data, dims, mask })
  }
  const { data, dims: [count, channels, rows, columns], mask } = whole.padSync(images)
  assert.deepEqual([count, channels, mask.dims], [4, 3, [4, rows, columns]])
  for (const [index, image] of images.entries()) {
    const { data: one, dims: [, high, wide] } = whole.runSync(image)
    for (let at = 0; at < channels * rows * columns; at++) {
      const [plane, y, x] = [Math.floor(at / rows / columns), Math.floor(at / columns) % rows, at % columns]
      const there = y < high && x < wide
      assert.equal(data[index * channels * rows * columns + at], there ? one[(plane * high + y) * wide + x] : 0)
      assert.equal(mask.data[(index * rows + y) * columns + x], Number(there))
    }
  }
})

test('what cannot be joined is refused', () => {
  assertRefused(() => whole.concatSync(images), /whole images are not joined/)
  assertRefused(() => patches.padSync(images, { out: new Float32Array(3) }), /3 elements given, the batch/)
})
