// A worker that is handed the compiled module.

import { initSync, Pipeline } from '/package/index.js'

const hex = bytes => [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, '0')).join('')

onmessage = async ({ data: [module, file, format] }) => {
  initSync(module)
  const pipe = new Pipeline(`input(${format}), output(${format.slice(0, -1)}, u8, hwc)`)
  postMessage(hex(await crypto.subtle.digest('SHA-256', pipe.decodeSync(file, { orient: 1 }).data)))
}
