// A service worker, which has the module inside its JavaScript.

import { initSync, Pipeline } from '/package/inline.js'
import { sha256 } from './digests.mjs'

addEventListener('message', async ({ data: [file, format], ports: [port] }) => {
  initSync()
  const pipe = new Pipeline(`input(${format}), output(${format.slice(0, -1)}, u8, hwc)`)
  port.postMessage(await sha256(pipe.decodeSync(file, { orient: 1 }).data))
})
