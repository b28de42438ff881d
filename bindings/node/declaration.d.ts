// From here on: the tables of crates/pixfuse-spec, written by `cargo xtask typings`.

/** What one source pixel is: its channels in memory order and their bits, or how luma and chroma lie. */
export type PixelFormat =
  | 'gray8'
  | 'rgb8'
  | 'bgr8'
  | 'rgba8'
  | 'bgra8'
  | 'nv12'
  | 'nv21'
  | 'i420'
  | 'yuyv'
  | 'gray16'
  | 'rgb16'
  | 'bgr16'
  | 'gray32f'
  | 'rgb32f'
  | 'bgr32f'

/** Which channels a tensor has, in this order. */
export type ChannelOrder =
  | 'gray'
  | 'rgb'
  | 'bgr'
  | 'rgba'
  | 'bgra'

/** The type of one element of a tensor. */
export type Element =
  | 'f32'
  | 'f16'
  | 'bf16'
  | 'u8'
  | 'i8'

/** Where channels lie: innermost (`hwc`, interleaved) or outermost (`chw`, planes). */
export type Layout =
  | 'hwc'
  | 'chw'

/**
 * How a resized pixel is made. Each name is one library's result, to the bit; with `'antialias'` behind it `bilinear`
 * and `bicubic` are Pillow's. `box`, `hamming` and `lanczos` need it, the other filters have none.
 */
export type Filter =
  | 'nearest'
  | 'nearest_exact'
  | 'nearest_floor'
  | 'bilinear'
  | 'bicubic'
  | 'box'
  | 'hamming'
  | 'lanczos'
  | 'area'
  | 'lanczos4'

/** Whose roundings `normalize` has; `fused` is one multiply-add. */
export type Order =
  | 'fused'
  | 'torchvision'
  | 'torchvision_v2'
  | 'hf_pil'
  | 'hf_torch'
  | 'opencv'
  | 'numpy'
  | 'rapidocr'
  | 'paddleocr'
  | 'llama4'

/** What else can be said of a filter. */
export interface Sampling {
  /** `torch`, or nothing: Pillow's is the default and not written. */
  like?: 'pillow' | 'torch'
  /** `12` for the order of passes of Pillow 12 and older; nothing for that of Pillow 13. */
  pillow?: 12 | 13
  /** What a resampled value is rounded to. */
  precision?: 'u8' | 'f32'
  /** Which values are resized, where they are floats of torch's; rescaled ones unless written. */
  of?: 'pixels' | 'rescaled' | 'normalized'
  /** Whether floats that a resize makes stay between what pixel values of 0 and 255 are. */
  clamp?: boolean
}

/** How source pixels are converted before anything is resampled. */
export interface Conversion {
  /** What becomes of alpha; required when the output has none. */
  alpha?: 'drop' | 'over' | 'premultiply'
  /** With `alpha = over` what lies behind the image: one value, or red, green and blue. */
  background?: Fill
  /** Whose weights make gray of colours; required when the output is gray and the source is not. */
  gray?: 'pillow' | 'opencv'
  /** By which matrix YUV becomes RGB; BT.601 unless written. */
  matrix?: 'bt601' | 'bt709' | 'bt2020'
  /** Which values YUV has; limited unless written. */
  range?: 'limited' | 'full'
  /** How the stored image is turned before anything else; 1 unless written. */
  orient?: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8
}

/** What else can be said of a letterbox. */
export interface LetterboxOptions extends Omit<Sampling, 'of' | 'clamp'> {
  /** What stands around it; 114 unless written. */
  fill?: Fill
  /** How the content is rounded and placed. */
  rule?: 'ultralytics' | 'yolox' | 'opencv'
  /** The margins are cut to what is left of a multiple of this: the result is then smaller than these rows and columns. */
  stride?: number
  /** Whether a small image is enlarged. */
  scaleUp?: boolean
}

