import pixfuse from './index.js'

export const { Pipeline, Geometry, presets, decoders, levels, version } = pixfuse
export default pixfuse
