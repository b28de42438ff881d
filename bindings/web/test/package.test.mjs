// What differs from Node.js: how the module is loaded, what a file is, and what happens when the module stops.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { pathToFileURL } from 'node:url'

import * as node from '../../node/index.mjs'
import { frame, init, Pipeline, pixels, probe, Processor, version } from 'pixfuse-web'

const folder = process.env.PIXFUSE_WEB
const photo = readFileSync(new URL('../../../crates/pixfuse-decode/tests/files/odd-420.jpg', import.meta.url))
const TEXT = 'input(rgb8), resize(8, 9, bilinear), output(rgb, u8, hwc)'
const pipe = new Pipeline(TEXT)
const expected = pipe.decodeSync(photo)

/** What a program of its own prints. */
function printed(program, ...flags) {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', program], { encoding: 'utf8' })
  return stdout + stderr
}
const at = name => JSON.stringify(pathToFileURL(`${folder}/${name}`))

test('a file is bytes, a Blob or a Response', async () => {
  const file = new File([photo], 'photo.jpg', { type: 'image/jpeg' })
  for (const given of [photo, new Uint8Array(photo), Uint8Array.from(photo).buffer, file, new Response(photo)]) {
    assert.deepEqual(await pipe.decode(given), expected)
  }
  assert.throws(() => pipe.decodeSync(file), { code: 'InvalidArg', message: /^data: a Blob gives its bytes later; / })
  assert.throws(() => pipe.decodeSync(new Response(photo)), /^Error: data: a Response gives its bytes later; /)
  assert.throws(() => pipe.decodeSync('photo.jpg'), { code: 'InvalidArg', message: 'data: expected a file: its bytes, found a string; `decode` takes `await fetch(url)`' })
  await assert.rejects(pipe.decode(Promise.resolve(file)), { code: 'InvalidArg', message: /found a Promise; `await` it first$/ })
  const missing = new Response('gone', { status: 404 })
  await assert.rejects(pipe.decode(missing), { code: 'unreadable', message: 'file: "" cannot be read: the server says 404' })
  const { data, failures } = await pipe.decodeBatch([file, null, new Blob(['no photo']), new Response(photo)], { onError: 'skip' })
  assert.deepEqual(data, new Uint8Array([...expected.data, ...expected.data]))
  assert.deepEqual(failures.map(({ index, code, name }) => [index, code, name]), [[1, 'missing', undefined], [2, 'unknown_format', undefined]])
  assert.deepEqual(probe(photo).shown, probe(Uint8Array.from(photo).buffer).shown)
  const processor = Processor.fromConfig({ image_processor_type: 'ViTImageProcessor', size: { height: 24, width: 20 } })
  assert.deepEqual(await processor.decode([file, new Response(photo)]), processor.decodeSync([photo, photo]))
  assert.throws(() => Processor.fromConfig('model/config.json'), /^Error: config: "model\/config.json", expected an object or the text of one/)
})

test('the names are those of Node.js, and those of loading', () => {
  const own = ['frame', 'init', 'initSync', 'own', 'pixels']
  const shared = Object.keys(node).filter(name => !own.includes(name)).sort()
  assert.deepEqual(shared, ['Geometry', 'Pipeline', 'Processor', 'VideoProcessor', 'decoders', 'levels', 'presets', 'probe', 'version'])
  assert.equal(version, JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).version)
})

