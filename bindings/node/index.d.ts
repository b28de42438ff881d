import type { Declaration, Element, Level, Orient, Sampling, Values } from './declaration'
import type { BatchTensor, DecodeBatchOptions, DecodeOptions, DraftOptions, FileSource, GoesOn, Header } from './files'
import type { Geometry, GeometryConstructor } from './geometry'
import type { Processor } from './processor'

export * from './declaration'
export * from './files'
export * from './geometry'
export * from './processor'
export * from './video'

/**
 * A source image in memory. A canvas `ImageData` is one, and so is what sharp gives: `{ data, ...info }`.
 *
 * An image does not say in which order its channels are: they are taken in that of `input(...)`. What sharp, a canvas and
 * other packages of Node.js give is red, green, blue; a pipeline that reads `bgr8`, as {@link Presets.yolo} does, is made
 * for them by `pipe.with({ input: 'rgb8' })`. Files need no such thing: `decode` gives what `input` reads.
 *
 * Buffers of a `SharedArrayBuffer` are refused: other threads could write to them meanwhile.
 */
export type Image = PixelImage | PlanarImage

/** An image in one typed array. */
export interface PixelImage {
  /**
   * The pixels: interleaved, or plane after plane for `input(.., chw)`, luma and chroma after each other. A Buffer is a
   * Uint8Array. Formats of 16 bits are a Uint16Array, those of f32 a Float32Array.
   */
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array | Float32Array
  /** Columns. */
  readonly width: number
  /** Rows. */
  readonly height: number
  /** Channels of a pixel; only compared with those of the pipeline. */
  readonly channels?: number | null | undefined
  /** Bytes from the start of a row to the start of the next. Without it rows follow each other, and `data` ends with the last. */
  readonly stride?: number | null | undefined
}

/** Planes of luma and chroma that lie apart, each with rows of its own stride. */
export interface PlanarImage {
  /** Luma and pairs of chroma for `nv12` and `nv21`; luma, U and V for `i420`. */
  readonly planes: readonly Plane[]
  /** Columns. */
  readonly width: number
  /** Rows. */
  readonly height: number
}

/** One plane of a {@link PlanarImage}. */
export interface Plane {
  readonly data: Uint8Array | Uint8ClampedArray
  /** Bytes from the start of a row to the start of the next; without gaps unless given. */
  readonly stride?: number | null | undefined
}

/** A Float16Array where the engine has it, or the bits of 16-bit floats. */
export type Float16Data = Uint16Array | (typeof globalThis extends { Float16Array: { prototype: infer A } } ? A : never)

/** What `data` of a tensor with these elements is. `bf16` is the bits of bfloat16. */
export type TensorData<E extends Element = Element> = E extends 'f32'
  ? Float32Array
  : E extends 'f16'
    ? Float16Data
    : E extends 'bf16'
      ? Uint16Array
      : E extends 'i8'
        ? Int8Array
        : Uint8Array

/** What can be given as `out` for a tensor with these elements. */
export type Out<E extends Element = Element> = E extends 'u8' ? Uint8Array | Uint8ClampedArray : TensorData<E>

/** What `out` can be: an array, or a function that gives one for the shape of the tensor and the type of its elements. */
export type OutOption<O, E extends Element = Element> = O | ((shape: number[], type: E) => O)

/** How an image is turned, instead of as `input` says. */
export interface OrientOptions {
  /**
   * A value of the EXIF tag `Orientation`, `'stored'` for 1 (not turned), or, of a file, `'exif'`: as its own note says,
   * which is what `decode` does unless it is told otherwise. Pixels have no note: sharp's are as they are stored unless
   * `.autoOrient()` was called, and `(await sharp(file).metadata()).orientation` is what to give for those.
   */
  readonly orient?: Orient | 'exif' | 'stored' | null | undefined
}

/** Options of everything that gives a tensor. */
export interface Options<E extends Element = Element> {
  /**
   * Where the tensor goes, a typed array of its exact length; a new one is made without it.
   *
   * Or a function that gives such an array: it is called once, when images or headers of files have been looked at and before
   * anything is written, with shape and element type, and what it throws is thrown. With a promise it is called before that is
   * returned (by `decode`, when files are read), and its array is filled when the work is done, as any `out`.
   */
  readonly out?: OutOption<Out<E>, E> | null | undefined
}

