import pixfuse from './index.js'

export const { Pipeline, Geometry, Processor, presets, decoders, language, levels, version } = pixfuse
export default pixfuse
