// Each recipe in its framework, over HTTP: its tensor is that of one call, and what is no image is the client's mistake.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { presets } from 'pixfuse'

const here = dirname(fileURLToPath(import.meta.url))
const photo = readFileSync(join(here, '../../demo/photo.jpg'))

async function serves(url) {
  const post = body => fetch(url, { method: 'POST', headers: { 'content-type': 'image/jpeg' }, body })
  const { data } = presets.imagenet.decodeSync(photo)
  const tensor = Buffer.from(await (await post(photo)).arrayBuffer())
  assert.ok(tensor.equals(Buffer.from(data.buffer)), `${tensor.length} bytes, expected the ${data.byteLength} of one call`)
  const refused = await post('<html>')
  assert.equal(refused.status, 415)
  assert.equal((await refused.json()).code, 'unknown_format')
}

test('Express with onnxruntime-node', async () => {
  const { app } = await import('./express_onnxruntime.mjs')
  const server = app.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  try {
    await serves(`http://127.0.0.1:${server.address().port}/model`)
  } finally {
    server.close()
  }
})

test('Next.js, built as Vercel builds it', async () => {
  const next = (words, options) => [process.execPath, [join(here, 'node_modules/next/dist/bin/next'), ...words], options]
  const options = { cwd: join(here, 'next'), encoding: 'utf8', env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' } }
  const built = spawnSync(...next(['build'], options))
  assert.equal(built.status, 0, built.stdout + built.stderr)

  // Vercel uploads the files that were traced: the addon has to be one of them.
  const traced = JSON.parse(readFileSync(join(here, 'next/.next/server/app/tensor/route.js.nft.json'), 'utf8')).files
  assert.ok(traced.some(file => file.endsWith('pixfuse.node')), traced.join('\n'))

  const server = spawn(...next(['start', '--hostname', '127.0.0.1', '--port', '0'], options))
  after(() => server.kill())
  const url = await new Promise((resolve, reject) => {
    let said = ''
    const listen = chunk => {
      said += chunk
      const found = said.match(/http:\/\/127\.0\.0\.1:[1-9]\d*/)
      if (found) resolve(found[0])
    }
    server.stdout.on('data', listen)
    server.stderr.on('data', listen)
    server.once('exit', code => reject(new Error(`it ended with ${code}: ${said}`)))
  })
  await serves(`${url}/tensor`)
})
