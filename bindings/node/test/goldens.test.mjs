// Tensors against what OpenCV, Pillow, PyTorch and whole libraries of transforms made, to the last bit: the tables that
// the core's tests have too.

import assert from 'node:assert/strict'
import test from 'node:test'

import { levels, Pipeline } from '../index.mjs'
import { at, digest, lines, photo, PHOTOS, pixels, table } from './images.mjs'

// One line of a table in so many is compared: all of them, unless the package for browsers takes its turn.
const EVERY = Number(process.env.PIXFUSE_CASES_EVERY ?? 1)
const some = table => table.filter((_, line) => line % EVERY === 0)

const ORDERS = { gray: 1, rgb: 3, rgba: 4 }

for (const name of ['resize.txt', 'torch.txt']) {
  test(`${name}: resizes equal the libraries, at every level`, () => {
    const goldens = table(name, 5)
    assert.equal(goldens.length, 325, 'the table is whole')
    for (const { numbers: [height, width, rows, columns, seed], digests } of some(goldens)) {
      const sources = Object.values(ORDERS).map(channels => ({ data: pixels(height * width * channels, seed), width, height }))
      for (const [filter, expected] of digests) {
        // `bilinear,antialias,like=torch`, as a user writes it: words, and an object of what has a name.
        const words = filter.split(',')
        const named = words.filter(word => word.includes('=')).map(word => word.split('='))
        const sampling = [...words.filter(word => !word.includes('=')), ...(named.length ? [Object.fromEntries(named)] : [])]
        for (const level of levels()) {
          const tensors = Object.entries(ORDERS).map(([order, channels], index) => {
            const declaration = { input: `${order}8`, resize: [rows, columns, ...sampling], output: [order, 'u8', 'hwc'] }
            const { data, dims } = at(level, declaration).runSync(sources[index])
            assert.deepEqual(dims, [rows, columns, channels])
            return data
          })
          assert.equal(digest(tensors), expected, `${level}: ${filter}: ${height} x ${width} to ${rows} x ${columns}`)
        }
      }
    }
  })
}

test('sizes by rule equal transformers', () => {
  const goldens = table('sizes.txt', 2)
  assert.equal(goldens.length, 263, 'the table is whole')
  for (const { numbers: [rows, columns], digests } of some(goldens)) {
    for (const [rule, expected] of digests) {
      // `rule=sam,longest=1024`, as a user writes it: an object.
      const camelCase = name => name.replace(/_./g, under => under[1].toUpperCase())
      const pairs = rule.split(',').map(pair => pair.split('='))
      const size = Object.fromEntries(pairs.map(([name, value]) => [camelCase(name), name === 'rule' ? value : Number(value)]))
      const pipe = new Pipeline({ input: 'rgb8', resize: [size, 'bicubic', 'antialias'], output: 'rgb, f32, chw' })
      const sides = expected.split('x').map(Number)
      if (expected === '-') {
        assert.throws(() => pipe.geometry(rows, columns), { message: new RegExp(`rule = ${size.rule}`) })
      } else if (Math.max(...sides) > 65535) {
        assert.throws(() => pipe.geometry(rows, columns), /the most is 65535/)
      } else {
        assert.deepEqual(Array.from(pipe.geometry(rows, columns).output), sides, `${rows} x ${columns}: ${rule}`)
      }
    }
  }
})

test('whole pipelines equal their libraries on photos, the CPU\'s levels in turn', () => {
  const texts = new Map(lines('declarations.txt').map(line => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]))
  const pipes = new Map([...texts].map(([name, text]) => [name, levels().map(level => at(level, text))]))
  const goldens = table('pipelines.txt', 2)
  assert.ok(texts.size >= 30 && goldens.length === 122, 'the files of goldens are whole')
  some(goldens).forEach(({ numbers: [rows, columns], digests }, line) => {
    assert.equal(digests.length, texts.size)
    const photos = Array.from({ length: PHOTOS }, (_, index) => photo(index, rows, columns))
    digests.forEach(([name, expected], index) => {
      // The core's tests run all levels; here they take turns.
      const all = pipes.get(name)
      const pipe = all[(line + index) % all.length]
      const tensors = photos.map(photo => pipe.runSync(photo).data)
      assert.equal(digest(tensors), expected, `${pipe.level}: ${name}: ${rows} x ${columns}`)
    })
  })
})
