// `node load.mjs`, after `cargo xtask web`: how long `init()` takes, in Node.js and in Chromium: the module read or fetched from this
// machine, compiled and instantiated, and what the first pipeline takes behind it. The median of processes, or browsers, that are
// new each time. Node.js counts time of the CPU, all threads together; a page has the clock alone, and wants a machine with
// nothing else to do.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { browsed, browsers, serving } from '../test/browser.mjs'

const ROUNDS = 11
const ENTRIES = ['index', 'photos', 'pixels']
const folder = new URL('../../../target/npm/pixfuse-web/', import.meta.url)

/** A program that imports an entry of the package and gives its times by this clock to `gives`. */
const program = (entry, clock, gives) => `
  import { init, Pipeline } from '${entry}'
  const clock = ${clock}
  const start = clock()
  await init()
  const loaded = clock()
  new Pipeline('input(rgb8), letterbox(640, 640, bilinear), normalize(), output(rgb, f32, chw)')
  const made = clock()
  ${gives('[loaded - start, made - loaded]')}`

const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

function shown(where, entry, times) {
  const [load, first] = [0, 1].map(at => median(times.map(time => time[at])).toFixed(1).padStart(7))
  console.log(`${where.padEnd(10)} ${entry.padEnd(8)} ${load} ms ${first} ms`)
}

function inNode(entry) {
  const spent = '() => (({ user, system }) => (user + system) / 1000)(process.cpuUsage())'
  const text = program(new URL(`${entry}.js`, folder).href, spent, times => `console.log(JSON.stringify(${times}))`)
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

async function inPage(browser, entry) {
  const page = `<!doctype html><script type="module">${
    program(`/package/${entry}.js`, '() => performance.now()', times => `await fetch('/answer', { method: 'POST', body: JSON.stringify(${times}) })`)
  }</script>`
  let settle
  const answer = new Promise(resolve => { settle = resolve })
  const served = path => (path === '/' ? page : readFileSync(new URL(path.slice('/package/'.length), folder)))
  return serving(served, settle, address => browsed(browser, `${address}/`, () => answer))
}

console.log(`${' '.repeat(20)}   loaded   first pipeline`)
const [browser] = browsers
if (browser.missing) console.log(browser.missing)
for (const entry of ENTRIES) {
  shown('Node.js', entry, Array.from({ length: ROUNDS }, () => inNode(entry)))
  if (browser.missing) continue
  const times = []
  for (let round = 0; round < ROUNDS; round++) times.push(await inPage(browser, entry))
  shown(browser.name, entry, times)
}