test('importing does nothing, and each way to load is one', async () => {
  const text = JSON.stringify(TEXT)
  const unloaded = printed(`import { Pipeline } from ${at('index.js')}; try { new Pipeline(${text}) } catch (error) { console.log(error.code, error.message) }`)
  assert.match(unloaded, /^unloaded pixfuse-web is not loaded: `await init\(\)` once/)
  const sources = [
    '', `new URL(${at('pixfuse.wasm')})`, at('pixfuse.wasm'), 'bytes', 'bytes.buffer', 'WebAssembly.compile(bytes)',
    'new Response(bytes)', 'new Response(bytes, { headers: { "content-type": "application/wasm" } })',
  ]
  for (const source of sources) {
    const program = `import { readFileSync } from 'node:fs'
      import { init, Pipeline } from ${at('index.js')}
      const bytes = Uint8Array.from(readFileSync(new URL(${at('pixfuse.wasm')})))
      await Promise.all([init(${source}), init()])
      console.log(new Pipeline(${text}).spec)`
    assert.equal(printed(program), `${TEXT}\n`, source)
  }
  const inline = `import { initSync, Pipeline } from ${at('inline.js')}; initSync(); console.log(new Pipeline(${text}).spec)`
  assert.equal(printed(inline), `${TEXT}\n`)
  const wrong = `import { init, Pipeline } from ${at('index.js')}
    for (const source of [new Uint8Array(8), 7, new Response('', { status: 404 })]) await init(source).catch(error => console.log(error.message))
    await init()
    console.log(new Pipeline(${text}).spec)`
  const [bytes, number, missing, right] = printed(wrong).split('\n')
  assert.match(bytes, /^source: these are not the bytes of pixfuse.wasm, or this engine has no SIMD/)
  assert.match(number, /^source: expected a URL, a Response/)
  assert.match(missing, /^source: .* is not there: the server says 404$/)
  assert.equal(right, TEXT)
  assert.equal(await init(), undefined)
})

test('a module that stops is an error, and a new one takes its place', () => {
  // A module whose call does not come back: `pixfuse_call` is one `unreachable`.
  const name = text => [text.length, ...Buffer.from(text)]
  const section = (id, bytes) => [id, bytes.length, ...bytes]
  const module = [
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [3, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 0, 0]),
    ...section(3, [3, 0, 1, 2]),
    ...section(5, [1, 0, 1]),
    ...section(7, [
      4, ...name('memory'), 2, 0, ...name('pixfuse_block'), 0, 0, ...name('pixfuse_call'), 0, 1, ...name('pixfuse_trim'), 0, 2,
    ]),
    ...section(10, [3, 4, 0, 0x41, 8, 0x0b, 3, 0, 0, 0x0b, 2, 0, 0x0b]),
  ]
  const program = `import { initSync, Pipeline, probe } from ${at('index.js')}
    initSync(new Uint8Array([${module}]))
    for (const call of [() => probe(new Uint8Array(8)), () => new Pipeline('input(rgb8), output(rgb, u8)'), () => probe(new Uint8Array(8))]) {
      try { call() } catch (error) { console.log(error.code, error.cause instanceof WebAssembly.RuntimeError) }
    }`
  assert.equal(printed(program), 'damaged true\ninternal true\ndamaged true\n')
})

test('what is collected is let go, and what is in use stays', () => {
  const program = `import { readFileSync } from 'node:fs'
    import { initSync, Pipeline, Processor } from ${at('index.js')}
    initSync(readFileSync(new URL(${at('pixfuse.wasm')})))
    const collected = async () => { for (let round = 0; round < 5; round++) { gc(); await new Promise(resolve => setTimeout(resolve, 10)) } }
    const processor = Processor.fromConfig({ image_processor_type: 'ViTImageProcessor', size: { height: 24, width: 20 } })
    const pipe = new Pipeline(${JSON.stringify(TEXT)})
    await collected()
    const image = { data: new Uint8Array(60), width: 5, height: 4 }
    for (let round = 0; round < 300; round++) {
      new Pipeline(${JSON.stringify(TEXT)}).runSync(image)
      if (round % 100 === 0) await collected()
    }
    console.log(processor.runSync(image).pixel_values.dims.join(), processor.itemKey(new Uint8Array(8)).length, pipe.runSync(image).dims.join())`
  assert.equal(printed(program, '--expose-gc'), '1,3,24,20 64 8,9,3\n')
})

test('what no browser gave is no picture', async () => {
  await assert.rejects(pixels({ width: 1 }), { code: 'InvalidArg', message: /^image: Object, expected a canvas/ })
  await assert.rejects(pixels(null), /^Error: image: null, expected a canvas/)
  await assert.rejects(frame({}), { code: 'InvalidArg', message: 'image: Object, expected a VideoFrame' })
  await assert.rejects(pixels({}, { exact: true }), /^Error: image: exact: true, but Object is no exact source: /)
})
