// transformers.js with pixfuse's pixels: over a library of the same shape, and over the library itself where it is there.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import test from 'node:test'

import { Processor } from '../index.mjs'
import { use } from '../transformers-js.mjs'

const required = createRequire(import.meta.url)('pixfuse/transformers-js')
const VIT = { image_processor_type: 'ViTImageProcessor', size: { height: 24, width: 20 } }
const image = (height, width, channels = 3) =>
  ({ data: Uint8ClampedArray.from({ length: height * width * channels }, (_, at) => (at * 31) % 256), height, width, channels })

class Tensor {
  constructor(type, data, dims) { Object.assign(this, { type, data, dims }) }
}

// As in transformers.js: an object that is called.
class Callable {
  constructor() {
    const closure = (...given) => closure._call(...given)
    return Object.setPrototypeOf(closure, new.target.prototype)
  }
}

class ImageProcessor extends Callable {
  constructor(config) { super(); this.config = config }
  async _call() { throw new Error('the library was called') }
  post_process(one) { return [this.config.image_processor_type, one] }
}

// What 4.3 has.
class Whole extends Callable {
  constructor(components) { super(); this.components = components }
  get image_processor() { return this.components.image_processor }
  async _call(images, ...more) { return this.image_processor(images, ...more) }
}

test('the image processor of a processor is replaced', async () => {
  for (const { use: run } of [{ use }, required]) {
    const processor = new Whole({ image_processor: new ImageProcessor(VIT), tokenizer: 1 })
    assert.equal(run(processor, { Tensor }), processor)
    const result = await processor([image(40, 60), image(30, 30)])
    const { pixel_values } = result
    assert.ok(pixel_values instanceof Tensor)
    assert.deepEqual([pixel_values.type, pixel_values.dims], ['float32', [2, 3, 24, 20]])
    assert.deepEqual(pixel_values.data, Processor.fromConfig(VIT).runSync([image(40, 60), image(30, 30)]).pixel_values.data)
    assert.deepEqual([result.original_sizes, result.reshaped_input_sizes], [[[40, 60], [30, 30]], [[24, 20], [24, 20]]])
    assert.deepEqual(processor.image_processor.post_process(1), ['ViTImageProcessor', 1])
    assert.ok(processor.image_processor instanceof ImageProcessor)
    await assert.rejects(processor(image(8, 8), [[1, 2]]), /arguments beside images/)
  }
})

test('an image processor, and one that is a property', async () => {
  const fused = use(new ImageProcessor({ ...VIT, do_rescale: false, do_normalize: false }), { Tensor })
  assert.deepEqual((await fused(image(9, 9))).pixel_values.type, 'uint8')
  const processor = { image_processor: new ImageProcessor(VIT) }
  const pil = use(processor, { Tensor, backend: 'pil' }).image_processor
  assert.deepEqual((await pil(image(40, 60))).pixel_values.data, Processor.fromConfig(VIT, { backend: 'pil' }).runSync(image(40, 60)).pixel_values.data)
  assert.throws(() => use({}), { code: 'InvalidArg', message: /expected an image processor of transformers.js/ })
  assert.throws(() => use(new ImageProcessor({ image_processor_type: 'Pix2StructImageProcessor' })), /content/)
})

test('images are RGB, as pipelines load them', async () => {
  const fused = use(new ImageProcessor(VIT), { Tensor })
  const gray = image(12, 10, 1)
  const repeated = { ...image(12, 10), data: Uint8Array.from({ length: 360 }, (_, at) => gray.data[Math.floor(at / 3)]) }
  assert.deepEqual((await fused(gray)).pixel_values, (await fused(repeated)).pixel_values)
  const clear = image(12, 10, 4)
  const opaque = { ...image(12, 10), data: clear.data.filter((_, at) => at % 4 !== 3) }
  assert.deepEqual((await fused(clear)).pixel_values, (await fused(opaque)).pixel_values)
})

test('masks and grids are tensors of integers', async () => {
  const siglip = await use(new ImageProcessor({ image_processor_type: 'Siglip2ImageProcessor', max_num_patches: 22 }), { Tensor })(image(40, 60))
  assert.deepEqual([siglip.pixel_attention_mask.type, siglip.spatial_shapes.type], ['int32', 'int64'])
  const aria = await use(new ImageProcessor({ image_processor_type: 'AriaImageProcessor', max_image_size: 490 }), { Tensor })(image(40, 60))
  assert.deepEqual([aria.pixel_mask.type, aria.num_crops.dims], ['bool', []])
})

const library = await import('@huggingface/transformers').catch(() => undefined)

test('the library itself', { skip: library === undefined && '@huggingface/transformers is not installed' }, async () => {
  const { RawImage, ViTImageProcessor, Tensor } = library
  const { data, width, height } = image(40, 60)
  const result = await use(new ViTImageProcessor(VIT))(new RawImage(data, width, height, 3))
  assert.ok(result.pixel_values instanceof Tensor)
  assert.deepEqual(result.pixel_values.data, Processor.fromConfig(VIT).runSync(image(40, 60)).pixel_values.data)
})
