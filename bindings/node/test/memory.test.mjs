// No input ends the process: with little memory each call gives the right tensor or an error, and little is kept.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'

import { Pipeline } from '../index.mjs'

// Of Node.js 20.15 and later.
const { crc32, deflateSync } = zlib
const wide = 40_000_000
const self = fileURLToPath(import.meta.url)

/** A file of one bit a pixel. */
function png(columns, rows, data) {
  const chunk = (kind, content) => {
    const body = Buffer.concat([Buffer.from(kind, 'latin1'), content])
    const numbers = Buffer.alloc(8)
    numbers.writeUInt32BE(content.length, 0)
    numbers.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([numbers.subarray(0, 4), body, numbers.subarray(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(columns, 0)
  header.writeUInt32BE(rows, 4)
  header[8] = 1
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

const white = columns => {
  const row = Buffer.alloc(1 + Math.ceil(columns / 8), 0xff)
  row[0] = 0
  return png(columns, 1, deflateSync(row, { level: 9 }))
}

/** In the child. */
async function limited() {
  const resident = () => Number(readFileSync('/proc/self/status', 'utf8').match(/VmRSS:\s+(\d+) kB/)[1]) * 1024
  const files = [0, 8, 16, 24].map(more => white(wide + more))
  globalThis.gc()
  const before = resident()
  const counts = { error: 0, tensor: 0 }
  const check = async (name, call) => {
    try {
      const { data } = await call()
      assert.ok(data.every(value => value === 255), name)
      counts.tensor++
    } catch (error) {
      if (!(error instanceof RangeError) && !/memory|the most is|damaged|too early/.test(error.message)) throw error
      counts.error++
    }
    globalThis.gc()
    const grown = resident() - before
    assert.ok(grown < 64 * 2 ** 20, `${name}: ${grown >> 20} MiB more than before`)
  }
  for (const [filter, count] of [['lanczos, antialias', 4], ['area', 1]]) {
    const pipe = new Pipeline(`input(rgb8), resize(7, 9, ${filter}), output(rgb, u8)`)
    for (const file of files.slice(0, count)) {
      assert.throws(() => pipe.decodeSync(file), /maxSide = 65535/)
      await check(filter, () => pipe.decodeSync(file, { maxSide: 2 * wide }))
      await check(filter, () => pipe.decode(file, { maxSide: 2 * wide }))
    }
  }
  for (const [width, height] of [[wide, 1], [1, wide]]) {
    for (const clauses of ['resize(5, 5, box, antialias), ', 'resize(shortest = 3, bilinear), ']) {
      const pipe = new Pipeline(`input(gray8), ${clauses}output(gray, u8)`)
      const image = () => ({ data: new Uint8Array(wide).fill(255), width, height })
      await check(`${clauses}${width} x ${height}`, () => pipe.runSync(image()))
      await check(`${clauses}${width} x ${height}`, () => pipe.run(image(), { transfer: true }))
    }
  }
  const pixel = { data: new Uint8Array(3).fill(255), width: 1, height: 1 }
  for (const clauses of ['resize(65535, 65535, lanczos, antialias)', 'letterbox(65535, 65535, bilinear)', 'pad(65000, 65000, 9, 9)']) {
    const pipe = new Pipeline(`input(rgb8), ${clauses}, output(rgb, u8)`)
    await check(clauses, () => pipe.runSync(pixel, { threads: 2 }))
  }
  const pipe = new Pipeline('input(rgb8), output(rgb, u8)')
  await check('a header that lies', () => pipe.decodeSync(png(13_377, 13_377, Buffer.from([0x78, 0x9c]))))
  console.log(`checked ${counts.error} ${counts.tensor}`)
}

if (process.env.PIXFUSE_LIMITED) {
  await limited()
} else {
  const missing = process.platform === 'linux' && crc32 !== undefined ? false : 'limits of memory are Linux\'s'
  test('inputs that ask for more than there is', { skip: missing }, () => {
    // 1 GiB, of which Node.js 20 itself maps 711 MiB before it runs anything.
    const command = `ulimit -v ${2 ** 20} && exec "$0" --expose-gc "$1"`
    const child = spawnSync('sh', ['-c', command, process.execPath, self], {
      encoding: 'utf8',
      env: { ...process.env, PIXFUSE_LIMITED: '1' },
    })
    assert.equal(child.status, 0, `${child.signal} ${child.stderr}`)
    assert.match(child.stdout, /^checked /)
  })
}
