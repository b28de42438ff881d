// What runs in the browser of `chromium.test.mjs`.

import { frame, init, Pipeline, pixels, Processor } from '/package/index.js'
import * as inline from '/package/inline.js'

const hex = bytes => [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, '0')).join('')
const sha256 = async data => hex(await crypto.subtle.digest('SHA-256', data))
const bytesOf = async path => (await fetch(path)).arrayBuffer()
const refusal = async call => {
  try {
    await call()
    return 'nothing was refused'
  } catch (error) {
    return error.message
  }
}

/** One file as a Blob, which is how a page has files that people choose. */
async function decoded([name, format]) {
  const blob = new Blob([await bytesOf(`/file/${name}`)])
  const pipe = new Pipeline(`input(${format}), output(${format.slice(0, -1)}, u8, hwc)`)
  return sha256((await pipe.decode(blob, { orient: 1 })).data)
}

async function run() {
  const { decoded: files, imported, photos: count } = await (await fetch('/cases.json')).json()
  const start = performance.now()
  await init()
  const milliseconds = performance.now() - start
  const results = { decoded: [], imported: [] }
  for (const file of files) results.decoded.push(await decoded(file))

  const photos = []
  for (let index = 0; index < count; index++) {
    photos.push({ data: new Uint8Array(await bytesOf(`/photo/${index}`)), width: 211, height: 157 })
  }
  for (const [name, backend] of imported) {
    const processor = Processor.fromConfig(await (await fetch(`/config/${name}`)).text(), { backend })
    const { pixel_values: { data } } = await processor.run(photos)
    results.imported.push((await sha256(data)).slice(0, 16))
  }
  return { milliseconds, results, exact: await exact(files[0]) }
}

/** A frame of a video in rows with gaps, of which a part is visible, and the same pixels by hand. */
async function video() {
  const [columns, rows, stride] = [12, 8, 20]
  const bytes = Uint8Array.from({ length: stride * rows * 2 }, (_, at) => (at * 53) % 220 + 16)
  const layout = [{ offset: 0, stride }, { offset: stride * rows, stride: stride / 2 }, { offset: stride * rows * 1.25, stride: stride / 2 }]
  const made = new VideoFrame(bytes, {
    format: 'I420', codedWidth: columns, codedHeight: rows, timestamp: 0, layout,
    visibleRect: { x: 2, y: 2, width: 8, height: 4 },
    colorSpace: { matrix: 'bt709', fullRange: false, primaries: 'bt709', transfer: 'bt709' },
  })
  const { input, orient, assumed, exact, ...image } = await frame(made)
  made.close()
  const starts = [2 * stride + 2, stride / 2 + 1, stride / 2 + 1]
  const planes = layout.map(({ offset, stride }, index) => ({ data: bytes.subarray(offset + starts[index]), stride }))
  const pipe = new Pipeline(`input(${input}), output(rgb, u8, hwc)`)
  const [one, other] = [pipe.runSync(image, { orient }), pipe.runSync({ planes, width: 8, height: 4 })]
  return { input, orient, assumed, exact, isSame: one.data.join() === other.data.join() && new Set(one.data).size > 20 }
}

async function exact(file) {
  const canvas = new OffscreenCanvas(3, 2)
  canvas.getContext('2d').fillRect(0, 0, 2, 2)
  const { data, noisy, ...shown } = await pixels(canvas)
  const wide = new ImageData(3, 2, { colorSpace: 'display-p3' })
  const drop = new Pipeline('input(rgba8, alpha = drop), output(rgb, u8, hwc)')
  drop.runSync({ data, ...shown })
  const worker = new Worker('worker.mjs', { type: 'module' })
  const answer = new Promise(resolve => { worker.onmessage = ({ data }) => resolve(data) })
  worker.postMessage([await WebAssembly.compile(await bytesOf('/package/pixfuse.wasm')), await bytesOf(`/file/${file[0]}`), file[1]])
  await inline.init()
  return {
    canvas: shown,
    refused: await refusal(() => pixels(canvas, { exact: true })),
    wide: await refusal(() => drop.runSync(wide)),
    // One module for both ways to load it.
    inline: inline.Pipeline === Pipeline,
    worker: await answer,
    video: await video(),
  }
}

const answer = await run().catch(error => ({ error: error.stack }))
await fetch('/answer', { method: 'POST', body: JSON.stringify(answer) })
