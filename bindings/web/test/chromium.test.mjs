// The package in a browser: a page loads it as a site does, decodes files from Blobs, reads configs, and sends back digests.
// They are those that the libraries gave, which the tests of the other languages have too.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import test from 'node:test'

import { photo, PHOTOS } from '../../node/test/images.mjs'

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome']
const browser = process.env.PIXFUSE_CHROMIUM
  ?? BROWSERS.find(name => spawnSync(name, ['--version']).status === 0)

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
]
const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html', '.json': 'application/json' }

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
  const profile = mkdtempSync(join(tmpdir(), 'pixfuse-chromium-'))
  let answered
  const answer = new Promise(resolve => { answered = resolve })
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      const chunks = []
      request.on('data', chunk => chunks.push(chunk))
      request.on('end', () => {
        response.end()
        answered(JSON.parse(Buffer.concat(chunks).toString()))
      })
      return
    }
    const { pathname } = new URL(request.url, 'http://localhost')
    try {
      const body = pathname === '/cases.json' ? JSON.stringify(cases) : served(decodeURIComponent(pathname))
      response.writeHead(200, { 'content-type': TYPES[extname(pathname)] ?? 'application/octet-stream' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const address = `http://127.0.0.1:${server.address().port}/index.html`
  const process = spawn(browser, [...FLAGS, `--user-data-dir=${profile}`, address], { stdio: 'ignore' })
  const late = setTimeout(() => answered({ error: 'the page did not answer for two minutes' }), 120_000)
  try {
    return await answer
  } finally {
    clearTimeout(late)
    const ended = new Promise(resolve => { process.once('exit', resolve) })
    process.kill()
    await ended
    server.close()
    server.closeAllConnections()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

test('a page gives the digests of the libraries', { skip: browser === undefined && `none of ${BROWSERS.join(', ')} is here` }, async t => {
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
