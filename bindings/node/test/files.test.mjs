// Files as people have them: what is taken for one, many that do not all succeed, and what a header says.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { pathToFileURL } from 'node:url'

import sharp from 'sharp'

import { Pipeline, decoders, probe } from '../index.mjs'
import { assertSame } from './images.mjs'

const tests = new URL('../../../crates/pixfuse-decode/tests/', import.meta.url)
const read = name => readFileSync(new URL(name, tests))
const lines = name => readFileSync(new URL(name, tests), 'utf8').trim().split('\n').map(line => line.split(' '))
const digest = data => createHash('sha256').update(data).digest('hex')
const isTurbo = !decoders().includes('libjpeg-turbo-rs')

const pipe = new Pipeline('input(rgb8), resize(8, 9, bilinear), output(rgb, u8, hwc)')
const whole = new Pipeline('input(rgba8, alpha = drop), output(rgb, u8, hwc)')
const photo = read('files/odd-420.jpg')
const others = ['files/rgb.png', 'files/lossy.webp', 'kinds/16.bmp'].map(read)
const row = 8 * 9 * 3
const folder = mkdtempSync(join(tmpdir(), 'pixfuse-'))
const path = join(folder, 'größe 1 #.jpg')
writeFileSync(path, photo)
const buffer = bytes => Uint8Array.from(bytes).buffer

test('files of every kind have the pixels of Pillow', () => {
  let compared = 0
  for (const [name, format, rows, columns, expected] of lines('kinds/pillow.txt')) {
    const order = format.replace(/8|16/, '')
    const wide = format.endsWith('16')
    const output = wide ? `normalize(scale = 1), output(${order}, f32, hwc)` : `output(${order}, u8, hwc)`
    const orient = name.endsWith('.tif') ? undefined : 'stored'
    const { data, dims } = new Pipeline(`input(${format}), ${output}`).decodeSync(read(`kinds/${name}`), { orient })
    assert.deepEqual(dims.slice(0, 2), [Number(rows), Number(columns)], name)
    assert.equal(digest(wide ? Uint16Array.from(data) : data), expected, `${name} as ${format}`)
    compared++
  }
  for (const [name, rows, columns, expected, decoder] of lines('unusual/pillow.txt')) {
    if (decoder === 'libjpeg-turbo' && !isTurbo) continue
    const { data, dims } = whole.decodeSync(read(`unusual/${name}`))
    assert.deepEqual(dims, [Number(rows), Number(columns), 3], name)
    assert.equal(digest(data), expected, name)
    compared++
  }
  assert.ok(compared > 250)
})

test('everything that is a file', async () => {
  const expected = pipe.decodeSync(photo)
  const files = { bytes: Uint8Array.from(photo), Buffer: photo, clamped: Uint8ClampedArray.from(photo), ArrayBuffer: buffer(photo), path, URL: pathToFileURL(path) }
  for (const file of Object.values(files)) {
    assertSame(pipe.decodeSync(file), expected)
    assertSame(await pipe.decode(file), expected)
    assert.deepEqual(pipe.decodeGeometry(file), pipe.decodeGeometry(photo))
    assert.deepEqual(probe(file), probe(photo))
  }
  const blobs = [new Blob([photo]), new File([photo.subarray(0, 100), photo.subarray(100)], 'a.jpg')]
  for (const blob of blobs) assertSame(await pipe.decode(blob), expected)
  const list = Object.values(files)
  const block = pipe.decodeBatchSync(list, { threads: 2 })
  assert.deepEqual(block.dims, [list.length, 8, 9, 3])
  list.forEach((_, index) => assert.deepEqual(block.data.slice(index * row, (index + 1) * row), expected.data))
  const more = await pipe.decodeBatch([...list, ...blobs], { threads: 2 })
  assert.deepEqual(more.dims, [list.length + 2, 8, 9, 3])
  assert.deepEqual(more.data.subarray(0, block.data.length), block.data)
  assert.deepEqual(more.data.subarray(-row), expected.data)
  assert.equal(more.failures, undefined)
  for (const file of list) assertSame(...(await Promise.all([pipe.decodeBatch([file]), pipe.decodeBatchSync([file])])))
  assert.deepEqual((await pipe.decodeBatch([])).dims, [0, 8, 9, 3])
  const out = new Uint8Array(2 * row)
  const filled = await pipe.decodeBatch([photo, path], { out })
  assert.equal(filled.data, out)
  assert.deepEqual(out.subarray(row), expected.data)
})

