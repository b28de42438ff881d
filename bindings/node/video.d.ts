import type { Pipeline, PixelImage } from './index'
import type { NamedTensor, OutFunction } from './processor'

/** A video in one memory: frames, rows, columns and channels, one behind another. */
export interface VideoMemory {
  readonly data: Uint8Array | Uint8ClampedArray
  readonly frames: number
  /** Rows. */
  readonly height: number
  /** Columns. */
  readonly width: number
  /** Channels of a pixel; 3 unless given. */
  readonly channels?: number
}

/** A video: its frames in one memory, or as images of one size. */
export type Video = VideoMemory | readonly PixelImage[]

/** Options of a call. Any other property is a keyword of the library's own class, and means what it means there. */
export interface VideoOptions {
  readonly threads?: number
  /** A function that gives the array of the tensor of pixels, as that of a `Processor`. */
  readonly out?: OutFunction | null | undefined
  readonly [keyword: string]: unknown
}

/**
 * The config of a model's videos as a function, bit for bit what its own library makes, each frame by one declaration.
 *
 * Which frames of a video are taken is the caller's: all that are given are.
 */
export class VideoProcessor {
  private constructor()
  /**
   * Reads the config of a video processor of transformers: an object, the text of one, or the path of a file or of a model's
   * folder. Keywords stand over the config's own keys.
   *
   * Throws for what is no config, for a class or a key that is not known, and for what pixfuse lacks: by name.
   *
   * @example
   * const processor = VideoProcessor.fromConfig({ video_processor_type: 'Qwen3VLVideoProcessor' })
   * const video = { data: new Uint8Array(5 * 480 * 640 * 3), frames: 5, height: 480, width: 640 }
   * const { pixel_values_videos, video_grid_thw } = await processor.run(video)
   */
  static fromConfig(source: string | object, keywords?: { readonly [keyword: string]: unknown }): VideoProcessor
  /** The declaration for a frame of a video of as many frames as share a patch; `pipeline(frames)` has another's. */
  readonly declaration: string
  /** Whose bytes it gives: video processors exist for torch alone. */
  readonly backend: 'torch'
  /** The class that reads the config. */
  readonly className: string
  /** The names of what a call gives, the tensor's first. */
  readonly outputs: string[]
  /** Every key that the class takes, with its value here. */
  readonly config: Record<string, unknown>
  readonly notes: string[]
  explain(): string
  toString(): string
  /** The pipeline for each RGB frame of a video of so many: a size may depend on their number. */
  pipeline(frames: number): Pipeline
  /**
   * Runs over a video or an array of them, and gives tensors under the library's names, `[videos, frames, ...]` or patches of
   * all videos. A model that takes frames together repeats the last one where their number is no multiple.
   */
  runSync(videos: Video | readonly Video[], options?: VideoOptions): Record<string, NamedTensor>
  run(videos: Video | readonly Video[], options?: VideoOptions): Promise<Record<string, NamedTensor>>
  /** How many patches a video of so many frames of this size becomes, of the sizes alone. */
  patches(frames: number, height: number, width: number, options?: VideoOptions): number

  /**
   * How many tokens of a prompt a video of so many frames of this size takes, as transformers' `_get_num_multimodal_tokens` counts
   * them. It throws where the class does not say how many of its patches a model makes a token of.
   */
  tokens(frames: number, height: number, width: number, options?: VideoOptions): number
}
