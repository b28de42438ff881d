// Runs a program of WebAssembly that was built for WASI, as cargo runs a test program: arguments and environment are handed on.
import { readFile } from 'node:fs/promises'
import { WASI } from 'node:wasi'

const [program, ...words] = process.argv.slice(2)
const wasi = new WASI({ version: 'preview1', args: [program, ...words], env: process.env, preopens: { '/': '/' } })
const module = await WebAssembly.compile(await readFile(program))
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()))
