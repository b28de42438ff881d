import pixfuse from './index.js'

export const { Pipeline, Geometry, Processor, VideoProcessor, presets, decoders, language, levels, probe, version } = pixfuse
export default pixfuse
