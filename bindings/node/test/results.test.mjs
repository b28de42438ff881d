// The values of tensors: against what OpenCV and Pillow gave, and against arithmetic done here, at every level.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'

import { Pipeline, levels, presets } from '../index.mjs'
import { assertSame, fma, image, pixels, sha256 } from './images.mjs'

/** A pipeline made at a level. */
function at(level, ...declaration) {
  process.env.PIXFUSE_LEVEL = level
  try {
    const pipe = new Pipeline(...declaration)
    assert.equal(pipe.level, level)
    return pipe
  } finally {
    delete process.env.PIXFUSE_LEVEL
  }
}

const goldens = readFileSync(new URL('../../../crates/pixfuse/tests/goldens/resize.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line && !line.startsWith('#'))

for (const level of levels()) {
  test(`${level}: resizes equal the libraries`, () => {
    assert.ok(goldens.length > 500)
    for (const line of goldens) {
      const [filter, ...fields] = line.split(' ')
      const expected = fields.pop()
      const [channels, height, width, rows, columns, seed] = fields.map(Number)
      const order = { 1: 'gray', 3: 'rgb', 4: 'rgba' }[channels]
      const pipe = at(level, { input: `${order}8`, resize: [rows, columns, filter], output: [order, 'u8', 'hwc'] })
      const { data, dims } = pipe.runSync({ data: pixels(height * width * channels, seed), width, height })
      assert.deepEqual(dims, [rows, columns, channels])
      assert.equal(sha256(data), expected, line)
    }
  })

  test(`${level}: every pixel value is normalised with one rounding`, () => {
    const ramp = Uint8Array.from({ length: 256 * 3 }, (_, index) => Math.floor(index / 3))
    const mean = [0.485, 0.456, 0.406]
    const std = [0.229, 0.224, 0.225]
    const pipe = at(level, { input: 'rgb8', normalize: { mean, std, eps: 1e-5 }, output: ['bgr', 'f32', 'chw'] })
    const { data } = pipe.runSync({ data: ramp, width: 16, height: 16 })
    for (let channel = 0; channel < 3; channel++) {
      const a = Math.fround(1 / 255 / (std[channel] + 1e-5))
      const b = Math.fround(-mean[channel] / (std[channel] + 1e-5))
      for (let x = 0; x < 256; x++) assert.equal(data[channel * 256 + x], fma(x, a, b), `${x} in channel ${channel}`)
    }
  })

  test(`${level}: planes, channel order and alpha`, () => {
    const { data } = image(5, 7, 4)
    const pipe = at(level, 'input(rgba8, alpha = drop), output(bgr, u8, chw)')
    const tensor = pipe.runSync({ data, width: 5, height: 7 })
    assert.deepEqual(tensor.dims, [3, 7, 5])
    for (let channel = 0; channel < 3; channel++) {
      for (let pixel = 0; pixel < 35; pixel++) {
        assert.equal(tensor.data[channel * 35 + pixel], data[pixel * 4 + 2 - channel])
      }
    }
  })
}

test('levels are those of this CPU, and a wrong one is refused', () => {
  assert.ok(levels().includes('scalar'))
  process.env.PIXFUSE_LEVEL = 'sse9'
  try {
    assert.throws(() => new Pipeline('input(rgb8), output(rgb, u8)'), { code: 'InvalidArg', message: /PIXFUSE_LEVEL is `sse9`/ })
  } finally {
    delete process.env.PIXFUSE_LEVEL
  }
})

test('presets run on their own kernels and equal their text', () => {
  const source = image(31, 17)
  for (const name of presets.names()) {
    const preset = presets.get(name)
    assert.equal(preset, presets[name])
    const [struct] = /(?<=kernel +)\w+/.exec(preset.explain())
    assert.equal(struct[0].toLowerCase() + struct.slice(1), name)
    assertSame(preset.runSync(source), new Pipeline(preset.spec).runSync(source))
  }
})
