// Never run: the compiler reads it. Everything that `index.d.ts` declares is used once, with the types that come out.

import pixfuse, { Geometry, Pipeline, decoders, levels, presets, probe, version } from 'pixfuse'
import type {
  BatchTensor, Header,
  Box, Declaration, ElementOf, Float16Data, GeometryNumbers, Image, Level, Matrix, Mistake, Options, Point, PresetName, RunOptions, Tensor, Values,
} from 'pixfuse'

/** Accepts nothing but exactly this type. */
function exactly<Expected>() {
  return <Actual,>(_: Actual, ..._same: Same<Expected, Actual> extends true ? [] : [never]) => {}
}
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false

const image: Image = { data: new Uint8Array(12), width: 2, height: 2, channels: 3, stride: 6 }
const values: Values = { rows: 1, columns: 2, scale: 1, mean: [1, 2, 3], std: 1, eps: 0 }

const floats = new Pipeline('input(rgb8), resize(_, _, bilinear), output(rgb, f32, chw)', values)
exactly<Pipeline<'f32'>>()(floats)
exactly<Tensor<Float32Array>>()(floats.runSync(image))
exactly<number[]>()(floats.runSync(image).dims)
exactly<'f32'>()(floats.element)
exactly<Level>()(floats.level)
exactly<string>()(floats.spec + floats.explain() + floats.toString() + floats.toJSON())
exactly<number[]>()(floats.outputShape(2, 2))
exactly<Promise<Tensor<Float32Array>>>()(floats.run(image, null))
exactly<Pipeline<'f32'>>()(floats.with({ input: 'rgb8' }))
exactly<Pipeline<'f32'>>()(floats.with({ resize: [384, 384, 'bicubic', 'antialias'], normalize: false, pad: null }))
exactly<Pipeline<'f16'>>()(floats.with<'f16'>({ output: ['rgb', 'f16', 'chw'] }))
exactly<Tensor<Float32Array>[]>()([image].map(image => floats.runSync(image, { threads: 2 })))
exactly<GeometryNumbers>()(floats.geometry(2, 2).toJSON())
exactly<Geometry>()(Geometry.from(floats.geometry(2, 2)))
exactly<boolean>()(Geometry.from(floats.geometry(2, 2).toJSON()).equals(floats.geometry(2, 2)))
// @ts-expect-error: an input cannot be left out
floats.with({ input: false })
// @ts-expect-error: no such clause
floats.with({ normalise: true })
exactly<Tensor<Float32Array>>()(floats.batchSync([image, { data: Buffer.alloc(12), width: 2, height: 2 }]))
exactly<Tensor<Float32Array<ArrayBuffer>>>()(floats.runSync(image, { out: new Float32Array(12) }))
exactly<Promise<Tensor<Float32Array<ArrayBuffer>>>>()(floats.run(image, { out: new Float32Array(12) }))
exactly<Tensor<Float32Array<ArrayBuffer>>>()(floats.batchSync(new Set([image]), { out: new Float32Array(12), threads: 2 }))
exactly<Promise<Tensor<Float32Array>>>()(floats.batch([image], { threads: 2, transfer: true }))
exactly<Promise<Tensor<Float32Array<ArrayBuffer>>>>()(floats.batch(new Set([image]), { out: new Float32Array(12) }))

exactly<Promise<Tensor<Float32Array<ArrayBuffer>>>>()(floats.run(image, { out: new Float32Array(12), transfer: true }))
exactly<Tensor<Float32Array<ArrayBuffer>>>()(floats.runSync(image, { out: (shape: number[], type: 'f32') => new Float32Array(shape.length + type.length) }))
exactly<Promise<Tensor<Float32Array<ArrayBuffer>>>>()(floats.batch([image], { out: shape => new Float32Array(shape.length) }))
const options: RunOptions<'f32'> = { transfer: true, out: null }
exactly<Promise<Tensor<Float32Array>>>()(floats.run(image, options))
const given: Options<'f32'> = { out: undefined }
exactly<Tensor<Float32Array>>()(floats.runSync(image, given))

