// JavaScript's values as a question says them, and what a value is, in words.

import { refused } from './module.js'

const { ArrayBuffer, DataView, Uint8Array } = globalThis
const { isView } = ArrayBuffer
const { isArray } = Array

const SHARED = 'one on a SharedArrayBuffer, which other threads can write to; copy it first'
const DETACHED = 'one whose buffer is detached'
const KINDS = {
  Int8Array: 'an Int8Array',
  Uint8Array: 'a Uint8Array',
  Uint8ClampedArray: 'a Uint8ClampedArray',
  Int16Array: 'an Int16Array',
  Uint16Array: 'a Uint16Array',
  Int32Array: 'an Int32Array',
  Uint32Array: 'a Uint32Array',
  Float32Array: 'a Float32Array',
  Float64Array: 'a Float64Array',
  BigInt64Array: 'a BigInt64Array',
  BigUint64Array: 'a BigUint64Array',
}

export const isAbsent = value => value === undefined || value === null
const isTyped = value => isView(value) && !(value instanceof DataView)
const kind = array => KINDS[array[Symbol.toStringTag]] ?? 'a typed array'

/** What a value is, for an error. */
export function found(value) {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'string':
    case 'function':
    case 'symbol':
    case 'bigint':
      return `a ${typeof value}`
    default:
      if (value === null) return 'null'
      if (isArray(value)) return 'an array'
      if (isTyped(value)) return kind(value)
      if (isView(value)) return 'a DataView'
      return value instanceof ArrayBuffer ? 'an ArrayBuffer' : 'an object'
  }
}

/** A number, a short word, nothing, or what it is instead. */
export function plain(value) {
  if (isAbsent(value)) return null
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string' && value.length <= 60) return value
  return { found: typeof value === 'number' ? String(value).replace('Infinity', 'inf') : found(value) }
}

/** As `plain`, or a list of such. */
export const plains = value => (isArray(value) ? value.slice(0, 3).map(plain) : plain(value))

// Why memory cannot be used, if it cannot.
function trouble(buffer, length) {
  if (!(buffer instanceof ArrayBuffer)) return SHARED
  if (length > 0) return undefined
  try {
    return new Uint8Array(buffer) && undefined
  } catch {
    return DETACHED
  }
}

/** A typed array whose bytes go into the block of inputs, or what it is instead. */
export function array(value, input) {
  if (!isTyped(value)) return { found: found(value) }
  const { buffer, byteOffset, byteLength } = value
  const wrong = trouble(buffer, byteLength)
  if (wrong !== undefined) return { found: wrong }
  return { kind: kind(value), ...input.add(new Uint8Array(buffer, byteOffset, byteLength)) }
}

// What people have where a file is expected, and what to do with it.
const NO_FILES = {
  String: 'a string; `decode` takes `await fetch(url)`',
  Promise: 'a Promise; `await` it first',
  FileList: 'a FileList; give one of its files',
}

/** The bytes of a file, or what it is instead. */
export function file(value, input) {
  const other = NO_FILES[Object.prototype.toString.call(value).slice(8, -1)]
  if (other !== undefined) return { found: other }
  if (value instanceof ArrayBuffer) {
    const wrong = trouble(value, value.byteLength)
    return wrong === undefined ? input.add(new Uint8Array(value)) : input.add(new Uint8Array(0))
  }
  const given = array(value, input)
  if (given.kind === undefined || given.kind === KINDS.Uint8Array || given.kind === KINDS.Uint8ClampedArray) return given
  return { found: `${given.kind}, whose elements are no bytes` }
}

/** An `out` of the caller's: its kind and length, nothing where it is absent or a function, or what it is instead. */
export function out(value) {
  if (isAbsent(value) || typeof value === 'function') return null
  if (!isTyped(value)) return { found: found(value) }
  const wrong = trouble(value.buffer, value.length)
  return wrong === undefined ? { kind: kind(value), length: value.length } : { found: wrong }
}

/** What a function gave for `count` elements of a type, refused as the module refuses an `out`. */
export function checked(value, type, count, what) {
  const given = out(value) ?? { found: found(value) }
  const isOfBytes = type === 'Uint8Array' && given.kind === KINDS.Uint8ClampedArray
  if (given.kind !== KINDS[type] && !isOfBytes) {
    throw refused(`out: expected a ${type}, found ${given.kind ?? given.found}`)
  }
  if (given.length !== count) throw refused(`out: ${given.length} elements given, ${what} needs ${count}`)
  return value
}

// What has to be there.
const side = value => (isAbsent(value) ? { found: String(value) } : plain(value))

// Whether typed arrays have a byte in common.
const meet = (one, other) => isTyped(one) && isTyped(other) && one.buffer === other.buffer
  && one.byteOffset < other.byteOffset + other.byteLength && other.byteOffset < one.byteOffset + one.byteLength

/** Whether an `out` lies where pixels do. Nothing would break here, where both are copied; a program for all languages would. */
export const isShared = (values, given) => values.some(value => (isArray(value) ? isShared(value, given) : meet(value, given)))

/** The five values of an image; of planes that lie apart data and stride are arrays. */
export function image([data, width, height, channels, stride], input) {
  const isApart = isArray(data) && isArray(stride)
  return {
    data: isApart ? data.map(plane => array(plane, input)) : array(data, input),
    width: side(width),
    height: side(height),
    channels: plain(channels),
    stride: isApart ? stride.map(plain) : plain(stride),
  }
}

/** A declaration or numbers for `_`: pairs of a kind and a value, to a depth at which nothing means anything. */
export function tagged(value, depth = 6) {
  switch (typeof value) {
    case 'number':
      return ['number', String(value)]
    case 'string':
      return ['text', value]
    case 'boolean':
      return ['flag', value]
    case 'undefined':
      return ['undefined']
    case 'object':
      if (value === null) return ['null']
      if (isArray(value)) return ['list', depth === 0 ? [] : Array.from(value, item => tagged(item, depth - 1))]
      return ['object', depth === 0 ? [] : Object.keys(value).map(name => [name, tagged(value[name], depth - 1)])]
    default:
      return ['other', found(value)]
  }
}
