// As index.js, over a module for pixels that somebody else decoded.

import { load } from './module.js'

export * from './classes.js'
export const init = source => load(source ?? new URL('./pixels.wasm', import.meta.url))
