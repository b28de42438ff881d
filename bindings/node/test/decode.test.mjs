// Files to tensors: the pixels that Pillow reads, turned as EXIF says, and what is wrong said in words.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import test from 'node:test'

import { Pipeline, decoders } from '../index.mjs'
import { assertSame } from './images.mjs'

const folder = new URL('../../../crates/pixfuse-decode/tests/files/', import.meta.url)
const read = name => readFileSync(new URL(name, folder))
const golden = readFileSync(new URL('pillow.txt', folder), 'utf8').trim().split('\n').map(line => line.split(' '))

const whole = new Pipeline('input(rgb8), output(rgb, u8, hwc)')
const pipe = new Pipeline('input(rgba8, alpha = drop), resize(24, 37, bilinear), normalize(), output(rgb, f32, chw)')
const photo = read('odd-420.jpg')
const others = ['rgb.png', 'lossy.webp', 'orientation-6.jpg', 'rgba.png'].map(read)

test('pixels are those of Pillow', () => {
  let compared = 0
  for (const [name, format, rows, columns, digest] of golden) {
    const { data, dims } = new Pipeline(`input(${format}), output(${format.slice(0, -1)}, u8, hwc)`)
      .decodeSync(read(name), { orient: 1 })
    assert.deepEqual(dims.slice(0, 2), [Number(rows), Number(columns)])
    assert.equal(createHash('sha256').update(data).digest('hex'), digest, name)
    compared++
  }
  assert.ok(compared > 100)
})

test('EXIF is followed, and overridden', () => {
  for (let orient = 1; orient <= 8; orient++) {
    const file = read(`orientation-${orient}.jpg`)
    const stored = whole.decodeSync(file, { orient: 1 })
    const [height, width] = stored.dims
    const shown = whole.decodeSync(file)
    assertSame(shown, whole.runSync({ data: stored.data, width, height }, { orient }))
    assert.deepEqual(shown.dims.slice(0, 2), orient < 5 ? [13, 19] : [19, 13])
    assert.deepEqual(whole.outputShape(13, 19, { orient }), shown.dims)
    const declared = new Pipeline({ input: ['rgb8', { orient }], output: ['rgb', 'u8', 'hwc'] })
    assertSame(shown, declared.runSync({ data: stored.data, width, height }))
    assert.deepEqual(declared.geometry(13, 19).source, shown.dims.slice(0, 2))
    assert.deepEqual(declared.geometry(13, 19, { orient: 1 }).source, [13, 19])
    assert.deepEqual(whole.decodeGeometry(file).source, shown.dims.slice(0, 2))
    assert.deepEqual(whole.decodeGeometry(file, { orient: 1 }).source, [13, 19])
    assertSame(shown, declared.decodeSync(file))
  }
})

test('a promise of the same tensor', async () => {
  for (const file of [photo, ...others]) assertSame(await pipe.decode(file), pipe.decodeSync(file))
  const expected = pipe.decodeSync(photo)
  const out = new Float32Array(expected.data.length)
  const tensor = await pipe.decode(photo, { out })
  assert.equal(tensor.data, out)
  assertSame(tensor, expected)
  assertSame(await whole.run({ data: new Uint8Array(24).map((_, i) => i), width: 4, height: 2 }, { orient: 6 }),
    whole.runSync({ data: new Uint8Array(24).map((_, i) => i), width: 4, height: 2 }, { orient: 6 }))

  const copy = Uint8Array.from(photo)
  const promise = pipe.decode(copy)
  copy.fill(0)
  assertSame(await promise, expected)
  const many = await Promise.all(Array.from({ length: 20 }, () => pipe.decode(photo)))
  many.forEach(tensor => assertSame(tensor, expected))
})

test('an output is filled', () => {
  const expected = pipe.decodeSync(photo)
  const out = new Float32Array(expected.data.length)
  assert.equal(pipe.decodeSync(photo, { out }).data, out)
  assertSame({ data: out, dims: expected.dims }, expected)
  const half = new Pipeline('input(rgb8), output(rgb, f16, chw)')
  assert.equal(half.decodeSync(photo).data.length, 37 * 53 * 3)
  // A file may lie where its tensor goes: the bytes are copied.
  const memory = new Uint8Array(37 * 53 * 3)
  memory.set(photo)
  const { data } = whole.decodeSync(memory.subarray(0, photo.length), { out: memory })
  assert.deepEqual(Buffer.from(data), Buffer.from(whole.decodeSync(photo).data))
})

test('batches, on any number of threads', () => {
  const files = [photo, ...others]
  const each = files.map(file => pipe.decodeSync(file))
  for (const threads of [undefined, null, 1, 2, 7]) {
    const { data, dims } = pipe.decodeBatchSync(new Set(files), { threads })
    assert.deepEqual(dims, [5, 3, 24, 37])
    const length = data.length / files.length
    each.forEach((tensor, i) => assertSame({ data: data.slice(i * length, (i + 1) * length), dims: tensor.dims }, tensor))
  }
})

