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
// Express and transformers.js are large; what they are given here is tested without them.
const NOT_RUN = ['express', '@huggingface/transformers', 'pixfuse/transformers-js']

const pages = readdirSync(docs, { recursive: true }).filter(name => name.endsWith('.md')).sort()
const undented = (indent, code) => code.split('\n').map(line => line.startsWith(indent) ? line.slice(indent.length) : line).join('\n')

let notRun = 0
for (const page of pages) {
  const blocks = [...readFileSync(join(docs, page), 'utf8').matchAll(/^( *)```js\n([^]*?)^\1```$/gm)]
  const codes = blocks.map(([, indent, code]) => undented(indent, code))
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
        const required = code
          .replaceAll("require('pixfuse')", `require(${JSON.stringify(join(root, 'bindings/node'))})`)
          .replaceAll("require.resolve('pixfuse')", JSON.stringify(join(root, 'bindings/node')))
          .replaceAll("require('sharp')", `require(${JSON.stringify(join(root, 'bindings/node/node_modules/sharp'))})`)
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

test('few blocks are not run', () => assert.equal(notRun, 3))
