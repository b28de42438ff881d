import type { Orient, Pipeline, PixelFormat, PixelImage, PlanarImage } from './classes.js'
import type { Values } from './declaration.js'

export * from './classes.js'

/** Where the module of WebAssembly comes from: its address, what a server said, its bytes, or what they were compiled to. */
export type ModuleSource = URL | string | Response | ArrayBuffer | Uint8Array | WebAssembly.Module

/**
 * Loads the module of WebAssembly, once for a page or a worker: calls after the first wait for that one. Without a source it is
 * the file beside this module: `pixfuse.wasm`, of `pixfuse-web/photos` `photos.wasm`, of `pixfuse-web/pixels` `pixels.wasm`; of
 * `pixfuse-web/inline` it is inside. What a smaller one has not is an error with the `code` `'absent'`.
 *
 * @example
 * await init()
 * const pipe = new Pipeline('input(rgb8), resize(224, 224, bilinear, antialias), normalize(), output(rgb, f32, chw)')
 * const { data, dims } = await pipe.decode(file) // a File, dropped or chosen
 */
export function init(source?: ModuleSource | Promise<ModuleSource>): Promise<void>

/**
 * As `init`, at once, of bytes or of a module that was compiled elsewhere: what a page hands to its workers. Engines refuse to
 * compile so much on the thread of a page.
 */
export function initSync(source?: ArrayBuffer | Uint8Array | WebAssembly.Module): void

/** What a module of your own exports: each declaration by its name, as its addon does in Node.js. */
export interface Own {
  /** The names of the declarations. */
  names(): string[]
  /** A pipeline; of a declaration with `_` a function of its numbers. */
  get(name: string): Pipeline | ((values: Values) => Pipeline)
}

/**
 * The declarations of a module of your own, made by `pixfuse_web::export!` in Rust and loaded by `init`. They run on their own
 * kernels.
 *
 * @example
 * await init(new URL('my_pipelines.wasm', import.meta.url))
 * const { classifier, detector } = own<{ classifier: Pipeline, detector: (values: Values) => Pipeline }>()
 */
export function own<Declared = {}>(): Own & Declared

/** Pixels that came through a browser's own decoder or canvas. */
export interface InexactImage {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
  readonly channels: 4
  /** Browsers manage colours and scale chroma in their own ways: what a model sees is close to these, and no more. */
  readonly exact: false
  /** Whether this browser adds noise to what a canvas gives. */
  readonly noisy: boolean
}

/** What only a browser can read. */
export type BrowserPicture =
  | ImageData
  | ImageBitmap
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLImageElement
  | HTMLVideoElement
  | VideoFrame
  | Blob

/**
 * The pixels of a picture of the browser, for pipelines with `input(rgba8, ..)`. They are marked `exact: false`; with
 * `exact: true` it is an error. A file of JPEG, PNG, WebP, GIF, BMP or TIFF is better given to `decode`, which is exact.
 *
 * @example
 * const pipe = new Pipeline('input(rgba8, alpha = drop), letterbox(640, 640, bilinear), output(rgb, f32, chw)')
 * const { data, dims } = pipe.runSync(await pixels(video))
 */
export function pixels(source: BrowserPicture, options?: { readonly exact?: boolean } | null): Promise<InexactImage>

/** The pixels of a VideoFrame, where they lie, and what a declaration has to say of them. */
export type FrameImage = (PixelImage | PlanarImage) & {
  /**
   * For `pipe.with({ input })`: the text of the clause, with the format, the matrix and the range as the frame says them. Its type
   * is that of a format alone, which is what `with` takes.
   */
  readonly input: PixelFormat
  /** For the options of `run`: as the frame says that it is turned. */
  readonly orient: Orient
  /** What the frame does not say and is assumed: `'matrix = bt601'`, `'range = limited'`. */
  readonly assumed: readonly string[]
  readonly exact: true
}

/**
 * The pixels of a VideoFrame in its own format, without a canvas in between: I420, NV12, RGBA, RGBX, BGRA or BGRX. Only what is
 * visible of it is read. The frame stays open.
 *
 * @example
 * const { input, orient, ...image } = await frame(videoFrame)
 * const { data, dims } = pipe.with({ input }).runSync(image, { orient })
 */
export function frame(source: VideoFrame): Promise<FrameImage>
