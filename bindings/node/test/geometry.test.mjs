// Where things go and come from, against the formulas of the libraries.

import assert from 'node:assert/strict'
import test from 'node:test'

import { Pipeline, presets } from '../index.mjs'
import { assertRefused } from './images.mjs'

const pipeline = clauses => new Pipeline(`input(rgb8), ${clauses}, output(rgb, u8, hwc)`)
const letterbox = pipeline('letterbox(640, 640, bilinear)').geometry(720, 1280)

test('the numbers of a letterbox', () => {
  assert.deepEqual({ ...letterbox }, {
    matrix: [[0.5, 0, 0], [0, 0.5, 140]],
    inverse: [[2, 0, 0], [0, 2, -280]],
    scale: [0.5, 0.5],
    exactScale: [0.5, 0.5],
    offset: [140, 0],
    content: [140, 0, 360, 640],
    sourceBox: [0, 0, 1280, 720],
    source: [720, 1280],
    resized: [360, 640],
    output: [640, 640],
  })
})

test('boxes come back by the rules of the letterboxes, over many sizes', () => {
  const box = [100.25, 130.5, 200.75, 340.125]
  for (let rows = 40; rows < 1500; rows += 97) {
    for (let columns = 40; columns < 1500; columns += 89) {
      const ratio = Math.min(640 / rows, 640 / columns)
      const frame = presets.yolo.geometry(rows, columns)
      const [top, left, high, wide] = frame.content
      // Half to even where a side ends in a half, else to the nearest.
      assert.ok(Math.abs(high - rows * ratio) <= 0.5 && Math.abs(wide - columns * ratio) <= 0.5)
      assert.deepEqual([top, left], [Math.floor((640 - high) / 2), Math.floor((640 - wide) / 2)])
      const expected = box.map((at, index) => (at - (index % 2 ? top : left)) / ratio)
      assert.deepEqual(frame.unmapBoxes(box), expected)
      const limits = [columns, rows, columns, rows]
      assert.deepEqual(frame.unmapBoxes(box, { clip: true }), expected.map((at, index) => Math.min(Math.max(at, 0), limits[index])))

      const corner = presets.yolox.geometry(rows, columns)
      assert.deepEqual(corner.content, [0, 0, Math.trunc(rows * ratio), Math.trunc(columns * ratio)])
      assert.deepEqual(corner.unmapBoxes(box, { clip: false }), box.map(at => at / ratio))
    }
  }
})

test('a crop of the middle', () => {
  const geometry = presets.imagenet.geometry(512, 1024)
  assert.deepEqual(geometry.resized, [256, 512])
  assert.deepEqual(geometry.offset, [-16, -144])
  assert.deepEqual(geometry.content, [0, 0, 224, 224])
  assert.deepEqual(geometry.sourceBox, [288, 32, 736, 480])
  assert.deepEqual(geometry.mapPoints([[512, 256]]), [[112, 112]])
  assert.deepEqual(geometry.mapPoints([0, 0, 1024, 512]), [-144, -16, 368, 240])
  assert.deepEqual(geometry.mapPoints([0, 0, 1024, 512], { clip: true }), [0, 0, 224, 224])
})

test('each axis has its scale, and margins their offset', () => {
  const geometry = pipeline('resize(50, 25, bilinear), pad(1, 2, 3, 4)').geometry(100, 100)
  assert.deepEqual(geometry.matrix, [[0.25, 0, 2], [0, 0.5, 1]])
  assert.deepEqual(geometry.output, [54, 31])
  assert.deepEqual(geometry.mapBoxes([10, 20, 30, 40]), [4.5, 11, 9.5, 21])
  const [[a, , b], [, c, d]] = geometry.inverse
  assert.deepEqual(geometry.unmapPoints([[6, 5]]), [[a * 6 + b, c * 5 + d]])
})

test('there and back', () => {
  const points = Array.from({ length: 200 }, (_, index) => (index * 7.3) % 720)
  letterbox.unmapPoints(letterbox.mapPoints(points)).forEach((at, index) => assert.ok(Math.abs(at - points[index]) < 1e-9))
})

test('places come back as they were given, in new memory', () => {
  const flat = [100, 130, 200, 240, 0, 140, 640, 500]
  const expected = [200, -20, 400, 200, 0, 0, 1280, 720]
  const nested = list => [list.slice(0, 4), list.slice(4)]
  const at = { clip: false }
  assert.deepEqual(letterbox.unmapBoxes(flat, at), expected)
  assert.deepEqual(letterbox.unmapBoxes(nested(flat), at), nested(expected))
  assert.deepEqual(letterbox.unmapBoxes(nested(flat).map(box => Float32Array.from(box)), at), nested(expected))
  for (const Kind of [Float32Array, Float64Array, Int32Array, Uint16Array]) {
    const typed = Kind.from([NaN, ...flat]).subarray(1)
    assert.deepEqual(letterbox.unmapBoxes(typed, at), Float64Array.from(expected))
    assert.deepEqual(typed, Kind.from(flat))
  }
  assert.deepEqual(letterbox.unmapPoints(flat, at), expected)
  assert.deepEqual(letterbox.unmapBoxes(flat, { clip: true }), [200, 0, ...expected.slice(2)])
  assert.deepEqual(flat, [100, 130, 200, 240, 0, 140, 640, 500])
  for (const empty of [[], new Float64Array(0)]) assert.deepEqual(letterbox.unmapBoxes(empty), empty)
  assert.deepEqual(letterbox.unmapPoints([NaN, Infinity], { clip: true }), [NaN, 720])
})

