// Test images, pipelines at a level and ways to compare results, shared by the tests.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

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

const goldens = new URL('../../../crates/pixfuse/tests/goldens/', import.meta.url)

/** How many photos there are. */
export const PHOTOS = 5

/** This many rows and columns of a photo, mirrored at its edges: as in `goldens/make_pipelines.py`. */
export function photo(index, rows, columns) {
  const [high, wide] = [96, 128]
  photo.all ??= readFileSync(new URL('photos/photos.rgb', goldens))
  const small = photo.all.subarray(index * high * wide * 3, (index + 1) * high * wide * 3)
  const at = (position, side) => Math.min(position % (2 * side), 2 * side - 1 - (position % (2 * side)))
  const data = new Uint8Array(rows * columns * 3)
  const from = Uint32Array.from({ length: columns }, (_, column) => at(columns + column, wide) * 3)
  let to = 0
  for (let row = rows; row < 2 * rows; row++) {
    const start = at(row, high) * wide * 3
    for (let column = 0; column < columns; column++) {
      const pixel = start + from[column]
      data[to++] = small[pixel]
      data[to++] = small[pixel + 1]
      data[to++] = small[pixel + 2]
    }
  }
  return { data, width: columns, height: rows }
}

/** The lines of a file of goldens, without remarks. */
export const lines = name => readFileSync(new URL(name, goldens), 'utf8')
  .split('\n')
  .filter(line => line && !line.startsWith('#'))

/** A table of goldens: for each line the numbers that it begins with, and `[name, digest]` of each column. */
export function table(name, numbers) {
  const [heading, ...rows] = lines(name).map(line => line.split(' '))
  return rows.map(fields => {
    assert.equal(fields.length, heading.length)
    const digests = fields.slice(numbers).map((digest, index) => [heading[numbers + index], digest])
    return { numbers: fields.slice(0, numbers).map(Number), digests }
  })
}

/** What stands in a table: the first 64 bits of the SHA-256 of some tensors' bytes, one after another. */
export function digest(tensors) {
  const hash = createHash('sha256')
  for (const tensor of tensors) hash.update(bytes(tensor))
  return hash.digest('hex').slice(0, 16)
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