const bytes = new Pipeline('input(rgb8), output(rgb, u8, hwc)')
exactly<Pipeline<'u8'>>()(bytes)
exactly<Uint8Array>()(bytes.runSync(image, {}).data)
exactly<Uint8ClampedArray<ArrayBuffer>>()(bytes.runSync(image, { out: new Uint8ClampedArray(12) }).data)
exactly<Buffer<ArrayBuffer>>()(bytes.runSync(image, { out: Buffer.alloc(12) }).data)

exactly<Tensor<Float32Array>>()(floats.decodeSync(Buffer.alloc(3), { orient: 6, maxPixels: 100, maxSide: 9 }))
exactly<Tensor<Float32Array<ArrayBuffer>>>()(floats.decodeSync(new Uint8Array(3), { orient: 6, out: new Float32Array(12) }))
exactly<Promise<Tensor<Float32Array>>>()(floats.decode(new Uint8Array(3)))
exactly<Promise<Tensor<Uint8Array<ArrayBuffer>>>>()(bytes.decode(new Uint8Array(3), { out: new Uint8Array(12) }))
exactly<Tensor<Uint8Array>>()(bytes.decodeBatchSync(new Set([Buffer.alloc(3)]), { threads: 2, maxPixels: null }))
exactly<Tensor<Uint8Array<ArrayBuffer>>>()(bytes.decodeBatchSync([], { out: new Uint8Array(12), orient: 1 }))
exactly<Tensor<Uint8Array>>()(bytes.decodeSync('photo.jpg'))
exactly<Tensor<Uint8Array>>()(bytes.decodeSync(new URL('file:///photo.jpg')))
exactly<Promise<Tensor<Uint8Array>>>()(bytes.decode(new Blob([])))
exactly<BatchTensor<Uint8Array>>()(bytes.decodeBatchSync([new ArrayBuffer(3), null, 'a.jpg'], { onError: 'fill', fill: 7 }))
exactly<Promise<BatchTensor<Uint8Array<ArrayBuffer>>>>()(bytes.decodeBatch([new Blob([])], { onError: 'skip', out: new Uint8Array(12) }))
exactly<Promise<Tensor<Uint8Array>>>()(bytes.decodeBatch(['a.jpg'], { onError: 'raise', threads: 2 }))
exactly<Header>()(probe('photo.jpg'))
const { stored, orientation } = probe(Buffer.alloc(3))
exactly<Geometry>()(floats.geometry(...stored, { orient: orientation }))
exactly<Geometry>()(floats.decodeGeometry(Buffer.alloc(3), { orient: 3 }))
exactly<Geometry>()(floats.geometry(1, 2, { orient: 8 }))
exactly<number[]>()(floats.outputShape(1, 2, { orient: 8 }))
exactly<Tensor<Float32Array>>()(floats.runSync(image, { orient: 2 }))
exactly<string>()(decoders() + pixfuse.decoders())
new Pipeline({ input: ['rgb8', { orient: 6 }], output: ['rgb', 'u8'] })
new Pipeline({ input: ['rgba8', 'chw', { alpha: 'drop', orient: 6 }], output: ['rgb', 'u8'] })
new Pipeline({ input: ['rgb8', 1080, 1920], output: ['rgb', 'u8'] })
new Pipeline({ input: ['rgba8', 1080, 1920, 'chw', { alpha: 'drop' }], output: ['rgb', 'u8'] })

