// A config of videos is its model's processor: the digests that the tests of the other languages have too.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { VideoProcessor } from '../index.mjs'
import { photo, PHOTOS } from './images.mjs'

const GOLDENS = fileURLToPath(new URL('../../../crates/pixfuse-config/tests/goldens/videos.txt', import.meta.url))
const LINES = readFileSync(GOLDENS, 'utf8').trim().split('\n').slice(1).map(line => line.split(' '))
const [ROWS, COLUMNS] = [157, 211]
const QWEN = { video_processor_type: 'Qwen2VLVideoProcessor', size: { shortest_edge: 12544, longest_edge: 50176 } }
const clip = (frames, height = ROWS, width = COLUMNS) =>
  ({ data: Uint8Array.from({ length: frames * height * width * 3 }, (_, at) => (at * 31) % 251), frames, height, width })

// Of each result by its name, the name, the shape and the bytes.
function digest(results) {
  const made = createHash('sha256')
  for (const [name, { data, dims }] of Object.entries(results).sort(([one], [other]) => (one < other ? -1 : 1))) {
    made.update(`${name} (${dims.join(', ')}${dims.length === 1 ? ',' : ''}) `)
    made.update(Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  }
  return made.digest('hex').slice(0, 16)
}

test('videos are their library', async () => {
  const frames = Array.from({ length: PHOTOS }, (_, index) => photo(index, ROWS, COLUMNS))
  const memory = { data: Buffer.concat(frames.map(({ data }) => data)), frames: PHOTOS, height: ROWS, width: COLUMNS }
  assert.ok(LINES.length >= 28, 'the file of digests is whole')
  for (const [name, keywords, expected] of LINES) {
    const processor = VideoProcessor.fromConfig({ video_processor_type: name, ...JSON.parse(keywords) })
    assert.equal(digest(processor.runSync(frames)), expected, name)
    assert.equal(digest(await processor.run(memory, { threads: 2 })), expected, name)
  }
})

test('tokens of videos are those of the processor', () => {
  const tokens = (name, frames) => VideoProcessor.fromConfig({ video_processor_type: `${name}VideoProcessor` }).tokens(frames, 480, 640)
  assert.deepEqual([tokens('Qwen3VL', 5), tokens('Kimi_K25', 5), tokens('HYV4VL', 5)], [420, 828, 1575])
  assert.throws(() => tokens('VideoMAE', 4), /does not say how many of its patches/)
})

test('several videos are one tensor, or are filled up', () => {
  const processor = VideoProcessor.fromConfig({ video_processor_type: 'VideoMAEVideoProcessor' })
  const [one, two] = [clip(4), clip(4, 90, 70)]
  const both = processor.runSync([one, two]).pixel_values
  assert.deepEqual(both.dims, [2, 4, 3, 224, 224])
  const half = both.data.length / 2
  assert.deepEqual(both.data.subarray(half), processor.runSync(two).pixel_values.data)
  assert.throws(() => processor.runSync([one, clip(3)]), /videos: their tensors have the shapes \[3,3,224,224\], \[4,3,224,224\]/)
  const pe = VideoProcessor.fromConfig({ video_processor_type: 'PeVideoVideoProcessor' })
  const filled = pe.runSync([clip(2), clip(3)])
  assert.deepEqual([filled.padding_mask_videos.dims, [...filled.padding_mask_videos.data]], [[2, 3], [1, 1, 0, 1, 1, 1]])
  assert.ok(!('padding_mask_videos' in pe.runSync([clip(2), clip(2)])))
  const smol = VideoProcessor.fromConfig({ video_processor_type: 'SmolVLMVideoProcessor', max_image_size: { longest_edge: 32 } })
  const masked = smol.runSync([clip(1), clip(2)])
  assert.deepEqual([masked.pixel_values.dims, masked.pixel_attention_mask.dims], [[2, 2, 3, 32, 32], [2, 2, 32, 32]])
  assert.ok(masked.pixel_values.data.subarray(3 * 32 * 32, 2 * 3 * 32 * 32).every(value => value === 0))
})

test('frames share patches, and the last one is repeated', () => {
  const processor = VideoProcessor.fromConfig(QWEN)
  const made = processor.runSync([clip(3), clip(4, 56, 84)])
  const grids = Array.from(made.video_grid_thw.data, Number)
  assert.deepEqual(grids.filter((_, at) => at % 3 === 0), [2, 2])
  const rows = grids[0] * grids[1] * grids[2] + grids[3] * grids[4] * grids[5]
  assert.deepEqual(made.pixel_values_videos.dims, [rows, 3 * 2 * 14 * 14])
  assert.equal(processor.patches(3, ROWS, COLUMNS) + processor.patches(4, 56, 84), rows)
  const whole = processor.runSync({ ...clip(4, 60, 80), data: Uint8Array.from([...clip(3, 60, 80).data, ...clip(3, 60, 80).data.subarray(2 * 60 * 80 * 3)]) })
  assert.deepEqual(processor.runSync(clip(3, 60, 80)).pixel_values_videos.data, whole.pixel_values_videos.data)
})

test('keywords of a call are those of the class', () => {
  const processor = VideoProcessor.fromConfig({ video_processor_type: 'InternVLVideoProcessor' })
  const called = processor.runSync(clip(2), { size: { height: 30, width: 40 }, do_sample_frames: false })
  assert.deepEqual(called.pixel_values_videos.dims, [1, 2, 3, 30, 40])
  assert.equal(processor.className, 'InternVLVideoProcessor')
  assert.deepEqual(processor.outputs, ['pixel_values_videos'])
  assert.match(String(processor), /^input\(rgb8\), resize\(/)
  assert.equal(processor.pipeline(2).spec, processor.declaration)
})

test('what is no video is said to be none', () => {
  const processor = VideoProcessor.fromConfig({ video_processor_type: 'VideoMAEVideoProcessor' })
  const frame = { data: new Uint8Array(12), height: 2, width: 2 }
  assert.throws(() => processor.runSync([]), /videos: expected \{ data, frames, height, width \}, an array of images/)
  assert.throws(() => processor.runSync([[]]), /videos: one without frames/)
  assert.throws(() => processor.runSync({ ...frame, frames: 2 }), /video: 12 bytes for 2 frames of 2 x 2 x 3, expected 24/)
  assert.throws(() => processor.runSync([frame, { ...frame, height: 1, width: 4 }]), /frames: of \[2,2,3\] and \[1,4,3\] rows, columns and channels in one video/)
  assert.throws(() => VideoProcessor.fromConfig({ video_processor_type: 'NoSuchVideoProcessor' }), /NoSuchVideoProcessor/)
})
