// What people hold of a file, as the native half takes it: bytes or a path. An expression, evaluated to a function.
(function () {
  'use strict'

  const { Blob, Error, URL } = globalThis
  const { assign } = Object
  const decode = decodeURIComponent
  const FILES = ['Uint8Array', 'ArrayBuffer', 'String', 'URL', 'Blob', 'File', 'Response']
  const isWindows = globalThis.process?.platform === 'win32'

  const refused = message => assign(new Error(message), { code: 'InvalidArg' })

  // The path that a URL names, as `fileURLToPath` of Node.js has it.
  function path({ protocol, hostname, pathname }) {
    if (protocol !== 'file:') throw refused(`data: expected a URL of a file, found one of ${protocol}`)
    if (/%2f|%00/i.test(pathname) || (isWindows && /%5c/i.test(pathname))) {
      throw refused('data: a URL whose path has an encoded slash or zero')
    }
    const path = decode(pathname)
    if (!isWindows) {
      if (hostname !== '') throw refused(`data: a URL of a file on ${hostname}, which is another machine`)
      return path
    }
    const backward = path.replaceAll('/', '\\')
    return hostname === '' ? backward.slice(1) : `\\\\${hostname}${backward}`
  }

  // Bytes and paths as they are, a URL as its path.
  function plain(data, place = '') {
    if (data instanceof URL) return path(data)
    if (data instanceof Blob) {
      throw refused(`${place}data: a Blob gives its bytes later; decode and decodeBatch wait for it, or give \`await blob.arrayBuffer()\``)
    }
    return data
  }

  // What a failed file is called.
  function name(data) {
    if (typeof data === 'string') return data
    if (data instanceof URL) return data.href
    return data instanceof Blob && typeof data.name === 'string' ? data.name : undefined
  }

  // Bytes, whatever it takes to have them; a path that cannot be read stays one, and is an error where it is decoded.
  async function bytes(data, read) {
    if (data instanceof Blob) return data.arrayBuffer()
    const given = plain(data)
    if (typeof given !== 'string') return given
    try {
      return await read(given)
    } catch {
      return given
    }
  }

  // Whether the bytes of a file come later.
  function isLater(data) {
    return typeof data === 'string' || data instanceof URL || data instanceof Blob
  }

  // What takes things of this kind, where pixels are expected.
  function taker(kind) {
    return FILES.includes(kind) ? '`decode` takes files' : undefined
  }

  return { plain, name, bytes, isLater, taker }
})
//# sourceURL=pixfuse:files.js
