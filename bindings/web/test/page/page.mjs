// What runs in the browser of `chromium.test.mjs`.

import { init, Pipeline, pixels, Processor } from '/package/index.js'
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
  }
}

const answer = await run().catch(error => ({ error: error.stack }))
await fetch('/answer', { method: 'POST', body: JSON.stringify(answer) })
