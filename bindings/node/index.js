'use strict'

const addon = require('./addon.js')

// The addon exports the presets as any addon exports its declarations; here they get an object of their own.
const presets = {}
for (const key of ['names', 'get', ...addon.names()]) {
  Object.defineProperty(presets, key, Object.getOwnPropertyDescriptor(addon, key))
}

const { Pipeline, Geometry, Processor, VideoProcessor, decoders, language, levels, probe, version } = addon
module.exports = { Pipeline, Geometry, Processor, VideoProcessor, presets, decoders, language, levels, probe, version }
