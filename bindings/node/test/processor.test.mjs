// A config is its model's processor: the digests that the tests of the other languages have too, and what a call returns.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { Pipeline, Processor } from '../index.mjs'
import { digest, photo, PHOTOS } from './images.mjs'

const GOLDENS = fileURLToPath(new URL('../../../crates/pixfuse-config/tests/goldens/', import.meta.url))
const VIT = { image_processor_type: 'ViTImageProcessor', size: { height: 24, width: 20 } }
const DETR = { image_processor_type: 'DetrImageProcessor', size: 24, max_size: 30 }
const image = (height, width, channels = 3) =>
  ({ data: Uint8Array.from({ length: height * width * channels }, (_, at) => (at * 31) % 256), height, width, channels })

test('configs are their libraries', () => {
  const lines = readFileSync(join(GOLDENS, 'digests.txt'), 'utf8').trim().split('\n').slice(1)
  assert.ok(lines.length >= 28, 'the file of digests is whole')
  const photos = Array.from({ length: PHOTOS }, (_, index) => photo(index, 157, 211))
  for (const line of lines) {
    const [file, backend, expected] = line.split(' ')
    const { pixel_values: { data } } = Processor.fromConfig(join(GOLDENS, file), { backend }).runSync(photos)
    assert.equal(digest([data]), expected, line)
  }
})

test('views are their libraries', async () => {
  const photos = Array.from({ length: PHOTOS }, (_, index) => photo(index, 157, 211))
  for (const [folder, least] of [['views', 10], ['joined', 4]]) {
    const lines = readFileSync(join(GOLDENS, `${folder}.txt`), 'utf8').trim().split('\n').slice(1)
    assert.ok(lines.length >= least, 'the file of digests is whole')
    for (const line of lines) {
      const [file, backend, name, expected] = line.split(' ')
      const processor = Processor.fromConfig(join(GOLDENS, folder, file), { backend })
      assert.equal(digest(photos.map(image => processor.runSync(image)[name].data)), expected, line)
      const later = await Promise.all(photos.map(image => processor.run(image)))
      assert.equal(digest(later.map(result => result[name].data)), expected, line)
    }
  }
  const mini = Processor.fromConfig(join(GOLDENS, 'joined/minicpm_v4_6.json'))
  const sliced = mini.runSync([photos[0], image(40, 60)])
  assert.deepEqual([sliced.grids, sliced.num_patches_per_image], [[[2, 2], [0, 0]], [5, 1]])
  assert.deepEqual([mini.patches(157, 211), sliced.target_sizes.dims, sliced.pixel_values.dims.slice(0, 3)], [5, [6, 2], [1, 3, 4]])
  const step = Processor.fromConfig(join(GOLDENS, 'views/step3p7.json'))
  const windows = step.runSync([image(40, 60), photos[0]])
  assert.deepEqual([windows.pixel_values_local.dims, Array.from(windows.num_local_patches.data, Number)], [[20, 3, 48, 48], [0, 20]])
  assert.deepEqual(windows.patch_newline_masks[1].flatMap((is, at) => (is ? [at] : [])), [4, 9, 14])
  assert.ok(!windows.patch_newline_masks[0].some(Boolean) && windows.patch_newline_masks[0].length === 20)
  assert.deepEqual([step.patches(40, 60), step.patches(157, 211)], [0, 20])
  const llava = Processor.fromConfig(join(GOLDENS, 'joined/llava_next.json'))
  const stack = llava.runSync([photos[0], image(90, 30)])
  assert.deepEqual([stack.pixel_values.dims, Array.from(stack.image_sizes.data, Number)], [[2, 10, 3, 32, 32], [157, 211, 90, 30]])
  const lfm = Processor.fromConfig(join(GOLDENS, 'joined/lfm2_vl.json')).runSync([photos[0], image(40, 60)])
  const shapes = Array.from(lfm.spatial_shapes.data, Number)
  assert.deepEqual(lfm.pixel_values.dims, [shapes.length / 2, 64, 192])
  assert.equal(lfm.pixel_attention_mask.data.reduce((sum, one) => sum + one, 0), shapes.reduce((sum, side, at) => (at & 1 ? sum + side * shapes[at - 1] : sum), 0))
  const ocr = Processor.fromConfig(join(GOLDENS, 'views/unlimited_ocr.json'))
  const mixed = ocr.runSync([image(30, 20), image(40, 60)])
  const count = mixed.pixel_values_local.dims[0]
  assert.deepEqual(mixed.num_local_patches, [0, count])
  assert.equal(mixed.patches_grid[1][0] * mixed.patches_grid[1][1], count)
  assert.deepEqual(mixed.patches_grid[0], [1, 1])
  assert.deepEqual([ocr.patches(30, 20), ocr.patches(40, 60)], [1, 1 + count])
  assert.ok(!('pixel_values_local' in ocr.runSync(image(30, 20))))
  const hybrid = Processor.fromConfig(join(GOLDENS, 'views/deepseek_vl_hybrid.json'))
  assert.throws(() => hybrid.pipeline(), /resizes an image twice for pixel_values, which is no one Pipeline/)
  assert.deepEqual(hybrid.outputs, ['pixel_values', 'high_res_pixel_values'])
  assert.deepEqual(hybrid.views[0].outputs, ['high_res_pixel_values'])
})

