// A program for Node.js, with the addon.

import { Pipeline, Processor } from 'pixfuse'

import { answered, digests } from './digests.mjs'

const address = process.argv[2]

answered(address, async () => ({ results: await digests({ Pipeline, Processor }, address) }))
