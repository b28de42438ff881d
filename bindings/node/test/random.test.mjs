// A hundred thousand random arguments: a result or an error, and no byte beside the output.

import assert from 'node:assert/strict'
import test from 'node:test'

import { Pipeline } from '../index.mjs'

let state = 12345
/** A whole number below `most`, the same in every run. */
function below(most) {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0
  return (state >>> 8) % most
}
const pick = list => list[below(list.length)]

const INPUTS = ['rgb8', 'gray8', 'rgba8, alpha = drop', 'rgb8, chw', 'nv12', 'i420', 'yuyv', 'rgb16', 'gray32f']
const RESIZES = ['', 'resize(3, 5, nearest), ', 'letterbox(8, 8, bilinear, antialias, precision = f32), ']
const OUTPUTS = ['rgb, f32, chw', 'bgr, f16, hwc', 'rgb, bf16', 'rgb, i8, chw, scale = 0.1']
const ARRAYS = [Uint8Array, Uint8Array, Uint8Array, Uint8ClampedArray, Uint16Array, Float32Array, Int8Array, Float64Array]
const ODD = [undefined, null, 0, -1, 1.5, NaN, 2 ** 31, 2 ** 53, '3', {}, [], true, new ArrayBuffer(8), new DataView(new ArrayBuffer(4))]

const side = () => below(10) < 9 ? below(12) : pick(ODD)
const data = () => below(20) < 19 ? new (pick(ARRAYS))(below(3) ? pick([12, 24, 36, 48, 96, 108, 144]) : below(200)) : pick(ODD)

function image() {
  if (below(30) === 0) return pick(ODD)
  const sides = { width: side(), height: side() }
  if (below(5) === 0) return { planes: Array.from({ length: below(4) }, () => ({ data: data(), stride: side() })), ...sides }
  const made = { data: data(), ...sides }
  if (below(4) === 0) made.stride = side()
  if (below(4) === 0) made.channels = side()
  return made
}

/** An image that the pipeline reads, unless a side is 0. */
function fitting(pipe) {
  const [width, height] = [below(6) * 2, below(6) * 2]
  const source = /^input\((\w+)/.exec(pipe.spec)[1]
  const channels = { gray8: 1, gray32f: 1, rgba8: 4, yuyv: 2, nv12: 1.5, i420: 1.5 }[source] ?? 3
  const Type = { rgb16: Uint16Array, gray32f: Float32Array }[source] ?? Uint8Array
  return { data: new Type(width * height * channels), width, height }
}

test('a result or an error', async () => {
  const pipes = INPUTS.flatMap(input => RESIZES.flatMap(resize => OUTPUTS.map(output =>
    new Pipeline(`input(${input}), ${resize}output(${output})`))))
  const made = { f32: Float32Array, f16: Uint16Array, bf16: Uint16Array, i8: Int8Array }
  let ran = 0
  for (let call = 0; call < 100_000; call++) {
    const pipe = pick(pipes)
    const given = below(2) ? fitting(pipe) : image()
    let around
    const options = below(3) ? {} : { orient: pick([undefined, 1, 6, 9, 'x']) }
    if (below(2)) {
      around = new made[pipe.element](3 * 200 + 64).fill(85)
      let length = below(600)
      try {
        length = pipe.outputShape(given.height, given.width, options).reduce((a, b) => a * b)
      } catch {}
      options.out = around.subarray(32, 32 + Math.min(length, 600))
    }
    try {
      if (below(10) === 0) pipe.batchSync([given, image()], { threads: pick([1, 2, 0, 'x']) })
      else if (below(50) === 0) await pipe.run(given, options)
      else pipe.runSync(given, options)
      ran++
    } catch (error) {
      assert.ok(error instanceof Error && error.message.length > 0)
    }
    if (around !== undefined) {
      const end = 32 + options.out.length
      assert.ok(around.subarray(0, 32).every(value => value === 85), 'before the output')
      assert.ok(around.subarray(end).every(value => value === 85), 'behind the output')
    }
  }
  assert.ok(ran > 20_000, `${ran} ran`)
})
