import required from './transformers-js.js'

export const use = required.using(() => import('@huggingface/transformers'))