test('counts are those of transformers', () => {
  const lines = readFileSync(join(GOLDENS, 'counts.txt'), 'utf8').trim().split('\n').slice(1)
  const table = readFileSync(join(GOLDENS, '../../../pixfuse/tests/goldens/sizes.txt'), 'utf8').trim().split('\n').slice(2)
  const sizes = table.map(line => line.split(' ').slice(0, 2).map(Number))
  assert.ok(lines.length >= 190 && sizes.length >= 260, 'the files of goldens are whole')
  for (const line of lines) {
    const [kind, name, backend, words, expected] = line.split(' ')
    const config = name.startsWith('{') ? name : { image_processor_type: name }
    const [processor, keywords] = [Processor.fromConfig(config, { backend }), JSON.parse(words)]
    const count = ([height, width]) => {
      try {
        return processor[kind](height, width, keywords)
      } catch (error) {
        assert.equal(error.code, 'InvalidArg', line)
        return 0
      }
    }
    assert.equal(createHash('sha256').update(sizes.map(count).join(' ')).digest('hex').slice(0, 16), expected, line)
  }
  assert.throws(() => Processor.fromConfig(VIT).tokens(40, 60), /ViTImageProcessor: tokens: the class does not say how many of them a model makes/)
  const pixtral = { processor_class: 'PixtralProcessor', image_processor_type: 'PixtralImageProcessor' }
  assert.throws(() => Processor.fromConfig(pixtral).tokens(480, 640), /PixtralProcessor counts with numbers of its own, patch_size, spatial_merge_size/)
  assert.equal(Processor.fromConfig(VIT).patches(40, 60), 1)
})

test('a key is of the file and of what is done', () => {
  const [processor, file] = [Processor.fromConfig(VIT), Buffer.from('a file')]
  // The same in Python.
  assert.equal(processor.itemKey(file), 'c1f7b86eaa38fec16a20f0ef9491282d4842656276bd22e2fb23934fbc6b6d16')
  assert.notEqual(processor.itemKey(file, { size: 24 }), processor.itemKey(file))
  assert.notEqual(processor.itemKey(Buffer.from('another')), processor.itemKey(file))
  assert.throws(() => processor.itemKey('a file'), /file: string, expected a Uint8Array/)
})

test('a call returns what the library names', async () => {
  const processor = Processor.fromConfig(JSON.stringify(VIT))
  assert.equal(processor.declaration, Processor.fromConfig(VIT).declaration)
  assert.deepEqual([processor.backend, processor.className, processor.outputs], ['torch', 'ViTImageProcessor', ['pixel_values']])
  const { pixel_values } = processor.runSync([image(40, 60), image(30, 30)])
  assert.deepEqual(pixel_values.dims, [2, 3, 24, 20])
  assert.deepEqual(pixel_values.data.subarray(0, 1440), new Pipeline(processor.declaration).runSync(image(40, 60)).data)
  assert.deepEqual((await processor.run([image(40, 60), image(30, 30)])).pixel_values, pixel_values)
  assert.deepEqual(processor.runSync(image(40, 60), { size: [8, 9] }).pixel_values.dims, [1, 3, 8, 9])
  assert.match(processor.explain(), /ViTImageProcessor of transformers, backend torch/)
})

test('smaller images are padded and masked', async () => {
  const processor = Processor.fromConfig(DETR)
  const { pixel_values, pixel_mask } = processor.runSync([image(40, 60), image(40, 40)])
  assert.deepEqual([pixel_values.dims, pixel_mask.dims], [[2, 3, 24, 30], [2, 24, 30]])
  assert.equal(pixel_mask.data.reduce((sum, one) => sum + one, 0n), BigInt(20 * 30 + 24 * 24))
  assert.deepEqual(await processor.run([image(40, 60), image(40, 40)]), { pixel_values, pixel_mask })
})