/** Options of `batchSync`. */
export interface BatchSyncOptions<E extends Element = Element> extends Options<E> {
  /**
   * How many threads work on the images, from 1 (unless given) to 1024: this one and others, which all pipelines share.
   * The bytes are the same for any number; more than there are cores gain nothing.
   */
  readonly threads?: number | null | undefined
}

/** Options of `batch`. */
export interface BatchOptions<E extends Element = Element> extends BatchSyncOptions<E> {
  /** Whether the images' buffers may be taken instead of copied. */
  readonly transfer?: boolean | undefined
}

/** Options of `runSync`. */
export interface RunSyncOptions<E extends Element = Element> extends Options<E>, OrientOptions {
  /** How many threads share the rows of the result; 1 unless given, as for batches. */
  readonly threads?: number | null | undefined
}

/** Options of `run`. */
export interface RunOptions<E extends Element = Element> extends RunSyncOptions<E> {
  /** Whether the image's buffer may be taken instead of copied. */
  readonly transfer?: boolean | undefined
}

/** A tensor: its elements, the last dimension innermost, and its shape. */
export interface Tensor<D = TensorData> {
  data: D
  /** `[channels, rows, columns]` for `chw`, `[rows, columns, channels]` for `hwc`, tiles and batches with their count in front; `[patches, elements]`. */
  dims: number[]
}

/** The patches or tiles of several images, one image behind another. */
export interface Concatenated<Data> extends Tensor<Data> {
  /** Where each image's begin, and their number. */
  offsets: number[]
}

/** Several images in frames of the largest. */
export interface Padded<Data> extends Tensor<Data> {
  /** 1 where images are: `[images, patches]`, `[images, tiles]` or `[images, rows, columns]`. */
  mask: Tensor<Uint8Array>
}

/**
 * A preprocessing pipeline, ready to run. It is immutable. A worker gets one by its `spec`: a structured clone of it is an
 * error. Its functions may be passed on: `files.map(pipe.decodeSync)`. An option that a function does not know is an error.
 *
 * Each error about an argument is an `Error` with `code` `'InvalidArg'`, one about a file has a {@link FileErrorCode}, one about a declaration `mistakes`, each a
 * {@link Mistake}. Its message names the clause or argument, what it was and what was expected; no element of `out` has been written then.
 */
export interface Pipeline<E extends Element = Element> {
  /** The canonical text of the declaration, which makes an equal pipeline. */
  readonly spec: string
  /** The type of the tensor's elements. */
  readonly element: E
  /** The level it runs on: the best of this CPU, or the one of the environment variable `PIXFUSE_LEVEL`. */
  readonly level: Level
  /** The clauses in the order of work: for each name what stands between its brackets. */
  readonly clauses: Readonly<Record<string, string>>
  /** Rows and columns of the image that the tensor holds, of a tile where it holds tiles; not there where they follow from the source. */
  readonly size: [rows: number, columns: number] | undefined
  /** How pixels are resampled, with its options; not there where the image keeps its size. */
  readonly filter: string | undefined
  /** `mean` of `normalize`, one for each channel of the output; not there without it. */
  readonly mean: number[] | undefined
  /** `std` of `normalize`, as `mean`. */
  readonly std: number[] | undefined
  /** The factor of `normalize` on pixel values; not there without it. */
  readonly scale: number | undefined

  /**
   * The same pipeline with other clauses: for images of other channels, another size or element type. Each takes the place
   * of the whole clause of its name, or is added; `false` or null leaves one out. Or with other {@link Parts} of clauses, and
   * all else as it is.
   *
   * @example
   * presets.yolo.with({ input: 'rgb8', size: 320 }).runSync({ data, ...info })
   */
  with<F extends Element = E>(clauses: Replacement<F>): Pipeline<F>

