// The addon of this directory: its exports are pipelines that give what their text gives in the package `pixfuse`.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { Pipeline } from '../../../../bindings/node/index.mjs'

const addon = process.env.PIXFUSE_OWN_NODE ?? fileURLToPath(new URL('../own_pipelines.node', import.meta.url))
const own = createRequire(import.meta.url)(addon)
const image = { data: Uint8Array.from({ length: 40 * 30 * 3 }, (_, index) => (index * 37) % 256), width: 40, height: 30 }

function assertSame(actual, expected) {
  assert.deepEqual(actual.dims, expected.dims)
  assert.deepEqual(actual.data, expected.data)
}

test('the code of the README', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, code] = readme.match(/^```js\n([^]*?)^```$/m)
  const run = new Function('require', 'data', `${code}\nreturn classifier.runSync({ data, width: 640, height: 480 }).dims`)
  assert.deepEqual(run(() => own, new Uint8Array(640 * 480 * 3)), [3, 224, 224])
})

test('the declarations are exported, and nothing of the presets', () => {
  assert.deepEqual(own.names(), ['classifier', 'detector'])
  assert.deepEqual(Object.keys(own).sort(), ['Geometry', 'Pipeline', 'classifier', 'detector', 'get', 'names'])
  assert.equal(own.get('classifier'), own.classifier)
  assert.ok(own.classifier instanceof own.Pipeline)
})

test('a closed declaration is a pipeline with its own kernel', async () => {
  assert.match(own.classifier.explain(), /kernel +Classifier/)
  assert.deepEqual(own.classifier.outputShape(30, 40), [3, 224, 224])
  const expected = new Pipeline(own.classifier.spec).runSync(image)
  assertSame(own.classifier.runSync(image), expected)
  assertSame(await own.classifier.run(image), expected)
})

test('an open declaration is a function of its numbers', () => {
  const pipe = own.detector({ rows: 48, columns: 64 })
  assert.match(pipe.explain(), /kernel +Detector/)
  assert.deepEqual(pipe.outputShape(30, 40), [3, 48, 64])
  assertSame(pipe.runSync(image), new Pipeline(pipe.spec).runSync(image))
  assert.throws(() => own.detector(), { code: 'InvalidArg', message: /rows: not given.*columns: not given/s })
  assert.throws(() => own.detector({ rows: 1, columns: 1, mean: 0 }), { code: 'InvalidArg', message: /^mean: given, but/ })
})

test('the text of a declaration finds its kernel', () => {
  const pipe = new own.Pipeline(own.classifier.spec)
  assert.match(pipe.explain(), /kernel +Classifier/)
  assertSame(pipe.runSync(image), own.classifier.runSync(image))
  const text = 'input(bgr8), resize(_, 5, bilinear), normalize(), output(rgb, f32, chw)'
  assert.match(new own.Pipeline(text, { rows: 4 }).explain(), /kernel +Detector/)
  assert.match(own.classifier.with({ output: 'bgr, f32, chw' }).explain(), /kernel +grid/)
  assert.match(own.classifier.with({ input: 'bgr8' }).with({ input: 'rgb8' }).explain(), /kernel +Classifier/)
  assert.match(new own.Pipeline(text.replace('bilinear', 'nearest'), { rows: 4 }).explain(), /kernel +grid/)
  // Another package has other declarations.
  assert.match(new Pipeline(own.classifier.spec).explain(), /kernel +grid/)
})
