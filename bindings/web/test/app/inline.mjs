// As web.mjs, with the module of WebAssembly in the JavaScript.

import { init, Pipeline, Processor } from 'pixfuse-web/inline'

import { answered, digests } from './digests.mjs'

const address = globalThis.location?.origin ?? process.argv[2]

answered(address, async () => {
  await init()
  return { results: await digests({ Pipeline, Processor }, address) }
})