  /**
   * The picture that the tensor of an image or a file stands for, as the bytes of a PNG file: what the model sees. Pixels are
   * as the filter gives them, before `normalize`; tiles stand side by side with the thumbnail beside them, and patches apart.
   *
   * @example
   * writeFileSync('seen.png', pipe.previewSync('photo.jpg', { boxes: [[10, 20, 200, 240]] }))
   */
  previewSync(image: Image | FileSource, options?: PreviewOptions | null): Uint8Array

  /**
   * What it does, for people: the text, the plan slot by slot, which kernel runs it on which level, and which decoders
   * `decode` uses.
   */
  explain(): string

  /**
   * The shape of the tensor for a source of this size.
   *
   * @example
   * new Pipeline('input(rgb8), output(rgb, f32, chw)').outputShape(480, 640) // [3, 480, 640]
   */
  outputShape(rows: number, columns: number, options?: OrientOptions | null): number[]

  /**
   * Where a run over a source of this size puts things, to take places in it to the tensor and back.
   *
   * The size is that of the image as it is stored; places are those of the turned image, the one that people draw on.
   */
  geometry(rows: number, columns: number, options?: OrientOptions | null): Geometry

  /**
   * Runs on this thread. With `out`, a typed array of the tensor's exact length, nothing large is allocated.
   *
   * @example
   * const { data, dims } = pipe.runSync({ data: bytes, width: 768, height: 576 })
   */
  runSync<O extends Out<E>>(image: Image, options: OrientOptions & { readonly out: OutOption<O, E> }): Tensor<O>
  runSync(image: Image, options?: RunSyncOptions<E> | null): Tensor<TensorData<E>>

  /**
   * Runs on a thread of Node.js's pool (its size is `UV_THREADPOOL_SIZE`).
   *
   * The image is copied before the promise is returned, so its buffer is yours again at once: change it, transfer it.
   * The copy can take this thread longer than `runSync` would: filters read only the pixels that they need, and small
   * images are done in a microsecond, of which the way to another thread takes twenty. With `transfer` the buffer is
   * taken instead of copied, whatever its size, and `data` and every other view of it are empty from then on. A buffer
   * that Node.js does not let go (sharp's, the pool of small Buffers) is copied all the same.
   *
   * `out` is filled when the work is done; the promise is rejected if it was detached or shrunk in the meantime.
   *
   * @example
   * const tensors = await Promise.all(images.map(image => pipe.run(image, { transfer: true })))
   */
  run<O extends Out<E>>(
    image: Image,
    options: OrientOptions & { readonly out: OutOption<O, E>; readonly transfer?: boolean },
  ): Promise<Tensor<O>>
  run(image: Image, options?: RunOptions<E> | null): Promise<Tensor<TensorData<E>>>

  /**
   * Runs over images of any sizes into one block, in their order.
   *
   * @example
   * const { data, dims } = pipe.batchSync([first, second]) // dims [2, 3, 240, 256]
   */
  batchSync<O extends Out<E>>(images: Iterable<Image>, options: BatchSyncOptions<E> & { readonly out: OutOption<O, E> }): Tensor<O>
  batchSync(images: Iterable<Image>, options?: BatchSyncOptions<E> | null): Tensor<TensorData<E>>

  /**
   * As `batchSync`, on a thread of Node.js's pool and `threads - 1` others. Buffers are copied or taken as by `run`; with
   * `transfer` all images that lie in one buffer are taken with it.
   *
   * @example
   * const { data, dims } = await pipe.batch(images, { threads: 2, transfer: true })
   */
  batch<O extends Out<E>>(images: Iterable<Image>, options: BatchOptions<E> & { readonly out: OutOption<O, E> }): Promise<Tensor<O>>
  batch(images: Iterable<Image>, options?: BatchOptions<E> | null): Promise<Tensor<TensorData<E>>>