test('patches, and what is returned beside them', async () => {
  const qwen = Processor.fromConfig({ image_processor_type: 'Qwen2VLImageProcessor', min_pixels: 784, max_pixels: 50000 })
  const result = qwen.runSync([image(56, 84), image(28, 28)])
  assert.deepEqual([result.pixel_values.dims, result.image_grid_thw.dims], [[28, 1176], [2, 3]])
  assert.deepEqual([...result.image_grid_thw.data].map(Number), [1, 4, 6, 1, 2, 2])
  assert.deepEqual(result.pixel_values.data.subarray(24 * 1176), qwen.runSync(image(28, 28)).pixel_values.data)
  assert.deepEqual(await qwen.run([image(56, 84), image(28, 28)]), result)
  const paddle = Processor.fromConfig({ image_processor_type: 'PaddleOCRVLImageProcessor', min_pixels: 784, max_pixels: 50000 })
  assert.deepEqual(paddle.runSync(image(56, 84)).pixel_values.dims, [24, 3, 14, 14])
  const siglip = Processor.fromConfig({ image_processor_type: 'Siglip2ImageProcessor', max_num_patches: 22 })
  const { pixel_values, pixel_attention_mask, spatial_shapes } = siglip.runSync([image(40, 60), image(60, 40)])
  assert.deepEqual([pixel_values.dims, [...spatial_shapes.data].map(Number)], [[2, 22, 768], [4, 5, 5, 4]])
  assert.deepEqual([...pixel_attention_mask.data.subarray(22)], [...Array(20).fill(1), 0, 0])
  const gemma = Processor.fromConfig({ image_processor_type: 'Gemma4ImageProcessor', max_soft_tokens: 70 }).runSync(image(40, 60))
  assert.deepEqual([gemma.image_position_ids.dims, gemma.num_soft_tokens_per_image.dims], [[1, 630, 2], [1]])
  assert.equal(gemma.image_position_ids.data[2], 1n)
})

test('tiles, and what is returned beside them', () => {
  const size = { height: 32, width: 32 }
  const ocr = Processor.fromConfig({ image_processor_type: 'GotOcr2ImageProcessor', size, crop_to_patches: true, max_patches: 6 })
  const { pixel_values, num_patches } = ocr.runSync([image(40, 80), image(30, 30)])
  assert.deepEqual([pixel_values.dims, [...num_patches.data].map(Number)], [[4, 3, 32, 32], [3, 1]])
  const mllama = Processor.fromConfig({ image_processor_type: 'MllamaImageProcessor', size }).runSync([image(30, 60), image(60, 30)])
  assert.deepEqual([mllama.pixel_values.dims, mllama.num_tiles], [[1, 2, 4, 3, 32, 32], [[2, 2]]])
  assert.deepEqual([...mllama.aspect_ratio_ids.data].map(Number), [2, 5])
  assert.deepEqual([...mllama.aspect_ratio_mask.data].map(Number), [1, 1, 0, 0, 1, 1, 0, 0])
  const llava = Processor.fromConfig({ image_processor_type: 'LlavaOnevisionImageProcessor', size, image_grid_pinpoints: [[32, 64], [32, 32]] })
  const two = llava.runSync([image(30, 60), image(30, 30)]).pixel_values
  assert.deepEqual(two.dims, [2, 3, 3, 32, 32])
  assert.deepEqual(two.data.subarray(9 * 1024, 15 * 1024), llava.runSync(image(30, 30)).pixel_values.data)
})

test('samples of several images are an array of arrays', async () => {
  const size = { height: 32, width: 32 }
  const mllama = Processor.fromConfig({ image_processor_type: 'MllamaImageProcessor', size })
  const samples = [[image(30, 60)], [image(60, 30), image(30, 60)]]
  const result = mllama.runSync(samples)
  assert.deepEqual([result.pixel_values.dims, result.num_tiles], [[2, 2, 4, 3, 32, 32], [[2], [2, 2]]])
  assert.deepEqual([...result.aspect_ratio_ids.data].map(Number), [2, 0, 5, 2])
  assert.deepEqual([...result.aspect_ratio_mask.data].map(Number), [1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0])
  const one = 4 * 3 * 1024
  assert.deepEqual(result.pixel_values.data.subarray(0, one), mllama.runSync(image(30, 60)).pixel_values.data)
  assert.ok(result.pixel_values.data.subarray(one, 2 * one).every(value => value === 0))
  assert.deepEqual(result.pixel_values.data.subarray(2 * one), mllama.runSync(samples[1]).pixel_values.data)
  assert.deepEqual(await mllama.run(samples), result)
  const smol = Processor.fromConfig({ image_processor_type: 'SmolVLMImageProcessor', size: { longest_edge: 64 }, max_image_size: { longest_edge: 32 } })
  const tiles = smol.runSync([[image(20, 40), image(8, 40)], [image(20, 40)]], { return_row_col_info: true })
  assert.deepEqual([tiles.pixel_values.dims, tiles.pixel_attention_mask.dims], [[2, 6, 3, 32, 32], [2, 6, 32, 32]])
  assert.deepEqual([tiles.rows, tiles.cols], [[[1, 1], [1]], [[2, 2], [2]]])
  assert.deepEqual([0, 2, 3, 5].map(tile => Number(tiles.pixel_attention_mask.data[(6 + tile) * 1024])), [1, 1, 0, 0])
  assert.deepEqual(Processor.fromConfig(VIT).runSync([[image(9, 9)], [image(7, 8)]]).pixel_values.dims, [2, 3, 24, 20])
  const tvp = Processor.fromConfig({ image_processor_type: 'VideoMAEImageProcessor', size: { shortest_edge: 24 }, crop_size: size })
  assert.throws(() => tvp.runSync([[image(9, 9)], [image(9, 9), image(9, 9)]]), /as many images in each/)
})

