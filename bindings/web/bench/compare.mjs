// `node compare.mjs`, after `cargo xtask web` and `npm ci` here: pixfuse-web beside a loop of JavaScript and opencv-js, in Node.js and
// in Chromium, on one thread. Node.js counts time of the CPU, which other programs change little; a page has the clock alone, and wants
// a machine with nothing else to do. Beside the addon on a level of its own, after `cargo xtask build`:
// `npm install --no-save ../../../target/dist/pixfuse-0*.tgz ../../../target/dist/pixfuse-linux-*.tgz`, then
// `PIXFUSE_LEVEL=avx2 node compare.mjs node_modules/pixfuse`.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { browsed, browsers, serving } from '../test/browser.mjs'
import { compared } from './workloads.mjs'

const require = createRequire(import.meta.url)
const folder = new URL('../../../target/npm/pixfuse-web/', import.meta.url)
const opencv = require.resolve('@techstark/opencv-js')

const PAGE = `<!doctype html><script src="/opencv.js"></script><script type="module">
  import { compared } from '/workloads.mjs'
  import { init, Pipeline } from '/package/index.js'
  await init()
  if (cv.Mat === undefined) await new Promise(resolve => { cv.onRuntimeInitialized = resolve })
  await fetch('/answer', { method: 'POST', body: JSON.stringify(compared({ Pipeline, cv })) })
</script>`

function served(path) {
  if (path === '/') return PAGE
  if (path === '/opencv.js') return readFileSync(opencv)
  return readFileSync(path === '/workloads.mjs' ? fileURLToPath(new URL('workloads.mjs', import.meta.url)) : new URL(path.slice('/package/'.length), folder))
}

function shown(where, results) {
  for (const { name, pixfuse, loop, opencv, native, off } of results) {
    // One level of a byte at most, divided by the smallest std.
    assert.ok(off < 1.01 / 255 / 0.224, `${name}: the loop makes another tensor, by ${off}`)
    const times = [pixfuse, loop, opencv].map(time => time.toFixed(2).padStart(8))
    const beside = native === undefined ? '' : `   ${(pixfuse / native).toFixed(1)} times the ${native.toFixed(2)} ms of ${process.env.PIXFUSE_LEVEL ?? addon.levels().at(-1)}`
    console.log(`${where.padEnd(10)} ${name.padEnd(38)} ${times.join(' ')} ms   ${(loop / pixfuse).toFixed(1)}x ${(opencv / pixfuse).toFixed(1)}x${beside}`)
  }
}

const addon = process.argv[2] && require(resolve(process.argv[2]))

console.log(`${' '.repeat(50)} pixfuse     loop   opencv      of the loop, of opencv-js`)
const { initSync, Pipeline } = await import(new URL('index.js', folder))
initSync(readFileSync(new URL('pixfuse.wasm', folder)))
const cv = require('@techstark/opencv-js')
if (cv.Mat === undefined) await new Promise(resolve => { cv.onRuntimeInitialized = resolve })
const spent = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
shown('Node.js', compared({ Pipeline, Native: addon?.Pipeline, cv, clock: spent }))

const [browser] = browsers
if (browser.missing) {
  console.log(browser.missing)
} else {
  let settle
  const answer = new Promise(resolve => { settle = resolve })
  shown(browser.name, await serving(served, settle, address => browsed(browser, `${address}/`, () => answer)))
}