  /**
   * Runs over images of any sizes into one block of all their patches or tiles, one image behind another. Whole images are
   * refused, which `padSync` and `batchSync` make one block of. `geometry(..).patches` and `.tiles` are the grids.
   *
   * @example
   * const pipe = new Pipeline('input(rgb8), output(rgb, f32), patches(14, merge = 2)')
   * const { data, dims, offsets } = pipe.concatSync([first, second]) // dims [24, 588], offsets [0, 8, 24]
   */
  concatSync<O extends Out<E>>(images: Iterable<Image>, options: BatchSyncOptions<E> & { readonly out: OutOption<O, E> }): Concatenated<O>
  concatSync(images: Iterable<Image>, options?: BatchSyncOptions<E> | null): Concatenated<TensorData<E>>

  /** As `concatSync`, on other threads, as `batch`. */
  concat<O extends Out<E>>(images: Iterable<Image>, options: BatchOptions<E> & { readonly out: OutOption<O, E> }): Promise<Concatenated<O>>
  concat(images: Iterable<Image>, options?: BatchOptions<E> | null): Promise<Concatenated<TensorData<E>>>

  /**
   * Runs over images of any sizes into one block in which each is as large as the largest. What is added is zeros, behind
   * the last patch or tile, below and to the right of a whole image.
   *
   * @example
   * const { data, dims, mask } = pipe.padSync([first, second]) // dims [2, 3, 640, 800], mask.dims [2, 640, 800]
   */
  padSync<O extends Out<E>>(images: Iterable<Image>, options: BatchSyncOptions<E> & { readonly out: OutOption<O, E> }): Padded<O>
  padSync(images: Iterable<Image>, options?: BatchSyncOptions<E> | null): Padded<TensorData<E>>

  /** As `padSync`, on other threads, as `batch`. */
  pad<O extends Out<E>>(images: Iterable<Image>, options: BatchOptions<E> & { readonly out: OutOption<O, E> }): Promise<Padded<O>>
  pad(images: Iterable<Image>, options?: BatchOptions<E> | null): Promise<Padded<TensorData<E>>>

  /**
   * Decodes a JPEG, PNG, WebP, GIF, BMP or TIFF file and runs over it, on this thread.
   *
   * The image is turned as its EXIF note says; without one as `input` says; `orient` overrides both (`run` turns nothing of itself). The pixels are those
   * that Pillow decodes, in the channels of `input`: a gray file gives colours too, an opaque one alpha 255. A file with
   * alpha needs `rgba8`, or `input(rgba8, alpha = drop)`, which reads every file. {@link decoders} names the decoders.
   *
   * @example
   * const { data, dims } = pipe.decodeSync(readFileSync('photo.jpg'))
   */
  decodeSync<O extends Out<E>>(data: FileSource, options: DecodeOptions<E> & { readonly out: OutOption<O, E> }): Tensor<O>
  decodeSync(data: FileSource, options?: DecodeOptions<E> | null): Tensor<TensorData<E>>

  /**
   * As `decodeSync`, on a thread of Node.js's pool, and also of a Blob. Bytes are copied before the promise is returned.
   * `out` is filled when the work is done.
   */
  decode<O extends Out<E>>(data: FileSource | Blob, options: DecodeOptions<E> & { readonly out: OutOption<O, E> }): Promise<Tensor<O>>
  decode(data: FileSource | Blob, options?: DecodeOptions<E> | null): Promise<Tensor<TensorData<E>>>

  /**
   * Decodes files and runs over them, into one block, in their order. An error names the file by its number, and has it as
   * `index`.
   *
   * @example
   * const { data, dims, failures } = pipe.decodeBatchSync(paths, { onError: 'skip', threads: 2 })
   */
  decodeBatchSync<O extends Out<E>>(
    files: Iterable<FileSource | null | undefined>,
    options: DecodeBatchOptions<E> & GoesOn & { readonly out: OutOption<O, E> },
  ): BatchTensor<O>
  decodeBatchSync(
    files: Iterable<FileSource | null | undefined>,
    options: DecodeBatchOptions<E> & GoesOn,
  ): BatchTensor<TensorData<E>>
  decodeBatchSync<O extends Out<E>>(
    files: Iterable<FileSource>,
    options: DecodeBatchOptions<E> & { readonly out: OutOption<O, E> },
  ): Tensor<O>
  decodeBatchSync(files: Iterable<FileSource>, options?: DecodeBatchOptions<E> | null): Tensor<TensorData<E>>

