// An app that has both packages installed, and programs of it.

import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { answers } from './goldens.mjs'

const here = name => fileURLToPath(new URL(name, import.meta.url))
const packages = join(process.env.PIXFUSE_WEB, '..')

/** A directory with the entries of `app/`, and the packages in its node_modules. It is gone when this process ends. */
export function installed() {
  const app = mkdtempSync(join(packages, 'app-'))
  process.once('exit', () => rmSync(app, { recursive: true, force: true, maxRetries: 3 }))
  cpSync(here('app'), app, { recursive: true })
  cpSync(here('page/digests.mjs'), join(app, 'digests.mjs'))
  writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }\n')
  mkdirSync(join(app, 'node_modules'))
  for (const name of readdirSync(packages).filter(name => name.startsWith('pixfuse'))) {
    cpSync(join(packages, name), join(app, 'node_modules', name), { recursive: true })
  }
  return app
}

/** The answer of a program for these cases: `words` start it, and the address of the server follows. */
export function run(cases, [program, ...words], cwd) {
  return answers(cases, (address, answer) => {
    const child = spawn(program, [...words, address], { cwd, stdio: ['ignore', 'inherit', 'pipe'] })
    let said = ''
    child.stderr.on('data', data => { said += data })
    const failed = new Promise(resolve => {
      child.once('error', error => resolve({ error: error.message }))
      child.once('exit', code => { if (code !== 0) resolve({ error: `${[program, ...words].join(' ')} ended with ${code}: ${said}` }) })
    })
    return Promise.race([answer, failed])
  })
}
