// Puts the package for browsers together in a folder that has the modules of WebAssembly already: its own JavaScript, and what it
// shares with Node.js. `cargo xtask web` builds the modules, and calls this with the folder and the version.

import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [, , folder, version] = process.argv
const own = import.meta.dirname
const shared = join(own, '../node')
const read = (...path) => readFileSync(join(...path), 'utf8')
const write = (name, text) => writeFileSync(join(folder, name), text)

// Expressions in Node.js, where the addon evaluates them, and modules here.
const EXPRESSIONS = ['geometry.js', 'joined.js', 'pipeline.js', 'processor.js', 'room.js', 'video.js']

// Types that are those of Node.js, and what differs in them: each of these texts must be there.
const TYPES = {
  'declaration.d.ts': [],
  'geometry.d.ts': [],
  'processor.d.ts': [
    [
      'Uint8Array | Blob | readonly (Uint8Array | Blob)[]',
      'Uint8Array | Blob | Response | readonly (Uint8Array | Blob | Response)[]',
    ],
    ["an object, the text of one, or the path of a file or of a model's folder.", 'an object, or the text of one.'],
  ],
  'files.d.ts': [
    ['/** A file: its bytes, its path, or a `file:` URL. */', '/** A file: its bytes. */'],
    ['Uint8Array | Uint8ClampedArray | ArrayBuffer | string | URL', 'Uint8Array | Uint8ClampedArray | ArrayBuffer'],
  ],
  'video.d.ts': [
    [
      "an object, the text of one, or the path of a file or of a model's\n   * folder. Keywords",
      'an object, or the text of one.\n   * Keywords',
    ],
  ],
  'index.d.ts': [
    ['FileSource | Blob', 'FileSource | Blob | Response'],
    ['/** All that a declaration can say, in Markdown: the reference of the language. */\nexport const language: string\n\n', ''],
  ],
}

// What each package must hold besides its code.
const PAPERS = ['LICENSE-MIT', 'LICENSE-APACHE', 'THIRD-PARTY-NOTICES.txt', 'sbom.cdx.json', 'README.md', 'package.json']

for (const name of readdirSync(join(own, 'js'))) copyFileSync(join(own, 'js', name), join(folder, name))
for (const name of PAPERS) copyFileSync(join(own, name), join(folder, name))

for (const name of EXPRESSIONS) {
  const [remarks, expression] = read(shared, 'src', name).split('\n(function ')
  if (expression === undefined) throw new Error(`${name} is no expression behind remarks`)
  write(name, `${remarks}\nexport default (function ${expression.replace(/^\/\/# sourceURL.*\n/gm, '')}`)
}

for (const [name, changes] of Object.entries(TYPES)) {
  let text = read(shared, name)
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`bindings/node/${name} has no ${JSON.stringify(from)} any more`)
    text = text.replaceAll(from, to)
  }
  // Node.js's are part of what there is in a browser, beside what is said of that alone.
  text = text.replaceAll("from './index'", "from './classes.js'")
  text = text.replace(/from '\.\/(declaration|files|geometry|processor|video)'/g, "from './$1.js'")
  write(name === 'index.d.ts' ? 'classes.d.ts' : name, text)
}

write('version.js', `export const version = '${version}'\n`)

// With the module inside: where nothing may be fetched, as in service workers and extensions.
write('inline.js', `// As index.js, with the module of WebAssembly in it.
import { initSync as loadSync, load } from './module.js'

export * from './classes.js'

const bytes = () => Uint8Array.from(atob(MODULE), letter => letter.charCodeAt(0))
export const init = source => load(source ?? bytes())
export const initSync = source => loadSync(source ?? bytes())

const MODULE = '${readFileSync(join(folder, 'pixfuse.wasm')).toString('base64')}'
`)
