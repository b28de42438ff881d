// The values of tensors, against arithmetic done here, at every level.

import assert from 'node:assert/strict'
import test from 'node:test'

import { Pipeline, levels, presets } from '../index.mjs'
import { assertSame, at, fma, image } from './images.mjs'

for (const level of levels()) {
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

test('presets and their texts run on their own kernels, and equal the grid', () => {
  const source = image(31, 17)
  for (const name of presets.names()) {
    const preset = presets.get(name)
    assert.equal(preset, presets[name])
    const same = new Pipeline(preset.spec)
    for (const pipe of [preset, same]) {
      const [struct] = /(?<=kernel +)\w+/.exec(pipe.explain())
      assert.equal(struct[0].toLowerCase() + struct.slice(1), name)
    }
    assertSame(preset.runSync(source), same.runSync(source))
    // In another layout it is the text of no declaration.
    const grid = new Pipeline(preset.spec.replace('chw', 'hwc'))
    assert.match(grid.explain(), /kernel +grid/)
    const { data, dims: [channels, rows, columns] } = preset.runSync(source)
    const interleaved = data.map((_, at) => data[(at % channels) * rows * columns + Math.floor(at / channels)])
    assertSame(grid.runSync(source), { data: interleaved, dims: [rows, columns, channels] })
  }
})
