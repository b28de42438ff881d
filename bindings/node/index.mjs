import pixfuse from './index.js'

export const { Pipeline, Geometry, Processor, presets, decoders, levels, version } = pixfuse
export default pixfuse
