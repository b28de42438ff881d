// A photo file goes into a model in a browser: pixfuse-web makes the tensor, onnxruntime-web runs the model.

import * as ort from 'onnxruntime-web'
import { init, Pipeline } from 'pixfuse-web'

const near = name => new URL(name, import.meta.url).href
// Threads need headers of the server (COOP and COEP); this page asks for none.
ort.env.wasm.numThreads = 1

const IMAGE = `input(rgb8), resize(shortest = 256, bicubic, antialias), center_crop(224),
  normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)`
const PATCHES = 'input(rgb8), resize(126, 168, bicubic, antialias), patches(14), output(rgb, u8)'

let loaded

/** What is made once for a page. */
function load() {
  loaded ??= (async () => {
    const [classifier, patches] = await Promise.all([
      ort.InferenceSession.create(near('classifier.onnx')), ort.InferenceSession.create(near('patches.onnx')), init(),
    ])
    return { classifier, patches, image: new Pipeline(IMAGE), cut: new Pipeline(PATCHES) }
  })()
  return loaded
}

/** The logits of a photo: a Blob, a Response or bytes. */
export async function classified(file) {
  const { classifier, image } = await load()
  const { data, dims } = await image.decode(file)
  const { logits } = await classifier.run({ pixel_values: new ort.Tensor('float32', data, [1, ...dims]) })
  return [...logits.data]
}

/** The embedding of a photo, from patches of bytes: a quarter of the memory of floats, and of what is copied. */
export async function embedded(file) {
  const { patches, cut } = await load()
  const { data, dims } = await cut.decode(file)
  const { embedding } = await patches.run({ patches: new ort.Tensor('uint8', data, dims) })
  return [...embedding.data]
}

let onGpu

/** The logits of a photo from the GPU: the tensor is written into a mapped buffer of WebGPU, of which the model reads. */
export async function classifiedOnGpu(file) {
  const { image } = await load()
  onGpu ??= ort.InferenceSession.create(near('classifier.onnx'), { executionProviders: ['webgpu'] })
  const classifier = await onGpu
  const device = await ort.env.webgpu.device
  const buffer = device.createBuffer({
    size: 3 * 224 * 224 * 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST, mappedAtCreation: true,
  })
  try {
    const { dims } = await image.decode(file, { out: new Float32Array(buffer.getMappedRange()) })
    buffer.unmap()
    const tensor = ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: [1, ...dims] })
    const { logits } = await classifier.run({ pixel_values: tensor })
    return [...await logits.getData()]
  } finally {
    buffer.destroy()
  }
}
