/** What one source pixel is: its channels in memory order, 8 bits each. */
export type PixelFormat = 'gray8' | 'rgb8' | 'bgr8' | 'rgba8' | 'bgra8'

/** Which channels a tensor has, in this order. */
export type ChannelOrder = 'gray' | 'rgb' | 'bgr' | 'rgba' | 'bgra'

/** The type of one element of a tensor. */
export type Element = 'f32' | 'u8'

/** Where channels lie: innermost (`hwc`, interleaved) or outermost (`chw`, planes). */
export type Layout = 'hwc' | 'chw'

/** How a resized pixel is made. Each name is one library's result, to the bit. */
export type Filter = 'nearest' | 'nearest_exact' | 'nearest_floor' | 'bilinear'

/** A way to run: an instruction set. Each gives the same bytes. */
export type Level = 'scalar' | 'neon' | 'avx2' | 'avx512'

/** A number that is given when the pipeline is made: see {@link Values}. */
export type Later = '_' | null

/** What becomes of an alpha channel that the output has not. */
export interface Alpha {
  alpha: 'drop'
}

/**
 * `y = (x * scale - mean) / (std + eps)`, with a pixel value `x` of 0 to 255.
 *
 * `mean` and `std` are one number, or one for each channel of the *output*, in its order.
 */
export interface Normalize {
  /** 1/255 unless given. */
  scale?: number | Later | `${number}/${number}`
  /** 0 unless given. */
  mean?: number | readonly number[] | Later
  /** 1 unless given. */
  std?: number | readonly number[] | Later
  /** 0 unless given. */
  eps?: number | Later
}

/**
 * A pipeline as an object: one property for each clause, the arguments of a clause as an array.
 *
 * @example
 * new Pipeline({
 *   input: 'rgb8',
 *   resize: [240, 256, 'bilinear'],
 *   normalize: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
 *   output: ['rgb', 'f32', 'chw'],
 * })
 */
export interface Declaration<E extends Element = Element> {
  /** What a source image is. */
  input:
    | PixelFormat
    | readonly [PixelFormat, (Layout | Alpha)?]
    | readonly [PixelFormat, Layout, Alpha]
  /** Rows, columns and filter of the result; the image keeps its size without it. */
  resize?: readonly [rows: number | Later, columns: number | Later, filter: Filter]
  /** `true` divides by 255; without it, or with `false`, pixel values stay as they are. */
  normalize?: Normalize | boolean
  /** What the tensor is: planes (`chw`) unless `hwc` is given. */
  output: readonly [channels: ChannelOrder, element: E, layout?: Layout]
}

/** The numbers for the places that a declaration leaves open as `_`. */
export interface Values {
  rows?: number
  columns?: number
  scale?: number
  mean?: number | readonly number[]
  std?: number | readonly number[]
  eps?: number
}

/**
 * A source image in memory. A canvas `ImageData` is one, and so is what sharp gives: `{ data, ...info }`.
 *
 * Buffers of a `SharedArrayBuffer` are refused: other threads could write to them meanwhile.
 */
export interface Image {
  /** The pixels: interleaved, or plane after plane for `input(.., chw)`. A Buffer is a Uint8Array. */
  readonly data: Uint8Array | Uint8ClampedArray
  /** Columns. */
  readonly width: number
  /** Rows. */
  readonly height: number
  /** Channels of a pixel; only compared with those of the pipeline. */
  readonly channels?: number | null | undefined
  /** Bytes from the start of a row to the start of the next. Without it rows follow each other, and `data` ends with the last. */
  readonly stride?: number | null | undefined
}

/** What `data` of a tensor with these elements is. */
export type TensorData<E extends Element = Element> = E extends 'f32' ? Float32Array : Uint8Array

/** What can be given as `out` for a tensor with these elements. */
export type Out<E extends Element = Element> = E extends 'f32' ? Float32Array : Uint8Array | Uint8ClampedArray

