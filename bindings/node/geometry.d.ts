/** A place: x grows with the columns, y with the rows. The first pixel reaches from 0 to 1, its centre is 0.5. */
export type Point = [x: number, y: number]

/** Two corners. The whole image is `[0, 0, columns, rows]`. */
export type Box = [x1: number, y1: number, x2: number, y2: number]

/** Numbers in a typed array. */
export type TypedNumbers = Float32Array | Float64Array | Int32Array | Uint32Array | Int16Array | Uint16Array

/** Two rows: `x' = m[0][0] * x + m[0][1] * y + m[0][2]`, and `y'` by the second. */
export type Matrix = readonly [readonly [number, number, number], readonly [number, number, number]]

/** Options of the functions that move places. */
export interface ClipOptions {
  /** Whether what would lie outside the image moves onto its edge. */
  readonly clip?: boolean | undefined
}

/**
 * Moves places; what is given stays as it is.
 *
 * Places are given one number after another, or as an array with an array for each, and come back as they were given:
 * arrays as arrays, typed arrays of any type as a Float64Array.
 */
export interface Change<Place> {
  (places: TypedNumbers, options?: ClipOptions | null): Float64Array
  (places: readonly number[], options?: ClipOptions | null): number[]
  (places: readonly (readonly number[] | TypedNumbers)[], options?: ClipOptions | null): Place[]
}

/**
 * What a pipeline does to places in an image of one size. `pipe.geometry` makes it.
 *
 * A structured clone of it (`postMessage`, `workerData`), and its JSON, are its numbers; `Geometry.from` makes an equal
 * geometry of them.
 *
 * Sizes, scales and offsets are `[rows, columns]`, points are `[x, y]`. After a letterbox the matrix has the one ratio by
 * which Ultralytics, YOLOX and OpenCV take boxes back; `exactScale` tells the rounded sides of the content.
 */
export interface Geometry {
  /** From the source to the output: `[[sx, 0, tx], [0, sy, ty]]`. */
  readonly matrix: Matrix
  /** From the output to the source, of the same form. */
  readonly inverse: Matrix
  /** Output pixels per source pixel, as places are moved. */
  readonly scale: readonly [rows: number, columns: number]
  /** The resized over the source rows and columns, by which pixels are resampled. */
  readonly exactScale: readonly [rows: number, columns: number]
  /** Where in the output the first pixel of the resized image lies; negative when it is cut off. */
  readonly offset: readonly [row: number, column: number]
  /** The part of the output that shows the source; the rest is filled. */
  readonly content: readonly [top: number, left: number, rows: number, columns: number]
  /** The part of the source that `content` shows. */
  readonly sourceBox: Readonly<Box>
  /** The size of the source. */
  readonly source: readonly [rows: number, columns: number]
  /** The size that the whole source is resampled to, before anything is cut off or put around it. */
  readonly resized: readonly [rows: number, columns: number]
  /** Patches, with `patches: ..`; their product is the number that show the image. */
  readonly patches?: readonly [rows: number, columns: number]
  /** Tiles, with `tiles: ..`; the thumbnail is none of them. */
  readonly tiles?: readonly [rows: number, columns: number]
  /** Which image of the tensor shows the whole source as one tile, if there is one. */
  readonly thumbnail?: number
  /** How many images of the tensor show the source: the tiles and the thumbnail, and 1 without `tiles: ..`. */
  readonly images: number
  /**
   * The geometry of one image of the tensor, which is its output: of a tile or of the thumbnail, in their order.
   *
   * @example
   * const tiles = 'tiles(448, 448, bicubic, antialias, rule = internvl, max = 12, thumbnail = last)'
   * const geometry = new Pipeline(`input(rgb8), ${tiles}, output(rgb, f32)`).geometry(1080, 1920)
   * geometry.tile(5).unmapBoxes([[0, 0, 224, 448]]) // [[480, 540, 720, 1080]]
   */
  tile(index: number): Geometry
  /**
   * The geometry of one patch, which is its output: of a row and a column of the grid `patches`. A box of what a token looks
   * at goes back to the photo by it.
   *
   * @example
   * const patched = new Pipeline('input(rgb8), resize(240, 320, bilinear, antialias), output(rgb, u8), patches(16)')
   * patched.geometry(480, 640).patch(1, 3).sourceBox // [96, 32, 128, 64]
   */
  patch(row: number, column: number): Geometry
  /**
   * The geometry of two runs one after another: from the source of this one to the output of `next`, whose source is the output
   * of this one. Boxes and points go through both in one step, and back. A declaration of two resizes needs none of it: its
   * geometry is that of both. Throws when `next` is of a source of another size, when this output is cut into patches or tiles,
   * and when the two together begin inside a pixel.
   *
   * @example
   * const half = new Pipeline('input(rgb8), resize(540, 960, bilinear), output(rgb, u8, hwc)').geometry(1080, 1920)
   * const model = new Pipeline('input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)')
   * half.followedBy(model.geometry(540, 960)).unmapBoxes([0, 140, 320, 320]) // [0, 0, 960, 540]
   */
  followedBy(next: Geometry | GeometryNumbers): Geometry
  /** The size of the output; with `tiles: ..` that of the canvas that is cut. */
  readonly output: readonly [rows: number, columns: number]
  /** Points of the source, in the output; not clipped unless asked for. */
  readonly mapPoints: Change<Point>
  /** Points of the output, in the source; not clipped unless asked for. */
  readonly unmapPoints: Change<Point>
  /** Boxes of the source, in the output; not clipped unless asked for. */
  readonly mapBoxes: Change<Box>
  /**
   * Boxes of the output, in the source: where a detector found things in the photo. Not clipped unless asked for.
   *
   * @example
   * const pipe = new Pipeline('input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)')
   * pipe.geometry(720, 1280).unmapBoxes([[100, 140, 200, 240]]) // [[200, 0, 400, 200]]
   */
  readonly unmapBoxes: Change<Box>
  /** Whether the other maps every place to the same one. */
  equals(other: GeometryNumbers): boolean
  /** All numbers. */
  toJSON(): GeometryNumbers
}

/** The numbers of a geometry. */
export type GeometryNumbers = Pick<
  Geometry,
  'matrix' | 'inverse' | 'scale' | 'exactScale' | 'offset' | 'content' | 'sourceBox' | 'source' | 'resized' | 'output' | 'patches'
  | 'tiles' | 'thumbnail'
>

export interface GeometryConstructor {
  /**
   * The geometry with these numbers.
   *
   * @example
   * Geometry.from(JSON.parse(JSON.stringify(geometry))).equals(geometry) // true
   */
  from(numbers: Pick<GeometryNumbers, 'source' | 'resized' | 'output' | 'content' | 'scale' | 'offset' | 'patches' | 'tiles' | 'thumbnail'>): Geometry
  readonly prototype: Geometry
}

export const Geometry: GeometryConstructor
