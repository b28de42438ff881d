// Chromium without a window, and a server on this machine for it.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
const browser = process.env.PIXFUSE_CHROMIUM ?? NAMES.find(name => spawnSync(name, ['--version']).status === 0)

/** Why no test with a browser runs; false where there is one. */
export const missing = browser === undefined && `none of ${NAMES.join(', ')} is here`

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
]
const TYPES = {
  '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html', '.css': 'text/css',
  '.json': 'application/json', '.jpg': 'image/jpeg',
}

/** Serves what `get` gives of a path, hands what is posted to `posted`, and gives what `work` does of the address. */
export async function serving(get, posted, work) {
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      const chunks = []
      request.on('data', chunk => chunks.push(chunk))
      request.on('end', () => {
        response.end()
        posted(JSON.parse(Buffer.concat(chunks).toString()))
      })
      return
    }
    const { pathname } = new URL(request.url, 'http://localhost')
    try {
      const body = get(decodeURIComponent(pathname))
      const type = pathname.endsWith('/') ? TYPES['.html'] : TYPES[extname(pathname)] ?? 'application/octet-stream'
      response.writeHead(200, { 'content-type': type }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise(resolve => { server.listen(0, '127.0.0.1', resolve) })
  try {
    return await work(`http://127.0.0.1:${server.address().port}`)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

/** Opens a page for as long as `work` takes. */
export async function browsed(address, work) {
  const profile = mkdtempSync(join(tmpdir(), 'pixfuse-chromium-'))
  const process = spawn(browser, [...FLAGS, `--user-data-dir=${profile}`, address], { stdio: 'ignore' })
  const ended = new Promise(resolve => { process.once('exit', resolve) })
  try {
    return await work()
  } finally {
    process.kill()
    await ended
    // Its other processes end a moment later, and write until then; what they leave is temporary.
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }).catch(() => {})
  }
}
