// The digests of what the libraries' goldens are of, made wherever there is `fetch`: in a page, and in every runtime.

const hex = bytes => [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, '0')).join('')
export const sha256 = async data => hex(await crypto.subtle.digest('SHA-256', data))
const bytesOf = async url => (await fetch(url)).arrayBuffer()

/** One file as a Blob, which is how a page has files that people choose. */
async function decoded(Pipeline, url, format) {
  const blob = new Blob([await bytesOf(url)])
  const pipe = new Pipeline(`input(${format}), output(${format.slice(0, -1)}, u8, hwc)`)
  return sha256((await pipe.decode(blob, { orient: 1 })).data)
}

/** Those of each case that the server at this address has. */
export async function digests({ Pipeline, Processor }, address) {
  const cases = await (await fetch(`${address}/cases.json`)).json()
  const results = { decoded: [], imported: [] }
  for (const [name, format] of cases.decoded) results.decoded.push(await decoded(Pipeline, `${address}/file/${name}`, format))
  const photos = []
  for (let index = 0; index < cases.photos; index++) {
    photos.push({ data: new Uint8Array(await bytesOf(`${address}/photo/${index}`)), width: 211, height: 157 })
  }
  for (const [name, backend] of cases.imported) {
    const processor = Processor.fromConfig(await (await fetch(`${address}/config/${name}`)).json(), { backend })
    const { pixel_values: { data } } = await processor.run(photos)
    results.imported.push((await sha256(data)).slice(0, 16))
  }
  return results
}

/** Sends what `work` gives to the server, or its error. */
export async function answered(address, work) {
  const answer = await work().catch(error => ({ error: `${error}\n${error.stack}` }))
  await fetch(`${address}/answer`, { method: 'POST', body: JSON.stringify(answer) })
}
