import pixfuse from './index.js'

export const { Pipeline, Geometry, Processor, presets, decoders, language, levels, probe, version } = pixfuse
export default pixfuse
