// What runs in the browser of `browser.test.mjs`.

import { frame, init, Pipeline, pixels, Processor, VideoProcessor } from '/package/index.js'
import * as inline from '/package/inline.js'
import { answered, digests, sha256 } from './digests.mjs'

const bytesOf = async path => (await fetch(path)).arrayBuffer()
const refusal = async call => {
  try {
    await call()
    return 'nothing was refused'
  } catch (error) {
    return error.message
  }
}

async function run() {
  const start = performance.now()
  await init()
  const milliseconds = performance.now() - start
  const results = await digests({ Pipeline, Processor }, location.origin)
  const { decoded: [[name, format]] } = await (await fetch('/cases.json')).json()
  return { milliseconds, results, exact: await exact(name, format), smaller: await smaller(name, format) }
}

/** A frame of a video, and the same pixels by hand: whole, or in rows with gaps, of which a part is visible. */
async function video(isWhole) {
  const [columns, rows] = [12, 8]
  const stride = isWhole ? columns : 20
  const rect = isWhole ? { x: 0, y: 0, width: columns, height: rows } : { x: 2, y: 2, width: 8, height: 4 }
  const bytes = Uint8Array.from({ length: stride * rows * 2 }, (_, at) => (at * 53) % 220 + 16)
  const layout = [{ offset: 0, stride }, { offset: stride * rows, stride: stride / 2 }, { offset: stride * rows * 1.25, stride: stride / 2 }]
  const made = new VideoFrame(bytes, {
    format: 'I420', codedWidth: columns, codedHeight: rows, timestamp: 0,
    ...(isWhole ? {} : { layout, visibleRect: rect }),
    colorSpace: { matrix: 'bt709', fullRange: false, primaries: 'bt709', transfer: 'bt709' },
  })
  const { input, orient, assumed, exact, ...image } = await frame(made)
  made.close()
  const starts = [rect.y * stride + rect.x, ...Array(2).fill((rect.y * stride / 2 + rect.x) / 2)]
  const planes = layout.map(({ offset, stride }, index) => ({ data: bytes.subarray(offset + starts[index]), stride }))
  const pipe = new Pipeline(`input(${input}), output(rgb, u8, hwc)`)
  const [one, other] = [pipe.runSync(image, { orient }), pipe.runSync({ planes, width: rect.width, height: rect.height })]
  return { input, orient, assumed, exact, isSame: one.data.join() === other.data.join() && new Set(one.data).size > 20 }
}

/** Frames of a film through the config of a model's videos, as the README has it, and the same pixels in one memory. */
async function film() {
  const [width, height] = [64, 48]
  const colorSpace = { matrix: 'smpte170m', fullRange: true, primaries: 'bt709', transfer: 'bt709' }
  const images = []
  for (const number of [1, 2, 3]) {
    const bytes = Uint8Array.from({ length: width * height * 1.5 }, (_, at) => (at * (17 + number)) % 256)
    const videoFrame = new VideoFrame(bytes, { format: 'NV12', codedWidth: width, codedHeight: height, timestamp: 0, colorSpace })
    const { input, orient, assumed, exact, ...image } = await frame(videoFrame)
    videoFrame.close()
    const { data, dims: [high, wide] } = new Pipeline(`input(${input}), output(rgb, u8, hwc)`).runSync(image, { orient })
    images.push({ data, height: high, width: wide })
  }
  const processor = VideoProcessor.fromConfig({ video_processor_type: 'VideoMAEVideoProcessor' })
  const memory = Uint8Array.from(images.flatMap(({ data }) => [...data]))
  const [one, other] = [images, { data: memory, frames: 3, height, width }].map(video => processor.runSync(video).pixel_values)
  return { dims: one.dims, isSame: await sha256(one.data) === await sha256(other.data) && new Set(memory).size > 20 }
}

/** A picture in the colours of a wide screen, where this browser has such. */
function wideImage() {
  try {
    const image = new ImageData(3, 2, { colorSpace: 'display-p3' })
    return image.colorSpace === 'display-p3' ? image : undefined
  } catch {
    return undefined
  }
}

/** What a worker over another entry of the package answers. */
async function asked(entry, ...question) {
  const worker = new Worker(`smaller.mjs?entry=${entry}`, { type: 'module' })
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(`${entry}: ${message}`))
  })
  worker.postMessage(question)
  return answer
}

/** A file by the module for photos, and pixels by that for pixels and by the whole one. */
async function smaller(name, format) {
  const text = 'input(rgb8), letterbox(64, 48, bilinear), normalize(), output(rgb, f32, chw)'
  const image = { data: new Uint8Array(await bytesOf('/photo/0')), width: 211, height: 157 }
  return {
    photos: await asked('photos', `input(${format}), output(${format.slice(0, -1)}, u8, hwc)`, await bytesOf(`/file/${name}`)),
    pixels: await asked('pixels', text, image),
    whole: await sha256(new Pipeline(text).runSync(image).data),
  }
}

/** What a service worker answers, where this browser has such of modules. */
async function served(name, format) {
  try {
    const { installing, active } = await navigator.serviceWorker.register('service.mjs', { type: 'module' })
    const { port1, port2 } = new MessageChannel()
    const answer = new Promise(resolve => { port1.onmessage = ({ data }) => resolve(data) })
    ;(installing ?? active).postMessage([await bytesOf(`/file/${name}`), format], [port2])
    const late = new Promise(resolve => { setTimeout(resolve, 30_000, 'no answer for half a minute') })
    return await Promise.race([answer, late])
  } catch (error) {
    return error.message
  }
}

async function exact(name, format) {
  const canvas = new OffscreenCanvas(3, 2)
  canvas.getContext('2d').fillRect(0, 0, 2, 2)
  const { data, noisy, ...shown } = await pixels(canvas)
  const wide = wideImage()
  const drop = new Pipeline('input(rgba8, alpha = drop), output(rgb, u8, hwc)')
  drop.runSync({ data, ...shown })
  const worker = new Worker('worker.mjs', { type: 'module' })
  const answer = new Promise(resolve => { worker.onmessage = ({ data }) => resolve(data) })
  worker.postMessage([await WebAssembly.compile(await bytesOf('/package/pixfuse.wasm')), await bytesOf(`/file/${name}`), format])
  await inline.init()
  return {
    canvas: shown,
    refused: await refusal(() => pixels(canvas, { exact: true })),
    isNoImage: await refusal(() => drop.runSync(canvas)),
    isNoFrame: await refusal(() => drop.runSync(new VideoFrame(canvas, { timestamp: 0 }))),
    wide: wide === undefined ? null : await refusal(() => drop.runSync(wide)),
    // One module for both ways to load it.
    inline: inline.Pipeline === Pipeline,
    worker: await answer,
    service: await served(name, format),
    video: await video(true),
    gaps: await video(false),
    film: await film(),
  }
}

await answered(location.origin, run)
