// Letterbox, crops and margins, pixel by pixel, and every way to call with them.

import assert from 'node:assert/strict'
import test from 'node:test'

import { Pipeline, levels } from '../index.mjs'
import { assertRefused, assertSame, at, image } from './images.mjs'

const u8 = ['rgb', 'u8', 'hwc']

/** An image put into another, row by row, that is `fill` elsewhere. */
function framed({ data, width, height }, [rows, columns], [top, left], fill) {
  const whole = Uint8Array.from({ length: rows * columns * 3 }, (_, index) => fill[index % 3])
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [row, column] = [y + top, x + left]
      if (row < 0 || row >= rows || column < 0 || column >= columns) continue
      whole.set(data.subarray((y * width + x) * 3, (y * width + x + 1) * 3), (row * columns + column) * 3)
    }
  }
  return { data: whole, dims: [rows, columns, 3] }
}

const source = image(37, 29)

for (const level of levels()) {
  const run = clauses => at(level, { input: 'rgb8', ...clauses, output: u8 }).runSync(source)

  test(`${level}: margins and crops move pixels`, () => {
    assertSame(run({ pad: [1, 2, 3, 4, { fill: [9, 8, 7] }] }), framed(source, [33, 43], [1, 2], [9, 8, 7]))
    assertSame(run({ crop: [3, 5, 11, 13] }), framed(source, [11, 13], [-3, -5], [0, 0, 0]))
    // Margins of 29 - 20 and 37 - 20: 4.5 to even is 4, 8.5 is 8.
    assertSame(run({ centerCrop: 20 }), framed(source, [20, 20], [-4, -8], [0, 0, 0]))
    assertSame(run({ centerCrop: [31, 20, { fill: 5 }] }), framed(source, [31, 20], [1, -8], [5, 5, 5]))
  })

  test(`${level}: a letterbox is its content with margins`, () => {
    const content = run({ resize: [50, 64, 'bilinear'] })
    const { data, dims: [height, width] } = content
    const expected = framed({ data, height, width }, [64, 64], [7, 0], [114, 114, 114])
    assertSame(run({ letterbox: [64, 64, 'bilinear'] }), expected)
    assertSame(run({ letterbox: [64, 64, 'bilinear', { scaleUp: true }] }), expected)
    const corner = framed({ data, height, width }, [64, 64], [0, 0], [1, 2, 3])
    assertSame(run({ letterbox: [64, 64, 'bilinear', { rule: 'yolox', fill: [1, 2, 3] }] }), corner)
    assertSame(run({ letterbox: [64, 64, 'bilinear', { scaleUp: false, fill: 0 }] }), framed(source, [64, 64], [17, 13], [0, 0, 0]))
    // Only what is left of the 14 rows to a multiple of 4 is filled.
    assertSame(run({ letterbox: [64, 64, 'bilinear', { stride: 4 }] }), framed({ data, height, width }, [52, 64], [1, 0], [114, 114, 114]))
  })
}

const pipes = [
  { resize: [{ shortest: 20 }, 'bilinear', 'antialias'], centerCrop: 16 },
  { resize: [{ longest: 50 }, 'bicubic', 'antialias', { like: 'torch' }], centerCrop: [16, 17] },
  { resize: [16, 17, 'area'] },
  { resize: [16, 17, 'lanczos4'] },
  { resize: [16, 17, 'bicubic'] },
  { resize: [16, 17, 'box', 'antialias', { pillow: 12 }] },
  { resize: [16, 17, 'hamming', 'antialias'], pad: [1, 1, 1, 1] },
  { letterbox: [32, 48, 'lanczos', 'antialias'] },
]
const sources = Array.from({ length: 12 }, (_, index) => image(30 + index * 11, 90 - index * 5, 3, index))

test('a call, a promise and a batch give the same tensors', async () => {
  for (const clauses of pipes) {
    for (const output of [u8, ['bgr', 'f32', 'chw']]) {
      const pipe = new Pipeline({ input: 'rgb8', ...clauses, output })
      const expected = sources.map(source => pipe.runSync(source))
      const promised = await Promise.all(sources.map((source, index) => {
        const copy = { ...source, data: source.data.slice() }
        const out = index % 2 ? pipe.runSync(source).data.fill(0) : undefined
        return pipe.run(copy, { transfer: index % 3 === 0, out })
      }))
      promised.forEach((tensor, index) => {
        assertSame(tensor, expected[index])
        const { width, height } = sources[index]
        assert.deepEqual(tensor.dims, pipe.outputShape(height, width))
      })
      const { data, dims } = pipe.batchSync(sources)
      assert.deepEqual(dims, [sources.length, ...expected[0].dims])
      const { length } = expected[0].data
      expected.forEach((tensor, index) => {
        assertSame({ data: data.slice(index * length, (index + 1) * length), dims: tensor.dims }, tensor)
      })
    }
  }
})

test('precision = f32 stays near the library', () => {
  const [exact, rounded] = [[{ precision: 'f32' }], []].map(more => {
    const declaration = { input: 'rgb8', resize: [16, 17, 'bicubic', 'antialias', ...more], output: ['rgb', 'f32'] }
    return new Pipeline(declaration).runSync(sources[5]).data
  })
  assert.ok(exact.some(value => !Number.isInteger(value)))
  exact.forEach((value, index) => assert.ok(Math.abs(value - rounded[index]) <= 2))
})

test('sizes that do not go together', async () => {
  const cut = new Pipeline({ input: 'rgb8', crop: [10, 10, 20, 20], output: u8 })
  const out = new Uint8Array(1200).fill(7)
  assertRefused(() => cut.runSync(source, { out }), /crop/)
  await assert.rejects(cut.run(source, { out }), { code: 'InvalidArg', message: /crop/ })
  assert.ok(out.every(value => value === 7))
  const shortest = new Pipeline({ input: 'rgb8', resize: [{ shortest: 20 }, 'area'], output: u8 })
  assertRefused(() => shortest.batchSync([image(30, 40), image(40, 40)]), /a batch needs one shape/)
})

test('long margins have one value to their ends', () => {
  // Margins of 5 to 150 KB a plane, whose lengths are no multiples of anything.
  const source = { data: new Uint8Array(37 * 11 * 3), height: 11, width: 37 }
  for (const [element, value] of [['u8', 114], ['f32', 114], ['f16', 0x5720], ['i8, scale = 1, zero_point = 0', 114]]) {
    for (const rows of [331, 1031]) {
      const { data } = new Pipeline(`input(rgb8), letterbox(${rows}, 37, bilinear), output(rgb, ${element}, chw)`).runSync(source)
      const top = Math.floor((rows - 11) / 2)
      for (let at = 0; at < data.length; at++) {
        const row = Math.floor(at / 37) % rows
        const expected = row >= top && row < top + 11 ? 0 : value
        if (data[at] !== expected) assert.fail(`${element}: ${data[at]} and not ${expected} in row ${row} of ${rows}`)
      }
    }
  }
})
