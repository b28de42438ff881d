import pixfuse from './index.js'

export const { Pipeline, presets, decoders, levels, version } = pixfuse
export default pixfuse
