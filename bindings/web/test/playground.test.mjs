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
const withAlpha = read('crates/pixfuse-decode/tests/files/rgba.png')

/** Sends the page back when it shows a digest, or an error, and `acts`, what somebody does then, was done. */
const watch = acts => `const find = name => document.getElementById('playground-' + name)
  const until = async shown => { while (!shown()) await new Promise(resolve => setTimeout(resolve, 20)) }
  const write = (name, text) => { find(name).value = text; find(name).dispatchEvent(new Event('input')) }
  await until(() => /[0-9a-f]{64}/.test(document.body.innerText) || !find('error').hidden)
  ${acts}
  await fetch('/answer', { method: 'POST', body: JSON.stringify(document.body.innerText) })`

/** The page without its theme: what is HTML in the Markdown. */
function page(acts) {
  const [, html] = read('site/docs/playground.md').toString().split('</noscript>')
  return `<!doctype html><meta charset="utf-8">${html}<script type="module">${watch(acts)}</script>`
}

function served(path, acts) {
  if (path === '/playground/') return page(acts)
  if (path === '/photo.jpg') return photo
  if (path === '/rgba.png') return withAlpha
  if (path.startsWith('/pixfuse-web/')) return readFileSync(join(process.env.PIXFUSE_WEB, path.slice('/pixfuse-web/'.length)))
  return read(`site/docs${path}`)
}

/** The text of the page in a browser when it has come to rest, opened with this declaration, and `acts` were done. */
async function rested(browser, declaration, acts = '') {
  let answered
  const answer = new Promise(resolve => { answered = resolve })
  const late = setTimeout(() => answered('the page did not answer for two minutes'), 120_000)
  try {
    return await serving(path => served(path, acts), answered, address => (
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

  test(`the playground shows boxes, and the code of what ran, in ${browser.name}`, { skip: browser.missing }, async () => {
    const declaration = 'input(rgb8), letterbox(64, 64, bilinear), output(rgb, f32, chw)'
    const text = await rested(browser, declaration, `
      write('boxes', '0 0 4 8')
      const chosen = new DataTransfer()
      chosen.items.add(new File([await (await fetch('/rgba.png')).blob()], 'rgba.png'))
      find('file').files = chosen.files
      find('file').dispatchEvent(new Event('change'))
      await until(() => /rgba\\.png: PNG/.test(find('header').textContent) && /boxes/.test(find('facts').textContent))
      document.getElementById('playground-language-Rust').click()`)
    const dropped = declaration.replace('rgb8', 'rgba8, alpha = drop')
    const pipe = new Pipeline(dropped)
    assert.match(text, new RegExp(createHash('sha256').update(pipe.decodeSync(withAlpha).data).digest('hex')))
    assert.match(text, /its alpha is dropped by input\(rgba8, alpha = drop\)/)
    const box = pipe.decodeGeometry(withAlpha).mapBoxes([[0, 0, 4, 8]])[0].map(side => Number(side.toFixed(1))).join(' ')
    assert.match(text, new RegExp(`boxes, in the output\\s+${box}`))
    assert.ok(text.includes(`fn main() -> Result<(), Box<dyn std::error::Error>> {\n    let pipe = Pipeline::parse(\n        "${dropped}",`), text)
  })

  test(`the playground takes the config of a model in ${browser.name}`, { skip: browser.missing }, async () => {
    const acts = `document.querySelector('details').open = true
      write('config', '{"image_processor_type": "LlavaNextImageProcessor"}')
      await until(() => !find('notes').hidden && /\\[3, 224, 224\\] f32/.test(find('facts').textContent))`
    const text = await rested(browser, 'input(rgb8), output(rgb, u8)', acts)
    assert.match(text, /returns pixel_values \[1, 10, 3, 224, 224\], image_sizes \[1, 2\]\nanother tensor of the same image: input\(rgb8\), resize\(/)
  })
}
