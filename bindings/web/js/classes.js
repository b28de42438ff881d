// What every entry of the package has: all but `init`, which knows one of the modules of WebAssembly. Nothing happens when it is
// imported, so that a page can be rendered on a server.

import joined from './joined.js'
import { exported, native, readConfig, readVideoConfig } from './native.js'
import pipeline from './pipeline.js'
import processor from './processor.js'
import room from './room.js'
import video from './video.js'

const made = {}
pipeline(native, made)
const memory = room()
processor(readConfig, made, joined, memory)
video(readVideoConfig, made, memory)

const presets = {}
for (const key of ['names', 'get', ...made.names()]) {
  Object.defineProperty(presets, key, Object.getOwnPropertyDescriptor(made, key))
}

let found

// What a module of one's own exports, as its addon does in Node.js. It is known once that is loaded.
export function own() {
  if (found === undefined) {
    const declared = {}
    pipeline(exported(), declared)
    found = declared
  }
  return found
}

export const { Pipeline, Geometry, Processor, VideoProcessor } = made
export { presets }
export { frame } from './frame.js'
export { initSync } from './module.js'
export { decoders, levels, probe } from './native.js'
export { pixels } from './canvas.js'
export { version } from './version.js'
