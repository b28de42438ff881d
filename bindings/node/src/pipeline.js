// The half of the addon that is JavaScript: an expression, evaluated once for each environment that loads the addon.
//
// Properties are read here and nowhere else, each once; then the native half gets plain values and looks at memory, so
// that no getter or proxy runs between the look and the use.
(function (native, exports) {
  'use strict'

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
  const { Float16Array } = globalThis
  const over = (Type, { buffer, byteOffset, length }) => new Type(buffer, byteOffset, length)

  // What the constructor takes from this file alone.
  class Declared {
    constructor(bind) { this.bind = bind }
  }

  const refused = message => Object.assign(new Error(message), { code: 'InvalidArg' })
  const Geometry = native.geometry(refused)

  // An object or nothing.
  function given(options) {
    if (options === undefined || options === null) return
    if (typeof options !== 'object' || ArrayBuffer.isView(options)) {
      throw refused('options: expected an object; a typed array goes into its `out`')
    }
  }

  // What the native half asks of an image; planes that lie apart are arrays of it.
  function parts(image) {
    const { data, planes, width, height, channels, stride } = image ?? {}
    if (planes === undefined || planes === null) return [data, width, height, channels, stride]
    const each = Array.from(planes, plane => [plane?.data, plane?.stride])
    return [each.map(([bytes]) => bytes), width, height, channels, each.map(([, bytes]) => bytes)]
  }

  // The same bytes in a buffer that nobody else has; nothing for buffers that Node.js does not let go, like those that
  // addons made of their own memory.
  function move({ buffer, byteOffset, byteLength }) {
    try {
      return new Uint8Array(clone(buffer, { transfer: [buffer] }), byteOffset, byteLength)
    } catch {
      return undefined
    }
  }

  // As `move`, of the image with this number, unless it has planes. Those that lie in one buffer are taken together.
  function moves(values) {
    const places = []
    for (let at = 0; at < values.length; at += 5) {
      const data = values[at]
      if (ArrayBuffer.isView(data)) {
        const { buffer, byteOffset, byteLength } = data
        places[at / 5] = { buffer, byteOffset, byteLength }
      }
    }
    const taken = new Map()
    return index => {
      if (places[index] === undefined) return undefined
      const { buffer, byteOffset, byteLength } = places[index]
      if (!taken.has(buffer)) taken.set(buffer, move({ buffer, byteOffset: 0, byteLength: buffer.byteLength })?.buffer)
      const own = taken.get(buffer)
      return own && new Uint8Array(own, byteOffset, byteLength)
    }
  }

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
    }

    get spec() { return this.#native.text }
    get element() { return this.#native.element }
    get level() { return this.#native.level }

    explain() { return this.#native.explain() }
    toString() { return this.#native.text }
    toJSON() { return this.#native.text }
    [Symbol.for('nodejs.util.inspect.custom')]() { return `Pipeline('${this.#native.text}')` }

    outputShape(rows, columns, options) {
      given(options)
      return this.#native.shape(rows, columns, options?.orient)
    }

    geometry(rows, columns, options) {
      given(options)
      return new Geometry(this.#native.geometry(rows, columns, options?.orient))
    }

    runSync(image, options) {
      const [data, width, height, channels, stride] = parts(image)
      const given = this.#given(options)
      const { orient, threads } = options ?? {}
      const { bits } = given
      const out = this.#native.run(data, width, height, channels, stride, bits, this.#allocate, orient, threads)
      return { data: this.#shown(given, out), dims: this.#dims(height, width, orient) }
    }

    async run(image, options) {
      const [data, width, height, channels, stride] = parts(image)
      const given = this.#given(options)
      const mover = options?.transfer && ArrayBuffer.isView(data) ? move : undefined
      const { orient, threads } = options ?? {}
      const { bits } = given
      const made = await this.#native.start(
        data, width, height, channels, stride, bits, this.#allocate, mover, orient, threads,
      )
      // `set` refuses an `out` that was detached or shrunk meanwhile.
      bits?.set(made)
      return { data: this.#shown(given, made), dims: this.#dims(height, width, orient) }
    }

    batchSync(images, options) {
      const values = []
      for (const image of images) {
        values.push(...parts(image))
      }
      const given = this.#given(options)
      const out = this.#native.batch(values, given.bits, this.#allocate, options?.threads)
      return { data: this.#shown(given, out), dims: [values.length / 5, ...this.#dims(values[2], values[1])] }
    }

    async batch(images, options) {
      const values = []
      for (const image of images) {
        values.push(...parts(image))
      }
      const given = this.#given(options)
      const mover = options?.transfer ? moves(values) : undefined
      const { bits } = given
      const made = await this.#native.startBatch(values, bits, this.#allocate, mover, options?.threads)
      bits?.set(made)
      return { data: this.#shown(given, made), dims: [values.length / 5, ...this.#dims(values[2], values[1])] }
    }

    decodeSync(data, options) {
      const given = this.#given(options)
      const { orient, maxPixels } = options ?? {}
      const { data: made, dims } = this.#native.decode(data, orient, maxPixels, given.bits, this.#allocate)
      return { data: this.#shown(given, made), dims }
    }

    async decode(data, options) {
      const given = this.#given(options)
      const { orient, maxPixels } = options ?? {}
      const dims = []
      const made = await this.#native.startDecode(data, orient, maxPixels, given.bits, this.#allocate, dims)
      given.bits?.set(made)
      return { data: this.#shown(given, made), dims }
    }

    decodeBatchSync(files, options) {
      const given = this.#given(options)
      const { orient, maxPixels, threads } = options ?? {}
      const { data: made, dims } =
        this.#native.decodeBatch([...files], orient, maxPixels, given.bits, this.#allocate, threads)
      return { data: this.#shown(given, made), dims }
    }

    decodeGeometry(data, options) {
      given(options)
      return new Geometry(this.#native.decodeGeometry(data, options?.orient))
    }

    // The caller's `out`, and the array over the same memory that the native half takes.
    #given(options) {
      given(options)
      const out = options?.out
      return { out, bits: this.#halves && out instanceof Float16Array ? over(Uint16Array, out) : out }
    }

    // What the caller gets: its own array, or the new one.
    #shown({ out }, made) {
      return out ?? (this.#halves ? over(Float16Array, made) : made)
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
  }

  const names = native.entries.map(entry => entry.name)

  Object.assign(exports, {
    Pipeline,
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
    Object.defineProperty(exports, name, { enumerable: true, ...property })
  }
})
//# sourceURL=pixfuse:pipeline.js
