// The class that `pipe.geometry` gives an object of: points and boxes from JavaScript's arrays and back.
(function (refused) {
  'use strict'

  const kind = value => (value === null ? 'null' : typeof value)
  const isList = value => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
  const shapes = { points: ['x', 'y'], boxes: ['x1', 'y1', 'x2', 'y2'] }

  function givenClip(options) {
    if (options === undefined || options === null) return false
    if (typeof options !== 'object') {
      throw refused(`options: expected an object like { clip: true }, found ${kind(options)}`)
    }
    const { clip = false } = options
    if (typeof clip !== 'boolean') throw refused(`clip: expected true or false, found ${kind(clip)}`)
    return clip
  }

  // Everything is read and checked here, into memory that nobody else has; `change` then moves it in one call.
  function changed(what, places, clip, change) {
    const names = shapes[what]
    const size = names.length
    const form = `${size} (${names.join(', ')})`
    if (!isList(places)) throw refused(`${what}: expected an array or a typed array, found ${kind(places)}`)
    const { length } = places
    const nested = isList(places[0])
    if (!nested && length % size !== 0) {
      throw refused(`${what}: ${length} numbers given, expected a multiple of ${form}`)
    }
    const numbers = new Float64Array(nested ? length * size : length)
    const put = (index, value, place) => {
      if (typeof value !== 'number') throw refused(`${what}: ${place()} is ${kind(value)}, expected a number`)
      numbers[index] = value
    }
    for (let index = 0; index < length; index++) {
      const place = places[index]
      if (!nested) {
        put(index, place, () => `element ${index}`)
        continue
      }
      if (!isList(place)) throw refused(`${what}: number ${index} is ${kind(place)}, expected an array of ${form}`)
      if (place.length !== size) {
        throw refused(`${what}: number ${index} has ${place.length} numbers, expected ${form}`)
      }
      for (let at = 0; at < size; at++) put(index * size + at, place[at], () => `${names[at]} of number ${index}`)
    }
    change(numbers, clip)
    if (nested) return Array.from({ length }, (_, index) => [...numbers.subarray(index * size, (index + 1) * size)])
    return Array.isArray(places) ? [...numbers] : numbers
  }

  return class Geometry {
    #map
    #unmap

    constructor({ change, ...numbers }) {
      this.#map = (points, clip) => change(points, false, clip)
      this.#unmap = (points, clip) => change(points, true, clip)
      Object.assign(this, numbers)
    }

    mapPoints(points, options) { return changed('points', points, givenClip(options), this.#map) }
    unmapPoints(points, options) { return changed('points', points, givenClip(options), this.#unmap) }
    mapBoxes(boxes, options) { return changed('boxes', boxes, givenClip(options), this.#map) }
    unmapBoxes(boxes, options) { return changed('boxes', boxes, givenClip(options), this.#unmap) }
  }
})
//# sourceURL=pixfuse:geometry.js
