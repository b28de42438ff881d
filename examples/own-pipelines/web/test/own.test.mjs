// The module of this directory: what it exports are pipelines that give what their text gives.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'

import { init, own, Pipeline } from 'pixfuse-web'

assert.throws(own, { code: 'unloaded' })
await init(readFileSync(process.env.PIXFUSE_OWN_WEB))
const { classifier, detector, names, get, ...classes } = own()
const image = { data: Uint8Array.from({ length: 40 * 30 * 3 }, (_, index) => (index * 37) % 256), width: 40, height: 30 }

test('the declarations are exported, as from an addon of Node.js', () => {
  assert.deepEqual(names(), ['classifier', 'detector'])
  assert.deepEqual(Object.keys(classes).sort(), ['Geometry', 'Pipeline'])
  assert.equal(get('classifier'), classifier)
  assert.equal(own().classifier, classifier)
  assert.throws(() => get('presets'), { message: 'name: presets is none of classifier, detector' })
})

test('a closed declaration is a pipeline with its own kernel', async () => {
  assert.match(classifier.explain(), /kernel +Classifier/)
  const expected = new Pipeline(classifier.spec).runSync(image)
  assert.deepEqual(expected.dims, [3, 224, 224])
  assert.deepEqual(classifier.runSync(image), expected)
  assert.deepEqual(await classifier.run(image), expected)
})

test('the text of a declaration finds its kernel', () => {
  const pipe = new Pipeline(classifier.spec)
  assert.match(pipe.explain(), /kernel +Classifier/)
  const text = 'input(bgr8), resize(_, 5, bilinear), normalize(), output(rgb, f32, chw)'
  assert.match(new Pipeline(text, { rows: 4 }).explain(), /kernel +Detector/)
  assert.match(pipe.with({ output: 'bgr, f32, chw' }).explain(), /kernel +grid/)
  assert.match(pipe.with({ input: 'bgr8' }).with({ input: 'rgb8' }).explain(), /kernel +Classifier/)
})

test('an open declaration is a function of its numbers', () => {
  const pipe = detector({ rows: 48, columns: 64 })
  assert.match(pipe.explain(), /kernel +Detector/)
  assert.deepEqual(pipe.runSync(image), new Pipeline(pipe.spec).runSync(image))
  assert.throws(() => detector(), { code: 'InvalidArg', message: /rows: not given.*columns: not given/s })
})
