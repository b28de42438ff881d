// Memory for tensors, new or what a function of the caller's gives, and the text of configs, for `processor.js`, `joined.js` and
// `video.js`.
(function (fresh) {
  'use strict'

  const refused = message => Object.assign(new Error(message), { code: 'InvalidArg' })
  const kinds = { f32: [Float32Array], bf16: [Uint16Array], u8: [Uint8Array, Uint8ClampedArray] }
  const length = dims => dims.reduce((product, side) => product * side, 1)

  // A new array of zeros; where there is a native half, it sees it before anything is written.
  const zeros = (Numbers, length) => {
    const array = new Numbers(length)
    fresh?.(array)
    return array
  }

  function found(value) {
    if (ArrayBuffer.isView(value)) return `${/^Int/.test(value.constructor.name) ? 'an' : 'a'} ${value.constructor.name}`
    if (value === null || typeof value === 'undefined') return String(value)
    return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
  }

  // The text of a config that is an object.
  function json(config) {
    const kind = Object.prototype.toString.call(config).slice(8, -1)
    const step = { Promise: '`await` it first', Response: 'give its `await json()`', Blob: 'give its `await text()`', File: 'give its `await text()`' }[kind]
    if (step !== undefined) throw refused(`config: expected an object or the text of one, found a ${kind}; ${step}`)
    return JSON.stringify(config)
  }

  // The array of a tensor of pixels: a new one, or what the function `out` gives for its shape, type and name. One that does not
  // become full is cleared.
  function room(out, dims, type, name, isFull = true) {
    const count = length(dims)
    if (out === undefined || out === null) return zeros(kinds[type][0], count)
    if (typeof out !== 'function') throw refused(`out: expected a function of shape, type and name, found ${found(out)}`)
    const array = out([...dims], type, name)
    if (!kinds[type].some(kind => array instanceof kind)) {
      throw refused(`out: expected a ${kinds[type][0].name}, found ${found(array)}`)
    }
    if (array.length !== count) {
      throw refused(`out: ${array.length} elements given, the tensor [${dims.join(', ')}] needs ${count}`)
    }
    return isFull ? array : array.fill(0)
  }

  // Arrays that no caller gets, by the type of their elements.
  const allocate = Object.fromEntries(Object.entries(kinds).map(([type, [kind]]) => [type, length => zeros(kind, length)]))

  return { allocate, json, room, zeros }
})
//# sourceURL=pixfuse:room.js