const halves = new Pipeline('input(nv12), normalize(), output(rgb, f16, chw)')
exactly<Pipeline<'f16'>>()(halves)
const planes = [{ data: new Uint8Array(4) }, { data: new Uint8Array(2), stride: 2 }]
exactly<Tensor<Uint16Array>>()(new Pipeline('input(i420), output(rgb, bf16)').runSync({ planes, width: 2, height: 2 }))
exactly<Tensor<Int8Array>>()(new Pipeline('input(gray16), output(gray, i8, hwc, scale = 2)').runSync(
  { data: new Uint16Array(4), width: 2, height: 2 },
))
halves.runSync({ planes, width: 2, height: 2 }, { out: new Uint16Array(12) })
new Pipeline({ input: ['nv12', { matrix: 'bt709', range: 'full' }], output: ['rgb', 'i8', { scale: '1/64', zeroPoint: 3 }] })
new Pipeline({ input: ['rgba8', { alpha: 'over', background: [1, 2, 3], gray: 'pillow' }], output: ['gray', 'f32'] })

const declaration: Declaration<'u8'> = {
  input: ['rgba8', 'chw', { alpha: 'drop' }],
  resize: [null, '_', 'nearest'],
  output: ['rgb', 'u8'],
}
exactly<Pipeline<'u8'>>()(new Pipeline(declaration, { rows: 1, columns: 1 }))
exactly<Pipeline<'f32'>>()(new Pipeline({ input: 'gray8', normalize: true, output: ['gray', 'f32', 'chw'] }))
exactly<Pipeline<'f32'>>()(new Pipeline({ input: ['bgr8'], normalize: { scale: '1/128', mean: 1, std: null }, output: ['rgb', 'f32'] }))

exactly<Pipeline<'u8'>>()(new Pipeline({
  input: 'bgr8',
  resize: [{ cover: [224, 240], rule: 'opencv' }, 'bilinear'],
  output: ['bgr', 'u8'],
}))
exactly<Pipeline<'u8'>>()(new Pipeline({
  input: 'bgr8',
  resize: [{ longest: 224, rounding: 'half_even' }, 'bilinear'],
  output: ['bgr', 'u8'],
}))

const framed = new Pipeline({
  input: 'rgb8',
  resize: [{ shortest: '_', max: 300 }, 'bicubic', 'antialias', { like: 'torch', precision: 'u8' }],
  centerCrop: ['_', null, { rounding: 'truncate', fill: [1, 2, 3] }],
  pad: [1, 2, 3, 4, { fill: 9 }],
  normalize: { order: 'torchvision_v2' },
  output: ['rgb', 'f32'],
}, { shortest: 256, cropRows: 224, cropColumns: 224 })
exactly<Pipeline<'f32'>>()(framed)
const boxed = { fill: 0, rule: 'yolox', stride: 32, scaleUp: false, pillow: 12 } as const
new Pipeline({ input: 'rgb8', letterbox: [640, null, 'lanczos', 'antialias', boxed], output: ['rgb', 'u8'] }, { columns: 640 })
new Pipeline({ input: 'rgb8', resize: [{ longest: null }, 'area'], crop: [0, 0, 1, 1], output: ['rgb', 'u8'] }, { longest: 9 })
new Pipeline({ input: 'rgb8', resize: [1, 2, 'box', 'antialias'], centerCrop: 224, output: ['rgb', 'u8'] })

const geometry = framed.geometry(480, 640)
exactly<Geometry>()(geometry)
exactly<Matrix>()(geometry.matrix)
exactly<Matrix>()(geometry.inverse)
exactly<readonly [rows: number, columns: number]>()(geometry.scale)
exactly<readonly [number, number, number, number]>()(geometry.sourceBox)
exactly<number>()(geometry.exactScale[0] + geometry.offset[1] + geometry.content[3])
exactly<number>()(geometry.source[0] + geometry.resized[1] + geometry.output[0])
exactly<Float64Array>()(geometry.unmapBoxes(new Float32Array(8)))
exactly<number[]>()(geometry.unmapBoxes([1, 2, 3, 4], { clip: false }))
exactly<Box[]>()(geometry.unmapBoxes([[1, 2, 3, 4]]))
exactly<Box[]>()(geometry.mapBoxes([new Float64Array(4)], null))
exactly<Point[]>()(geometry.mapPoints([[1, 2]], {}))
exactly<Float64Array>()(geometry.unmapPoints(new Int32Array(2), { clip: true }))