  /**
   * As `decodeBatchSync`, on a thread of Node.js's pool and, with `threads`, on others too; and also of Blobs. Bytes are
   * copied before the promise is returned, but where other files of the batch have to be read first.
   */
  decodeBatch<O extends Out<E>>(
    files: Iterable<FileSource | Blob | null | undefined>,
    options: DecodeBatchOptions<E> & GoesOn & { readonly out: OutOption<O, E> },
  ): Promise<BatchTensor<O>>
  decodeBatch(
    files: Iterable<FileSource | Blob | null | undefined>,
    options: DecodeBatchOptions<E> & GoesOn,
  ): Promise<BatchTensor<TensorData<E>>>
  decodeBatch<O extends Out<E>>(
    files: Iterable<FileSource | Blob>,
    options: DecodeBatchOptions<E> & { readonly out: OutOption<O, E> },
  ): Promise<Tensor<O>>
  decodeBatch(
    files: Iterable<FileSource | Blob>,
    options?: DecodeBatchOptions<E> | null,
  ): Promise<Tensor<TensorData<E>>>

  /**
   * Decodes files batch by batch: what `decodeBatch` gives of `size` files at a time, the last perhaps of fewer. What is done
   * can be shown, and no more than one batch is in memory. Files are taken as batches are asked for; numbers of files are
   * those in their batch.
   *
   * @example
   * for await (const { data, dims } of pipe.decodeBatches(paths, 64, { threads: 2 })) console.log(done += dims[0])
   */
  decodeBatches(
    files: Iterable<FileSource | Blob | null | undefined> | AsyncIterable<FileSource | Blob | null | undefined>,
    size: number,
    options: DecodeBatchOptions<E> & GoesOn,
  ): AsyncGenerator<BatchTensor<TensorData<E>>, void, undefined>
  decodeBatches(
    files: Iterable<FileSource | Blob> | AsyncIterable<FileSource | Blob>,
    size: number,
    options?: DecodeBatchOptions<E> | null,
  ): AsyncGenerator<Tensor<TensorData<E>>, void, undefined>

  /** Where `decode` puts things of this file: as `geometry`, for the turned image. Only the header is read. */
  decodeGeometry(data: FileSource, options?: (OrientOptions & DraftOptions) | null): Geometry

  /** The same as `spec`. */
  toString(): string

  /** The same as `spec`, from which `new Pipeline(JSON.parse(text))` makes an equal pipeline. */
  toJSON(): string
}

/** The element type that a text says, where TypeScript knows the text. */
export type ElementOf<Text extends string> = Text extends `${string}output(${infer Arguments})${string}`
  ? Arguments extends `${string}f32${string}`
    ? 'f32'
    : Arguments extends `${string}bf16${string}`
      ? 'bf16'
      : Arguments extends `${string}f16${string}`
        ? 'f16'
        : Arguments extends `${string}i8${string}`
          ? 'i8'
          : Arguments extends `${string}u8${string}`
            ? 'u8'
            : Element
  : Element

/** Options of `previewSync`. */
export interface PreviewOptions extends OrientOptions {
  /** Boxes in the image, `[x1, y1, x2, y2]`: their edges are drawn where `geometry` puts them. */
  readonly boxes?: readonly (readonly number[])[] | Float64Array | undefined
}

/** Parts of clauses, for {@link Pipeline.with}. */
export interface Parts<E extends Element = Element> {
  /** The side of the tensor's image, or its rows and columns; refused where it does not follow from one size. */
  readonly size?: number | readonly [rows: number, columns: number]
  /** How pixels are resampled: `'bicubic, antialias'`, or a list as in a clause. */
  readonly filter?: string | readonly (string | Sampling)[]
  readonly mean?: number | readonly number[]
  readonly std?: number | readonly number[]
  readonly scale?: number
  readonly eps?: number
  readonly element?: E
}

/** Clauses that take the place of others, and parts of them. */
export type Replacement<E extends Element = Element> = Parts<E> & {
  readonly [Clause in keyof Declaration<E>]?: Declaration<E>[Clause] | (Clause extends 'input' | 'output' ? never : false | null)
}

