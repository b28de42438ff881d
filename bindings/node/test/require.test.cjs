// The package as CommonJS code has it.

const assert = require('node:assert/strict')
const test = require('node:test')

const { Pipeline, levels, presets, version } = require('..')

test('require gives everything', async () => {
  const pipe = new Pipeline('input(gray8), output(gray, u8)')
  const image = { data: Buffer.from([1, 2, 3, 4, 5, 6]), width: 3, height: 2 }
  assert.deepEqual(pipe.runSync(image), { data: new Uint8Array([1, 2, 3, 4, 5, 6]), dims: [1, 2, 3] })
  assert.deepEqual((await pipe.run(image)).dims, [1, 2, 3])
  assert.ok(levels().length > 0)
  assert.ok(presets.toTensor instanceof Pipeline)
  assert.match(version, /^\d+\.\d+\.\d+/)
})
