import type { Element, Orient } from './declaration'
import type { Options, OrientOptions, Tensor, TensorData } from './index'

/** A file: its bytes, its path, or a `file:` URL. */
export type FileSource = Uint8Array | Uint8ClampedArray | ArrayBuffer | string | URL

/** Options of batches of files. */
export interface DecodeBatchOptions<E extends Element = Element> extends DecodeOptions<E> {
  /** How many threads share the work; 1 unless given. */
  readonly threads?: number | null | undefined
  /**
   * What becomes of the batch when a file fails, or is null: an error unless given; with `'fill'` its tensor has the value
   * `fill` in each element, with `'skip'` it has none, and those behind it move up. `out` has room for all files.
   */
  readonly onError?: 'raise' | 'fill' | 'skip' | null | undefined
  /** A number, for `onError: 'fill'`; a whole one of their range for elements of integers. */
  readonly fill?: number | null | undefined
}

/** Of a batch that goes on after files that fail. */
export interface GoesOn {
  readonly onError: 'fill' | 'skip'
}

/** A file that failed. */
export interface FileFailure {
  /** Its place in the list. */
  index: number
  /** Its path or URL, or the name of a `File`. */
  name: string | undefined
  /** One word that stays the same in later versions. */
  code: FileErrorCode
  /** What was wrong with it. */
  message: string
}

/** The `code` of an error about a file, and not about the call: other files may do. */
export type FileErrorCode =
  | 'missing'
  | 'unreadable'
  | 'unknown_format'
  | 'no_decoder'
  | 'truncated'
  | 'damaged'
  | 'unsupported'
  | 'too_large'
  | 'too_long'
  | 'colours'
  | 'size'

/** The block of a batch that goes on, and the files that are not in it. */
export interface BatchTensor<D = TensorData> extends Tensor<D> {
  failures: FileFailure[]
}

/** What a file says of itself before its pixels. Sizes are `[rows, columns]`. */
export interface Header {
  /** The last two in builds of one's own with the features `avif` and `heic`. */
  format: 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'BMP' | 'TIFF' | 'AVIF' | 'HEIC'
  /** The size as the pixels are stored. */
  stored: [rows: number, columns: number]
  /** The size when the image is turned as the file's note says. */
  shown: [rows: number, columns: number]
  /** 1 of gray, 3 of colours, one more with alpha; 4 of CMYK. Of a palette those of its entries. */
  channels: number
  /** Of a sample as stored; of an index into a palette where there is one. */
  bits: number
  /** Whether pixels have alpha: `input(rgba8)` reads them, `input(rgb8)` does not. */
  alpha: boolean
  /** Of an animation, or images in a TIFF file; the first one is decoded. */
  frames: number
  /** What the file's note says, as EXIF counts; absent without a note. */
  orientation?: Orient
}

/** At which size a file is decoded. */
export interface DraftOptions {
  /**
   * `[rows, columns]` that are enough: a JPEG file whose sides, as stored, are at least 2, 4 or 8 times as large is decoded
   * at half, a quarter or an eighth of its size, as by Pillow's `Image.draft`: faster, and not what a filter makes of the
   * whole image. Geometry is that of the whole image. Needs the decoder libjpeg-turbo.
   */
  readonly draft?: readonly [rows: number, columns: number] | null | undefined
}

/** Options of `decodeSync` and `decode`. */
export interface DecodeOptions<E extends Element = Element> extends Options<E>, OrientOptions, DraftOptions {
  /**
   * What a JPEG file gives that ends too early or is damaged: an error unless given, or with `fill` what there is of it, as
   * with Pillow's `LOAD_TRUNCATED_IMAGES`. Needs the decoder libjpeg-turbo.
   */
  readonly truncated?: 'error' | 'fill' | null | undefined
  /** An image of more pixels is refused before memory is asked for; 178,956,970 unless given, as Pillow's. */
  readonly maxPixels?: number | null | undefined
  /** An image with a longer side is refused, too; 65,535 unless given, the longest side of a JPEG. */
  readonly maxSide?: number | null | undefined
}