test('what is no file is said', async () => {
  const none = join(folder, 'none.jpg')
  for (const given of [none, pathToFileURL(none), folder, 'nul\0']) {
    const said = { code: 'unreadable', message: /^file: ".*" cannot be read: / }
    assert.throws(() => pipe.decodeSync(given), said)
    assert.throws(() => probe(given), said)
    assert.throws(() => pipe.decodeGeometry(given), said)
    await assert.rejects(pipe.decode(given), said)
    await assert.rejects(pipe.decodeBatch([photo, given]), { code: 'unreadable', index: 1, message: /^number 1: file: / })
  }
  const wrong = (message, ...files) => {
    for (const file of files) assert.throws(() => pipe.decodeSync(file), { code: 'InvalidArg', message })
  }
  wrong(/^data: expected a URL of a file, found one of https:$/, new URL('https://a.b/c.jpg'))
  wrong(/^data: a URL whose path has an encoded slash or zero$/, new URL('file:///a%2Fb'), new URL('file:///a%00b'))
  wrong(/^data: a Blob gives its bytes later; /, new Blob([photo]))
  wrong(/^data: expected a file: its bytes or its path, found /, null, undefined, 5, {}, [], new DataView(new ArrayBuffer(9)), new Int8Array(9), new SharedArrayBuffer(9), () => 1, Symbol('a'))
  assert.throws(() => pipe.decodeBatchSync([photo, new Blob([])]), { code: 'InvalidArg', message: /^number 1: data: a Blob/ })
  const gone = buffer(photo)
  structuredClone(gone, { transfer: [gone] })
  assert.throws(() => pipe.decodeSync(gone), { message: /found no bytes$/ })
})

const half = photo.subarray(0, 700)
const gray = await sharp({ create: { width: 5, height: 4, channels: 4, background: '#0f08' } }).png().toBuffer()
const mixed = [photo, '<html>', null, others[0], half, join(folder, 'none.jpg'), others[1], gray, undefined, pathToFileURL(path)]
mixed[1] = Buffer.from(mixed[1])
const failed = [[1, 'unknown_format'], [2, 'missing'], [4, 'truncated'], [5, 'unreadable'], [7, 'colours'], [8, 'missing']]
const good = [0, 3, 6, 9]

test('failures are data', async () => {
  const expected = pipe.decodeBatchSync([photo, others[0], others[1], photo])
  const at = (data, index) => data.subarray(index * row, (index + 1) * row)
  for (const threads of [1, 3]) {
    const filled = pipe.decodeBatchSync(mixed, { onError: 'fill', fill: 114, threads })
    assert.deepEqual(filled.dims, [10, 8, 9, 3])
    good.forEach((index, place) => assert.deepEqual(at(filled.data, index), at(expected.data, place)))
    for (const [index] of failed) assert.ok(at(filled.data, index).every(value => value === 114))
    assert.deepEqual(filled.failures.map(({ index, code }) => [index, code]), failed)
    assert.equal(filled.failures[2].message, 'file: this JPEG file of 700 bytes ends too early: it is truncated')
    assert.deepEqual(filled.failures.map(({ name }) => name), [undefined, undefined, undefined, mixed[5], undefined, undefined])

    const skipped = pipe.decodeBatchSync(mixed, { onError: 'skip', threads })
    assertSame(skipped, expected)
    assert.deepEqual(skipped.failures, filled.failures)
    assert.deepEqual(await pipe.decodeBatch(mixed, { onError: 'fill', fill: 114, threads }), filled)
    assert.deepEqual(await pipe.decodeBatch(mixed, { onError: 'skip', threads }), skipped)

    const out = new Uint8Array(10 * row)
    const part = pipe.decodeBatchSync(mixed, { onError: 'skip', threads, out })
    assert.equal(part.data.buffer, out.buffer)
    assertSame(part, expected)
    const later = await pipe.decodeBatch(mixed, { onError: 'skip', threads, out: new Uint8Array(10 * row) })
    assertSame(later, expected)
  }
  const blob = await pipe.decodeBatch([new File([half], 'half.jpg'), photo], { onError: 'skip' })
  assert.deepEqual(blob.failures.map(({ index, name, code }) => [index, name, code]), [[0, 'half.jpg', 'truncated']])
  const without = pipe.decodeBatchSync([photo], { onError: 'skip' })
  assert.deepEqual([without.dims, without.failures], [[1, 8, 9, 3], []])
  const none = pipe.decodeBatchSync([null, half], { onError: 'skip' })
  assert.deepEqual([none.dims, none.data.length, none.failures.length], [[0, 8, 9, 3], 0, 2])
  assert.throws(() => pipe.decodeBatchSync(mixed), { code: 'unknown_format', index: 1 })
  assert.throws(() => pipe.decodeBatchSync([photo, null]), {
    code: 'missing', index: 1, message: 'number 1: file: there is none, the list has a null here',
  })
  const open = new Pipeline('input(rgb8), output(rgb, u8, hwc)')
  assert.throws(() => open.decodeBatchSync([photo, others[0]], { onError: 'skip' }), { code: 'InvalidArg', message: /a batch needs one shape/ })
  for (const [options, message] of [
    [{ onError: 'ignore' }, "onError: expected 'raise', 'fill' or 'skip', found 'ignore'"],
    [{ onError: 5 }, "onError: expected 'raise', 'fill' or 'skip', found 5"],
    [{ onError: 'fill' }, "fill: onError: 'fill' needs the value of a failed file's elements, such as fill: 0"],
    [{ onError: 'fill', fill: '0' }, "fill: expected a number, found '0'"],
    [{ onError: 'fill', fill: 0.5 }, 'fill: 0.5, expected a whole number from 0 to 255, as elements of u8 are'],
    [{ fill: 0 }, "fill: is said of onError: 'fill' only"],
  ]) {
    assert.throws(() => pipe.decodeBatchSync([photo], options), { code: 'InvalidArg', message })
    await assert.rejects(pipe.decodeBatch([photo], options), { code: 'InvalidArg', message })
  }
})

