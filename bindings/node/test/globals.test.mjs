// Code that replaces what JavaScript gives everyone, to get hold of memory that a run on another thread reads or writes.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { Pipeline } from '../index.mjs'
import { assertSame, image } from './images.mjs'

const self = fileURLToPath(import.meta.url)

/** In a child that may end in any way. */
async function attack() {
  const pipe = new Pipeline('input(rgb8), resize(700, 700, lanczos, antialias), normalize(), output(rgb, f32, chw)')
  const half = new Pipeline('input(rgb8), resize(700, 700, lanczos, antialias), normalize(), output(rgb, f16, chw)')
  const nv12 = new Pipeline('input(nv12), output(rgb, u8)')
  const source = () => image(640, 480)
  const expected = pipe.runSync(source())
  const kept = []
  const keep = value => {
    if (ArrayBuffer.prototype.isPrototypeOf(value) || ArrayBuffer.isView(value)) kept.push(value)
    return value
  }
  const restore = []
  const replace = (object, name, descriptor) => {
    const before = Object.getOwnPropertyDescriptor(object, name)
    Object.defineProperty(object, name, { configurable: true, ...descriptor })
    restore.push(() => (before ? Object.defineProperty(object, name, before) : delete object[name]))
  }
  for (const name of ['Float32Array', 'Uint8Array', 'Uint16Array', 'Int8Array', 'Float16Array', 'ArrayBuffer']) {
    const Original = globalThis[name]
    if (Original === undefined) continue
    replace(globalThis, name, {
      writable: true,
      value: new Proxy(Original, { construct: (target, values, to) => keep(Reflect.construct(target, values, to)) }),
    })
  }
  const typed = Object.getPrototypeOf(Uint8Array.prototype)
  for (const name of ['buffer', 'byteOffset', 'byteLength', 'length']) {
    const { get } = Object.getOwnPropertyDescriptor(typed, name)
    replace(typed, name, { get() { keep(this); return get.call(this) } })
  }
  for (const name of ['get', 'set', 'has']) {
    const method = Map.prototype[name]
    replace(Map.prototype, name, { writable: true, value(...values) { values.forEach(keep); return keep(method.apply(this, values)) } })
  }
  for (const name of ['push', 'map', 'from']) {
    const owner = name === 'from' ? Array : Array.prototype
    const method = owner[name]
    replace(owner, name, { writable: true, value(...values) { return method.apply(this, values) } })
  }
  const given = source()
  const images = [source(), source()]
  const others = [source(), source(), source()]
  const before = kept.length
  const runs = [
    pipe.run(given, { transfer: true }), pipe.batch(images, { transfer: true }), half.run(others[0]),
    pipe.run(others[1]), pipe.batch([others[2]]),
  ]
  // Whatever was got hold of is taken away, and its memory freed.
  const found = kept.slice(before)
  restore.reverse().forEach(back => back())
  const own = new Set([given, ...images, ...others].map(({ data }) => data))
  let taken = 0
  for (const value of found) {
    const buffer = ArrayBuffer.isView(value) ? value.buffer : value
    if (own.has(value) || buffer.byteLength === 0) continue
    taken++
    structuredClone(buffer, { transfer: [buffer] })
  }
  for (let round = 0; round < 5; round++) globalThis.gc()
  const [tensor, batch] = await Promise.all(runs)
  assertSame(tensor, expected)
  assert.deepEqual(batch.dims, [2, 3, 700, 700])

  // A getter of an element of `data` runs while images are looked at.
  const first = { data: new Uint8Array(640 * 480 * 1.5), width: 640, height: 480 }
  const planes = [new Uint8Array(640 * 480), new Uint8Array(640 * 240)]
  const data = Object.defineProperty([planes[0], planes[1]], 0, {
    get() {
      structuredClone(first.data.buffer, { transfer: [first.data.buffer] })
      return planes[0]
    },
  })
  const evil = { data, stride: [640, 640], width: 640, height: 480 }
  assert.throws(() => nv12.batchSync([first, evil]), { code: 'InvalidArg', message: /^image: number 1: data: expected a typed array, found an array/ })
  console.log(`survived ${taken}`)
}

if (process.env.PIXFUSE_ATTACK) {
  await attack()
} else {
  test('nobody gets hold of the memory of a run', () => {
    const child = spawnSync(process.execPath, ['--expose-gc', self], {
      encoding: 'utf8',
      env: { ...process.env, PIXFUSE_ATTACK: '1' },
    })
    assert.equal(child.status, 0, `${child.signal} ${child.stderr}`)
    // Not one array of a run was seen.
    assert.equal(child.stdout, 'survived 0\n')
  })
}