/** Which grid of tiles, how the image lies in it, and what stands beside the tiles. */
export interface TilesOptions extends Omit<Sampling, 'of' | 'clamp'> {
  /** Which grid of tiles, and how the image lies in it. */
  rule: 'internvl' | 'granite_docling' | 'cohere2_vision' | 'ovis2' | 'perception_lm' | 'llava_next' | 'mllama' | 'llama4' | 'idefics3'
  /** The fewest tiles, without the thumbnail; 1 unless written. */
  min?: number
  /** The most tiles, without the thumbnail; for every rule but those of a list and of Idefics3. */
  max?: number
  /** The rows and columns of the canvases to choose from; empty for every rule but that of a list. */
  canvases?: readonly (readonly [rows: number, columns: number])[]
  /**
   * Whether the whole image, resized to one tile, stands before or behind the others. Rules whose canvas the image
   * fills leave it out where there is one tile only, which shows the whole image already; PerceptionLM's does not.
   */
  thumbnail?: 'first' | 'last'
  /** The tensor has so many tiles, the last of them zeros; as many as there are unless written. */
  padTo?: number
}

/** What else can be said of a crop of the middle. */
export interface CenterCropOptions {
  /** Where the odd row or column of the margin goes. */
  rounding?: 'half_even' | 'floor' | 'truncate'
  /** What stands around a smaller image; 0 unless written. */
  fill?: Fill
}

/**
 * `y = (x * scale - mean) / (std + eps)`, with a pixel value `x` of 0 to 255. `mean` and `std` are one number, or one
 * for each channel of the *output*, in its order.
 */
export interface Normalize {
  /** Factor on the pixel value; 1/255 unless written, 1/65535 for 16 bits, and 1 for f32. */
  scale?: number | `${number}/${number}` | Later
  /** One value for every channel, or one an *output* channel, in the output's order; 0 unless written. */
  mean?: number | readonly number[] | Later
  /** As `mean`; 1 unless written. `std + eps` is never zero. */
  std?: number | readonly number[] | Later
  /** Added to each `std`; 0 unless written. */
  eps?: number | `${number}/${number}` | Later
  /** Which operations follow each other; one multiply-add unless written. */
  order?: Order
}

/** How an integer is made of a normalised value: `saturate(round(y / scale) + zeroPoint)`, ONNX `QuantizeLinear`. */
export interface Quantize {
  /** What one step of the integer is worth, above zero. */
  scale: number | `${number}/${number}`
  /** The integer of 0; 0 unless written. */
  zeroPoint?: number
}

/** How an image is cut into patches, a row of the tensor each. */
export interface Patches {
  /** Patches follow each other in squares of `merge` x `merge`, row by row in a square and of squares; 1 is row by row. */
  merge?: number
  /** How often a patch holds the image: the frames of a video that a single image stands for. */
  temporal?: number
  /**
   * How the elements of a patch follow each other, from the outermost; `cthw` for `chw` and `thwc` for `hwc` unless
   * written.
   */
  order?: 'cthw' | 'tchw' | 'thwc'
  /** The tensor has so many rows, the last of them zeros; as many as there are patches unless written. */
  padTo?: number
}

/** A size by the rule of a model of transformers, each with its own numbers. */
export type Ruled =
  | { rule: 'qwen2_vl' | 'glm_image' | 'paddleocr_vl' | 'lfm2_vl', multiple: number, minPixels: number, maxPixels: number }
  | { rule: 'glm4v', multiple: number, minPixels: number, maxPixels: number, frames: number, temporal?: number }
  | { rule: 'naflex' | 'lfm2_vl_tiles' | 'muse_glimmer', multiple: number, maxPatches: number }
  | { rule: 'mask2former' | 'yolos', shortest: number, max: number, multiple: number }
  | { rule: 'textnet' | 'pp_lcnet' | 'vilt', shortest: number, multiple: number }
  | { rule: 'glpn' | 'idefics3_canvas', multiple: number }
  | { rule: 'dpt', rows: number, columns: number, multiple: number }
  | { rule: 'pp_ocr', shortest: number, max?: number }
  | { rule: 'pp_ocr', longest: number, max?: number }
  | { rule: 'pp_ocr_rec', max: number, rows: number, columns: number }
  | { rule: 'pixtral', longest: number, multiple: number }
  | { rule: 'idefics2', shortest: number, max: number }
  | { rule: 'idefics3' | 'sam', longest: number }
  | { rule: 'smolvlm_frame', longest: number, rows: number, columns: number }
  | { rule: 'deepseek_vl' | 'aria', longest: number, minSide: number }
  | { rule: 'hf_within' | 'fuyu' | 'donut' | 'donut_thumbnail', rows: number, columns: number }
  | { rule: 'kimi_k25' | 'ultravbert', multiple: number, maxPatches: number, longest: number }
  | { rule: 'gemma4', multiple: number, maxPixels: number }
  | { rule: 'neomme', minPixels?: number, maxPixels?: number, max?: number }
  | { rule: 'minicpm' | 'minicpm_slices', multiple: number, longest: number, maxPatches: number }
  | { rule: 'glm5_next', multiple: number, minPixels: number, maxPixels: number, frames?: number, temporal?: number }
  | { rule: 'nemotron_h_omni', multiple: number, merge: number, minPatches: number, maxPatches: number }
  | { rule: 'hy_v4_vl', multiple: number, maxPixels: number, framePixels: number, frames: number }

