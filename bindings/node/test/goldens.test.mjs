// Tensors against what OpenCV, Pillow, PyTorch and whole libraries of transforms made, to the last bit: the digests that
// the core's tests have too.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'

import { levels } from '../index.mjs'
import { at, pixels, sha256, smooth } from './images.mjs'

const lines = name => readFileSync(new URL(`../../../crates/pixfuse/tests/goldens/${name}`, import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line && !line.startsWith('#'))

for (const name of ['resize.txt', 'torch.txt']) {
  test(`${name}: resizes equal the libraries, at every level`, () => {
    const goldens = lines(name)
    assert.ok(goldens.length >= 500, 'the file of goldens is whole')
    for (const line of goldens) {
      const [filter, ...fields] = line.split(' ')
      const expected = fields.pop()
      const [channels, height, width, rows, columns, seed] = fields.map(Number)
      const order = { 1: 'gray', 3: 'rgb', 4: 'rgba' }[channels]
      const source = { data: pixels(height * width * channels, seed), width, height }
      // `bilinear,antialias,like=torch`, as a user writes it: words, and an object of what has a name.
      const words = filter.split(',')
      const named = words.filter(word => word.includes('=')).map(word => word.split('='))
      const sampling = [...words.filter(word => !word.includes('=')), ...(named.length ? [Object.fromEntries(named)] : [])]
      const declaration = { input: `${order}8`, resize: [rows, columns, ...sampling], output: [order, 'u8', 'hwc'] }
      for (const level of levels()) {
        const { data, dims } = at(level, declaration).runSync(source)
        assert.deepEqual(dims, [rows, columns, channels])
        assert.equal(sha256(data), expected, `${level}: ${line}`)
      }
    }
  })
}

test('whole pipelines equal their libraries, the CPU\'s levels in turn', () => {
  const texts = new Map(lines('declarations.txt').map(line => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]))
  const pipes = new Map([...texts].map(([name, text]) => [name, levels().map(level => at(level, text))]))
  const goldens = lines('pipelines.txt')
  assert.ok(texts.size >= 30 && goldens.length === 60 * texts.size, 'the files of goldens are whole')
  goldens.forEach((line, index) => {
    const [name, kind, ...fields] = line.split(' ')
    const expected = fields.pop()
    const [height, width, seed] = fields.map(Number)
    const make = { noise: () => pixels(height * width * 3, seed), smooth: () => smooth(height, width, 3, seed) }
    const source = { data: make[kind](), width, height }
    // The core's tests run each line; here the levels take turns, and a seventh of the lines has all of them.
    const all = pipes.get(name)
    for (const pipe of index % 7 === 0 ? all : [all[index % all.length]]) {
      assert.equal(sha256(pipe.runSync(source).data), expected, `${pipe.level}: ${line}`)
    }
  })
})
