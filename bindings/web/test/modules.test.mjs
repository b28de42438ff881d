// The smaller modules of the package: what they have is equal to the whole one, what they have not is refused by the name of the
// module that has it.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { pathToFileURL } from 'node:url'

import { cases } from './goldens.mjs'

const folder = process.env.PIXFUSE_WEB
const files = new URL('../../../crates/pixfuse-decode/tests/files/', import.meta.url)
const at = name => JSON.stringify(pathToFileURL(`${folder}/${name}`))

/** What a program of its own answers over one of the entries: a module is one for a program. */
function answered(entry, names, work) {
  const program = `import { readFileSync } from 'node:fs'
    import { createHash } from 'node:crypto'
    import { init, ${names} } from ${at(`${entry}.js`)}
    const files = new URL(${JSON.stringify(files)})
    const hash = data => createHash('sha256').update(data).digest('hex')
    const refusal = call => { try { call(); return 'nothing was refused' } catch ({ code, message }) { return [code, message] } }
    await init()
    console.log(JSON.stringify((${work})()))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', maxBuffer: 1 << 26 })
  assert.equal(stderr, '')
  return JSON.parse(stdout)
}

test('photos: files of JPEG, PNG and WebP are those of Pillow', () => {
  const some = cases(3).decoded
  const digests = answered('photos', 'Pipeline', `() => ${JSON.stringify(some)}.map(([name, format]) => {
    const pipe = new Pipeline(\`input(\${format}), output(\${format.slice(0, -1)}, u8, hwc)\`)
    return hash(pipe.decodeSync(readFileSync(new URL(name, files)), { orient: 1 }).data)
  })`)
  some.forEach(([name, format, , , expected], index) => assert.equal(digests[index], expected, `${name} as ${format}`))
})

test('photos: other files and configs are refused by name', () => {
  const [decoders, bitmap, batch, config, video, picture] = answered('photos', 'decoders, Pipeline, Processor, probe, VideoProcessor', `() => {
    const pipe = new Pipeline('input(rgb8), resize(4, 4, bilinear), output(rgb, u8, hwc)')
    const gif = Buffer.from('GIF89a')
    return [
      decoders(), refusal(() => probe(gif)), refusal(() => pipe.decodeBatchSync([gif])),
      refusal(() => Processor.fromConfig({})), refusal(() => VideoProcessor.fromConfig({})),
      refusal(() => pipe.previewSync({ data: new Uint8Array(12), width: 2, height: 2 })),
    ]
  }`)
  assert.match(decoders, /^JPEG .*\nPNG .*\nWebP .*\nEXIF/)
  const has = "this module of WebAssembly does not decode; import 'pixfuse-web' (one of your own: the feature `formats`)"
  assert.deepEqual(bitmap, ['no_decoder', `file: this is a file of GIF, which ${has}`])
  assert.deepEqual(batch, ['no_decoder', `number 0: file: this is a file of GIF, which ${has}`])
  const refused = ['absent', "config: this module of WebAssembly reads no configs of models; import 'pixfuse-web' (one of your own: the feature `configs`)"]
  assert.deepEqual([config, video], [refused, refused])
  assert.match(picture.join(), /^absent,preview: this module of WebAssembly draws no pictures; import 'pixfuse-web'/)
})

test('pixels: tensors are those of the whole module, and files are refused by name', () => {
  const texts = [
    'input(rgb8), letterbox(48, 40, bilinear), normalize(), output(rgb, f32, chw)',
    'input(rgb8), resize(shortest = 24, bicubic, antialias), center_crop(16, 20), normalize(mean = 0.5, std = 0.5), output(bgr, f16, hwc)',
    'input(rgb8, gray = opencv), resize(31, 5, area), output(gray, u8, hwc)',
  ]
  const work = `() => ${JSON.stringify(texts)}.map(text => {
    const data = Uint8Array.from({ length: 61 * 47 * 3 }, (_, at) => (at * at * 31) % 251)
    const tensor = new Pipeline(text).runSync({ data, width: 61, height: 47 }).data
    return hash(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength))
  })`
  const [whole, pixels] = ['index', 'pixels'].map(entry => answered(entry, 'Pipeline', work))
  assert.deepEqual(pixels, whole)
  assert.equal(new Set(whole).size, texts.length)
  const [decoders, explained, decode, probed, picture, config] = answered('pixels', 'decoders, Pipeline, Processor, probe', `() => {
    const pipe = new Pipeline('input(rgb8), resize(4, 4, bilinear), output(rgb, u8, hwc)')
    return [
      decoders(), pipe.explain(), refusal(() => pipe.decodeSync(new Uint8Array(8))), refusal(() => probe(new Uint8Array(8))),
      refusal(() => pipe.previewSync({ data: new Uint8Array(12), width: 2, height: 2 })), refusal(() => Processor.fromConfig({})),
    ]
  }`)
  assert.equal(decoders, 'none')
  assert.ok(!explained.includes('decoders'))
  assert.deepEqual(decode, probed)
  assert.match(decode.join(), /^absent,data: this module of WebAssembly has no decoders; import 'pixfuse-web\/photos' for files of JPEG, PNG and WebP/)
  assert.match(picture.join(), /^absent,preview: this module of WebAssembly draws no pictures; import 'pixfuse-web'/)
  assert.match(config.join(), /^absent,config: /)
})
