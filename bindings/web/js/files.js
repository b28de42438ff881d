// What people hold of a file in a browser, as the native half takes it: bytes, now or later.

import { refused } from './module.js'

const isResponse = data => globalThis.Response !== undefined && data instanceof Response
const isBlob = data => globalThis.Blob !== undefined && data instanceof Blob
const isLater = data => isBlob(data) || isResponse(data)

const FILES = ['Uint8Array', 'ArrayBuffer', 'String', 'Blob', 'File', 'Response']
const PICTURES = ['HTMLCanvasElement', 'OffscreenCanvas', 'ImageBitmap', 'HTMLImageElement', 'HTMLVideoElement']

export const files = {
  isLater,

  // What takes things of this kind, where pixels are expected.
  taker(kind) {
    if (FILES.includes(kind)) return '`decode` takes files'
    if (PICTURES.includes(kind)) return 'give `await pixels(image)`, which is not exact, or the file to `decode`'
    return kind === 'VideoFrame' ? 'give what `await frame(image)` says' : undefined
  },

  // Bytes as they are.
  plain(data, place = '') {
    if (isLater(data)) {
      const kind = isBlob(data) ? 'Blob' : 'Response'
      throw refused(`${place}data: a ${kind} gives its bytes later; decode and decodeBatch wait for it, or give \`await ${kind.toLowerCase()}.arrayBuffer()\``)
    }
    return data
  },

  // What a failed file is called.
  name(data) {
    if (isResponse(data)) return data.url
    return isBlob(data) && typeof data.name === 'string' ? data.name : undefined
  },

  // Bytes, whatever it takes to have them.
  async bytes(data) {
    if (isResponse(data) && !data.ok) {
      throw refused(`file: ${JSON.stringify(data.url)} cannot be read: the server says ${data.status}`, 'unreadable')
    }
    return isLater(data) ? data.arrayBuffer() : data
  },
}
