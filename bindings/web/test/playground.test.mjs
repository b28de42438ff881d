// The playground of the documentation, as a page: the digest that it shows, and its errors.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'

import { Pipeline } from '../../node/index.mjs'
import { browsed, browsers, serving } from './browser.mjs'

const root = new URL('../../../', import.meta.url)
const read = path => readFileSync(new URL(path, root))
const photo = read('examples/demo/photo.jpg')

/** Sends the page back when it shows a digest, or an error. */
const WATCH = `const shown = () => /[0-9a-f]{64}/.test(document.body.innerText) || !document.getElementById('playground-error').hidden
  while (!shown()) await new Promise(resolve => setTimeout(resolve, 20))
  await fetch('/answer', { method: 'POST', body: JSON.stringify(document.body.innerText) })`

/** The page without its theme: what is HTML in the Markdown. */
function page() {
  const [, html] = read('site/docs/playground.md').toString().split('</noscript>')
  return `<!doctype html><meta charset="utf-8">${html}<script type="module">${WATCH}</script>`
}

function served(path) {
  if (path === '/playground/') return page()
  if (path === '/photo.jpg') return photo
  if (path.startsWith('/pixfuse-web/')) return readFileSync(join(process.env.PIXFUSE_WEB, path.slice('/pixfuse-web/'.length)))
  return read(`site/docs${path}`)
}

/** The text of the page in a browser when it has come to rest, opened with this declaration. */
async function rested(browser, declaration) {
  let answered
  const answer = new Promise(resolve => { answered = resolve })
  const late = setTimeout(() => answered('the page did not answer for two minutes'), 120_000)
  try {
    return await serving(served, answered, address => (
      browsed(browser, `${address}/playground/#${encodeURIComponent(declaration)}`, () => answer)
    ))
  } finally {
    clearTimeout(late)
  }
}

for (const browser of browsers) {
  test(`the playground shows the digest of the tensor in ${browser.name}`, { skip: browser.missing }, async () => {
    const declaration = 'input(rgb8),\nletterbox(64, 48, bilinear),\nnormalize(),\noutput(rgb, f32, chw)'
    const text = await rested(browser, declaration)
    const { data } = new Pipeline(declaration).decodeSync(photo)
    assert.match(text, new RegExp(createHash('sha256').update(data).digest('hex')))
    assert.match(text, /\[3, 64, 48\] f32, 36,864 bytes/)
    assert.match(text, /pipe = pixfuse\.Pipeline\("input\(rgb8\), letterbox\(64, 48, bilinear\), normalize\(\), output\(rgb, f32, chw\)"\)/)
    assert.match(text, /sample\.jpg: JPEG, 768 x 576/)
  })

  test(`the playground says what is wrong, and where, in ${browser.name}`, { skip: browser.missing }, async () => {
    const text = await rested(browser, 'input(rgb8), resiz(2, 3, bilinear), output(rgb, f32)')
    assert.match(text, /did you mean `resize`\?\n {2}input\(rgb8\), resiz\(2, 3, bilinear\), output\(rgb, f32\)\n {15}\^{5} column 14/)
  })
}
