// What the READMEs and the types show is what happens: each block of JavaScript, and each `@example`, runs. Names that one uses
// and does not make are those that a reader has: an image, a file, a pipeline.

import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pixfuse from '../index.mjs'

const here = join(dirname(fileURLToPath(import.meta.url)), '..')
const root = join(here, '../..')
// A model is fetched; what transformers.js is given is tested without it.
const NOT_RUN = '@huggingface/transformers'

const folder = mkdtempSync(join(tmpdir(), 'pixfuse-documentation-'))
const before = process.cwd()
copyFileSync(join(root, 'examples/demo/photo.jpg'), join(folder, 'photo.jpg'))
writeFileSync(join(folder, 'preprocessor_config.json'), '{"image_processor_type": "ViTImageProcessor", "size": 224}')
process.chdir(folder)
after(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true, force: true })
})

const image = (channels, width = 768, height = 576) =>
  ({ data: new Uint8Array(width * height * channels), width, height, channels })

/** New ones for each example, as some give their buffers away. */
function names() {
  const { Pipeline } = pixfuse
  const geometry = new Pipeline('input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32)').geometry(720, 1280)
  const rgb = image(3)
  const required = createRequire(join(here, 'package.json'))
  return {
    ...pixfuse,
    require: name => name === 'pixfuse' ? pixfuse : required(name),
    console: { log() {} },
    readFileSync,
    writeFileSync,
    sharp: required('sharp'),
    pipe: new Pipeline('input(rgb8), resize(240, 256, bilinear), normalize(), output(rgb, f32, chw)'),
    geometry,
    received: JSON.parse(JSON.stringify(geometry)),
    imageData: { data: new Uint8ClampedArray(rgb.data.length / 3 * 4), width: 768, height: 576 },
    data: new Float32Array(3 * 240 * 256),
    info: { width: 768, height: 576, channels: 3 },
    pixels: rgb.data,
    bytes: rgb.data,
    file: 'photo.jpg',
    images: [image(3), image(3)],
    first: image(3, 56, 28),
    second: image(3, 56, 56),
    paths: ['photo.jpg', 'photo.jpg', 'nothing.jpg'],
    done: 0,
  }
}

/** Runs it, and compares what stands behind a line in a comment: `// [3, 480, 640]`, or `// dims [2, 3, 240, 256]`. */
async function run(code, given) {
  const checked = code.split('\n').map(line => {
    const [, made, said] = line.match(/^(.*\S) +\/\/ (.*)$/) ?? [null, line, '']
    const values = [...said.matchAll(/(mask\.dims|dims|offsets) (\[[\d, ]+\])/g)].map(([, name, list]) => `same(${name}, ${list});`)
    const result = said.match(/^(true|\[[\d, [\]]+\])(?= in the photo$|$)/)?.[1]
    return result && !made.includes(' = ') ? `same(${made}, ${result})` : `${made}\n${values.join('')}`
  }).join('\n')
  const AsyncFunction = (async () => {}).constructor
  const same = (found, expected) => assert.deepEqual([found].flat(), [expected].flat())
  // In braces, so that a name which is given can be made once more.
  await new AsyncFunction('same', ...Object.keys(given), `{ ${checked} }`)(same, ...Object.values(given))
}

for (const page of ['README.md', 'bindings/node/README.md']) {
  test(`the code of ${page}`, async () => {
    const text = readFileSync(join(root, page), 'utf8')
    const codes = [...text.matchAll(/^```js\n([^]*?)^```$/gm)].map(match => match[1])
    assert.ok(codes.length >= 2)
    for (const code of codes) {
      if (code.includes(NOT_RUN)) continue
      const given = names()
      // A photo's file is bytes where it is decoded, and pixels where it is run.
      if (code.includes('pipe.decode(bytes')) Object.assign(given, { bytes: readFileSync('photo.jpg') })
      if (code.includes('presets.yolo')) Object.assign(given, { data: given.pixels })
      await run(code, given)
    }
  })
}

for (const file of readdirSync(here).filter(name => /\.d\.m?ts$/.test(name))) {
  const examples = [...readFileSync(join(here, file), 'utf8').matchAll(/@example\n((?: *\* .*\n)+)/g)]
  for (const [, example] of examples) {
    const code = example.replaceAll(/^ *\* ?/gm, '')
    test(`${file}: ${code.split('\n')[0]}`, async () => {
      const given = names()
      if (code.includes('presets.yolo')) Object.assign(given, { data: given.pixels })
      if (code.includes('decodeBatches')) given.paths.pop()
      if (code.includes('padSync')) {
        const pipe = new pixfuse.Pipeline('input(rgb8), normalize(), output(rgb, f32, chw)')
        Object.assign(given, { pipe, first: image(3, 700, 640), second: image(3, 800, 500) })
      }
      await run(code, given)
    })
  }
}
