import { fileURLToPath } from 'node:url'

export default {
  // The addon stays a file of its own, beside the bundle.
  serverExternalPackages: ['pixfuse'],
  // Where node_modules is; an app that has its own needs no such line.
  outputFileTracingRoot: fileURLToPath(new URL('..', import.meta.url)),
  turbopack: { root: fileURLToPath(new URL('..', import.meta.url)) },
}
