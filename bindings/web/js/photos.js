// As index.js, over a module that decodes JPEG, PNG and WebP, and reads no configs of models.

import { load } from './module.js'

export * from './classes.js'
export const init = source => load(source ?? new URL('./photos.wasm', import.meta.url))
