// The module of WebAssembly: how it is loaded, its memory, and one question to it.

const { ArrayBuffer, JSON, Uint8Array } = globalThis
const { isView } = ArrayBuffer

// Bytes of pixels and files are put at multiples of this.
const ALIGN = 16
const [QUESTION, INPUT, OUTPUT, ANSWER] = [0, 1, 2, 3]

export const refused = (message, code = 'InvalidArg') => Object.assign(new Error(message), { code })

// The instance that there is, and how many there were before it.
let exports
let compiled
let loading
export let generation = 0

// Loads the module once; calls after the first wait for it.
export function load(source) {
  loading ??= loaded(source).catch(error => {
    loading = undefined
    throw error
  })
  return loading
}

// As `load`, from bytes or a compiled module.
export function initSync(source) {
  if (exports !== undefined) return
  const isModule = source instanceof WebAssembly.Module
  if (!isModule && !(source instanceof ArrayBuffer) && !isView(source)) {
    throw refused('source: expected the bytes of pixfuse.wasm or a WebAssembly.Module; `init` takes a URL or a Response')
  }
  start(isModule ? source : understood(() => new WebAssembly.Module(source)))
}

async function loaded(source) {
  const given = await source
  if (exports !== undefined) return
  if (given instanceof WebAssembly.Module) return start(given)
  if (given instanceof ArrayBuffer || isView(given)) return start(await understoodLater(WebAssembly.compile(given)))
  const response = typeof given === 'string' || given instanceof URL ? await fetched(given) : given
  if (typeof response?.arrayBuffer !== 'function') {
    throw refused('source: expected a URL, a Response, the bytes of pixfuse.wasm or a WebAssembly.Module')
  }
  if (response.ok === false) throw refused(`source: ${response.url} is not there: the server says ${response.status}`, 'unreadable')
  // A server that does not know the type of such files still has the bytes.
  const isTyped = response.headers?.get('content-type')?.startsWith('application/wasm')
  const module = isTyped && WebAssembly.compileStreaming
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer())
  start(await understoodLater(module))
}

// Node.js fetches no files.
async function fetched(url) {
  const { protocol, href } = new URL(url, globalThis.location?.href)
  const files = protocol === 'file:' ? globalThis.process?.getBuiltinModule?.('node:fs') : undefined
  return files === undefined ? fetch(href) : new Response(files.readFileSync(new URL(href)))
}

function start(module) {
  exports = new WebAssembly.Instance(module, {}).exports
  compiled = module
  generation += 1
}

// A module that an engine refuses.
function told(error) {
  if (!(error instanceof WebAssembly.CompileError)) return error
  const step = 'browsers have it since Chrome 91, Firefox 89 and Safari 16.4'
  return Object.assign(refused(`source: these are not the bytes of pixfuse.wasm, or this engine has no SIMD of WebAssembly (${step})`), { cause: error })
}

function understood(compile) {
  try {
    return compile()
  } catch (error) {
    throw told(error)
  }
}

async function understoodLater(module) {
  try {
    return await module
  } catch (error) {
    throw told(error)
  }
}

// Bytes for the block of inputs, one behind the other.
export class Input {
  #parts = []
  #length = 0

  // Where these bytes will lie.
  add(bytes) {
    const at = this.#length
    this.#parts.push([at, bytes])
    this.#length = at + Math.ceil(bytes.length / ALIGN) * ALIGN
    return { at, bytes: bytes.length }
  }

  write() {
    const memory = block(INPUT, this.#length)
    for (const [at, bytes] of this.#parts) memory.set(bytes, at)
  }
}

// The bytes of a block, which is made large enough. They are there until the next question.
function block(number, length) {
  const address = exports.pixfuse_block(number, length) >>> 0
  if (address === 0 && length > 0) throw refused(`there is no memory for ${length} bytes`)
  return new Uint8Array(exports.memory.buffer, address, length)
}

let encoder
let decoder

// Asks, and gives the answer, or throws it. `taken` is called with what lies in the block of outputs, as `(Type, length)`.
export function ask(question, input, taken) {
  if (exports === undefined) throw refused('pixfuse-web is not loaded: `await init()` once, before the first call', 'unloaded')
  encoder ??= new TextEncoder()
  decoder ??= new TextDecoder()
  let answer
  try {
    input?.write()
    const text = encoder.encode(JSON.stringify(question))
    block(QUESTION, text.length).set(text)
    const length = exports.pixfuse_call(text.length)
    answer = JSON.parse(decoder.decode(block(ANSWER, length)))
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    // It stopped in the middle of something: nothing of it is used again.
    start(compiled)
    throw Object.assign(broken(question.call), { cause: error })
  }
  if (answer.message !== undefined) {
    exports.pixfuse_trim()
    const { message, code, ...others } = answer
    throw Object.assign(refused(message, code), others)
  }
  const found = taken?.(answer.ok, (Type, length) => {
    const { buffer, byteOffset } = block(OUTPUT, length * Type.BYTES_PER_ELEMENT)
    return new Type(buffer, byteOffset, length)
  })
  exports.pixfuse_trim()
  return taken === undefined ? answer.ok : found
}

// What stopped the module: of a file it is the file.
function broken(call) {
  return ['decode', 'decodeBatch', 'decodeGeometry', 'header', 'previewFile'].includes(call)
    ? refused('file: this file is damaged or not supported: the decoder met a case that it does not know', 'damaged')
    : refused('pixfuse stopped, which is a bug of it, or memory is full: please report what was called with what', 'internal')
}
