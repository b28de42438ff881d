// As web.mjs, with the module that decodes photos and reads no configs.

import { init, Pipeline } from 'pixfuse-web/photos'

import { answered, digests } from './digests.mjs'

const address = globalThis.location?.origin ?? process.argv[2]

answered(address, async () => {
  await init()
  return { results: await digests({ Pipeline }, address) }
})
