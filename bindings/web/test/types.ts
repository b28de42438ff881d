// Compiled, never run: what the types of the package say.

import {
  decoders, frame, Geometry, init, initSync, levels, own, Pipeline, pixels, presets, probe, Processor, version, VideoProcessor,
} from 'pixfuse-web'
import type { Header, InexactImage, ModuleSource } from 'pixfuse-web'

export async function all(file: File, response: Response, bytes: ArrayBuffer, canvas: HTMLCanvasElement, video: VideoFrame) {
  const sources: ModuleSource[] = [new URL('https://example.com/pixfuse.wasm'), '/pixfuse.wasm', response, bytes, new Uint8Array(8)]
  for (const source of sources) await init(source)
  await init(fetch('/pixfuse.wasm'))
  await init()
  initSync(await WebAssembly.compile(bytes))
  initSync()

  const pipe = new Pipeline('input(rgba8, alpha = drop), resize(224, 224, bilinear), normalize(), output(rgb, f32, chw)')
  const tensor: Float32Array = (await pipe.decode(file)).data
  const same: { data: Float32Array; dims: number[] } = await pipe.decode(response, { out: tensor as Float32Array<ArrayBuffer> })
  const { failures } = await pipe.decodeBatch([file, response, bytes, null], { onError: 'skip' })
  const image: InexactImage = await pixels(canvas, { exact: false })
  await pixels(video)
  const { classifier, get, names } = own<{ classifier: Pipeline }>()
  const found: Pipeline | ((values: { rows: number }) => Pipeline) = get(names()[0] ?? classifier.spec)
  if (typeof found === 'function') found({ rows: 8 })
  await pixels(file)
  const { input, orient, assumed, ...planes } = await frame(video)
  pipe.with({ input }).runSync(planes, { orient })
  pipe.runSync(image)
  pipe.runSync(new ImageData(3, 2))
  // @ts-expect-error: there are no paths.
  pipe.decodeSync('photo.jpg')

  const header: Header = probe(bytes)
  const geometry: Geometry = pipe.geometry(...header.stored)
  const processor = Processor.fromConfig({ image_processor_type: 'ViTImageProcessor' }, { backend: 'torch' })
  const { pixel_values } = await processor.decode([file, response, new Uint8Array(8)])
  const videos = VideoProcessor.fromConfig({ video_processor_type: 'Qwen3VLVideoProcessor' })
  const { video_grid_thw } = videos.runSync({ data: new Uint8Array(bytes), frames: 2, height: 480, width: 640 })
  const words: string[] = [version, ...assumed, decoders(), ...levels(), presets.yolo.spec, failures[0]?.message ?? '']
  return [same, video_grid_thw, geometry.unmapBoxes([0, 0, 1, 1]), pixel_values.dims, words]
}
