// What the libraries gave, which the tests of the other languages have too: cases, a server for whatever makes their digests, and
// the comparison.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { photo, PHOTOS } from '../../node/test/images.mjs'
import { serving } from './browser.mjs'

const here = new URL('.', import.meta.url)
const root = new URL('../../../', here)
const files = 'crates/pixfuse-decode/tests/files'
const configs = 'crates/pixfuse-config/tests/goldens'
const lines = path => readFileSync(new URL(path, root), 'utf8').trim().split('\n').map(line => line.split(' '))

const all = { decoded: lines(`${files}/pillow.txt`), imported: lines(`${configs}/digests.txt`).slice(1), photos: PHOTOS }
assert.ok(all.decoded.length > 100 && all.imported.length >= 28, 'the files of goldens are whole')

/** Every `step`th case. */
export function cases(step = 1) {
  const some = list => list.filter((_, index) => index % step === 0)
  return { ...all, decoded: some(all.decoded), imported: some(all.imported) }
}

/** What is served: the package, the page, and files of the tests. */
function served(path) {
  if (path.startsWith('/package/')) return readFileSync(join(process.env.PIXFUSE_WEB, path.slice('/package/'.length)))
  if (path.startsWith('/file/')) return readFileSync(new URL(`${files}/${path.slice('/file/'.length)}`, root))
  if (path.startsWith('/config/')) return readFileSync(new URL(`${configs}/${path.slice('/config/'.length)}`, root))
  if (path.startsWith('/photo/')) return photo(Number(path.slice('/photo/'.length)), 157, 211).data
  return readFileSync(new URL(`page${path}`, here))
}

/**
 * What something that `opened` starts sends back for these cases: it is given the address of the server, and a promise that is
 * fulfilled when the answer is there. `get` serves what is not of the tests, or throws.
 */
export async function answers(cases, opened, get = served) {
  let settle
  const answer = new Promise(resolve => { settle = resolve })
  const late = setTimeout(() => settle({ error: 'there was no answer for two minutes' }), 120_000)
  const all = path => {
    if (path === '/cases.json') return JSON.stringify(cases)
    try {
      return get(path)
    } catch {
      return served(path)
    }
  }
  try {
    return await serving(all, settle, address => opened(address, answer))
  } finally {
    clearTimeout(late)
  }
}

/** That these are the digests of the libraries. */
export function assertGoldens({ decoded, imported }, { error, results }) {
  assert.equal(error, undefined)
  decoded.forEach(([name, format, , , expected], index) => assert.equal(results.decoded[index], expected, `${name} as ${format}`))
  imported.forEach(([name, backend, expected], index) => assert.equal(results.imported[index], expected, `${name}, ${backend}`))
}
