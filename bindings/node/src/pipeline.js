// The half of the addon that is JavaScript: an expression, evaluated once for each environment that loads the addon.
//
// Properties are read here and nowhere else, each once; then the native half gets plain values and looks at memory, so
// that no getter or proxy runs between the look and the use. What it writes to or reads from on another thread is memory
// that no other JavaScript may reach: such arrays are made by constructors taken when this file is evaluated, none of
// their properties is read, and they pass through no method or prototype that other code can replace.
(function (native, exports) {
  'use strict'

  const { ArrayBuffer, Error, Float16Array, Float32Array, Int8Array, Uint8Array, Uint16Array } = globalThis
  const { isArray } = Array
  const { isView } = ArrayBuffer
  const { assign, defineProperty, fromEntries, keys } = Object
  const { apply } = Reflect
  const { bind } = Function.prototype
  const { toString } = Object.prototype
  const { set, subarray } = Uint8Array.prototype
  const clone = structuredClone
  // The native half knows 16-bit floats by their bits alone, as engines without Float16Array do.
  const bits = length => new Uint16Array(length)
  const allocate = {
    f32: length => new Float32Array(length),
    f16: bits,
    bf16: bits,
    u8: length => new Uint8Array(length),
    i8: length => new Int8Array(length),
  }
  const over = (Type, { buffer, byteOffset, length }) => new Type(buffer, byteOffset, length)

  // What the constructor takes from this file alone.
  class Declared {
    constructor(bind) { this.bind = bind }
  }

  const refused = message => assign(new Error(message), { code: 'InvalidArg' })

  // What `decode` knows of its options.
  const DECODE = ['out', 'orient', 'maxPixels', 'maxSide', 'draft', 'truncated']
  const BATCH = [...DECODE, 'threads', 'onError', 'fill']

  const { plain, name: nameOf, bytes: bytesOf, isLater, taker } = native.files()

  // An object of some of these options, or nothing. Array.prototype.map gives an index and the array behind each item,
  // which say nothing: `files.map(pipe.decodeSync)` works.
  function known(options, names, list) {
    if (options === undefined || options === null) return {}
    if (typeof options === 'number' && isArray(list)) return {}
    if (typeof options !== 'object' || isView(options)) {
      throw refused(`options: expected an object, found ${isView(options) ? 'a typed array; it goes into its `out`' : typeof options}`)
    }
    for (const name of keys(options)) {
      if (!names.includes(name)) throw refused(`options: ${native.unknown(name, names)}`)
    }
    return options
  }

  const { Geometry, numbersOf } = native.geometry(refused, known, native.placed)

  // What a value is, in an error.
  function named(value) {
    if (value === undefined || value === null) return String(value)
    const kind = apply(toString, value, []).slice(8, -1)
    const name = typeof value === 'object' && kind !== 'Object' ? kind : kind.toLowerCase()
    return `${/^[AEIOHaeio]/.test(name) ? 'an' : 'a'} ${name}`
  }

  // What is given where several are expected, as an array: the letters of a path are no files.
  function listed(given, name) {
    if (typeof given !== 'string' && typeof given?.[Symbol.iterator] === 'function') return [...given]
    throw refused(`${name}: expected an array of ${name}, found ${named(given)}`)
  }

  // Refuses what something else takes, and says what; other things without pixels are the native half's to refuse.
  function refuseOther(image, place) {
    const kind = apply(toString, image, []).slice(8, -1)
    const step = kind === 'Promise' ? '`await` it first' : taker(kind)
    if (step !== undefined) throw refused(`image: ${place}expected { data, width, height }, found ${named(image)}; ${step}`)
  }

  // What the native half asks of an image; planes that lie apart are arrays of it, which are made here.
  function parts(image, place = '') {
    const { data, planes, width, height, channels, stride, colorSpace } = image ?? {}
    // Of an ImageData; others say nothing.
    if (colorSpace === 'display-p3') {
      throw refused(`image: ${place}colorSpace: 'display-p3', expected 'srgb', which models are trained on`)
    }
    if (planes === undefined || planes === null) {
      if (data === undefined || data === null) refuseOther(image, place)
      if (isArray(data)) throw refused(`image: ${place}data: expected a typed array, found an array`)
      return [data, width, height, channels ?? (typeof colorSpace === 'string' ? 4 : undefined), stride]
    }
    const each = [...partsOfPlanes(planes)]
    return [[...every(each, 0)], width, height, channels, [...every(each, 1)]]
  }

  function* partsOfPlanes(planes) {
    for (const plane of planes) yield [plane?.data, plane?.stride]
  }

  function* every(lists, at) {
    for (let index = 0; index < lists.length; index++) yield lists[index][at]
  }

  // Those of many images, one after the other.
  function* partsOf(images) {
    let number = 0
    for (const image of listed(images, 'images')) yield* parts(image, `number ${number++}: `)
  }

  // The bytes of a buffer in one that nobody else has; nothing for buffers that Node.js does not let go, like those that
  // addons made of their own memory.
  function taken(buffer) {
    try {
      return clone(buffer, { transfer: [buffer] })
    } catch {
      return undefined
    }
  }

  // The same bytes in an array that nobody else has, if they can be taken.
  function move({ buffer, byteOffset, byteLength }) {
    const own = taken(buffer)
    return own && new Uint8Array(own, byteOffset, byteLength)
  }

  // As `move`, of the image with this number, unless it has planes. Those that lie in one buffer are taken together.
  function moves(values) {
    // Lists of own links: whatever looks into a Map could keep what is in it.
    let places = null
    for (let at = 0; at < values.length; at += 5) {
      const data = values[at]
      if (isView(data)) {
        const { buffer, byteOffset, byteLength } = data
        places = { __proto__: null, index: at / 5, buffer, byteOffset, byteLength, before: places }
      }
    }
    let moved = null
    return index => {
      let place = places
      while (place !== null && place.index !== index) place = place.before
      if (place === null) return undefined
      let known = moved
      while (known !== null && known.buffer !== place.buffer) known = known.before
      if (known === null) known = moved = { __proto__: null, buffer: place.buffer, own: taken(place.buffer), before: moved }
      return known.own && new Uint8Array(known.own, place.byteOffset, place.byteLength)
    }
  }

  // Where a tensor goes: into an array of the caller's, into the one that a function of the caller's gives, or into a new one.
  class Place {
    #given
    #bits
    #halves

    constructor(out, halves) {
      this.#halves = halves
      this.#given = out
      if (typeof out === 'function') this.#bits = (shape, type) => this.#take(out(shape, type))
      else this.#take(out)
    }

    // The array over the caller's memory that the native half takes.
    #take(given) {
      this.#given = given
      return this.#bits = this.#halves && given instanceof Float16Array ? over(Uint16Array, given) : given
    }

    // What the native half is given: an array, a function that is called once and gives one, or nothing.
    get bits() { return this.#bits }

    // Puts a tensor into the caller's array, which JavaScript had meanwhile.
    fill(made) {
      if (this.#bits === undefined || this.#bits === null) return
      try {
        apply(set, this.#bits, [made])
      } catch {
        throw refused('out: was detached or shrunk before the work was done; leave it alone until the promise is kept')
      }
    }

    // What the caller gets: its own array, or the new one.
    shown(made) {
      return this.#given ?? (this.#halves ? over(Float16Array, made) : made)
    }
  }

  // Structured cloning would make `{}` of a pipeline. It refuses functions and shows their text.
  const cloned = function a_pipeline_has_to_be_made_anew_of_its_spec() {}

  class Pipeline {
    #native
    #allocate
    #halves
    // Most callers have images of one size, so the last shape is kept: it is a native call and an array.
    #rows
    #columns
    #shape

    constructor(declaration, values) {
      this.#native = declaration instanceof Declared ? declaration.bind(values) : native.parse(declaration, values)
      this.#allocate = allocate[this.#native.element]
      this.#halves = Float16Array !== undefined && this.#native.element === 'f16'
      // As in `files.map(pipe.decodeSync)`.
      for (const name of methods) {
        defineProperty(this, name, { value: apply(bind, this[name], [this]), configurable: true, writable: true })
      }
      defineProperty(this, 'cloned', { value: cloned, enumerable: true })
    }

    get spec() { return this.#native.text }
    get element() { return this.#native.element }
    get level() { return this.#native.level }
    get clauses() { return fromEntries(this.#parts().clauses) }
    get size() { return this.#parts().size }
    get filter() { return this.#parts().filter }
    get mean() { return this.#parts().mean }
    get std() { return this.#parts().std }
    get scale() { return this.#parts().scale }

    with(clauses) {
      const { replace } = this.#native
      return new Pipeline(new Declared(() => replace(clauses)))
    }

    previewSync(image, options, list) {
      const { boxes = [], orient } = known(options, ['boxes', 'orient'], list)
      const places = numbersOf(boxes)
      if (image === null || typeof image !== 'object' || image.width === undefined) {
        return this.#native.previewFile(plain(image), places, orient, allocate.u8)
      }
      const [data, width, height, channels, stride] = parts(image)
      return this.#native.preview(data, width, height, channels, stride, places, orient, allocate.u8)
    }

    explain() { return this.#native.explain() }
    toString() { return this.#native.text }
    toJSON() { return this.#native.text }
    [Symbol.for('nodejs.util.inspect.custom')]() { return `Pipeline('${this.#native.text}')` }

    outputShape(rows, columns, options) {
      const { orient } = known(options, ['orient'])
      return this.#native.shape(rows, columns, orient)
    }

    geometry(rows, columns, options) {
      const { orient } = known(options, ['orient'])
      return new Geometry(this.#native.geometry(rows, columns, orient))
    }

    runSync(image, options, list) {
      const [data, width, height, channels, stride] = parts(image)
      const { out, orient, threads } = known(options, ['out', 'orient', 'threads'], list)
      const place = new Place(out, this.#halves)
      const made = this.#native.run(data, width, height, channels, stride, place.bits, this.#allocate, orient, threads)
      return { data: place.shown(made), dims: this.#dims(height, width, orient) }
    }

    async run(image, options, list) {
      const [data, width, height, channels, stride] = parts(image)
      const { out, orient, threads, transfer } = known(options, ['out', 'orient', 'threads', 'transfer'], list)
      const mover = transfer && isView(data) ? move : undefined
      const place = new Place(out, this.#halves)
      const made = await this.#native.start(
        data, width, height, channels, stride, place.bits, this.#allocate, mover, orient, threads,
      )
      place.fill(made)
      return { data: place.shown(made), dims: this.#dims(height, width, orient) }
    }

    batchSync(images, options, list) {
      const values = [...partsOf(images)]
      const { out, threads } = known(options, ['out', 'threads'], list)
      const place = new Place(out, this.#halves)
      const made = this.#native.batch(values, place.bits, this.#allocate, threads, undefined)
      return { data: place.shown(made), dims: this.#dimsOf(values) }
    }

    async batch(images, options, list) {
      const values = [...partsOf(images)]
      const { out, threads, transfer } = known(options, ['out', 'threads', 'transfer'], list)
      const mover = transfer ? moves(values) : undefined
      const place = new Place(out, this.#halves)
      const made = await this.#native.startBatch(values, place.bits, this.#allocate, mover, threads, undefined)
      place.fill(made)
      return { data: place.shown(made), dims: this.#dimsOf(values) }
    }

    concatSync(images, options, list) { return this.#joinedSync('concat', images, options, list) }
    async concat(images, options, list) { return this.#joinedLater('concat', images, options, list) }
    padSync(images, options, list) { return this.#joinedSync('pad', images, options, list) }
    async pad(images, options, list) { return this.#joinedLater('pad', images, options, list) }

    decodeSync(data, options, list) {
      const { out, orient, maxPixels, maxSide, draft, truncated } = known(options, DECODE, list)
      const place = new Place(out, this.#halves)
      const { data: made, dims } =
        this.#native.decode(plain(data), orient, maxPixels, maxSide, draft, truncated, place.bits, this.#allocate)
      return { data: place.shown(made), dims }
    }

    async decode(data, options, list) {
      const { out, orient, maxPixels, maxSide, draft, truncated } = known(options, DECODE, list)
      const place = new Place(out, this.#halves)
      // Bytes are copied before the promise is returned.
      const file = isLater(data) ? await bytesOf(data, native.read) : data
      const dims = []
      const made = await this.#native.startDecode(
        file, orient, maxPixels, maxSide, draft, truncated, place.bits, this.#allocate, dims,
      )
      place.fill(made)
      return { data: place.shown(made), dims }
    }

    decodeBatchSync(files, options, list) {
      const { out, orient, maxPixels, maxSide, draft, truncated, threads, onError, fill: value } = known(options, BATCH, list)
      const place = new Place(out, this.#halves)
      const given = listed(files, 'files')
      const { data: made, dims, failures } = this.#native.decodeBatch(
        given.map((file, index) => plain(file, `number ${index}: `)), orient, maxPixels, maxSide, draft, truncated, place.bits,
        this.#allocate, threads, onError, value,
      )
      return told(onError, place.shown(made), dims, failures, given)
    }

    async decodeBatch(files, options, list) {
      const { out, orient, maxPixels, maxSide, draft, truncated, threads, onError, fill: value } = known(options, BATCH, list)
      const place = new Place(out, this.#halves)
      const given = listed(files, 'files')
      const read = given.some(isLater) ? await Promise.all(given.map(file => bytesOf(file, native.read))) : given
      const dims = []
      const { data: made, failures } = await this.#native.startDecodeBatch(
        read, orient, maxPixels, maxSide, draft, truncated, place.bits, this.#allocate, dims, threads, onError, value,
      )
      place.fill(made)
      return told(onError, place.shown(made), dims, failures, given)
    }

    async *decodeBatches(files, size, options) {
      if (!Number.isInteger(size) || size < 1) throw refused(`size: expected a whole number of at least 1, found ${String(size)}`)
      if (options?.out && typeof options.out !== 'function') {
        throw refused('out: each batch has an array of its own, which a function of its shape and type may give; decodeBatch takes one')
      }
      let batch = []
      for await (const file of files) {
        if (batch.push(file) === size) {
          yield await this.decodeBatch(batch, options)
          batch = []
        }
      }
      if (batch.length > 0) yield await this.decodeBatch(batch, options)
    }

    decodeGeometry(data, options, list) {
      const { orient, draft } = known(options, ['orient', 'draft'], list)
      return new Geometry(this.#native.decodeGeometry(plain(data), orient, draft))
    }

    #parts() { return this.#native.parts() }

    #joinedSync(join, images, options, list) {
      const values = [...partsOf(images)]
      const { out, threads } = known(options, ['out', 'threads'], list)
      const place = new Place(out, this.#halves)
      const made = this.#native.batch(values, place.bits, this.#allocate, threads, join)
      return this.#joined(join, values, place.shown(made))
    }

    async #joinedLater(join, images, options, list) {
      const values = [...partsOf(images)]
      const { out, threads, transfer } = known(options, ['out', 'threads', 'transfer'], list)
      const mover = transfer ? moves(values) : undefined
      const place = new Place(out, this.#halves)
      const made = await this.#native.startBatch(values, place.bits, this.#allocate, mover, threads, join)
      place.fill(made)
      return this.#joined(join, values, place.shown(made))
    }

    // What lies where in a batch of several sizes.
    #joined(join, values, data) {
      const sizes = []
      for (let at = 0; at < values.length; at += 5) sizes.push(values[at + 2], values[at + 1])
      const { dims, offsets, mask, maskDims } = this.#native.joined(sizes, join)
      return join === 'concat' ? { data, dims, offsets } : { data, dims, mask: { data: mask, dims: maskDims } }
    }

    #dims(rows, columns, orient) {
      if (orient !== undefined && orient !== null) return this.#native.shape(rows, columns, orient)
      if (rows !== this.#rows || columns !== this.#columns) {
        this.#shape = this.#native.shape(rows, columns, undefined)
        this.#rows = rows
        this.#columns = columns
      }
      return this.#shape.slice()
    }

    // Of a batch; one of nothing has the shape that the declaration fixes.
    #dimsOf(values) {
      const each = values.length === 0 ? this.#native.fixedShape : this.#dims(values[2], values[1])
      return [values.length / 5, ...each]
    }
  }

  const methods = Object.getOwnPropertyNames(Pipeline.prototype)
    .filter(name => typeof Object.getOwnPropertyDescriptor(Pipeline.prototype, name).value === 'function')
    .filter(name => name !== 'constructor')

  // The block of a batch and, where it goes on after files that fail, those; what is skipped has no row.
  function told(onError, data, dims, failures, files) {
    if (onError === undefined || onError === null || onError === 'raise') return { data, dims }
    const named = failures.map(failure => ({ ...failure, name: nameOf(files[failure.index]) }))
    if (onError === 'fill' || named.length === 0) return { data, dims, failures: named }
    const kept = dims[0] - named.length
    const part = apply(subarray, data, [0, (data.length / dims[0]) * kept])
    return { data: part, dims: [kept, ...dims.slice(1)], failures: named }
  }

  const names = native.entries.map(entry => entry.name)

  assign(exports, {
    Pipeline,
    Geometry,
    names() { return [...names] },
    get(name) {
      if (!names.includes(name)) throw refused(`name: ${String(name)} is none of ${names.join(', ')}`)
      return exports[name]
    },
  })

  for (const { name, open, bind } of native.entries) {
    if (name in exports) throw new Error(`two exports with the name ${name}`)
    let made
    const property = open
      ? { value: values => new Pipeline(new Declared(bind), values) }
      // Made when it is first read: a level that this CPU lacks is then an error of that pipeline, not of loading.
      : { get: () => (made ??= new Pipeline(new Declared(bind))) }
    defineProperty(exports, name, { enumerable: true, ...property })
  }
})
//# sourceURL=pixfuse:pipeline.js