test('what is wrong is said', async () => {
  const wrong = [
    [() => pipe.decodeSync(7), 'data: expected a file: its bytes or its path, found 7'],
    [
      () => pipe.decodeSync(new Float32Array(9)),
      'data: expected a file: its bytes or its path, found a Float32Array, whose elements are no bytes',
    ],
    [
      () => pipe.decodeSync(new Uint8Array(new SharedArrayBuffer(9))),
      'data: expected a file: its bytes or its path, found one on a SharedArrayBuffer, which other threads can write to; copy it first',
    ],
    [() => pipe.decodeSync(new Uint8Array(0)), 'file: expected a JPEG, PNG, WebP, GIF, BMP or TIFF file, found no bytes'],
    [
      () => pipe.decodeSync(photo.subarray(0, 700)),
      'file: this JPEG file of 700 bytes ends too early: it is truncated',
    ],
    [
      () => pipe.decodeSync(photo, { maxPixels: 1960 }),
      'file: 37 rows x 53 columns are 1961 pixels, more than maxPixels = 1960; to read it, raise maxPixels',
    ],
    [
      () => pipe.decodeBatchSync([photo], { maxSide: 52 }),
      'number 0: file: of 37 rows x 53 columns a side is longer than maxSide = 52; to read it, raise maxSide',
    ],
    [() => pipe.decodeSync(photo, { maxPixels: 0 }), 'maxPixels: expected a whole number of at least 1, found 0'],
    [() => pipe.decodeSync(photo, { orient: 9 }), "orient: expected an integer from 1 to 8, 'exif' or 'stored', found 9"],
    [() => pipe.geometry(3, 4, { orient: '6' }), "orient: expected an integer from 1 to 8, 'exif' or 'stored', found '6'"],
    [() => pipe.outputShape(3, 4, 6), 'options: expected an object, found number'],
    [
      () => pipe.decodeSync(photo, { out: new Float32Array(5) }),
      'out: 5 elements given, the tensor [3, 24, 37] needs 2664',
    ],
    [
      () => pipe.decodeBatchSync([photo, photo.subarray(0, 700)]),
      'number 1: file: this JPEG file of 700 bytes ends too early: it is truncated',
    ],
    [() => pipe.decodeBatchSync([photo, 5]), 'number 1: data: expected a file: its bytes or its path, found 5'],
    [() => pipe.decodeBatchSync([photo], { threads: 2000 }), 'threads: 2000, expected 1 to 1024'],
    [() => pipe.decodeSync(Promise.resolve(photo)), 'data: expected a file: its bytes or its path, found a Promise; `await` it first'],
  ]
  // What is wrong with a file has a code of its own.
  const codes = [['found no bytes', 'unknown_format'], ['truncated', 'truncated'], ['maxPixels = 1960', 'too_large'], ['maxSide = 52', 'too_long']]
  for (const [call, message] of wrong) {
    const code = codes.find(([part]) => message.includes(part))?.[1] ?? 'InvalidArg'
    const index = code !== 'InvalidArg' && message.startsWith('number ') ? { index: Number(message[7]) } : {}
    assert.throws(call, { code, message, ...index })
  }
  await assert.rejects(pipe.decode(photo.subarray(0, 700)), { code: 'truncated', message: wrong[4][1] })
  await assert.rejects(pipe.decode(photo, { out: new Float32Array(5) }), { code: 'InvalidArg', message: wrong[11][1] })
  await assert.rejects(pipe.decode(7), { code: 'InvalidArg', message: wrong[0][1] })
})

let state = 99
/** A whole number below `most`, the same in every run. */
function below(most) {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0
  return (state >>> 8) % most
}

/** One to four damages of the kinds that disks, networks and attackers make. */
function damaged(file) {
  let bytes = [...file]
  for (let left = 1 + below(4); left > 0; left--) {
    const [at, to, length] = [below(bytes.length), below(bytes.length), 1 + below(32)]
    const damages = [
      () => { bytes[at] ^= 1 << below(8) },
      () => { bytes[at] = [0, 1, 0x7f, 0x80, 0xff][below(5)] },
      // A damaged header is found early; its sizes and tables are worth more attempts than their share of bytes.
      () => { bytes[at % 400] = below(256) },
      () => { bytes.splice(to, 0, ...bytes.slice(at, at + length)) },
      () => { bytes.splice(Math.max(at, 16), length) },
      () => { bytes.length = Math.max(at, 16) },
    ]
    damages[below(damages.length)]()
  }
  return Uint8Array.from(bytes)
}

test('ten thousand damaged files: a tensor or an error, soon, and no byte beside the output', () => {
  const small = new Pipeline('input(rgba8, alpha = drop), resize(7, 9, bilinear), output(rgb, f32, chw)')
  const formats = [
    ['odd-420.jpg', 'odd-444-progressive.jpg', 'orientation-6.jpg', 'gray.jpg'],
    ['rgb.png', 'rgba.png', 'gray.png'],
    ['lossy.webp', 'lossless.webp', 'lossy-alpha.webp'],
  ].map(names => names.map(read))
  const around = new Float32Array(32 + 3 * 7 * 9 + 32).fill(85)
  const out = around.subarray(32, -32)
  let [tensors, slowest] = [0, 0]
  for (let turn = 0; turn < 10_000; turn++) {
    const files = formats[turn % 3]
    const file = damaged(files[below(files.length)])
    const start = performance.now()
    try {
      small.decodeSync(file, { out, maxPixels: 2 ** 18 })
      tensors++
    } catch (error) {
      assert.match(error.message, /^file: /)
    }
    slowest = Math.max(slowest, performance.now() - start)
    assert.ok([...around.subarray(0, 32), ...around.subarray(-32)].every(value => value === 85))
  }
  assert.ok(tensors > 500 && tensors < 9_000, `${tensors} tensors: the damage is not what it was`)
  assert.ok(slowest < 10_000, `${slowest} ms`)
})

test('decoders are named', () => {
  for (const name of ['JPEG', 'libjpeg-turbo', 'PNG', 'WebP', 'EXIF']) assert.ok(decoders().includes(name))
})
