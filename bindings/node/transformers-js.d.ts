/**
 * transformers.js with pixfuse's pixels: the bits that transformers' pipelines have in Python.
 *
 * ```js
 * import { AutoProcessor, RawImage } from '@huggingface/transformers'
 * import { use } from 'pixfuse/transformers-js'
 *
 * const processor = use(await AutoProcessor.from_pretrained(model))
 * const { pixel_values } = await processor(await RawImage.read('photo.jpg'))   // their Tensor
 * ```
 */

/** Whose filters are meant, and keys of the config. */
export interface UseOptions {
  /** `torch` unless given: what transformers takes in Python. */
  readonly backend?: 'torch' | 'pil'
  /** The library's own class; that of `@huggingface/transformers` unless given. */
  readonly Tensor?: new (type: string, data: any, dims: number[]) => unknown
  readonly [keyword: string]: unknown
}

/**
 * The processor with its image processor run by pixfuse, changed in place; or an image processor, of which a new one is
 * given. A pipeline has its processor in `pipe.processor`.
 *
 * Images of four channels lose alpha and gray ones are repeated, as Python's pipelines load them. It returns the
 * library's `Tensor`s under its names, with `original_sizes` and `reshaped_input_sizes`. What is asked besides, such as
 * `post_process_object_detection`, is the library's own.
 *
 * Throws what {@link Processor.fromConfig} throws: a class that is not known, or what pixfuse lacks, by name.
 */
export function use<T>(processor: T, options?: UseOptions): T
