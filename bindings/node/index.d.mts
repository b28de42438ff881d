// The package as an ES module: what `require` gives, name by name, and all of it as the default export.

import * as required from './index.js'

export * from './index.js'

declare const pixfuse: {
  readonly Pipeline: required.PipelineConstructor
  readonly Geometry: required.GeometryConstructor
  readonly Processor: typeof required.Processor
  readonly VideoProcessor: typeof required.VideoProcessor
  readonly presets: required.Presets
  readonly decoders: typeof required.decoders
  readonly language: string
  readonly levels: typeof required.levels
  readonly probe: typeof required.probe
  readonly version: string
}
export default pixfuse
