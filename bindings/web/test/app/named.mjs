// As web.mjs, for bundlers that find no files by `new URL(.., import.meta.url)`: the file is imported, and its address given.

import { init, Pipeline, Processor } from 'pixfuse-web'
import wasm from 'pixfuse-web/pixfuse.wasm'

import { answered, digests } from './digests.mjs'

const address = globalThis.location?.origin ?? process.argv[2]

answered(address, async () => {
  await init(new URL(wasm, import.meta.url))
  return { results: await digests({ Pipeline, Processor }, address) }
})
