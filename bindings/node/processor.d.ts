import type { Orient } from './declaration'
import type { Geometry } from './geometry'
import type { Pipeline, PixelImage } from './index'

/** What a model's library returns under one name: a tensor. */
export interface NamedTensor {
  /** Elements: f32, bfloat16 by its bits, or pixels; 64-bit integers for masks, sizes and counts; 32-bit ones for masks of patches. */
  readonly data: Float32Array | Uint16Array | Uint8Array | BigInt64Array | Int32Array
  readonly dims: number[]
  /** `'bool'` where the bytes are true and false. */
  readonly type?: 'bool'
}

/** What a call of a {@link Processor} gives: the library's names. */
export interface Processed {
  readonly pixel_values: { readonly data: Float32Array | Uint16Array | Uint8Array; readonly dims: number[] }
  readonly [name: string]: NamedTensor | string[] | number[] | number[][] | boolean[][]
}

/** An image, an array of them, or an array of samples. */
export type Images = PixelImage | readonly PixelImage[] | readonly (readonly PixelImage[])[]

/**
 * What gives the array of a tensor of pixels, for its shape, the type of its elements (`'bf16'` as their bits) and its name.
 */
export type OutFunction = (
  shape: number[],
  type: 'f32' | 'bf16' | 'u8',
  name: string,
) => Float32Array | Uint16Array | Uint8Array | Uint8ClampedArray

/** Options of a call. Any other property is a keyword of the library's own class, and means what it means there. */
export interface ProcessorOptions {
  /** `'drop'` leaves alpha out of images of four channels; without it they are what the class makes of them. */
  readonly alpha?: 'drop'
  readonly orient?: Orient
  readonly maxPixels?: number
  readonly threads?: number
  /**
   * A function that gives the array of each tensor of pixels: it is called once for each, before that is written, and what it
   * throws is thrown. What is made beside the pixels, masks and sizes, is new. The functions that return a promise call it before
   * that is returned where the images are at hand, and fill the array image by image.
   */
  readonly out?: OutFunction | null | undefined
  readonly [keyword: string]: unknown
}

/** The config of a model as a function, bit for bit what its own library makes. */
export class Processor {
  private constructor()
  /**
   * Reads a config: an object, the text of one, or the path of a file or of a model's folder. `backend` says whose
   * filters a config of transformers means; other properties stand over the config's own keys.
   *
   * Throws for what is no config, for a class or a key that is not known, and for what pixfuse lacks: by name.
   */
  static fromConfig(
    source: string | object,
    options?: { readonly backend?: 'torch' | 'pil'; readonly [keyword: string]: unknown },
  ): Processor
  /** The declaration for an RGB image. */
  readonly declaration: string
  /** Whose bytes it gives: not always what was asked for, since some classes have one backend. */
  readonly backend: 'torch' | 'pil'
  readonly library: string
  /** The class that reads the config. */
  readonly className: string
  /** The names of what a call gives. */
  readonly outputs: string[]
  /** The other tensors that the class makes of the same image, each as a processor of that one alone. */
  readonly views: Processor[]
  /** Every key that the class takes, with its value here. */
  readonly config: Record<string, unknown>
  readonly notes: string[]
  explain(): string
  toString(): string
  /** The pipeline for images of these channels, or for files; of the first tensor where there are several. */
  pipeline(channels?: 'rgb' | 'gray' | 'alpha' | 'file'): Pipeline
  /**
   * Runs over an image or an array of them. In a class that takes several images a sample, an array is one sample, and an
   * array of arrays several: a sample of fewer images is filled up with zeros where the class does that.
   */
  runSync(images: Images, options?: ProcessorOptions): Processed
  run(images: Images, options?: ProcessorOptions): Promise<Processed>
  decodeSync(files: Uint8Array | readonly Uint8Array[], options?: ProcessorOptions): Processed
  decode(files: Uint8Array | Blob | readonly (Uint8Array | Blob)[], options?: ProcessorOptions): Promise<Processed>
  /**
   * How many patches, or tiles with their thumbnail, an image of this size becomes: 1 where it stays whole. Of the size
   * alone, as transformers' `get_number_of_image_patches`, or the tensor's own number where that differs. Throws where the class refuses an image of this size.
   */
  patches(height: number, width: number, options?: ProcessorOptions): number
  /**
   * Where an image of this size lies in the first tensor: maps boxes and points to it and back, through both resizes where the
   * class resizes an image twice. `views` have the others. Throws where the class refuses an image of this size, and where the
   * tensor holds windows of a canvas.
   */
  geometry(height: number, width: number, options?: ProcessorOptions): Geometry
  /**
   * How many tokens of a prompt it takes, as transformers' `_get_num_multimodal_tokens` counts them, with row breaks and tags:
   * of the model's processor, whose own numbers are those of processor_config.json. Throws where they are in the count and
   * were not given, and where nothing says how many a model makes.
   */
  tokens(height: number, width: number, options?: ProcessorOptions): number
  /**
   * A key of what `decode` makes of a file, for caches and routers: BLAKE3 of its stored bytes and of this config, as 64
   * hexadecimal digits, the same in every language. Nothing is decoded.
   */
  itemKey(file: Uint8Array, options?: ProcessorOptions): string
}
