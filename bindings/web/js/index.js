// pixfuse for browsers. Nothing happens when it is imported, so that a page can be rendered on a server: `await init()` loads
// the module of WebAssembly.

import joined from './joined.js'
import { native, readConfig } from './native.js'
import pipeline from './pipeline.js'
import processor from './processor.js'

const made = {}
pipeline(native, made)
processor(readConfig, made, joined)

const presets = {}
for (const key of ['names', 'get', ...made.names()]) {
  Object.defineProperty(presets, key, Object.getOwnPropertyDescriptor(made, key))
}

export const { Pipeline, Geometry, Processor } = made
export { presets }
export { frame } from './frame.js'
export { init, initSync } from './module.js'
export { decoders, levels, probe } from './native.js'
export { pixels } from './pixels.js'
export { version } from './version.js'
