// Browsers without a window, and a server on this machine for them. PIXFUSE_BROWSERS names those that are tried.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'

const found = names => names.find(name => spawnSync(name, ['--version']).status === 0)
const CHROMIUM = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  // WebGPU without a GPU.
  '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
]
// Nothing that a first start shows or sends.
const FIREFOX = {
  'browser.aboutwelcome.enabled': false, 'browser.shell.checkDefaultBrowser': false, 'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.enabled': false, 'browser.startup.homepage_override.mstone': 'ignore', 'toolkit.telemetry.enabled': false,
}

/** Each with what starts it on a page, given a directory of its own; `program` is undefined where it is not here. */
const KNOWN = {
  Chromium: {
    program: process.env.PIXFUSE_CHROMIUM ?? found(['chromium', 'chromium-browser', 'google-chrome']),
    get: 'apt-get install chromium',
    start: (program, profile, address) => spawn(program, [...CHROMIUM, `--user-data-dir=${profile}`, address], { stdio: 'ignore' }),
  },
  Firefox: {
    program: found(['firefox-esr', 'firefox']),
    get: 'apt-get install firefox-esr',
    start(program, profile, address) {
      const line = ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`
      writeFileSync(join(profile, 'user.js'), Object.entries(FIREFOX).map(line).join(''))
      // As root it starts only where the home is root's.
      const env = { ...process.env, HOME: profile }
      return spawn(program, ['--headless', '--no-remote', '--profile', profile, address], { stdio: 'ignore', env })
    },
  },
  WebKit: {
    program: webkit(),
    get: 'apt-get install webkit2gtk-driver xvfb',
    async start(program, profile, address) {
      // It needs a display, and ends with it.
      const display = spawn('Xvfb', ['-displayfd', '3', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
      const number = await new Promise(resolve => { display.stdio[3].once('data', data => resolve(String(data).trim())) })
      const env = { ...process.env, DISPLAY: `:${number}`, HOME: profile, XDG_RUNTIME_DIR: profile, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1' }
      const browser = spawn(program, ['--private', address], { stdio: 'ignore', env })
      browser.once('exit', () => display.kill())
      return browser
    },
  },
}

// WebKitGTK's own browser, which comes with its library.
function webkit() {
  if (process.platform !== 'linux' || found(['Xvfb']) === undefined && spawnSync('Xvfb', ['-help']).error) return undefined
  const places = ['/usr/lib', ...folders('/usr/lib', /-linux-gnu/), '/usr/libexec']
  return places.flatMap(place => folders(place, /^webkit2gtk-/)).map(folder => join(folder, 'MiniBrowser')).find(exists)
}

function folders(place, pattern) {
  try {
    return readdirSync(place).filter(name => pattern.test(name)).map(name => join(place, name))
  } catch {
    return []
  }
}

function exists(path) {
  return spawnSync(path, ['--version']).error === undefined
}

const wanted = process.env.PIXFUSE_BROWSERS?.split(',') ?? ['Chromium']

/** Those that are tried: `missing` is why one is not run, or false. */
export const browsers = wanted.map(name => {
  const { program, get, start } = KNOWN[name]
  return { name, missing: program === undefined && `NOT RUN: ${name} is not here (${get})`, start: start.bind(undefined, program) }
})

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
export async function browsed({ start }, address, work) {
  const profile = mkdtempSync(join(tmpdir(), 'pixfuse-browser-'))
  const browser = await start(profile, address)
  const ended = new Promise(resolve => { browser.once('exit', resolve) })
  try {
    return await work()
  } finally {
    browser.kill()
    await ended
    // Its other processes end a moment later, and write until then; what they leave is temporary.
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }).catch(() => {})
  }
}