/** What the numbers of a [rule](Ruled) are. */
export interface RuleNumbers {
  /** Of what both sides become multiples: a patch, or a patch times a merge. */
  multiple?: number
  /** The least number of pixels. */
  minPixels?: number
  /** The largest number of pixels. */
  maxPixels?: number
  /** The largest number of pixels of one frame. */
  framePixels?: number
  /** As how many frames an image counts: those of its video, or the size of a temporal patch. */
  frames?: number
  /** The size of a temporal patch, to whose multiples the number of frames is rounded in the budget. */
  temporal?: number
  /** How many patches a side of a square has, of which sides become multiples. */
  merge?: number
  /** The least number of patches. */
  minPatches?: number
  /** The largest number of patches. */
  maxPatches?: number
  /** The shorter side. */
  shortest?: number
  /** The longer side. */
  longest?: number
  /** The most of the longer side. */
  max?: number
  /** The least of the shorter side. */
  minSide?: number
  /** Rows to come near to. */
  rows?: number
  /** Columns to come near to. */
  columns?: number
}

// Up to here: the tables.

/** The shorter side becomes this long, and the other follows. */
export interface Shortest {
  shortest: number | Later
  /** If the longer side came out longer than this, it becomes this long instead. */
  max?: number
  /** How the shorter side is rounded then; truncated unless given. `half_even` is Hugging Face's. */
  rounding?: 'half_even' | 'truncate'
}

/** The longer side becomes this long, and the other follows. */
export interface Longest {
  longest: number | Later
  /** How the other side is rounded; truncated unless given. `half_even` is timm's. */
  rounding?: 'half_even' | 'truncate'
}

/** As small as the aspect allows, so that it covers a frame of these rows and columns, or a square. */
export interface Cover {
  cover: number | readonly [rows: number, columns: number]
  /** How the sides are made; `timm` unless given. `opencv` is for `bilinear` alone, and samples at its own ratio. */
  rule?: 'timm' | 'opencv'
}

/** Pixel values where there is no source: one, or one for each channel of the *output*, in its order. */
export type Fill = number | readonly number[]

/** A way to run: an instruction set. Each gives the same bytes. */
export type Level = 'scalar' | 'neon' | 'simd128' | 'sse41' | 'avx2' | 'avx512'

/** A number that is given when the pipeline is made: see {@link Values}. */
export type Later = '_' | null

