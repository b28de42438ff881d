// The module has neither imports nor a standard library, and gives the bytes of `camera/tests/bytes.rs`.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

test('a program without a standard library', async () => {
  const expected = /digest\(&test_frame\(\)\)\.unwrap\(\), (0x[0-9a-f_]+)\)/.exec(
    readFileSync(new URL('../../camera/tests/bytes.rs', import.meta.url), 'utf8'),
  )
  const module = await WebAssembly.compile(readFileSync(process.env.PIXFUSE_WITHOUT_STD))
  assert.deepEqual(WebAssembly.Module.imports(module), [])
  const { exports } = await WebAssembly.instantiate(module, {})
  assert.equal(exports.digest() >>> 0, Number(expected[1].replaceAll('_', '')))
})
