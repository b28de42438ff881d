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
export type ChannelOrder = 'gray' | 'rgb' | 'bgr' | 'rgba' | 'bgra'

/** The type of one element of a tensor. */
export type Element = 'f32' | 'f16' | 'bf16' | 'u8' | 'i8'

/** Where channels lie: innermost (`hwc`, interleaved) or outermost (`chw`, planes). */
export type Layout = 'hwc' | 'chw'

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

/** What else can be said of a filter. */
export interface Sampling {
  /** PyTorch's uint8 filter of that name, instead of Pillow's or OpenCV's. */
  like?: 'pillow' | 'torch'
  /** 12 for the order of passes of Pillow 12 and older. */
  pillow?: 12 | 13
  /** `f32` keeps what other filters round to u8: nearer to the ideal, equal to no library but with `like: 'torch'`. */
  precision?: 'u8' | 'f32'
  /** Which values PyTorch's filters of floats resize: pixel values, those times `scale`, or normalised ones. */
  of?: 'pixels' | 'rescaled' | 'normalized'
  /** Whether floats that a filter makes stay between what pixel values of 0 and 255 are. */
  clamp?: boolean
}

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

/** A size by the rule of a model of transformers, each with its own numbers. */
export type Ruled =
  | {
      rule: 'qwen2_vl' | 'glm_image' | 'paddleocr_vl' | 'lfm2_vl'
      /** Of what both sides become multiples: a patch times a merge. */
      multiple: number
      minPixels: number
      maxPixels: number
    }
  | { rule: 'glm4v', multiple: number, minPixels: number, maxPixels: number, frames: number, temporal?: number }
  | { rule: 'naflex', multiple: number, maxPatches: number }
  | { rule: 'mask2former' | 'yolos', multiple: number, shortest: number, max: number }
  | { rule: 'textnet' | 'pp_lcnet' | 'vilt', multiple: number, shortest: number }
  | { rule: 'glpn' | 'idefics3_canvas', multiple: number }
  | { rule: 'dpt', multiple: number, rows: number, columns: number }
  | { rule: 'pp_ocr', shortest: number, max?: number }
  | { rule: 'pp_ocr', longest: number, max?: number }
  | { rule: 'pp_ocr_rec', max: number, rows: number, columns: number }
  | { rule: 'smolvlm_frame', longest: number, rows: number, columns: number }
  | { rule: 'pixtral', multiple: number, longest: number }
  | { rule: 'idefics2', shortest: number, max: number }
  | { rule: 'idefics3' | 'sam', longest: number }
  | { rule: 'deepseek_vl' | 'aria', longest: number, minSide: number }
  | { rule: 'hf_within', rows: number, columns: number }
  | { rule: 'hy_v4_vl', multiple: number, maxPixels: number, framePixels: number, frames: number }
  | { rule: 'nemotron_h_omni', multiple: number, merge: number, minPatches: number, maxPatches: number }
  | { rule: 'kimi_k25', multiple: number, maxPatches: number, longest: number }
  | { rule: 'gemma4', multiple: number, maxPixels: number }
  | { rule: 'minicpm' | 'minicpm_slices', multiple: number, maxPatches: number, longest: number }
  | { rule: 'lfm2_vl_tiles', multiple: number, maxPatches: number }
  | { rule: 'ultravbert', multiple: number, maxPatches: number, longest: number }
  | { rule: 'neomme', minPixels?: number, maxPixels?: number, max?: number }

/** As small as the aspect allows, so that it covers a frame of these rows and columns, or a square. */
export interface Cover {
  cover: number | readonly [rows: number, columns: number]
  /** How the sides are made; `timm` unless given. `opencv` is for `bilinear` alone, and samples at its own ratio. */
  rule?: 'timm' | 'opencv'
}

/** Pixel values where there is no source: one, or one for each channel of the *output*, in its order. */
export type Fill = number | readonly number[]

/** What else can be said of a letterbox. */
export interface LetterboxOptions extends Sampling {
  /** 114 unless given. */
  fill?: Fill
  /** Whose way to round and place the content; `ultralytics` unless given. */
  rule?: 'ultralytics' | 'yolox' | 'opencv'
  /** Cuts the margins to what is left of a multiple of this. */
  stride?: number
  /** Whether a small image is enlarged; `true` unless given. */
  scaleUp?: boolean
}

/** What else can be said of a crop of the middle. */
export interface CenterCropOptions {
  /** Where the odd row or column goes; `half_even` (torchvision, timm) unless given. */
  rounding?: 'half_even' | 'floor' | 'truncate'
  /** What stands around a smaller image; 0 unless given. */
  fill?: Fill
}

/** Whose roundings `normalize` has; `fused` is one multiply-add. */
export type Order = 'fused' | 'torchvision' | 'torchvision_v2' | 'hf_pil' | 'hf_torch' | 'opencv' | 'numpy' | 'rapidocr' | 'paddleocr' | 'llama4'

/** A way to run: an instruction set. Each gives the same bytes. */
export type Level = 'scalar' | 'neon' | 'simd128' | 'sse41' | 'avx2' | 'avx512'

/** A number that is given when the pipeline is made: see {@link Values}. */
export type Later = '_' | null

/** How source pixels are converted before anything is resampled. */
export interface Conversion {
  /** What becomes of an alpha channel; it must be said where the output has none. */
  alpha?: 'drop' | 'over' | 'premultiply'
  /** With `over` what lies behind the image: one value, or red, green and blue. */
  background?: Fill
  /** Whose weights make gray of colours; it must be said where the output is gray and the source is not. */
  gray?: 'pillow' | 'opencv'
  /** By which matrix YUV becomes RGB; `bt601` unless given. */
  matrix?: 'bt601' | 'bt709' | 'bt2020'
  /** Which values YUV has; `limited` unless given. */
  range?: 'limited' | 'full'
  orient?: Orient
}

/** How a stored image is turned before anything else: a value of the EXIF tag `Orientation`. 6 is clockwise by 90 degrees. */
export type Orient = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

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
  /** `fused` unless given. */
  order?: Order
}

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

/** Which grid of tiles, how the image lies in it, and what stands beside the tiles. */
export interface TilesOptions extends Sampling {
  rule: 'internvl' | 'granite_docling' | 'cohere2_vision' | 'ovis2' | 'perception_lm' | 'llava_next' | 'mllama' | 'llama4' | 'idefics3'
  /** The fewest tiles, for `internvl` and `granite_docling`; 1 unless given. */
  min?: number
  /** The most tiles, for every rule but `llava_next` and `idefics3`. */
  max?: number
  /** For `llava_next`: the canvases to choose from. */
  canvases?: readonly (readonly [rows: number, columns: number])[]
  /** Whether the whole image stands before or behind the tiles, as one more of them. */
  thumbnail?: 'first' | 'last'
  /** The tensor has so many tiles, the last of them zeros. */
  padTo?: number
}

/** How an image is cut into patches, a row of the tensor each. */
export interface Patches {
  /** Patches follow each other in squares of `merge` x `merge`; 1 unless given. */
  merge?: number
  /** How often a patch holds the image; 1 unless given. */
  temporal?: number
  /** How the elements of a patch follow each other, from the outermost. */
  order?: 'cthw' | 'tchw' | 'thwc'
  /** The tensor has so many rows, the last of them zeros. */
  padTo?: number
}

/** How an integer is made of a normalised value: `saturate(round(y / scale) + zeroPoint)`, ONNX `QuantizeLinear`. */
export interface Quantize {
  scale: number | `${number}/${number}`
  /** 0 unless given. */
  zeroPoint?: number
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
