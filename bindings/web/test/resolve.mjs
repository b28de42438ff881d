// What `instead.mjs` registers.

import { pathToFileURL } from 'node:url'

const folder = pathToFileURL(`${process.env.PIXFUSE_WEB}/`)
const addon = new URL('../../node/index.mjs', import.meta.url).href
const loaded = new URL('loaded.mjs', import.meta.url).href

export async function resolve(specifier, context, next) {
  if (specifier === 'pixfuse-web') return { url: new URL('index.js', folder).href, shortCircuit: true }
  if (specifier.startsWith('pixfuse-web/')) return { url: new URL(specifier.slice(12), folder).href, shortCircuit: true }
  const found = await next(specifier, context)
  return found.url === addon ? { url: loaded, shortCircuit: true } : found
}