export interface PipelineConstructor {
  /**
   * A pipeline from its text, with numbers for the places written `_`.
   *
   * @example
   * new Pipeline('input(rgb8), resize(_, _, bilinear), normalize(), output(rgb, f32, chw)', { rows: 240, columns: 256 })
   */
  new <Text extends string>(text: Text, values?: Values | null): Pipeline<ElementOf<Text>>
  /** A pipeline from an object with a property for each clause. */
  new <E extends Element>(declaration: Declaration<E>, values?: Values | null): Pipeline<E>
  readonly prototype: Pipeline
}

export const Pipeline: PipelineConstructor

/** Pipelines that people use, by name. Each is made when it is first read. */
export interface Presets {
  /** The names of the presets. */
  names(): PresetName[]
  /** The preset with this name. */
  get<N extends PresetName>(name: N): Presets[N]
  /** Nearest neighbour as a hand-written loop does it: index `floor(d * (S / D))`, then `(x / 255 - mean) / (std + 1e-5)`. */
  readonly handWrittenLoop: Pipeline<'f32'>
  /** torchvision's `ImageClassification` transform, as most of its weights name it, on a PIL image. */
  readonly imagenet: Pipeline<'f32'>
  /** timm's default evaluation transform: `crop_pct = 0.875`, bicubic. */
  readonly timm: Pipeline<'f32'>
  /**
   * The transform of openai/CLIP and open_clip at 224 pixels: torchvision on a PIL image. `clipPil` crops a row or column
   * beside it where the margin is odd.
   */
  readonly openClip: Pipeline<'f32'>
  /** transformers' `CLIPImageProcessor` at 224 pixels, its default, which resizes with torch. */
  readonly clipTorch: Pipeline<'f32'>
  /** transformers' `CLIPImageProcessorPil` at 224 pixels; up to 0.015 from `clipTorch`. */
  readonly clipPil: Pipeline<'f32'>
  /** transformers' `SiglipImageProcessor` at 224 pixels, its default, which resizes with torch. */
  readonly siglipTorch: Pipeline<'f32'>
  /** transformers' `SiglipImageProcessorPil` at 224 pixels; up to 0.008 from `siglipTorch`. */
  readonly siglipPil: Pipeline<'f32'>
  /** transformers' `BitImageProcessor` with DINOv2's config, its default, which resizes with torch. */
  readonly dinov2Torch: Pipeline<'f32'>
  /** transformers' `BitImageProcessorPil` with DINOv2's config; up to 0.035 from `dinov2Torch`. */
  readonly dinov2Pil: Pipeline<'f32'>
  /**
   * Ultralytics' letterbox to 640 x 640 of an image read with OpenCV, whose channels are blue, green, red, as RGB from 0 to
   * 1. For RGB, as sharp gives it: `presets.yolo.with({ input: 'rgb8' })`.
   */
  readonly yolo: Pipeline<'f32'>
  /**
   * YOLOX' letterbox to 640 x 640 of an image read with OpenCV, whose channels are blue, green, red: content at the top
   * left, BGR from 0 to 255. For RGB: `presets.yolox.with({ input: 'rgb8' })`.
   */
  readonly yolox: Pipeline<'f32'>
  /** Pixels to planes of 0 to 1 without a resize: `torchvision.transforms.ToTensor`. */
  readonly toTensor: Pipeline<'f32'>
}

export type PresetName = Exclude<keyof Presets, 'names' | 'get'>

export const presets: Presets

/** Which decoder reads which files, for people: what to name in a bug report. */
export function decoders(): string

/** All that a declaration can say, in Markdown: the reference of the language. */
export const language: string

/**
 * Reads the header of a file, and no pixels. Of a Blob give `await blob.arrayBuffer()`.
 *
 * @example
 * const { stored, orientation } = probe('photo.jpg')
 * pipe.geometry(...stored, { orient: orientation }) // what decodeGeometry gives
 */
export function probe(data: FileSource): Header

/** The levels that this CPU has, the slowest first. */
export function levels(): Level[]

/** The version of this package. */
export const version: string
