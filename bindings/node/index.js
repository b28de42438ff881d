'use strict'

const { existsSync } = require('node:fs')
const { join } = require('node:path')

// Beside this file: a build of one's own, or the one that a package for this platform brings.
const platform = `${process.platform}-${process.arch}`
const names = ['pixfuse.node', `pixfuse.${platform}.node`]
const name = names.find(name => existsSync(join(__dirname, name)))
if (name === undefined) {
  throw new Error(
    `pixfuse has no addon for ${platform}: neither ${names.join(' nor ')} is in ${__dirname}. ` +
    'Build it in a checkout of pixfuse with `cargo build --release --lib --package pixfuse-node-addon` and copy the ' +
    `library from target/release to ${join(__dirname, names[0])}; \`cargo xtask demo\` does both.`,
  )
}
const addon = require(join(__dirname, name))

// The addon exports the presets as any addon exports its declarations; here they get an object of their own.
const presets = {}
for (const key of ['names', 'get', ...addon.names()]) {
  Object.defineProperty(presets, key, Object.getOwnPropertyDescriptor(addon, key))
}

const { Pipeline, Geometry, Processor, decoders, language, levels, probe, version } = addon
module.exports = { Pipeline, Geometry, Processor, presets, decoders, language, levels, probe, version }
