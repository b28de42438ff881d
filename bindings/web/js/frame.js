// Frames of WebCodecs, as the decoder gave them: no canvas is in between, so these are exact.

import { refused } from './module.js'

const FORMATS = { I420: 'i420', NV12: 'nv12', RGBA: 'rgba8', RGBX: 'rgba8', BGRA: 'bgra8', BGRX: 'bgra8' }
const MATRICES = { bt709: 'bt709', bt470bg: 'bt601', smpte170m: 'bt601', 'bt2020-ncl': 'bt2020' }
// What EXIF calls a turn by so many degrees clockwise, and one that is mirrored behind it.
const TURNS = { 0: [1, 2], 90: [6, 5], 180: [3, 4], 270: [8, 7] }

/**
 * The pixels of a VideoFrame as `run` takes them, the `input` that reads them, and how they are turned. What the frame does not
 * say of its colours is assumed, and said in `assumed`.
 */
export async function frame(source) {
  if (globalThis.VideoFrame === undefined || !(source instanceof VideoFrame)) {
    throw refused(`image: ${source?.constructor?.name ?? String(source)}, expected a VideoFrame`)
  }
  const { visibleRect: rect, colorSpace, rotation = 0, flip = false, format } = source
  if (rect === null) throw refused('image: a VideoFrame that was closed')
  const known = typeof format === 'string' ? FORMATS[format] : undefined
  if (known === undefined && typeof format === 'string') throw unread(format)
  const bytes = new Uint8Array(source.allocationSize({ rect }))
  const layout = await source.copyTo(bytes, { rect })
  // Safari says no format: planes of luma and chroma are told apart by their number.
  const name = known ?? { 2: 'nv12', 3: 'i420' }[layout.length]
  if (name === undefined) throw unread('unknown')
  const { width, height } = rect
  const planes = layout.map(({ offset, stride }) => ({ data: bytes.subarray(offset), stride }))
  const orient = TURNS[rotation]?.[Number(flip)]
  if (orient === undefined) throw refused(`image: a VideoFrame that is turned by ${rotation} degrees, expected 0, 90, 180 or 270`)
  if (planes.length === 1) {
    const alpha = name === 'rgba8' || name === 'bgra8' ? ', alpha = drop' : ''
    return { ...planes[0], width, height, input: `${name}${alpha}`, orient, assumed: [], exact: true }
  }
  const assumed = []
  const { matrix, fullRange } = colorSpace ?? {}
  if (typeof matrix === 'string' && MATRICES[matrix] === undefined) {
    throw refused(`image: a VideoFrame of the matrix ${matrix}, expected one of ${Object.keys(MATRICES).join(', ')}`)
  }
  if (typeof matrix !== 'string') assumed.push('matrix = bt601')
  if (typeof fullRange !== 'boolean') assumed.push('range = limited')
  const input = `${name}, matrix = ${MATRICES[matrix] ?? 'bt601'}, range = ${fullRange === true ? 'full' : 'limited'}`
  return { planes, width, height, input, orient, assumed, exact: true }
}

const unread = format => (
  refused(`image: a VideoFrame of the format ${format}, expected one of ${Object.keys(FORMATS).join(', ')}; \`pixels(frame)\` reads it, which is not exact`)
)
