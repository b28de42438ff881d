// The site's code is what happens: every block of JavaScript of a page runs as a program of its own, beside a photo, but for
// those that need a package which is not among the ones of these tests.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../../..')
const docs = join(root, 'site/docs')
// transformers.js fetches a model; what it is given here is tested without it.
const NOT_RUN = ['@huggingface/transformers', 'pixfuse/transformers-js']
const PACKAGES = ['sharp', 'express']

// Pages end where the reader's program begins: what uses it goes behind it.
const BEHIND = {
  express: `
    const server = app.listen(0, '127.0.0.1', async () => {
      const url = 'http://127.0.0.1:' + server.address().port + '/tensor'
      const post = body => fetch(url, { method: 'POST', headers: { 'content-type': 'image/jpeg' }, body })
      const tensor = Buffer.from(await (await post(require('node:fs').readFileSync('photo.jpg'))).arrayBuffer())
      console.assert(tensor.equals(Buffer.from(presets.imagenet.decodeSync('photo.jpg').data.buffer)))
      const refused = await post('<html>')
      console.assert(refused.status === 415 && (await refused.json()).code === 'unknown_format')
      server.close()
    })`,
}

const pages = readdirSync(docs, { recursive: true }).filter(name => name.endsWith('.md')).sort()
const undented = (indent, code) => code.split('\n').map(line => line.startsWith(indent) ? line.slice(indent.length) : line).join('\n')

let notRun = 0
for (const page of pages) {
  const blocks = [...readFileSync(join(docs, page), 'utf8').matchAll(/^( *)```js\n([^]*?)^\1```$/gm)]
  // Files that a page includes are run by `cargo xtask test --engines`.
  const codes = blocks.map(([, indent, code]) => undented(indent, code)).filter(code => !code.includes('--8<--'))
  const run = codes.filter(code => !NOT_RUN.some(name => code.includes(`'${name}'`)))
  notRun += codes.length - run.length
  if (run.length === 0) continue
  test(`the code of ${relative(root, join(docs, page))}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'pixfuse-site-'))
    try {
      copyFileSync(join(root, 'examples/demo/photo.jpg'), join(folder, 'photo.jpg'))
      // Blocks that belong together have names in common: those of sharp's page are one program.
      const programs = page.endsWith('sharp.md') ? [run.join('\n')] : run
      for (const code of programs) {
        const behind = Object.entries(BEHIND).find(([name]) => code.includes(`require('${name}')`))?.[1] ?? ''
        const required = PACKAGES.reduce((code, name) => code
          .replaceAll(`require('${name}')`, `require(${JSON.stringify(join(root, 'bindings/node/node_modules', name))})`), code + behind)
          .replaceAll("require('pixfuse')", `require(${JSON.stringify(join(root, 'bindings/node'))})`)
          .replaceAll("require.resolve('pixfuse')", JSON.stringify(join(root, 'bindings/node')))
        const { status, stderr } = spawnSync(process.execPath, ['-e', required], { cwd: folder, encoding: 'utf8' })
        assert.equal(status, 0, stderr)
        // `console.assert` says what does not hold, and goes on.
        assert.equal(stderr, '')
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

test('a model takes ten lines, and its tensor is that of a declaration whose goldens are the library\'s', () => {
  const [, indent, code] = readFileSync(join(docs, 'index.md'), 'utf8').match(/^( *)```js\n([^]*?)^\1```$/m)
  assert.ok(code.split('\n').filter(line => line.trim()).length <= 10, code)
  const line = readFileSync(join(root, 'crates/pixfuse/tests/goldens/declarations.txt'), 'utf8').match(/^hf_vit_torch (.*)$/m)
  const pixfuse = JSON.stringify(join(root, 'bindings/node'))
  const photo = JSON.stringify(join(root, 'examples/demo/photo.jpg'))
  const program = undented(indent, code).replace("require('pixfuse')", `require(${pixfuse})`).replace("'photo.jpg'", photo)
  const check = `
    const golden = new (require(${pixfuse}).Pipeline)(${JSON.stringify(line[1])})
    require('node:assert').deepEqual(data, golden.decodeSync(${photo}).data)`
  const { status, stderr } = spawnSync(process.execPath, ['-e', program + check], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
})

test('few blocks are not run', () => assert.equal(notRun, 2))
