// Test images, pipelines at a level and ways to compare results, shared by the tests.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'

import { Pipeline } from '../index.mjs'

/** Byte `i` depends on `i` and the seed alone, as in the tests of the core (MurmurHash3's finaliser). */
export function pixels(length, seed) {
  const bytes = new Uint8Array(length)
  const start = Math.imul(seed, 0x9e3779b9)
  for (let i = 0; i < length; i++) {
    let x = (start + i) | 0
    x ^= x >>> 16
    x = Math.imul(x, 0x85ebca6b)
    x ^= x >>> 13
    x = Math.imul(x, 0xc2b2ae35)
    bytes[i] = x ^ (x >>> 16)
  }
  return bytes
}

/** An image with slopes and edges, as photos have them: a triangle wave, turned over in slanted stripes. */
export function smooth(rows, columns, channels, seed) {
  const bytes = new Uint8Array(rows * columns * channels)
  let index = 0
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const over = Math.floor((7 * x + 3 * y + seed) / 64) % 5 === 0
      for (let c = 0; c < channels; c++) {
        const value = Math.abs((y * (2 + c) + x * (4 - c) + seed * 37) % 510 - 255)
        bytes[index++] = over ? 255 - value : value
      }
    }
  }
  return bytes
}

/** An image with these pixels. */
export const image = (width, height, channels = 3, seed = 1) => ({
  data: pixels(width * height * channels, seed),
  width,
  height,
})

/** A pipeline made at a level. */
export function at(level, ...declaration) {
  process.env.PIXFUSE_LEVEL = level
  try {
    const pipe = new Pipeline(...declaration)
    assert.equal(pipe.level, level)
    return pipe
  } finally {
    delete process.env.PIXFUSE_LEVEL
  }
}

/** The bytes of a typed array. */
export const bytes = array => Buffer.from(array.buffer, array.byteOffset, array.byteLength)

export const sha256 = array => createHash('sha256').update(bytes(array)).digest('hex')

/** Two tensors are equal to the bit. */
export function assertSame(actual, expected) {
  assert.deepEqual(actual.dims, expected.dims)
  assert.equal(actual.data.constructor, expected.data.constructor)
  assert.ok(bytes(actual.data).equals(bytes(expected.data)), 'the bytes differ')
}

/** A call throws the error of a bad argument, and its message is like this. */
export function assertRefused(call, message) {
  assert.throws(call, error => {
    assert.equal(error.constructor, Error)
    assert.equal(error.code, 'InvalidArg')
    assert.match(error.message, message)
    return true
  })
}

/** `x * a + b` of f32 numbers, rounded once. By integers, as f64 arithmetic would round twice. */
export function fma(x, a, b) {
  // Every f32 is a multiple of 2^-149.
  const units = value => BigInt(value * 2 ** 149)
  const exact = units(x) * units(a) / units(1) + units(b)
  const size = exact < 0n ? -exact : exact
  const dropped = BigInt(Math.max(size.toString(2).length - 24, 0))
  const tail = size & ((1n << dropped) - 1n)
  const half = dropped === 0n ? 1n : 1n << (dropped - 1n)
  let kept = size >> dropped
  if (tail > half || (tail === half && kept % 2n === 1n)) kept += 1n
  return Number(kept << dropped) * 2 ** -149 * (exact < 0n ? -1 : 1)
}
