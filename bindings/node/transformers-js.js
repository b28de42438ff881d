'use strict'

const { Processor } = require('./index.js')

const types = new Map([
  [Float32Array, 'float32'], [Uint8Array, 'uint8'], [Int32Array, 'int32'], [BigInt64Array, 'int64'],
])

// `use` for a library that `load` gives: of a module that was required, or imported.
function using(load) {
  return function use(processor, { Tensor, ...options } = {}) {
    const part = processor?.components?.image_processor ?? processor?.image_processor
    if (part !== undefined) {
      const fused = use(part, { Tensor, ...options })
      // A slot of `components` in transformers.js 4, a property of its own before.
      if (processor.components?.image_processor === undefined) processor.image_processor = fused
      else processor.components.image_processor = fused
      return processor
    }
    if (typeof processor !== 'function' || typeof processor.config !== 'object') {
      throw Object.assign(
        new Error('processor: expected an image processor of transformers.js, or a processor that has one'),
        { code: 'InvalidArg' },
      )
    }
    const made = Processor.fromConfig(processor.config, options)
    const call = async (images, ...more) => {
      if (more.some(argument => argument !== undefined)) {
        throw Object.assign(new Error(`${made.className}: arguments beside images are not made by pixfuse`), { code: 'InvalidArg' })
      }
      const list = (Array.isArray(images) ? images : [images]).map(rgb)
      const result = await made.run(list, { alpha: 'drop' })
      return named(result, Tensor ?? (await load()).Tensor, made, list)
    }
    // What is asked of it besides, its methods of post-processing say, is the library's own.
    const fused = (...given) => call(...given)
    return Object.assign(Object.setPrototypeOf(fused, processor), { _call: call })
  }
}

// An image as Python's pipelines load it: gray is repeated, with alpha and without.
function rgb(image) {
  const { data, width, height, channels } = image ?? {}
  if (channels !== 1 && channels !== 2) return image
  const colours = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) colours.fill(data[pixel * channels], pixel * 3, pixel * 3 + 3)
  return { data: colours, width, height, channels: 3 }
}

// The library's tensors by its names, and the two lists of sizes that it always gives.
function named(result, Tensor, made, images) {
  const pipeline = made.pipeline()
  const sizes = images.map(({ height, width }) => pipeline.geometry(height, width))
  const tensors = Object.entries(result).map(([name, value]) => {
    if (Array.isArray(value)) return [name, value]
    return [name, new Tensor(value.type ?? types.get(value.data.constructor), value.data, value.dims)]
  })
  return {
    ...Object.fromEntries(tensors),
    original_sizes: sizes.map(({ source }) => [...source]),
    reshaped_input_sizes: sizes.map(({ resized }) => [...resized]),
  }
}

module.exports = { use: using(() => require('@huggingface/transformers')) }
// For the module that is imported, whose library is the one that is imported.
Object.defineProperty(module.exports, 'using', { value: using })
