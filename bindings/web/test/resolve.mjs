// What `instead.mjs` registers.

import { pathToFileURL } from 'node:url'

const folder = pathToFileURL(`${process.env.PIXFUSE_WEB}/`)
const tests = new URL('../../node/test/', import.meta.url).href
const addon = new URL('../../node/index.mjs', import.meta.url).href
const here = name => ({ url: new URL(name, import.meta.url).href, shortCircuit: true })

export async function resolve(specifier, context, next) {
  if (specifier === 'pixfuse-web') return { url: new URL('index.js', folder).href, shortCircuit: true }
  if (specifier === 'node:test' && context.parentURL?.startsWith(tests)) return here('differs.mjs')
  const found = await next(specifier, context)
  return found.url === addon ? here('loaded.mjs') : found
}