test('headers', () => {
  assert.deepEqual(probe(read('files/orientation-6.jpg')), {
    format: 'JPEG', stored: [13, 19], shown: [19, 13], channels: 3, bits: 8, alpha: false, frames: 1, orientation: 6,
  })
  assert.deepEqual(probe(read('files/animated.webp')), {
    format: 'WebP', stored: [37, 53], shown: [37, 53], channels: 3, bits: 8, alpha: false, frames: 2,
  })
  const letterbox = new Pipeline('input(rgba8, alpha = drop), letterbox(32, 32, bilinear), output(rgb, u8)')
  for (const name of new Set(lines('unusual/pillow.txt').map(([name]) => name))) {
    const { stored, shown, orientation } = probe(read(`unusual/${name}`))
    const geometry = letterbox.geometry(...stored, { orient: orientation })
    assert.ok(geometry.equals(letterbox.decodeGeometry(read(`unusual/${name}`))), name)
    assert.deepEqual(geometry.source, shown)
  }
  assert.throws(() => probe(Buffer.from('<html>')), { code: 'unknown_format' })
})

// Digests of what Pillow gives after `draft`, and of files that are cut.
test('drafts and filled files are those of Pillow', { skip: isTurbo ? false : 'the decoder in Rust knows neither' }, async () => {
  const all = read('jpegs.bin')
  const files = new Map()
  let at = 0
  for (const [name, length] of lines('jpegs.txt')) {
    files.set(name, all.subarray(at, at + Number(length)))
    at += Number(length)
  }
  let compared = 0
  for (const [name, what, first, second, rows, columns, expected] of lines('jpegs-asked.txt')) {
    if (expected === undefined || expected === 'refused') continue
    const [file, options] = what === 'draft'
      ? [files.get(name), { draft: [Number(first), Number(second)] }]
      : [files.get(name).subarray(0, Number(first)), { truncated: 'fill' }]
    const { data, dims } = whole.decodeSync(file, options)
    assert.deepEqual(dims, [Number(rows), Number(columns), 3], name)
    assert.equal(digest(data), expected, `${name} ${what} ${first} ${second}`)
    if (compared++ % 20 === 0) {
      assertSame(await whole.decode(file, options), { data, dims })
      assertSame(whole.decodeBatchSync([file], options), { data, dims: [1, ...dims] })
      assertSame(await whole.decodeBatch([file], options), { data, dims: [1, ...dims] })
    }
  }
  assert.ok(compared > 400)
  const large = await sharp({ create: { width: 240, height: 161, channels: 3, background: '#123' } }).jpeg().toBuffer()
  const letterbox = new Pipeline('input(rgb8), letterbox(40, 40, bilinear), output(rgb, u8, hwc)')
  const geometry = letterbox.decodeGeometry(large, { draft: [40, 40] })
  assert.deepEqual(geometry.source, [161, 240])
  const [x, y] = letterbox.geometry(81, 120).mapPoints([60, 40])
  const [sameX, sameY] = geometry.mapPoints([120, 80])
  assert.ok(Math.abs(x - sameX) < 1e-9 && Math.abs(y - sameY) < 1e-9)
  for (const draft of [5, [1, 2, 3], [0, 1], '12']) {
    assert.throws(() => pipe.decodeSync(photo, { draft }), { code: 'InvalidArg', message: /^draft: expected rows and columns, both at least 1, found / })
  }
})

test('what the decoder does not know ends a call', { skip: isTurbo ? 'libjpeg-turbo knows it' : false }, () => {
  for (const [options, said] of [[{ draft: [8, 9] }, 'draft: \\[8, 9\\]'], [{ truncated: 'fill' }, 'truncated: fill']]) {
    const refused = { code: 'InvalidArg', message: new RegExp(`^${said} is asked for, which the JPEG decoder of this build`) }
    assert.throws(() => pipe.decodeSync(photo, options), refused)
    assert.throws(() => pipe.decodeBatchSync([photo, null], { ...options, onError: 'skip' }), refused)
  }
})
