// The native half of `pipeline.js`, `geometry.js` and `processor.js`: what the addon is in Node.js, here over the module of
// WebAssembly. Its functions and their arguments are those of the addon.

import geometry from './geometry.js'
import { ask, generation, Input, refused } from './module.js'
import { presets } from './presets.js'
import { checked, file, image, isAbsent, isShared, out as given, plain, plains, tagged } from './values.js'
import { files } from './files.js'

const { Float32Array, Float64Array, Int8Array, Uint8Array, Uint16Array } = globalThis
const types = { f32: Float32Array, f16: Uint16Array, bf16: Uint16Array, u8: Uint8Array, i8: Int8Array }
const length = dims => dims.reduce((product, side) => product * side, 1)

// What the module keeps for an object of JavaScript is let go when that is gone.
const kept = globalThis.FinalizationRegistry && new FinalizationRegistry(held => {
  if (held.generation === generation) ask({ call: 'free', pipe: held.pipe, config: held.config })
})

// A part of the module that is there as long as what this gives, and is made anew in the next module if this one stopped.
function keep(make, held) {
  const get = () => {
    if (held.generation !== generation) Object.assign(held, make(), { generation })
    return held
  }
  kept?.register(get, held)
  return get
}

// `out`, or what it gives where it is a function, with what lies in the block of outputs, or a new array of it.
function filled(out, allocate, element, dims, what, taken) {
  const count = length(dims)
  if (typeof out !== 'function') {
    const tensor = isAbsent(out) ? allocate(count) : out
    tensor.set(taken(types[element], count))
    return tensor
  }
  // The function may ask the module, which then writes over what lies there.
  const made = taken(types[element], count).slice()
  const tensor = checked(out([...dims], element), types[element].name, count, `the ${what} [${dims.join(', ')}]`)
  tensor.set(made)
  return tensor
}

// A PNG file.
const picture = allocate => (count, taken) => {
  const bytes = allocate(count)
  bytes.set(taken(Uint8Array, count))
  return bytes
}

const OPTIONS = (orient, maxPixels, maxSide, draft, truncated) => ({
  orient: plain(orient), maxPixels: plain(maxPixels), maxSide: plain(maxSide), draft: plains(draft), truncated: plain(truncated),
})

// What `geometry.js` makes a `Geometry` of.
function placed({ numbers: exact, shown }) {
  // As texts: the module reads no number of a question that has more digits than are exact.
  const numbers = exact.map(String)
  return {
    ...shown,
    change(points, back, clip) {
      const input = new Input()
      input.add(new Uint8Array(points.buffer, points.byteOffset, points.byteLength))
      ask({ call: 'change', numbers, count: points.length, back, clip }, input, (_, taken) => points.set(taken(Float64Array, points.length)))
    },
    follow: next => placed(ask({ call: 'follow', numbers, next: Array.from(next, String) })),
    tile(index) {
      const tile = ask({ call: 'tile', numbers, index: Number.isFinite(index) ? index : -1 })
      return tile === null ? null : placed(tile)
    },
    patch(row, column) {
      const [high, wide] = [row, column].map(index => (Number.isFinite(index) ? index : -1))
      const patch = ask({ call: 'patch', numbers, row: high, column: wide })
      return patch === null ? null : placed(patch)
    },
  }
}

