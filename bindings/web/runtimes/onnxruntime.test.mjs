// The example of a photo into a model, in browsers: its results are those of Pillow, numpy and onnxruntime in Python.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { browsed, browsers } from '../test/browser.mjs'
import { answers, cases } from '../test/goldens.mjs'

const root = new URL('../../../', import.meta.url)
const example = name => readFileSync(new URL(`examples/browser/${name}`, root))
const engine = fileURLToPath(new URL('node_modules/onnxruntime-web', import.meta.url))

const PAGE = `<script type="module">
  import { classified, classifiedOnGpu, embedded } from '/models.mjs'
  import { answered } from '/digests.mjs'
  answered(location.origin, async () => {
    const photo = await (await fetch('/photo.jpg')).blob()
    const adapter = await navigator.gpu?.requestAdapter()
    return { logits: await classified(photo), embedding: await embedded(photo), onGpu: adapter ? await classifiedOnGpu(photo) : null }
  })
</script>`

/** The example as a server of files has it, with another script in its page. */
function served(path) {
  if (path === '/') return example('index.html').toString().replace(/<script type="module">[^]*?<\/script>/, PAGE)
  if (path === '/photo.jpg') return readFileSync(new URL('examples/demo/photo.jpg', root))
  if (path.startsWith('/node_modules/pixfuse-web/')) return readFileSync(join(process.env.PIXFUSE_WEB, path.slice('/node_modules/pixfuse-web/'.length)))
  if (path.startsWith('/node_modules/onnxruntime-web/')) return readFileSync(join(engine, path.slice('/node_modules/onnxruntime-web/'.length)))
  return example(path.slice(1))
}

/** Equal up to the order of sums, which engines choose. */
function assertNear(found, expected) {
  assert.equal(found.length, expected.length)
  found.forEach((value, index) => assert.ok(Math.abs(value - expected[index]) < 2e-6 * Math.max(1, Math.abs(expected[index])), `${found}, expected ${expected}`))
}

const expected = JSON.parse(example('expected.json'))

for (const browser of browsers) {
  test(`onnxruntime-web in ${browser.name} gives what Python gives`, { skip: browser.missing }, async t => {
    const { error, logits, embedding, onGpu } = await answers(cases(), (address, answer) => browsed(browser, `${address}/`, () => answer), served)
    assert.equal(error, undefined)
    assertNear(logits, expected.logits)
    assertNear(embedding, expected.embedding)
    if (onGpu === null) return t.diagnostic(`NOT RUN: ${browser.name} has no adapter of WebGPU on this machine`)
    assertNear(onGpu, expected.logits)
  })
}
