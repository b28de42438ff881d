import pixfuse from './index.js'

export const { Pipeline, presets, levels, version } = pixfuse
export default pixfuse
