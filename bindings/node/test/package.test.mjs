// The package: what it exports, how it is loaded, and that images of other packages go straight in.

import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import sharp from 'sharp'
import ts from 'typescript'

import * as module from '../index.mjs'
import { assertSame, image } from './images.mjs'

const require = createRequire(import.meta.url)
const path = name => fileURLToPath(new URL(`../${name}`, import.meta.url))
const { Pipeline } = module

test('what is exported is what is declared', () => {
  const resolution = { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }
  const program = ts.createProgram([path('index.d.ts'), path('index.d.mts')], resolution)
  const checker = program.getTypeChecker()
  const symbol = checker.getSymbolAtLocation(program.getSourceFile(path('index.d.ts')))
  const imported = checker.getSymbolAtLocation(program.getSourceFile(path('index.d.mts')))
  const isValue = symbol => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol).flags & ts.SymbolFlags.Value
  const declared = symbol => checker.getExportsOfModule(symbol).filter(isValue).map(symbol => symbol.name).sort()
  assert.deepEqual(Object.keys(module).sort(), declared(imported))
  assert.deepEqual(Object.keys(require('../index.js')).sort(), declared(symbol))
  const everything = checker.getTypeOfSymbol(checker.getExportsOfModule(imported).find(symbol => symbol.name === 'default'))
  assert.deepEqual(everything.getProperties().map(property => property.name).sort(), declared(symbol))

  const members = name => {
    const type = checker.getDeclaredTypeOfSymbol(checker.getExportsOfModule(symbol).find(symbol => symbol.name === name))
    // A geometry has its optional members with patches and tiles only.
    const there = property => !(property.flags & ts.SymbolFlags.Optional)
    return type.getProperties().filter(there).map(property => property.name).sort()
  }
  const own = Object.getOwnPropertyNames(Pipeline.prototype).filter(name => name !== 'constructor')
  assert.deepEqual(own.sort(), members('Pipeline'))
  assert.deepEqual(Object.keys(module.presets).sort(), members('Presets'))
  const geometry = new Pipeline('input(rgb8), output(rgb, u8)').geometry(1, 1)
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(geometry)).filter(name => name !== 'constructor')
  assert.deepEqual([...Object.keys(geometry), ...methods].sort(), members('Geometry'))
})

test('one package for import and require', () => {
  const required = require('../index.js')
  assert.equal(module.default, required)
  assert.equal(require('pixfuse'), required)
  for (const name of Object.keys(required)) assert.equal(module[name], required[name])
  assert.match(module.language, /^# The language of declarations\n[^]*`letterbox\(640, 640, bilinear\)`/)
  assert.equal(module.version, JSON.parse(readFileSync(path('package.json'))).version)
})

test('the addon comes from beside the package, or from that of the platform', () => {
  const directory = mkdtempSync(join(tmpdir(), 'pixfuse-'))
  try {
    for (const name of ['index.js', 'addon.js']) copyFileSync(path(name), join(directory, name))
    const load = () => require(join(directory, 'index.js'))
    let platform
    assert.throws(load, error => {
      const said = new RegExp(`^pixfuse has no addon for (${process.platform}-${process.arch}[a-z-]*)\\.\n- npm installs it`)
      ;[, platform] = said.exec(error.message) ?? assert.fail(error.message)
      assert.match(error.message, new RegExp(`optional dependency pixfuse-${platform}: .*externals.*package pixfuse-web has.*cargo xtask demo`, 's'))
      return true
    })
    // One that cannot be loaded is said to be there.
    const broken = join(directory, 'node_modules', `pixfuse-${platform}`)
    mkdirSync(broken, { recursive: true })
    writeFileSync(join(broken, 'index.js'), 'throw new Error("no such GLIBC")')
    assert.throws(load, { message: /One is there and cannot be loaded: no such GLIBC/ })
    copyFileSync(path('pixfuse.node'), join(broken, 'pixfuse.node'))
    writeFileSync(join(broken, 'index.js'), 'module.exports = require("./pixfuse.node")')
    delete require.cache[require.resolve(join(broken, 'index.js'))]
    assert.deepEqual(load().levels(), module.levels())
  } finally {
    // Windows keeps a loaded library until the process ends.
    if (process.platform !== 'win32') rmSync(directory, { recursive: true })
  }
})

test('each platform that is published is tried', () => {
  const { targets } = JSON.parse(readFileSync(path('package.json'))).napi
  const architectures = { aarch64: 'arm64', x86_64: 'x64' }
  const systems = { 'apple-darwin': 'darwin-*', 'unknown-linux-gnu': 'linux-*-gnu', 'unknown-linux-musl': 'linux-*-musl', 'pc-windows-msvc': 'win32-*-msvc' }
  const platforms = targets.map(target => {
    const [, architecture, system] = /^(\w+?)-(.*)$/.exec(target)
    return systems[system].replace('*', architectures[architecture])
  })
  const tried = readFileSync(path('addon.js'), 'utf8').matchAll(/case '([^']+)': return require\('pixfuse-([^']+)'\)/g)
  assert.deepEqual([...tried].map(([, platform, name]) => [platform, name]).sort(), platforms.map(name => [name, name]).sort())
})

test('what sharp gives goes straight in', async () => {
  const { data: pixels, width, height } = image(40, 30)
  const { data, info } = await sharp(pixels, { raw: { width, height, channels: 3 } }).flop().raw().toBuffer({ resolveWithObject: true })
  const flopped = new Uint8Array(pixels.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + width - 1 - column) * 3
      flopped.set(pixels.subarray(from, from + 3), (row * width + column) * 3)
    }
  }
  const pipe = new Pipeline('input(rgb8), resize(16, 16, bilinear), normalize(), output(rgb, f32, chw)')
  const expected = pipe.runSync({ data: flopped, width, height })
  assertSame(pipe.runSync({ data, ...info }), expected)
  assertSame(await pipe.run({ data, ...info }), expected)
  // With an alpha channel it is another pixel format, and `info.channels` tells.
  const withAlpha = await sharp(data, { raw: info }).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  assert.throws(() => pipe.runSync({ data: withAlpha.data, ...withAlpha.info }), { message: 'image: has 4 channels, input(rgb8) needs 3; write input(rgba8, alpha = drop)' })
  const drop = new Pipeline('input(rgba8, alpha = drop), resize(16, 16, bilinear), normalize(), output(rgb, f32, chw)')
  assertSame(drop.runSync({ data: withAlpha.data, ...withAlpha.info }), expected)
})

test('what a canvas gives goes straight in', () => {
  // The members of an ImageData, which are getters of its prototype.
  class ImageData {
    #data = new Uint8ClampedArray(image(8, 6, 4).data)
    get data() { return this.#data }
    get width() { return 8 }
    get height() { return 6 }
    get colorSpace() { return 'srgb' }
  }
  const pipe = new Pipeline('input(rgba8, alpha = drop), output(rgb, u8)')
  assertSame(pipe.runSync(new ImageData()), pipe.runSync(image(8, 6, 4)))
})
