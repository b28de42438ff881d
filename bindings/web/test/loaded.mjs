// The package with its module loaded from a file, for the tests of Node.js. They read configs from files, which a browser has
// not, and force levels by a variable of the environment: here there is the one that runs. PIXFUSE_MODULE names another module
// of the package than the whole one.

import { readFileSync, statSync } from 'node:fs'

import { initSync, Pipeline, Processor } from 'pixfuse-web'

initSync(readFileSync(`${process.env.PIXFUSE_WEB}/${process.env.PIXFUSE_MODULE ?? 'pixfuse'}.wasm`))

const { fromConfig } = Processor
Processor.fromConfig = (source, options) => {
  const isPath = typeof source === 'string' && statSync(source, { throwIfNoEntry: false })?.isFile()
  return fromConfig.call(Processor, isPath ? readFileSync(source, 'utf8') : source, options)
}

export * from 'pixfuse-web'
export const levels = () => [new Pipeline('input(gray8), output(gray, u8)').level]