test('what the numbers say cannot be changed into something else', () => {
  const geometry = pipeline('letterbox(640, 640, bilinear)').geometry(720, 1280)
  geometry.matrix[0][0] = 9
  geometry.offset.fill(9)
  assert.deepEqual(geometry.mapPoints([100, 100]), [50, 190])
})

test('places that are none', () => {
  const cases = [
    [[1, 2, 3], /^boxes: 3 numbers given, expected a multiple of 4 \(x1, y1, x2, y2\)$/],
    [new Float32Array(7), /^boxes: 7 numbers given, expected a multiple of 4/],
    [[[1, 2, 3, 4], [1, 2, 3]], /^boxes: number 1 has 3 numbers, expected 4 \(x1, y1, x2, y2\)$/],
    [[[1, 2, 3, 4], 5], /^boxes: number 1 is number, expected an array of 4/],
    [[[1, 2, '3', 4]], /^boxes: x2 of number 0 is string, expected a number$/],
    [[1, 2, null, 4], /^boxes: element 2 is null, expected a number$/],
    [new Array(4), /^boxes: element 0 is undefined/],
    [[1, 2, 3, [4]], /^boxes: element 3 is object/],
    [new BigInt64Array(4), /^boxes: element 0 is bigint, expected a number$/],
    [new DataView(new ArrayBuffer(32)), /^boxes: expected an array or a typed array, found object$/],
    [undefined, /^boxes: .* found undefined$/],
    [null, /^boxes: .* found null$/],
    ['1234', /^boxes: .* found string$/],
    [{ length: 4 }, /^boxes: .* found object$/],
  ]
  for (const [boxes, message] of cases) {
    for (const method of ['mapBoxes', 'unmapBoxes']) assertRefused(() => letterbox[method](boxes), message)
  }
  for (const method of ['mapPoints', 'unmapPoints']) {
    assertRefused(() => letterbox[method]([1, 2, 3]), /^points: 3 numbers given, expected a multiple of 2 \(x, y\)$/)
    assertRefused(() => letterbox[method]([[1, 2, 3]]), /^points: number 0 has 3 numbers, expected 2 \(x, y\)$/)
    assertRefused(() => letterbox[method]([1, 2], true), /^options: expected an object, found boolean$/)
    assertRefused(() => letterbox[method]([1, 2], { clip: 1 }), /^clip: expected true or false, found number$/)
  }
  const thrown = new RangeError('from the getter')
  const proxy = new Proxy([1, 2, 3, 4], { get() { throw thrown } })
  assert.throws(() => letterbox.unmapBoxes(proxy), error => error === thrown)
  assert.throws(() => letterbox.unmapBoxes([proxy]), error => error === thrown)
  assert.throws(() => letterbox.mapPoints([], { get clip() { throw thrown } }), error => error === thrown)
})

test('sizes that are none', () => {
  const pipe = pipeline('crop(1, 2, 30, 40)')
  assert.deepEqual(pipe.geometry(31, 42).sourceBox, [2, 1, 42, 31])
  const cases = [
    [[0, 4], /^image: rows: expected a whole number of at least 1, found 0$/],
    [[4], /^image: columns: .* found undefined$/],
    [['4', 4], /^image: rows: .* found '4'$/],
    [[4, 4.5], /^image: columns: .* found 4.5$/],
    [[30, 42], /crop/],
    [[2 ** 40, 2 ** 40], /rows/],
  ]
  for (const [sides, message] of cases) assertRefused(() => pipe.geometry(...sides), message)
})

test('two runs in one step', () => {
  const first = pipeline('resize(540, 960, bilinear)').geometry(1080, 1920)
  const next = pipeline('letterbox(640, 640, bilinear)').geometry(540, 960)
  const both = first.followedBy(next)
  assert.deepEqual([both.source, both.output, both.content], [[1080, 1920], [640, 640], next.content])
  const box = [100.5, 200.25, 700, 900.75]
  const near = (one, other) => one.forEach((at, index) => assert.ok(Math.abs(at - other[index]) < 1e-9))
  near(both.mapBoxes(box), next.mapBoxes(first.mapBoxes(box)))
  near(both.unmapBoxes(box), first.unmapBoxes(next.unmapBoxes(box)))
  assert.ok(first.followedBy(next.toJSON()).equals(both))
  assertRefused(() => both.followedBy(first), /^geometry: next: is of 1080 rows x 1920 columns, this output has 640 rows x 640 columns$/)
  assertRefused(() => first.followedBy(3), /^next: expected what a geometry's toJSON gives, found number$/)
  assert.equal(both.then, undefined)
})
