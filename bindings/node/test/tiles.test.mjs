// Tiles and thumbnails: tensors and grids of transformers, written down by the core's `make_tiles.py`.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'

import { Geometry, Pipeline } from '../index.mjs'
import { assertRefused, digest, photo, PHOTOS, table } from './images.mjs'

const llava = new Pipeline({
  input: 'rgb8',
  tiles: [30, 30, 'bilinear', 'antialias', { rule: 'llava_next', canvases: [[30, 60], [60, 60], [90, 30]], thumbnail: 'first' }],
  output: ['rgb', 'f32'],
})

test('tensors equal transformers', () => {
  const file = new URL('../../../crates/pixfuse/tests/goldens/tiled_declarations.txt', import.meta.url)
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const pipes = new Map(lines.map(line => [line.slice(0, line.indexOf(' ')), new Pipeline(line.slice(line.indexOf(' ') + 1))]))
  const goldens = table('tiled.txt', 2)
  assert.ok(goldens.length === 18 && pipes.size >= 16)
  for (const [index, { numbers: [height, width], digests }] of goldens.entries()) {
    const image = photo(index % PHOTOS, height, width)
    for (const [name, expected] of digests) {
      const pipe = pipes.get(name)
      const { data, dims } = pipe.runSync(image)
      assert.deepEqual(dims, pipe.outputShape(height, width))
      assert.equal(digest([data]), expected, `${name}: ${height} x ${width}`)
    }
  }
})

test('grids equal transformers', () => {
  for (const { numbers: [rows, columns], digests } of table('tiles.txt', 2)) {
    for (const [rule, expected] of digests) {
      const [side] = rule.split(',')
      const clause = `tiles(${side}, ${side}, bicubic, antialias, ${rule.slice(side.length + 1)})`
      const pipe = new Pipeline(`input(rgb8), ${clause}, output(rgb, u8)`)
      const { tiles, resized, images } = pipe.geometry(rows, columns)
      assert.equal([tiles.join('x'), resized.join('x'), images].join('/'), expected, `${rule}: ${rows} x ${columns}`)
    }
  }
})

test('every tile has its geometry', () => {
  assert.equal(llava.spec, 'input(rgb8), tiles(30, 30, bilinear, antialias, rule = llava_next, ' +
    'canvases = [[30, 60], [60, 60], [90, 30]], thumbnail = first), output(rgb, f32, chw)')
  const geometry = llava.geometry(100, 80)
  assert.deepEqual([geometry.tiles, geometry.thumbnail, geometry.images], [[2, 2], 0, 5])
  assert.deepEqual([geometry.output, geometry.content], [[60, 60], [0, 6, 60, 48]])
  const tile = geometry.tile(4)
  assert.deepEqual([tile.output, tile.content, tile.sourceBox], [[30, 30], [0, 0, 30, 24], [40, 50, 80, 100]])
  assert.deepEqual(geometry.tile(0).sourceBox, [0, 0, 80, 100])
  assert.deepEqual([tile.tiles, tile.images], [undefined, 1])
  const [[x1, y1, x2, y2]] = tile.unmapBoxes([[0, 0, 24, 30]])
  assert.ok([x1 - 40, y1 - 50, x2 - 80, y2 - 100].every(off => Math.abs(off) < 1e-9))
  const copy = Geometry.from(JSON.parse(JSON.stringify(geometry)))
  assert.ok(copy.equals(geometry) && copy.tile(4).equals(tile) && !copy.equals(tile))
  assertRefused(() => geometry.tile(5), /index: 5 is none of the 5 images that show the source/)
  assertRefused(() => geometry.tile(0.5), /index: 0.5 is none of the 5 images/)
  const patched = new Pipeline('input(rgb8), resize(240, 320, bilinear, antialias), output(rgb, u8), patches(16)').geometry(480, 640)
  assert.deepEqual([patched.patches, patched.patch(1, 3).sourceBox, patched.patch(1, 3).output], [[15, 20], [96, 32, 128, 64], [16, 16]])
  assertRefused(() => patched.patch(15, 0), /patch: row 15 and column 0 are none of 15 rows x 20 columns/)
  assertRefused(() => geometry.patch(0, 0), /none of no patches/)
  assertRefused(() => geometry.tile('0'), /index: expected a number, found string/)
  assertRefused(() => Geometry.from({ ...geometry.toJSON(), thumbnail: '0' }),
    /numbers: thumbnail: expected a number/)
})