declare const text: string
exactly<Pipeline>()(new Pipeline(text))
exactly<Float32Array | Float16Data | Uint16Array | Int8Array | Uint8Array>()(new Pipeline(text).runSync(image).data)
exactly<'f32'>()('f32' as ElementOf<'input(rgb8), output(rgb, f32)'>)

exactly<PresetName[]>()(presets.names())
exactly<Pipeline<'f32'>>()(presets.get('toTensor'))
exactly<Pipeline<'f32'>>()(presets.handWrittenLoop)
const { imagenet, timm, openClip, clipTorch, clipPil, siglipTorch, siglipPil, dinov2Torch, dinov2Pil, yolo, yolox } = presets
for (const preset of [imagenet, timm, openClip, clipTorch, clipPil, siglipTorch, siglipPil, dinov2Torch, dinov2Pil, yolo, yolox]) exactly<Pipeline<'f32'>>()(preset)
exactly<Level[]>()(levels())
exactly<string>()(version)
exactly<typeof Pipeline>()(pixfuse.Pipeline)
exactly<typeof presets>()(pixfuse.presets)
exactly<Level[]>()(pixfuse.levels())
exactly<string>()(pixfuse.version)
if (floats instanceof Pipeline) exactly<Pipeline<'f32'>>()(floats)

// @ts-expect-error: a float tensor does not go into bytes
floats.runSync(image, { out: new Uint8Array(12) })
// @ts-expect-error: nor bytes into floats
bytes.runSync(image, { out: new Float32Array(12) })
// @ts-expect-error: a typed array is not an object of options
floats.runSync(image, new Float32Array(12))
// @ts-expect-error: EXIF has eight ways
floats.decodeSync(new Uint8Array(3), { orient: 9 })
// @ts-expect-error: a Blob gives its bytes later
floats.decodeSync(new Blob([]))
// @ts-expect-error: a null is a file that fails
floats.decodeBatchSync([null])
// @ts-expect-error: pixels are bytes, words or floats
floats.runSync({ data: new Float64Array(12), width: 2, height: 2 })
// @ts-expect-error: an image has a height
floats.runSync({ data: new Uint8Array(12), width: 2 })
// @ts-expect-error: no such filter
new Pipeline({ input: 'rgb8', resize: [1, 1, 'cubic'], output: ['rgb', 'u8'] })
// @ts-expect-error: no such clause
new Pipeline({ input: 'rgb8', blur: [1, 1], output: ['rgb', 'u8'] })
// @ts-expect-error: a letterbox has no roundings
new Pipeline({ input: 'rgb8', letterbox: [1, 1, 'bilinear', { rounding: 'floor' }], output: ['rgb', 'u8'] })
// @ts-expect-error: a place is not one number
geometry.mapPoints(1)
// @ts-expect-error: clipping is an option
geometry.unmapBoxes([1, 2, 3, 4], true)
// @ts-expect-error: no such number
new Pipeline('input(rgb8), output(rgb, u8)', { side: 1 })
// @ts-expect-error: a pipeline does not change
floats.spec = ''
// @ts-expect-error: no such preset
presets.get('opencvImagenet')

// What a program asks of an error.
const wrong: Mistake = { message: 'rows', kind: 'value', clause: 'resize', expected: { least: 1, most: 65535 } }
exactly<readonly string[] | { readonly least: number; readonly most: number } | undefined>()(wrong.expected)

// Parts of a pipeline, and what it shows.
exactly<[rows: number, columns: number] | undefined>()(presets.yolo.size)
exactly<Uint8Array>()(presets.yolo.previewSync('photo.jpg', { boxes: [[0, 0, 4, 4]] }))
exactly<Pipeline<'f16'>>()(presets.yolo.with({ size: [320, 640], mean: 0.5, element: 'f16' }))
async function batches() {
  for await (const { data } of presets.yolo.decodeBatches(['photo.jpg'], 2)) exactly<Float32Array>()(data)
}
void batches
