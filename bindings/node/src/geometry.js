// The class that `pipe.geometry` gives an object of: points and boxes from JavaScript's arrays and back.
(function (refused, known, placed) {
  'use strict'

  const { ArrayBuffer, DataView, Float64Array } = globalThis
  const { from, isArray } = Array
  const { isView } = ArrayBuffer
  const kind = value => (value === null ? 'null' : typeof value)
  const isList = value => isArray(value) || (isView(value) && !(value instanceof DataView))
  const shapes = { points: ['x', 'y'], boxes: ['x1', 'y1', 'x2', 'y2'] }

  function givenClip(options) {
    const { clip = false } = known(options, ['clip'])
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
    if (nested) return from({ length }, (_, index) => [...numbers.subarray(index * size, (index + 1) * size)])
    return isArray(places) ? [...numbers] : numbers
  }

  // The numbers that all others follow from, in the order of the native half, and how many each has.
  const given = { source: 2, resized: 2, output: 2, content: 4, scale: 2, offset: 2 }

  // The grids that only some geometries have.
  const grids = ['patches', 'tiles']
  const equal = (one, other) => isArray(one) && isArray(other)
    ? one.length === other.length && one.every((value, at) => value === other[at])
    : one === other

  // Boxes of a call as numbers, four a box.
  function numbersOf(boxes) {
    let numbers
    changed('boxes', boxes, false, given => { numbers = given })
    return numbers
  }

  // What `toJSON` gave, a structured clone or a geometry, as the native half takes it.
  function listOf(numbers, what) {
    if (typeof numbers !== 'object' || numbers === null) {
      throw refused(`${what}: expected what a geometry's toJSON gives, found ${kind(numbers)}`)
    }
    const list = []
    for (const name of Object.keys(given)) {
      const values = numbers[name]
      if (!isArray(values) || values.length !== given[name] || !values.every(value => typeof value === 'number')) {
        throw refused(`${what}: ${name}: expected ${given[name]} numbers; give all that a geometry's toJSON gives`)
      }
      list.push(...values)
    }
    for (const name of grids) {
      const grid = numbers[name] === undefined ? [0, 0] : numbers[name]
      if (!isArray(grid) || grid.length !== 2 || !grid.every(value => typeof value === 'number')) {
        throw refused(`${what}: ${name}: expected 2 numbers; give all that a geometry's toJSON gives`)
      }
      list.push(...grid)
    }
    const { thumbnail } = numbers
    if (thumbnail !== undefined && typeof thumbnail !== 'number') {
      throw refused(`${what}: thumbnail: expected a number; give all that a geometry's toJSON gives`)
    }
    list.push(thumbnail === undefined ? 0 : thumbnail + 1)
    return Float64Array.from(list)
  }

  class Geometry {
    #map
    #unmap
    #tile
    #patch
    #follow

    static from(numbers) { return new Geometry(placed(listOf(numbers, 'numbers'))) }

    constructor({ change, tile, patch, follow, ...numbers }) {
      if (change === undefined) throw refused('numbers: `Geometry.from(numbers)` makes a geometry of them')
      this.#map = (points, clip) => change(points, false, clip)
      this.#unmap = (points, clip) => change(points, true, clip)
      this.#tile = tile
      this.#patch = patch
      this.#follow = follow
      Object.assign(this, numbers)
    }

    equals(other) {
      const names = [...Object.keys(given), ...grids, 'thumbnail']
      return typeof other === 'object' && other !== null && names.every(name => equal(this[name], other[name]))
    }

    get images() { return this.tiles ? this.tiles[0] * this.tiles[1] + (this.thumbnail === undefined ? 0 : 1) : 1 }

    tile(index) {
      if (typeof index !== 'number') throw refused(`index: expected a number, found ${kind(index)}`)
      const tile = this.#tile(index)
      if (tile === null || tile === undefined) {
        throw refused(`index: ${index} is none of the ${this.images} images that show the source`)
      }
      return new Geometry(tile)
    }

    patch(row, column) {
      for (const [name, given] of [['row', row], ['column', column]]) {
        if (typeof given !== 'number') throw refused(`${name}: expected a number, found ${kind(given)}`)
      }
      const patch = this.#patch(row, column)
      if (patch === null || patch === undefined) {
        const grid = this.patches === undefined ? 'no patches' : `${this.patches[0]} rows x ${this.patches[1]} columns`
        throw refused(`patch: row ${row} and column ${column} are none of ${grid}`)
      }
      return new Geometry(patch)
    }

    // No `then`: what has one is taken for a promise.
    followedBy(next) { return new Geometry(this.#follow(listOf(next, 'next'))) }

    toJSON() { return { ...this } }
    mapPoints(points, options) { return changed('points', points, givenClip(options), this.#map) }
    unmapPoints(points, options) { return changed('points', points, givenClip(options), this.#unmap) }
    mapBoxes(boxes, options) { return changed('boxes', boxes, givenClip(options), this.#map) }
    unmapBoxes(boxes, options) { return changed('boxes', boxes, givenClip(options), this.#unmap) }
  }

  return { Geometry, numbersOf }
})
//# sourceURL=pixfuse:geometry.js
