// Both packages in Bun, Deno and later lines of Node.js, as npm has them: they give the digests of the libraries.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { installed, run } from '../test/app.mjs'
import { assertGoldens, cases } from '../test/goldens.mjs'

const all = cases()
const app = installed()

const RUNTIMES = {
  Bun: ['.bin/bun'],
  // It asks for each right: an addon needs one, the module of WebAssembly and files that of reading, and these tests have a server.
  Deno: ['.bin/deno', 'run', '--no-prompt', '--allow-ffi', '--allow-read', '--allow-net', '--node-modules-dir=manual'],
  // Each is a package for Linux on x86-64.
  'Node.js 22': ['node-22/bin/node'],
  'Node.js 24': ['node-24/bin/node'],
  'Node.js 26': ['node-26/bin/node'],
}

for (const [name, [program, ...flags]] of Object.entries(RUNTIMES)) {
  const path = fileURLToPath(new URL(`node_modules/${program}`, import.meta.url))
  const missing = spawnSync(path, ['--version']).status !== 0 && `NOT RUN: the ${name} of npm does not start on this machine`
  for (const entry of ['web.mjs', 'inline.mjs', 'node.mjs']) {
    test(`${name}: ${entry}`, { skip: missing }, async () => {
      assertGoldens(all, await run(all, [path, ...flags, join(app, entry)], app))
    })
  }
}
