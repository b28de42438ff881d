'use strict'

// The addon: a build of one's own beside this file, or that of the package for this platform, which npm installs as an
// optional dependency. Each is named in a `require` of its own inside a `try`: so bundlers and tracers of files find those
// that are there, and pass over the others.

const { readFileSync } = require('node:fs')

const attempt = (ask, otherwise) => {
  try {
    return ask()
  } catch {
    return otherwise()
  }
}
// Deno asks for rights, without which it says neither: what it says when it loads the addon tells which it wants.
const isMusl = () => attempt(
  () => readFileSync('/usr/bin/ldd', 'latin1').includes('musl'),
  () => attempt(() => !process.report.getReport().header.glibcVersionRuntime, () => false),
)
// The system's C library first; a machine may have a Node.js of the other one too, whose package npm has installed then.
const abis = { linux: () => (isMusl() ? ['-musl', '-gnu'] : ['-gnu', '-musl']), win32: () => ['-msvc'] }
const platforms = (abis[process.platform]?.() ?? ['']).map(abi => `${process.platform}-${process.arch}${abi}`)
const failures = []
let isPublished = true

function found() {
  try {
    return require('./pixfuse.node')
  } catch (error) {
    failures.push(error)
  }
  for (const platform of platforms) {
    try {
      switch (platform) {
        case 'darwin-arm64': return require('pixfuse-darwin-arm64')
        case 'darwin-x64': return require('pixfuse-darwin-x64')
        case 'linux-arm64-gnu': return require('pixfuse-linux-arm64-gnu')
        case 'linux-arm64-musl': return require('pixfuse-linux-arm64-musl')
        case 'linux-x64-gnu': return require('pixfuse-linux-x64-gnu')
        case 'linux-x64-musl': return require('pixfuse-linux-x64-musl')
        case 'win32-arm64-msvc': return require('pixfuse-win32-arm64-msvc')
        case 'win32-x64-msvc': return require('pixfuse-win32-x64-msvc')
        default: isPublished = false
      }
    } catch (error) {
      failures.push(error)
    }
  }
  throw new Error(missing(), { cause: failures.findLast(isThere) ?? failures.at(-1) })
}

/** Whether an addon is there, and cannot be loaded. */
function isThere({ code }) {
  // The second is that of a single executable, whose `require` has no files.
  return code !== 'MODULE_NOT_FOUND' && code !== 'ERR_UNKNOWN_BUILTIN_MODULE'
}

/** What to do, in the order of how often it helps. */
function missing() {
  const [platform] = platforms
  const lines = [`pixfuse has no addon for ${platform}.`]
  // What is there and does not load is another matter than what is not there.
  for (const { message } of failures.filter(isThere)) lines.push(`One is there and cannot be loaded: ${message}`)
  const installed =
    `- npm installs it with pixfuse, as the optional dependency pixfuse-${platform}: install again, without ` +
    '`--omit=optional`, on the system that runs it or with its `--os`, `--cpu` and `--libc`.'
  if (failures.some(({ code }) => code === 'ERR_UNKNOWN_BUILTIN_MODULE')) {
    lines.push(
      '- In a single executable `require` has no files: bundle with esbuild and ' +
      '`--banner:js="require = require(\'node:module\').createRequire(process.execPath);"`, and put the addon beside the executable.',
    )
  }
  lines.push(
    isPublished ? installed : '- No package is published for this platform.',
    '- A bundled app has the addon beside its bundle: with `--loader:.node=copy` of esbuild or `node-loader` of webpack, or ' +
    'with all of pixfuse left in node_modules, by `--external:pixfuse`, `externals`, or `serverExternalPackages` of Next.js. ' +
    'Electron needs `asarUnpack` of it.',
    '- Where there is no addon to be had, the package pixfuse-web has the same classes without one, over WebAssembly.',
    `- In a checkout of pixfuse, \`cargo xtask demo\` builds it and copies it to ${__dirname}.`,
  )
  return lines.join('\n')
}

module.exports = found()