// A pipeline for JavaScript, from what the module said of it. `asked` is the question that makes it anew.
function pipeline({ pipe, ...made }, asked) {
  const object = { ...made }
  const { text, element } = made
  const again = () => ({ pipe: ask(asked ?? { call: 'parse', declaration: tagged(text), values: tagged() }).pipe })
  const held = keep(again, { pipe, generation })
  const question = (call, rest) => ({ call, pipe: held().pipe, ...rest })

  const run = (values, out, allocate, join, threads, orient) => {
    const input = new Input()
    const images = []
    for (let at = 0; at < values.length; at += 5) images.push(image(values.slice(at, at + 5), input))
    const asked = question('run', { images, join, out: given(out), threads: plain(threads), orient: plain(orient) })
    return ask(asked, input, (dims, taken) => {
      const apart = array => {
        if (isShared(values, array)) throw refused('out: shares memory with the image; give a buffer of its own')
        return array
      }
      const asked = typeof out === 'function' ? (...shape) => apart(out(...shape)) : apart(out)
      return filled(asked, allocate, element, dims, join === 'one' ? 'tensor' : 'batch', taken)
    })
  }

  const decode = (data, options, out, allocate) => {
    const input = new Input()
    const asked = question('decode', { file: file(data, input), ...options, out: given(out) })
    return ask(asked, input, (dims, taken) => ({ data: filled(out, allocate, element, dims, 'tensor', taken), dims }))
  }

  const decodeBatch = (list, options, out, allocate, threads, onError, fill) => {
    const input = new Input()
    const all = list.map(data => (isAbsent(data) ? null : file(data, input)))
    const filling = Number.isFinite(fill) ? { number: String(fill) } : plain(fill)
    const rest = { threads: plain(threads), onError: plain(onError), fill: filling, out: given(out) }
    return ask(question('decodeBatch', { files: all, ...options, ...rest }), input, ({ dims, failures }, taken) => (
      { data: filled(out, allocate, element, dims, 'batch', taken), dims, failures }
    ))
  }

  return Object.assign(object, {
    explain: () => ask(question('explain')),
    shape: (rows, columns, orient) => ask(question('shape', { rows: plain(rows), columns: plain(columns), orient: plain(orient) })),
    replace: clauses => pipeline(ask(question('replace', { clauses: tagged(clauses) }))),
    parts: () => ask(question('parts')),
    geometry: (rows, columns, orient) => (
      placed(ask(question('geometry', { rows: plain(rows), columns: plain(columns), orient: plain(orient) })))
    ),
    preview(data, width, height, channels, stride, boxes, orient, allocate) {
      const input = new Input()
      const shown = image([data, width, height, channels, stride], input)
      return ask(question('preview', { image: shown, boxes: Array.from(boxes, String), orient: plain(orient) }), input, picture(allocate))
    },
    previewFile(data, boxes, orient, allocate) {
      const input = new Input()
      const rest = { file: file(data, input), boxes: Array.from(boxes, String), orient: plain(orient) }
      return ask(question('previewFile', rest), input, picture(allocate))
    },
    run: (data, width, height, channels, stride, out, allocate, orient, threads) => (
      run([data, width, height, channels, stride], out, allocate, 'one', threads, orient)
    ),
    async start(data, width, height, channels, stride, out, allocate, mover, orient, threads) {
      const made = run([data, width, height, channels, stride], out, allocate, 'one', threads, orient)
      // What is given away is gone, although nobody needed it.
      mover?.(data)
      return made
    },
    batch: (values, out, allocate, threads, join) => run(values, out, allocate, join ?? 'stack', threads),
    async startBatch(values, out, allocate, mover, threads, join) {
      const made = run(values, out, allocate, join ?? 'stack', threads)
      for (let index = 0; mover !== undefined && index * 5 < values.length; index++) mover(index)
      return made
    },
    joined(sizes, join) {
      return ask(question('joined', { sizes, join }), undefined, (answer, taken) => {
        if (answer.maskDims === undefined) return answer
        return { ...answer, mask: taken(Uint8Array, length(answer.maskDims)).slice() }
      })
    },
    decode: (data, orient, maxPixels, maxSide, draft, truncated, out, allocate) => (
      decode(data, OPTIONS(orient, maxPixels, maxSide, draft, truncated), out, allocate)
    ),
    async startDecode(data, orient, maxPixels, maxSide, draft, truncated, out, allocate, shape) {
      const { data: made, dims } = decode(data, OPTIONS(orient, maxPixels, maxSide, draft, truncated), out, allocate)
      shape.push(...dims)
      return made
    },
    decodeBatch: (list, orient, maxPixels, maxSide, draft, truncated, out, allocate, threads, onError, fill) => (
      decodeBatch(list, OPTIONS(orient, maxPixels, maxSide, draft, truncated), out, allocate, threads, onError, fill)
    ),
    async startDecodeBatch(list, orient, maxPixels, maxSide, draft, truncated, out, allocate, shape, threads, onError, fill) {
      const { data, dims, failures } =
        decodeBatch(list, OPTIONS(orient, maxPixels, maxSide, draft, truncated), out, allocate, threads, onError, fill)
      shape.push(...dims)
      return { data, failures }
    },
    decodeGeometry(data, orient, draft) {
      const input = new Input()
      return placed(ask(question('decodeGeometry', { file: file(data, input), orient: plain(orient), draft: plains(draft) }), input))
    },
  })
}

const parse = (declaration, values) => (
  pipeline(ask({ call: 'parse', declaration: tagged(declaration), values: tagged(values) }))
)

/** What `pipeline.js` is given. */
export const native = {
  parse,
  unknown: (word, names) => ask({ call: 'unknown', word, names }),
  placed: numbers => placed(ask({ call: 'placed', numbers: Array.from(numbers, String) })),
  files: () => files,
  geometry,
  read: () => { throw refused('data: a path, which names no file in a browser') },
  entries: Object.entries(presets).map(([name, text]) => (
    { name, open: /\b_\b/.test(text), bind: values => parse(text, values) }
  )),
}

/** As `native`, with the declarations that the loaded module exports. */
export const exported = () => ({
  ...native,
  entries: ask({ call: 'entries' }).map(({ name, open }) => ({
    name,
    open,
    bind(values) {
      const question = { call: 'bind', entry: name, values: tagged(values) }
      return pipeline(ask(question), question)
    },
  })),
})

/** What `processor.js` is given. */
export const readConfig = (text, path, backend, keywords, called) => config(path, { call: 'config', text, backend, keywords, called })

/** What `video.js` is given. */
export const readVideoConfig = (text, path, keywords, called, frames) => (
  config(path, { call: 'videoConfig', text, keywords, called, frames: plain(frames) })
)

function config(path, question) {
  if (question.text === undefined) throw refused(`config: ${JSON.stringify(path)}, expected an object or the text of one; a browser has no paths`)
  const { config, described } = ask(question)
  const held = keep(() => ({ config: ask(question).config }), { config, generation })
  return {
    described,
    itemKey(data) {
      const input = new Input()
      return ask({ call: 'itemKey', config: held().config, file: file(data, input) }, input)
    },
    seen: (rows, columns, view) => (
      ask({ call: 'seen', config: held().config, rows: plain(rows), columns: plain(columns), view })
    ),
    ofSizes: (name, sources, frames) => ask({ call: 'ofSizes', config: held().config, name, sources, frames }),
    tokens: (rows, columns, high, wide, count) => (
      ask({ call: 'tokens', config: held().config, rows: plain(rows), columns: plain(columns), high, wide, count })
    ),
    admits: (rows, columns) => { ask({ call: 'admits', config: held().config, rows: plain(rows), columns: plain(columns) }) },
  }
}

/** What a file's header says. */
export function probe(data) {
  const input = new Input()
  return ask({ call: 'header', file: file(files.plain(data), input) }, input)
}

const about = () => ask({ call: 'about' })
/** Which decoder reads which files, for people. */
export const decoders = () => about().decoders
/** The levels that this module has, from the plainest on. */
export const levels = () => about().levels
