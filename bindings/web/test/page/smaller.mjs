// A worker over one of the smaller modules, which its address names: what it makes of a photo's file, or of its pixels.

import { sha256 } from './digests.mjs'

onmessage = async ({ data: [text, given] }) => {
  const { init, Pipeline } = await import(`/package/${new URL(location).searchParams.get('entry')}.js`)
  await init()
  const pipe = new Pipeline(text)
  postMessage(await sha256((given instanceof ArrayBuffer ? pipe.decodeSync(given, { orient: 1 }) : pipe.runSync(given)).data))
}