/** Options of `runSync` and `batchSync`. */
export interface Options<E extends Element = Element> {
  /** Where the tensor goes, a typed array of its exact length; a new one is made without it. */
  readonly out?: Out<E> | null | undefined
}

/** Options of `run`. */
export interface RunOptions<E extends Element = Element> extends Options<E> {
  /** Whether the image's buffer may be taken instead of copied. */
  readonly transfer?: boolean | undefined
}

/** A tensor: its elements, the last dimension innermost, and its shape. */
export interface Tensor<D = TensorData> {
  data: D
  /** `[channels, rows, columns]` for `chw`, `[rows, columns, channels]` for `hwc`; a batch has its count in front. */
  dims: number[]
}

/**
 * A preprocessing pipeline, ready to run. It is immutable. A worker gets one by its `spec`.
 *
 * Each error about an argument is an `Error` with `code` `'InvalidArg'`. Its message names the clause or argument, what
 * it was and what was expected; no element of `out` has been written then.
 */
export interface Pipeline<E extends Element = Element> {
  /** The canonical text of the declaration, which makes an equal pipeline. */
  readonly spec: string
  /** The type of the tensor's elements. */
  readonly element: E
  /** The level it runs on: the best of this CPU, or the one of the environment variable `PIXFUSE_LEVEL`. */
  readonly level: Level

  /** What it does, for people: the text, the plan slot by slot, and which kernel runs it on which level. */
  explain(): string

  /**
   * The shape of the tensor for a source of this size.
   *
   * @example
   * new Pipeline('input(rgb8), output(rgb, f32, chw)').outputShape(480, 640) // [3, 480, 640]
   */
  outputShape(rows: number, columns: number): [number, number, number]

  /**
   * Runs on this thread. With `out`, a typed array of the tensor's exact length, nothing large is allocated.
   *
   * @example
   * const { data, dims } = pipe.runSync({ data: bytes, width: 768, height: 576 })
   */
  runSync<O extends Out<E>>(image: Image, options: { readonly out: O }): Tensor<O>
  runSync(image: Image, options?: Options<E> | null): Tensor<TensorData<E>>

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
  run<O extends Out<E>>(image: Image, options: { readonly out: O; readonly transfer?: boolean }): Promise<Tensor<O>>
  run(image: Image, options?: RunOptions<E> | null): Promise<Tensor<TensorData<E>>>

  /**
   * Runs over images of any sizes into one block, in their order.
   *
   * @example
   * const { data, dims } = pipe.batchSync([first, second]) // dims [2, 3, 240, 256]
   */
  batchSync<O extends Out<E>>(images: Iterable<Image>, options: { readonly out: O }): Tensor<O>
  batchSync(images: Iterable<Image>, options?: Options<E> | null): Tensor<TensorData<E>>

  /** The same as `spec`. */
  toString(): string

  /** The same as `spec`, from which `new Pipeline(JSON.parse(text))` makes an equal pipeline. */
  toJSON(): string
}

/** The element type that a text says, where TypeScript knows the text. */
export type ElementOf<Text extends string> = Text extends `${string}output(${infer Arguments})${string}`
  ? Arguments extends `${string}f32${string}`
    ? 'f32'
    : Arguments extends `${string}u8${string}`
      ? 'u8'
      : Element
  : Element

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
  /** An image read with OpenCV, stretched to 224 x 224 by `cv2.resize`, normalised with the ImageNet constants, as RGB. */
  readonly opencvImagenet: Pipeline<'f32'>
  /** Pixels to planes of 0 to 1 without a resize: `torchvision.transforms.ToTensor` up to rounding of the division. */
  readonly unitPlanes: Pipeline<'f32'>
}

export type PresetName = Exclude<keyof Presets, 'names' | 'get'>

export const presets: Presets

/** The levels that this CPU has, the slowest first. */
export function levels(): Level[]

/** The version of this package. */
export const version: string

declare const pixfuse: {
  readonly Pipeline: PipelineConstructor
  readonly presets: Presets
  readonly levels: typeof levels
  readonly version: string
}
export default pixfuse
