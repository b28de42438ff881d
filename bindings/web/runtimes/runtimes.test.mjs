// Both packages in Bun and Deno, as npm has them: they give the digests of the libraries.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { installed, run } from '../test/app.mjs'
import { assertGoldens, cases } from '../test/goldens.mjs'

const all = cases()
const app = installed()

const RUNTIMES = {
  Bun: ['bun'],
  // It asks for each right; a native addon needs its own.
  Deno: ['deno', 'run', '--allow-all', '--node-modules-dir=manual'],
}

for (const [name, [program, ...flags]] of Object.entries(RUNTIMES)) {
  const path = fileURLToPath(new URL(`node_modules/.bin/${program}`, import.meta.url))
  const missing = spawnSync(path, ['--version']).status !== 0 && `NOT RUN: the ${program} of npm does not start on this machine`
  for (const entry of ['web.mjs', 'inline.mjs', 'node.mjs']) {
    test(`${name}: ${entry}`, { skip: missing }, async () => {
      assertGoldens(all, await run(all, [path, ...flags, join(app, entry)], app))
    })
  }
}
