// Both packages through bundlers, as an app has them: installed into its node_modules, bundled with no more settings than the
// README names, and the bundle run in a browser or by Node.js. It gives the digests of the libraries.

import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import test from 'node:test'

import { nodeFileTrace } from '@vercel/nft'
import esbuild from 'esbuild'
import { build, createServer } from 'vite'
import webpack from 'webpack'

import { installed, run } from '../test/app.mjs'
import { browsed, browsers } from '../test/browser.mjs'
import { answers, assertGoldens, cases } from '../test/goldens.mjs'

const [browser] = browsers
const some = cases(7)
const app = installed()
writeFileSync(join(app, 'index.html'), '<!doctype html><script type="module" src="/web.mjs"></script>\n')

/** What a bundler makes of an entry, in a directory of its own. */
const output = name => join(app, 'out', name)

async function webpacked(entry, target, name) {
  const isPage = target === 'web'
  const compiler = webpack({
    mode: 'production',
    context: app,
    entry: `./${entry}`,
    target,
    experiments: { outputModule: isPage },
    // node-loader asks for CommonJS.
    output: { path: output(name), filename: isPage ? 'main.mjs' : 'main.cjs', module: isPage },
    module: { rules: [{ test: /\.node$/, loader: createRequire(import.meta.url).resolve('node-loader') }] },
    performance: { hints: false },
  })
  const stats = await new Promise((resolve, reject) => { compiler.run((error, stats) => (error ? reject(error) : resolve(stats))) })
  await new Promise(resolve => { compiler.close(resolve) })
  assert.equal(stats.hasErrors(), false, stats.toString('errors-only'))
  return isPage ? 'main.mjs' : 'main.cjs'
}

async function esbuilt(entry, platform, name, options) {
  const { errors } = await esbuild.build({
    absWorkingDir: app, entryPoints: [entry], bundle: true, minify: true, format: 'esm', platform, outdir: output(name),
    outExtension: { '.js': '.mjs' }, logLevel: 'error', ...options,
  })
  assert.deepEqual(errors, [])
  return entry
}

async function vited(name, options) {
  await build({ root: app, configFile: false, logLevel: 'error', build: { outDir: output(name), emptyOutDir: true, target: 'es2022', ...options } })
}

/** The answer of a page of this directory. */
function shown(directory, script, asked = some) {
  const get = path => (
    path === '/' && script !== undefined
      ? `<!doctype html><script type="module" src="/${script}"></script>`
      : readFileSync(join(directory, path === '/' ? 'index.html' : path))
  )
  return answers(asked, (address, answer) => browsed(browser, `${address}/`, () => answer), get)
}

/** The answer of a program of Node.js. */
const ran = (...path) => run(some, [process.execPath, join(...path)])

const inBrowser = { skip: browser.missing }

test('vite: a page', inBrowser, async () => {
  await vited('vite-web')
  const files = readdirSync(join(output('vite-web'), 'assets'))
  assert.ok(files.some(name => /^pixfuse.*\.wasm$/.test(name)), `the module is a file of its own: ${files}`)
  assertGoldens(some, await shown(output('vite-web')))
})

test('vite: its server for development', inBrowser, async () => {
  assertGoldens(some, await answers(some, async (address, answer) => {
    const proxy = Object.fromEntries(['/cases.json', '/file', '/config', '/photo', '/answer'].map(path => [path, address]))
    const server = await createServer({
      root: app, configFile: false, logLevel: 'error', server: { host: '127.0.0.1', port: 0, proxy },
    })
    try {
      await server.listen()
      return await browsed(browser, `http://127.0.0.1:${server.httpServer.address().port}/`, () => answer)
    } finally {
      await server.close()
    }
  }))
})

test('vite: a server', async () => {
  await vited('vite-node', { ssr: 'node.mjs' })
  assertGoldens(some, await ran(output('vite-node'), 'node.js'))
  await vited('vite-web-node', { ssr: 'web.mjs' })
  assertGoldens(some, await ran(output('vite-web-node'), 'web.js'))
})

test('webpack: a page', inBrowser, async () => {
  const script = await webpacked('web.mjs', 'web', 'webpack-web')
  const files = readdirSync(output('webpack-web'))
  assert.ok(files.some(name => name.endsWith('.wasm')), `the module is a file of its own: ${files}`)
  assertGoldens(some, await shown(output('webpack-web'), script))
})

test('webpack: a page with the module for photos, and no other one', inBrowser, async () => {
  const photos = { ...some, imported: [] }
  const script = await webpacked('photos.mjs', 'web', 'webpack-photos')
  assert.equal(readdirSync(output('webpack-photos')).filter(name => name.endsWith('.wasm')).length, 1)
  assertGoldens(photos, await shown(output('webpack-photos'), script, photos))
})

test('webpack: programs', async () => {
  assertGoldens(some, await ran(output('webpack-node'), await webpacked('node.mjs', 'node20', 'webpack-node')))
  assertGoldens(some, await ran(output('webpack-web-node'), await webpacked('web.mjs', 'node20', 'webpack-web-node')))
})

test('esbuild: pages, with the module inside or as a file', inBrowser, async () => {
  const inline = await esbuilt('inline.mjs', 'browser', 'esbuild-inline', {})
  assert.deepEqual(readdirSync(output('esbuild-inline')), [inline])
  assertGoldens(some, await shown(output('esbuild-inline'), inline))
  const named = await esbuilt('named.mjs', 'browser', 'esbuild-web', { loader: { '.wasm': 'file' } })
  assertGoldens(some, await shown(output('esbuild-web'), named))
})

test('esbuild: programs', async () => {
  const addon = await esbuilt('node.mjs', 'node', 'esbuild-node', { loader: { '.node': 'copy' }, format: 'cjs', outExtension: { '.js': '.cjs' } })
  assertGoldens(some, await ran(output('esbuild-node'), addon.replace('.mjs', '.cjs')))
  assertGoldens(some, await ran(output('esbuild-web-node'), await esbuilt('named.mjs', 'node', 'esbuild-web-node', { loader: { '.wasm': 'file' } })))
})

test('@vercel/nft: the files that a server takes along', async () => {
  for (const entry of ['node.mjs', 'web.mjs']) {
    const { fileList, warnings } = await nodeFileTrace([join(app, entry)], { base: app })
    const left = [...warnings].map(String).filter(warning => !/Cannot find module 'pixfuse-(darwin|linux|win32)-|pixfuse\.node/.test(warning))
    assert.deepEqual(left, [])
    for (const file of fileList) cpSync(join(app, file), join(output(`nft-${entry}`), file), { recursive: true })
    assertGoldens(some, await ran(output(`nft-${entry}`), entry))
  }
})