/** How a stored image is turned before anything else: a value of the EXIF tag `Orientation`. 6 is clockwise by 90 degrees. */
export type Orient = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/**
 * A pipeline as an object: one property for each clause, the arguments of a clause as an array, those with a name in an
 * object in it. A name of the language is written in camelCase: `center_crop` as `centerCrop`, `scale_up` as `scaleUp`.
 *
 * @example
 * new Pipeline({
 *   input: 'rgb8',
 *   resize: [{ shortest: 256 }, 'bilinear', 'antialias'],
 *   centerCrop: 224,
 *   normalize: { order: 'torchvision' },
 *   output: ['rgb', 'f32', 'chw'],
 * })
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
  /** What a source image is; with rows and columns the pipeline reads that size alone, and its tables are made with it. */
  input:
    | PixelFormat
    | readonly [PixelFormat, (Layout | Conversion)?]
    | readonly [PixelFormat, Layout, Conversion]
    | readonly [format: PixelFormat, rows: number, columns: number, ...options: (Layout | Conversion)[]]
  /** Rows, columns and filter of the result, or one side and filter; the image keeps its size without it. */
  resize?:
    | readonly [rows: number | Later, columns: number | Later, filter: Filter, ...sampling: ('antialias' | Sampling)[]]
    | readonly [side: Shortest | Longest | Cover | Ruled, filter: Filter, ...sampling: ('antialias' | Sampling)[]]
  /** A resize to these rows and columns that keeps the aspect and fills the rest. */
  letterbox?: readonly [
    rows: number | Later,
    columns: number | Later,
    filter: Filter,
    ...options: ('antialias' | LetterboxOptions)[],
  ]
  /** A resize to a grid of tiles of these rows and columns, each an image of its own in the tensor. */
  tiles?: readonly [rows: number, columns: number, filter: Filter, ...options: ('antialias' | TilesOptions)[]]
  /** Rows and columns of the middle that is kept; one number is a square. */
  centerCrop?:
    | number
    | readonly [rows: number | Later, columns?: number | Later]
    | readonly [rows: number | Later, columns: number | Later, options: CenterCropOptions]
  /** The window that is kept. */
  crop?: readonly [top: number, left: number, rows: number, columns: number]
  /** Margins: fixed ones, or as many as fill a frame or make both sides multiples. */
  pad?:
    | readonly [top: number, left: number, bottom: number, right: number, options?: MarginFill]
    | (PadTo & MarginFill)
  /** `true` divides by 255; without it, or with `false`, pixel values stay as they are. */
  normalize?: Normalize | boolean
  /** What the tensor is: planes (`chw`) unless `hwc` is given. */
  output:
    | readonly [channels: ChannelOrder, element: E, layout?: Layout]
    | readonly [channels: ChannelOrder, element: E, ...rest: (Layout | Quantize)[]]
  /** Squares of the image as rows of the tensor, `[patches, elements]`: the side of a patch. */
  patches?: number | readonly [side: number, options?: Patches]
}

/** What stands in margins: a pixel value, normalised as the image is, or a value of the tensor; `fill: 0` unless given. */
export type MarginFill = { fill?: Fill } | { value: number } | { border: 'symmetric' }

/** A frame that `pad` fills up: these sides, at least these, the next multiples, or those beyond a multiple; the image lies at the top left unless said. */
export type PadTo = ({ to: number | readonly [rows: number, columns: number] } | {
  multiple: number | readonly [rows: number, columns: number]
} | { beyond: number | readonly [rows: number, columns: number] } | {
  least: number | readonly [rows: number, columns: number]
}) & { at?: 'top_left' | 'center' }

/** One of the `mistakes` of an error about a declaration, or about numbers for its `_`; what there is none of is absent. */
export interface Mistake {
  /** What is wrong, and what to do. */
  readonly message: string
  /** Brackets and signs, a clause, an argument, its value, or values that do not go together. */
  readonly kind: 'syntax' | 'clause' | 'argument' | 'value' | 'rule'
  /** The clause that it is about. */
  readonly clause?: string
  /** The argument that it is about, as the text of a declaration has it. */
  readonly argument?: string
  /** The value that it is about, in a list. */
  readonly index?: number
  /** What stands there, as it is written. */
  readonly value?: string
  /** What may stand there: one of these names, or one of these integers. */
  readonly expected?: readonly string[] | { readonly least: number; readonly most: number }
}

/** The numbers for the places that a declaration leaves open as `_`. */
export interface Values {
  /** Of `resize` or `letterbox`. */
  rows?: number
  columns?: number
  /** Of `resize`. */
  shortest?: number
  longest?: number
  /** Of `centerCrop`. */
  cropRows?: number
  cropColumns?: number
  /** Of `normalize`. */
  scale?: number
  mean?: number | readonly number[]
  std?: number | readonly number[]
  eps?: number
}
