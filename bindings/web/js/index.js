// pixfuse for browsers, all of it: `await init()` loads the module of WebAssembly.

import { load } from './module.js'

export * from './classes.js'
export const init = source => load(source ?? new URL('./pixfuse.wasm', import.meta.url))