test('frames, and the sizes before them', () => {
  const sam = Processor.fromConfig({ image_processor_type: 'SamImageProcessor', size: { longest_edge: 32 }, pad_size: { height: 32, width: 32 } })
  const { pixel_values, reshaped_input_sizes } = sam.runSync([image(40, 60), image(20, 10)])
  assert.deepEqual([pixel_values.dims, [...reshaped_input_sizes.data].map(Number)], [[2, 3, 32, 32], [21, 32, 32, 16]])
  const detr = Processor.fromConfig({ ...DETR, pad_size: { height: 40, width: 40 } }).runSync(image(40, 60))
  assert.equal(detr.pixel_mask.data.reduce((sum, one) => sum + one, 0n), BigInt(20 * 30))
  const aria = Processor.fromConfig({ image_processor_type: 'AriaImageProcessor', max_image_size: 490 }).runSync(image(40, 60))
  assert.deepEqual([aria.pixel_mask.type, aria.pixel_mask.dims, aria.num_crops.dims], ['bool', [1, 490, 490], []])
})

test('alpha is over white, dropped or refused', () => {
  const clear = image(10, 10, 4)
  clear.data.forEach((_, at) => { if (at % 4 === 3) clear.data[at] = 0 })
  const white = { ...image(10, 10), data: new Uint8Array(300).fill(255) }
  const converts = Processor.fromConfig({ ...VIT, do_convert_rgb: true })
  assert.deepEqual(converts.runSync(clear).pixel_values, converts.runSync(white).pixel_values)
  const processor = Processor.fromConfig(VIT)
  assert.throws(() => processor.runSync(clear), { code: 'InvalidArg', message: /3 numbers of image_mean/ })
  const opaque = { ...clear, data: clear.data.filter((_, at) => at % 4 !== 3), channels: 3 }
  assert.deepEqual(processor.runSync(clear, { alpha: 'drop' }).pixel_values, processor.runSync(opaque).pixel_values)
})

test('what is not said is refused by name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pixfuse-'))
  writeFileSync(join(folder, 'preprocessor_config.json'), '{"image_processor_type": "Phi3VImageProcessor", "auto_map": {"AutoImageProcessor": "a.B"}}')
  assert.throws(() => Processor.fromConfig(folder), /auto_map/)
  assert.throws(() => Processor.fromConfig({ ...VIT, image_processor_type: 'ImageGPTImageProcessor' }), /content/)
  const early = { Promise: Promise.resolve(VIT), Response: new Response('{}'), Blob: new Blob(['{}']) }
  for (const [kind, config] of Object.entries(early)) {
    const message = new RegExp(`^config: expected an object or the text of one, found a ${kind}; .*await`)
    assert.throws(() => Processor.fromConfig(config), { code: 'InvalidArg', message })
  }
  assert.throws(() => Processor.fromConfig(VIT, { backend: 'sharp' }), /expected 'torch' or 'pil'/)
  assert.throws(() => Processor.fromConfig(VIT).runSync(image(9, 9), { sice: 3 }), /sice: no keyword of this class/)
})

test('boxes through two resizes', () => {
  const processor = Processor.fromConfig({ image_processor_type: 'Step3p7ImageProcessor' })
  const geometry = processor.geometry(4000, 6000)
  assert.deepEqual([geometry.source, geometry.output], [[4000, 6000], [728, 728]])
  geometry.unmapBoxes([0, 0, 364, 182]).forEach((edge, index) => assert.ok(Math.abs(edge - [0, 0, 3000, 1000][index]) < 1e-6))
  assert.throws(() => processor.views[0].geometry(4000, 6000), { code: 'InvalidArg', message: /^geometry: Step3p7ImageProcessor gives windows of a canvas/ })
})
