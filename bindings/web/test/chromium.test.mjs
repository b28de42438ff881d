// The package in a browser: a page loads it as a site does, decodes files from Blobs, reads configs, and sends back digests.
// They are those that the libraries gave, which the tests of the other languages have too.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'

import { photo, PHOTOS } from '../../node/test/images.mjs'
import { browsed, missing, serving } from './browser.mjs'

const here = new URL('.', import.meta.url)
const root = new URL('../../../', here)
const files = 'crates/pixfuse-decode/tests/files'
const configs = 'crates/pixfuse-config/tests/goldens'
const lines = path => readFileSync(new URL(path, root), 'utf8').trim().split('\n').map(line => line.split(' '))

/** What is served: the package, the page, and files of the tests. */
function served(path) {
  if (path.startsWith('/package/')) return readFileSync(join(process.env.PIXFUSE_WEB, path.slice('/package/'.length)))
  if (path.startsWith('/file/')) return readFileSync(new URL(`${files}/${path.slice('/file/'.length)}`, root))
  if (path.startsWith('/config/')) return readFileSync(new URL(`${configs}/${path.slice('/config/'.length)}`, root))
  if (path.startsWith('/photo/')) return photo(Number(path.slice('/photo/'.length)), 157, 211).data
  return readFileSync(new URL(`page${path}`, here))
}

/** What the page sends back for these cases. */
async function answers(cases) {
  let answered
  const answer = new Promise(resolve => { answered = resolve })
  const get = path => (path === '/cases.json' ? JSON.stringify(cases) : served(path))
  return serving(get, answered, address => browsed(`${address}/index.html`, async () => {
    const late = setTimeout(() => answered({ error: 'the page did not answer for two minutes' }), 120_000)
    try {
      return await answer
    } finally {
      clearTimeout(late)
    }
  }))
}

test('a page gives the digests of the libraries', { skip: missing }, async t => {
  const decoded = lines(`${files}/pillow.txt`)
  const imported = lines(`${configs}/digests.txt`).slice(1)
  assert.ok(decoded.length > 100 && imported.length >= 28, 'the files of goldens are whole')
  const { error, milliseconds, results, exact } = await answers({ decoded, imported, photos: PHOTOS })
  assert.equal(error, undefined)
  t.diagnostic(`the module was loaded in ${milliseconds.toFixed(1)} ms`)
  decoded.forEach(([name, format, , , expected], index) => assert.equal(results.decoded[index], expected, `${name} as ${format}`))
  imported.forEach(([name, backend, expected], index) => assert.equal(results.imported[index], expected, `${name}, ${backend}`))
  assert.deepEqual(exact, {
    canvas: { exact: false, channels: 4, width: 3, height: 2 },
    refused: 'image: exact: true, but OffscreenCanvas is no exact source: a browser manages its colours, and some add noise to what a canvas gives; give the file to decode',
    wide: "image: colorSpace: 'display-p3', expected 'srgb', which models are trained on",
    inline: true,
    worker: results.decoded[0],
    video: { input: 'i420, matrix = bt709, range = limited', orient: 1, assumed: [], exact: true, isSame: true },
  })
})
