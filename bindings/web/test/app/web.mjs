// What a page has that takes the package as it comes: the module of WebAssembly is found beside it.

import { init, Pipeline, Processor } from 'pixfuse-web'

import { answered, digests } from './digests.mjs'

// A page knows where it comes from, a program is told.
const address = globalThis.location?.origin ?? process.argv[2]

answered(address, async () => {
  await init()
  return { results: await digests({ Pipeline, Processor }, address) }
})
